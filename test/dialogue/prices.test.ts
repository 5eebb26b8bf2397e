import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../runtime/dialogue/problem.ts';
import { readPrices } from '../../runtime/dialogue/prices.ts';

const said = (text: string): string[] =>
  readPrices('prices.yaml', text).problems.map((problem) => formatProblem(problem).split('\n')[0]!);

describe('prices.yaml', () => {
  it('says what each model costs', () => {
    const { prices, problems } = readPrices('prices.yaml', 'deepgram/nova-3: {minute: 0.0077}\n');
    expect(problems).toEqual([]);
    expect([...prices]).toEqual([['deepgram/nova-3', { minute: 0.0077 }]]);
  });

  it('may be empty', () => {
    expect(readPrices('prices.yaml', '{}\n')).toEqual({ prices: new Map(), problems: [] });
  });

  it('has every mistake told with its place, and then prices nothing', () => {
    const text = 'openai/gpt: {inputTextToken: 4}\nnova: {minute: 1}\ndeepgram/nova-3: {minute: cheap}\n';
    expect(said(text)).toEqual([
      'prices.yaml:2:1 error `nova` cannot be used here: it should be provider/MODEL, such as openai/gpt-realtime-2.1.',
      'prices.yaml:1:14 error Unknown key `inputTextToken`; did you mean `inputTextTokens`?',
      'prices.yaml:3:27 error `minute` is "cheap", but should be a number of US dollars, such as 4 or 0.40.',
    ]);
    expect(readPrices('prices.yaml', text).prices.size).toBe(0);
  });
});
