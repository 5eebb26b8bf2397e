import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallerAudio } from '../../../runtime/speech/openai/caller-audio.ts';

/** Frames of any length, so that their base64 is padded in every way; no two bytes in a row are alike. */
const line = fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 120 }).map((lengths) => {
  let at = 0;
  return lengths.map((length) => Buffer.from(Array.from({ length }, () => at++ % 251)));
});

describe("the caller's audio that is kept", () => {
  it('is the end of what came, byte for byte, however the frames were cut', () => {
    fc.assert(
      fc.property(line, fc.constantFrom('waiting', 'speaking', 'quiet'), (frames, how) => {
        const audio = new CallerAudio();
        if (how !== 'waiting') audio.heard(how === 'speaking');
        for (const frame of frames) audio.keep(frame.toString('base64'));
        const whole = Buffer.concat(frames);
        const kept = audio.all();
        expect(whole.subarray(whole.length - kept.length).equals(kept)).toBe(true);
        // 800 ms and more, as far as so much came; all of it where it may still be needed.
        const least = how === 'quiet' ? Math.min(whole.length, 4_000) : whole.length;
        expect(kept.length).toBeGreaterThanOrEqual(least);
        if (how === 'quiet') expect(kept.length).toBeLessThanOrEqual(6_480);
      }),
      { numRuns: 200 },
    );
  });

  it('is half a minute while no session hears it, and what goes beyond that is lost', () => {
    const audio = new CallerAudio();
    const frame = Buffer.alloc(160, 7).toString('base64');
    for (let sent = 0; sent < 1_500; sent++) audio.keep(frame);
    expect([audio.all().length, audio.lost]).toEqual([240_000, false]);
    audio.keep(frame);
    expect([audio.all().length, audio.lost]).toEqual([240_000, true]);
  });

  it('is nothing once what was said is complete', () => {
    const audio = new CallerAudio();
    audio.keep(Buffer.alloc(160, 7).toString('base64'));
    audio.finished();
    expect(audio.all()).toHaveLength(0);
  });
});
