import { expect, test } from 'vitest';
import { Judge, type Judgement } from '../../runtime/call/judge.ts';
import type { Expectation, Meaning } from '../../runtime/dialogue/protocol.ts';
import { FakeClock } from '../support/fake-clock.ts';

const expectation: Expectation = {
  id: 'e1',
  locale: 'en-US',
  choices: [],
  slots: [],
  now: 0,
  zone: 'UTC',
  sensitive: false,
};

const meaning = (choice: string | null, confidence: number, by: Meaning['by'] = 'like'): Meaning => ({
  choice,
  slots: {},
  unsure: [],
  confidence,
  by,
});

/** A judge over a model that answers when the test says so. */
function judging(rules: (text: string) => Meaning | null, who: 'speech' | 'chat' | 'nobody' = 'speech') {
  const clock = new FakeClock();
  const asked: { text: string; signal: AbortSignal; answer(meaning: Meaning | null): void }[] = [];
  const ask = (_: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null> =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(null));
      asked.push({ text, signal, answer: resolve });
    });
  const channel = {
    judges: who === 'speech',
    judge: who === 'speech' ? ask : () => Promise.reject(new Error('This channel does not think.')),
  };
  const judge = new Judge((_, text) => rules(text), channel, clock, who === 'chat' ? ask : null);
  return { judge, clock, asked };
}

/** What a promise has come to by now; undefined while it is open. */
async function soon(promise: Promise<Judgement | null>): Promise<Judgement | null | undefined> {
  let found: Judgement | null | undefined;
  void promise.then((one) => (found = one));
  await new Promise((resolve) => void setImmediate(resolve));
  return found;
}

test.each(['speech', 'chat'] as const)(
  'what the rules are sure of, no model (%s) is asked about',
  async (who) => {
    const { judge, asked } = judging(() => meaning('s0', 0.9), who);
    expect(await judge.judge(expectation, 'a table')).toEqual({
      text: 'a table',
      meaning: meaning('s0', 0.9),
    });
    expect(asked).toEqual([]);
  },
);

test.each(['speech', 'chat'] as const)(
  'what the rules cannot tell, the model (%s) is asked about',
  async (who) => {
    const { judge, asked } = judging(() => null, who);
    const judged = judge.judge(expectation, 'the usual');
    expect(asked.map(({ text }) => text)).toEqual(['the usual']);
    asked[0]!.answer(meaning('s1', 0.8, 'model'));
    expect(await judged).toEqual({ text: 'the usual', meaning: meaning('s1', 0.8, 'model') });
  },
);

test('what the rules only suppose, the model is asked about; its word counts', async () => {
  const { judge, asked } = judging(() => meaning('s0', 0.5));
  const judged = judge.judge(expectation, 'the usual');
  asked[0]!.answer(meaning(null, 0.9, 'model'));
  expect(await judged).toEqual({ text: 'the usual', meaning: meaning(null, 0.9, 'model') });
});

test('where the model cannot tell, what the rules suppose counts', async () => {
  const { judge, asked } = judging(() => meaning('s0', 0.5));
  const judged = judge.judge(expectation, 'the usual');
  asked[0]!.answer(null);
  expect(await judged).toEqual({ text: 'the usual', meaning: meaning('s0', 0.5) });
});

test('without any model, what the rules suppose counts at once', async () => {
  const { judge } = judging(() => meaning('s0', 0.5), 'nobody');
  expect(await soon(judge.judge(expectation, 'the usual'))).toEqual({
    text: 'the usual',
    meaning: meaning('s0', 0.5),
  });
});

test('a model that takes longer than two and a half seconds is given up', async () => {
  const { judge, clock, asked } = judging(() => meaning('s0', 0.5));
  const judged = judge.judge(expectation, 'the usual');
  await clock.advanceAsync(2_499);
  expect(await soon(judged)).toBeUndefined();
  await clock.advanceAsync(1);
  expect(asked[0]!.signal.aborted).toBe(true);
  expect(await judged).toEqual({ text: 'the usual', meaning: meaning('s0', 0.5) });
  expect(clock.waiting).toBe(0);
});

test('a caller who goes on is judged by all that was said, once', async () => {
  const { judge, asked } = judging(() => null);
  const first = judge.judge(expectation, 'well I would');
  const second = judge.judge(expectation, 'like to eat');
  expect(await first).toBeNull();
  expect(asked.map(({ text }) => text)).toEqual(['well I would', 'well I would like to eat']);
  expect(asked[0]!.signal.aborted).toBe(true);
  asked[1]!.answer(meaning('s1', 0.7, 'model'));
  expect(await second).toEqual({
    text: 'well I would like to eat',
    meaning: meaning('s1', 0.7, 'model'),
  });
});

test('what was said to another question is not mixed in', async () => {
  const { judge, asked } = judging(() => null);
  void judge.judge(expectation, 'well');
  void judge.judge({ ...expectation, id: 'e2' }, 'seven');
  expect(asked.map(({ text }) => text)).toEqual(['well', 'seven']);
});

test('a judgement that lands while the caller speaks again waits for the rest, and is replaced by it', async () => {
  const { judge, asked, clock } = judging((text) =>
    text === 'for four no five' ? meaning('s0', 0.9) : null,
  );
  const first = judge.judge(expectation, 'for four');
  judge.callerBegan();
  asked[0]!.answer(meaning('s9', 0.9, 'model'));
  expect(await soon(first)).toBeUndefined();
  const second = judge.judge(expectation, 'no five');
  expect(await first).toBeNull();
  expect(await second).toEqual({ text: 'for four no five', meaning: meaning('s0', 0.9) });
  expect(clock.waiting).toBe(0);
});

test('where the sound was only a noise, the judgement that waited counts', async () => {
  const { judge, asked, clock } = judging(() => null);
  const judged = judge.judge(expectation, 'for four');
  judge.callerBegan();
  asked[0]!.answer(meaning('s1', 0.9, 'model'));
  expect(await soon(judged)).toBeUndefined();
  judge.callerSaidNothing();
  expect(await judged).toEqual({ text: 'for four', meaning: meaning('s1', 0.9, 'model') });
  expect(clock.waiting).toBe(0);
});

test('a noise before the model has answered changes nothing', async () => {
  const { judge, asked } = judging(() => null);
  const judged = judge.judge(expectation, 'for four');
  judge.callerBegan();
  expect(judge.callerSaidNothing()).toBe(true);
  asked[0]!.answer(meaning('s1', 0.9, 'model'));
  expect(await judged).toEqual({ text: 'for four', meaning: meaning('s1', 0.9, 'model') });
  expect(judge.callerSaidNothing()).toBe(false);
});

test('a judgement that waits for a rest which never comes is given after fifteen seconds', async () => {
  const { judge, clock } = judging(() => meaning('s0', 0.5));
  const judged = judge.judge(expectation, 'for four');
  judge.callerBegan();
  judge.callerBegan();
  await clock.advanceAsync(14_999);
  expect(await soon(judged)).toBeUndefined();
  await clock.advanceAsync(1);
  expect(await judged).toEqual({ text: 'for four', meaning: meaning('s0', 0.5) });
});

test('with the call the judgement is over, and the model is told', async () => {
  const { judge, asked, clock } = judging(() => null);
  const judged = judge.judge(expectation, 'for four');
  judge.callerBegan();
  judge.close();
  expect(await judged).toBeNull();
  expect(asked[0]!.signal.aborted).toBe(true);
  expect(clock.waiting).toBe(0);
});

test('a fault of the model that is no answer reaches whoever asked', async () => {
  const clock = new FakeClock();
  const channel = { judges: true, judge: () => Promise.reject(new Error('a bug')) };
  const judge = new Judge(() => null, channel, clock, null);
  await expect(judge.judge(expectation, 'hm')).rejects.toThrow('a bug');
  expect(clock.waiting).toBe(0);
});
