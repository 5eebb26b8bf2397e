/**
 * The tones of a telephone's keys (DTMF, ITU-T Q.23; levels as ETSI ES 201 235-2: the low tone -11 dBm, the high one
 * 2 dB above it) as 8 kHz mu-law.
 */
import { encodeMulaw, SILENCE } from './audio.ts';
import { OffhookError } from './errors.ts';

const RATE = 8000;
const TONE_MS = 90;
const GAP_MS = 90;
/** `w`: half a second's wait. */
const WAIT_MS = 500;
/** A tone that begins or ends with a click is heard at other pitches too; it must be there within 5 ms. */
const RAMP_MS = 3;
/** A full-scale sine is +3.17 dBm0 in mu-law (ITU-T G.711). */
const FULL = 32_124;
const FULL_DBM = 3.17;
const LOW_DBM = -11;
const HIGH_DBM = -9;

const LOW_HZ = [697, 770, 852, 941];
const HIGH_HZ = [1209, 1336, 1477];
const ROWS = ['123', '456', '789', '*0#'];

const tones: ReadonlyMap<string, Uint8Array> = new Map(
  ROWS.flatMap((row, line) =>
    [...row].map((key, column) => [key, toneOf(LOW_HZ[line]!, HIGH_HZ[column]!)] as const),
  ),
);
const wait = new Uint8Array((WAIT_MS * RATE) / 1000).fill(SILENCE);

/**
 * The keys (0-9, `*`, `#`, and `w` for half a second's wait) as 8 kHz mu-law: 90 ms of each, and 90 ms of silence
 * behind it.
 * @throws OffhookError `bad-keys` for anything else, and for no keys.
 */
export function tonesOf(keys: string): Uint8Array {
  const parts = [...keys].map((key) => (key === 'w' ? wait : tones.get(key)));
  const unknown = parts.indexOf(undefined);
  if (unknown >= 0) {
    throw new OffhookError(
      'bad-keys',
      `A key to press is not one of 0-9, *, # and w: number ${unknown + 1} of ${parts.length}.`,
    );
  }
  if (parts.length === 0) throw new OffhookError('bad-keys', 'There are no keys to press.');
  return Buffer.concat(parts.filter((part) => part !== undefined));
}

function toneOf(lowHz: number, highHz: number): Uint8Array {
  const samples = new Int16Array(((TONE_MS + GAP_MS) * RATE) / 1000);
  const sounding = (TONE_MS * RATE) / 1000;
  const ramp = (RAMP_MS * RATE) / 1000;
  for (let i = 0; i < sounding; i++) {
    const edge = Math.min(1, (i + 1) / ramp, (sounding - i) / ramp);
    const phase = (2 * Math.PI * i) / RATE;
    const sum = peak(LOW_DBM) * Math.sin(phase * lowHz) + peak(HIGH_DBM) * Math.sin(phase * highHz);
    samples[i] = Math.round(sum * edge);
  }
  return encodeMulaw(samples);
}

function peak(dbm: number): number {
  return FULL * 10 ** ((dbm - FULL_DBM) / 20);
}
