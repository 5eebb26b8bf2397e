import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../runtime/clock.ts';
import { OffhookError } from '../../../runtime/errors.ts';
import { silentLog } from '../../../runtime/log.ts';
import { openOpenAi } from '../../../runtime/speech/openai/kit.ts';
import type { Voice, VoiceEvent } from '../../../runtime/speech/speech.ts';
import type { Usage } from '../../../runtime/speech/usage.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { speechMs, tone, type OpenAiDouble, type OpenAiScript } from '../../support/openai-realtime.ts';
import { openKit, settle, startVendor, until } from './support.ts';

const never = (): AbortSignal => new AbortController().signal;

async function openVoice(
  script: Partial<OpenAiScript> = {},
  clock = systemClock,
): Promise<{ voice: Voice; vendor: OpenAiDouble }> {
  const vendor = await startVendor(script);
  return { voice: openKit(vendor, clock).voice(null, null), vendor };
}

async function failureOf(work: Promise<unknown>): Promise<OffhookError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OffhookError)) throw new Error(`It did not fail as it should: ${String(error)}`);
  return error;
}

test('a text is read aloud beside any conversation, in the voice that the id names', async () => {
  const { voice, vendor } = await openVoice();
  expect(voice.id).toBe('openai/gpt-realtime-2.1/marin');
  const audio = await voice.render('How can I help you?', 'en-US', never());
  expect(Buffer.from(audio).equals(tone(speechMs('How can I help you?')))).toBe(true);
  expect(vendor.received()).toEqual([
    {
      type: 'session.update',
      event_id: 'offhook_1',
      session: {
        type: 'realtime',
        output_modalities: ['audio'],
        instructions: 'You are a voice that reads texts aloud, word for word.',
        audio: {
          input: { format: { type: 'audio/pcmu' }, turn_detection: null },
          output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
        },
        tools: [],
        tool_choice: 'none',
      },
    },
    {
      type: 'response.create',
      event_id: 'offhook_2',
      response: {
        conversation: 'none',
        output_modalities: ['audio'],
        metadata: { purpose: 'read', id: 'read_1' },
        input: [],
        instructions:
          'Speak the language of the locale en-US. Read aloud exactly, adding nothing: How can I help you?',
      },
    },
  ]);
  expect(vendor.sessions[0]!.errors).toEqual([]);
});

test('another model and another voice make another id', async () => {
  const vendor = await startVendor();
  const voice = openKit(vendor).voice('cedar', 'gpt-realtime-2.1-mini');
  expect(voice.id).toBe('openai/gpt-realtime-2.1-mini/cedar');
  await voice.render('Hello.', 'en', never());
  expect(vendor.attempts[0]!.path).toBe('/v1/realtime?model=gpt-realtime-2.1-mini');
  expect(vendor.received('session.update')[0]).toMatchObject({
    session: { audio: { output: { voice: 'cedar' } } },
  });
});

test('a reading that is not the text is tried once more', async () => {
  const said = ['Sure! Goodbye then.', 'goodbye'];
  const { voice, vendor } = await openVoice({ read: () => said.shift()! });
  await voice.render('Goodbye.', 'en-US', never());
  expect(vendor.received('response.create')).toHaveLength(2);
  expect(vendor.sessions).toHaveLength(1);
});

test('a text that is not read as it is written twice is not used', async () => {
  const { voice, vendor } = await openVoice({ read: (text) => `${text} Have a nice day!` });
  const error = await failureOf(voice.render('Goodbye.', 'en-US', never()));
  expect(error.code).toBe('voice-inexact');
  expect(error.message).toBe(
    'The voice openai/gpt-realtime-2.1/marin did not read a text of 8 characters as it is written.',
  );
  expect(vendor.received('response.create')).toHaveLength(2);
});

test('a wrong key is one clear sentence, without a second try', async () => {
  const vendor = await startVendor();
  const kit = openOpenAi({ apiKey: 'sk-wrong', baseUrl: vendor.baseUrl, log: silentLog, clock: systemClock });
  onTestFinished(() => kit.close());
  const error = await failureOf(kit.voice(null, null).render('Hello.', 'en', never()));
  expect(error.code).toBe('voice-failed');
  expect(error.message).toBe(
    'The voice openai/gpt-realtime-2.1/marin could not read a text: OpenAI refused the key for model "gpt-realtime-2.1" with HTTP 401: check OPENAI_API_KEY.',
  );
  expect(error.detail).toEqual({ status: 401 });
  expect(vendor.attempts).toHaveLength(1);
});

test('a session that dies while it reads is replaced, once', async () => {
  let deaths = 1;
  const { voice, vendor } = await openVoice({
    read: (text) => {
      if (deaths-- > 0) vendor.sessions.at(-1)!.die();
      return text;
    },
  });
  expect(await voice.render('Hello there.', 'en', never())).toHaveLength(speechMs('Hello there.') * 8);
  expect(vendor.sessions).toHaveLength(2);

  deaths = 5;
  const error = await failureOf(voice.render('Hello again.', 'en', never()));
  expect(error.code).toBe('voice-failed');
  expect(error.message).toContain('OpenAI closed the realtime session (code 1006).');
});

test('an overloaded vendor is spared before it is tried again', async () => {
  const clock = new FakeClock();
  const { voice, vendor } = await openVoice({ refuse: (attempt) => (attempt === 0 ? 429 : null) }, clock);
  const rendered = voice.render('Hello.', 'en', never());
  await until(() => vendor.attempts.length === 1, 'the first try');
  await settle();
  await clock.advanceAsync(249);
  expect(vendor.attempts).toHaveLength(1);
  await clock.advanceAsync(501);
  expect(await rendered).toHaveLength(speechMs('Hello.') * 8);
});

test('a reading that does not end has a deadline, which grows with the text', async () => {
  const clock = new FakeClock();
  const { voice, vendor } = await openVoice({ read: () => null }, clock);
  let failure: OffhookError | null = null;
  void failureOf(voice.render('Hello.', 'en', never())).then((error) => (failure = error));
  await until(() => vendor.received('response.create').length > 0, 'the request');
  for (let at = 0; at < 10_350; at += 450) {
    expect(failure).toBeNull();
    await clock.advanceAsync(450);
    await settle(2);
  }
  await clock.advanceAsync(100);
  await until(() => failure !== null, 'the deadline');
  expect(failure).toMatchObject({
    code: 'voice-timeout',
    message: 'The voice openai/gpt-realtime-2.1/marin took longer than 10360 ms.',
  });
});

test('a reading that nobody waits for any more is cancelled', async () => {
  const { voice, vendor } = await openVoice({ paceMs: 50 });
  const controller = new AbortController();
  const failure = failureOf(voice.render('A very long story.', 'en', controller.signal));
  await until(() => vendor.received('response.create').length > 0, 'the request');
  await settle();
  controller.abort();
  expect(await failure).toMatchObject({ code: 'voice-timeout' });
  await until(() => vendor.received('response.cancel').length > 0, 'the cancel');
  // The session is good for the next text.
  expect(await voice.render('Hello.', 'en', never())).toHaveLength(speechMs('Hello.') * 8);
  expect(vendor.sessions).toHaveLength(1);
});

test('a reading tells the tokens it took, every try of it and also one that is given up', async () => {
  const said = ['Sure! Goodbye then.', 'goodbye', null];
  const { voice, vendor } = await openVoice({ read: () => said.shift()! });
  const usages: Usage[] = [];
  await voice.render('Goodbye.', 'en-US', never(), (usage) => usages.push(usage));
  const tokens = (text: string): Usage => ({
    vendor: 'openai',
    model: 'gpt-realtime-2.1',
    amounts: {
      inputTextTokens: 60,
      inputAudioTokens: 40,
      cachedTextTokens: 0,
      cachedAudioTokens: 0,
      outputTextTokens: Math.ceil(text.length / 4),
      outputAudioTokens: Math.ceil(speechMs('Goodbye.') / 50),
    },
  });
  expect(usages).toEqual([tokens('Sure! Goodbye then.'), tokens('goodbye')]);

  const abort = new AbortController();
  const failure = failureOf(voice.render('Hello.', 'en-US', abort.signal, (usage) => usages.push(usage)));
  await until(() => vendor.received('response.create').length === 3, 'the request');
  await settle();
  abort.abort();
  await failure;
  await until(() => usages.length === 3, 'what it took');
  expect(usages[2]!.amounts).toMatchObject({
    inputTextTokens: 60,
    inputAudioTokens: 40,
    outputAudioTokens: 0,
  });
});

test('a text that is still being written is read sentence by sentence, the next ones ahead', async () => {
  const read: string[] = [];
  const { voice } = await openVoice({
    read: (text) => {
      read.push(text);
      return text;
    },
    paceMs: 10,
  });
  const events: VoiceEvent[] = [];
  const stream = voice.stream('en-US', (event) => events.push(event));
  const sentences = Array.from({ length: 6 }, (_, index) => `This is sentence number ${index}.`);
  for (const sentence of sentences) stream.say(`${sentence} `);
  await until(() => events.some(({ kind }) => kind === 'audio'), 'the first sentence');
  // The others of the house are to have their turn: never more than three at once.
  expect(read.length).toBeLessThanOrEqual(4);
  stream.end();
  await until(() => events.at(-1)?.kind === 'ended', 'the end');
  expect(events.filter(({ kind }) => kind === 'audio')).toHaveLength(6);
  expect(events.filter(({ kind }) => kind === 'used')).toHaveLength(6);
  expect(read.toSorted()).toEqual(sentences);
});

test('a sentence that is not read as it is written is not heard, nor is what follows', async () => {
  const { voice } = await openVoice({ read: (text) => (text === 'Two.' ? 'Three, I think.' : text) });
  const events: VoiceEvent[] = [];
  const stream = voice.stream('en-US', (event) => events.push(event));
  for (const sentence of ['One.', 'Two.', 'Three.']) stream.say(sentence);
  stream.end();
  await until(() => events.at(-1)?.kind === 'failed', 'the failure');
  await settle();
  const heard = events.filter(({ kind }) => kind !== 'used');
  expect(heard).toEqual([
    { kind: 'audio', payload: tone(speechMs('One.')).toString('base64') },
    {
      kind: 'failed',
      code: 'voice-inexact',
      message:
        'The voice openai/gpt-realtime-2.1/marin did not read a text of 4 characters as it is written.',
    },
  ]);
});

test('many texts share a few sessions; what was asked last is read first', async () => {
  const read: string[] = [];
  const { voice, vendor } = await openVoice({
    read: (text) => {
      read.push(text);
      return text;
    },
  });
  const texts = Array.from({ length: 12 }, (_, index) => `Line number ${index}.`);
  const audio = await Promise.all(texts.map((text) => voice.render(text, 'en', never())));
  expect(audio.map((one) => one.length)).toEqual(texts.map((text) => speechMs(text) * 8));
  expect(vendor.sessions).toHaveLength(4);
  expect(read.indexOf(texts[11]!)).toBeLessThan(read.indexOf(texts[4]!));
  expect(read.toSorted()).toEqual(texts.toSorted());
});

test('a session that nobody uses for a minute is closed, and opened again when it is needed', async () => {
  const clock = new FakeClock();
  const { voice, vendor } = await openVoice({}, clock);
  await voice.render('Hello.', 'en', never());
  for (let at = 0; at < 60_000; at += 1_000) {
    expect(vendor.sessions[0]!.isOpen).toBe(true);
    await clock.advanceAsync(1_000);
    await settle(1);
  }
  await until(() => vendor.open() === 0, 'it is closed');
  expect(clock.waiting).toBe(0);
  await voice.render('Hello again.', 'en', never());
  expect(vendor.sessions).toHaveLength(2);
});

test('closing ends what is being read, and leaves nothing running', async () => {
  const clock = new FakeClock();
  const { voice, vendor } = await openVoice({ paceMs: 50 }, clock);
  const failures = Array.from({ length: 5 }, (_, index) =>
    failureOf(voice.render(`A long story ${index}.`, 'en', never())),
  );
  await until(() => vendor.received('response.create').length === 4, 'four requests');
  await voice.close();
  for (const failure of failures) expect(await failure).toMatchObject({ code: 'voice-failed' });
  await until(() => vendor.open() === 0, 'no socket');
  expect(clock.waiting).toBe(0);
  expect(await failureOf(voice.render('Hello.', 'en', never()))).toMatchObject({
    code: 'voice-failed',
    message: 'The voice openai/gpt-realtime-2.1/marin was closed.',
  });
});

test('a text that is told to stop before it begins is not sent', async () => {
  const { voice, vendor } = await openVoice();
  expect(await failureOf(voice.render('Hello.', 'en', AbortSignal.abort()))).toMatchObject({
    code: 'voice-timeout',
  });
  expect(vendor.attempts).toEqual([]);
});
