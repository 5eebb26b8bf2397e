import { expect, test } from 'vitest';
import { History } from '../../../runtime/speech/openai/history.ts';

const menu = { item: 'item_f', call: 'call_1', name: 'menu', input: '{}' };

test('what was said keeps its place, though its words come later', () => {
  const history = new History();
  history.begin('item_1', 'caller');
  history.said('item_2', 'agent', 'We have');
  history.note({ role: 'agent', text: 'One moment.' });
  history.said('item_1', 'caller', 'what is there');
  history.said('item_2', 'agent', 'We have soup.');
  history.begin('item_2', 'agent');
  expect(history.items()).toEqual([
    { type: 'message', role: 'user', id: 'item_1', content: [{ type: 'input_text', text: 'what is there' }] },
    {
      type: 'message',
      role: 'assistant',
      id: 'item_2',
      content: [{ type: 'output_text', text: 'We have soup.' }],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'One moment.' }] },
  ]);
  expect(history.lastOfAgent()).toBe('One moment.');
});

test('what was not heard, or not understood, is not told', () => {
  const history = new History();
  history.begin('item_1', 'caller');
  history.said('item_2', 'agent', 'We have soup.');
  history.said('item_2', 'agent', '');
  expect(history.items()).toEqual([]);
  expect(history.lastOfAgent()).toBeNull();
});

test('only so much is kept, the newest of it, and never an output without its call', () => {
  const history = new History();
  history.called(menu);
  for (let index = 0; index < 199; index++) history.note({ role: 'caller', text: `line ${index}` });
  expect(history.items()).toHaveLength(200);
  history.answered('call_1', '"soup"');
  const items = history.items();
  expect(items).toHaveLength(199);
  expect(items.map((item) => item.type)).not.toContain('function_call_output');
});

test('a long text drives out as much as it needs', () => {
  const history = new History();
  for (let index = 0; index < 10; index++) history.note({ role: 'caller', text: 'x'.repeat(3_000) });
  expect(history.items()).toHaveLength(8);
});

test('a call and its output are told as such', () => {
  const history = new History();
  history.called(menu);
  history.answered('call_1', '"soup"');
  expect(history.items()).toEqual([
    { type: 'function_call', id: 'item_f', call_id: 'call_1', name: 'menu', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: '"soup"' },
  ]);
});

test('what is to be forgotten leaves, also the words of it that come later', () => {
  const history = new History();
  history.begin('item_1', 'caller');
  history.said('item_2', 'caller', 'four one one one');
  history.note({ role: 'agent', text: 'Thank you.' });
  history.forget('item_1');
  history.forget('item_2');
  history.forget('item_3');
  history.said('item_1', 'caller', 'two two two two');
  history.begin('item_2', 'caller');
  history.said('item_3', 'caller', 'three three');
  expect(JSON.stringify(history.items())).toBe(
    '[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Thank you."}]}]',
  );
});
