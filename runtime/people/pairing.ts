/**
 * Codes that pair a phone with a person: told to whoever calls with the phone, claimed by somebody who may. A code has
 * six digits, is good once and for ten minutes, and only its hash is kept.
 */
import { createHash, randomInt, scrypt } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import type { Device, PairedTo, People, Person } from '../store/people.ts';
import type { Store } from '../store/store.ts';

export interface PairingParts {
  store: Pick<Store, 'pairings'>;
  people: Pick<People, 'pair'>;
  clock: Clock;
  /** Draws a code; tests know which. */
  draw?: () => string;
}

/** How long a code is good. */
export const CODE_MS = 10 * 60_000;
/** Within this time so many codes are opened for one phone, and so many wrong ones claimed by one claimer and by all. */
const WINDOW_MS = 10 * 60_000;
const MOST_OPENED = 5;
const MOST_WRONG = 10;
const MOST_WRONG_IN_ALL = 50;
/** Another open code may be the same one. */
const DRAWS = 5;
const ALL = 'all';

export class Pairing {
  readonly #parts: PairingParts;
  #salt: Promise<string> | null = null;

  constructor(parts: PairingParts) {
    this.#parts = parts;
  }

  /**
   * Opens a code for the phone (E.164) that calls in this session.
   * @throws OffhookError `too-many-codes` where too many were opened for the phone lately.
   */
  async open(session: string, phone: string): Promise<{ code: string; expiresAt: number }> {
    const { store, clock, draw = drawn } = this.#parts;
    const now = clock.now();
    const subject = await this.#subject('phone', phone);
    if (!(await store.pairings.count([{ subject, most: MOST_OPENED }], windowOf(now)))) {
      const problem = `More than ${MOST_OPENED} codes were asked for by one phone within ${WINDOW_MS / 60_000} minutes.`;
      throw new OffhookError('too-many-codes', problem, { status: 429 });
    }
    const expiresAt = now + CODE_MS;
    for (let tries = 0; tries < DRAWS; tries++) {
      const code = draw();
      const hash = await this.#hash(code);
      if (await store.pairings.open(hash, { session, phone, expiresAt }, now)) return { code, expiresAt };
    }
    throw new OffhookError('no-code', 'No code was found that is not open already.');
  }

  /**
   * Pairs the phone that the code was told to. Spaces and hyphens in the code are passed over. Who is waiting on the
   * line learns of it within a second or two, in whichever process.
   * @param claimer whoever claims it, as far as that is known: the address of a request. Their wrong tries are limited.
   * @throws OffhookError `unknown-code` (404) for one that is unknown, used or expired, `too-many-tries` (429), and
   *   `unknown-user` (404) where there is no such person; the code is good again then.
   */
  async claim(code: string, to: PairedTo, claimer: string): Promise<{ device: Device; user: Person }> {
    const { store, people, clock } = this.#parts;
    const digits = code.replace(/[\s-]/g, '');
    // What can be no code guesses none.
    if (!/^\d{6}$/.test(digits)) throw unknownCode();
    const now = clock.now();
    const since = windowOf(now);
    const subjects = [await this.#subject('claimer', claimer), ALL];
    const tallies = [MOST_WRONG, MOST_WRONG_IN_ALL].map((most, index) => ({
      subject: subjects[index]!,
      most,
    }));
    // Counted before it is looked up, so that many at once are as many.
    if (!(await store.pairings.count(tallies, since))) {
      const problem = 'Too many codes were tried that were not open. Try again in ten minutes.';
      throw new OffhookError('too-many-tries', problem, { status: 429 });
    }
    const hash = await this.#hash(digits);
    const pairing = await store.pairings.take(hash, now);
    if (!pairing) throw unknownCode();
    await store.pairings.discount(subjects, since);
    try {
      return await people.pair(pairing.phone, to, now);
    } catch (thrown) {
      await store.pairings.open(hash, pairing, now);
      throw thrown;
    }
  }

  /** A code is short: whoever reads the hash shall not have tried them all within minutes. */
  async #hash(code: string): Promise<string> {
    const salt = await this.#ownSalt();
    return new Promise((resolve, reject) => {
      scrypt(code, salt, 32, (error, key) => (error ? reject(error) : resolve(key.toString('hex'))));
    });
  }

  /** Numbers and addresses are only counted, and need not be read. */
  async #subject(kind: 'phone' | 'claimer', name: string): Promise<string> {
    return createHash('sha256')
      .update(`${await this.#ownSalt()} ${kind} ${name}`)
      .digest('hex');
  }

  #ownSalt(): Promise<string> {
    const salt = this.#salt ?? this.#parts.store.pairings.salt();
    this.#salt = salt;
    // A store that fails is asked again.
    salt.catch(() => (this.#salt = null));
    return salt;
  }
}

const drawn = (): string => String(randomInt(1_000_000)).padStart(6, '0');

const windowOf = (now: number): number => Math.floor(now / WINDOW_MS) * WINDOW_MS;

function unknownCode(): OffhookError {
  return new OffhookError('unknown-code', 'This code is unknown, was used already, or has expired.', {
    status: 404,
  });
}
