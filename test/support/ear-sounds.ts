import { setImmediate as breathe } from 'node:timers/promises';
import type { Ear } from '../../runtime/speech/ear.ts';
import { frames, makeNoise, quiet } from '../speech/embedded/sound.ts';

export { quiet };

/** Noise that swells five times a second, as syllables do. */
export function speech(ms: number): Int16Array {
  return makeNoise(11)(ms, 3_000).map(
    (sample, i) => sample * Math.abs(Math.sin((2 * Math.PI * 5 * i) / 8_000)),
  );
}

/** Gives an ear audio a frame at a time, faster than a line does; what comes back of it has its turn in between. */
export async function hear(ear: Ear, ...parts: Int16Array[]): Promise<void> {
  for (const part of parts) {
    for (const frame of frames(part)) {
      ear.hear(frame);
      await breathe();
      await breathe();
    }
  }
}
