import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RehearsalClock } from '../../runtime/rehearsal/clock.ts';

describe('the clock of a rehearsal', () => {
  it('stands still until it is moved', () => {
    const clock = new RehearsalClock(1_000);
    clock.after(5, () => undefined);
    expect([clock.now(), clock.elapsed(), clock.next]).toEqual([1_000, 0, 1_005]);
    expect(clock.step(1_004)).toBe(false);
    expect([clock.now(), clock.elapsed()]).toEqual([1_004, 4]);
  });

  it('fires one timer at a time, at its own time, those of one moment as they were set', () => {
    const clock = new RehearsalClock(0);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name} at ${clock.now()}`);
    clock.after(20, note('late'));
    clock.after(10, note('first'));
    clock.after(10, note('second'));
    clock.after(10, note('never'))();
    while (clock.step(15));
    expect(fired).toEqual(['first at 10', 'second at 10']);
    expect(clock.now()).toBe(15);
    while (clock.step(30));
    expect(fired).toEqual(['first at 10', 'second at 10', 'late at 20']);
    expect(clock.next).toBeNull();
  });

  it('never goes back', () => {
    const clock = new RehearsalClock(100);
    clock.step(200);
    clock.step(150);
    expect(clock.now()).toBe(200);
    clock.after(-50, () => undefined);
    expect(clock.next).toBe(200);
  });

  it('fires everything in the order in which it is due, whatever is set and cancelled', () => {
    const timers = fc.array(fc.record({ ms: fc.nat(100), cancelled: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(timers, (given) => {
        const clock = new RehearsalClock(0);
        const fired: number[] = [];
        const cancels = given.map(({ ms }, index) => clock.after(ms, () => fired.push(index)));
        for (const [index, { cancelled }] of given.entries()) if (cancelled) cancels[index]?.();
        while (clock.step(100));
        const expected = [...given.keys()]
          .filter((index) => !given[index]?.cancelled)
          .toSorted((one, other) => (given[one]?.ms ?? 0) - (given[other]?.ms ?? 0));
        expect(fired).toEqual(expected);
      }),
    );
  });
});
