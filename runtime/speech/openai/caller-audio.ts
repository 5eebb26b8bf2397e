import { BYTES_PER_MS } from '../../audio.ts';
import { KeptAudio } from '../kept-audio.ts';

/** Before the caller is known to speak, the beginning of the word has already been heard. */
const TAIL_MS = 800;
const UTTERANCE_MS = 8_000;
const SETUP_MS = 30_000;

/**
 * The caller's audio that a session may have to be given (again): all of it while no session is set up, what is
 * being said right now while one is, and in between a tail. So nobody has to begin anew because a session was
 * slow to open or died in the middle of a sentence. Bounded: the oldest goes first.
 */
export class CallerAudio {
  private readonly kept = new KeptAudio();
  private mostBytes = SETUP_MS * BYTES_PER_MS;
  /** Bytes that no session was ever given. */
  lostBytes = 0;
  private waiting = true;

  keep(payload: string): void {
    const { kept } = this;
    const from = kept.from;
    kept.pushBase64(payload);
    kept.release(kept.end - this.mostBytes);
    if (this.waiting) this.lostBytes += kept.from - from;
  }

  /** No session: everything counts. */
  hold(): void {
    this.waiting = true;
    this.mostBytes = SETUP_MS * BYTES_PER_MS;
  }

  /** A session hears it; `speaking` says whether what it hears is still needed as a whole. */
  heard(speaking: boolean): void {
    this.waiting = false;
    this.mostBytes = (speaking ? UTTERANCE_MS : TAIL_MS) * BYTES_PER_MS;
    this.kept.release(this.kept.end - this.mostBytes);
  }

  /** What was heard so far is complete, and is never needed again. */
  finished(): void {
    this.kept.release(this.kept.end);
  }

  /** All that is kept. */
  all(): Buffer {
    return this.kept.all();
  }
}
