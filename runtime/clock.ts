/** Time as a dependency: real in production, moved by hand in tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds, for measuring; its zero means nothing. */
  elapsed(): number;
  /** Calls back once after `ms`; the answer cancels. A waiting timer never keeps the process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** What `setTimeout` can wait (2^31 - 1 ms, 24.8 days); it makes one millisecond of anything longer. */
const LONGEST_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, callback) {
    const due = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = due - performance.now();
      timer = setTimeout(left > LONGEST_MS ? wait : callback, Math.max(0, Math.min(left, LONGEST_MS)));
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
