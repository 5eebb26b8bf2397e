import type { Clock } from '../clock.ts';

interface Timer {
  due: number;
  order: number;
  callback: () => void;
}

/** The time of a rehearsal: it stands still until it is moved, so that minutes of silence take no time. */
export class RehearsalClock implements Clock {
  #now: number;
  readonly #start: number;
  #orders = 0;
  /** By when they are due, then by when they were set. */
  readonly #timers: Timer[] = [];

  /** `start` in milliseconds since the epoch. */
  constructor(start: number) {
    this.#now = start;
    this.#start = start;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now - this.#start;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, ms), order: this.#orders++, callback };
    const later = this.#timers.findIndex(({ due }) => due > timer.due);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /** When the next timer is due; null where none is set. */
  get next(): number | null {
    return this.#timers[0]?.due ?? null;
  }

  /**
   * Moves on to the next timer that is due by `until`, and fires it. Where there is none the time is `until`, and
   * the answer false.
   */
  step(until: number): boolean {
    const timer = this.#timers[0];
    if (!timer || timer.due > until) {
      this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#timers.shift();
    this.#now = Math.max(this.#now, timer.due);
    timer.callback();
    return true;
  }
}
