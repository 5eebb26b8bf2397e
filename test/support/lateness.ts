/**
 * How long this process was kept from running. The runtime, the doubles and the phone of a whole call are all one
 * process: where the machine gives it no time, nobody in it can be blamed for being late.
 */
import { onTestFinished } from 'vitest';

const TICK_MS = 20;

/** Begins to watch; the function gives the milliseconds that were lost so far. */
export function watchLateness(): () => number {
  let lost = 0;
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    lost += Math.max(0, now - before - 2 * TICK_MS);
    before = now;
  }, TICK_MS);
  onTestFinished(() => clearInterval(timer));
  return () => lost;
}
