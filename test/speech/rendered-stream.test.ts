import { expect, test } from 'vitest';
import { OffhookError } from '../../runtime/errors.ts';
import { RenderedStream } from '../../runtime/speech/rendered-stream.ts';
import type { Renderer, VoiceEvent } from '../../runtime/speech/speech.ts';
import type { Usage } from '../../runtime/speech/usage.ts';

interface Order {
  text: string;
  signal: AbortSignal;
  used: (usage: Usage) => void;
  give(): void;
  fail(error: unknown): void;
}

/** A voice that renders when it is told to. */
class OrderedVoice implements Renderer {
  readonly id = 'ordered';
  readonly orders: Order[] = [];

  render(text: string, _: string, signal: AbortSignal, used?: (usage: Usage) => void): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const give = (): void => resolve(Buffer.from(text));
      this.orders.push({ text, signal, used: used!, give, fail: reject });
    });
  }
}

interface Speaking {
  voice: OrderedVoice;
  events: VoiceEvent[];
  stream: RenderedStream;
  /** The texts that were asked for. */
  asked(): string[];
}

function speaking(...pieces: string[]): Speaking {
  const voice = new OrderedVoice();
  const events: VoiceEvent[] = [];
  const stream = new RenderedStream(voice, 'en', (event) => events.push(event));
  for (const piece of pieces) stream.say(piece);
  return { voice, events, stream, asked: () => voice.orders.map(({ text }) => text) };
}

const audio = (text: string): VoiceEvent => ({
  kind: 'audio',
  payload: Buffer.from(text).toString('base64'),
});

async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('three pieces are rendered at once, and the next one when the first of them is heard', async () => {
  const { voice, events, asked } = speaking('One.', 'Two.', 'Three.', 'Four.', 'Five.');
  expect(asked()).toEqual(['One.', 'Two.', 'Three.']);
  voice.orders[1]!.give();
  voice.orders[2]!.give();
  await turn();
  expect(events).toEqual([]);
  expect(asked()).toHaveLength(3);
  voice.orders[0]!.give();
  await turn();
  expect(events).toEqual([audio('One.'), audio('Two.'), audio('Three.')]);
  expect(asked()).toEqual(['One.', 'Two.', 'Three.', 'Four.', 'Five.']);
});

test('the end comes after the last piece, once, and nothing follows it', async () => {
  const { voice, events, stream } = speaking('One.');
  stream.end();
  stream.end();
  stream.say('Two.');
  await turn();
  expect(events).toEqual([]);
  voice.orders[0]!.give();
  await turn();
  stream.cancel();
  expect(events).toEqual([audio('One.'), { kind: 'ended' }]);
  expect(voice.orders).toHaveLength(1);
});

test('nothing is told from within end', async () => {
  const { events, stream } = speaking();
  stream.end();
  expect(events).toEqual([]);
  await turn();
  expect(events).toEqual([{ kind: 'ended' }]);
});

test('a piece that comes just as the last one was heard is heard too', async () => {
  const { voice, events, stream } = speaking('One.');
  voice.orders[0]!.give();
  for (let ticks = 0; ticks < 12 && events.length === 0; ticks++) await Promise.resolve();
  stream.say('Two.');
  stream.end();
  await turn();
  voice.orders[1]!.give();
  await turn();
  expect(events).toEqual([audio('One.'), audio('Two.'), { kind: 'ended' }]);
});

test('what a piece took is told as soon as it is known', async () => {
  const { voice, events } = speaking('One.', 'Two.');
  const usage: Usage = { vendor: 'v', model: 'm', amounts: { outputAudioTokens: 9 } };
  voice.orders[1]!.used(usage);
  expect(events).toEqual([{ kind: 'used', usage }]);
});

test('a piece that fails ends the stream in its turn, and gives up what is rendered for later', async () => {
  const { voice, events, stream } = speaking('One.', 'Two.', 'Three.');
  stream.end();
  voice.orders[1]!.fail(new OffhookError('voice-inexact', 'It said something else.'));
  await turn();
  expect(events).toEqual([]);
  voice.orders[0]!.give();
  await turn();
  expect(events).toEqual([
    audio('One.'),
    { kind: 'failed', code: 'voice-inexact', message: 'It said something else.' },
  ]);
  expect(voice.orders[2]!.signal.aborted).toBe(true);
  voice.orders[2]!.give();
  await turn();
  expect(events).toHaveLength(2);
});

test('a failure without a code has one', async () => {
  const { voice, events } = speaking('One.');
  voice.orders[0]!.fail(new Error('Boom.'));
  await turn();
  expect(events).toEqual([{ kind: 'failed', code: 'voice-failed', message: 'Boom.' }]);
});

test('a cancel gives up what is being rendered, and nothing more is told', async () => {
  const { voice, events, stream } = speaking('One.', 'Two.');
  stream.cancel();
  stream.say('Three.');
  stream.end();
  expect(voice.orders.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  for (const order of voice.orders) order.give();
  voice.orders[0]!.used({ vendor: 'v', model: 'm', amounts: {} });
  await turn();
  expect(events).toEqual([]);
  expect(voice.orders).toHaveLength(2);
});

test('pieces without text are not rendered', async () => {
  const { events, stream, asked } = speaking('', ' \n', ' One. ');
  expect(asked()).toEqual(['One.']);
  stream.cancel();
  await turn();
  expect(events).toEqual([]);
});
