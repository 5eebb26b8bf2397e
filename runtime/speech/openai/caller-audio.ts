import { base64Bytes, BYTES_PER_MS } from '../../audio.ts';

/** Before the caller is known to speak, the beginning of the word has already been heard. */
const TAIL_MS = 800;
const UTTERANCE_MS = 8_000;
const SETUP_MS = 30_000;
/** Frames dropped before the array is made anew. */
const COMPACT_AT = 64;

/**
 * The caller's audio that a session may have to be given (again): all of it while no session is set up, what is
 * being said right now while one is, and in between a tail. So nobody has to begin anew because a session was
 * slow to open or died in the middle of a sentence. Bounded: the oldest goes first.
 */
export class CallerAudio {
  private frames: string[] = [];
  /** Where in `frames` what is kept begins: fifty frames a second are dropped, and shifting an array costs. */
  private first = 0;
  private bytes = 0;
  private maxBytes = SETUP_MS * BYTES_PER_MS;
  /** Bytes that no session was ever given. */
  lostBytes = 0;
  private waiting = true;

  keep(payload: string): void {
    this.frames.push(payload);
    this.bytes += base64Bytes(payload);
    this.trim();
  }

  /** No session: everything counts. */
  hold(): void {
    this.waiting = true;
    this.maxBytes = SETUP_MS * BYTES_PER_MS;
  }

  /** A session hears it; `speaking` says whether what it hears is still needed as a whole. */
  heard(speaking: boolean): void {
    this.waiting = false;
    this.maxBytes = (speaking ? UTTERANCE_MS : TAIL_MS) * BYTES_PER_MS;
    this.trim();
  }

  /** What was heard so far is complete, and is never needed again. */
  finished(): void {
    this.frames = [];
    this.first = 0;
    this.bytes = 0;
  }

  /** All that is kept, in order. */
  all(): readonly string[] {
    return this.frames.slice(this.first);
  }

  private trim(): void {
    while (this.bytes > this.maxBytes && this.first < this.frames.length) {
      const bytes = base64Bytes(this.frames[this.first++]!);
      this.bytes -= bytes;
      if (this.waiting) this.lostBytes += bytes;
    }
    if (this.first < COMPACT_AT) return;
    this.frames = this.frames.slice(this.first);
    this.first = 0;
  }
}
