import type { Expectation, Meaning } from '../dialogue/protocol.ts';
import type { Expected } from './performer.ts';

/**
 * What was expected when the caller began to say something: that is what was answered, whatever was asked until the
 * words of it came. Utterances end in the order in which their words come, and the next may end before that.
 */
export class Hearings {
  readonly #now: () => Expected;
  #began: Expected | null = null;
  /** Of the utterances that are being transcribed, the oldest first. */
  readonly #finished: Expected[] = [];

  /** `now` gives what is expected at the moment. */
  constructor(now: () => Expected) {
    this.#now = now;
  }

  began(): void {
    this.#began ??= this.#now();
  }

  finished(): void {
    this.#finished.push(this.#known(this.#began));
    this.#began = null;
  }

  /**
   * The words of an utterance have come: what was expected of it, and whether something sensitive was, at any time
   * from its first sound on. Where nobody told of the sound (a terminal), it is what is expected now. `stands`:
   * nothing else was asked since.
   */
  spoke(): Expected & { stands: boolean } {
    const known = this.#known(this.#finished.shift() ?? this.#began);
    return { ...known, stands: known.expectation?.id === this.#now().expectation?.id };
  }

  /**
   * The id of the expectation that an answer to `asked` counts for. Who goes on with values ("On Friday … at seven")
   * is heard though the next question was asked meanwhile, where they are still wanted; a choice, and whatever a
   * yes or a no is waited for, needs the question that was heard.
   */
  countsFor(asked: Expectation, meaning: Meaning | null): string {
    const now = this.#now().expectation;
    if (now === null || meaning === null || meaning.choice !== null) return asked.id;
    if (now.choices.some(({ polar }) => polar !== null)) return asked.id;
    const names = Object.keys(meaning.slots);
    const wanted = names.every((name) => {
      const type = asked.slots.find((slot) => slot.name === name)?.type;
      return now.slots.some((slot) => slot.name === name && slot.type === type);
    });
    return names.length > 0 && wanted ? now.id : asked.id;
  }

  /** The ear is gone: of what it heard no words will come. */
  lost(): void {
    this.#began = null;
    this.#finished.length = 0;
  }

  #known(before: Expected | null): Expected {
    const now = this.#now();
    if (before === null) return now;
    return { expectation: before.expectation, sensitive: before.sensitive || now.sensitive };
  }
}
