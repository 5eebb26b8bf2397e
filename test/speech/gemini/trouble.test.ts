/** A vendor that refuses, is slow, is silent, dies, leaves, forgets. */
import { pino } from 'pino';
import { describe, expect, it, test } from 'vitest';
import { expecting } from '../../support/expectation.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { at, list, str, type Reply, type Request } from '../../support/gemini-live.ts';
import {
  openEars,
  frames,
  openKit,
  readyEars,
  sentence,
  settle,
  silence,
  speaking,
  startVendor,
  talk,
  until,
  type Ears,
} from './support.ts';

const inTalk =
  (...replies: Reply[]) =>
  ({ functions }: Request): Reply =>
    functions.includes('heard') ? {} : (replies.shift() ?? { say: 'Yes.' });

const handleOf = (ears: Ears, session: number): unknown =>
  at(ears.vendor.sessions[session]!.received[0], 'setup', 'sessionResumption', 'handle');

const seen = (ears: Ears, session: number): string[] =>
  ears.vendor.sessions[session]!.context.map(({ text }) => text);

/** Lets time pass on a clock, in steps in which a ping is answered. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    await clock.advanceAsync(Math.min(left, 1_000));
    await settle(2);
  }
}

/** Moves a clock on until something is so. */
async function advanceUntil(clock: FakeClock, isSo: () => boolean, what: string): Promise<void> {
  for (let step = 0; step < 400 && !isSo(); step++) {
    await clock.advanceAsync(50);
    await settle(2);
  }
  if (!isSo()) throw new Error(`Moved the clock in vain: ${what}.`);
}

describe('a refusal', () => {
  it('of the key is one sentence that says what to check, without the key', async () => {
    const vendor = await startVendor();
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
    const kit = openKit({ ...vendor, apiKey: 'AIza-wrong-key' }, undefined, log);
    const failures: unknown[] = [];
    kit.open({
      sessionId: 's1',
      locale: 'en',
      model: null,
      voice: null,
      persona: '',
      on: (event) => failures.push(event),
    });
    await until(() => failures.length === 1, 'the failure');
    expect(failures).toEqual([
      {
        kind: 'failed',
        code: 'gemini-refused',
        message:
          'Gemini refused a session of model "gemini-3.8-live" (code 1007: API key not valid. Please pass a valid API key): check GEMINI_API_KEY.',
        recovering: false,
      },
    ]);
    expect(lines.join('')).not.toContain('AIza-wrong-key');
    await settle();
    expect(vendor.attempts).toHaveLength(1);
  });

  it.each([
    [
      401,
      'gemini-refused',
      'Gemini refused the key for model "gemini-3.8-live" with HTTP 401: check GEMINI_API_KEY.',
    ],
    [404, 'gemini-refused', 'Gemini refused a session of model "gemini-3.8-live" with HTTP 404.'],
  ])('with HTTP %i is final', async (status, code, message) => {
    const ears = await openEars({ refuse: () => status });
    await until(() => ears.of('failed').length === 1, 'the failure');
    expect(ears.of('failed')).toEqual([{ kind: 'failed', code, message, recovering: false }]);
  });

  it('of the model names it', async () => {
    const ears = await openEars({}, { model: 'gemini-9-live' });
    await until(() => ears.of('failed').length === 1, 'the failure');
    expect(ears.of('failed')[0]).toMatchObject({
      code: 'gemini-refused',
      message:
        'Gemini refused a session of model "gemini-9-live" (code 1008: models/gemini-9-live is not found for API version v1beta).',
    });
  });

  it('because it is busy is tried once more, after a while', async () => {
    const ears = await openEars({ refuse: (attempt) => (attempt === 0 ? 429 : null) });
    await until(() => ears.of('ready').length === 1, 'the session');
    expect(ears.of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'gemini-busy',
        message: 'Gemini refused a session of model "gemini-3.8-live" with HTTP 429.',
        recovering: true,
      },
    ]);
  });

  it('of a key that no header can hold is one at the start', async () => {
    const vendor = await startVendor();
    expect(() => openKit({ ...vendor, apiKey: 'two words' })).toThrow(
      'GEMINI_API_KEY holds characters that no key has.',
    );
  });
});

describe('a silent vendor', () => {
  it('that does not open is given up, tried again, and given up for good', async () => {
    const clock = new FakeClock();
    const ears = await openEars({ ignore: () => true }, { clock });
    await until(() => ears.vendor.attempts.length === 1, 'the attempt');
    await clock.advanceAsync(5_000);
    await until(() => ears.vendor.attempts.length === 2, 'another attempt');
    await clock.advanceAsync(5_000);
    expect(ears.of('failed')).toEqual(
      [true, false].map((recovering) => ({
        kind: 'failed',
        code: 'gemini-timeout',
        message: 'Gemini did not open a session of model "gemini-3.8-live" within 5000 ms.',
        recovering,
      })),
    );
    expect(clock.waiting).toBe(0);
  });

  it('that does not confirm the setup is given up', async () => {
    const clock = new FakeClock();
    const ears = await openEars({ silentFrom: 'setup' }, { clock });
    await until(() => ears.vendor.received('setup').length === 1, 'the setup');
    await clock.advanceAsync(5_000);
    expect(ears.of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'gemini-timeout',
        message: 'Gemini did not set up a session of model "gemini-3.8-live" within 5000 ms.',
        recovering: true,
      },
    ]);
  });

  it('in the middle of a talk is noticed within seconds, and another session answers', async () => {
    const clock = new FakeClock();
    const ears = await openEars({ reply: inTalk({ say: 'First.' }, { say: 'Second.' }) }, { clock });
    await until(() => ears.of('ready').length === 1, 'the session');
    ears.vendor.sessions[0]!.goSilent();
    ears.speech.converse(talk());
    ears.hear(sentence());
    await advanceUntil(clock, () => ears.of('failed').length === 1, 'the failure');
    expect(clock.elapsed()).toBeLessThanOrEqual(2_500);
    expect(ears.of('failed')[0]).toMatchObject({ code: 'gemini-timeout', recovering: true });
    await until(() => ears.of('ready').length === 2, 'another session');
    await until(() => ears.of('first-token').length === 1, 'the answer');
    expect(ears.vendor.sessions[1]!.activities).toHaveLength(1);
  });

  it('that lives but does not answer words is given up; one that does not answer a noise is not', async () => {
    const clock = new FakeClock();
    const texts = ['', 'hello?'];
    const ears = await openEars(
      { reply: inTalk({ hangs: true }, { hangs: true }, { say: 'Here.' }), heard: () => texts.shift() ?? '' },
      { clock },
    );
    await until(() => ears.of('ready').length === 1, 'the session');
    ears.speech.converse(talk());
    ears.hear(sentence());
    await advanceUntil(clock, () => clock.elapsed() >= 7_000, 'the noise');
    expect(ears.of('failed')).toEqual([]);
    ears.hear(sentence());
    await settle();
    await advanceUntil(clock, () => ears.of('failed').length === 1, 'the failure');
    expect(ears.of('failed')[0]).toMatchObject({
      code: 'gemini-timeout',
      message: 'Gemini did not go on for 6000 ms.',
      recovering: true,
    });
    await advanceUntil(clock, () => ears.of('first-token').length === 1, 'another session answers');
    expect(seen(ears, 1)).toContain('[It is your turn to speak.]');
  });
});

describe('a session that dies', () => {
  it('is taken up with its handle, is told what it does not know, and hears what was being said', async () => {
    const texts = ['a table', 'for two', 'for two people'];
    const ears = await readyEars({ heard: () => texts.shift()! });
    ears.speech.note({ role: 'agent', text: 'What can I do?' });
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    ears.vendor.sessions[0]!.save();
    ears.speech.note({ role: 'agent', text: 'For how many?' });
    await settle();
    ears.hear(Buffer.concat([silence(100), speaking(300)]));
    await until(() => ears.vendor.received('realtimeInput').length === 3, 'the beginning');
    ears.vendor.sessions[0]!.kill();
    await until(() => ears.of('failed').length === 1, 'the loss');
    ears.hear(Buffer.concat([speaking(300), silence(800)]));
    await until(() => ears.of('caller-said').length === 2, 'the words');
    expect(ears.of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'gemini-closed',
        message: 'Gemini closed the session of model "gemini-3.8-live" (code 1006).',
        recovering: true,
      },
    ]);
    expect(handleOf(ears, 1)).toBe('handle_0_1');
    expect(seen(ears, 1)).toEqual([
      'What can I do?',
      'a table',
      'heard {"output":"noted"}',
      'For how many?',
      'for two',
      'heard {"output":"noted"}',
    ]);
    expect(ears.vendor.sessions[1]!.activities[0]!.length / 16).toBeGreaterThan(900);
    expect(ears.of('caller-started')).toHaveLength(2);
    expect(ears.of('ready')).toHaveLength(2);
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('as invalid is not taken up again: another one is told everything', async () => {
    const ears = await readyEars({ heard: () => 'a table' });
    const [first] = ears.vendor.sessions;
    ears.vendor.script.refuses = (message, session) =>
      session === first && 'contextUpdate' in message ? { code: 1007, reason: 'Invalid argument' } : null;
    ears.speech.note({ role: 'agent', text: 'What can I do?' });
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    ears.speech.converse(talk({ answerNow: true }));
    await until(() => ears.of('audio-ended').length === 1, 'the answer');
    expect(ears.of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'gemini-closed',
        message: 'Gemini closed the session of model "gemini-3.8-live" (code 1007: Invalid argument).',
        recovering: true,
      },
    ]);
    expect(handleOf(ears, 1)).toBeUndefined();
    expect(seen(ears, 1)).toEqual(['What can I do?', 'a table', '[It is your turn to speak.]', 'Of course.']);
    expect(ears.vendor.sessions[1]!.instructions).toContain('Talk about the menu.');
  });

  it('whose handle is not known any more begins anew, once more', async () => {
    const ears = await readyEars({ heard: () => 'a table' });
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    ears.vendor.sessions[0]!.send({ sessionResumptionUpdate: { newHandle: 'gone', resumable: true } });
    await settle();
    ears.vendor.sessions[0]!.kill();
    await until(() => ears.of('ready').length === 2, 'another session');
    expect(ears.vendor.sessions.map((_, index) => handleOf(ears, index))).toEqual([
      undefined,
      'gone',
      undefined,
    ]);
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 2, 'the words');
    expect(seen(ears, 2)[0]).toBe('a table');
    expect(ears.of('failed').every(({ recovering }) => recovering)).toBe(true);
  });

  it('twice in a short time is the end', async () => {
    const ears = await readyEars();
    ears.vendor.sessions[0]!.kill();
    await until(() => ears.of('ready').length === 2, 'another session');
    ears.vendor.sessions[1]!.kill();
    await until(() => ears.of('failed').length === 2, 'the end');
    expect(ears.of('failed').map(({ recovering }) => recovering)).toEqual([true, false]);
    ears.hear(sentence());
    await settle();
    expect(ears.kinds().at(-1)).toBe('failed');
    expect(ears.vendor.attempts).toHaveLength(2);
    expect(ears.vendor.open()).toBe(0);
  });

  it('a second time after a healthy while is replaced again', async () => {
    const clock = new FakeClock();
    const ears = await openEars({}, { clock });
    for (const count of [1, 2, 3]) {
      await advanceUntil(clock, () => ears.of('ready').length === count, 'a session');
      await pass(clock, 61_000);
      ears.vendor.sessions.at(-1)!.kill();
      await until(() => ears.of('failed').length === count, 'the loss');
    }
    expect(ears.of('failed').map(({ recovering }) => recovering)).toEqual([true, true, true]);
  });

  it('with an answer under way has the next one answer', async () => {
    const ears = await readyEars({
      reply: inTalk({ say: 'A long answer.', ms: 4_000 }, { say: 'As I said.', ms: 200 }),
      paceMs: 10,
      heard: () => 'tell me',
    });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1 && ears.of('audio').length > 2, 'the beginning');
    ears.vendor.sessions[0]!.kill();
    await until(() => ears.of('audio-ended').length === 2, 'the answer');
    expect(ears.of('audio-ended')[1]!.text).toBe('As I said.');
    expect(seen(ears, 1).at(-2)).toBe('[It is your turn to speak.]');
  });

  it('with a function under way has its result told to the next one', async () => {
    const ears = await readyEars({
      reply: inTalk({ calls: [{ name: 'menu', args: { day: 'today' } }] }, { say: 'Soup.', ms: 200 }),
      heard: () => 'what is there',
    });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(
      () => ears.of('model-called').length === 1 && ears.of('caller-said').length === 1,
      'the call',
    );
    ears.vendor.sessions[0]!.kill();
    await until(() => ears.of('ready').length === 2, 'another session');
    await settle();
    expect(ears.of('audio')).toEqual([]);
    ears.speech.respond(ears.of('model-called')[0]!.call, ['soup']);
    await until(() => ears.of('audio-ended').length === 1, 'the answer');
    expect(seen(ears, 1)).toContain('[The function "menu" has given its result: ["soup"]]');
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('with a judgement under way has the next one asked', async () => {
    const choices = expecting([{ id: 'yes', when: 'agrees' }]);
    let asked = 0;
    const ears = await readyEars({
      heard: () => 'yes',
      reply: () =>
        asked++ === 0
          ? { hangs: true }
          : { calls: [{ name: 'heard', args: { choice: 'yes', confidence: 1 } }] },
    });
    ears.speech.expect(choices, 'normal');
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    const judged = ears.speech.judge(choices, 'yes', new AbortController().signal);
    ears.vendor.sessions[0]!.kill();
    expect(await judged).toMatchObject({ choice: 'yes' });
  });
});

describe('a session that is about to end', () => {
  it('is left for one with its handle, in a quiet moment, and nobody hears of it', async () => {
    const ears = await readyEars({
      reply: inTalk({ say: 'A long answer.', ms: 2_000 }),
      paceMs: 10,
      saves: true,
      playbackMs: 20,
    });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('audio').length > 2, 'the beginning');
    ears.vendor.sessions[0]!.goAway('50s');
    await settle(60);
    expect(ears.vendor.sessions).toHaveLength(1);
    await until(() => ears.of('audio-ended').length === 1, 'the end');
    await until(() => ears.vendor.sessions.length === 2, 'another session');
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 2, 'the next answer');
    expect(str(handleOf(ears, 1))).toMatch(/^handle_0_/);
    expect(ears.of('ready')).toHaveLength(1);
    expect(ears.of('failed')).toEqual([]);
    expect(ears.vendor.sessions[1]!.functions).toEqual([expect.objectContaining({ name: 'menu' })]);
    expect(list(at(ears.vendor.received('setup')[1], 'setup', 'tools'))).toHaveLength(1);
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('has the caller’s words kept while another is set up', async () => {
    const ears = await readyEars({ heard: () => 'in between' });
    ears.vendor.script.setupMs = 200;
    ears.vendor.sessions[0]!.goAway('30s');
    await until(() => ears.vendor.sessions.length === 2, 'another session');
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(ears.of('caller-said')[0]!.text).toBe('in between');
    expect(ears.vendor.sessions[1]!.activities).toHaveLength(1);
    expect(ears.of('failed')).toEqual([]);
  });

  it('is left in time, quiet or not', async () => {
    const clock = new FakeClock();
    const ears = await openEars(
      { reply: inTalk({ hangs: true }, { say: 'Here.', ms: 100 }), heard: () => '' },
      { clock },
    );
    await until(() => ears.of('ready').length === 1, 'the session');
    ears.speech.converse(talk());
    ears.hear(sentence());
    await settle();
    ears.vendor.sessions[0]!.goAway('3s');
    await settle();
    await clock.advanceAsync(900);
    expect(ears.vendor.sessions).toHaveLength(1);
    await clock.advanceAsync(200);
    await until(() => ears.vendor.sessions.length === 2, 'another session');
  });

  it('is left before its ten minutes, told of it or not', async () => {
    const clock = new FakeClock();
    const ears = await openEars({}, { clock });
    await until(() => ears.of('ready').length === 1, 'the session');
    await pass(clock, 8 * 60_000);
    await until(() => ears.vendor.sessions.length === 2, 'another session');
    expect(clock.elapsed()).toBeLessThanOrEqual(8 * 60_000);
    expect(ears.of('failed')).toEqual([]);
  });
});

test('a bug of the listener is logged, and ends nothing', async () => {
  const vendor = await startVendor();
  const lines: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
  let calls = 0;
  const speech = openKit(vendor, undefined, log).open({
    sessionId: 's1',
    locale: 'en',
    model: null,
    voice: null,
    persona: '',
    on: () => {
      calls++;
      throw new Error('a bug');
    },
  });
  await until(() => calls === 1, 'ready');
  for (const frame of frames(sentence())) speech.hear(frame);
  await until(() => calls >= 4, 'the words');
  expect(lines[0]).toContain('a listener of speech threw');
});
