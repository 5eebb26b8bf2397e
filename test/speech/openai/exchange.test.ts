/** One call's whole exchange with the vendor, message by message, as documented for the GA realtime API. */
import { expect, test } from 'vitest';
import type { Offer } from '../../../runtime/dialogue/protocol.ts';
import type { Fields, Reply } from '../../support/openai-realtime.ts';
import { expecting, readyEars, sentence, settle, speaking, talk, until } from './support.ts';

const language = 'Speak the language of the locale en-US, unless told otherwise.';
const detection = (answers: boolean): Fields => ({
  type: 'server_vad',
  silence_duration_ms: 500,
  create_response: answers,
  interrupt_response: answers,
});

const id = (n: number): string => `offhook_${n}`;
const anyId: unknown = expect.stringMatching(/^offhook_\d+$/);

test('a call with a question, a talk with a function, a barge-in and an end: every message of it', async () => {
  const replies: Reply[] = [
    { calls: [{ name: 'menu', input: { day: 'today' } }] },
    { say: 'Today we have soup with bread, and a pie.' },
    { calls: [{ name: 'leave', input: {} }] },
  ];
  const words = ['something to eat', 'what is there today', 'that is all'];
  const ears = await readyEars({
    heard: ({ index }) => words[index] ?? '',
    reply: () => replies.shift() ?? {},
    answer: ({ heard }) => ({ choice: heard === 'something to eat' ? 'menu' : 'none', confidence: 0.75 }),
    chunkMs: 120,
    paceMs: 12,
  });
  const { speech, vendor } = ears;
  const said = async (count: number): Promise<void> => {
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === count, 'the words');
  };

  speech.note({ role: 'agent', text: 'How can I help you?' });
  await said(1);
  const meaning = await speech.judge(
    expecting('table', 'menu'),
    'something to eat',
    new AbortController().signal,
  );
  expect(meaning).toMatchObject({ choice: 'menu', slots: {}, confidence: 0.75, by: 'model' });

  const offers: Offer[] = [
    { name: 'menu', about: 'The dishes', input: { type: 'object', properties: { day: { type: 'string' } } } },
    { name: 'leave', about: 'The caller has no more questions', input: { type: 'object' } },
  ];
  speech.converse(talk({ offers }));
  await said(2);
  await until(() => ears.of('model-called').length === 1, 'the call');
  speech.respond(ears.of('model-called')[0]!.call, { dishes: ['soup', 'pie'] });
  await until(() => ears.of('audio').length >= 5, 'the answer');
  const answer = ears.of('audio')[0]!.item;
  ears.hear(speaking(200));
  await until(() => ears.of('caller-started').length === 3, 'the barge-in');
  speech.heardOnly(answer, 480, 'Today we have');
  await until(() => ears.of('audio-ended').length === 1, 'the model stops');
  ears.hear(sentence(200));
  await until(() => ears.of('model-called').length === 2, 'the exit');
  // The response that called it is done too: otherwise it would be cancelled.
  await new Promise((resolve) => setTimeout(resolve, 100));
  speech.converse(null);
  speech.note({ role: 'agent', text: 'Goodbye.' });
  await settle();

  expect(vendor.received()).toEqual([
    {
      type: 'session.update',
      event_id: id(1),
      session: {
        type: 'realtime',
        output_modalities: ['audio'],
        instructions: `You are Ana.\n\n${language}`,
        audio: {
          input: {
            format: { type: 'audio/pcmu' },
            noise_reduction: { type: 'near_field' },
            transcription: { model: 'gpt-transcribe', languages: ['en'] },
            turn_detection: detection(false),
          },
          output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
        },
        tools: [],
        tool_choice: 'none',
      },
    },
    {
      type: 'conversation.item.create',
      event_id: id(2),
      item: {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'How can I help you?' }],
      },
    },
    expect.objectContaining({ type: 'response.create', event_id: id(3) }),
    {
      type: 'session.update',
      event_id: id(4),
      session: {
        type: 'realtime',
        instructions: `${language}\n\nTalk about the menu.`,
        audio: { input: { turn_detection: detection(true) } },
        tools: [
          {
            type: 'function',
            name: 'menu',
            description: 'The dishes',
            parameters: { type: 'object', properties: { day: { type: 'string' } } },
          },
          {
            type: 'function',
            name: 'leave',
            description: 'The caller has no more questions',
            parameters: { type: 'object' },
          },
        ],
        tool_choice: 'auto',
      },
    },
    {
      type: 'conversation.item.create',
      event_id: id(5),
      item: { type: 'function_call_output', call_id: 'call_0_2', output: '{"dishes":["soup","pie"]}' },
    },
    { type: 'response.create', event_id: id(6) },
    {
      type: 'conversation.item.truncate',
      event_id: id(7),
      item_id: answer,
      content_index: 0,
      audio_end_ms: 480,
    },
    {
      type: 'conversation.item.create',
      event_id: anyId,
      item: { type: 'function_call_output', call_id: 'call_0_3', output: '{"ended":true}' },
    },
    {
      type: 'session.update',
      event_id: anyId,
      session: {
        type: 'realtime',
        instructions: `You are Ana.\n\n${language}`,
        audio: { input: { turn_detection: detection(false) } },
        tools: [],
        tool_choice: 'none',
      },
    },
    {
      type: 'conversation.item.create',
      event_id: anyId,
      item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Goodbye.' }] },
    },
  ]);
  expect(vendor.sessions[0]!.errors).toEqual([]);
  expect(ears.of('caller-said').map((event) => event.text)).toEqual(words);
  expect(vendor.sessions[0]!.truncated).toEqual([{ item: answer, endMs: 480 }]);
});
