import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import type { Change } from './rows.ts';
import type { Tables } from './tables.ts';

/** A database behind the store: kysely for everything but the steps of calls, which have a way of their own. */
export interface Database {
  readonly db: Kysely<Tables>;
  /** Writes all the changes, in their order, or none. Never called again before it has settled. */
  commit(changes: readonly Change[]): Promise<void>;
  /**
   * Does the one statement of `work` while nobody else, in whatever process, does one under any of these names. Who
   * gives several names always gives them in the same order.
   */
  alone<T>(names: readonly string[], work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Does all that `work` does or nothing of it, with no other write of this store in between. */
  transaction<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Carries the statements out in their order, all or none; where the first changes nothing, none, and gives false. */
  together(statements: readonly CompiledQuery[]): Promise<boolean>;
  /** True where the error was the fault of what was written, not of the database. */
  readonly isRefusal: (error: unknown) => boolean;
  /** True where somebody else was in the way, so that the same may well succeed in a moment. */
  readonly isBusy: (error: unknown) => boolean;
  close(): Promise<void>;
}

const PATIENCE_MS = 5_000;

/** Tries again while somebody else is in the way, for five seconds at most. */
export async function patiently<T>(isBusy: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() > until) throw thrown;
      // Of unequal length, so that two who wait for each other do not go on doing so.
      await pause(5 + Math.random() * 20);
    }
  }
}

/** The code a database driver put on its error, such as `23505` or `SQLITE_BUSY`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
