import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Dialect, Track, TrackListener } from '../voice-pool.ts';
import { audioOf, readMessage, textOf, type VoiceSocket } from '../voice-socket.ts';

/** The socket carries dozens of contexts at once; should it die, not every call is to lose its voice. */
const MAX_TURNS = 8;
/** A context expires one second after its last audio. */
const EXPIRY_MS = 1_000;
/** Text that comes later than this may find its context expired, and gets another one. */
const STALE_MS = 500;
/** So long the end of a context that may have expired is waited for. */
const FAREWELL_MS = 600;

export interface Speaker {
  model: string;
  voice: string;
  /** ISO 639. */
  language: string;
}

interface Context {
  readonly id: string;
  pieces: number;
  /** When its last audio came; null where none came since the last piece. */
  audioAt: number | null;
  /** Audio that came before it was this context's turn. */
  readonly waiting: string[];
  closed: 'no' | 'yes' | 'stale';
  over: boolean;
  cancelFarewell: () => void;
}

/** One socket to Cartesia, version 2026-08-14. Source: docs.cartesia.ai, "Text to Speech (WebSocket)", "Contexts". */
export class CartesiaDialect implements Dialect {
  readonly #socket: VoiceSocket;
  readonly #clock: Clock;
  readonly #speaker: Speaker;
  readonly #tracks = new Set<CartesiaTrack>();
  readonly isSpoilt = false;

  constructor(socket: VoiceSocket, clock: Clock, speaker: Speaker) {
    this.#socket = socket;
    this.#clock = clock;
    this.#speaker = speaker;
  }

  room(): number {
    return MAX_TURNS - this.#tracks.size;
  }

  begin(listener: TrackListener): Track {
    const track: CartesiaTrack = new CartesiaTrack(this.#socket, this.#clock, this.#speaker, listener, () =>
      this.#tracks.delete(track),
    );
    this.#tracks.add(track);
    return track;
  }

  over(): void {
    for (const track of this.#tracks) track.forget();
  }

  received(message: string | Buffer): void {
    const fields = readMessage(message, this.#socket);
    if (!fields) return;
    const id = textOf(fields.context_id);
    for (const track of this.#tracks) if (track.received(id, fields)) return;
    // What still comes of a cancelled turn is dropped; an error of no context is one of the socket.
    if (fields.type === 'error' && id === '') this.#socket.fail('failed', `reported ${problemOf(fields)}`);
  }
}

/** One turn: a context, or several one after another where the text comes slowly. */
class CartesiaTrack implements Track {
  readonly #socket: VoiceSocket;
  readonly #clock: Clock;
  readonly #speaker: Speaker;
  readonly #listener: TrackListener;
  readonly #gone: () => void;
  /** In the order they are heard in; the last one takes the text. */
  #contexts: Context[] = [];
  #ended = false;

  constructor(
    socket: VoiceSocket,
    clock: Clock,
    speaker: Speaker,
    listener: TrackListener,
    gone: () => void,
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#speaker = speaker;
    this.#listener = listener;
    this.#gone = gone;
  }

  say(text: string): void {
    const context = this.#open();
    context.pieces++;
    context.audioAt = null;
    this.#send(context, text, true);
    this.#listener.sent([...text].length);
  }

  end(): void {
    this.#ended = true;
    const last = this.#contexts.at(-1);
    if (last) this.#close(last);
    else this.#done();
  }

  cancel(): void {
    for (const { id, over } of this.#contexts) {
      if (!over) this.#socket.send({ context_id: id, cancel: true });
    }
    this.forget();
    this.#gone();
  }

  /** Nothing more is waited for. */
  forget(): void {
    for (const { cancelFarewell } of this.#contexts) cancelFarewell();
    this.#contexts = [];
  }

  /** Whether the message was this track's. */
  received(id: string, fields: Readonly<Record<string, unknown>>): boolean {
    const context = this.#contexts.find((one) => one.id === id);
    if (!context || context.over) return false;
    switch (fields.type) {
      case 'chunk':
        this.#audio(context, audioOf(fields.data, this.#socket));
        break;
      case 'done':
        this.#over(context);
        break;
      case 'error':
        // Closing a context that has expired may be an error of the vendor's; nothing is missing.
        if (context.closed === 'stale') this.#over(context);
        else this.#fail(context, fields);
        break;
      case 'timestamps':
      case 'phoneme_timestamps':
      case 'flush_done':
        break;
      default:
        this.#socket.complain(`a message of type "${textOf(fields.type)}"`);
    }
    return true;
  }

  /** The context that takes the next piece. */
  #open(): Context {
    const last = this.#contexts.at(-1);
    if (last && last.closed === 'no' && !last.over && this.#quietMs(last) < STALE_MS) return last;
    if (last) this.#close(last);
    const context: Context = {
      id: randomUUID(),
      pieces: 0,
      audioAt: null,
      waiting: [],
      closed: 'no',
      over: false,
      cancelFarewell: () => {},
    };
    this.#contexts.push(context);
    return context;
  }

  /** Since its last audio; 0 where it has not answered its last piece. */
  #quietMs({ audioAt }: Context): number {
    return audioAt === null ? 0 : this.#clock.elapsed() - audioAt;
  }

  #close(context: Context): void {
    if (context.closed !== 'no' || context.over) return;
    const quietMs = this.#quietMs(context);
    if (quietMs >= EXPIRY_MS) return this.#over(context);
    context.closed = quietMs >= STALE_MS ? 'stale' : 'yes';
    this.#send(context, '', false);
    if (context.closed === 'stale') {
      context.cancelFarewell = this.#clock.after(FAREWELL_MS, () => this.#over(context));
    }
  }

  #send({ id }: Context, transcript: string, more: boolean): void {
    const { model, voice, language } = this.#speaker;
    this.#socket.send({
      context_id: id,
      model_id: model,
      voice,
      language,
      output_format: { container: 'raw', encoding: 'pcm_mulaw', sample_rate: 8_000 },
      transcript,
      continue: more,
      max_buffer_delay_ms: 0,
    });
  }

  #audio(context: Context, data: string): void {
    context.audioAt = this.#clock.elapsed();
    if (context === this.#contexts[0]) this.#listener.audio(data);
    else context.waiting.push(data);
  }

  /** Nothing more comes of a context: it is the next one's turn. */
  #over(context: Context): void {
    context.over = true;
    context.cancelFarewell();
    for (let first = this.#contexts[0]; first?.over; first = this.#contexts[0]) {
      this.#contexts.shift();
      this.#listener.spoken(first.pieces);
      for (const data of this.#contexts[0]?.waiting.splice(0) ?? []) this.#listener.audio(data);
    }
    if (this.#ended && this.#contexts.length === 0) this.#done();
  }

  #done(): void {
    this.#gone();
    this.#listener.done();
  }

  #fail(context: Context, fields: Readonly<Record<string, unknown>>): void {
    context.over = true;
    const status = typeof fields.status_code === 'number' ? fields.status_code : 0;
    const code = status === 429 ? 'busy' : status >= 400 && status < 500 ? 'refused' : 'failed';
    this.#listener.failed(this.#socket.error(code, `reported ${problemOf(fields)}`, { status }));
  }
}

function problemOf(fields: Readonly<Record<string, unknown>>): string {
  const code = textOf(fields.error_code) || textOf(fields.title) || 'an error';
  const message = textOf(fields.message) || 'no reason given';
  return `${code}: ${message}`;
}
