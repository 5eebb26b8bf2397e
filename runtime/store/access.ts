import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import { OffhookError, messageOf } from '../errors.ts';
import { codeOf, patiently, type Database } from './database.ts';
import { clean } from './plain.ts';
import type { Tables } from './tables.ts';

/** How the parts of the store reach the database. */
export interface Access {
  db: Kysely<Tables>;
  /** A session's own number, by its id, to stand in a query. */
  numberOf(session: string): ReturnType<typeof numberIn>;
  /** Does it, again while somebody else is in the way. `what` says in an error what could not be done. */
  attempt<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** As `Database.alone`. */
  alone: Database['alone'];
  /** As `attempt`, all of it or nothing. It may be done more than once before it is good. */
  transact<T>(what: string, work: (db: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * As `attempt`, for statements that are carried out in their order, all or none. The first is the condition: where it
   * changes nothing, none is, and the answer is false.
   */
  together(what: string, statements: readonly CompiledQuery[]): Promise<boolean>;
  /** Something has failed since it was last seen that the database can be written to. */
  suspect: boolean;
  /** True where a failure was the fault of what was written: a row that may not stand beside another. */
  isRefusal(error: unknown): boolean;
}

export function accessTo(database: Database): Access {
  const { db, isBusy } = database;
  const isRefusal: Access['isRefusal'] = (error) =>
    database.isRefusal(error instanceof OffhookError ? error.cause : error);
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await blame(what, patiently(isBusy, work));
    } catch (thrown) {
      if (codeOf(thrown) === 'store-failed' && !isRefusal(thrown)) access.suspect = true;
      throw thrown;
    }
  };
  const access: Access = {
    db,
    suspect: false,
    alone: (names, work) => database.alone(names, work),
    numberOf: (session) => numberIn(db, session),
    attempt,
    transact: (what, work) => attempt(what, () => database.transaction(work)),
    together: (what, statements) => attempt(what, () => database.together(statements)),
    isRefusal,
  };
  return access;
}

function numberIn(db: Kysely<Tables>, session: string) {
  return db.selectFrom('sessions').select('no').where('id', '=', clean(session));
}

/** A failure becomes `store-failed`, saying what could not be done. */
export async function blame<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof OffhookError) throw thrown;
    const problem = `The store could not ${what}: ${messageOf(thrown)}`;
    throw new OffhookError('store-failed', problem, { status: 503, cause: thrown });
  }
}
