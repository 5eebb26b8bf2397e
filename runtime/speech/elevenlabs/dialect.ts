import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Dialect, Track, TrackListener } from '../voice-pool.ts';
import { audioOf, readMessage, textOf, type VoiceSocket } from '../voice-socket.ts';

/** The vendor closes a socket with more contexts than this. */
const MAX_CONTEXTS = 5;
/** A context that waits for text is kept alive so often: well within its minute, and within the default of 20 s. */
const KEEP_ALIVE_MS = 10_000;
/** The end of a context that was given up comes at once, or its place is not to be relied on. */
const FAREWELL_MS = 5_000;

/**
 * One socket to ElevenLabs: up to five contexts, each of them one turn.
 * Source: elevenlabs.io/docs, "Multi-Context WebSocket", reference and guide.
 */
export class ElevenLabsDialect implements Dialect {
  readonly #socket: VoiceSocket;
  readonly #clock: Clock;
  readonly #tracks = new Set<ElevenLabsTrack>();
  /** Contexts that were given up and have not ended yet, with what cancels the waiting for it. */
  readonly #leaving = new Map<string, () => void>();
  /** A context did not end: nobody knows how many more the socket takes. */
  isSpoilt = false;

  constructor(socket: VoiceSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  room(): number {
    return this.isSpoilt ? 0 : MAX_CONTEXTS - this.#tracks.size - this.#leaving.size;
  }

  begin(listener: TrackListener): Track {
    const track: ElevenLabsTrack = new ElevenLabsTrack(this.#socket, this.#clock, listener, (leaving) => {
      this.#tracks.delete(track);
      if (leaving !== null) this.#wait(leaving);
    });
    this.#tracks.add(track);
    return track;
  }

  over(): void {
    for (const track of this.#tracks) track.forget();
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
  }

  received(message: string | Buffer): void {
    const fields = readMessage(message, this.#socket);
    if (!fields) return;
    // The server writes camelCase, and has been seen to write snake_case too.
    const id = textOf(fields.contextId ?? fields.context_id);
    const isFinal = (fields.isFinal ?? fields.is_final) === true;
    const error = textOf(fields.error) || (typeof fields.code === 'number' ? `code ${fields.code}` : '');
    if (error !== '') return this.#failed(error, textOf(fields.message) || 'no reason given');
    for (const track of this.#tracks) if (track.received(id, fields.audio, isFinal)) return;
    const cancel = this.#leaving.get(id);
    if (!cancel || !isFinal) return;
    cancel();
    this.#leaving.delete(id);
  }

  /** An error is always of the whole socket, which the server then closes. */
  #failed(error: string, message: string): void {
    if (/api_key|unauthorized|authentication/i.test(error)) return this.#socket.refuseKey(`"${error}"`);
    const isRefused = /voice|model|quota|subscription|policy|input_invalid/i.test(error);
    this.#socket.fail(isRefused ? 'refused' : 'failed', `reported ${error}: ${message}`);
  }

  #wait(id: string): void {
    const cancel = this.#clock.after(FAREWELL_MS, () => {
      this.#leaving.delete(id);
      this.isSpoilt = true;
    });
    this.#leaving.set(id, cancel);
  }
}

/** One turn: a context that is opened with its first text, and closed with its last. */
class ElevenLabsTrack implements Track {
  readonly #socket: VoiceSocket;
  readonly #clock: Clock;
  readonly #listener: TrackListener;
  /** Told the id of a context that was given up before its end. */
  readonly #gone: (leaving: string | null) => void;
  #context: string | null = null;
  #pieces = 0;
  #ended = false;
  #cancelKeepAlive = (): void => {};

  constructor(
    socket: VoiceSocket,
    clock: Clock,
    listener: TrackListener,
    gone: (leaving: string | null) => void,
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    this.#gone = gone;
  }

  say(text: string): void {
    if (this.#context === null) {
      this.#context = randomUUID();
      this.#send({ text: ' ' });
    }
    this.#pieces++;
    // A text is to end in a space; after a sentence one is wanted anyway, elsewhere it would break a word.
    const isWhole = /[.!?…:;,。！？]["'”’)]*$/u.test(text);
    this.#send({ text: isWhole ? `${text} ` : text });
    this.#listener.sent([...text].length);
    this.#keepAlive();
  }

  end(): void {
    this.#ended = true;
    if (this.#context === null) return this.#done();
    this.#cancelKeepAlive();
    // What is flushed is still spoken; then comes the end of the context.
    this.#send({ flush: true });
    this.#send({ close_context: true });
  }

  cancel(): void {
    const leaving = this.#context;
    if (leaving !== null && !this.#ended) this.#send({ close_context: true });
    this.forget();
    this.#gone(leaving);
  }

  /** Nothing more is waited for. */
  forget(): void {
    this.#cancelKeepAlive();
    this.#context = null;
  }

  /** Whether the message was this track's. */
  received(id: string, audio: unknown, isFinal: boolean): boolean {
    if (this.#context === null || this.#context !== id) return false;
    if (audio !== undefined && audio !== null) this.#listener.audio(audioOf(audio, this.#socket));
    if (!isFinal || this.#context !== id) return true;
    this.forget();
    const pieces = this.#pieces;
    this.#pieces = 0;
    this.#listener.spoken(pieces);
    if (this.#ended) this.#done();
    return true;
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    this.#socket.send({ ...message, context_id: this.#context });
  }

  #keepAlive(): void {
    this.#cancelKeepAlive();
    this.#cancelKeepAlive = this.#clock.after(KEEP_ALIVE_MS, () => {
      this.#send({ text: '' });
      this.#keepAlive();
    });
  }

  #done(): void {
    this.#gone(null);
    this.#listener.done();
  }
}
