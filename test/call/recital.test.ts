import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Recital } from '../../runtime/call/recital.ts';
import { endOf, firstShare, firstWords, wordsOf } from '../../runtime/call/spoken-words.ts';
import type { Interrupt } from '../../runtime/dialogue/protocol.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp(): {
  recital: Recital;
  clock: FakeClock;
  sent: string[];
  /** What became of the utterances, with the time since the beginning. */
  told: string[];
  say(id: string, text: string, interrupt?: Interrupt): void;
} {
  const clock = new FakeClock();
  const sent: string[] = [];
  const told: string[] = [];
  const recital = new Recital(
    {
      say: (text, last, how) => {
        const cuts = `${how.byCaller ? '' : ' !caller'}${how.byNext ? ' next' : ''}`;
        sent.push(`${text}${last ? '|' : ''}${cuts}`);
      },
      play: (file) => sent.push(`play ${file}`),
      press: (keys) => sent.push(`press ${keys}`),
    },
    clock,
    {
      started: () => undefined,
      heard: (id) => told.push(`${clock.elapsed()} heard ${id}`),
      interrupted: (id, text) => told.push(`${clock.elapsed()} cut ${id}: ${text}`),
      idle: (idle) => told.push(`${clock.elapsed()} ${idle ? 'idle' : 'busy'}`),
    },
  );
  return {
    recital,
    clock,
    sent,
    told,
    say(id, text, interrupt = 'speech') {
      recital.queue({ id, shown: text, interrupt });
      recital.add(id, text, true);
    },
  };
}

/** 30 characters: two seconds at the usual pace. */
const TWO_S = 'Seven words of two whole sec s';
const THREE_S = 'This one takes three seconds to say, it does.';

describe('a recital', () => {
  it('sends everything at once, in order', () => {
    const { say, sent } = setUp();
    say('a', 'Hello.');
    say('b', 'How can I help?', 'never');
    expect(sent).toEqual(['Hello.|', 'How can I help?| !caller']);
  });

  it('takes for heard what nobody tells of, by its pace and not before', () => {
    const { say, told, clock } = setUp();
    say('a', TWO_S);
    say('b', TWO_S);
    // 400 ms to the first sound, 2 s, and a fifth and half a second of grace.
    clock.advance(3_299);
    expect(told).toEqual(['0 busy']);
    clock.advance(1);
    expect(told.slice(1)).toEqual(['3300 heard a']);
    clock.advance(10_000);
    expect(told.slice(2)).toEqual(['6200 heard b', '6200 idle']);
  });

  it('knows the end of what it says from the end of the voice', () => {
    const { say, told, clock, recital } = setUp();
    say('a', TWO_S);
    clock.advance(900);
    recital.voice(true);
    clock.advance(2_300);
    recital.voice(false);
    clock.advance(249);
    expect(told).toEqual(['0 busy']);
    clock.advance(1);
    expect(told.slice(1)).toEqual(['3450 heard a', '3450 idle']);
  });

  it('waits longer where an end of the voice will be told, but not for ever', () => {
    const { say, told, clock, recital } = setUp();
    say('a', TWO_S);
    recital.voice(true);
    clock.advance(6_199);
    expect(told).toEqual(['0 busy']);
    clock.advance(1);
    expect(told.slice(1)).toEqual(['6200 heard a', '6200 idle']);
  });

  it('does not take a breath for the end', () => {
    const { say, told, clock, recital } = setUp();
    say('a', `${THREE_S} ${THREE_S}`);
    recital.voice(true);
    clock.advance(3_000);
    recital.voice(false);
    clock.advance(300);
    recital.voice(true);
    clock.advance(3_000);
    recital.voice(false);
    clock.advance(250);
    expect(told.slice(1)).toEqual(['6550 heard a', '6550 idle']);
  });

  it('tells two utterances apart where the voice ends between them', () => {
    const { say, told, clock, recital } = setUp();
    say('a', TWO_S);
    say('b', TWO_S);
    recital.voice(true);
    clock.advance(1_900);
    recital.voice(false);
    clock.advance(100);
    recital.voice(true);
    expect(told.slice(1)).toEqual(['2000 heard a']);
    clock.advance(2_000);
    recital.voice(false);
    clock.advance(250);
    expect(told.slice(2)).toEqual(['4250 heard b', '4250 idle']);
  });

  it('takes both for heard where the voice ends behind them', () => {
    const { say, told, clock, recital } = setUp();
    say('a', TWO_S);
    say('b', TWO_S);
    recital.voice(true);
    clock.advance(4_100);
    recital.voice(false);
    clock.advance(250);
    expect(told.slice(1)).toEqual(['4350 heard a', '4350 heard b', '4350 idle']);
  });

  it('believes the words that were played, piece by piece or all so far', () => {
    const { say, told, clock, recital } = setUp();
    say('a', 'One two three.');
    say('b', 'Four five six.');
    recital.voice(true);
    recital.played('One two');
    recital.played('One two three');
    recital.played('seven');
    expect(told).toEqual(['0 busy']);
    recital.played('Four');
    expect(told.slice(1)).toEqual(['0 heard a']);
    recital.interrupted('', null, 'speech');
    expect(told.slice(2)).toEqual(['0 cut b: ', '0 idle']);
    void clock;
  });

  it('cuts where the far end says that it was cut', () => {
    const { say, told, recital, clock } = setUp();
    say('a', 'Bistro Verde, this is Ana.');
    say('b', 'How can I help you, please? We have soup.');
    say('c', 'And salad.');
    clock.advance(2_500);
    expect(recital.interrupted('How can I help you', 684, 'speech')).toBe(true);
    expect(told.slice(1)).toEqual([
      '2500 heard a',
      '2500 cut b: How can I help you,',
      '2500 cut c: ',
      '2500 idle',
    ]);
  });

  it('finds the words whatever their spelling, over two utterances and with half a word', () => {
    const { say, told, recital } = setUp();
    say('a', "It's Ana’s place.");
    say('b', 'Wir schließen um zehn Uhr.');
    recital.interrupted('ITS ANA', null, 'speech');
    expect(told.slice(1)).toEqual(['0 cut a: ', '0 cut b: ', '0 idle']);
    say('c', "It's Ana’s place.");
    say('d', 'Wir schließen um zehn Uhr.');
    recital.interrupted("it's ana's place. wir Schließen u", null, 'speech');
    expect(told.slice(5)).toEqual(['0 heard c', '0 cut d: Wir schließen', '0 idle']);
  });

  it('takes the time where the words are not found, and the far end’s own time first', () => {
    const first = setUp();
    first.say('a', TWO_S);
    first.clock.advance(1_400);
    first.recital.interrupted('something else entirely', null, 'speech');
    expect(first.told.slice(1)).toEqual(['1400 cut a: Seven words of', '1400 idle']);
    const second = setUp();
    second.say('a', TWO_S);
    second.clock.advance(1_400);
    second.recital.interrupted('something else entirely', 600, 'speech');
    expect(second.told.slice(1)).toEqual(['1400 cut a: Seven words', '1400 idle']);
  });

  it('does not take for heard what stood behind the words that were cut, though these had been taken for heard', () => {
    const { say, told, recital, clock } = setUp();
    say('a', TWO_S);
    clock.advance(3_300);
    say('b', 'For two or for four?');
    expect(recital.interrupted('Seven words of two', 1_800, 'speech')).toBe(true);
    expect(told.slice(1)).toEqual(['3300 heard a', '3300 idle', '3300 busy', '3300 cut b: ', '3300 idle']);
  });

  it('is heard to the end where it was cut behind its last word', () => {
    const { say, told, recital } = setUp();
    say('a', 'Goodbye then.');
    recital.interrupted('Goodbye then', 900, 'speech');
    expect(told.slice(1)).toEqual(['0 heard a', '0 idle']);
  });

  it('says anew what was dropped and may not be cut, and nothing twice', () => {
    const { say, told, recital, sent } = setUp();
    say('a', 'You can cut this.');
    say('b', 'This is the law.', 'never');
    say('c', 'And this not.');
    recital.interrupted('You can', null, 'speech');
    expect(told.slice(1)).toEqual(['0 cut a: You can', '0 cut c: ']);
    expect(sent).toEqual([
      'You can cut this.|',
      'This is the law.| !caller',
      'And this not.|',
      'This is the law.| !caller',
    ]);
  });

  it('holds back what would cut what keys alone may cut', () => {
    const { say, told, recital, sent, clock } = setUp();
    say('a', TWO_S, 'keys');
    say('b', 'Then this.');
    expect(sent).toEqual([`${TWO_S}| !caller next`]);
    expect(recital.remainingMs()).toBeGreaterThan(2_000);
    clock.advance(3_300);
    expect(told.slice(1)).toEqual(['3300 heard a']);
    expect(sent).toEqual([`${TWO_S}| !caller next`, 'Then this.|']);
  });

  it('is cut by a key, and by what is said next at the far end', () => {
    const { say, told, recital, sent, clock } = setUp();
    say('a', TWO_S, 'keys');
    say('b', 'Never heard.');
    clock.advance(1_400);
    expect(recital.keyed()).toBe(true);
    expect(told.slice(1)).toEqual(['1400 cut a: Seven words of', '1400 cut b: ', '1400 idle']);
    say('c', 'Thank you.');
    expect(sent).toEqual([`${TWO_S}| !caller next`, 'Thank you.|']);
    expect(recital.keyed()).toBe(false);
  });

  it('is not interrupted before anything of it was sent', () => {
    const { recital, told } = setUp();
    recital.queue({ id: 'a', shown: '[jingle]', interrupt: 'speech' });
    expect(recital.interrupted('', null, 'speech')).toBe(false);
    recital.sound('a', { kind: 'file', file: '/j.wav' }, 1_000);
    expect(recital.interrupted('', 300, 'speech')).toBe(true);
    expect(told).toEqual(['0 busy', '0 cut a: [jingle]', '0 idle']);
  });

  it('keeps the place of what is not there yet', () => {
    const { recital, say, sent } = setUp();
    recital.queue({ id: 'a', shown: '[jingle]', interrupt: 'speech' });
    say('b', 'Behind it.');
    expect(sent).toEqual([]);
    recital.sound('a', { kind: 'file', file: '/j.wav' }, 1_000);
    expect(sent).toEqual(['play /j.wav', 'Behind it.|']);
    recital.drop('a');
  });

  it('streams words, and ends when they end', () => {
    const { recital, told, sent, clock } = setUp();
    recital.queue({ id: 'r', shown: '', interrupt: 'speech' });
    recital.add('r', 'Today ', false);
    recital.add('r', 'soup.', false);
    clock.advance(60_000);
    expect(told).toEqual(['0 busy']);
    recital.add('r', '', true);
    expect(sent).toEqual(['Today ', 'soup.', '|']);
    clock.advance(2_000);
    expect(told.at(-1)).toMatch(/idle$/);
    recital.add('r', 'more', false);
    expect(sent).toHaveLength(3);
  });

  it('hides of something sensitive as much as was said of it', () => {
    const { recital, told } = setUp();
    recital.queue({ id: 'a', shown: 'Your card is [card], thank you.', interrupt: 'speech' });
    recital.add('a', 'Your card is 4929 1234, thank you.', true);
    recital.interrupted('Your card is 4929', null, 'speech');
    expect(told.slice(1)).toEqual(['0 cut a: Your card is', '0 idle']);
  });

  it('tells at the end what was heard by then', () => {
    const { say, told, recital, clock } = setUp();
    say('a', TWO_S);
    say('b', TWO_S);
    say('c', TWO_S);
    clock.advance(3_000);
    recital.close();
    expect(told.slice(1, 4)).toEqual(['3000 heard a', '3000 cut b: Seven words', '3000 cut c: ']);
    expect(clock.waiting).toBe(0);
  });

  it('tells of every utterance once, whatever happens in whatever order', () => {
    const text = fc.constantFrom('Hello.', 'How can I help you?', 'One moment, please.', '');
    const interrupt = fc.constantFrom<Interrupt>('speech', 'keys', 'never');
    const step = fc.oneof(
      fc.record({ do: fc.constant('say' as const), text, interrupt }),
      fc.record({ do: fc.constant('voice' as const), on: fc.boolean() }),
      fc.record({ do: fc.constant('played' as const), text }),
      fc.record({
        do: fc.constant('interrupted' as const),
        text: fc.oneof(text, fc.string()),
        ms: fc.option(fc.nat(5_000)),
      }),
      fc.record({ do: fc.constant('keyed' as const) }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.nat(4_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { recital, clock, say, told } = setUp();
        let count = 0;
        for (const one of steps) {
          if (one.do === 'say') say(`u${count++}`, one.text, one.interrupt);
          if (one.do === 'voice') recital.voice(one.on);
          if (one.do === 'played') recital.played(one.text);
          if (one.do === 'interrupted') recital.interrupted(one.text, one.ms, 'speech');
          if (one.do === 'keyed') recital.keyed();
          if (one.do === 'pass') clock.advance(one.ms);
        }
        // Nothing hangs: whatever came or did not come, all of it comes to an end.
        clock.advance(120_000);
        const fates = told.flatMap((line) => / (?:heard|cut) (u\d+)/.exec(line)?.[1] ?? []);
        expect(fates.toSorted()).toEqual(Array.from({ length: count }, (_, index) => `u${index}`).toSorted());
        expect(recital.idle).toBe(true);
        expect(recital.remainingMs()).toBe(0);
        expect(clock.waiting).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('words', () => {
  it('are found nearest to where they are expected', () => {
    const said = ['no', 'no', 'no', 'yes'];
    expect(endOf(['no'], said, 1)).toBe(1);
    expect(endOf(['no'], said, 3)).toBe(3);
    expect(endOf(['no', 'y'], said, 0)).toBe(3);
    expect(endOf(['maybe'], said, 0)).toBeNull();
    expect(endOf([], said, 0)).toBeNull();
  });

  it('are cut with the mark behind them', () => {
    const text = 'Yes, sure. Now?';
    expect(firstWords(text, wordsOf(text), 0)).toBe('');
    expect(firstWords(text, wordsOf(text), 1)).toBe('Yes,');
    expect(firstWords(text, wordsOf(text), 2)).toBe('Yes, sure.');
    expect(firstWords(text, wordsOf(text), 3)).toBe(text);
    expect(firstShare('one two three', 0.6)).toBe('one two');
    expect(firstShare('one two three', 1)).toBe('one two three');
    expect(firstShare('one', 0.5)).toBe('');
  });
});
