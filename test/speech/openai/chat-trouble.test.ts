import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { StreamReply } from '../../support/chat-stream.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { think } from './chat-support.ts';
import { settle, talk, until } from './support.ts';

/** Replies, one a request. */
function inTurn(...replies: StreamReply[]): { reply: () => StreamReply } {
  return { reply: () => replies.shift() ?? {} };
}

test('a server that does not begin within four seconds is asked once more', async () => {
  const clock = new FakeClock();
  const { mind, server, told, ended } = await think(inTurn({ hangs: true }, { words: 'Yes.' }), { clock });
  mind.converse(talk());
  mind.said('hello');
  await until(() => server.attempts() === 1, 'the request');
  clock.advance(3_999);
  expect(told()).toEqual([]);
  clock.advance(1);
  expect(told()).toEqual(['model-timeout, recovering']);
  await ended();
  expect(told()).toEqual(['model-timeout, recovering', '"Yes."']);
  expect(server.requests[1]!.said).toEqual(['user: hello']);
  await until(() => server.abandoned() === 1, 'the first request is given up');
});

test('a second failure is the last, and nothing is done after it', async () => {
  const clock = new FakeClock();
  const { mind, server, told, events } = await think({ reply: () => ({ hangs: true }) }, { clock });
  mind.converse(talk());
  mind.said('hello');
  await until(() => server.attempts() === 1, 'the request');
  clock.advance(4_000);
  await until(() => server.attempts() === 2, 'the second request');
  clock.advance(4_000);
  expect(told()).toEqual(['model-timeout, recovering', 'model-timeout']);
  expect(events.at(-1)).toEqual({
    kind: 'failed',
    code: 'model-timeout',
    message: 'The model did not begin to answer within 4 s.',
    recovering: false,
  });
  mind.said('hello');
  mind.converse(talk({ id: 't2', answerNow: true }));
  await settle();
  expect(server.attempts()).toBe(2);
  await until(() => server.open() === 0, 'no request');
  expect(clock.waiting).toBe(0);
});

test('a reply that comes to its end earns another try', async () => {
  const { mind, told, ended } = await think(
    inTurn({ status: 500 }, { words: 'One.' }, { status: 503 }, { words: 'Two.' }),
  );
  mind.converse(talk());
  mind.said('hello');
  await ended();
  mind.said('hello');
  await ended(2);
  expect(told()).toEqual([
    'model-unavailable, recovering',
    '"One."',
    'model-unavailable, recovering',
    '"Two."',
  ]);
});

test('a reply that stalls is over after five seconds, and the model is told to go on', async () => {
  const clock = new FakeClock();
  const { mind, server, told, words, ended } = await think(
    inTurn({ words: 'We have soup and bread.', stallsAfter: 4 }, { words: ' and bread.' }),
    { clock },
  );
  mind.converse(talk());
  mind.said('hello');
  await until(() => words() === 'We have soup', 'the first words');
  clock.advance(4_999);
  expect(told()).toEqual([]);
  clock.advance(1);
  await ended(2);
  expect(told()).toEqual(['"We have soup"', 'model-timeout, recovering', '" and bread."']);
  expect(server.requests[1]!.said).toEqual([
    'user: hello',
    'assistant: We have soup',
    'user: (You were interrupted there by a bad connection: go on where you stopped.)',
  ]);
});

test.each([
  ['the connection breaks', { breaksAfter: 3 }, 'model-unavailable'],
  ['the server tells an error', { errorAfter: 3 }, 'model-unavailable'],
  ['the stream ends without a reason', { endsAfter: 3 }, 'model-answer'],
])('a reply in whose middle %s is gone on with', async (_, how, code) => {
  const { mind, told, ended } = await think(inTurn({ words: 'We have soup.', ...how }, { words: 'Soup.' }));
  mind.converse(talk());
  mind.said('hello');
  await ended(2);
  expect(told()).toEqual(['"We have"', `${code}, recovering`, '"Soup."']);
});

test('nobody is talked at for more than half a minute', async () => {
  const clock = new FakeClock();
  const script = { reply: () => ({ words: Array(2_000).fill('on and '), paceMs: 5 }) };
  const { mind, server, of, told, words } = await think(script, { clock });
  mind.converse(talk());
  mind.said('hello');
  for (let second = 0; second < 30; second++) {
    const before = words().length;
    await until(() => words().length > before, 'more words');
    clock.advance(1_000);
  }
  expect(of('ended')).toHaveLength(1);
  expect(told()).toHaveLength(1);
  await until(() => server.abandoned() === 1, 'the request is given up');
  expect(clock.waiting).toBe(0);
});

test('a reply of too many words is cut, and so are calls that are not complete', async () => {
  const { mind, server, of, told } = await think({
    reply: () => ({ words: Array(40).fill('x'.repeat(199) + ' '), calls: [{ name: 'menu', input: {} }] }),
  });
  mind.converse(talk());
  mind.said('hello');
  await until(() => of('ended').length > 0, 'the end');
  await settle();
  expect(of('ended')[0]!.text).toHaveLength(6_200);
  expect(told()).toHaveLength(1);
  expect(server.requests).toHaveLength(1);
});

test('a reply that the server cut for its length ends there, and one that was filtered says nothing', async () => {
  const { mind, server, told, ended } = await think(
    inTurn(
      { words: 'We have', finish: 'length' },
      { finish: 'content_filter' },
      { refusal: 'I cannot say that.' },
    ),
  );
  mind.converse(talk());
  mind.said('hello');
  await ended();
  mind.said('and then');
  await until(() => server.requests.length === 2 && server.open() === 0, 'the filtered reply');
  await settle();
  mind.said('please');
  await ended(2);
  expect(told()).toEqual(['"We have"', '"I cannot say that."']);
});

test('a wrong key is one clear sentence for the operator, once, and no second try', async () => {
  const lines: { level: number; code: string; msg: string }[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const { kit, mind, server, events } = await think({}, { apiKey: 'sk-wrong-key', log });
  const sentence = `The server of model "gpt-6-luna" at ${server.baseUrl} refused the key with HTTP 401: check OPENAI_API_KEY.`;
  mind.converse(talk());
  mind.said('hello');
  await until(() => events.length > 0, 'the failure');
  expect(events).toEqual([{ kind: 'failed', code: 'model-refused', message: sentence, recovering: false }]);
  const told: string[] = [];
  const options = { sessionId: 's2', locale: 'en-US', model: 'gpt-6-luna', persona: '' };
  const other = kit.open({ ...options, on: (event) => told.push(event.kind) });
  other.converse(talk({ answerNow: true }));
  await until(() => told.length > 0, 'the second failure');
  await settle();
  expect(server.attempts()).toBe(2);
  expect(lines.map(({ level, code, msg }) => ({ level, code, msg }))).toEqual([
    { level: 50, code: 'model-refused', msg: sentence },
  ]);
  expect(JSON.stringify(lines) + JSON.stringify(events)).not.toContain('sk-wrong-key');
});

test('a server that has too much to do is spared before it is asked again', async () => {
  const clock = new FakeClock();
  const { mind, server, told, ended } = await think(inTurn({ status: 429 }, { words: 'Yes.' }), { clock });
  mind.converse(talk());
  mind.said('hello');
  await until(() => told().length > 0, 'the failure');
  await settle();
  expect(told()).toEqual(['model-busy, recovering']);
  expect(server.attempts()).toBe(1);
  clock.advance(750);
  await ended();
  expect(server.attempts()).toBe(2);
});

test('who speaks before the second try is answered at once, and only once', async () => {
  const clock = new FakeClock();
  const { mind, server, told, ended } = await think(inTurn({ status: 429 }, { words: 'Yes.' }), { clock });
  mind.converse(talk());
  mind.said('hello');
  await until(() => told().length > 0, 'the failure');
  mind.said('are you there');
  await ended();
  clock.advance(1_000);
  await settle();
  expect(server.attempts()).toBe(2);
});

test('a model that the server does not know is rejected in its own words, and a server that is not there is unavailable', async () => {
  const unknown = await think({
    reply: () => ({ status: 404, message: 'The model `gpt-6-luna` does not exist.' }),
  });
  unknown.mind.converse(talk({ answerNow: true }));
  await until(() => unknown.events.length > 0, 'the failure');
  expect(unknown.of('failed')).toEqual([
    {
      kind: 'failed',
      code: 'model-rejected',
      message:
        `The server of model "gpt-6-luna" at ${unknown.server.baseUrl} answered with HTTP 404: ` +
        'The model `gpt-6-luna` does not exist.',
      recovering: false,
    },
  ]);
  const gone = await think();
  await gone.server.close();
  gone.mind.converse(talk({ answerNow: true }));
  await until(() => gone.told().length === 2, 'both failures');
  expect(gone.told()).toEqual(['model-unavailable, recovering', 'model-unavailable']);
  expect(gone.of('failed')[0]!.message).toContain('ECONNREFUSED');
});

test.each([
  [['stream_options'], 2, { reasoning_effort: 'low', max_completion_tokens: 2_048 }],
  [['reasoning_effort'], 2, { stream_options: { include_usage: true }, max_completion_tokens: 2_048 }],
  [
    ['max_completion_tokens'],
    2,
    { stream_options: { include_usage: true }, reasoning_effort: 'low', max_tokens: 2_048 },
  ],
  [['stream_options', 'reasoning_effort', 'max_completion_tokens', 'max_tokens'], 5, {}],
])('a server that refuses %j is asked without it from then on', async (refuses, attempts, left) => {
  const { mind, server, words, told, ended } = await think({ refuses });
  mind.converse(talk());
  mind.said('hello');
  await ended();
  expect(server.attempts()).toBe(attempts);
  mind.said('and then');
  await ended(2);
  expect(server.attempts()).toBe(attempts + 1);
  expect(words()).toBe('Of course.Of course.');
  expect(told()).toHaveLength(2);
  const every = ['model', 'messages', 'stream', 'tools'];
  const settings = Object.entries(server.requests[1]!.body).filter(([name]) => !every.includes(name));
  expect(Object.fromEntries(settings)).toEqual(left);
  expect(server.errors).toEqual([]);
});

test('a request that is refused whatever is left out is given up', async () => {
  const { mind, server, told } = await think({ reply: () => ({ status: 400, message: 'No.' }) });
  mind.converse(talk({ answerNow: true }));
  await until(() => told().length > 0, 'the failure');
  expect(told()).toEqual(['model-rejected']);
  expect(server.attempts()).toBe(5);
});

test('a listener that throws ends neither the process nor the reply', async () => {
  let count = 0;
  const { mind, server } = await think(
    { reply: () => ({ words: 'Soup and bread.' }) },
    {
      on: () => {
        count++;
        throw new Error('a bug');
      },
    },
  );
  mind.converse(talk({ answerNow: true }));
  // Three words, the end, the usage.
  await until(() => count === 5, 'all events');
  expect(server.attempts()).toBe(1);
});
