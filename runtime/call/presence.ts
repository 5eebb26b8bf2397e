import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

type Held = Pick<Store, 'beat' | 'leave' | 'holdSession' | 'holder'>;

/** A process that has not said so for so long is dead. */
const ALIVE_MS = 30_000;
const BEAT_MS = 10_000;

/** Tells other processes on the same store that this one lives, and which calls it holds. */
export class Presence {
  readonly #store: Held;
  readonly #clock: Clock;
  readonly #log: Log;
  /** What this process is called. */
  readonly process = randomUUID();
  #cancel: (() => void) | null = null;
  #closed = false;

  constructor({ store, clock, log }: { store: Held; clock: Clock; log: Log }) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * The call is this process's own from now on. Nothing waits for it: where it cannot be written, the journal of the
   * call tells others that it goes on.
   */
  hold(session: string): void {
    if (this.#cancel === null) this.#beat();
    this.#tell(this.#store.holdSession(session, this.process));
  }

  /** Until when another process that holds the call is known to live; null: none is known to, or this one does. */
  async heldElsewhere(session: string): Promise<number | null> {
    const holder = await this.#store.holder(session);
    return holder === null || holder.process === this.process ? null : holder.aliveUntil;
  }

  /** Whatever it still holds may be taken up by others, who go by the journal of a call then. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    if (this.#cancel === null) return;
    await this.#store.leave(this.process).catch((thrown: unknown) => this.#failed(thrown));
  }

  #beat(): void {
    if (this.#closed) return;
    this.#tell(this.#store.beat(this.process, this.#clock.now() + ALIVE_MS));
    this.#cancel = this.#clock.after(BEAT_MS, () => this.#beat());
  }

  #tell(written: Promise<void>): void {
    written.catch((thrown: unknown) => this.#failed(thrown));
  }

  #failed(thrown: unknown): void {
    this.#log.warn({ problem: messageOf(thrown) }, 'other processes could not be told how this one is');
  }
}
