/** The exchange with ElevenLabs, message by message, on its multi-context websocket. */
import { expect, test } from 'vitest';
import { startElevenLabs } from '../../support/elevenlabs.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { audioOf } from '../../support/voice-double.ts';
import { ELEVENLABS, Heard, openOn, openVoice, settle, until } from '../voice-support.ts';

const context_id: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);

test('a turn of two sentences, another one that is interrupted, and an end: every message of it', async () => {
  const { vendor, kit, speak } = await openVoice(ELEVENLABS, { paceMs: 5 });
  await speak('Sure, Tues', 'day works.').over();
  const second = speak();
  second.stream.say('At seven, then.');
  await until(() => second.audio.length > 0, 'its beginning');
  second.stream.cancel();
  await settle();
  await kit.close();
  await until(() => vendor.received().length === 9, 'the farewell');

  expect(vendor.attempts).toHaveLength(1);
  expect(vendor.attempts[0]!.url).toBe(
    '/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/multi-stream-input' +
      '?model_id=eleven_flash_v2_5&output_format=ulaw_8000&auto_mode=true&inactivity_timeout=60&language_code=en',
  );
  expect(vendor.attempts[0]!.headers['xi-api-key']).toBe(vendor.apiKey);
  expect(vendor.received()).toEqual([
    { text: ' ', context_id },
    { text: 'Sure, Tues', context_id },
    { text: 'day works. ', context_id },
    { flush: true, context_id },
    { close_context: true, context_id },
    { text: ' ', context_id },
    { text: 'At seven, then. ', context_id },
    { close_context: true, context_id },
    { close_socket: true },
  ]);
  expect(vendor.errors()).toEqual([]);
});

test('the exchange as the vendor documents it, replayed', async () => {
  const { vendor, speak, lines } = await openVoice(ELEVENLABS, {
    mishap: () => ({ kind: 'stalls', afterBytes: 0 }),
  });
  const heard = speak('Hello.');
  await until(() => vendor.received().length === 4, 'the text');
  const contextId = vendor.received()[0]!.context_id;
  const alignment = { chars: ['H', 'e'], charStartTimesMs: [0, 60], charDurationsMs: [60, 40] };
  for (const message of [
    { audio: 'AQID', contextId, alignment, normalizedAlignment: alignment },
    { audio: 'AAAA', contextId: 'another', alignment: null },
    { audio: 'BAUG', contextId, isFinal: null, alignment: null, normalizedAlignment: null },
    { audio: null, isFinal: true, contextId },
    { audio: 'AAAA', contextId },
  ]) {
    vendor.sessions[0]!.send(message);
  }
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect([...heard.audio]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(lines).toEqual([]);
});

test('names in snake case are read too', async () => {
  const vendor = await startElevenLabs({ snake: true });
  const { speak } = openOn(ELEVENLABS, vendor);
  const heard = speak('Hello.');
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect(heard.audio.equals(audioOf('Hello.'))).toBe(true);
});

test.each([
  ['eleven_flash_v2_5', 'de-DE', '&language_code=de'],
  ['eleven_multilingual_v2', 'de-DE', ''],
  ['eleven_turbo_v2_5', 'fil', ''],
])('the model %s is told the language of %s where it takes one', async (model, locale, query) => {
  const { vendor, kit } = await openVoice(ELEVENLABS);
  const voice = kit.voice('v1', model);
  expect(voice.id).toBe(`elevenlabs/${model}/v1`);
  const heard = new Heard(voice, ['Guten Tag.'], locale);
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect(vendor.attempts[0]!.url).toBe(
    `/v1/text-to-speech/v1/multi-stream-input?model_id=${model}&output_format=ulaw_8000&auto_mode=true&inactivity_timeout=60${query}`,
  );
  expect(heard.events[0]).toEqual({
    kind: 'used',
    usage: { vendor: 'elevenlabs', model, amounts: { characters: 10 } },
  });
});

test('a name cannot leave its place in the address', async () => {
  const { vendor, kit } = await openVoice(ELEVENLABS);
  await new Heard(kit.voice('../v1?x=1', null), ['Hello.']).over();
  expect(vendor.attempts[0]!.url).toMatch(/^\/v1\/text-to-speech\/\.\.%2Fv1%3Fx%3D1\/multi-stream-input\?/);
});

test('a socket never carries more than five contexts, those included that are only about to end', async () => {
  const { vendor, speak } = await openVoice(ELEVENLABS, { thinkMs: 30 });
  const heard = Array.from({ length: 11 }, (_, index) => speak(`This is turn ${index}.`));
  for (const [index, one] of heard.entries()) {
    expect(await one.over()).toEqual({ kind: 'ended' });
    expect(one.audio.equals(audioOf(`This is turn ${index}.`))).toBe(true);
  }
  expect(vendor.sessions).toHaveLength(3);
  expect(vendor.errors()).toEqual([]);
});

test('an interruption gives its place back when the vendor says so', async () => {
  const { vendor, speak } = await openVoice(ELEVENLABS, { paceMs: 2 });
  for (let turn = 0; turn < 12; turn++) {
    const heard = speak();
    heard.stream.say('This is going to be interrupted.');
    await until(() => heard.audio.length > 0, 'its beginning');
    heard.stream.cancel();
    await settle(15);
  }
  expect(vendor.sessions).toHaveLength(1);
  expect(vendor.errors()).toEqual([]);
});

test('until it does, the place is taken', async () => {
  const { vendor, speak } = await openVoice(ELEVENLABS, { paceMs: 5 });
  const heard = Array.from({ length: 5 }, () => speak());
  for (const one of heard) one.stream.say('This is going to be interrupted.');
  await until(() => heard.every(({ audio }) => audio.length > 0), 'their beginnings');
  for (const one of heard) one.stream.cancel();
  expect(await speak('Hello.').over()).toEqual({ kind: 'ended' });
  expect(vendor.sessions).toHaveLength(2);
  expect(vendor.errors()).toEqual([]);
});

test('a socket that does not say so carries no more turns', async () => {
  const clock = new FakeClock();
  const vendor = await startElevenLabs({ forgetful: true, paceMs: 2 });
  const { speak } = openOn(ELEVENLABS, vendor, { clock });
  const heard = speak();
  heard.stream.say('This is going to be interrupted.');
  await until(() => heard.audio.length > 0, 'its beginning');
  heard.stream.cancel();
  expect(await speak('Hello.').over()).toEqual({ kind: 'ended' });
  await clock.advanceAsync(5_000);
  expect(await speak('Hello.').over()).toEqual({ kind: 'ended' });
  expect(vendor.sessions).toHaveLength(2);
  expect(vendor.errors()).toEqual([]);
});

test('a context that waits for its text is kept alive', async () => {
  const clock = new FakeClock();
  const { vendor, speak } = await openVoice(ELEVENLABS, {}, { clock });
  const heard = speak();
  heard.stream.say('Let me see. ');
  await until(() => heard.audio.length > 0, 'the first sentence');
  await clock.advanceAsync(9_999);
  await settle();
  expect(vendor.received()).toHaveLength(2);
  await clock.advanceAsync(10_001);
  heard.stream.say('Yes.');
  heard.stream.end();
  await heard.over();
  await clock.advanceAsync(20_000);
  expect(vendor.received()).toEqual([
    { text: ' ', context_id },
    { text: 'Let me see. ', context_id },
    { text: '', context_id },
    { text: '', context_id },
    { text: 'Yes. ', context_id },
    { flush: true, context_id },
    { close_context: true, context_id },
  ]);
  expect(vendor.errors()).toEqual([]);
});

test('a text goes on in another context where the vendor closed the first', async () => {
  const { vendor, speak } = await openVoice(ELEVENLABS);
  const heard = speak();
  heard.stream.say('Let me see. ');
  await until(() => heard.audio.equals(audioOf('Let me see.')), 'the first sentence');
  vendor.sessions[0]!.send({ isFinal: true, contextId: vendor.received()[0]!.context_id });
  await settle();
  heard.stream.say('Yes.');
  heard.stream.end();
  expect(await heard.over()).toEqual({ kind: 'ended' });
  expect(heard.audio.equals(audioOf('Let me see. Yes.'))).toBe(true);
  expect(new Set(vendor.received().map((message) => message.context_id)).size).toBe(2);
});

test.each([
  ['invalid_api_key', 'refused', 'refused the key with "invalid_api_key": check ELEVENLABS_API_KEY', 1],
  ['voice_not_found', 'refused', 'reported voice_not_found: It is so', 1],
  ['quota_exceeded', 'refused', 'reported quota_exceeded: It is so', 1],
  ['internal_error', 'failed', 'reported internal_error: It is so', 2],
])(
  'the error %s, told on an open socket, has the code elevenlabs-%s',
  async (error, code, what, sessions) => {
    const vendor = await startElevenLabs({ error: { error, message: 'It is so.' } });
    const { speak } = openOn(ELEVENLABS, vendor);
    expect(await speak('Hello.').over()).toEqual({
      kind: 'failed',
      code: `elevenlabs-${code}`,
      message: `ElevenLabs ${what}.`,
    });
    expect(vendor.sessions).toHaveLength(sessions);
  },
);
