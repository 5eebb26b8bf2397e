import { describe, expect, it } from 'vitest';
import { Worded } from '../../runtime/call/worded.ts';
import type { Expectation, Interrupt } from '../../runtime/dialogue/protocol.ts';
import { OffhookError } from '../../runtime/errors.ts';
import type { ChannelEvent, WordLineEvent } from '../../runtime/line/line.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { promptOf } from '../../runtime/speech/prompts.ts';
import type { MindEvent } from '../../runtime/speech/mind.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { scriptedMind, type ScriptedMind } from '../support/scripted-mind.ts';

const expectation = (more: Partial<Expectation> = {}): Expectation => ({
  id: 'e1',
  locale: 'en-US',
  choices: [],
  slots: [],
  now: 0,
  zone: 'UTC',
  sensitive: false,
  ...more,
});

interface Rig {
  worded: Worded;
  mind: ScriptedMind;
  clock: FakeClock;
  events: ChannelEvent[];
  /** What was sent to the far end. */
  sent: string[];
  line(...events: WordLineEvent[]): void;
  say(id: string, text: string, interrupt?: Interrupt): void;
  /** The caller says this, as the far end tells it where it tells nothing but that. */
  listen(more?: Partial<Expectation>): void;
  talk(interrupt?: Interrupt): void;
  /** The events since the last time. */
  heard(): ChannelEvent[];
}

function setUp(thinks = true): Rig {
  const clock = new FakeClock();
  const events: ChannelEvent[] = [];
  const sent: string[] = [];
  const holder: { mind?: ScriptedMind } = {};
  const worded = new Worded(
    {
      line: {
        vendor: { vendor: 'twilio', model: 'conversation-relay' },
        say: (text, last) => sent.push(`say ${text}${last ? '|' : ''}`),
        play: (file) => sent.push(`play ${file}`),
        press: (keys) => sent.push(`press ${keys}`),
        switchTo: (locale) => sent.push(`language ${locale}`),
        end: (handOver) => sent.push(`end ${handOver}`),
      },
      open: (on: (event: MindEvent) => void) => (thinks ? (holder.mind = scriptedMind(on)) : null),
      sounds: {
        get: (file) =>
          file === '/jingle.wav'
            ? Promise.resolve(promptOf(new Uint8Array(8_000)))
            : Promise.reject(new OffhookError('bad-sound', 'There is no such file.')),
      },
      locale: 'en-US',
      clock,
      log: silentLog,
      metrics: openMetrics(),
    },
    (event) => events.push(event),
  );
  return {
    worded,
    get mind() {
      return holder.mind!;
    },
    clock,
    events,
    sent,
    line: (...given) => {
      for (const event of given) worded.fromLine(event);
    },
    say: (id, text, interrupt = 'speech') =>
      worded.say({ kind: 'say', id, text, interrupt, words: 1, state: null }),
    listen: (more = {}) => worded.listen({ kind: 'listen', expectation: expectation(more), turn: TURN }),
    talk: (interrupt = 'speech') =>
      worded.converse({
        kind: 'converse',
        id: 't1',
        instructions: 'Answer.',
        dialogue: 'd',
        offers: [],
        expectation: expectation(),
        answerNow: false,
        turn: { ...TURN, interrupt },
        state: null,
      }),
    heard: () => events.splice(0),
  };
}

const TURN = { interrupt: 'speech', patience: 'normal', words: 1 } as const;
const HELLO = 'Bistro Verde, this is Ana.';

describe('what is said', () => {
  it('is sent at once, heard when the voice has ended, and told to the mind then', () => {
    const { say, sent, line, clock, heard, mind } = setUp();
    say('u1', HELLO);
    expect(sent).toEqual([`say ${HELLO}|`]);
    expect(heard()).toEqual([
      { kind: 'quiet', quiet: false },
      { kind: 'started', utterance: 'u1', latencyMs: null, firstTokenMs: null },
    ]);
    line({ kind: 'agent-speaking', on: true });
    clock.advance(1_700);
    line({ kind: 'agent-speaking', on: false });
    expect(mind.told).toEqual([]);
    clock.advance(250);
    expect(heard()).toEqual([
      { kind: 'heard', utterance: 'u1' },
      { kind: 'quiet', quiet: true },
    ]);
    expect(mind.told).toEqual([`agent: ${HELLO}`]);
  });

  it('does not hang where the far end tells nothing', () => {
    const { say, clock, heard, worded, sent } = setUp();
    say('u1', HELLO);
    worded.hangUp();
    heard();
    expect(worded.remainingMs()).toBe(1_733);
    clock.advance(2_979);
    expect(sent).toHaveLength(1);
    clock.advance(1);
    expect(heard()).toEqual([{ kind: 'heard', utterance: 'u1' }]);
    expect(sent.at(-1)).toBe('end {"reason":"done"}');
    expect(worded.remainingMs()).toBe(0);
  });

  it('shows a mask for what is sensitive, to the mind too', () => {
    const { worded, line, sent, heard, mind } = setUp();
    worded.say({
      kind: 'say',
      id: 'u1',
      text: 'Your code is 1 2 3 4, again 1 2 3 4.',
      masked: 'Your code is [code], again [code].',
      interrupt: 'speech',
      words: 1,
      state: null,
    });
    expect(sent).toEqual(['say Your code is 1 2 3 4, again 1 2 3 4.|']);
    line({ kind: 'interrupted', text: 'Your code is 1 2 3 4', ms: 900 });
    expect(heard()).toContainEqual({
      kind: 'interrupted',
      utterance: 'u1',
      heardText: 'Your code is [code],',
    });
    expect(mind.told).toEqual(['agent: Your code is [code],']);
  });

  it('waits its turn behind a file, which is heard whole or shown as itself', async () => {
    const { worded, say, sent, clock, heard } = setUp();
    worded.play(
      { kind: 'play', id: 'u1', file: '/jingle.wav', interrupt: 'speech', words: 1, state: null },
      '[jingle]',
    );
    worded.press({ kind: 'press', id: 'u2', keys: '1w2', state: null }, '[keys]');
    say('u3', HELLO);
    expect(sent).toEqual([]);
    await clock.advanceAsync(0);
    expect(sent).toEqual(['play /jingle.wav', 'press 1w2', `say ${HELLO}|`]);
    heard();
    clock.advance(400 + 1_000 + 1_500);
    expect(heard()).toEqual([{ kind: 'heard', utterance: 'u1' }]);
    clock.advance(1_000 + 1_500);
    expect(heard()).toEqual([{ kind: 'heard', utterance: 'u2' }]);
  });

  it('goes on without a file that cannot be played', async () => {
    const { worded, say, sent, clock, heard } = setUp();
    worded.play(
      { kind: 'play', id: 'u1', file: '/none.wav', interrupt: 'speech', words: 1, state: null },
      '[none]',
    );
    say('u2', HELLO);
    await clock.advanceAsync(0);
    expect(sent).toEqual([`say ${HELLO}|`]);
    expect(heard()).toContainEqual({ kind: 'interrupted', utterance: 'u1', heardText: '' });
  });
});

describe('the caller', () => {
  it('answers, and the time to the first word of the reply is measured', () => {
    const { line, say, listen, heard, clock, mind } = setUp();
    listen();
    line({ kind: 'caller-speaking', on: true });
    const startedAt = clock.now();
    clock.advance(900);
    line({ kind: 'partial', text: 'a table' }, { kind: 'caller-speaking', on: false });
    clock.advance(500);
    line({ kind: 'said', text: 'a table please' });
    expect(heard()).toEqual([
      { kind: 'caller-began' },
      { kind: 'quiet', quiet: false },
      { kind: 'caller-finished', startedAt },
      { kind: 'spoke', text: 'a table please', answered: false, cut: false },
      { kind: 'quiet', quiet: true },
    ]);
    expect(mind.told).toEqual(['said: a table please']);
    clock.advance(40);
    say('u1', HELLO);
    expect(heard()).toContainEqual({ kind: 'started', utterance: 'u1', latencyMs: 540, firstTokenMs: null });
  });

  it('is understood where nothing but the words comes', () => {
    const { line, heard, clock } = setUp();
    line({ kind: 'said', text: ' yes ' });
    expect(heard()).toEqual([
      { kind: 'caller-began' },
      { kind: 'quiet', quiet: false },
      { kind: 'caller-finished', startedAt: clock.now() },
      { kind: 'spoke', text: 'yes', answered: false, cut: false },
      { kind: 'quiet', quiet: true },
    ]);
    line({ kind: 'said', text: '  ' });
    expect(heard()).toEqual([]);
  });

  it('interrupts: what was heard stays, the mind is told no more than that, and the words of it count as a cut', () => {
    const { line, say, heard, clock, mind } = setUp();
    say('u1', 'Hello.');
    say('u2', HELLO);
    clock.advance(1_200);
    heard();
    line({ kind: 'interrupted', text: 'Bistro Verde', ms: 480 });
    expect(heard()).toEqual([
      { kind: 'heard', utterance: 'u1' },
      { kind: 'interrupted', utterance: 'u2', heardText: 'Bistro Verde,' },
      { kind: 'quiet', quiet: true },
    ]);
    clock.advance(150);
    expect(heard()).toEqual([{ kind: 'caller-began' }, { kind: 'quiet', quiet: false }]);
    clock.advance(700);
    line({ kind: 'said', text: 'wait' });
    expect(heard()).toMatchObject([
      { kind: 'caller-finished', startedAt: clock.now() - 850 },
      { kind: 'spoke', text: 'wait', cut: true },
      { kind: 'quiet', quiet: true },
    ]);
    expect(mind.told).toEqual(['agent: Hello.', 'agent: Bistro Verde,', 'said: wait']);
  });

  it('says nothing in the end: the silence goes on', () => {
    const { line, heard, clock } = setUp();
    line({ kind: 'caller-speaking', on: true }, { kind: 'caller-speaking', on: false });
    heard();
    clock.advance(6_999);
    expect(heard()).toEqual([]);
    clock.advance(1);
    expect(heard()).toMatchObject([
      { kind: 'caller-finished' },
      { kind: 'spoke', text: '', answered: false },
      { kind: 'quiet', quiet: true },
    ]);
  });

  it('presses a key, which interrupts and is no speech', () => {
    const { line, say, listen, heard, clock, mind } = setUp();
    listen();
    say('u1', HELLO);
    heard();
    line({ kind: 'interrupted', text: 'Bistro', ms: 200 });
    clock.advance(20);
    line({ kind: 'key', key: '1' });
    clock.advance(50_000);
    expect(heard()).toEqual([
      { kind: 'interrupted', utterance: 'u1', heardText: 'Bistro' },
      { kind: 'quiet', quiet: true },
      { kind: 'key', key: '1' },
    ]);
    line({ kind: 'said', text: 'yes' });
    expect(heard()).toContainEqual({ kind: 'spoke', text: 'yes', answered: false, cut: false });
    expect(mind.told).toEqual(['agent: Bistro', 'caller: (pressed the key 1)', 'said: yes']);
  });

  it('cuts with a key what speech may not cut', () => {
    const { line, say, heard, clock } = setUp();
    say('u1', HELLO, 'keys');
    clock.advance(1_000);
    heard();
    line({ kind: 'key', key: '5' });
    expect(heard()).toEqual([
      { kind: 'interrupted', utterance: 'u1', heardText: 'Bistro' },
      { kind: 'quiet', quiet: true },
      { kind: 'key', key: '5' },
    ]);
  });

  it('tells the mind no secrets, in words or keys', () => {
    const { line, listen, mind, worded } = setUp();
    listen({ sensitive: true });
    line({ kind: 'said', text: 'four nine two nine' }, { kind: 'key', key: '4' });
    expect(mind.told).toEqual([]);
    worded.forget();
    worded.hide((text) => text.replace('4711', '…'));
    expect(mind.told).toEqual(['forget', 'hide …']);
    listen();
    worded.settled(false);
    line({ kind: 'key', key: '9' });
    expect(mind.told).toEqual(['forget', 'hide …']);
  });

  it('changes the language of the line with that of what is expected, once', () => {
    const { listen, sent } = setUp();
    listen();
    listen({ locale: 'cs-CZ' });
    listen({ locale: 'cs-CZ' });
    expect(sent).toEqual(['language cs-CZ']);
  });
});

describe('a talk', () => {
  it('streams the words of the mind as they come', () => {
    const { talk, say, line, mind, sent, heard, clock } = setUp();
    say('u1', 'One moment.');
    talk();
    expect(mind.told).toEqual(['agent: One moment.', 'converse t1']);
    line({ kind: 'said', text: 'what is there today' });
    expect(heard()).toContainEqual({
      kind: 'spoke',
      text: 'what is there today',
      answered: true,
      cut: false,
    });
    mind.tell({ kind: 'words', reply: 'r1', text: 'Today ' });
    mind.tell({ kind: 'words', reply: 'r1', text: 'soup.' });
    mind.tell({ kind: 'ended', reply: 'r1', text: 'Today soup.' });
    expect(sent.slice(1)).toEqual(['say Today ', 'say soup.', 'say |']);
    expect(heard().filter(({ kind }) => kind === 'model-says')).toEqual([
      { kind: 'model-says', utterance: 'r1', text: 'Today ', complete: false },
      { kind: 'model-says', utterance: 'r1', text: 'Today soup.', complete: false },
      { kind: 'model-says', utterance: 'r1', text: 'Today soup.', complete: true },
    ]);
    clock.advance(10_000);
    expect(heard()).toEqual([
      { kind: 'heard', utterance: 'u1' },
      { kind: 'heard', utterance: 'r1' },
      { kind: 'quiet', quiet: true },
    ]);
    expect(mind.told).toEqual(['agent: One moment.', 'converse t1', 'said: what is there today']);
  });

  it('keeps of a reply that is interrupted what was heard, and says nothing more of it', () => {
    const { talk, line, mind, sent, heard } = setUp();
    talk();
    mind.tell({ kind: 'words', reply: 'r1', text: 'We have soup, ' });
    mind.tell({ kind: 'words', reply: 'r1', text: 'and salad ' });
    line({ kind: 'interrupted', text: 'We have', ms: 300 });
    mind.tell({ kind: 'words', reply: 'r1', text: 'and bread.' });
    mind.tell({ kind: 'ended', reply: 'r1', text: 'We have soup, and salad and bread.' });
    expect(sent).toEqual(['say We have soup, ', 'say and salad ']);
    expect(heard().filter(({ kind }) => kind !== 'quiet')).toEqual([
      { kind: 'model-says', utterance: 'r1', text: 'We have soup, ', complete: false },
      { kind: 'started', utterance: 'r1', latencyMs: null, firstTokenMs: null },
      { kind: 'model-says', utterance: 'r1', text: 'We have soup, and salad ', complete: false },
      { kind: 'interrupted', utterance: 'r1', heardText: 'We have' },
    ]);
    expect(mind.told).toEqual(['converse t1', 'heard of r1: We have']);
  });

  it('is not answered where the caller only murmurs while the agent speaks on', () => {
    const { worded, say, line, mind, heard, clock } = setUp();
    const turn = { ...TURN, words: 2 };
    worded.listen({ kind: 'listen', expectation: expectation(), turn });
    say('u1', HELLO);
    clock.advance(800);
    heard();
    line({ kind: 'said', text: 'uh-huh' });
    expect(heard()).toMatchObject([
      { kind: 'caller-began' },
      { kind: 'caller-finished', aside: true },
      { kind: 'spoke', text: 'uh-huh', answered: false, cut: false, aside: true },
    ]);
    expect(mind.told).toEqual(['caller: uh-huh']);
    line({ kind: 'said', text: 'a table please' });
    expect(heard().at(-1)).toEqual({
      kind: 'spoke',
      text: 'a table please',
      answered: false,
      cut: false,
    });
    clock.advance(10_000);
    heard();
    line({ kind: 'said', text: 'yes' });
    expect(heard()).toContainEqual({ kind: 'spoke', text: 'yes', answered: false, cut: false });
  });

  it('has a reply prepared from what the caller has said so far, and thrown away when they go on', () => {
    const { talk, line, mind, clock, listen } = setUp();
    talk();
    line({ kind: 'partial', text: 'what' });
    clock.advance(100);
    line({ kind: 'partial', text: 'what is' });
    clock.advance(199);
    expect(mind.told.filter((one) => one.startsWith('prepare'))).toEqual([]);
    clock.advance(1);
    line({ kind: 'partial', text: 'what is there' });
    clock.advance(200);
    line({ kind: 'partial', text: 'what is there' });
    line({ kind: 'said', text: 'What is there?' });
    expect(mind.told.slice(1)).toEqual([
      'discard',
      'discard',
      'prepare: what is',
      'discard',
      'prepare: what is there',
      'said: What is there?',
    ]);
    clock.advance(5_000);
    listen();
    line({ kind: 'partial', text: 'a table' });
    clock.advance(5_000);
    expect(mind.told.filter((one) => one.startsWith('prepare'))).toHaveLength(2);
  });

  it('ends with the next question: what is still being written is not said', () => {
    const { talk, listen, mind, sent, heard } = setUp();
    talk();
    mind.tell({ kind: 'words', reply: 'r1', text: 'Well, ' });
    listen();
    mind.tell({ kind: 'words', reply: 'r1', text: 'you see' });
    mind.tell({ kind: 'words', reply: 'r2', text: 'late' });
    expect(sent).toEqual(['say Well, ', 'say |']);
    expect(mind.told).toEqual(['converse t1', 'no more']);
    expect(heard().filter(({ kind }) => kind === 'model-says')).toHaveLength(2);
  });

  it('tells what it used, the first word’s time among it', () => {
    const { talk, line, mind, clock, heard } = setUp();
    talk();
    line({ kind: 'said', text: 'what is there today' });
    heard();
    clock.advance(300);
    mind.tell({ kind: 'words', reply: 'r1', text: 'Soup.' });
    expect(heard()).toContainEqual({
      kind: 'started',
      utterance: 'r1',
      latencyMs: 300,
      firstTokenMs: 300,
    });
    const usage = { vendor: 'openai', model: 'm', amounts: { outputTextTokens: 3 } };
    mind.tell({ kind: 'used', usage });
    expect(heard()).toEqual([{ kind: 'used', usage }]);
  });

  it('calls tools', () => {
    const { talk, mind, heard, worded } = setUp();
    talk();
    mind.tell({ kind: 'called', call: 'c1', name: 'menu', input: { day: 'today' } });
    expect(heard()).toEqual([{ kind: 'model-called', call: 'c1', name: 'menu', input: { day: 'today' } }]);
    worded.answerModel('c1', { dishes: ['soup'] });
    expect(mind.told).toEqual(['converse t1', 'respond c1']);
  });

  it('survives a mind that is lost for a moment, and knows when it has none', () => {
    const { talk, mind, heard, worded, line } = setUp();
    talk();
    mind.tell({ kind: 'words', reply: 'r1', text: 'Well, ' });
    heard();
    mind.tell({ kind: 'failed', code: 'model-timeout', message: 'It is slow.', recovering: true });
    expect(heard()).toEqual([
      { kind: 'model-says', utterance: 'r1', text: 'Well, ', complete: true },
      { kind: 'speech-lost', code: 'model-timeout' },
    ]);
    expect(worded.converses).toBe(true);
    mind.tell({ kind: 'failed', code: 'model-timeout', message: 'It is slow.', recovering: false });
    expect(heard()).toEqual([{ kind: 'model-lost', code: 'model-timeout' }]);
    expect(worded.converses).toBe(false);
    line({ kind: 'said', text: 'hello' });
    expect(heard()).toContainEqual({ kind: 'spoke', text: 'hello', answered: false, cut: false });
    const idle = setUp();
    idle.mind.tell({ kind: 'failed', code: 'model-refused', message: 'No key.', recovering: false });
    expect(idle.heard()).toEqual([]);
    expect(idle.worded.converses).toBe(false);
    const none = setUp(false);
    expect(none.worded.converses).toBe(false);
    none.talk();
    none.line({ kind: 'said', text: 'hello' });
    expect(none.heard()).toContainEqual({ kind: 'spoke', text: 'hello', answered: false, cut: false });
  });
});

describe('the end', () => {
  it('comes when the goodbye has been heard, and not before', () => {
    const { say, worded, sent, line, clock } = setUp();
    say('u1', 'Goodbye.');
    line({ kind: 'agent-speaking', on: true });
    worded.hangUp();
    clock.advance(530);
    expect(sent).toEqual(['say Goodbye.|']);
    line({ kind: 'played', text: 'Goodbye.' }, { kind: 'agent-speaking', on: false });
    clock.advance(249);
    expect(sent).toEqual(['say Goodbye.|']);
    clock.advance(1);
    expect(sent).toEqual(['say Goodbye.|', 'end {"reason":"done"}']);
  });

  it('has every second of the line accounted for', () => {
    const { line, heard, clock } = setUp();
    clock.advance(60_000);
    const seconds = (count: number) => ({
      kind: 'used',
      usage: { vendor: 'twilio', model: 'conversation-relay', amounts: { seconds: count } },
    });
    expect(heard()).toEqual([seconds(60)]);
    clock.advance(71_400);
    expect(heard()).toEqual([seconds(60)]);
    line({ kind: 'closed', reason: 'stop' });
    expect(heard()).toEqual([seconds(11), { kind: 'closed', reason: 'stop' }]);
    expect(clock.waiting).toBe(0);
  });

  it('comes at once where nothing is said', () => {
    const { worded, sent } = setUp();
    worded.hangUp();
    expect(sent).toEqual(['end {"reason":"done"}']);
    const other = setUp();
    other.worded.close();
    expect(other.sent).toEqual(['end {"reason":"closed"}']);
  });

  it('tells what was heard by then, once, and leaves nothing running', () => {
    const { say, line, heard, mind, clock, talk, sent } = setUp();
    talk();
    say('u1', HELLO);
    line({ kind: 'partial', text: 'wait' });
    heard();
    line({ kind: 'closed', reason: 'stop' });
    expect(heard()).toEqual([
      { kind: 'interrupted', utterance: 'u1', heardText: '' },
      { kind: 'closed', reason: 'stop' },
    ]);
    expect(mind.closed).toBe(true);
    expect(clock.waiting).toBe(0);
    line({ kind: 'said', text: 'hello' }, { kind: 'closed', reason: 'stop' });
    mind.tell({ kind: 'words', reply: 'r1', text: 'late' });
    say('u2', 'late');
    expect(heard()).toEqual([]);
    expect(sent).toEqual([`say ${HELLO}|`]);
  });
});
