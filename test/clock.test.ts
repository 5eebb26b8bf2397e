import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../runtime/clock.ts';

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of the system', () => {
  it.each([1, 1_000, 24 * DAY_MS, 25 * DAY_MS, 90 * DAY_MS])('calls back once after %d ms', (ms) => {
    const callback = vi.fn<() => void>();
    systemClock.after(ms, callback);
    vi.advanceTimersByTime(ms - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(200 * DAY_MS);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('can be told not to, also after the longest time that a timer of Node waits', () => {
    const callback = vi.fn<() => void>();
    const cancel = systemClock.after(60 * DAY_MS, callback);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(callback).not.toHaveBeenCalled();
  });
});
