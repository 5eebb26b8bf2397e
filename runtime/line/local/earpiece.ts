import { BYTES_PER_MS } from '../../audio.ts';
import type { Clock } from '../../clock.ts';

interface EarpieceEvents {
  /** A piece of media was played, from `fromMs` on: to its end, or as far as it came before `clear` or `stop`. */
  heard(audio: Uint8Array, fromMs: number): void;
  /** A mark is due back. `played`: the audio before it was; otherwise it was cleared and proves nothing. */
  mark(name: string, played: boolean): void;
  /** All that was queued has been played. */
  quiet(): void;
}

type Piece =
  | { kind: 'audio'; audio: Uint8Array; fromMs: number; dueMs: number }
  | { kind: 'mark'; name: string; dueMs: number };

/**
 * What Twilio does with the audio it is sent: buffers it, plays it in order and in real time, and returns marks
 * when the audio before them has been played (https://www.twilio.com/docs/voice/media-streams/websocket-messages).
 * Times are of `clock.elapsed()`, computed from the lengths of the audio, so that late timers do not add up.
 */
export class Earpiece {
  readonly #clock: Clock;
  readonly #on: EarpieceEvents;
  #queue: Piece[] = [];
  /** When all that is queued will have been played. */
  #endMs = 0;
  /** The piece that a timer waits for. */
  #awaited: Piece | null = null;
  #cancel: () => void = () => {};

  constructor(clock: Clock, on: EarpieceEvents) {
    this.#clock = clock;
    this.#on = on;
  }

  /** Audio that is still to be played. */
  get queuedMs(): number {
    return Math.max(0, this.#endMs - this.#clock.elapsed());
  }

  play(audio: Uint8Array): void {
    const now = this.#settle();
    const fromMs = Math.max(now, this.#endMs);
    this.#endMs = fromMs + audio.length / BYTES_PER_MS;
    this.#queue.push({ kind: 'audio', audio, fromMs, dueMs: this.#endMs });
    this.#wait();
  }

  mark(name: string): void {
    const now = this.#settle();
    this.#queue.push({ kind: 'mark', name, dueMs: Math.max(now, this.#endMs) });
    this.#settle();
    this.#wait();
  }

  /** Drops what is queued, returns the marks that wait, and gives the length of what was dropped. */
  clear(): number {
    this.#settle();
    const dropped = this.queuedMs;
    for (const mark of this.#drop()) this.#on.mark(mark, false);
    return dropped;
  }

  /** The line is gone: nothing more is played, and no mark comes back. */
  stop(): void {
    this.#settle();
    this.#drop();
  }

  /** Empties the queue; the piece that is being played was heard in part. Gives the names of the marks. */
  #drop(): string[] {
    const now = this.#clock.elapsed();
    const queue = this.#queue;
    this.#queue = [];
    this.#endMs = now;
    this.#wait();
    const playing = queue[0];
    if (playing?.kind === 'audio') {
      const heard = playing.audio.subarray(0, Math.floor((now - playing.fromMs) * BYTES_PER_MS));
      if (heard.length > 0) this.#on.heard(heard, playing.fromMs);
    }
    return queue.flatMap((piece) => (piece.kind === 'mark' ? [piece.name] : []));
  }

  /** Does what has fallen due, and gives the time. */
  #settle(): number {
    const now = this.#clock.elapsed();
    let wasAudio = false;
    for (let piece = this.#queue[0]; piece && piece.dueMs <= now; piece = this.#queue[0]) {
      this.#queue.shift();
      wasAudio ||= piece.kind === 'audio';
      if (piece.kind === 'audio') this.#on.heard(piece.audio, piece.fromMs);
      else this.#on.mark(piece.name, true);
    }
    if (wasAudio && this.#endMs <= now) this.#on.quiet();
    return now;
  }

  #wait(): void {
    const next = this.#queue[0] ?? null;
    if (next === this.#awaited) return;
    this.#cancel();
    this.#awaited = next;
    if (!next) return;
    this.#cancel = this.#clock.after(next.dueMs - this.#clock.elapsed(), () => {
      // A timer may come a little early; then it is set again for the rest.
      this.#awaited = null;
      this.#settle();
      this.#wait();
    });
  }
}
