/** Sample rates: any other rate to the telephone's 8 kHz. Plain JavaScript because workers load it. */

export const TELEPHONE_RATE = 8_000;
const LOWEST_RATE = 2_000;
const HIGHEST_RATE = 192_000;

/**
 * Of half the lower of the two rates: flat to here (3,400 Hz on the telephone), and silent (-60 dB) from the half
 * on, so that nothing folds back.
 */
const PASS = 0.85;
/** Rates with no common measure, such as 44,101 Hz, are met as closely as this many places between two samples. */
const MOST_PHASES = 1_000;
/** Kaiser window for 63 dB (Kaiser 1974: beta = 0.1102 (A - 8.7), taps = (A - 8) / (2.285 dw)). */
const ATTENUATION_DB = 63;

/** @typedef {{ phases: number, taps: number, weights: Float64Array }} Filter */

/** @type {Map<number, Filter>} */
const filters = new Map();

/**
 * How many samples at 8 kHz so many samples at `rate` become.
 *
 * @param {number} count
 * @param {number} rate
 */
export function telephoneLength(count, rate) {
  return Math.floor((count * TELEPHONE_RATE) / rate);
}

/**
 * Samples at `rate` (whole, 2 to 192 kHz) as samples at 8 kHz, through a low-pass filter whose delay is taken out;
 * those from `from` up to `to` where the rest is not wanted now. Throws on any other rate.
 *
 * @param {Int16Array} samples
 * @param {number} rate
 * @param {number} [from]
 * @param {number} [to]
 * @returns {Int16Array}
 */
export function toTelephone(samples, rate, from = 0, to = telephoneLength(samples.length, rate)) {
  if (!Number.isInteger(rate) || rate < LOWEST_RATE || rate > HIGHEST_RATE) {
    throw new Error(
      `Samples at ${rate} Hz cannot be used: ${LOWEST_RATE} to ${HIGHEST_RATE} Hz are understood.`,
    );
  }
  if (rate === TELEPHONE_RATE) return samples.subarray(from, to);
  const { phases, taps, weights } = filterFor(rate);
  const out = new Int16Array(Math.max(0, to - from));
  const reach = taps >> 1;
  for (let n = from; n < to; n++) {
    const at = n * rate;
    const first = Math.floor(at / TELEPHONE_RATE) - reach + 1;
    const row = Math.floor(((at % TELEPHONE_RATE) * phases) / TELEPHONE_RATE) * taps;
    const start = Math.max(0, -first);
    const end = Math.min(taps, samples.length - first);
    let sum = 0;
    for (let k = start; k < end; k++)
      sum += /** @type {number} */ (samples[first + k]) * /** @type {number} */ (weights[row + k]);
    out[n - from] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return out;
}

/**
 * One row of weights for each place an output sample can have between two input samples.
 *
 * @param {number} rate
 * @returns {Filter}
 */
function filterFor(rate) {
  const known = filters.get(rate);
  if (known) return known;
  const phases = Math.min(MOST_PHASES, TELEPHONE_RATE / gcd(rate, TELEPHONE_RATE));
  const half = Math.min(rate, TELEPHONE_RATE) / 2;
  const width = (2 * Math.PI * half * (1 - PASS)) / rate;
  const taps = 2 * Math.ceil((ATTENUATION_DB - 8) / (2.285 * width) / 2);
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const cutoff = (half * (1 + PASS)) / 2 / rate;
  const weights = new Float64Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - (taps >> 1) + 1 - phase / phases;
      const weight = sinc(2 * cutoff * x) * kaiser(x / (taps / 2), beta);
      weights[phase * taps + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++)
      weights[phase * taps + k] = /** @type {number} */ (weights[phase * taps + k]) / sum;
  }
  const filter = { phases, taps, weights };
  filters.set(rate, filter);
  return filter;
}

/** @param {number} x */
function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param {number} x @param {number} beta */
function kaiser(x, beta) {
  return Math.abs(x) > 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
}

/** The modified Bessel function of order 0, by its series. @param {number} x */
function bessel(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** @param {number} a @param {number} b @returns {number} */
function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b);
}
