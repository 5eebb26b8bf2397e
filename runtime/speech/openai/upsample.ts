/** The caller's audio as OpenAI's transcription takes it: PCM of 24 kHz, 16 bits, little-endian. */
import { decodeMulaw } from '../../audio.ts';

const FACTOR = 3;
/** Samples at 8 kHz that one new sample is made of. */
const TAPS = 24;
const HISTORY = TAPS - 1;
/** Where a sample stands among those that its two successors are made of. */
const OWN = TAPS / 2 - 1;

/**
 * The weights of the first of two new samples between two old ones; the second has them the other way round. A sinc
 * with a Hann window: flat to 3.4 kHz, as far as a telephone goes, and what mirrors above 4.6 kHz is 40 dB down.
 */
const weights = (() => {
  const row = Float64Array.from({ length: TAPS }, (_, k) => {
    const x = k - OWN - 1 / FACTOR;
    return (0.5 + 0.5 * Math.cos((2 * Math.PI * x) / TAPS)) * (Math.sin(Math.PI * x) / (Math.PI * x));
  });
  const sum = row.reduce((all, weight) => all + weight, 0);
  return row.map((weight) => weight / sum);
})();
const mirrored = Float64Array.from(weights).reverse();

/** Carries one stream, across the edges of its frames. It is late by 1.5 ms, and loses as much at the end. */
export class Upsampler {
  #line = new Float64Array(HISTORY);

  /** Mu-law of 8 kHz to three times as many samples. */
  push(mulaw: Uint8Array): Buffer {
    const fresh = decodeMulaw(mulaw);
    const line = new Float64Array(HISTORY + fresh.length);
    line.set(this.#line);
    line.set(fresh, HISTORY);
    this.#line = line.slice(fresh.length);
    const out = new Int16Array(fresh.length * FACTOR);
    for (let n = 0, o = 0; n < fresh.length; n++, o += FACTOR) {
      let first = 0;
      let second = 0;
      for (let k = 0; k < TAPS; k++) {
        const sample = line[n + k]!;
        first += sample * weights[k]!;
        second += sample * mirrored[k]!;
      }
      out[o] = line[n + OWN]!;
      out[o + 1] = clipped(first);
      out[o + 2] = clipped(second);
    }
    return Buffer.from(out.buffer, out.byteOffset, out.byteLength);
  }
}

function clipped(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}
