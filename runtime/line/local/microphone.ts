import { BYTES_PER_MS, FRAME_BYTES, SILENCE } from '../../audio.ts';

/** What the caller does in one frame of 20 ms. */
interface Sound {
  /** A key pressed just before. */
  digit: string | null;
  /** The words of an utterance that begins here. */
  caption: string | null;
  /** Base64 mu-law. */
  payload: string;
}

interface Utterance {
  kind: 'utterance';
  samples: Uint8Array;
  caption: string | null;
  taken: number;
  done(spoken: boolean): void;
}

const KEY_GAP_FRAMES = (100 * BYTES_PER_MS) / FRAME_BYTES;
const SILENT_PAYLOAD = Buffer.alloc(FRAME_BYTES, SILENCE).toString('base64');
const SILENT: Sound = { digit: null, caption: null, payload: SILENT_PAYLOAD };

/** What the caller is still to say and press, given out frame by frame, with silence where there is nothing. */
export class Microphone {
  #queue: (Utterance | { kind: 'key'; digit: string })[] = [];
  #silentUntilFrame = 0;

  /** Settles when the last frame was taken: false where `stop` came before. */
  say(samples: Uint8Array, caption: string | null): Promise<boolean> {
    return new Promise((done) => {
      this.#queue.push({ kind: 'utterance', samples, caption: caption || null, taken: 0, done });
    });
  }

  press(digits: Iterable<string>): void {
    for (const digit of digits) this.#queue.push({ kind: 'key', digit });
  }

  next(frame: number): Sound {
    const next = frame < this.#silentUntilFrame ? undefined : this.#queue[0];
    if (!next) return SILENT;
    if (next.kind === 'key') {
      this.#queue.shift();
      this.#silentUntilFrame = frame + KEY_GAP_FRAMES;
      return { ...SILENT, digit: next.digit };
    }
    const caption = next.taken === 0 ? next.caption : null;
    const piece = next.samples.subarray(next.taken, next.taken + FRAME_BYTES);
    next.taken += FRAME_BYTES;
    if (next.taken >= next.samples.length) {
      this.#queue.shift();
      next.done(true);
    }
    return { digit: null, caption, payload: payloadOf(piece) };
  }

  stop(): void {
    for (const item of this.#queue.splice(0)) if (item.kind === 'utterance') item.done(false);
  }
}

/** Base64 of a frame, filled up with silence. */
function payloadOf(piece: Uint8Array): string {
  if (piece.length === FRAME_BYTES) {
    return Buffer.from(piece.buffer, piece.byteOffset, FRAME_BYTES).toString('base64');
  }
  const frame = Buffer.alloc(FRAME_BYTES, SILENCE);
  frame.set(piece);
  return frame.toString('base64');
}
