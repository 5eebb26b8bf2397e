/** G.711 mu-law (ITU-T G.711) and durations of it. All audio inside Offhook is 8 kHz, mono, mu-law. */
// The package is CommonJS: its functions are found on the default import only, whatever its types say.
// oxlint-disable-next-line import/default
import alawmulaw from 'alawmulaw';

/** One millisecond of audio is eight bytes. */
export const BYTES_PER_MS = 8;
/** Twilio's frame: 20 ms. */
export const FRAME_BYTES = 160;
/** The mu-law byte that is silent. */
export const SILENCE = 0xff;

const decodeTable = Int16Array.from({ length: 256 }, (_, byte) => alawmulaw.mulaw.decodeSample(byte));
const encodeTable = Uint8Array.from({ length: 65536 }, (_, index) => {
  // The library answers -1 for a sample of 0; only the low byte is the code.
  return alawmulaw.mulaw.encodeSample(index < 32768 ? index : index - 65536) & 0xff;
});

/** Mu-law bytes to 16-bit samples, one for one. */
export function decodeMulaw(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) samples[i] = decodeTable[bytes[i]!]!;
  return samples;
}

/** 16-bit samples to mu-law bytes, one for one. */
export function encodeMulaw(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) bytes[i] = encodeTable[samples[i]! & 0xffff]!;
  return bytes;
}

/** How many bytes a base64 text holds, without decoding it. */
export function base64Bytes(payload: string): number {
  const length = payload.length;
  if (length === 0) return 0;
  const padding = payload.endsWith('==') ? 2 : payload.endsWith('=') ? 1 : 0;
  return (length >> 2) * 3 + ((length & 3) > 0 ? (length & 3) - 1 : 0) - (length & 3 ? 0 : padding);
}
