import { join } from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelEvent } from '../../runtime/line/line.ts';
import { RehearsalClock } from '../../runtime/rehearsal/clock.ts';
import { type Line, RehearsedLine, sayingMs } from '../../runtime/rehearsal/line.ts';
import { writeWav } from '../../runtime/wav.ts';

type Interrupt = Line['interrupt'];

function setUp() {
  const clock = new RehearsalClock(0);
  const events: ChannelEvent[] = [];
  const said: Line[] = [];
  const line = new RehearsedLine(clock, (one) => said.push(one)).joined((event) => events.push(event));
  const say = (id: string, text: string, interrupt: Interrupt = 'speech', words = 1): void =>
    line.say({ kind: 'say', id, text, interrupt, words, state: null });
  const pass = (ms: number): void => {
    const until = clock.now() + ms;
    while (clock.step(until));
  };
  const kinds = (): string[] =>
    events.splice(0).map((event) => ('utterance' in event ? `${event.kind} ${event.utterance}` : event.kind));
  return { clock, events, said, line, say, pass, kinds };
}

describe('the line of a rehearsal', () => {
  it('says one thing after another, each as long as it takes', () => {
    const { say, pass, kinds, line } = setUp();
    say('a', 'Fourteen signs');
    say('b', 'x'.repeat(28));
    expect(kinds()).toEqual(['quiet', 'started a']);
    expect(line.remainingMs()).toBe(3_000);
    pass(999);
    expect(kinds()).toEqual([]);
    pass(1);
    expect(kinds()).toEqual(['heard a', 'started b']);
    pass(2_000);
    expect(kinds()).toEqual(['heard b', 'quiet']);
    expect([line.remainingMs(), line.speaking]).toEqual([0, false]);
  });

  it('is cut by who speaks; what was heard is the words that fit in, and nothing of what waited', () => {
    const { say, pass, kinds, line, said } = setUp();
    say('a', 'Are you there, my friend?');
    say('b', 'Hello?');
    pass(700);
    kinds();
    line.speak('yes');
    expect(kinds()).toEqual([
      'interrupted a',
      'interrupted b',
      'quiet',
      'caller-began',
      'caller-finished',
      'spoke',
    ]);
    expect(said.map(({ heardText }) => heardText)).toEqual(['Are you', '']);
  });

  it('keeps what may not be cut', () => {
    const { say, pass, kinds, line, events } = setUp();
    say('a', 'One moment.', 'never');
    say('b', 'And now?');
    pass(100);
    line.speak('no');
    expect(events.at(-1)).toMatchObject({ kind: 'spoke', text: 'no', cut: false });
    line.key('1');
    kinds();
    pass(2_000);
    expect(kinds()).toEqual(['heard a', 'started b', 'heard b', 'quiet']);
  });

  it('lets keys cut what only keys may cut', () => {
    const { say, pass, kinds, line } = setUp();
    say('a', 'Press a key.', 'keys');
    pass(100);
    line.speak('hello');
    expect(line.speaking).toBe(true);
    line.key('1');
    expect(line.speaking).toBe(false);
    expect(kinds().slice(-3)).toEqual(['interrupted a', 'quiet', 'key']);
  });

  it('goes on with what is kept behind what was cut', () => {
    const { say, pass, kinds, line } = setUp();
    say('a', 'A question?');
    say('b', 'This must be heard.', 'never');
    pass(100);
    kinds();
    line.speak('yes');
    expect(kinds().slice(0, 2)).toEqual(['interrupted a', 'started b']);
  });

  it('closes when everything was heard, and at once where nothing is said', () => {
    const one = setUp();
    one.say('a', 'Goodbye.', 'never');
    one.line.hangUp();
    one.pass(500);
    expect(one.kinds()).not.toContain('closed');
    one.pass(500);
    expect(one.kinds()).toEqual(['heard a', 'quiet', 'closed']);
    expect(one.line.closed).toBe(true);
    const other = setUp();
    other.line.hangUp();
    expect(other.events).toEqual([{ kind: 'closed', reason: 'closed' }]);
  });

  it('tells what was heard of what is cut off when the caller hangs up, and then nothing more', () => {
    const { say, pass, line, kinds, events } = setUp();
    say('a', 'Are you there?');
    pass(700);
    kinds();
    line.leave();
    expect(events.splice(0)).toEqual([
      { kind: 'interrupted', utterance: 'a', heardText: 'Are you' },
      { kind: 'closed', reason: 'stop' },
    ]);
    say('b', 'Hello?');
    line.leave();
    line.close();
    pass(10_000);
    expect(events).toEqual([]);
  });

  it('plays a file as long as it lasts, and presses keys', () => {
    const folder = mkdtempSync(join(tmpdir(), 'offhook-line-'));
    try {
      const file = join(folder, 'tune.wav');
      writeFileSync(file, writeWav(new Uint8Array(8 * 1_234)));
      const { line, said } = setUp();
      line.play({ kind: 'play', id: 'a', file, interrupt: 'speech', words: 1, state: null }, '[tune.wav]');
      line.press({ kind: 'press', id: 'b', keys: '1w2', state: null }, '[keys 1 w 2]');
      expect(said).toMatchObject([
        { text: '[tune.wav]', lastsMs: 1_234 },
        { text: '[keys 1 w 2]', lastsMs: 900, interrupt: 'never' },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells of everything exactly once that it was heard or cut, whatever happens when', () => {
    const act = fc.record({
      does: fc.constantFrom('say', 'say', 'speak', 'key', 'hangUp', 'leave'),
      text: fc.lorem({ maxCount: 6 }),
      interrupt: fc.constantFrom<Interrupt>('speech', 'keys', 'never'),
      ms: fc.nat(2_000),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        const { say, pass, line, events, said } = setUp();
        for (const [index, { does, text, interrupt, ms }] of acts.entries()) {
          if (line.closed) break;
          if (does === 'say') say(`u${index}`, text, interrupt);
          if (does === 'speak') line.speak(text);
          if (does === 'key') line.key('1');
          if (does === 'hangUp') line.hangUp();
          if (does === 'leave') line.leave();
          pass(ms);
        }
        line.leave();
        const ends = events.flatMap((event) =>
          event.kind === 'heard' || event.kind === 'interrupted' ? [event.utterance] : [],
        );
        expect(ends.toSorted()).toEqual(said.map(({ id }) => id).toSorted());
        expect(events.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
        for (const { text, heardText } of said) expect(text.startsWith(heardText ?? 'nothing')).toBe(true);
        expect(said.every(({ lastsMs, text }) => lastsMs === Math.max(1, sayingMs(text)))).toBe(true);
      }),
    );
  });
});
