/**
 * Does not ask a server that has just failed again and again: whoever calls would only wait for nothing. Our own
 * and no library's, because those at hand keep their own time and hold further callers back while one tries.
 */
import type { Clock } from '../clock.ts';

/** So many failures in a row open the circuit, if none is further from the one before than `MEMORY_MS`. */
const FAILURES = 5;
const MEMORY_MS = 60_000;
/** An open circuit lets one call try again after this time. */
const REST_MS = 10_000;

export type Outcome = 'answered' | 'failed' | 'given-up';

export class Circuit {
  readonly #clock: Clock;
  #failures = 0;
  #lastFailure = 0;
  #trying = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Asks to send one request. Null: not now. Else the answer must be called once with what became of it; a request
   * that was `given-up` from our side tells nothing of the server.
   */
  enter(): ((outcome: Outcome) => void) | null {
    const since = this.#clock.elapsed() - this.#lastFailure;
    const open = this.#failures >= FAILURES;
    if (open && (this.#trying || since < REST_MS)) return null;
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

/** One circuit for each origin. */
export class Circuits {
  readonly #clock: Clock;
  readonly #byOrigin = new Map<string, Circuit>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(origin: string): Circuit {
    const circuit = this.#byOrigin.get(origin) ?? new Circuit(this.#clock);
    this.#byOrigin.set(origin, circuit);
    return circuit;
  }
}
