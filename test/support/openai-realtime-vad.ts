import { BYTES_PER_MS, decodeMulaw } from '../../runtime/audio.ts';

const WINDOW_MS = 20;
const LOUD = 400;
const SPEECH_WINDOWS = 3;

type Finding = { kind: 'started' | 'stopped'; atMs: number };

/**
 * Tells speech from silence by loudness, as a stand-in for the server's detector. Like that one it knows no time
 * but the audio it is given: without audio nothing starts and nothing stops.
 */
export class Vad {
  private rest: Buffer = Buffer.alloc(0);
  private positionMs = 0;
  private loudWindows = 0;
  private quietMs = 0;
  private speaking = false;

  /** Milliseconds of audio so far. */
  get heardMs(): number {
    return this.positionMs;
  }

  feed(bytes: Buffer, silenceMs: number, prefixMs: number): Finding[] {
    const findings: Finding[] = [];
    const all = Buffer.concat([this.rest, bytes]);
    const step = WINDOW_MS * BYTES_PER_MS;
    let at = 0;
    for (; at + step <= all.length; at += step) {
      this.positionMs += WINDOW_MS;
      const isLoud = loudness(all.subarray(at, at + step)) > LOUD;
      this.loudWindows = isLoud ? this.loudWindows + 1 : 0;
      this.quietMs = isLoud ? 0 : this.quietMs + WINDOW_MS;
      if (!this.speaking && this.loudWindows >= SPEECH_WINDOWS) {
        this.speaking = true;
        const atMs = Math.max(0, this.positionMs - SPEECH_WINDOWS * WINDOW_MS - prefixMs);
        findings.push({ kind: 'started', atMs });
      } else if (this.speaking && this.quietMs >= silenceMs) {
        this.speaking = false;
        findings.push({ kind: 'stopped', atMs: this.positionMs });
      }
    }
    this.rest = Buffer.from(all.subarray(at));
    return findings;
  }
}

function loudness(bytes: Uint8Array): number {
  let sum = 0;
  for (const sample of decodeMulaw(bytes)) sum += Math.abs(sample);
  return sum / bytes.length;
}
