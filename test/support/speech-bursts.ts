import { decodeMulaw } from '../../runtime/audio.ts';

const WINDOW_BYTES = 160;
const LOUD = 400;

/** What recognisers' doubles hear: 20 ms that are loud, or not. Its time is that of the audio it is given. */
export class Loudness {
  private rest: Buffer = Buffer.alloc(0);

  /** Any number of mu-law bytes. */
  feed(bytes: Buffer, heard: (loud: boolean) => void): void {
    const all = Buffer.concat([this.rest, bytes]);
    let at = 0;
    for (; at + WINDOW_BYTES <= all.length; at += WINDOW_BYTES) {
      let sum = 0;
      for (const sample of decodeMulaw(all.subarray(at, at + WINDOW_BYTES))) sum += Math.abs(sample);
      heard(sum / WINDOW_BYTES > LOUD);
    }
    this.rest = Buffer.from(all.subarray(at));
  }
}

/** The words of a text that have been spoken after so long, five a second; the last comes with the end. */
export function spokenSoFar(text: string, ms: number): string {
  const words = text.split(' ');
  return words.slice(0, Math.min(words.length - 1, Math.floor(ms / 200))).join(' ');
}
