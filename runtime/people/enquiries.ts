import { Circuits } from '../circuit.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Lookup } from '../line/lookup.ts';
import type { Log } from '../log.ts';
import type { People } from '../store/people.ts';

export interface EnquiriesParts {
  people: Pick<People, 'device' | 'learn'>;
  clock: Clock;
  log: Log;
  /** Of the account with this name (null: the default one); null: its credentials are not at hand. */
  lookup(account: string | null): Lookup | null;
}

/** No call waits for an answer; whoever takes longer than this gives none. */
const ANSWER_WITHIN_MS = 5_000;
/** Numbers move to other networks, but not every day, and each question is paid for. */
const KNOWN_FOR_MS = 30 * 24 * 60 * 60 * 1000;
const MOST_AT_ONCE = 20;
/** Failures in a row after which nobody is asked for a while. */
const FAILURES = 3;

/**
 * Asks about the numbers of callers, beside their calls. What is answered before a dialogue begins it knows; what comes
 * later is kept for the next call.
 */
export class Enquiries {
  readonly #parts: EnquiriesParts;
  readonly #circuits: Circuits;
  /** By number. */
  readonly #open = new Map<string, Promise<void>>();
  #closed = false;

  constructor(parts: EnquiriesParts) {
    this.#parts = parts;
    this.#circuits = new Circuits(parts.clock, FAILURES);
  }

  /** Has the number (E.164) looked up, where that was not done lately. Comes back at once, and never throws. */
  about(phone: string, account: string | null): void {
    if (this.#closed || this.#open.has(phone) || this.#open.size >= MOST_AT_ONCE) return;
    const open = this.#ask(phone, account).finally(() => this.#open.delete(phone));
    this.#open.set(phone, open);
  }

  /** Asks nobody any more; settles when nothing is written any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#open.values());
  }

  async #ask(phone: string, account: string | null): Promise<void> {
    const { people, clock, log } = this.#parts;
    try {
      const lookup = this.#parts.lookup(account);
      if (!lookup) return;
      const device = await people.device(phone);
      if (!device || (device.lookedUpAt ?? -Infinity) > clock.now() - KNOWN_FOR_MS) return;
      const leave = this.#circuits.of(account ?? '').enter();
      if (!leave) return;
      const asked = lookup(phone, ANSWER_WITHIN_MS);
      asked.then(
        () => leave('answered'),
        () => leave('failed'),
      );
      const looked = await asked;
      if (!this.#closed) await people.learn(phone, looked, clock.now());
    } catch (thrown) {
      log.warn({ code: 'lookup-failed', problem: messageOf(thrown) }, 'a number could not be looked up');
    }
  }
}
