/**
 * Sample rates: any other rate to the telephone's 8 kHz as a whole (`toTelephone`), and between 8 kHz and its
 * multiples as a stream (`Resampler`). Plain JavaScript because workers load it.
 */

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

/** Of the stream's filter: what should not be there is 80 dB below what should; mu-law itself manages 38. */
const STREAM_DB = 80;
/** Flat to 0.425 of the lower rate (3,400 Hz on the telephone) and silent from 0.575 of it. */
const STREAM_BAND = 0.15;
/** Samples handled in one go: the history is moved once for each. */
const BLOCK = 2_048;
const MOST_TIMES = 6;

/**
 * Samples of one stream at another rate, where one rate is a whole multiple of the other, up to six. What comes out
 * is the same however the stream is cut into chunks, and there are no seams between them: the filter is an L-th band
 * one (Mintzer 1982), which goes through the samples that both rates share and mirrors itself about each of them, so
 * that most of the work is done once for two outputs.
 *
 * Everything is `delay` input samples late; `flush` gives that rest. Saturates, never wraps.
 */
export class Resampler {
  /** By how many input samples the output lags behind. */
  delay;
  /** @type {number} */
  #times;
  /** @type {boolean} */
  #up;
  /** The filter's weights, by their place between two samples of the lower rate. */
  /** @type {Float64Array[]} */
  #rows;
  #centre = 1;
  /** The last `2 * delay` samples, and behind them the block at hand. */
  #line;
  /** Where in the next block the next output lies; only going down. */
  #next = 0;

  /**
   * Rates in Hz. Throws where neither is a multiple of the other.
   *
   * @param {number} from
   * @param {number} to
   */
  constructor(from, to) {
    const times = Math.max(from, to) / Math.min(from, to);
    if (!Number.isInteger(times) || times < 2 || times > MOST_TIMES) {
      throw new Error(`A stream at ${from} Hz cannot be made one at ${to} Hz.`);
    }
    this.#times = times;
    this.#up = to > from;
    const width = (2 * Math.PI * STREAM_BAND) / times;
    // Even, because the loops take two steps at once.
    const reach = 2 * Math.ceil((STREAM_DB - 8) / (2.285 * width) / (4 * times));
    this.delay = this.#up ? reach : reach * times;
    if (this.#up) {
      this.#rows = rowsUp(times, reach);
    } else {
      ({ centre: this.#centre, rows: this.#rows } = rowsDown(times, reach));
    }
    this.#line = new Float64Array(2 * this.delay + BLOCK);
  }

  /**
   * The next samples. Going up, n give exactly n times as many; going down by m, n in all have given ceil(n / m) in
   * all.
   *
   * @param {Int16Array} samples
   * @returns {Int16Array}
   */
  push(samples) {
    const out = new Int16Array(
      this.#up
        ? samples.length * this.#times
        : Math.max(0, Math.ceil((samples.length - this.#next) / this.#times)),
    );
    let done = 0;
    for (let at = 0; at < samples.length; at += BLOCK) {
      const count = Math.min(BLOCK, samples.length - at);
      const history = 2 * this.delay;
      for (let i = 0; i < count; i++) this.#line[history + i] = /** @type {number} */ (samples[at + i]);
      done = this.#up ? this.#upwards(count, out, done) : this.#downwards(count, out, done);
      this.#line.copyWithin(0, count, count + history);
    }
    return out;
  }

  /** The rest, which the filter held back. The stream is over; another one may begin. @returns {Int16Array} */
  flush() {
    const rest = this.push(new Int16Array(this.delay));
    this.reset();
    return rest;
  }

  /** Forgets the stream, as if nothing had been pushed. */
  reset() {
    this.#line.fill(0);
    this.#next = 0;
  }

  /** @param {number} count @param {Int16Array} out @param {number} done */
  #upwards(count, out, done) {
    const line = this.#line;
    const times = this.#times;
    const reach = this.delay;
    for (let i = 0, o = done; i < count; i++, o += times) out[o] = /** @type {number} */ (line[i + reach]);
    for (let place = 1; 2 * place <= times; place++) {
      const row = /** @type {Float64Array} */ (this.#rows[place - 1]);
      if (2 * place === times) alike(line, row, reach, count, out, done + place, times);
      else mirrored(line, row, reach, count, out, done + place, done + times - place, times);
    }
    return done + count * times;
  }

  /** @param {number} count @param {Int16Array} out @param {number} done */
  #downwards(count, out, done) {
    const line = this.#line;
    const times = this.#times;
    const outputs = Math.max(0, Math.ceil((count - this.#next) / times));
    const middle = this.#next + this.delay;
    for (let i = 0, m = middle; i < outputs; i++, m += times)
      sums[i] = this.#centre * /** @type {number} */ (line[m]);
    for (let place = 1; place < times; place++) {
      const row = /** @type {Float64Array} */ (this.#rows[place - 1]);
      gather(line, row, outputs, middle, place, times);
    }
    for (let i = 0; i < outputs; i++) out[done + i] = saturated(/** @type {number} */ (sums[i]));
    this.#next += outputs * times - count;
    return done + outputs;
  }
}

/** Of the outputs of one block, going down. */
const sums = new Float64Array(BLOCK);

/**
 * Adds to every output what lies `place`, `place + times`, … samples to either side of its own sample.
 *
 * @param {Float64Array} line @param {Float64Array} row @param {number} outputs @param {number} middle
 * @param {number} place @param {number} times
 */
function gather(line, row, outputs, middle, place, times) {
  const twice = 2 * times;
  for (let i = 0, m = middle; i < outputs; i++, m += times) {
    let left = m - place;
    let right = m + place;
    let a = 0;
    let b = 0;
    for (let k = 0; k < row.length; k += 2) {
      const near = /** @type {number} */ (line[left]) + /** @type {number} */ (line[right]);
      const far = /** @type {number} */ (line[left - times]) + /** @type {number} */ (line[right + times]);
      a += /** @type {number} */ (row[k]) * near;
      b += /** @type {number} */ (row[k + 1]) * far;
      left -= twice;
      right += twice;
    }
    sums[i] = /** @type {number} */ (sums[i]) + a + b;
  }
}

/**
 * Outputs halfway between two samples: both sides weigh alike.
 *
 * @param {Float64Array} line @param {Float64Array} row @param {number} reach @param {number} count
 * @param {Int16Array} out @param {number} first @param {number} step
 */
function alike(line, row, reach, count, out, first, step) {
  for (let i = 0, o = first; i < count; i++, o += step) {
    const left = i + reach;
    const right = left + 1;
    let a = 0;
    let b = 0;
    for (let k = 0; k < reach; k += 2) {
      const near = /** @type {number} */ (line[left - k]) + /** @type {number} */ (line[right + k]);
      const far = /** @type {number} */ (line[left - k - 1]) + /** @type {number} */ (line[right + k + 1]);
      a += /** @type {number} */ (row[k]) * near;
      b += /** @type {number} */ (row[k + 1]) * far;
    }
    out[o] = saturated(a + b);
  }
}

/**
 * Two outputs between the same two samples, as far from the left one as from the right one. The row holds the
 * weights to the left and to the right by turns.
 *
 * @param {Float64Array} line @param {Float64Array} row @param {number} reach @param {number} count
 * @param {Int16Array} out @param {number} nearLeft @param {number} nearRight @param {number} step
 */
function mirrored(line, row, reach, count, out, nearLeft, nearRight, step) {
  for (let i = 0, o = 0; i < count; i++, o += step) {
    const left = i + reach;
    let a = 0;
    let b = 0;
    for (let k = 0; k < reach; k++) {
      const l = /** @type {number} */ (line[left - k]);
      const r = /** @type {number} */ (line[left + 1 + k]);
      const near = /** @type {number} */ (row[2 * k]);
      const far = /** @type {number} */ (row[2 * k + 1]);
      a += near * l + far * r;
      b += far * l + near * r;
    }
    out[nearLeft + o] = saturated(a);
    out[nearRight + o] = saturated(b);
  }
}

/** @param {number} sample */
function saturated(sample) {
  const whole = Math.round(sample);
  return whole > 32_767 ? 32_767 : whole < -32_768 ? -32_768 : whole;
}

/**
 * @param {number} times @param {number} reach
 * @returns {Float64Array[]}
 */
function rowsUp(times, reach) {
  const beta = 0.1102 * (STREAM_DB - 8.7);
  const weight = (/** @type {number} */ x) => sinc(x) * kaiser(x / reach, beta);
  const rows = [];
  for (let place = 1; 2 * place <= times; place++) {
    const near = Array.from({ length: reach }, (_, k) => weight(k + place / times));
    const far = Array.from({ length: reach }, (_, k) => weight(k + 1 - place / times));
    const sum = [...near, ...far].reduce((all, one) => all + one, 0);
    const row = 2 * place === times ? near : near.flatMap((one, k) => [one, /** @type {number} */ (far[k])]);
    rows.push(Float64Array.from(row, (one) => one / sum));
  }
  return rows;
}

/**
 * The weights on either side of an output's own sample: one row for each place between samples of the lower rate.
 *
 * @param {number} times @param {number} reach
 */
function rowsDown(times, reach) {
  const beta = 0.1102 * (STREAM_DB - 8.7);
  const weight = (/** @type {number} */ x) => sinc(x) * kaiser(x / reach, beta);
  const rows = Array.from({ length: times - 1 }, (_, place) =>
    Array.from({ length: reach }, (_one, k) => weight(k + (place + 1) / times)),
  );
  const sum = 1 + 2 * rows.flat().reduce((all, one) => all + one, 0);
  return { centre: 1 / sum, rows: rows.map((row) => Float64Array.from(row, (one) => one / sum)) };
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
