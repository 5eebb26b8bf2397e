/** Sample rates: a voice's own rate down to the telephone's 8 kHz. Plain JavaScript because workers load it. */

export const TELEPHONE_RATE = 8_000;

/** Flat to here, and silent (-60 dB) from half the telephone's rate on, so that nothing folds back. */
const PASS_HZ = 3_400;
const STOP_HZ = TELEPHONE_RATE / 2;
/** Kaiser window for 63 dB (Kaiser 1974: beta = 0.1102 (A - 8.7), taps = (A - 8) / (2.285 dw)). */
const ATTENUATION_DB = 63;

/** @typedef {{ phases: number, step: number, taps: number, weights: Float64Array }} Filter */

/** @type {Map<number, Filter>} */
const filters = new Map();

/**
 * Samples at `rate` (8 kHz or more) as samples at 8 kHz, through a low-pass filter whose delay is taken out.
 *
 * @param {Int16Array} samples
 * @param {number} rate
 * @returns {Int16Array}
 */
export function toTelephone(samples, rate) {
  if (!Number.isInteger(rate) || rate < TELEPHONE_RATE || rate > 192_000) {
    throw new Error(`A voice gave samples at ${rate} Hz, but 8000 to 192000 Hz are understood.`);
  }
  if (rate === TELEPHONE_RATE) return samples;
  const { phases, step, taps, weights } = filterFor(rate);
  const length = Math.floor((samples.length * TELEPHONE_RATE) / rate);
  const out = new Int16Array(length);
  const reach = taps >> 1;
  for (let n = 0; n < length; n++) {
    const at = n * step;
    const first = Math.floor(at / phases) - reach + 1;
    const row = (at % phases) * taps;
    const from = Math.max(0, -first);
    const to = Math.min(taps, samples.length - first);
    let sum = 0;
    for (let k = from; k < to; k++)
      sum += /** @type {number} */ (samples[first + k]) * /** @type {number} */ (weights[row + k]);
    out[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
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
  const common = gcd(rate, TELEPHONE_RATE);
  const phases = TELEPHONE_RATE / common;
  const width = (2 * Math.PI * (STOP_HZ - PASS_HZ)) / rate;
  const taps = 2 * Math.ceil((ATTENUATION_DB - 8) / (2.285 * width) / 2);
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const cutoff = (PASS_HZ + STOP_HZ) / 2 / rate;
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
  const filter = { phases, step: rate / common, taps, weights };
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
