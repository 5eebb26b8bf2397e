/**
 * WAV files (RIFF, Microsoft "Multimedia Programming Interface and Data Specifications 1.0" and the extensible
 * format tag) to and from the mu-law that Offhook speaks.
 */
import { encodeMulaw, decodeMulaw } from './audio.ts';
import { OffhookError } from './errors.ts';

const RATE = 8000;
const PCM = 1;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;

/**
 * Gives the samples of a WAV file as 8 kHz mu-law. The file holds one channel of 16-bit PCM or mu-law, with 8 or
 * 16 kHz.
 * @throws OffhookError `bad-wav`.
 */
export function readWav(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || name(view, 0) !== 'RIFF' || name(view, 8) !== 'WAVE')
    throw wrong('it is not a WAV file');

  let format: { tag: number; channels: number; rate: number; bits: number } | null = null;
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
      return convert(file.subarray(start, Math.min(start + length, file.length)), format);
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

function convert(
  data: Uint8Array,
  { tag, channels, rate, bits }: { tag: number; channels: number; rate: number; bits: number },
): Uint8Array {
  const isMulaw = tag === MULAW && bits === 8;
  if (!isMulaw && !(tag === PCM && bits === 16)) {
    throw wrong(`its samples are of the kind ${tag} with ${bits} bits, not 16-bit PCM or mu-law`);
  }
  if (channels !== 1) throw wrong(`it has ${channels} channels, not 1`);
  if (rate !== RATE && rate !== 2 * RATE) throw wrong(`it has ${rate} samples a second, not 8000 or 16000`);
  if (isMulaw) return rate === RATE ? Uint8Array.from(data) : encodeMulaw(halve(decodeMulaw(data)));
  const samples = new Int16Array(data.length >> 1);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * 2, true);
  return encodeMulaw(rate === RATE ? samples : halve(samples));
}

/** Half of a windowed sinc that lets pass what is below 3.6 kHz of 16 kHz audio; its sum is 1. */
const TAPS = 63;
const lowPass = (() => {
  const cutoff = 3600 / 16_000;
  const middle = (TAPS - 1) / 2;
  const taps = Float64Array.from({ length: TAPS }, (_, i) => {
    const x = i - middle;
    const sinc = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
    // Blackman's window.
    const phase = (2 * Math.PI * i) / (TAPS - 1);
    return sinc * (0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
})();

/** 16 kHz to 8 kHz: what 8 kHz cannot hold is filtered out first, or it would come back as noise. */
function halve(samples: Int16Array): Int16Array {
  const half = new Int16Array(Math.ceil(samples.length / 2));
  const middle = (TAPS - 1) / 2;
  for (let i = 0; i < half.length; i++) {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) sum += lowPass[tap]! * (samples[2 * i + tap - middle] ?? 0);
    half[i] = Math.max(-32768, Math.min(32767, Math.round(sum)));
  }
  return half;
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
