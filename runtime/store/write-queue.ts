import { OffhookError } from '../errors.ts';
import { patiently, type Database } from './database.ts';
import type { Change } from './rows.ts';

/** While many calls are busy there is one commit each so many milliseconds: several steps pay for it, and nobody hears it. */
const EVERY_MS = 10;
/** A change that comes alone waits for the audio that comes with it: a commit holds up what moves behind it. */
const ALONE_MS = 3;
/** What nobody waits for goes with what somebody waits for, or after so long. */
const UNHURRIED_MS = 100;
/** A commit of more would hold up the audio of all calls for longer than a millisecond or two. */
const MOST_AT_ONCE = 24;
const MOST_WAITING = 10_000;

interface Waiting {
  change: Change;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/**
 * The steps of all calls on their way to the disk. Those that come close together share one transaction,
 * because a commit costs more than what is committed; each still settles only when its own commit is done.
 * They are written in the order in which they came, and one that is refused takes no other with it.
 */
export class WriteQueue {
  readonly #database: Pick<Database, 'commit' | 'isRefusal' | 'isBusy'>;
  readonly #waiting: Waiting[] = [];
  readonly #emptied: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** When the timer goes off. */
  #due = Infinity;
  #writing = false;
  #lastAt = -Infinity;

  constructor(database: Pick<Database, 'commit' | 'isRefusal' | 'isBusy'>) {
    this.#database = database;
  }

  /** `unhurried`: nobody waits for it. */
  add(change: Change, { unhurried = false }: { unhurried?: boolean | undefined } = {}): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) {
      const problem = `The store is ${MOST_WAITING} steps behind.`;
      return Promise.reject(new OffhookError('store-failed', problem, { status: 503 }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
      this.#plan(unhurried ? UNHURRIED_MS : ALONE_MS);
    });
  }

  /** Settles when all that was added is written or refused. */
  emptied(): Promise<void> {
    if (this.#waiting.length === 0 && !this.#writing) return Promise.resolve();
    this.#plan(0);
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  #plan(withinMs: number): void {
    if (this.#writing || this.#waiting.length === 0) return;
    const now = performance.now();
    const full = this.#waiting.length >= MOST_AT_ONCE;
    const due = full ? now : Math.max(now + withinMs, this.#lastAt + EVERY_MS);
    if (due >= this.#due) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.#write(), due - now);
  }

  async #write(): Promise<void> {
    this.#timer = null;
    this.#due = Infinity;
    this.#writing = true;
    this.#lastAt = performance.now();
    await this.#settle(this.#waiting.splice(0, MOST_AT_ONCE));
    this.#writing = false;
    this.#plan(ALONE_MS);
    if (!this.#timer) for (const resolve of this.#emptied.splice(0)) resolve();
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const changes = batch.map((one) => one.change);
      await patiently(this.#database.isBusy, () => this.#database.commit(changes));
      for (const one of batch) one.resolve();
    } catch (thrown) {
      if (batch.length > 1 && this.#database.isRefusal(thrown)) {
        for (const one of batch) await this.#settle([one]);
      } else {
        for (const one of batch) one.reject(thrown);
      }
    }
  }
}
