import type { Clock } from '../clock.ts';
import type { Mind } from '../speech/mind.ts';

/** The words stand still for so long: the caller has perhaps finished, and the far end only waits to be sure. */
const STILL_MS = 200;

/** Has a reply prepared while the caller is still being listened to, and thrown away when they go on. */
export class Foresight {
  readonly #mind: Pick<Mind, 'prepare' | 'discard'> | null;
  readonly #clock: Clock;
  #text = '';
  #cancel: () => void = () => undefined;

  constructor(mind: Pick<Mind, 'prepare' | 'discard'> | null, clock: Clock) {
    this.#mind = mind;
    this.#clock = clock;
  }

  /** All the words of what the caller is saying, so far. */
  hear(text: string): void {
    const words = text.trim();
    if (words === this.#text) return;
    this.stop();
    this.#text = words;
    this.#mind?.discard();
    if (words !== '') this.#cancel = this.#clock.after(STILL_MS, () => this.#mind?.prepare(words));
  }

  /** The caller has finished, or nobody is to answer: what was prepared is the mind's to use. */
  stop(): void {
    this.#cancel();
    this.#text = '';
  }
}
