/**
 * A model for load: speaks OpenAI's realtime protocol as far as a conversation under load needs it, without any
 * randomness. Every few seconds the caller "speaks" and the model answers with two seconds of audio, sent faster
 * than it plays, in pieces of 100 ms.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { textOf } from './phone.ts';

export const ANSWER_MS = 2_000;
const PIECE_MS = 100;
const PIECE = Buffer.alloc(PIECE_MS * 8, 0x55).toString('base64');

interface ClientEvent {
  type: string;
  session?: { audio?: { input?: { turn_detection?: object | null } } };
  response?: { instructions?: string; metadata?: Record<string, string> };
  item?: object;
  item_id?: string;
  audio_end_ms?: number;
}

/** One call's model; driven by the bench, not by audio, so that every subject sees the same events. */
export class ModelCall {
  readonly #socket: WebSocket;
  #turn = 0;
  ready = false;
  appended = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(event: object): void {
    this.#socket.send(JSON.stringify(event));
  }

  /** The caller says something and the model answers. `onPiece` is called before each piece of audio. */
  answer(onPiece?: (index: number) => string): void {
    const turn = ++this.#turn;
    const [user, response, item] = [`item_u${turn}`, `resp_${turn}`, `item_a${turn}`];
    this.send({
      type: 'input_audio_buffer.speech_started',
      event_id: `e${turn}a`,
      audio_start_ms: 0,
      item_id: user,
    });
    this.send({
      type: 'input_audio_buffer.speech_stopped',
      event_id: `e${turn}b`,
      audio_end_ms: 600,
      item_id: user,
    });
    this.send({
      type: 'input_audio_buffer.committed',
      event_id: `e${turn}c`,
      item_id: user,
      previous_item_id: null,
    });
    this.send({
      type: 'conversation.item.input_audio_transcription.completed',
      event_id: `e${turn}d`,
      item_id: user,
      content_index: 0,
      transcript: 'what is on the menu today',
    });
    this.send({
      type: 'response.created',
      event_id: `e${turn}e`,
      response: {
        id: response,
        object: 'realtime.response',
        status: 'in_progress',
        output: [],
        metadata: null,
      },
    });
    this.send({
      type: 'response.output_item.added',
      event_id: `e${turn}f`,
      response_id: response,
      output_index: 0,
      item: { id: item, type: 'message', role: 'assistant', content: [] },
    });
    for (let index = 0; index < ANSWER_MS / PIECE_MS; index++) {
      const delta = onPiece?.(index) ?? PIECE;
      this.send({
        type: 'response.output_audio.delta',
        event_id: `e${turn}g${index}`,
        response_id: response,
        item_id: item,
        output_index: 0,
        content_index: 0,
        delta,
      });
      if (index % 5 === 0) {
        this.send({
          type: 'response.output_audio_transcript.delta',
          event_id: `e${turn}h${index}`,
          response_id: response,
          item_id: item,
          output_index: 0,
          content_index: 0,
          delta: 'soup and bread ',
        });
      }
    }
    this.send({
      type: 'response.output_audio.done',
      event_id: `e${turn}i`,
      response_id: response,
      item_id: item,
      output_index: 0,
      content_index: 0,
    });
    this.send({
      type: 'response.output_item.done',
      event_id: `e${turn}j`,
      response_id: response,
      output_index: 0,
      item: {
        id: item,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_audio', transcript: 'soup and bread soup and bread' }],
      },
    });
    this.send({
      type: 'response.done',
      event_id: `e${turn}k`,
      response: {
        id: response,
        object: 'realtime.response',
        status: 'completed',
        status_details: null,
        output: [],
        metadata: null,
      },
    });
  }

  /** Reads a text aloud, word for word. */
  read(instructions: string, metadata: Record<string, string>): void {
    const transcript = instructions.slice(
      instructions.indexOf('adding nothing: ') + 'adding nothing: '.length,
    );
    const turn = ++this.#turn;
    const [response, item] = [`resp_r${turn}`, `item_r${turn}`];
    const output = [
      {
        id: item,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_audio', transcript }],
      },
    ];
    const where = { response_id: response, item_id: item, output_index: 0, content_index: 0 };
    this.send({
      type: 'response.created',
      event_id: 'r1',
      response: { id: response, object: 'realtime.response', status: 'in_progress', output: [], metadata },
    });
    this.send({ type: 'response.output_audio.delta', event_id: 'r2', ...where, delta: PIECE });
    this.send({ type: 'response.output_audio_transcript.done', event_id: 'r3', ...where, transcript });
    this.send({
      type: 'response.done',
      event_id: 'r4',
      response: {
        id: response,
        object: 'realtime.response',
        status: 'completed',
        status_details: null,
        output,
        metadata,
      },
    });
  }

  /** The caller begins to speak, and nothing else. */
  speechStarted(): void {
    this.send({
      type: 'input_audio_buffer.speech_started',
      event_id: 'x',
      audio_start_ms: 0,
      item_id: `item_x${++this.#turn}`,
    });
  }
}

export interface BenchModel {
  url: string;
  calls: ModelCall[];
  onAppend: (call: ModelCall, text: string) => void;
  onTruncate: (call: ModelCall, audioEndMs: number, item: string) => void;
}

export async function startModel(): Promise<BenchModel> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const model: BenchModel = { url: '', calls: [], onAppend: () => undefined, onTruncate: () => undefined };
  sockets.on('connection', (socket) => {
    const call = new ModelCall(socket);
    const session = { type: 'realtime', object: 'realtime.session', id: `sess_${model.calls.length}` };
    call.send({ type: 'session.created', event_id: 'c', session });
    socket.on('message', (data) => {
      const text = textOf(data);
      // The hot path of the instrument itself: no parsing of appended audio.
      if (text.startsWith('{"type":"input_audio_buffer.append"')) {
        call.appended++;
        model.onAppend(call, text);
        return;
      }
      const event = JSON.parse(text) as ClientEvent;
      if (event.type === 'session.update') {
        call.send({ type: 'session.updated', event_id: 'u', session });
        // A session that only reads texts aloud detects no turns, and is no call.
        const reads = event.session?.audio?.input?.turn_detection === null;
        if (!call.ready && !reads) model.calls.push(call);
        call.ready = true;
      } else if (event.type === 'response.create' && event.response) {
        call.read(event.response.instructions ?? '', event.response.metadata ?? {});
      } else if (event.type === 'conversation.item.create') {
        call.send({
          type: 'conversation.item.added',
          event_id: 'i',
          previous_item_id: null,
          item: event.item,
        });
      } else if (event.type === 'conversation.item.truncate') {
        model.onTruncate(call, event.audio_end_ms ?? -1, event.item_id ?? '');
        call.send({
          type: 'conversation.item.truncated',
          event_id: 't',
          item_id: event.item_id,
          content_index: 0,
          audio_end_ms: event.audio_end_ms,
        });
      }
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  model.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return model;
}
