import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMulaw } from '../runtime/audio.ts';
import { tonesOf } from '../runtime/tones.ts';

const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477, 1633];
const KEYS = ['123A', '456B', '789C', '*0#D'];
const WINDOW = 80;

/** How much of the samples is a tone of so many hertz, as an amplitude (Goertzel 1958). */
function goertzel(samples: Int16Array, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 8000);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample + coefficient * last - before];
  return (2 * Math.sqrt(last * last + before * before - coefficient * last * before)) / samples.length;
}

interface Heard {
  key: string;
  ms: number;
  /** Silence before it. */
  afterMs: number;
  lowDbm: number;
  highDbm: number;
}

/** A receiver: looks for sound 10 ms at a time, and tells from the middle of each which key it is. */
function receive(mulaw: Uint8Array): Heard[] {
  const samples = decodeMulaw(mulaw);
  const heard: Heard[] = [];
  let silent = 0;
  for (let at = 0; at < samples.length;) {
    if (!isLoud(samples.subarray(at, at + WINDOW))) {
      at += WINDOW;
      silent += WINDOW;
      continue;
    }
    let end = at;
    while (end < samples.length && isLoud(samples.subarray(end, end + WINDOW))) end += WINDOW;
    const middle = samples.subarray(at + WINDOW, end - WINDOW);
    const low = LOW.map((hz) => goertzel(middle, hz));
    const high = HIGH.map((hz) => goertzel(middle, hz));
    heard.push({
      key: KEYS[low.indexOf(Math.max(...low))]![high.indexOf(Math.max(...high))]!,
      ms: (end - at) / 8,
      afterMs: silent / 8,
      lowDbm: dbm(Math.max(...low)),
      highDbm: dbm(Math.max(...high)),
    });
    // A key is two tones and nothing else.
    for (const group of [low, high]) {
      const [first = 0, second = 0] = group.toSorted((a, b) => b - a);
      expect(20 * Math.log10(first / Math.max(1, second))).toBeGreaterThan(20);
    }
    at = end;
    silent = 0;
  }
  return heard;
}

const isLoud = (samples: Int16Array): boolean => samples.some((sample) => Math.abs(sample) > 500);
const dbm = (amplitude: number): number => 20 * Math.log10(amplitude / 32_124) + 3.17;

describe('keys as tones', () => {
  it('are read back by a receiver, each long enough and apart from the next, as loud as the network expects', () => {
    const heard = receive(tonesOf('1234567890*#'));
    expect(heard.map((one) => one.key).join('')).toBe('1234567890*#');
    for (const [index, { ms, afterMs, lowDbm, highDbm }] of heard.entries()) {
      expect(ms).toBeGreaterThanOrEqual(80);
      expect(ms).toBeLessThanOrEqual(100);
      if (index > 0) expect(afterMs).toBeGreaterThanOrEqual(80);
      if (index > 0) expect(afterMs).toBeLessThanOrEqual(100);
      expect(lowDbm).toBeGreaterThan(-13);
      expect(highDbm).toBeLessThan(-7);
      expect(highDbm - lowDbm).toBeGreaterThan(0);
      expect(highDbm - lowDbm).toBeLessThan(4);
    }
  });

  it('wait half a second for a w, and as often as it stands there', () => {
    const [, second] = receive(tonesOf('1ww2'));
    expect(second).toMatchObject({ key: '2' });
    expect(second!.afterMs).toBeGreaterThanOrEqual(1080);
    expect(second!.afterMs).toBeLessThanOrEqual(1100);
    expect(tonesOf('w')).toHaveLength(4000);
  });

  it('are understood whichever they are', () => {
    const key = fc.constantFrom(...'0123456789*#w');
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 8 }), (keys) => {
        const heard = receive(tonesOf(keys.join('')));
        expect(heard.map((one) => one.key).join('')).toBe(keys.join('').replaceAll('w', ''));
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['', 'There are no keys to press.'],
    ['12 3', 'A key to press is not one of 0-9, *, # and w: number 3 of 4.'],
    ['W', 'A key to press is not one of 0-9, *, # and w: number 1 of 1.'],
    ['A', 'A key to press is not one of 0-9, *, # and w: number 1 of 1.'],
    ['4️⃣', 'A key to press is not one of 0-9, *, # and w: number 2 of 3.'],
  ])('refuse %j', (keys, message) => {
    expect(() => tonesOf(keys)).toThrow(message);
  });
});
