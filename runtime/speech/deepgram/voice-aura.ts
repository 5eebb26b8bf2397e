import type { Clock } from '../../clock.ts';
import type { Dialect, Track, TrackListener } from '../voice-pool.ts';
import type { VoiceSocket } from '../voice-socket.ts';
import { readControl, speak } from './voice-messages.ts';

/** The vendor takes this many `Flush` in a minute from one socket, and ignores more. */
const MAX_FLUSHES = 20;
const FLUSH_WINDOW_MS = 60_000;
/** A turn begins where it may flush at least so often. */
const FLUSHES_FOR_TURN = 5;
/** What was cleared is confirmed at once, or the socket is of no more use. */
const CLEAR_MS = 2_000;

/**
 * One socket to an Aura voice, which speaks one turn at a time: its audio says not whose it is. Every piece is flushed,
 * so that it is heard at once. Source: developers.deepgram.com/docs, "Streaming Text-to-Speech", Flush, Clear, Close.
 */
export class AuraDialect implements Dialect {
  readonly #socket: VoiceSocket;
  readonly #clock: Clock;
  #listener: TrackListener | null = null;
  #ended = false;
  /** A piece could not be taken: the rest of the turn belongs to another socket. */
  #isSpent = false;
  /** How many pieces are between one unconfirmed flush and the next. */
  #flushing = 0;
  /** When something was flushed in the last minute. */
  #flushes: number[] = [];
  #cancelClearing: (() => void) | null = null;
  readonly isSpoilt = false;

  constructor(socket: VoiceSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  room(): number {
    return this.#listener || this.#cancelClearing || this.#flushesLeft() < FLUSHES_FOR_TURN ? 0 : 1;
  }

  begin(listener: TrackListener): Track {
    this.#listener = listener;
    this.#ended = false;
    this.#isSpent = false;
    return {
      say: (text) => this.#say(listener, text),
      end: () => {
        this.#ended = true;
        this.#settle();
      },
      cancel: () => {
        if (this.#listener === listener) this.#cancel();
      },
    };
  }

  over(): void {
    this.#cancelClearing?.();
    this.#listener = null;
  }

  received(message: string | Buffer): void {
    if (typeof message !== 'string') {
      if (this.#flushing > 0 && !this.#cancelClearing) this.#listener?.audio(message.toString('base64'));
      return;
    }
    const type = readControl(message, this.#socket);
    if (type === 'Cleared') {
      this.#cancelClearing?.();
      this.#cancelClearing = null;
    } else if (type === 'Flushed') {
      if (this.#flushing === 0 || this.#cancelClearing) return;
      this.#flushing--;
      this.#listener?.spoken(1);
      this.#settle();
    } else if (type !== null) this.#socket.complain(`a message of type "${type}"`);
  }

  #say(listener: TrackListener, text: string): void {
    if (this.#listener !== listener) return;
    // Another socket takes the rest, as soon as this one has said what it was given.
    this.#isSpent ||= this.#flushesLeft() === 0;
    if (this.#isSpent) return this.#settle();
    speak(this.#socket, text);
    this.#socket.send({ type: 'Flush' });
    this.#flushes.push(this.#clock.elapsed());
    this.#flushing++;
    listener.sent([...text].length);
  }

  /** All that was given was spoken: either the turn is over, or there is more that this socket may not say. */
  #settle(): void {
    const listener = this.#listener;
    if (!listener || this.#flushing > 0) return;
    if (this.#isSpent) return listener.spent();
    if (!this.#ended) return;
    this.#listener = null;
    listener.done();
  }

  #cancel(): void {
    this.#listener = null;
    if (this.#flushing === 0) return;
    this.#flushing = 0;
    this.#socket.send({ type: 'Clear' });
    this.#cancelClearing = this.#clock.after(CLEAR_MS, () => {
      this.#socket.fail('timeout', `did not clear a text within ${CLEAR_MS} ms`);
    });
  }

  #flushesLeft(): number {
    const since = this.#clock.elapsed() - FLUSH_WINDOW_MS;
    this.#flushes = this.#flushes.filter((at) => at > since);
    return MAX_FLUSHES - this.#flushes.length;
  }
}
