import type { Clock } from '../../clock.ts';
import type { Interruptible } from './relay-orders.ts';

export interface ReciterEvents {
  /** There is a voice on the line, or no more. */
  voice(on: boolean): void;
  /** This was said, wholly or as far as it came; `from` is on the monotonic clock. */
  spoken(text: string, from: number): void;
  /** A file was played, or keys were pressed. */
  sounded(what: Sound, from: number): void;
  /** All that came has been said. */
  quiet(): void;
}

export type Sound = { kind: 'url'; url: string; ms: number } | { kind: 'keys'; keys: string; ms: number };

/** What is queued: a piece of an utterance or a sound. */
interface Piece {
  what: { kind: 'words'; text: string } | Sound;
  /** The utterance that it is of. */
  cycle: number;
  interruptible: Interruptible;
  preemptible: boolean;
}

/** From words to their first sound. */
const LAG_MS = 200;

/** Says texts, piece by piece, at an even pace, as Twilio's voice does; without any sound. */
export class Reciter {
  readonly #clock: Clock;
  readonly #pace: number;
  readonly #on: ReciterEvents;
  #queue: Piece[] = [];
  #cycle = 0;
  #open = false;
  /** What is being said now: since when, and what was said of its utterance before. */
  #fromMs: number | null = null;
  #before = '';
  #beganMs = 0;
  #speaking = false;
  #cancel: () => void = () => undefined;

  /** `pace` is in characters a second. */
  constructor(clock: Clock, pace: number, on: ReciterEvents) {
    this.#clock = clock;
    this.#pace = pace;
    this.#on = on;
  }

  /** What may interrupt what is being said; null: nothing is. */
  get interruptible(): Interruptible | null {
    return this.#queue[0]?.interruptible ?? null;
  }

  get queuedMs(): number {
    const all = this.#queue.reduce((sum, piece) => sum + this.#msOf(piece), 0);
    return Math.max(0, all - (this.#fromMs === null ? 0 : this.#clock.elapsed() - this.#fromMs));
  }

  say(text: string, last: boolean, interruptible: Interruptible, preemptible: boolean): void {
    this.#add({ kind: 'words', text }, interruptible, preemptible);
    this.#open = !last;
    if (last) this.#cycle++;
  }

  sound(what: Sound, interruptible: Interruptible, preemptible: boolean): void {
    this.#add(what, interruptible, preemptible);
    this.#cycle++;
  }

  /** Drops everything. Gives what was heard of the utterance that was cut, and for how long; null: nothing was said. */
  interrupt(): { text: string; ms: number } | null {
    const [first] = this.#queue;
    if (!first) return null;
    const now = this.#clock.elapsed();
    const heard = this.#heardOf(first);
    if (this.#fromMs !== null && heard !== '') this.#on.spoken(heard, this.#fromMs);
    const text = (this.#before + heard).trim();
    const ms = this.#fromMs === null ? 0 : Math.round(now - this.#beganMs);
    this.stop();
    this.#voice(false);
    return { text, ms };
  }

  stop(): void {
    this.#cancel();
    this.#queue = [];
    this.#fromMs = null;
    this.#before = '';
  }

  #add(what: Piece['what'], interruptible: Interruptible, preemptible: boolean): void {
    const [first] = this.#queue;
    // What may be cut by the next is, unless that is more of the same.
    if (first?.preemptible && first.cycle !== this.#cycle) this.interrupt();
    this.#queue.push({ what, cycle: this.#cycle, interruptible, preemptible });
    if (this.#queue.length === 1) this.#begin(this.#speaking ? 0 : LAG_MS);
  }

  #begin(lagMs: number): void {
    const [piece] = this.#queue;
    if (!piece) {
      // More of the utterance may be on its way; the line is silent all the same.
      this.#voice(false);
      if (!this.#open) this.#on.quiet();
      return;
    }
    this.#cancel = this.#clock.after(lagMs, () => {
      const from = this.#clock.elapsed();
      this.#fromMs = from;
      if (this.#before === '') this.#beganMs = from;
      if (this.#msOf(piece) > 0) this.#voice(true);
      this.#cancel = this.#clock.after(this.#msOf(piece), () => this.#finish(piece, from));
    });
  }

  #finish(piece: Piece, from: number): void {
    const { what, cycle } = piece;
    this.#queue.shift();
    this.#fromMs = null;
    if (what.kind === 'words') {
      this.#before += what.text;
      if (what.text !== '') this.#on.spoken(what.text, from);
    } else {
      this.#on.sounded(what, from);
    }
    if ((this.#queue[0]?.cycle ?? this.#cycle) !== cycle) this.#before = '';
    this.#begin(0);
  }

  #heardOf({ what }: Piece): string {
    if (what.kind !== 'words' || this.#fromMs === null) return '';
    const heard = Math.floor(((this.#clock.elapsed() - this.#fromMs) / 1000) * this.#pace);
    if (heard >= what.text.length) return what.text;
    return what.text.slice(0, Math.max(0, what.text.lastIndexOf(' ', heard)));
  }

  #msOf({ what }: Piece): number {
    return what.kind === 'words' ? (what.text.length / this.#pace) * 1000 : what.ms;
  }

  #voice(on: boolean): void {
    if (this.#speaking === on) return;
    this.#speaking = on;
    this.#on.voice(on);
  }
}
