/** Sounds for the tests of the embedded ear, as 8 kHz samples or mu-law. */
import { FRAME_BYTES, encodeMulaw } from '../../../runtime/audio.ts';

const RATE = 8_000;

/** The same noise every time (mulberry32, shaped by Box and Muller 1958). */
export function makeNoise(seed: number): (ms: number, level: number) => Int16Array {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (ms, level) =>
    Int16Array.from({ length: (ms * RATE) / 1_000 }, () => {
      const sample = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return Math.max(-32_768, Math.min(32_767, Math.round(sample * level)));
    });
}

export function tone(ms: number, level: number, ...hertz: number[]): Int16Array {
  return Int16Array.from({ length: (ms * RATE) / 1_000 }, (_, i) =>
    Math.round(hertz.reduce((sum, hz) => sum + level * Math.sin((2 * Math.PI * hz * i) / RATE), 0)),
  );
}

export function quiet(ms: number): Int16Array {
  return new Int16Array((ms * RATE) / 1_000);
}

export function join(...parts: Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => Array.from(part)));
}

/** Both at once, as long as the first. */
export function mix(first: Int16Array, second: Int16Array): Int16Array {
  return first.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + (second[i] ?? 0))));
}

export function louder(samples: Int16Array, gain: number): Int16Array {
  return samples.map((sample) => sample * gain);
}

/** Base64 mu-law of 20 ms each, as a line gives them; the rest that fills no frame is left out. */
export function frames(samples: Int16Array): string[] {
  const bytes = Buffer.from(encodeMulaw(samples));
  return Array.from({ length: Math.floor(bytes.length / FRAME_BYTES) }, (_, i) =>
    bytes.toString('base64', i * FRAME_BYTES, (i + 1) * FRAME_BYTES),
  );
}
