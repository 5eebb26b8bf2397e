/** The double has to refuse what the real thing refuses; otherwise the tests beside this one prove nothing. */
import { WebSocket } from 'ws';
import { onTestFinished, expect, test } from 'vitest';
import { isFields, TEST_KEY, tone, type Fields, type OpenAiDouble } from '../../support/openai-realtime.ts';
import { silence, startVendor, until } from './support.ts';

interface Client {
  vendor: OpenAiDouble;
  events: Fields[];
  send(event: Fields): void;
  next(type: string): Promise<Fields>;
}

async function connect(): Promise<Client> {
  const vendor = await startVendor({ reply: () => ({ say: 'Good day.' }), heard: () => 'hello' });
  const socket = new WebSocket(`${vendor.baseUrl.replace('http', 'ws')}/realtime?model=gpt-realtime-2.1`, {
    headers: { authorization: `Bearer ${TEST_KEY}` },
  });
  onTestFinished(() => socket.terminate());
  const events: Fields[] = [];
  socket.on('message', (data: Buffer) => {
    const event: unknown = JSON.parse(data.toString());
    if (isFields(event)) events.push(event);
  });
  const client: Client = {
    vendor,
    events,
    send: (event) => socket.send(JSON.stringify(event)),
    async next(type) {
      await until(() => events.some((event) => event.type === type), type);
      return events.find((event) => event.type === type)!;
    },
  };
  await client.next('session.created');
  return client;
}

const message = (more: Fields): Fields => ({
  type: 'conversation.item.create',
  item: { type: 'message', ...more },
});
const update = (more: Fields): Fields => ({ type: 'session.update', session: { type: 'realtime', ...more } });
const tool = { type: 'function', name: 'book', parameters: { type: 'object' } };

test.each<[string, Fields, string]>([
  ['an event it does not know', { type: 'session.change' }, 'invalid_value'],
  ['a field it does not know', { type: 'response.cancel', id: 'x' }, 'unknown_parameter'],
  ['a session without its type', { type: 'session.update', session: {} }, 'missing_required_parameter'],
  ['the beta format', update({ input_audio_format: 'g711_ulaw' }), 'unknown_parameter'],
  ['both modalities', update({ output_modalities: ['text', 'audio'] }), 'invalid_value'],
  [
    'a rate with G.711',
    update({ audio: { input: { format: { type: 'audio/pcmu', rate: 8000 } } } }),
    'unknown_parameter',
  ],
  ['a strict function', update({ tools: [{ ...tool, strict: true }] }), 'unknown_parameter'],
  ['a function with a space in its name', update({ tools: [{ ...tool, name: 'book it' }] }), 'invalid_value'],
  [
    'a detector it does not know',
    update({ audio: { input: { turn_detection: { type: 'vad' } } } }),
    'invalid_value',
  ],
  ['audio that is not base64', { type: 'input_audio_buffer.append', audio: 'a b' }, 'invalid_value'],
  ['committing nothing', { type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty'],
  [
    'a text of the agent as input',
    message({ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }),
    'invalid_value',
  ],
  [
    'audio of the agent',
    message({ role: 'assistant', content: [{ type: 'output_audio', audio: '' }] }),
    'invalid_value',
  ],
  [
    'an output without a call',
    { type: 'conversation.item.create', item: { type: 'function_call_output', call_id: 'c', output: '' } },
    'invalid_tool_call_id',
  ],
  [
    'deleting what is not there',
    { type: 'conversation.item.delete', item_id: 'x' },
    'item_delete_invalid_item_id',
  ],
  ['cancelling nothing', { type: 'response.cancel' }, 'response_cancel_not_active'],
  [
    'a fraction of a millisecond',
    { type: 'conversation.item.truncate', item_id: 'x', content_index: 0, audio_end_ms: 1.5 },
    'invalid_type',
  ],
  [
    'a reference to nothing',
    {
      type: 'response.create',
      response: { conversation: 'none', input: [{ type: 'item_reference', id: 'x' }] },
    },
    'invalid_item_reference',
  ],
])('the double refuses %s', async (_, event, code) => {
  const client = await connect();
  client.send({ event_id: 'mine', ...event });
  const { error } = await client.next('error');
  expect(error).toMatchObject({ type: 'invalid_request_error', code, event_id: 'mine' });
});

test('the double refuses to truncate beyond the real duration, and a second response at a time', async () => {
  const client = await connect();
  client.vendor.script.paceMs = 40;
  client.send({ type: 'response.create' });
  client.send({ type: 'response.create', event_id: 'second' });
  expect((await client.next('error')).error).toMatchObject({
    code: 'conversation_already_has_active_response',
    event_id: 'second',
  });
  const done = await client.next('response.done');
  expect(done.response).toMatchObject({ status: 'completed' });
  const { item_id: item } = await client.next('response.output_audio.delta');
  const truncate = { type: 'conversation.item.truncate', item_id: item, content_index: 0 };
  client.send({ ...truncate, audio_end_ms: 541, event_id: 'long' });
  await until(() => client.vendor.sessions[0]!.errors.length === 2, 'the refusal');
  expect(client.vendor.sessions[0]!.errors[1]).toMatchObject({ code: 'invalid_value', eventId: 'long' });
  client.send({ ...truncate, audio_end_ms: 540 });
  expect(await client.next('conversation.item.truncated')).toMatchObject({
    item_id: item,
    audio_end_ms: 540,
  });
});

test('the double hears speech only in the audio it is given', async () => {
  const client = await connect();
  client.send(
    update({
      audio: {
        input: { format: { type: 'audio/pcmu' }, transcription: { model: 'gpt-transcribe' } },
        output: { format: { type: 'audio/pcmu' } },
      },
    }),
  );
  const append = (audio: Buffer): void =>
    client.send({ type: 'input_audio_buffer.append', audio: audio.toString('base64') });
  append(silence(1_000));
  append(tone(400, 300));
  expect(await client.next('input_audio_buffer.speech_started')).toMatchObject({ audio_start_ms: 700 });
  expect(client.events.some((event) => event.type === 'input_audio_buffer.speech_stopped')).toBe(false);
  append(silence(500));
  await client.next('response.done');
  await client.next('conversation.item.input_audio_transcription.completed');
  const order = client.events.map((event) => String(event.type)).filter((type) => !type.includes('delta'));
  expect(order.slice(2, 9)).toEqual([
    'input_audio_buffer.speech_started',
    'input_audio_buffer.speech_stopped',
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
    'response.created',
    'rate_limits.updated',
  ]);
});

test.each([401, 403, 429, 500])('the double refuses an upgrade with %i', async (status) => {
  const vendor = await startVendor({ refuse: () => status });
  const socket = new WebSocket(`${vendor.baseUrl.replace('http', 'ws')}/realtime?model=gpt-realtime-2.1`);
  const seen = await new Promise((resolve) => {
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('error', () => {});
  });
  expect(seen).toBe(status);
});
