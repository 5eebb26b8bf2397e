import { expect, test } from 'vitest';
import { ChatMemory } from '../../../runtime/speech/openai/chat-memory.ts';

test('what turns out to be sensitive leaves what tools were told and gave, which stays JSON', () => {
  const memory = new ChatMemory();
  const call = { id: 'c1', name: 'find', input: '{"pin":4711,"party":4,"note":"it is 4711"}', output: null };
  memory.called('r1', [call]);
  memory.answered(call, '{"pins":["4711",12]}');
  memory.hide((text) => text.replaceAll('4711', '…'));
  expect(memory.messages(null)).toEqual([
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'find', arguments: '{"pin":"…","party":4,"note":"it is …"}' },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: '{"pins":["…",12]}' },
  ]);
});
