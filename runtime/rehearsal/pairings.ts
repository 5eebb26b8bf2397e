/** Who pairs the caller of a test: a code is opened at once, and claimed when the test says so. */
import type { PairingDesk } from '../call/pairings.ts';
import type { Clock } from '../clock.ts';
import type { Scope } from '../dialogue/protocol.ts';

const CODE_MS = 10 * 60_000;

export class RehearsedPairings implements PairingDesk {
  readonly #clock: Clock;
  readonly #code: string;
  #openUntil = -Infinity;
  #user: Scope | null = null;

  /** `seed` gives the code: the same test hears the same one. */
  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.#code = String(seed % 1_000_000).padStart(6, '0');
  }

  open(): Promise<{ code: string; expiresAt: number }> {
    this.#openUntil = this.#clock.now() + CODE_MS;
    return Promise.resolve({ code: this.#code, expiresAt: this.#openUntil });
  }

  paired(): Promise<Scope | null> {
    return Promise.resolve(this.#user);
  }

  /** The code is claimed for somebody of whom this is known. False where none is open. */
  claim(values: Scope): boolean {
    if (this.#user !== null || this.#clock.now() >= this.#openUntil) return false;
    this.#user = { name: null, ...values, paired: true, anonymous: false };
    return true;
  }
}
