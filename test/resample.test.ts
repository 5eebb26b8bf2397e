/** A stream at another rate: as good as it claims, whatever pieces it comes in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resampler } from '../runtime/resample.js';

const RATES = [
  [8_000, 16_000],
  [8_000, 24_000],
  [24_000, 8_000],
  [16_000, 8_000],
] as const;

const LEVEL = 20_000;

function tone(hz: number, rate: number, seconds = 0.5): Int16Array {
  return Int16Array.from({ length: rate * seconds }, (_, i) =>
    Math.round(LEVEL * Math.sin((2 * Math.PI * hz * i) / rate)),
  );
}

/** The middle of what comes out, against the tone that it should be: decibels above all that is wrong with it. */
function purity(samples: Int16Array, hz: number, rate: number, delaySeconds: number): number {
  let [signal, error] = [0, 0];
  for (let i = samples.length >> 2; i < (samples.length * 3) >> 2; i++) {
    const wanted = LEVEL * Math.sin(2 * Math.PI * hz * (i / rate - delaySeconds));
    signal += wanted ** 2;
    error += (samples[i]! - wanted) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

/** How loud a tone of so many hertz is in the middle of the samples, in decibels below the one that went in. */
function below(samples: Int16Array, hz: number, rate: number): number {
  const middle = samples.subarray(samples.length >> 2, (samples.length * 3) >> 2);
  let [real, imaginary] = [0, 0];
  for (const [i, sample] of middle.entries()) {
    real += sample * Math.cos((2 * Math.PI * hz * i) / rate);
    imaginary += sample * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  return 20 * Math.log10(LEVEL / Math.max(1e-9, (2 * Math.hypot(real, imaginary)) / middle.length));
}

function joined(parts: readonly Int16Array[]): number[] {
  return parts.flatMap((part) => [...part]);
}

describe.each(RATES)('a stream from %i to %i Hz', (from, to) => {
  it.each([200, 1_000, 2_500, 3_400])('keeps a tone of %i Hz, 72 dB above all noise', (hz) => {
    const resampler = new Resampler(from, to);
    const out = resampler.push(tone(hz, from));
    expect(purity(out, hz, to, resampler.delay / from)).toBeGreaterThan(72);
  });

  it('gives one frame of 20 ms for each of 20 ms', () => {
    const resampler = new Resampler(from, to);
    for (let frame = 0; frame < 50; frame++)
      expect(resampler.push(new Int16Array(from / 50))).toHaveLength(to / 50);
  });

  it('is the same however it is cut into chunks, and as long as it has to be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 12 }),
        fc.integer(),
        (sizes, seed) => {
          const length = sizes.reduce((sum, size) => sum + size, 0);
          let state = seed;
          const samples = Int16Array.from({ length }, () => {
            state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
            return state >> 16;
          });
          const whole = new Resampler(from, to);
          const cut = new Resampler(from, to);
          let at = 0;
          const parts = sizes.map((size) => cut.push(samples.subarray(at, (at += size))));
          const all = whole.push(samples);
          expect(joined(parts)).toEqual([...all]);
          expect(all).toHaveLength(Math.ceil((length * to) / from));
          expect([...cut.flush()]).toEqual([...whole.flush()]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('holds back the end of its input, and gives it when flushed', () => {
    const resampler = new Resampler(from, to);
    const samples = new Int16Array(from / 50);
    samples[samples.length - (resampler.delay >> 1)] = 30_000;
    const out = resampler.push(samples);
    expect(Math.max(...out)).toBeLessThan(1_500);
    const rest = resampler.flush();
    expect(rest).toHaveLength((resampler.delay * to) / from);
    expect(Math.max(...rest)).toBeGreaterThan(9_000);
  });

  it('begins anew after a flush or a reset: nothing of the stream before is in the next', () => {
    const fresh = new Resampler(from, to).push(tone(440, from, 0.1));
    const used = new Resampler(from, to);
    used.push(tone(3_000, from, 0.0313));
    used.flush();
    expect([...used.push(tone(440, from, 0.1))]).toEqual([...fresh]);
    used.reset();
    expect([...used.push(tone(440, from, 0.1))]).toEqual([...fresh]);
    expect([...used.push(new Int16Array(0))]).toEqual([]);
  });

  it('saturates where the filter overshoots, and never wraps around', () => {
    const square = Int16Array.from({ length: from }, (_, i) =>
      Math.floor((i * 400) / from) % 2 === 0 ? 32_767 : -32_768,
    );
    const resampler = new Resampler(from, to);
    const out = resampler.push(square);
    const late = (resampler.delay * to) / from;
    const flat = [...out.keys()].filter((i) => {
      const place = ((i - late) * 400) / to;
      return i > late && place % 1 > 0.2 && place % 1 < 0.8;
    });
    const wrong = flat.filter((i) => {
      const isHigh = Math.floor(((i - late) * 400) / to) % 2 === 0;
      return out[i]! > 0 !== isHigh;
    });
    expect(flat.length).toBeGreaterThan(1_000);
    expect(wrong).toEqual([]);
    expect(out.filter((sample) => sample === 32_767).length).toBeGreaterThan(50);
  });

  it('keeps silence silent and a constant constant', () => {
    const resampler = new Resampler(from, to);
    expect(new Set(resampler.push(new Int16Array(960)))).toEqual(new Set([0]));
    resampler.push(new Int16Array(960).fill(12_345));
    expect(new Set(resampler.push(new Int16Array(960).fill(12_345)))).toEqual(new Set([12_345]));
  });
});

describe('what must not be heard', () => {
  it.each([16_000, 24_000])('the mirror image of the telephone band at %i Hz is 70 dB down', (to) => {
    for (const hz of [300, 1_000, 2_000, 3_300]) {
      const out = new Resampler(8_000, to).push(tone(hz, 8_000));
      expect(below(out, hz, to)).toBeCloseTo(0, 1);
      expect(below(out, 8_000 - hz, to)).toBeGreaterThan(70);
    }
  });

  it.each([16_000, 24_000])(
    'what is above 4.6 kHz at %i Hz does not fold back into the telephone band',
    (from) => {
      for (const hz of [4_700, 5_500, 6_700, 7_900]) {
        const out = new Resampler(from, 8_000).push(tone(hz, from));
        expect(below(out, 8_000 - hz, 8_000)).toBeGreaterThan(70);
      }
    },
  );
});

it.each([
  [8_000, 8_000],
  [8_000, 22_050],
  [44_100, 8_000],
  [8_000, 48_000 * 2],
  [0, 8_000],
])('a stream from %i to %i Hz is refused', (from, to) => {
  expect(() => new Resampler(from, to)).toThrow(`A stream at ${from} Hz cannot be made one at ${to} Hz.`);
});
