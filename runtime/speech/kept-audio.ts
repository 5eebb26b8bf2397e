import { BYTES_PER_MS } from '../audio.ts';

/** Longer than any connection takes to come about; in it a caller may say a lot. */
const MOST_BYTES = 30_000 * BYTES_PER_MS;
/** Pieces released before the array is made anew. */
const COMPACT_AT = 64;

/**
 * The caller's audio (mu-law) that a recogniser may have to be given again. Places in it are counted in bytes from the
 * beginning of the call, so that they mean the same on every connection. Bounded to 30 s: the oldest goes first.
 */
export class KeptAudio {
  #pieces: Buffer[] = [];
  /** Where in `#pieces` what is kept begins. */
  #first = 0;
  /** Where the first piece kept begins. */
  #firstAt = 0;
  #from = 0;
  #end = 0;

  /** The place of the first byte that is kept. */
  get from(): number {
    return this.#from;
  }

  /** The place after the last byte. */
  get end(): number {
    return this.#end;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#end += piece.length;
    this.release(this.#end - MOST_BYTES);
  }

  /** What comes before this place is never needed again. */
  release(place: number): void {
    this.#from = Math.max(this.#from, Math.min(place, this.#end));
    for (let piece = this.#pieces[this.#first]; piece; piece = this.#pieces[this.#first]) {
      if (this.#firstAt + piece.length > this.#from) break;
      this.#firstAt += piece.length;
      this.#first++;
    }
    if (this.#first < COMPACT_AT) return;
    this.#pieces = this.#pieces.slice(this.#first);
    this.#first = 0;
  }

  /** All that is kept, in order. */
  all(): Buffer {
    return Buffer.concat(this.#pieces.slice(this.#first)).subarray(this.#from - this.#firstAt);
  }
}
