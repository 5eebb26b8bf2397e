import { expect, test } from 'vitest';
import { Calls } from '../../../runtime/speech/openai/calls.ts';
import { isFields, type Fields, type Reply } from '../../support/openai-realtime.ts';
import { readyEars, sentence, settle, speaking, silence, talk, until, type Ears } from './support.ts';

function outputs(ears: Ears): Fields[] {
  return ears.vendor
    .received('conversation.item.create')
    .map((event) => event.item)
    .filter(isFields)
    .filter((item) => item.type === 'function_call_output');
}

function scripted(...replies: Reply[]): () => Reply {
  return () => replies.shift() ?? { say: 'Nothing more.' };
}

test('a function that the model calls is answered, and then the model goes on', async () => {
  const ears = await readyEars({
    reply: scripted({ calls: [{ name: 'menu', input: { day: 'today' } }] }, { say: 'There is soup.' }),
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('model-called').length > 0, 'the call');
  const [made] = ears.of('model-called');
  expect(made).toEqual({ kind: 'model-called', call: 'call_0_1', name: 'menu', input: { day: 'today' } });
  ears.speech.respond('call_0_1', { dishes: ['soup'] });
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  expect(ears.vendor.received().slice(-2)).toEqual([
    {
      type: 'conversation.item.create',
      event_id: 'offhook_4',
      item: { type: 'function_call_output', call_id: 'call_0_1', output: '{"dishes":["soup"]}' },
    },
    { type: 'response.create', event_id: 'offhook_5' },
  ]);
  expect(ears.of('audio-ended')[0]!.text).toBe('There is soup.');
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('several functions in one response: the model goes on once, when all are answered', async () => {
  const ears = await readyEars({
    reply: scripted(
      {
        say: 'Let me look.',
        calls: [
          { name: 'menu', input: { day: 'today' } },
          { name: 'menu', input: { day: 'tomorrow' } },
        ],
      },
      { say: 'Soup, then bread.' },
    ),
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('model-called').length === 2, 'both calls');
  const [first, second] = ears.of('model-called').map((event) => event.call);
  ears.speech.respond(second!, 'bread');
  await settle();
  expect(ears.vendor.received('response.create')).toHaveLength(1);
  ears.speech.respond(first!, 'soup');
  await until(() => ears.of('audio-ended').length === 2, 'the answer');
  expect(ears.vendor.received('response.create')).toHaveLength(2);
  expect(outputs(ears).map((item) => item.output)).toEqual(['"bread"', '"soup"']);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('an output that is there before the response is done waits for it', () => {
  const told: string[] = [];
  const calls = new Calls({
    surface: (call) => {
      told.push(`surface ${call}`);
      calls.answer(call, { quick: true });
    },
    post: (call, output) => told.push(`post ${call} ${output}`),
    complete: () => told.push('complete'),
  });
  const { offers } = talk();
  const made = (call: string): void =>
    calls.made('resp_1', { item: '', call, name: 'menu', input: '{}' }, offers, () =>
      told.push(`new ${call}`),
    );
  made('a');
  made('a');
  made('b');
  expect(told).toEqual(['new a', 'surface a', 'new b', 'surface b']);
  calls.done('resp_1');
  calls.done('resp_1');
  expect(told.slice(4)).toEqual(['post a {"quick":true}', 'post b {"quick":true}', 'complete']);
});

test.each([
  ['not JSON', '{"day":', 'The arguments of "menu" were not a JSON object.'],
  ['a list', '[1]', 'The arguments of "menu" were not a JSON object.'],
  ['null', 'null', 'The arguments of "menu" were not a JSON object.'],
])('arguments that are %s go back to the model and never reach the dialogue', async (_, input, error) => {
  const ears = await readyEars({ reply: scripted({ calls: [{ name: 'menu', input }] }, { say: 'Sorry.' }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  expect(ears.of('model-called')).toEqual([]);
  expect(outputs(ears).map((item) => JSON.parse(String(item.output)) as unknown)).toEqual([{ error }]);
});

test('a function that is not offered cannot be called', async () => {
  const ears = await readyEars({
    reply: scripted({ calls: [{ name: 'refund', input: { all: true } }] }, { say: 'I cannot do that.' }),
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  expect(ears.of('model-called')).toEqual([]);
  expect(outputs(ears).map((item) => item.output)).toEqual([
    '{"error":"There is no function \\"refund\\"."}',
  ]);
});

test('a model that makes nothing but broken calls is not asked for ever', async () => {
  const ears = await readyEars({ reply: () => ({ calls: [{ name: 'menu', input: 'x' }] }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => outputs(ears).length === 3, 'three rounds');
  await settle(80);
  expect(ears.vendor.received('response.create')).toHaveLength(3);
});

test('a call that the dialogue has left behind is closed, and its late result is dropped', async () => {
  const ears = await readyEars({ reply: scripted({ calls: [{ name: 'menu', input: {} }] }) });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('model-called').length > 0, 'the call');
  const { call } = ears.of('model-called')[0]!;
  ears.speech.converse(null);
  ears.speech.respond(call, { late: true });
  await until(() => outputs(ears).length > 0, 'the output');
  await settle();
  expect(outputs(ears)).toEqual([{ type: 'function_call_output', call_id: call, output: '{"ended":true}' }]);
  expect(ears.vendor.received('response.create')).toHaveLength(1);
});

test('a result that comes while the caller is speaking waits, and never meets an active response', async () => {
  const ears = await readyEars({
    heard: () => 'and wine?',
    reply: scripted({ calls: [{ name: 'menu', input: {} }] }, { say: 'Soup, and wine too.' }),
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('model-called').length > 0, 'the call');
  ears.hear(speaking(300));
  await until(() => ears.of('caller-started').length > 0, 'the caller');
  ears.speech.respond(ears.of('model-called')[0]!.call, 'soup');
  await settle();
  expect(ears.vendor.received('response.create')).toHaveLength(1);
  ears.hear(silence(600));
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  await settle(60);
  // The server's own answer to the caller already knew the result.
  expect(ears.of('audio-ended').map((event) => event.text)).toEqual(['Soup, and wine too.']);
  expect(ears.vendor.received('response.create')).toHaveLength(1);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('a result that comes while the model answers something else is spoken afterwards', async () => {
  const ears = await readyEars({
    heard: () => 'are you there',
    reply: scripted(
      { calls: [{ name: 'menu', input: {} }] },
      { say: 'Yes, one moment please.' },
      { say: 'Soup.' },
    ),
    chunkMs: 100,
    paceMs: 15,
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('model-called').length > 0, 'the call');
  ears.hear(sentence());
  await until(() => ears.of('audio').length > 1, 'the other answer');
  ears.speech.respond(ears.of('model-called')[0]!.call, 'soup');
  await until(() => ears.of('audio-ended').length === 2, 'the answer');
  expect(ears.of('audio-ended').map((event) => event.text)).toEqual(['Yes, one moment please.', 'Soup.']);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('a response that the server began by itself at the same moment is waited for', async () => {
  const ears = await readyEars({
    reply: scripted({ say: 'Mine first.' }, { say: 'Then yours.' }),
    errorOn: (() => {
      let first = true;
      return (event: Fields) => {
        if (event.type !== 'response.create' || !first) return null;
        first = false;
        return { code: 'conversation_already_has_active_response', message: 'Busy.', param: null };
      };
    })(),
  });
  ears.speech.converse(talk({ answerNow: true }));
  await until(() => ears.of('audio-ended').length > 0, 'the answer', 3_000);
  expect(ears.of('audio-ended')[0]!.text).toBe('Mine first.');
  expect(ears.of('failed')).toEqual([]);
});
