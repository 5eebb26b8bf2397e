import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ChannelEvent } from '../../../runtime/line/line.ts';
import { Terminal } from '../../../runtime/line/local/terminal.ts';

function setUp(): { terminal: Terminal; input: PassThrough; written: () => string; events: ChannelEvent[] } {
  const input = new PassThrough();
  const events: ChannelEvent[] = [];
  let written = '';
  const terminal = new Terminal(input, { write: (text) => (written += text) }, (event) => events.push(event));
  return { terminal, input, written: () => written, events };
}

describe('a terminal', () => {
  it('prints what is said, played and pressed, each at once and to its end', () => {
    const { terminal, written, events } = setUp();
    terminal.say({
      kind: 'say',
      id: 'u1',
      text: 'It is 4111.',
      masked: 'It is ….',
      interrupt: 'speech',
      words: 1,
      state: null,
    });
    terminal.play(
      { kind: 'play', id: 'u2', file: '/a/b.wav', interrupt: 'speech', words: 1, state: null },
      '[b.wav]',
    );
    terminal.press({ kind: 'press', id: 'u3', keys: '12', state: null }, '[keys 1 2]');
    expect(written()).toBe('agent: It is 4111.\nagent: [b.wav]\nagent: [keys 1 2]\n');
    expect(events.map((event) => event.kind)).toEqual([
      'started',
      'heard',
      'started',
      'heard',
      'started',
      'heard',
    ]);
  });

  it('takes what is typed ahead only when it is the caller’s turn', async () => {
    const { terminal, input, events } = setUp();
    input.write('hello\n#1*\n');
    await new Promise((resolve) => setImmediate(resolve));
    terminal.settled(false);
    expect(events).toEqual([]);
    terminal.settled(true);
    terminal.settled(true);
    terminal.settled(true);
    expect(events).toEqual([
      { kind: 'spoke', text: 'hello', answered: false },
      { kind: 'key', key: '1' },
      { kind: 'key', key: '*' },
    ]);
    terminal.close();
  });
});
