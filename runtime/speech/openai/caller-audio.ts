import { KeptAudio } from '../kept-audio.ts';

/** Characters of so much audio: a frame of 20 ms comes in 216. */
const lengthOf = (ms: number): number => (ms / 20) * 216;

/** Before the caller is known to speak, the beginning of the word has already been heard. */
const TAIL = lengthOf(800);
const UTTERANCE = lengthOf(8_000);
const SETUP = lengthOf(30_000);

/**
 * The caller's audio that a session may have to be given (again): all of it while no session is set up, what is
 * being said right now while one is, and in between a tail. So nobody has to begin anew because a session was
 * slow to open or died in the middle of a sentence. Bounded: the oldest goes first.
 *
 * It is kept as base64, as it comes and goes. Four characters are three bytes wherever they stand, so that the text may
 * be cut between any four; where a frame was padded, the next begins.
 */
export class CallerAudio {
  private readonly kept = new KeptAudio(SETUP);
  private most = SETUP;
  /** Something of it was never given to any session. */
  lost = false;
  private waiting = true;

  keep(payload: string): void {
    const { kept } = this;
    const from = kept.from;
    kept.pushText(payload);
    kept.release(kept.end - this.most);
    this.lost ||= this.waiting && kept.from > from;
  }

  /** No session: everything counts. */
  hold(): void {
    this.waiting = true;
    this.most = SETUP;
  }

  /** A session hears it; `speaking` says whether what it hears is still needed as a whole. */
  heard(speaking: boolean): void {
    this.waiting = false;
    this.most = speaking ? UTTERANCE : TAIL;
    this.kept.release(this.kept.end - this.most);
  }

  /** What was heard so far is complete, and is never needed again. */
  finished(): void {
    this.kept.release(this.kept.end);
  }

  /** All that is kept. */
  all(): Buffer {
    const frames =
      this.kept
        .all()
        .toString('latin1')
        .match(/[^=]+={0,2}/g) ?? [];
    return Buffer.concat(frames.map((frame) => Buffer.from(frame, 'base64')));
  }
}
