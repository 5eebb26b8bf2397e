/** One call's whole exchange with the vendor, message by message, as documented for the Live API. */
import { expect, test } from 'vitest';
import type { Offer } from '../../../runtime/dialogue/protocol.ts';
import { expecting } from '../../support/expectation.ts';
import { at, type Reply } from '../../support/gemini-live.ts';
import { readyEars, sentence, settle, silence, speaking, talk, until } from './support.ts';

const ask = new AbortController().signal;
const choices = expecting([
  { id: 'table', when: 'wants a table' },
  { id: 'menu', when: 'asks for the menu' },
]);

test('a call with a question, a talk with a function, a barge-in and an end: every message of it', async () => {
  const words = ['something to eat', 'what is there today', 'stop', 'that is all'];
  const talks: Reply[] = [
    { calls: [{ name: 'menu', args: { day: 'today' } }] },
    { say: 'Today we have soup with bread, and a pie.', ms: 3_000 },
    { say: 'Sorry.', ms: 200 },
    { calls: [{ name: 'leave_it', args: {} }] },
  ];
  const ears = await readyEars({
    heard: ({ index }) => words[index] ?? '',
    reply: ({ functions }) =>
      functions.includes('heard')
        ? { calls: [{ name: 'heard', args: { choice: 'menu', confidence: 0.75 } }] }
        : (talks.shift() ?? {}),
    paceMs: 10,
  });
  const { speech, vendor } = ears;

  speech.note({ role: 'agent', text: 'How can I help you?' });
  speech.expect(choices, 'normal');
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length === 1, 'the words');
  const meaning = await speech.judge(choices, 'something to eat', ask);
  expect(meaning).toEqual({ choice: 'menu', slots: {}, unsure: [], confidence: 0.75, by: 'model' });

  const offers: Offer[] = [
    { name: 'menu', about: 'The dishes', input: { type: 'object', properties: { day: { type: 'string' } } } },
    { name: 'leave it', about: 'No more questions', input: { type: 'object', properties: {} } },
  ];
  speech.converse(talk({ offers }));
  ears.hear(sentence());
  await until(() => ears.of('model-called').length === 1, 'the call');
  expect(ears.of('model-called')[0]).toMatchObject({ name: 'menu', input: { day: 'today' } });
  speech.respond(ears.of('model-called')[0]!.call, { dishes: ['soup', 'pie'] });
  await until(() => ears.of('audio').length >= 5, 'the answer');
  const answer = ears.of('audio')[0]!.item;
  ears.hear(speaking(200));
  await until(() => ears.of('caller-started').length === 3, 'the barge-in');
  speech.heardOnly(answer, 480, 'Today we have');
  await until(() => ears.of('audio-ended').length === 1, 'the model stops');
  ears.hear(silence(800));
  await until(() => ears.of('audio-ended').length === 2, 'the answer to the barge-in');
  ears.hear(sentence());
  await until(() => ears.of('model-called').length === 2, 'the exit');
  expect(ears.of('model-called')[1]).toMatchObject({ name: 'leave it', input: {} });
  speech.converse(null);
  speech.note({ role: 'agent', text: 'Goodbye.' });
  await until(() => ears.of('caller-said').length === 4, 'all words');
  await settle();

  const start = { realtimeInput: { activityStart: {} } };
  const end = { realtimeInput: { activityEnd: {} } };
  const note = (role: string, text: string): unknown => ({
    clientContent: { turns: [{ role, parts: [{ text }] }], turnComplete: false },
  });
  const listening: unknown = expect.stringContaining('listen in, in silence');
  expect(vendor.received()).toEqual([
    {
      setup: {
        model: 'models/gemini-3.8-live',
        generationConfig: {
          responseModalities: ['AUDIO'],
          speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
        },
        systemInstruction: { parts: [{ text: listening }] },
        tools: [
          {
            functionDeclarations: [
              {
                name: 'heard',
                description: 'Says what the caller meant.',
                parametersJsonSchema: { type: 'object', properties: {} },
                behavior: 'NON_BLOCKING',
              },
            ],
          },
        ],
        realtimeInputConfig: {
          automaticActivityDetection: { disabled: true },
          activityHandling: 'START_OF_ACTIVITY_INTERRUPTS',
          turnCoverage: 'TURN_INCLUDES_ONLY_ACTIVITY',
        },
        inputAudioTranscription: {},
        outputAudioTranscription: {},
        sessionResumption: {},
        contextWindowCompression: { triggerTokens: '25600', slidingWindow: { targetTokens: '12800' } },
      },
    },
    {
      contextUpdate: {
        systemInstruction: { parts: [{ text: expect.stringContaining('asks for the menu') }] },
        tools: {
          tools: [
            {
              functionDeclarations: [
                expect.objectContaining({
                  name: 'heard',
                  parametersJsonSchema: expect.objectContaining({ required: ['choice', 'confidence'] }),
                }),
              ],
            },
          ],
        },
      },
    },
    note('model', 'How can I help you?'),
    start,
    end,
    {
      toolResponse: {
        functionResponses: [
          { id: 'call_0_1', name: 'heard', response: { output: 'noted' }, scheduling: 'SILENT' },
        ],
      },
    },
    {
      contextUpdate: {
        systemInstruction: { parts: [{ text: expect.stringContaining('Talk about the menu.') }] },
        tools: {
          tools: [
            {
              functionDeclarations: [
                {
                  name: 'menu',
                  description: 'The dishes',
                  parametersJsonSchema: { type: 'object', properties: { day: { type: 'string' } } },
                  behavior: 'BLOCKING',
                },
                {
                  name: 'leave_it',
                  description: 'No more questions',
                  parametersJsonSchema: { type: 'object', properties: {} },
                  behavior: 'BLOCKING',
                },
              ],
            },
          ],
        },
      },
    },
    start,
    end,
    {
      toolResponse: {
        functionResponses: [
          { id: 'call_0_2', name: 'menu', response: { output: { dishes: ['soup', 'pie'] } } },
        ],
      },
    },
    start,
    note('user', '[The caller interrupted you. Of what you said last was heard only this: Today we have]'),
    end,
    start,
    end,
  ]);
  expect(vendor.problems()).toEqual([]);
  expect(ears.of('caller-said').map((event) => event.text)).toEqual(words);
  expect(ears.of('failed')).toEqual([]);
  expect(vendor.sessions[0]!.interruptions).toBe(1);
  expect(vendor.sessions[0]!.context.map(({ role, text }) => [role, text])).toEqual([
    ['model', 'How can I help you?'],
    ['user', 'something to eat'],
    ['user', 'heard {"output":"noted"}'],
    ['user', 'what is there today'],
    ['user', 'menu {"output":{"dishes":["soup","pie"]}}'],
    ['model', expect.stringMatching(/^Today/)],
    ['user', '[The caller interrupted you. Of what you said last was heard only this: Today we have]'],
    ['user', 'stop'],
    ['model', 'Sorry.'],
    ['user', 'that is all'],
  ]);
  expect(at(vendor.attempts[0], 'key')).toBe(vendor.apiKey);
  expect(vendor.attempts[0]!.path).not.toContain(vendor.apiKey);
});
