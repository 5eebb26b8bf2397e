import { CompiledQuery, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Pool, types } from 'pg';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { codeOf, type Database } from './database.ts';
import type { MemoryChange } from './memory-rows.ts';
import { migrate, migrationsFor } from './migrations/migrate.ts';
import type { Change } from './rows.ts';
import type { Tables } from './tables.ts';

const CONNECTION = { application_name: 'offhook', connectionTimeoutMillis: 5_000 };

/** Connects and brings the tables up to date. */
export async function openPostgres(url: string, log: Log): Promise<Database> {
  // Over connections of their own: to change a large table takes as long as it takes, and others wait for that.
  const migrating = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new Pool({ ...CONNECTION, connectionString: url, max: 2 }) }),
  });
  try {
    await reach(migrating);
    await migrate(migrating, migrationsFor('postgres'));
  } finally {
    await migrating.destroy();
  }
  const pool = new Pool({
    ...CONNECTION,
    connectionString: url,
    max: 10,
    statement_timeout: 10_000,
    query_timeout: 15_000,
    types: {
      // Counts and milliseconds: far below what a number holds exactly.
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format),
    },
  });
  // A connection that breaks while nobody uses it would otherwise end the process.
  pool.on('error', (error) => log.warn({ problem: messageOf(error) }, 'a connection to the database broke'));
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool,
      // It takes a second where it thinks that a statement of a millisecond would take long.
      async onCreateConnection(connection) {
        await connection.executeQuery(CompiledQuery.raw('set jit = off'));
      },
    }),
  });
  // One that was never asked anything would not be closed either.
  await sql`select 1`.execute(db);
  return new Postgres(db);
}

/** @throws OffhookError `store-failed` where nobody answers, or lets nobody in. */
async function reach(db: Kysely<Tables>): Promise<void> {
  try {
    await sql`select 1`.execute(db);
  } catch (cause) {
    // Where a name has several addresses, each has its own reason.
    const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
    const message = `The PostgreSQL database could not be reached: ${messageOf(first)}`;
    throw new OffhookError('store-failed', message, { status: 503, cause });
  }
}

class Postgres implements Database {
  readonly db: Kysely<Tables>;
  readonly isBusy = isBusy;
  readonly isRefusal = isRefusal;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  commit(changes: readonly Change[]): Promise<void> {
    return this.transaction((transaction) => write(transaction, changes));
  }

  transaction<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.db.transaction().execute(work);
  }

  alone<T>(names: readonly string[], work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    if (names.length === 0) return work(this.db);
    return this.db.transaction().execute(async (transaction) => {
      const locks = names.map((name) => sql`pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
      await sql`select ${sql.join(locks)}`.execute(transaction);
      // A statement of its own: it sees what was done before the lock was given.
      return work(transaction);
    });
  }

  together(statements: readonly CompiledQuery[]): Promise<boolean> {
    return this.db.transaction().execute(async (transaction) => {
      for (const [index, statement] of statements.entries()) {
        const { numAffectedRows = 0n } = await transaction.executeQuery(statement);
        if (index === 0 && numAffectedRows === 0n) return false;
      }
      return true;
    });
  }

  close(): Promise<void> {
    return this.db.destroy();
  }
}

/** Serialization failure and deadlock. */
function isBusy(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error));
}

/** Classes 22, data exception, and 23, integrity constraint violation. */
function isRefusal(error: unknown): boolean {
  return /^2[23]...$/.test(codeOf(error));
}

/** A statement for each table, however many changes there are. */
async function write(transaction: Transaction<Tables>, changes: readonly Change[]): Promise<void> {
  const numberOf = (id: string) => transaction.selectFrom('sessions').select('no').where('id', '=', id);

  const entries = changes.flatMap(({ session, entry }) =>
    entry ? [{ ...entry, session: numberOf(session) }] : [],
  );
  if (entries.length > 0) await transaction.insertInto('journal').values(entries).execute();

  // PostgreSQL refuses a statement that replaces the row it has just put there, so only the last one is sent.
  const turns = new Map(
    changes.flatMap(({ session, turns: rows }) =>
      rows.map((row) => [`${session} ${row.position}`, { ...row, session: numberOf(session) }]),
    ),
  );
  if (turns.size > 0) {
    await transaction
      .insertInto('turns')
      .values([...turns.values()])
      .onConflict((conflict) =>
        conflict.columns(['session', 'position']).doUpdateSet((eb) => ({
          role: eb.ref('excluded.role'),
          words: eb.ref('excluded.words'),
          state: eb.ref('excluded.state'),
          started_at: eb.ref('excluded.started_at'),
          interrupted: eb.ref('excluded.interrupted'),
          heard: eb.ref('excluded.heard'),
          latency_ms: eb.ref('excluded.latency_ms'),
          timings: eb.ref('excluded.timings'),
          usage: eb.ref('excluded.usage'),
        })),
      )
      .execute();
  }

  const toolCalls = new Map(
    changes.flatMap(({ session, toolCalls: rows }) =>
      rows.map((row) => [`${session} ${row.id}`, { ...row, session: numberOf(session) }]),
    ),
  );
  if (toolCalls.size > 0) {
    await transaction
      .insertInto('tool_calls')
      .values([...toolCalls.values()])
      .onConflict((conflict) =>
        conflict.columns(['session', 'id']).doUpdateSet((eb) => ({
          name: eb.ref('excluded.name'),
          input: eb.ref('excluded.input'),
          output: eb.ref('excluded.output'),
          error: eb.ref('excluded.error'),
          started_at: eb.ref('excluded.started_at'),
          duration_ms: eb.ref('excluded.duration_ms'),
        })),
      )
      .execute();
  }

  for (const { session, memories } of changes) {
    for (const memory of memories) await remember(transaction, session, memory);
  }

  for (const { session, patch } of changes) {
    if (patch && Object.keys(patch).length > 0) {
      await transaction.updateTable('sessions').set(patch).where('id', '=', session).execute();
    }
  }
}

async function remember(
  transaction: Transaction<Tables>,
  session: string,
  { at, name, value, expires_at }: MemoryChange,
): Promise<void> {
  await transaction.deleteFrom('memories').where('expires_at', '<=', at).execute();
  // Whoever makes the session somebody else's at this moment goes first, or waits.
  const of = await transaction
    .selectFrom('sessions')
    .select(['no', 'user_id'])
    .where('id', '=', session)
    .forShare()
    .executeTakeFirst();
  if (!of || of.user_id === null) return;
  await transaction
    .insertInto('memories')
    .columns(['user_id', 'name', 'value', 'expires_at', 'session'])
    .expression((eb) =>
      eb
        .selectFrom('users')
        .select([
          'id',
          sql<string>`${name}::text`.as('name'),
          sql<string>`${value}::text`.as('value'),
          sql<number | null>`${expires_at}::bigint`.as('expires_at'),
          sql<number>`${of.no}::bigint`.as('session'),
        ])
        .where('id', '=', of.user_id),
    )
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'name']).doUpdateSet((eb) => ({
        value: eb.ref('excluded.value'),
        expires_at: eb.ref('excluded.expires_at'),
        session: eb.ref('excluded.session'),
      })),
    )
    .execute();
}
