import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chunks } from '../../../runtime/speech/openai/chat-chunks.ts';

const chunk = (delta: object, finish_reason: string | null = null): object => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason }],
});
const fragment = (index: number | undefined, called: object, id?: string): object =>
  chunk({ tool_calls: [{ index, id, function: called }] });

test('words, a refusal and a reason to finish are read', () => {
  const chunks = new Chunks();
  const nothing = { words: '', began: false, finish: null, amounts: null };
  expect(chunks.read(chunk({ role: 'assistant', content: '', refusal: null }))).toEqual(nothing);
  expect(chunks.read(chunk({ content: 'We' }))).toEqual({ ...nothing, words: 'We', began: true });
  expect(chunks.read(chunk({ refusal: 'No.' }))).toEqual({ ...nothing, words: 'No.', began: true });
  expect(chunks.read(chunk({ reasoning_content: 'Hm.' }))).toEqual({ ...nothing, began: true });
  expect(chunks.read(chunk({}, 'stop'))).toEqual({ ...nothing, finish: 'stop' });
  expect(chunks.made).toEqual([]);
});

test('another choice than the first is not read', () => {
  const two = { choices: [{ index: 1, delta: { content: 'Other.' } }] };
  expect(new Chunks().read(two).words).toBe('');
});

test('fragments of several calls are put together by their index, in its order', () => {
  const chunks = new Chunks();
  chunks.read(fragment(1, { name: 'second', arguments: '' }, 'call_b'));
  chunks.read(fragment(0, { name: 'first', arguments: '{"a"' }, 'call_a'));
  chunks.read(fragment(1, { arguments: '{}' }));
  chunks.read(fragment(0, { arguments: ':1}' }));
  expect(chunks.made).toEqual([
    { id: 'call_a', name: 'first', input: '{"a":1}' },
    { id: 'call_b', name: 'second', input: '{}' },
  ]);
});

test('whole calls without an index are calls of their own', () => {
  const chunks = new Chunks();
  chunks.read(fragment(undefined, { name: 'one', arguments: '{}' }));
  chunks.read(fragment(undefined, { name: 'two', arguments: '{}' }));
  expect(chunks.made.map(({ name }) => name)).toEqual(['one', 'two']);
});

test('calls without an end are bounded', () => {
  const chunks = new Chunks();
  for (let index = 0; index < 100; index++) chunks.read(fragment(index, { name: 'x', arguments: '' }));
  for (let more = 0; more < 100; more++) chunks.read(fragment(0, { arguments: 'y'.repeat(1_000) }));
  expect(chunks.made).toHaveLength(16);
  expect(chunks.made[0]!.input).toHaveLength(20_000);
});

test.each([
  [{ prompt_tokens: 100, completion_tokens: 5 }, [100, 0, 5]],
  [{ prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 64 } }, [36, 64, 5]],
  [{ prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 64 } }, [0, 10, 0]],
  [{ prompt_tokens: -3, completion_tokens: 'many', prompt_tokens_details: null }, [0, 0, 0]],
])('the usage %j is %j', (usage, [input, cached, output]) => {
  expect(new Chunks().read({ choices: [], usage }).amounts).toEqual({
    inputTextTokens: input,
    cachedTextTokens: cached,
    outputTextTokens: output,
  });
});

test('whatever a server sends is read without harm', () => {
  const anything = fc.anything({ withNullPrototype: true, maxDepth: 4 });
  const nearly = fc.record(
    {
      choices: fc.oneof(
        anything,
        fc.array(
          fc.record(
            {
              index: fc.oneof(fc.constant(0), anything),
              finish_reason: anything,
              delta: fc.oneof(
                anything,
                fc.record({
                  content: anything,
                  refusal: anything,
                  tool_calls: fc.oneof(anything, fc.array(anything)),
                }),
                fc.record({
                  tool_calls: fc.array(fc.record({ index: anything, id: anything, function: fc.object() })),
                }),
              ),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
      usage: anything,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(anything, nearly), { maxLength: 8 }), (all) => {
      const chunks = new Chunks();
      for (const one of all) {
        const { words, finish, amounts } = chunks.read(one);
        expect(typeof words).toBe('string');
        expect(finish === null || typeof finish === 'string').toBe(true);
        for (const amount of Object.values(amounts ?? {})) expect(amount).toBeGreaterThanOrEqual(0);
      }
      for (const made of chunks.made)
        expect(Object.values(made).every((one) => typeof one === 'string')).toBe(true);
    }),
    { numRuns: 500 },
  );
});
