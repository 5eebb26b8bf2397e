import type { KeptAudio } from '../kept-audio.ts';
import type { Turn } from './ear-turn.ts';
import type { FluxMessage } from './ear-wire.ts';

/** A connection that was given an utterance again and heard no turn in it so long after. */
const UNHEARD_MS = 2_500;
/** Longer than the vendor waits by itself (`eot_timeout_ms`). */
const FORGOTTEN_MS = 15_000;

/** Makes turns of what Flux hears: it decides by itself when one begins, is likely over, goes on and is over. */
export class FluxReader {
  readonly #turn: Turn;
  readonly #kept: KeptAudio;
  /** Words of the open utterance whose audio is gone: the vendor does not know them any more. */
  #before = '';
  /** This connection knows of the open utterance. */
  #isHeard = false;
  /** The turn that ended last: what still comes of it counts no more. */
  #lastEnded = -1;
  /** Where the open utterance began. */
  #startedAt = 0;
  #heardTo = 0;

  constructor(turn: Turn, kept: KeptAudio) {
    this.#turn = turn;
    this.#kept = kept;
  }

  /**
   * A connection is about to be given the kept audio: best the whole utterance, and where that was too long the rest
   * of it, after the words known so far.
   */
  connecting(): void {
    this.#isHeard = false;
    this.#lastEnded = -1;
    const { open } = this.#turn;
    if (!open || this.#kept.from <= this.#startedAt) return;
    this.#before = open.text;
    this.#kept.release(this.#heardTo);
  }

  read(message: FluxMessage & { kind: 'turn' }): void {
    const { event, index, text } = message;
    const end = this.#turn.at(message.to);
    if (index <= this.#lastEnded) return;
    if (event === 'Update' && text === '' && !this.#turn.open) return this.#turn.passed(end);
    if (text === '' && !this.#isHeard && event !== 'StartOfTurn') return;

    if (!this.#turn.open) {
      this.#before = '';
      this.#startedAt = Math.max(this.#kept.from, this.#turn.at(message.from));
    }
    this.#isHeard = true;
    this.#heardTo = end;
    const utterance = this.#turn.begin();
    const words = [this.#before, text].filter((part) => part !== '').join(' ');
    if (text !== '') utterance.words(words);
    switch (event) {
      case 'StartOfTurn':
      case 'Update':
        return;
      case 'EagerEndOfTurn':
        return utterance.likelyDone();
      case 'TurnResumed':
        return utterance.goesOn();
      case 'EndOfTurn':
        this.#lastEnded = index;
        this.#isHeard = false;
        return this.#turn.finish(words, end);
    }
  }

  heard(connected: boolean): void {
    if (connected && this.#turn.open && this.#turn.quietMs >= (this.#isHeard ? FORGOTTEN_MS : UNHEARD_MS))
      this.over();
  }

  /** Nobody hears the rest: what is known is what was said. */
  over(): void {
    this.#turn.finish(this.#turn.open?.text ?? '', this.#kept.end);
  }
}
