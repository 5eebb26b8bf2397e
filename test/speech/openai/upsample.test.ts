import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMulaw, encodeMulaw } from '../../../runtime/audio.ts';
import { Upsampler } from '../../../runtime/speech/openai/upsample.ts';
import { makeNoise, tone } from '../embedded/sound.ts';

const samplesOf = (pcm: Buffer): number[] =>
  Array.from({ length: pcm.length / 2 }, (_, i) => pcm.readInt16LE(i * 2));

/** How strong one frequency is. */
function level(samples: readonly number[], hertz: number): number {
  let [re, im] = [0, 0];
  for (const [i, sample] of samples.entries()) {
    const at = (2 * Math.PI * hertz * i) / 24_000;
    re += sample * Math.cos(at);
    im += sample * Math.sin(at);
  }
  return (2 * Math.hypot(re, im)) / samples.length;
}

describe('the caller at 24 kHz', () => {
  it.each([200, 1_000, 2_000, 3_000, 3_300])('sounds the same at %i Hz, and has no echo above', (hertz) => {
    const pcm = samplesOf(new Upsampler().push(encodeMulaw(tone(1_000, 8_000, hertz)))).slice(2_400);
    expect(level(pcm, hertz)).toBeGreaterThan(8_000 * 0.93);
    expect(level(pcm, hertz)).toBeLessThan(8_000 * 1.07);
    expect(level(pcm, 8_000 - hertz)).toBeLessThan(8_000 * (hertz > 3_200 ? 0.02 : 0.005));
    expect(level(pcm, 8_000 + hertz)).toBeLessThan(8_000 * 0.005);
  });

  it('is the same in pieces of any size', () => {
    const mulaw = encodeMulaw(makeNoise(5)(200, 3_000));
    const whole = new Upsampler().push(mulaw).toString('base64');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const upsampler = new Upsampler();
        const pieces: Buffer[] = [];
        let at = 0;
        for (const size of [...sizes, mulaw.length]) {
          pieces.push(upsampler.push(mulaw.subarray(at, at + size)));
          at += size;
        }
        expect(Buffer.concat(pieces).toString('base64')).toBe(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('is three times as many samples, silent where the caller is, and never beyond what 16 bits hold', () => {
    const upsampler = new Upsampler();
    expect(upsampler.push(new Uint8Array(160).fill(0xff))).toEqual(Buffer.alloc(960));
    const loud = Uint8Array.from({ length: 800 }, (_, i) => (i % 7 < 3 ? 0x80 : 0x00));
    expect(Math.abs(decodeMulaw(loud)[0]!)).toBe(32_124);
    expect(upsampler.push(loud)).toHaveLength(4_800);
  });

  it('takes some microseconds a frame', () => {
    const upsampler = new Upsampler();
    const frame = encodeMulaw(makeNoise(2)(20, 3_000));
    let best = Infinity;
    for (let round = 0; round < 20; round++) {
      const start = performance.now();
      for (let i = 0; i < 100; i++) upsampler.push(frame);
      best = Math.min(best, (performance.now() - start) / 100);
    }
    expect(best * 1_000).toBeLessThan(60);
  });
});
