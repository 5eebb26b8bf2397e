/**
 * One call's events, handled one at a time and in order. A handler that throws is reported and the next event
 * is handled all the same.
 */
export class Mailbox<Letter> {
  readonly #handle: (letter: Letter) => Promise<void>;
  readonly #onError: (thrown: unknown) => void;
  readonly #letters: Letter[] = [];
  #working: Promise<void> | null = null;
  #closed = false;

  constructor(handle: (letter: Letter) => Promise<void>, onError: (thrown: unknown) => void) {
    this.#handle = handle;
    this.#onError = onError;
  }

  /** Puts a letter behind the others. False where the box is closed or full: more than this is no conversation. */
  post(letter: Letter): boolean {
    if (this.#closed || this.#letters.length >= BOUND) return false;
    this.#letters.push(letter);
    this.#working ??= this.#work();
    return true;
  }

  /** Letters that are still to be handled, without the one that is being handled. */
  get waiting(): number {
    return this.#letters.length;
  }

  /** Settles when there is no letter left for now. */
  async emptied(): Promise<void> {
    await this.#working;
  }

  /** Takes no more letters; settles when those that were taken are handled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let letter = this.#letters.shift(); letter !== undefined; letter = this.#letters.shift()) {
      try {
        await this.#handle(letter);
      } catch (thrown) {
        this.#onError(thrown);
      }
    }
    this.#working = null;
  }
}

const BOUND = 1_000;
