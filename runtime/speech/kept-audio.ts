import { BYTES_PER_MS } from '../audio.ts';

/** Longer than any connection takes to come about; in it a caller may say a lot. */
const MOST_BYTES = 30_000 * BYTES_PER_MS;
/** A second of speech with what comes before it. */
const FIRST_ROOM = 2_000 * BYTES_PER_MS;
/** So much is given back once it is no longer needed. */
const SPARE_ROOM = 16_000 * BYTES_PER_MS;

/**
 * The caller's audio (mu-law) that somebody may have to be given again. Places in it are counted in bytes from the
 * beginning of the call, so that they mean the same on every connection. Bounded to 30 s: the oldest goes first.
 *
 * It lies in one piece outside the heap: fifty frames a second and call that live for a second each would all
 * survive the collection of what is young, which is what collections cost.
 */
export class KeptAudio {
  readonly #mostBytes: number;
  #room = Buffer.allocUnsafeSlow(FIRST_ROOM);
  /** Where in the room the byte lies that has the place `from`. */
  #first = 0;
  #from = 0;
  #end = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** The place of the first byte that is kept. */
  get from(): number {
    return this.#from;
  }

  /** The place after the last byte. */
  get end(): number {
    return this.#end;
  }

  push(piece: Buffer): void {
    const at = this.#placeFor(piece.length);
    piece.copy(this.#room, at);
    this.#grow(piece.length);
  }

  /** As `push`, of the characters of a text in ASCII. */
  pushText(text: string): void {
    const at = this.#placeFor(text.length);
    this.#room.write(text, at, 'latin1');
    this.#grow(text.length);
  }

  /** What comes before this place is never needed again. */
  release(place: number): void {
    const released = Math.min(place, this.#end) - this.#from;
    if (released <= 0) return;
    this.#from += released;
    this.#first += released;
    if (this.#from < this.#end) return;
    this.#first = 0;
    if (this.#room.length > SPARE_ROOM) this.#room = Buffer.allocUnsafeSlow(FIRST_ROOM);
  }

  /** All that is kept, in order: a copy. */
  all(): Buffer {
    return Buffer.from(this.#room.subarray(this.#first, this.#first + this.#end - this.#from));
  }

  #grow(bytes: number): void {
    this.#end += bytes;
    this.release(this.#end - this.#mostBytes);
  }

  /** Where so many more bytes go. Without a place for them, what is kept moves to the front or to a larger room. */
  #placeFor(bytes: number): number {
    const kept = this.#end - this.#from;
    if (this.#first + kept + bytes > this.#room.length) {
      const needed = 2 * (kept + bytes);
      const room = needed > this.#room.length ? Buffer.allocUnsafeSlow(needed) : this.#room;
      this.#room.copy(room, 0, this.#first, this.#first + kept);
      this.#room = room;
      this.#first = 0;
    }
    return this.#first + kept;
  }
}
