import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Bytes } from '../../../runtime/audio.ts';
import { speechMs, tone, type Reply } from '../../support/openai-realtime.ts';
import { readyEars, sentence, settle, speaking, talk, until, type Ears } from './support.ts';

const plainUpdate = { type: 'session.update', session: { type: 'realtime' } };

/** What the model said, as it would be played. */
function heardAudio(ears: Ears): Buffer {
  return Buffer.concat(ears.of('audio').map((event) => Buffer.from(event.payload, 'base64')));
}

const anyId: unknown = expect.stringMatching(/^offhook_\d+$/);

test('the model answers a caller by itself during a talk, and its audio is passed on as it comes', async () => {
  const ears = await readyEars({
    heard: () => 'what is on the menu',
    reply: () => ({ say: 'Soup and bread.' }),
  });
  ears.speech.converse(talk());
  ears.hear(sentence());
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  const [ended] = ears.of('audio-ended');
  expect(ended).toEqual({ kind: 'audio-ended', item: ended!.item, text: 'Soup and bread.' });
  expect(heardAudio(ears).equals(tone(speechMs('Soup and bread.')))).toBe(true);
  expect(ears.of('words').at(-1)).toEqual({ kind: 'words', item: ended!.item, text: 'Soup and bread.' });
  // The server answers by itself: nothing was asked for.
  expect(ears.vendor.received('response.create')).toEqual([]);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('without a talk the model says nothing', async () => {
  const ears = await readyEars({ heard: () => 'hello' });
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length > 0, 'the words');
  await settle();
  expect(ears.of('audio')).toEqual([]);
  expect(ears.vendor.received('response.create')).toEqual([]);
});

test('a talk that wants an answer now gets one, with its instructions and its functions', async () => {
  const requests: string[] = [];
  const ears = await readyEars({
    reply: ({ instructions, tools }) => {
      requests.push(instructions, ...tools.map((tool) => String(tool.name)));
      return { say: 'Here you are.' };
    },
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  expect(requests).toEqual([
    'Speak the language of the locale en-US, unless told otherwise.\n\nTalk about the menu.',
    'menu',
  ]);
  expect(ears.vendor.received('response.create')).toEqual([{ type: 'response.create', event_id: anyId }]);
});

test('a talk that ends takes its functions and the right to answer away', async () => {
  const ears = await readyEars();
  ears.speech.converse(talk());
  ears.speech.converse(null);
  await until(() => ears.vendor.received('session.update').length === 3, 'the update');
  expect(ears.vendor.received('session.update')[2]).toMatchObject({
    ...plainUpdate,
    session: {
      instructions: 'You are Ana.\n\nSpeak the language of the locale en-US, unless told otherwise.',
      audio: {
        input: { turn_detection: { type: 'server_vad', create_response: false, interrupt_response: false } },
      },
      tools: [],
      tool_choice: 'none',
    },
  });
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length > 0, 'the words');
  await settle();
  expect(ears.of('audio')).toEqual([]);
});

test('a talk that ends in the middle of a sentence stops the model, and the server forgets what was not passed on', async () => {
  const ears = await readyEars({
    reply: () => ({ say: 'A long story about soup.' }),
    chunkMs: 100,
    paceMs: 10,
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio').length >= 3, 'some audio');
  ears.speech.converse(null);
  const passed = ears.of('audio').length;
  await until(() => ears.of('audio-ended').length > 0, 'the end');
  await settle();
  expect(ears.of('audio')).toHaveLength(passed);
  const session = ears.vendor.sessions[0]!;
  expect(session.errors).toEqual([]);
  const passedMs =
    base64Bytes(
      ears
        .of('audio')
        .map((one) => one.payload)
        .join(''),
    ) / 8;
  for (const { endMs } of session.truncated) expect(endMs).toBe(passedMs);
  expect(ears.vendor.received('response.cancel')).toHaveLength(1);
});

test('a caller who interrupts is believed: cancel, then truncate to what was heard', async () => {
  const ears = await readyEars({
    reply: () => ({ say: 'A long story about soup.' }),
    chunkMs: 100,
    paceMs: 10,
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio').length >= 4, 'some audio');
  const { item } = ears.of('audio')[0]!;
  ears.speech.heardOnly(item, 233.7, 'A long');
  const passed = ears.of('audio').length;
  await until(() => ears.of('audio-ended').length > 0, 'the end');
  await settle();
  expect(ears.vendor.received().slice(-2)).toEqual([
    { type: 'response.cancel', event_id: anyId, response_id: 'resp_0_1' },
    {
      type: 'conversation.item.truncate',
      event_id: anyId,
      item_id: item,
      content_index: 0,
      audio_end_ms: 233,
    },
  ]);
  expect(ears.of('audio')).toHaveLength(passed);
  expect(ears.vendor.sessions[0]!.truncated).toEqual([{ item, endMs: 233 }]);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('an interruption after the model has finished truncates without a cancel', async () => {
  const ears = await readyEars({ reply: () => ({ say: 'A long story about soup.' }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length > 0, 'the end');
  await settle();
  ears.speech.heardOnly(ears.of('audio')[0]!.item, 500, 'A long story');
  await until(() => ears.vendor.received('conversation.item.truncate').length > 0, 'the truncate');
  expect(ears.vendor.received('response.cancel')).toEqual([]);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('what was heard to its end is not truncated', async () => {
  const ears = await readyEars({ reply: () => ({ say: 'Soup.' }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length > 0, 'the end');
  ears.speech.heardOnly(ears.of('audio')[0]!.item, 60_000, 'Soup.');
  await settle();
  expect(ears.vendor.received('conversation.item.truncate')).toEqual([]);
});

test('of a preamble and an answer each is truncated for itself, what was not heard at all to nothing', async () => {
  const ears = await readyEars({ reply: () => ({ say: ['Let me see.', 'We have soup and bread today.'] }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length === 2, 'both items');
  const [first, second] = ears.of('audio-ended').map((event) => event.item);
  ears.speech.heardOnly(first!, 300, 'Let me');
  ears.speech.heardOnly(second!, 0, '');
  await until(() => ears.vendor.sessions[0]!.truncated.length === 2, 'both truncates');
  expect(ears.vendor.sessions[0]!.truncated).toEqual([
    { item: first, endMs: 300 },
    { item: second, endMs: 0 },
  ]);
});

test('a truncate is never refused, however much is said to have been heard, and whenever', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 12 }),
      async (heard, chunks) => {
        const ears = await readyEars({
          reply: () => ({ say: ['Let me see.', 'Soup and bread and so on.'] }),
          chunkMs: 90,
          paceMs: 1,
        });
        ears.speech.converse(talk({ answerNow: true }));
        await until(() => ears.of('audio').length >= chunks, 'some audio');
        const items = [...new Set(ears.of('audio').map((event) => event.item))];
        for (const ms of heard) for (const item of items) ears.speech.heardOnly(item, ms, '');
        await until(() => ears.of('audio-ended').length === items.length, 'the end');
        await settle(5);
        expect(
          ears.vendor.sessions[0]!.errors.filter((error) => error.code !== 'response_cancel_not_active'),
        ).toEqual([]);
        await ears.kit.close();
      },
    ),
    { numRuns: 25 },
  );
});

test('words that were sent before any audio are taken back when the caller interrupts there', async () => {
  const ears = await readyEars({ reply: () => ({ say: 'Never heard.' }), paceMs: 20, errorOn: () => null });
  const session = ears.vendor.sessions[0]!;
  const place = { response_id: 'resp_x', item_id: 'item_x', output_index: 0, content_index: 0 };
  ears.speech.converse(talk());
  session.items.push({ ...session.items[0]!, id: 'item_x', role: 'assistant', type: 'message', audioMs: 0 });
  session.push({
    type: 'response.created',
    event_id: 'a',
    response: { id: 'resp_x', status: 'in_progress' },
  });
  session.push({ type: 'response.output_audio_transcript.delta', event_id: 'b', ...place, delta: 'Never ' });
  await until(() => ears.of('words').length > 0, 'the words');
  ears.speech.heardOnly('item_x', 0, '');
  const output = [{ id: 'item_x', type: 'message' }];
  session.push({
    type: 'response.done',
    event_id: 'c',
    response: { id: 'resp_x', status: 'cancelled', output },
  });
  await until(() => ears.vendor.received('conversation.item.delete').length > 0, 'the delete');
  expect(ears.vendor.received('conversation.item.truncate')).toEqual([]);
  expect(ears.of('audio-ended')).toEqual([{ kind: 'audio-ended', item: 'item_x', text: 'Never ' }]);
});

test('a caller who goes on before the model said anything gets one answer, to all of it', async () => {
  const replies: Reply[] = [{ say: 'Too early.', thinkMs: 300 }, { say: 'To all of it.' }];
  const ears = await readyEars({ heard: () => 'well', reply: () => replies.shift() ?? {} });
  ears.speech.converse(talk());
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length === 1, 'the first half');
  ears.hear(sentence());
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  expect(ears.of('audio-ended').map((event) => event.text)).toEqual(['To all of it.']);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('a server that does not answer by itself is asked to', async () => {
  const ears = await readyEars({ heard: () => 'hello', reply: () => ({ say: 'Good day.' }) });
  ears.speech.converse(talk());
  await until(() => ears.vendor.received('session.update').length === 2, 'the update');
  await settle();
  // A server that lost its setting: it reports the utterance, and does nothing.
  const session = ears.vendor.sessions[0]!;
  session.config = {
    ...session.config,
    audio: { input: { turn_detection: { type: 'server_vad', create_response: false } } },
  };
  ears.hear(sentence());
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  expect(ears.vendor.received('response.create')).toHaveLength(1);
});

test('a caller may speak as long as the model does without anything being refused', async () => {
  // Not interrupted: the dialogue forbids it. The server cannot answer while it is still answering.
  const replies: Reply[] = [
    { say: 'A very long story about soup, which nobody may interrupt.' },
    { say: 'Yes?' },
  ];
  const ears = await readyEars({
    heard: () => 'hello',
    reply: () => replies.shift() ?? {},
    chunkMs: 100,
    paceMs: 15,
  });
  ears.speech.converse(talk({ answerNow: true, interruptible: false }));
  await until(() => ears.of('audio').length > 0, 'the story');
  ears.hear(sentence(100));
  await until(() => ears.of('audio-ended').length === 2, 'the answer to the caller');
  expect(ears.of('audio-ended').map((event) => event.text)).toEqual([
    'A very long story about soup, which nobody may interrupt.',
    'Yes?',
  ]);
  // The one refusal is the server's own: it could not answer by itself. Nothing of ours was refused.
  expect(ears.vendor.sessions[0]!.errors.filter((error) => error.eventId !== null)).toEqual([]);
});

test('what is said outside of the model is told to it as text', async () => {
  const ears = await readyEars();
  ears.speech.note({ role: 'agent', text: 'For how many people?' });
  ears.speech.note({ role: 'caller', text: 'pressed 4' });
  await until(() => ears.vendor.received('conversation.item.create').length === 2, 'both items');
  expect(ears.vendor.received('conversation.item.create')).toEqual([
    {
      type: 'conversation.item.create',
      event_id: 'offhook_2',
      item: {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'For how many people?' }],
      },
    },
    {
      type: 'conversation.item.create',
      event_id: 'offhook_3',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'pressed 4' }] },
    },
  ]);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('where speech may not interrupt, noise neither stops an answer nor holds one back', async () => {
  const replies: Reply[] = [{ calls: [{ name: 'menu', input: {} }] }, { say: 'We have soup.', thinkMs: 100 }];
  const ears = await readyEars({ heard: () => '', reply: () => replies.shift() ?? {} });
  ears.speech.converse(talk({ answerNow: true, interruptible: false }));
  await until(() => ears.of('model-called').length > 0, 'the call');
  // A noise that does not end.
  ears.hear(speaking(300));
  await until(() => ears.of('caller-started').length > 0, 'the noise');
  ears.speech.respond(ears.of('model-called')[0]!.call, 'soup');
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  expect(ears.of('audio-ended')[0]!.text).toBe('We have soup.');
  expect(ears.of('caller-stopped')).toEqual([]);
  expect(ears.vendor.received('response.cancel')).toEqual([]);
});

test('where speech may interrupt, the server stops by itself, and is not told to', async () => {
  const ears = await readyEars({
    reply: () => ({ say: 'A long story about soup.' }),
    chunkMs: 100,
    paceMs: 10,
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio').length >= 4, 'some audio');
  const { item } = ears.of('audio')[0]!;
  ears.hear(speaking(200));
  await until(() => ears.of('caller-started').length > 0, 'the barge-in');
  ears.speech.heardOnly(item, 150, 'A');
  await until(() => ears.of('audio-ended').length > 0, 'the end');
  await settle();
  expect(ears.vendor.sessions[0]!.truncated).toEqual([{ item, endMs: 150 }]);
  expect(ears.vendor.received('response.cancel')).toEqual([]);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});
