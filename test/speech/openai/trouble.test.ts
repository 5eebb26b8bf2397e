import { pino } from 'pino';
import { Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../runtime/clock.ts';
import { silentLog } from '../../../runtime/log.ts';
import { openOpenAi } from '../../../runtime/speech/openai/kit.ts';
import type { SpeechEvent } from '../../../runtime/speech/speech.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { isFields, TEST_KEY, type Fields } from '../../support/openai-realtime.ts';
import {
  expecting,
  openEars,
  openKit,
  readyEars,
  sentence,
  settle,
  speaking,
  silence,
  startVendor,
  talk,
  until,
  type Ears,
} from './support.ts';

/** Moves time in steps that leave the sockets time to answer. */
async function pass(clock: FakeClock, ms: number, step = 250): Promise<void> {
  for (let at = 0; at < ms; at += step) {
    await clock.advanceAsync(Math.min(step, ms - at));
    await settle(1);
  }
}

function items(events: readonly Fields[]): Fields[] {
  return events
    .filter((event) => event.type === 'conversation.item.create')
    .map((event) => event.item)
    .filter(isFields);
}

test.each([401, 403])('a key that is refused with %i is one clear sentence, and the end', async (status) => {
  const ears = await openEars({ refuse: () => status });
  await until(() => ears.of('failed').length > 0, 'the failure');
  await settle();
  expect(ears.events).toEqual([
    {
      kind: 'failed',
      code: 'openai-refused',
      message: `OpenAI refused the key for model "gpt-realtime-2.1" with HTTP ${status}: check OPENAI_API_KEY.`,
      recovering: false,
    },
  ]);
  expect(ears.vendor.attempts).toHaveLength(1);
  expect(ears.vendor.open()).toBe(0);
});

test('the real thing compares the key itself', async () => {
  const vendor = await startVendor();
  const kit = openOpenAi({
    apiKey: 'sk-wrong',
    baseUrl: vendor.baseUrl,
    log: silentLog,
    clock: systemClock,
  });
  onTestFinished(() => kit.close());
  const events: SpeechEvent[] = [];
  kit.open({
    sessionId: 's',
    locale: 'en',
    model: null,
    voice: null,
    persona: '',
    on: (event) => events.push(event),
  });
  await until(() => events.length > 0, 'the failure');
  expect(events).toMatchObject([{ kind: 'failed', code: 'openai-refused', recovering: false }]);
  expect(vendor.attempts[0]).toEqual({
    path: '/v1/realtime?model=gpt-realtime-2.1',
    authorization: 'Bearer sk-wrong',
  });
});

test('a model that does not exist is one clear sentence, and the end', async () => {
  const ears = await openEars({}, { model: 'gpt-nobody' });
  await until(() => ears.of('failed').length > 0, 'the failure');
  expect(ears.of('failed')).toEqual([
    {
      kind: 'failed',
      code: 'openai-refused',
      message: 'OpenAI refused a session of model "gpt-nobody" with HTTP 404.',
      recovering: false,
    },
  ]);
});

test.each([
  [429, 'openai-busy'],
  [503, 'openai-unavailable'],
])('a vendor that answers %i is spared for a moment, then tried once more', async (status, code) => {
  const clock = new FakeClock();
  const ears = await openEars({ refuse: (attempt) => (attempt === 0 ? status : null) }, { clock });
  await until(() => ears.of('failed').length > 0, 'the refusal');
  expect(ears.of('failed')).toMatchObject([{ code, recovering: true }]);
  await clock.advanceAsync(249);
  await settle();
  expect(ears.vendor.attempts).toHaveLength(1);
  await clock.advanceAsync(501);
  await until(() => ears.of('ready').length > 0, 'the session');
  expect(ears.vendor.attempts).toHaveLength(2);
});

test('a vendor that answers 429 twice is given up', async () => {
  const clock = new FakeClock();
  const ears = await openEars({ refuse: () => 429 }, { clock });
  await until(() => ears.of('failed').length > 0, 'the refusal');
  await clock.advanceAsync(750);
  await until(() => ears.of('failed').length === 2, 'the end');
  expect(ears.of('failed').map((event) => event.recovering)).toEqual([true, false]);
  await pass(clock, 5_000);
  expect(ears.vendor.attempts).toHaveLength(2);
  expect(clock.waiting).toBe(0);
});

test('nobody listening at the address is a failure like any other', async () => {
  const vendor = await startVendor();
  await vendor.close();
  const kit = openKit(vendor);
  const events: SpeechEvent[] = [];
  kit.open({
    sessionId: 's',
    locale: 'en',
    model: null,
    voice: null,
    persona: '',
    on: (event) => events.push(event),
  });
  await until(() => events.length === 2, 'both failures');
  expect(events).toMatchObject([
    { kind: 'failed', code: 'openai-unavailable', recovering: true },
    { kind: 'failed', code: 'openai-unavailable', recovering: false },
  ]);
});

test('an upgrade that is never answered is given up after five seconds, and tried once more', async () => {
  const clock = new FakeClock();
  const ears = await openEars({ ignore: (attempt) => attempt === 0 }, { clock });
  await until(() => ears.vendor.attempts.length === 1, 'the attempt');
  await clock.advanceAsync(4_999);
  expect(ears.events).toEqual([]);
  await clock.advanceAsync(1);
  expect(ears.of('failed')).toMatchObject([{ code: 'openai-timeout', recovering: true }]);
  await clock.advanceAsync(0);
  await until(() => ears.of('ready').length > 0, 'the session');
});

test('a session that is never created, and one whose settings are never confirmed, are given up', async () => {
  const clock = new FakeClock();
  const ears = await openEars({ silentFrom: 'created' }, { clock });
  await until(() => ears.vendor.sessions.length === 1, 'the socket');
  ears.vendor.script.silentFrom = 'never';
  ears.vendor.script.errorOn = (event) => {
    if (event.type === 'session.update') ears.vendor.sessions.at(-1)!.goSilent();
    return null;
  };
  await pass(clock, 5_000);
  expect(ears.of('failed')).toMatchObject([{ code: 'openai-timeout', recovering: true }]);
  await until(() => ears.vendor.received('session.update').length === 1, 'the settings');
  await pass(clock, 3_000);
  await until(() => ears.of('failed').length === 2, 'the end');
  expect(ears.of('failed')[1]).toMatchObject({
    code: 'openai-timeout',
    message: "OpenAI did not confirm the session's settings within 3000 ms.",
    recovering: false,
  });
});

test('settings that are rejected are the end, with what the vendor says', async () => {
  const ears = await openEars({
    errorOn: (event) =>
      event.type === 'session.update'
        ? {
            code: 'invalid_value',
            message: `Invalid voice for ${TEST_KEY}.`,
            param: 'session.audio.output.voice',
          }
        : null,
  });
  await until(() => ears.of('failed').length > 0, 'the failure');
  expect(ears.of('failed')).toEqual([
    {
      kind: 'failed',
      code: 'openai-rejected',
      message: "OpenAI rejected the session's settings: invalid_value: Invalid voice for [hidden].",
      recovering: false,
    },
  ]);
});

test('a vendor that dies in the middle of a word is replaced by a session that knows what was said', async () => {
  const ears = await readyEars({
    heard: () => 'what is on the menu',
    reply: () => ({ say: 'We have soup, and bread, and a little cheese.' }),
    chunkMs: 100,
    paceMs: 10,
  });
  ears.speech.note({ role: 'agent', text: 'How can I help you?' });
  ears.speech.converse(talk());
  ears.hear(sentence());
  await until(() => ears.of('audio').length >= 3, 'some audio');
  const [first] = ears.vendor.sessions;
  ears.vendor.script.reply = () => ({ say: 'Where was I.' });
  first!.die();
  await until(() => ears.of('failed').length > 0, 'the failure');
  const said = ears.of('words').at(-1)!.text;
  // Whoever plays it knows how much of it was heard.
  ears.speech.heardOnly(ears.of('audio')[0]!.item, 200, 'We have soup');
  await until(() => ears.of('audio-ended').length === 2, 'the second session goes on');

  const kinds = ears.kinds().filter((kind) => !['audio', 'words'].includes(kind));
  expect(kinds).toEqual([
    'ready',
    'caller-started',
    'caller-stopped',
    'caller-said',
    'audio-ended',
    'failed',
    'ready',
    'audio-ended',
  ]);
  expect(ears.of('audio-ended')[0]!.text).toBe(said);
  expect(ears.of('failed')[0]).toEqual({
    kind: 'failed',
    code: 'openai-closed',
    message: 'OpenAI closed the realtime session (code 1006).',
    recovering: true,
  });
  const [, second] = ears.vendor.sessions;
  expect(second!.received.map((event) => event.type).slice(0, 5)).toEqual([
    'session.update',
    'conversation.item.create',
    'conversation.item.create',
    'conversation.item.create',
    'response.create',
  ]);
  expect(items(second!.received)).toEqual([
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'How can I help you?' }] },
    {
      type: 'message',
      role: 'user',
      id: 'item_0_2',
      content: [{ type: 'input_text', text: 'what is on the menu' }],
    },
    {
      type: 'message',
      role: 'assistant',
      id: 'item_0_3',
      content: [{ type: 'output_text', text: 'We have soup' }],
    },
  ]);
  const [update] = second!.of('session.update');
  expect(update).toMatchObject({ session: { tools: [{ name: 'menu' }], tool_choice: 'auto' } });
  // The caller was waiting, so the model is asked to go on.
  expect(second!.of('response.create')).toHaveLength(1);
  expect(second!.errors).toEqual([]);
});

test('a session that replaces another does not speak when nobody waits for it', async () => {
  const ears = await readyEars({ heard: () => 'hello' });
  ears.speech.converse(talk());
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('ready').length === 2, 'the second session');
  await settle();
  expect(ears.vendor.received('response.create')).toEqual([]);
});

test('a sentence during which the vendor dies is heard by the session that replaces it', async () => {
  const ears = await readyEars({ heard: () => 'the whole sentence' });
  ears.hear(silence(1_000));
  const spoken = speaking(1_200);
  ears.hear(spoken.subarray(0, 300 * 8));
  await until(() => ears.of('caller-started').length === 1, 'the beginning');
  ears.hear(spoken.subarray(300 * 8));
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('failed').length === 1, 'the failure');
  ears.hear(speaking(200));
  ears.hear(silence(600));
  await until(() => ears.of('caller-said').length === 1, 'the words');
  const { audio } = ears.vendor.sessions[1]!;
  // A tail of what was before, everything that was said, and what came while there was no session.
  expect(audio.includes(Buffer.concat([spoken, speaking(200), silence(600)]))).toBe(true);
  expect(audio.length).toBeLessThanOrEqual((500 + 1_200 + 200 + 600) * 8);
  expect(ears.of('caller-said')).toEqual([{ kind: 'caller-said', text: 'the whole sentence' }]);
});

test('a function that was called before the vendor died is answered to the session that replaces it', async () => {
  const ears = await readyEars({ reply: () => ({ calls: [{ name: 'menu', input: { day: 'today' } }] }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('model-called').length === 1, 'the call');
  await settle();
  ears.vendor.script.reply = () => ({ say: 'There is soup.' });
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('ready').length === 2, 'the second session');
  await settle();
  const [, second] = ears.vendor.sessions;
  expect(second!.of('response.create')).toEqual([]);
  ears.speech.respond('call_0_1', 'soup');
  await until(() => ears.of('audio-ended').length === 1, 'the answer');
  expect(items(second!.received)).toEqual([
    {
      type: 'function_call',
      id: 'item_0_1',
      call_id: 'call_0_1',
      name: 'menu',
      arguments: '{"day":"today"}',
    },
    { type: 'function_call_output', call_id: 'call_0_1', output: '"soup"' },
  ]);
  expect(second!.errors).toEqual([]);
});

test('a function that is answered while there is no session is answered when there is one', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({ reply: () => ({ calls: [{ name: 'menu', input: {} }] }) }, { clock });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('model-called').length === 1, 'the call');
  await settle();
  ears.vendor.script.reply = () => ({ say: 'There is soup.' });
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('failed').length === 1, 'the failure');
  ears.speech.respond('call_0_1', 'soup');
  await clock.advanceAsync(0);
  await until(() => ears.of('audio-ended').length === 1, 'the answer');
  expect(ears.vendor.sessions[1]!.of('response.create')).toHaveLength(1);
  expect(ears.vendor.sessions[1]!.errors).toEqual([]);
});

test('what was told as text is told again when it turns out that only a part was heard', async () => {
  const ears = await readyEars({ reply: () => ({ say: 'A long story about soup.' }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length === 1, 'the story');
  await settle();
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('ready').length === 2, 'the second session');
  const { item } = ears.of('audio-ended')[0]!;
  ears.speech.heardOnly(item, 300, 'A long');
  const [, second] = ears.vendor.sessions;
  await until(() => second!.of('conversation.item.delete').length === 1, 'the delete');
  await settle();
  expect(items(second!.received)).toEqual([
    {
      type: 'message',
      role: 'assistant',
      id: item,
      content: [{ type: 'output_text', text: 'A long story about soup.' }],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A long' }] },
  ]);
  expect(second!.errors).toEqual([]);
});

test('a second loss is the end: it is said, and nothing is left running', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('failed').length === 1, 'the first loss');
  await clock.advanceAsync(0);
  await until(() => ears.of('ready').length === 2, 'the second session');
  ears.vendor.sessions[1]!.die();
  await until(() => ears.of('failed').length === 2, 'the second loss');
  expect(ears.of('failed').map((event) => event.recovering)).toEqual([true, false]);
  await settle();
  expect(clock.waiting).toBe(0);
  expect(ears.vendor.open()).toBe(0);
  // A speech that is over takes whatever it is told without a word.
  ears.hear(silence(100));
  ears.speech.converse(talk({ answerNow: true }));
  ears.speech.note({ role: 'agent', text: 'x' });
  ears.speech.respond('c', null);
  ears.speech.heardOnly('i', 0, '');
  expect(await ears.speech.judge(expecting('a'), 'a', new AbortController().signal)).toBeNull();
  expect(ears.vendor.attempts).toHaveLength(2);
});

test('a session that was well for a minute has earned another reconnection', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  for (const index of [0, 1, 2]) {
    await pass(clock, 60_000, 500);
    ears.vendor.sessions[index]!.die();
    await until(() => ears.of('failed').length === index + 1, 'a loss');
    await clock.advanceAsync(0);
    await until(() => ears.of('ready').length === index + 2, 'another session');
  }
  expect(ears.of('failed').map((event) => event.recovering)).toEqual([true, true, true]);
});

/** What was lost when so much time has passed. */
async function lossesAfter(ears: Ears, clock: FakeClock, ms: number): Promise<unknown[]> {
  await pass(clock, ms);
  return ears.of('failed').map(({ code, recovering }) => ({ code, recovering }));
}

const silentOnce = [{ code: 'openai-silent', recovering: true }];

test('a vendor that goes silent when an answer is wanted is noticed within three seconds', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  ears.vendor.sessions[0]!.goSilent();
  ears.speech.converse(talk({ answerNow: true }));
  expect(await lossesAfter(ears, clock, 3_000)).toEqual(silentOnce);
});

test('a vendor that goes silent in the middle of an answer is noticed within three seconds', async () => {
  const clock = new FakeClock();
  const ears = await readyEars(
    { reply: () => ({ say: 'A long story about soup.' }), chunkMs: 100, paceMs: 5 },
    { clock },
  );
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio').length > 0, 'some audio');
  ears.vendor.sessions[0]!.goSilent();
  expect(await lossesAfter(ears, clock, 3_000)).toEqual(silentOnce);
  expect(ears.of('audio-ended')).toHaveLength(1);
});

test('a vendor that goes silent while the caller is speaking is noticed within three seconds', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  ears.hear(speaking(200));
  await until(() => ears.of('caller-started').length > 0, 'the beginning');
  ears.vendor.sessions[0]!.goSilent();
  expect(await lossesAfter(ears, clock, 3_000)).toEqual(silentOnce);
  expect(ears.of('caller-stopped')).toHaveLength(1);
});

test('a vendor that goes silent while nobody says anything is noticed within seven seconds', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  ears.vendor.sessions[0]!.goSilent();
  expect(await lossesAfter(ears, clock, 7_000)).toEqual(silentOnce);
});

test('a vendor that answers pings but never begins an answer is given up after two and a half seconds', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  ears.vendor.script.errorOn = (event) => {
    // Taken, and forgotten.
    if (event.type === 'response.create') event.type = 'input_audio_buffer.clear';
    return null;
  };
  ears.speech.converse(talk({ answerNow: true }));
  await settle();
  await pass(clock, 2_250);
  expect(ears.of('failed')).toEqual([]);
  await pass(clock, 500);
  expect(ears.of('failed')).toMatchObject([
    { code: 'openai-silent', message: 'OpenAI did not begin a response for 2500 ms.', recovering: true },
  ]);
});

test('a model may think for some seconds, but not for ever', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({ reply: () => ({ hangs: true }) }, { clock });
  ears.speech.converse(talk({ answerNow: true }));
  await settle();
  await pass(clock, 4_500);
  expect(ears.of('failed')).toEqual([]);
  await pass(clock, 1_000);
  expect(ears.of('failed')).toMatchObject([
    { message: 'OpenAI stopped in the middle of a response for 5000 ms.', recovering: true },
  ]);
});

test('a vendor that fails to answer is tried once more, then given up', async () => {
  const ears = await readyEars({
    reply: () => ({ failed: { code: 'server_error', message: 'Something broke.' } }),
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('failed').length === 2, 'both failures');
  const message = 'OpenAI failed to answer: server_error: Something broke.';
  expect(ears.of('failed')).toEqual([
    { kind: 'failed', code: 'openai-response-failed', message, recovering: true },
    { kind: 'failed', code: 'openai-response-failed', message, recovering: false },
  ]);
});

test('a vendor that is out of capacity in the middle of a call is spared before it is tried again', async () => {
  const clock = new FakeClock();
  let failures = 1;
  const ears = await readyEars(
    {
      reply: () =>
        failures-- > 0
          ? { failed: { code: 'rate_limit_exceeded', message: 'Too much.' } }
          : { say: 'Here I am.' },
    },
    { clock },
  );
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('failed').length === 1, 'the failure');
  expect(ears.of('failed')).toMatchObject([{ code: 'openai-busy', recovering: true }]);
  await clock.advanceAsync(249);
  expect(ears.vendor.attempts).toHaveLength(1);
  await clock.advanceAsync(501);
  await until(() => ears.of('audio-ended').length === 1, 'the answer');
});

test('a vendor that answers everything with errors is given up', async () => {
  const ears = await readyEars();
  ears.vendor.script.errorOn = () => ({
    code: 'server_error',
    message: 'The server had an error.',
    param: null,
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('failed').length === 2, 'the end');
  expect(ears.of('failed').map((event) => event.recovering)).toEqual([true, false]);
});

test('a session is replaced before it expires, unheard, with nothing said and nothing lost', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({ heard: () => 'hello again', reply: () => ({ say: 'Yes.' }) }, { clock });
  ears.speech.note({ role: 'agent', text: 'Hello.' });
  ears.speech.converse(talk());
  await pass(clock, 50 * 60_000, 2_500);
  await until(() => ears.vendor.sessions.length === 2, 'the second session');
  await until(() => !ears.vendor.sessions[0]!.isOpen, 'the first is closed');
  ears.hear(sentence());
  await until(() => ears.of('audio-ended').length === 1, 'the answer');
  const [, second] = ears.vendor.sessions;
  expect(second!.of('input_audio_buffer.append').length).toBeGreaterThan(0);
  expect(items(second!.received)).toHaveLength(1);
  expect(ears.of('failed')).toEqual([]);
  expect(ears.of('ready')).toHaveLength(1);
  expect(second!.errors).toEqual([]);
});

test('a session is not replaced in the middle of an answer', async () => {
  const clock = new FakeClock();
  const ears = await readyEars(
    { reply: () => ({ say: 'A long story about soup.' }), chunkMs: 100, paceMs: 25 },
    { clock },
  );
  ears.speech.converse(talk());
  await pass(clock, 50 * 60_000 - 2_500, 2_500);
  ears.speech.converse(talk({ id: 't2', answerNow: true }));
  await until(() => ears.of('audio').length > 0, 'the story');
  await clock.advanceAsync(2_500);
  await until(() => ears.vendor.sessions.length === 2, 'the second session');
  await settle(60);
  expect(ears.vendor.sessions[0]!.isOpen).toBe(true);
  await until(() => ears.of('audio-ended').length === 1, 'the end');
  await until(() => !ears.vendor.sessions[0]!.isOpen, 'the first is closed');
  expect(ears.of('audio-ended')[0]!.text).toBe('A long story about soup.');
  expect(ears.of('failed')).toEqual([]);
});

test('a session that expires all the same is replaced like a lost one', async () => {
  const ears = await readyEars();
  ears.vendor.sessions[0]!.expire();
  await until(() => ears.of('ready').length === 2, 'the second session');
  expect(ears.of('failed')).toMatchObject([{ code: 'openai-closed', recovering: true }]);
});

test('after close nothing is called back and nothing is left running', async () => {
  const clock = new FakeClock();
  const ears = await readyEars(
    { reply: () => ({ say: 'A long story about soup.' }), chunkMs: 100, paceMs: 10, answer: () => 'hangs' },
    { clock },
  );
  ears.speech.converse(talk({ answerNow: true }));
  ears.hear(speaking(200));
  const asked = ears.speech.judge(expecting('a'), 'a', new AbortController().signal);
  await until(() => ears.of('audio').length > 0, 'some audio');
  ears.speech.close();
  const before = ears.events.length;
  expect(await asked).toBeNull();
  await until(() => ears.vendor.open() === 0, 'the socket is closed');
  await settle();
  expect(ears.events).toHaveLength(before);
  expect(clock.waiting).toBe(0);
});

test('a vendor that does not take leave is left after a second', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  // The other end neither reads nor answers any more.
  ears.vendor.sessions[0]!.freeze();
  ears.speech.close();
  await settle();
  expect(clock.waiting).toBe(1);
  await clock.advanceAsync(1_000);
  await ears.kit.close();
  expect(clock.waiting).toBe(0);
});

test('closing while the socket is still connecting leaves nothing behind', async () => {
  const clock = new FakeClock();
  const ears = await openEars({ ignore: () => true }, { clock });
  ears.speech.close();
  await ears.kit.close();
  await until(() => ears.vendor.open() === 0, 'no socket');
  expect(clock.waiting).toBe(0);
  expect(ears.events).toEqual([]);
});

test('neither the key nor a sound of the caller is ever logged', async () => {
  const lines: string[] = [];
  const log = pino(
    { level: 'trace' },
    new Writable({ write: (chunk: Buffer, _, done) => (lines.push(String(chunk)), done()) }),
  );
  const vendor = await startVendor({
    errorOn: (event) =>
      event.type === 'conversation.item.create'
        ? { code: 'invalid_value', message: `No, ${TEST_KEY}.`, param: null }
        : null,
  });
  const kit = openKit(vendor, systemClock, log);
  const speech = kit.open({
    sessionId: 's',
    locale: 'en',
    model: null,
    voice: null,
    persona: '',
    on: () => {},
  });
  const frame = speaking(20).toString('base64');
  for (let index = 0; index < 1_600; index++) speech.hear(frame);
  await until(() => vendor.sessions[0]?.of('input_audio_buffer.append').length === 30, 'the audio');
  speech.note({ role: 'agent', text: 'hello' });
  vendor.sessions[0]!.pushText('nonsense');
  await settle();
  vendor.sessions[0]!.die();
  await settle();
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.join()).not.toContain(TEST_KEY);
  expect(lines.join()).not.toContain(frame.slice(0, 40));
});

test('a key that no header can carry is a clear sentence at the start', () => {
  const settings = { apiKey: 'sk-\n', baseUrl: 'http://127.0.0.1:1/v1', log: silentLog, clock: systemClock };
  expect(() => openOpenAi(settings)).toThrow('OPENAI_API_KEY holds characters that no key has.');
});
