/**
 * WAV files (RIFF, Microsoft "Multimedia Programming Interface and Data Specifications 1.0" and the extensible
 * format tag) to and from the mu-law that Offhook speaks.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { encodeMulaw, decodeMulaw } from './audio.ts';
import { OffhookError } from './errors.ts';
import { telephoneLength, toTelephone } from './resample.js';

const RATE = 8000;
const LOWEST_RATE = 2000;
const HIGHEST_RATE = 192_000;
const PCM = 1;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;
/** Samples: some milliseconds of work each. */
const DECODED_AT_ONCE = 262_144;
const MADE_AT_ONCE = RATE;

interface Format {
  tag: number;
  channels: number;
  rate: number;
  bits: number;
}

/** What a file holds, mixed to one channel. */
interface Recording {
  rate: number;
  count: number;
  /** The bytes themselves, where they are what is wanted. */
  mulaw: Uint8Array | null;
  /** Puts the samples from `from` up to `to` into their places. */
  decode(into: Int16Array, from: number, to: number): void;
}

/**
 * Gives the samples of a WAV file as 8 kHz mu-law. The file holds PCM of 8 or 16 bits or mu-law, one channel or
 * two (which are mixed), at 2 to 192 kHz.
 * @throws OffhookError `bad-wav`.
 */
export function readWav(file: Uint8Array): Uint8Array {
  const { rate, count, mulaw, decode } = recordingIn(file);
  if (mulaw) return Uint8Array.from(mulaw);
  const samples = new Int16Array(count);
  decode(samples, 0, count);
  return encodeMulaw(toTelephone(samples, rate));
}

/**
 * As `readWav`, a little at a time with a breath between: for files of any length, while calls run.
 * @throws OffhookError `bad-wav`.
 */
export async function readWavGently(file: Uint8Array): Promise<Uint8Array> {
  const { rate, count, mulaw, decode } = recordingIn(file);
  if (mulaw) return Uint8Array.from(mulaw);
  const samples = new Int16Array(count);
  for (let from = 0; from < count; from += DECODED_AT_ONCE) {
    if (from > 0) await breathe();
    decode(samples, from, Math.min(from + DECODED_AT_ONCE, count));
  }
  const telephone = new Uint8Array(telephoneLength(count, rate));
  for (let from = 0; from < telephone.length; from += MADE_AT_ONCE) {
    await breathe();
    const to = Math.min(from + MADE_AT_ONCE, telephone.length);
    telephone.set(encodeMulaw(toTelephone(samples, rate, from, to)), from);
  }
  return telephone;
}

function recordingIn(file: Uint8Array): Recording {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || name(view, 0) !== 'RIFF' || name(view, 8) !== 'WAVE')
    throw wrong('it is not a WAV file');

  let format: Format | null = null;
  for (let at = 12; at + 8 <= file.length;) {
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    if (name(view, at) === 'fmt ') {
      if (length < 16 || start + length > file.length) throw wrong('its format is cut off');
      const tag = view.getUint16(start, true);
      format = {
        // The extensible form has the tag at the beginning of a GUID.
        tag: tag === EXTENSIBLE && length >= 26 ? view.getUint16(start + 24, true) : tag,
        channels: view.getUint16(start + 2, true),
        rate: view.getUint32(start + 4, true),
        bits: view.getUint16(start + 14, true),
      };
    } else if (name(view, at) === 'data') {
      if (!format) throw wrong('its data comes before its format');
      // A program that wrote to a pipe could not go back to fill in the length: take what is there.
      const data = file.subarray(start, Math.min(start + length, file.length));
      return recordingOf(data, format);
    }
    // Chunks are padded to an even length.
    at = start + length + (length & 1);
  }
  throw wrong('it holds no sound');
}

/** A WAV file of 16-bit PCM, 8 kHz, one channel, that sounds like these mu-law samples. */
export function writeWav(mulaw: Uint8Array): Uint8Array {
  const samples = decodeMulaw(mulaw);
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => file.writeInt16LE(sample, 44 + i * 2));
  return file;
}

function recordingOf(data: Uint8Array, { tag, channels, rate, bits }: Format): Recording {
  const isMulaw = tag === MULAW && bits === 8;
  if (!isMulaw && !(tag === PCM && (bits === 16 || bits === 8))) {
    throw wrong(`its samples are of the kind ${tag} with ${bits} bits, not PCM of 8 or 16 bits or mu-law`);
  }
  if (channels !== 1 && channels !== 2) throw wrong(`it has ${channels} channels, not 1 or 2`);
  if (rate < LOWEST_RATE || rate > HIGHEST_RATE)
    throw wrong(`it has ${rate} samples a second, not ${LOWEST_RATE} to ${HIGHEST_RATE}`);

  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const heard = isMulaw ? decodeMulaw(data) : null;
  const sampleAt = (index: number): number => {
    if (heard) return heard[index] ?? 0;
    // Samples of 8 bits have no sign: 128 is silence.
    return bits === 8 ? (view.getUint8(index) - 128) << 8 : view.getInt16(index * 2, true);
  };
  return {
    rate,
    // What is cut off in the middle of a sample is dropped.
    count: Math.floor(data.length / ((bits / 8) * channels)),
    mulaw: isMulaw && channels === 1 && rate === RATE ? data : null,
    decode(into, from, to) {
      for (let i = from; i < to; i++)
        into[i] = channels === 1 ? sampleAt(i) : (sampleAt(2 * i) + sampleAt(2 * i + 1)) >> 1;
    },
  };
}

function name(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}

function wrong(problem: string): OffhookError {
  return new OffhookError('bad-wav', `The WAV file cannot be used: ${problem}.`);
}
