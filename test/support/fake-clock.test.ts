import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';

describe('the clock that tests move', () => {
  it('fires timers at their own time, in order, also those set on the way', () => {
    const clock = new FakeClock(1000);
    const seen: string[] = [];
    clock.after(30, () => seen.push(`late ${clock.now()}`));
    clock.after(10, () => {
      seen.push(`early ${clock.now()}`);
      clock.after(5, () => seen.push(`added ${clock.now()}`));
    });
    clock.advance(20);
    expect(seen).toEqual(['early 1010', 'added 1015']);
    expect(clock.elapsed()).toBe(20);
    clock.advance(10);
    expect(seen).toEqual(['early 1010', 'added 1015', 'late 1030']);
  });

  it('fires two timers due at once in the order they were set, and forgets cancelled ones', () => {
    const clock = new FakeClock();
    const seen: number[] = [];
    clock.after(5, () => seen.push(1));
    const cancel = clock.after(5, () => seen.push(2));
    clock.after(5, () => seen.push(3));
    cancel();
    clock.advance(5);
    expect(seen).toEqual([1, 3]);
    expect(clock.waiting).toBe(0);
  });

  it('lets promises settle between timers', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    clock.after(10, () => void Promise.resolve().then(() => clock.after(10, () => seen.push('second'))));
    await clock.advanceAsync(20);
    expect(seen).toEqual(['second']);
  });
});
