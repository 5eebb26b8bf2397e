/** The caller's audio as OpenAI's transcription takes it: PCM of 24 kHz, 16 bits, little-endian. */
import { decodeMulaw } from '../../audio.ts';

const FACTOR = 3;
/** Samples at 8 kHz that one output sample is made of. */
const TAPS = 24;
/** Flat to 3.4 kHz, as far as a telephone goes; what mirrors above 4.6 kHz is 60 dB down (Hann-windowed sinc). */
const CUTOFF = 0.94;

/** One row of weights for each of the three places that an output sample can have after an input sample. */
const rows = Array.from({ length: FACTOR }, (_, phase) => {
  const weights = Float64Array.from({ length: TAPS }, (_unused, k) => {
    const x = k - TAPS / 2 + 1 - phase / FACTOR;
    const window = 0.5 + 0.5 * Math.cos((2 * Math.PI * x) / TAPS);
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * CUTOFF * x) / (Math.PI * CUTOFF * x);
    return window * sinc;
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
});

/** Carries one stream, across the edges of its frames. It is late by 1.5 ms, and loses as much at the end. */
export class Upsampler {
  #tail = new Int16Array(TAPS - 1);

  /** Mu-law of 8 kHz to three times as many samples. */
  push(mulaw: Uint8Array): Buffer {
    const fresh = decodeMulaw(mulaw);
    const input = new Int16Array(this.#tail.length + fresh.length);
    input.set(this.#tail);
    input.set(fresh, this.#tail.length);
    this.#tail = input.slice(input.length - this.#tail.length);
    const out = Buffer.alloc(fresh.length * FACTOR * 2);
    for (let n = 0; n < fresh.length; n++) {
      for (let phase = 0; phase < FACTOR; phase++) {
        const weights = rows[phase]!;
        let sum = 0;
        for (let k = 0; k < TAPS; k++) sum += input[n + k]! * weights[k]!;
        const sample = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
        out.writeInt16LE(sample, (n * FACTOR + phase) * 2);
      }
    }
    return out;
  }
}
