/** Rendered samples at 8 kHz made ready for the telephone: they start at once, end soon and are loud enough. */

const RATE = 8_000;
/** A twentieth of a second's loudness decides; shorter pieces would hear a single click. */
const WINDOW = RATE / 200;
/** Of the loudest sample: -36 dB. What is below it at either end is silence. */
const QUIET = 1 / 64;
const LEAD_MS = 30;
const TAIL_MS = 100;
/** A little under full scale, as a loud voice on a telephone. */
const PEAK = 20_000;
const MOST_GAIN = 4;
/** What a text without words, such as a dash, sounds like. */
const WORDLESS_MS = 200;

/** Joins the pieces of one text, trims silence to 30 ms before and 100 ms after, and brings up its level. */
export function finish(parts: readonly Int16Array[]): Int16Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new Int16Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const peak = loudest(all, 0, length);
  if (peak === 0) return silence(WORDLESS_MS);

  const limit = peak * QUIET;
  let from = 0;
  while (from + WINDOW < length && loudest(all, from, from + WINDOW) < limit) from += WINDOW;
  let to = length;
  while (to - WINDOW > from && loudest(all, to - WINDOW, to) < limit) to -= WINDOW;

  const lead = (LEAD_MS * RATE) / 1_000;
  const tail = (TAIL_MS * RATE) / 1_000;
  const start = from - lead;
  // Where there was less silence than is kept, zeros stand in for it.
  const out = new Int16Array(to - from + lead + tail);
  const gain = Math.min(MOST_GAIN, PEAK / peak);
  for (let i = 0; i < out.length; i++) {
    const sample = all[start + i];
    if (sample !== undefined) out[i] = Math.round(sample * gain);
  }
  return out;
}

export function silence(ms: number): Int16Array {
  return new Int16Array((ms * RATE) / 1_000);
}

function loudest(samples: Int16Array, from: number, to: number): number {
  let most = 0;
  for (let i = from; i < to; i++) most = Math.max(most, Math.abs(samples[i]!));
  return most;
}
