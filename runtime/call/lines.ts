/** The lines of the calls that this process knows of, held in the store, where all processes see them. */
import type { Clock } from '../clock.ts';
import type { AppFacts } from '../dialogue/program.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Hold, Lines, LineUse } from '../store/lines.ts';

/** An account of the phone network, as far as its lines go. */
export interface LineAccount {
  name: string;
  /** How many calls of all its apps may run at the same time; null: any number. */
  maxCalls: number | null;
}

export interface CallLinesParts {
  lines: Lines;
  clock: Clock;
  log: Log;
  /** This process, as it tells others that it lives. */
  process: string;
  /** The account that carries a call of the app; `sid`: as the network names it, null where the app decides. */
  account(app: AppFacts, sid: string | null): LineAccount;
}

/** So long after the last sign of a call its line is held, whatever became of the process: its caller may come back. */
const SIGN_MS = 90_000;

/** Where a line could not be freed, it is tried again after a second, and then after twice as long each time. */
const AGAIN_MS = 1_000;
const AGAIN_AT_MOST_MS = 60_000;

/** No process: what it holds, nothing but an end or the time frees. */
const NOBODY = 'nobody';

/** A line that is to be freed, until it is. */
interface Freeing {
  /** Who has to hold it; null: whoever does. */
  process: string | null;
  pauseMs: number;
  /** Ends the wait for the next try. */
  stop(): void;
}

export class CallLines {
  readonly #parts: CallLinesParts;
  /** What is under way for a session, in its order. */
  readonly #work = new Map<string, Promise<unknown>>();
  readonly #listeners = new Set<() => void>();
  /** By session. */
  readonly #freeing = new Map<string, Freeing>();
  #closed = false;

  constructor(parts: CallLinesParts) {
    this.#parts = parts;
  }

  /**
   * Takes a line for a call that is to come, or keeps the one that it has; it is held for so long at least.
   * @throws OffhookError `store-failed`.
   */
  take(session: string, app: AppFacts, accountSid: string | null, withinMs = SIGN_MS): Promise<Hold> {
    const { use, limits } = this.#useOf(app, accountSid);
    return this.#ask(session, { use, limits, process: this.#parts.process, withinMs });
  }

  /** As `take`, for a call that no process carries: its end alone, or so much time, frees the line. */
  lend(session: string, app: AppFacts, accountSid: string | null, withinMs: number): Promise<Hold> {
    const { use, limits } = this.#useOf(app, accountSid);
    return this.#ask(session, { use, limits, process: NOBODY, withinMs });
  }

  /** The line of a call that was let in is this process's own from now on; such a call is never refused. Nothing waits for it. */
  keep(session: string, app: AppFacts, accountSid: string | null, withinMs = SIGN_MS): void {
    const { use } = this.#useOf(app, accountSid);
    const limits = { app: null, account: null };
    this.#tell(this.#hold(session, { use, limits, process: this.#parts.process, withinMs }));
  }

  /** There was a sign of the call. */
  extend(session: string): void {
    const { lines, clock, process } = this.#parts;
    this.#tell(this.#inOrder(session, () => lines.extend(session, process, clock.now() + SIGN_MS)));
  }

  /** The call does not hold a line here any more; one that another process has taken over keeps it. */
  release(session: string): void {
    this.#free(session, this.#parts.process);
  }

  /** The call is over, whoever held it. */
  over(session: string): void {
    this.#free(session, null);
  }

  /** Is told whenever this process has freed a line. The answer stops it. */
  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Settles when what is under way is done. What could not be freed is not tried again: it is free when nothing is heard of
   * this process any more.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { stop } of this.#freeing.values()) stop();
    while (this.#work.size > 0) await Promise.all(this.#work.values());
  }

  async #ask(session: string, wanted: Wanted): Promise<Hold> {
    try {
      return await this.#hold(session, wanted);
    } catch (thrown) {
      // It may be held all the same, and whoever has asked does not count on it.
      this.#free(session, wanted.process);
      throw thrown;
    }
  }

  #hold(session: string, { use, limits, process, withinMs }: Wanted): Promise<Hold> {
    // It is wanted again: what was to be freed is not.
    this.#freeing.get(session)?.stop();
    this.#freeing.delete(session);
    return this.#inOrder(session, () => {
      const { lines, clock } = this.#parts;
      const now = clock.now();
      return lines.hold(session, use, limits, process, now, now + withinMs);
    });
  }

  #free(session: string, process: string | null): void {
    const before = this.#freeing.get(session);
    before?.stop();
    // A call that is over is over, whatever is said of it later.
    const freeing = { process: before?.process === null ? null : process, pauseMs: AGAIN_MS, stop() {} };
    this.#freeing.set(session, freeing);
    this.#try(session, freeing);
  }

  #try(session: string, freeing: Freeing): void {
    const { lines, clock } = this.#parts;
    this.#inOrder(session, () => lines.release(session, freeing.process)).then(
      (freed) => {
        if (this.#freeing.get(session) === freeing) this.#freeing.delete(session);
        if (freed) for (const listener of this.#listeners) listener();
      },
      (thrown: unknown) => {
        this.#failed(thrown);
        if (this.#closed || this.#freeing.get(session) !== freeing) return;
        freeing.stop = clock.after(freeing.pauseMs, () => this.#try(session, freeing));
        freeing.pauseMs = Math.min(freeing.pauseMs * 2, AGAIN_AT_MOST_MS);
      },
    );
  }

  #useOf(app: AppFacts, accountSid: string | null): { use: LineUse; limits: Limits } {
    const { name, maxCalls } = this.#parts.account(app, accountSid);
    return { use: { app: app.id, account: name }, limits: { app: app.limits.calls, account: maxCalls } };
  }

  /** Nothing waits for it. */
  #tell(work: Promise<unknown>): void {
    work.catch((thrown: unknown) => this.#failed(thrown));
  }

  /** What is done for one session is done in the order in which it was asked for. */
  #inOrder<T>(session: string, work: () => Promise<T>): Promise<T> {
    const before = this.#work.get(session) ?? Promise.resolve();
    const done = before.then(work, work);
    const settled = done
      .catch(() => undefined)
      .finally(() => {
        if (this.#work.get(session) === settled) this.#work.delete(session);
      });
    this.#work.set(session, settled);
    return done;
  }

  #failed(thrown: unknown): void {
    this.#parts.log.warn(
      { problem: messageOf(thrown) },
      'the lines that calls hold could not be written down',
    );
  }
}

interface Limits {
  app: number | null;
  account: number | null;
}

interface Wanted {
  use: LineUse;
  limits: Limits;
  process: string;
  withinMs: number;
}
