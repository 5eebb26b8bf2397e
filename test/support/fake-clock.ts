import type { Clock } from '../../runtime/clock.ts';

interface Timer {
  due: number;
  order: number;
  callback: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in the order of their due times. */
export class FakeClock implements Clock {
  private time: number;
  private readonly start: number;
  private nextOrder = 0;
  private timers: Timer[] = [];

  constructor(start = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.time = start;
    this.start = start;
  }

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time - this.start;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.time + Math.max(0, ms), order: this.nextOrder++, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.timers.length;
  }

  /** Moves on by `ms`; timers that fall due fire on the way, at their own time, also those set on the way. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let timer = this.takeDue(end); timer; timer = this.takeDue(end)) timer.callback();
    this.time = end;
  }

  /** As `advance`, but promises and sockets get their turn before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let timer = this.takeDue(end); timer; timer = this.takeDue(end)) {
      timer.callback();
      await settle();
    }
    this.time = end;
    await settle();
  }

  /** Takes the next timer due by `end` off the list, having moved the time to it. */
  private takeDue(end: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.timers) {
      if (timer.due > end) continue;
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    if (!next) return null;
    this.timers = this.timers.filter((one) => one !== next);
    this.time = Math.max(this.time, next.due);
    return next;
  }
}

/** Two rounds of the event loop: what was promised is done, what was written to a local socket is read. */
async function settle(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
