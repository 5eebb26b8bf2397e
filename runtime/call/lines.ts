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

export class CallLines {
  readonly #parts: CallLinesParts;
  /** What is under way for a session, in its order. */
  readonly #work = new Map<string, Promise<unknown>>();
  readonly #listeners = new Set<() => void>();

  constructor(parts: CallLinesParts) {
    this.#parts = parts;
  }

  /**
   * Takes a line for a call that is to come, or keeps the one that it has; it is held for so long at least.
   * @throws OffhookError `store-failed`.
   */
  take(session: string, app: AppFacts, accountSid: string | null, withinMs = SIGN_MS): Promise<Hold> {
    const { use, limits } = this.#useOf(app, accountSid);
    return this.#inOrder(session, () => this.#hold(session, use, limits, withinMs));
  }

  /** The line of a call that was let in is this process's own from now on; such a call is never refused. Nothing waits for it. */
  keep(session: string, app: AppFacts, accountSid: string | null, withinMs = SIGN_MS): void {
    const { use } = this.#useOf(app, accountSid);
    this.#tell(session, () => this.#hold(session, use, { app: null, account: null }, withinMs));
  }

  /** There was a sign of the call. */
  extend(session: string): void {
    const { lines, clock, process } = this.#parts;
    this.#tell(session, () => lines.extend(session, process, clock.now() + SIGN_MS));
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

  /** Settles when all that was to be written down is written down. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work.values());
  }

  #hold(session: string, use: LineUse, limits: Limits, withinMs: number): Promise<Hold> {
    const { lines, clock, process } = this.#parts;
    const now = clock.now();
    return lines.hold(session, use, limits, process, now, now + withinMs);
  }

  #free(session: string, process: string | null): void {
    this.#tell(session, async () => {
      if (!(await this.#parts.lines.release(session, process))) return;
      for (const listener of this.#listeners) listener();
    });
  }

  #useOf(app: AppFacts, accountSid: string | null): { use: LineUse; limits: Limits } {
    const { name, maxCalls } = this.#parts.account(app, accountSid);
    return { use: { app: app.id, account: name }, limits: { app: app.limits.calls, account: maxCalls } };
  }

  #tell(session: string, work: () => Promise<unknown>): void {
    this.#inOrder(session, work).catch((thrown: unknown) => this.#failed(thrown));
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
