import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptAudio } from '../../runtime/speech/kept-audio.ts';

describe('audio that is kept', () => {
  it('is what came, from the place on that is still needed', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.tuple(fc.nat(9_000), fc.nat(255)).map((of) => ({ push: Buffer.alloc(...of) })),
            fc
              .tuple(fc.nat(400), fc.nat(255))
              .map((of) => ({ text: Buffer.alloc(...of).toString('base64') })),
            fc.integer({ min: -10, max: 100_000 }).map((release) => ({ release })),
          ),
          { maxLength: 60 },
        ),
        (steps) => {
          const kept = new KeptAudio();
          let all = Buffer.alloc(0);
          let from = 0;
          for (const step of steps) {
            if ('push' in step) {
              kept.push(step.push);
              all = Buffer.concat([all, step.push]);
            } else if ('text' in step) {
              kept.pushText(step.text);
              all = Buffer.concat([all, Buffer.from(step.text)]);
            } else {
              kept.release(step.release);
              from = Math.max(from, Math.min(step.release, all.length));
            }
            expect(kept.end).toBe(all.length);
            from = Math.max(from, all.length - 240_000);
            expect(kept.from).toBe(from);
            expect(kept.all().equals(all.subarray(from))).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is half a minute at most: the oldest goes first', () => {
    const kept = new KeptAudio();
    for (let i = 0; i < 3_000; i++) kept.push(Buffer.alloc(160, i % 256));
    expect([kept.from, kept.end]).toEqual([240_000, 480_000]);
    expect(kept.all()).toHaveLength(240_000);
    expect(kept.all()[0]).toBe(1_500 % 256);
  });
});
