/**
 * Does not ask a server that has just failed again and again: whoever calls would only wait for nothing. Our own
 * and no library's, because those at hand keep their own time and hold further callers back while one tries.
 */
import type { Clock } from './clock.ts';

/** Failures count as being in a row where none is further from the one before. */
const MEMORY_MS = 60_000;
/** An open circuit lets one call try again after this time. */
const REST_MS = 10_000;

export type Outcome = 'answered' | 'failed' | 'given-up';

export class Circuit {
  readonly #clock: Clock;
  #failures = 0;
  #lastFailure = 0;
  #trying = false;

  readonly #most: number;

  /** `most` failures in a row open the circuit. */
  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** It would not let a request through at this moment. */
  get resting(): boolean {
    const since = this.#clock.elapsed() - this.#lastFailure;
    return this.#failures >= this.#most && (this.#trying || since < REST_MS);
  }

  /**
   * Asks to send one request. Null: not now. Else the answer must be called once with what became of it; a request
   * that was `given-up` from our side tells nothing of the server.
   */
  enter(): ((outcome: Outcome) => void) | null {
    if (this.resting) return null;
    const since = this.#clock.elapsed() - this.#lastFailure;
    const open = this.#failures >= this.#most;
    if (open) this.#trying = true;
    else if (since > MEMORY_MS) this.#failures = 0;
    return (outcome) => {
      if (open) this.#trying = false;
      if (outcome === 'answered') this.#failures = 0;
      if (outcome !== 'failed') return;
      this.#failures++;
      this.#lastFailure = this.#clock.elapsed();
    };
  }
}

/** One circuit for each server, by its name. */
export class Circuits {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #byName = new Map<string, Circuit>();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  of(name: string): Circuit {
    const circuit = this.#byName.get(name) ?? new Circuit(this.#clock, this.#most);
    this.#byName.set(name, circuit);
    return circuit;
  }
}
