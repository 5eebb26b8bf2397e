/** The exchange with Cartesia, message by message, version 2026-08-14 of its websocket. */
import { expect, test } from 'vitest';
import { startCartesia } from '../../support/cartesia.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { audioOf, type Fields } from '../../support/voice-double.ts';
import { CARTESIA, Heard, openOn, openVoice, settle, until } from '../voice-support.ts';

const anId: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);

const text = (transcript: string, more: boolean, change: Fields = {}): Fields => ({
  context_id: anId,
  model_id: 'sonic-3.5',
  voice: '9626c31c-bec5-4cca-baa8-f8ba9e84c8bc',
  language: 'en',
  output_format: { container: 'raw', encoding: 'pcm_mulaw', sample_rate: 8_000 },
  transcript,
  continue: more,
  max_buffer_delay_ms: 0,
  ...change,
});

/** The contexts of the messages, each named by the order in which it came. */
function contextsOf(messages: readonly Fields[]): number[] {
  const ids = [...new Set(messages.map(({ context_id }) => context_id))];
  return messages.map(({ context_id }) => ids.indexOf(context_id));
}

test('a turn of two sentences, another one that is interrupted, and an end: every message of it', async () => {
  const { vendor, kit, speak } = await openVoice(CARTESIA, { paceMs: 5 });
  const first = speak('Sure, ', 'Tuesday works.');
  await first.over();
  const second = speak('At seven, ', 'then.');
  await until(() => second.audio.length > 0, 'its beginning');
  second.stream.cancel();
  await settle();
  await kit.close();

  expect(vendor.attempts).toHaveLength(1);
  expect(vendor.attempts[0]!.url).toBe('/tts/websocket');
  expect(vendor.attempts[0]!.headers).toMatchObject({
    authorization: `Bearer ${vendor.apiKey}`,
    'cartesia-version': '2026-08-14',
  });
  expect(vendor.received()).toEqual([
    text('Sure, ', true),
    text('Tuesday works.', true),
    text('', false),
    text('At seven, ', true),
    text('then.', true),
    text('', false),
    { context_id: anId, cancel: true },
  ]);
  expect(contextsOf(vendor.received())).toEqual([0, 0, 0, 1, 1, 1, 1]);
  expect(vendor.errors()).toEqual([]);
});

test('the exchange as the vendor documents it, replayed: chunks, timestamps and what is not known pass', async () => {
  const { vendor, speak, lines } = await openVoice(CARTESIA, {
    mishap: () => ({ kind: 'stalls', afterBytes: 0 }),
  });
  const heard = speak('Hello, world.');
  await until(() => vendor.received().length === 2, 'the text');
  const context_id = vendor.received()[0]!.context_id;
  const common = { done: false, status_code: 206, context_id };
  for (const message of [
    { type: 'chunk', data: 'aSDinaTvuI8gbWludGxpZnk=', step_time: 123, ...common },
    { type: 'timestamps', word_timestamps: { words: ['Hello'], start: [0], end: [0.4] }, ...common },
    { type: 'flush_done', flush_done: true, flush_id: 1, ...common },
    { type: 'chunk', data: 'AAAA', step_time: 1, context_id: 'another' },
    { type: 'chunk', data: 'AQID', step_time: 9, flush_id: 1, ...common },
    { type: 'done', ...common, done: true },
    { type: 'chunk', data: 'AAAA', step_time: 9, ...common },
  ]) {
    vendor.sessions[0]!.send(message);
  }
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect(heard.audio.toString('base64')).toBe(
    Buffer.concat([
      Buffer.from('aSDinaTvuI8gbWludGxpZnk=', 'base64'),
      Buffer.from('AQID', 'base64'),
    ]).toString('base64'),
  );
  expect(lines).toEqual([]);
});

test('the language is that of the locale, model and voice are those named', async () => {
  const { vendor, kit } = await openVoice(CARTESIA);
  const voice = kit.voice('v1', 'sonic-4');
  expect(voice.id).toBe('cartesia/sonic-4/v1');
  const heard = new Heard(voice, ['Guten Tag.'], 'de-DE');
  await heard.over();
  const change = { model_id: 'sonic-4', voice: 'v1', language: 'de' };
  expect(vendor.received()).toEqual([text('Guten Tag.', true, change), text('', false, change)]);
  expect(heard.events[0]).toEqual({
    kind: 'used',
    usage: { vendor: 'cartesia', model: 'sonic-4', amounts: { characters: 10 } },
  });
});

test('many turns share a socket, and a ninth at once takes another one', async () => {
  const { vendor, speak } = await openVoice(CARTESIA, { thinkMs: 40 });
  const heard = Array.from({ length: 9 }, (_, index) => speak(`This is turn ${index}.`));
  for (const one of heard) expect(await one.over()).toEqual({ kind: 'ended' });
  for (const [index, one] of heard.entries())
    expect(one.audio.equals(audioOf(`This is turn ${index}.`))).toBe(true);
  expect(vendor.sessions.map(({ received }) => received.length)).toEqual([16, 2]);
});

test('a text that comes when its context may have expired is said in another one', async () => {
  const clock = new FakeClock();
  const { vendor, speak } = await openVoice(CARTESIA, {}, { clock });
  const heard = speak();
  heard.stream.say('Let me see. ');
  await until(() => heard.audio.length === audioOf('Let me see.').length, 'the first sentence');
  await clock.advanceAsync(499);
  heard.stream.say('One. ');
  await until(() => heard.audio.equals(audioOf('Let me see. One.')), 'the second');
  await clock.advanceAsync(500);
  heard.stream.say('Two. ');
  await until(() => heard.audio.equals(audioOf('Let me see. One. Two.')), 'the third');
  await clock.advanceAsync(1_000);
  heard.stream.say('Three.');
  heard.stream.end();
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect(heard.audio.equals(audioOf('Let me see. One. Two. Three.'))).toBe(true);
  expect(vendor.received().map(({ transcript, continue: more }) => [transcript, more])).toEqual([
    ['Let me see. ', true],
    ['One. ', true],
    // It may still be alive: then it says when it is over.
    ['', false],
    ['Two. ', true],
    // This one has expired.
    ['Three.', true],
    ['', false],
  ]);
  expect(contextsOf(vendor.received())).toEqual([0, 0, 0, 1, 2, 2]);
});

test('a context that expired on the way does no harm', async () => {
  const clock = new FakeClock();
  const vendor = await startCartesia({ expiryMs: 5 });
  const { speak } = openOn(CARTESIA, vendor, { clock });
  const heard = speak();
  heard.stream.say('Let me see. ');
  await until(() => heard.audio.length > 0, 'the first sentence');
  await settle(20);
  await clock.advanceAsync(600);
  heard.stream.say('Two.');
  heard.stream.end();
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect(heard.audio.equals(audioOf('Let me see. Two.'))).toBe(true);
});

test('what comes of the next context waits until the one before it has ended', async () => {
  const clock = new FakeClock();
  const { vendor, speak } = await openVoice(
    CARTESIA,
    { mishap: (text) => (text === 'Slow. ' ? { kind: 'stalls', afterBytes: 80 } : null) },
    { clock },
  );
  const heard = speak();
  heard.stream.say('Slow. ');
  await until(() => heard.audio.length === 80, 'its beginning');
  await clock.advanceAsync(600);
  heard.stream.say('Next.');
  heard.stream.end();
  await until(() => vendor.received().length === 4, 'the next text');
  await settle();
  const [first] = vendor.received();
  vendor.sessions[0]!.send({ type: 'chunk', data: 'AQID', context_id: first!.context_id });
  await settle();
  expect(heard.audio).toHaveLength(83);
  // It is not waited for longer than 600 ms.
  await clock.advanceAsync(600);
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect(heard.audio.subarray(83).equals(audioOf('Next.'))).toBe(true);
});

test("an error of a context is its turn's alone; a text that is refused is not tried again", async () => {
  const { vendor, speak, lines } = await openVoice(CARTESIA, { thinkMs: 200 });
  const [one, other] = [speak('Good morning.'), speak('May I help you?')];
  await until(() => vendor.received().length === 4, 'both texts');
  vendor.sessions[0]!.send({
    type: 'error',
    title: 'Invalid voice',
    message: 'The voice is not there.',
    error_code: 'voice_not_found',
    status_code: 404,
    done: true,
    context_id: vendor.received()[0]!.context_id,
  });
  expect(await one.over()).toEqual({
    kind: 'failed',
    code: 'cartesia-refused',
    message: 'Cartesia reported voice_not_found: The voice is not there.',
  });
  expect(await other.over()).toEqual({ kind: 'ended' });
  expect(vendor.sessions).toHaveLength(1);
  expect(lines).toEqual([]);
});

test.each([
  [429, 'cartesia-busy', 1],
  [500, 'cartesia-failed', 2],
])('an error with status %i has the code %s', async (status, code, sessions) => {
  const { vendor, speak } = await openVoice(CARTESIA, { thinkMs: 60_000 });
  const heard = speak('Good morning.');
  for (let session = 0; session < sessions; session++) {
    await until(() => vendor.sessions[session]?.received.length === 2, 'the text');
    const { context_id } = vendor.sessions[session]!.received[0]!;
    vendor.sessions[session]!.send({ type: 'error', title: 'Trouble', status_code: status, context_id });
  }
  expect(await heard.over()).toEqual({
    kind: 'failed',
    code,
    message: 'Cartesia reported Trouble: no reason given.',
  });
});
