import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type Transaction,
} from 'kysely';
import Libsql from 'libsql';
import LibsqlAside from 'libsql/promise';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { codeOf, patiently, type Database } from './database.ts';
import type { MemoryChange } from './memory-rows.ts';
import { migrate, migrationsFor } from './migrations/migrate.ts';
import type { Change } from './rows.ts';
import { NUMBER_OF, preparedMemories } from './sqlite-memories.ts';
import type { Tables } from './tables.ts';

/** Waiting for a lock stops the whole process, so it is short; who waits longer does so in `patiently`. */
const BUSY_MS = 20;
/** Steps between two checkpoints: some 20 MB of log. */
const CHECKPOINT_EVERY = 2_000;
/** Pages of log (160 MB) at which SQLite itself steps in, should checkpoints fail. */
const LAST_RESORT_PAGES = 40_000;

const SETTINGS = [
  'journal_mode = wal',
  'synchronous = normal',
  'foreign_keys = on',
  // What is erased or masked leaves the file too.
  'secure_delete = on',
  `wal_autocheckpoint = ${LAST_RESORT_PAGES}`,
];

/** As kysely spells it too. */
const COMMIT = 'commit';
const BEGIN = 'begin immediate';

type Scalar = string | number | null;

/**
 * Opens the file, makes its folder where there is none, and brings its tables up to date. `:memory:` is a
 * database that goes with the process.
 */
export async function openSqlite(path: string, log: Log): Promise<Database> {
  if (path !== ':memory:') makeFolder(resolve(dirname(path)));
  // Another process may be doing the same at this moment: a connection that met its lock halfway is of no more use.
  return patiently(isBusy, async () => {
    const connection = new Libsql(path);
    try {
      connection.pragma(`busy_timeout = ${BUSY_MS}`);
      const db = new Kysely<Tables>({ dialect: new Dialect({ database: lockFirst(connection) }) });
      for (const setting of SETTINGS) connection.pragma(setting);
      await migrate(db, migrationsFor('sqlite'));
      return new Sqlite(connection, db, path === ':memory:' ? null : path, log);
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
  });
}

/** One folder after the other: Node's own `recursive` tries for ever where nothing can be made, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (thrown) {
    // Another process has been quicker.
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof OffhookError ? error.cause : error;
  return codeOf(cause).startsWith('SQLITE_BUSY');
}

function isRefusal(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_CONSTRAINT');
}

/**
 * Takes the lock before anything is written. A statement that meets somebody else's lock halfway is left open by
 * libsql until it is collected, and holds up whatever this connection writes next; `begin`, which is one statement
 * run again and again, is not.
 */
function lockFirst(connection: Libsql.Database): SqliteDatabase {
  const begin = connection.prepare(BEGIN);
  const commit = connection.prepare(COMMIT);
  const locked = <T>(work: () => T): T => {
    if (connection.inTransaction) return work();
    begin.run([]);
    try {
      const result = work();
      commit.run([]);
      return result;
    } catch (thrown) {
      if (connection.inTransaction) connection.exec('rollback');
      throw thrown;
    }
  };
  return {
    close: () => connection.close(),
    prepare(sql) {
      // A `begin` that is prepared anew would be left open where it is refused, and no commit would go through any more.
      if (sql === BEGIN) return begin;
      if (sql === COMMIT) return commit;
      const statement = connection.prepare(sql);
      if (!/^(insert|update|delete)\b/i.test(sql)) return statement;
      return {
        reader: statement.reader,
        all: (values) => locked(() => statement.all(values)),
        run: (values) => locked(() => statement.run(values)),
        iterate: (values) => statement.iterate(values),
      };
    },
  };
}

/** As kysely's own, but what a failed migration did to the tables is undone with the rest of it. */
class Dialect extends SqliteDialect {
  readonly #config: { database: SqliteDatabase };

  constructor(config: { database: SqliteDatabase }) {
    super(config);
    this.#config = config;
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }

  override createDriver(): SqliteDriver {
    return new EagerDriver(this.#config);
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Takes the lock for writing at once: a transaction that asks for it halfway is refused without waiting. */
class EagerDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(BEGIN));
  }

  /** A full disk has undone the transaction already: what went wrong then is not that there is none. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (thrown) {
      if (!messageOf(thrown).includes('no transaction is active')) throw thrown;
    }
  }
}

/**
 * One connection for everything. Each statement, and each commit of steps, runs to its end without giving way,
 * so that none can fall into another's transaction.
 */
class Sqlite implements Database {
  readonly db: Kysely<Tables>;
  readonly isBusy = isBusy;
  readonly isRefusal = isRefusal;
  readonly #connection: Libsql.Database;
  readonly #path: string | null;
  readonly #log: Log;
  readonly #begin: Libsql.Statement;
  readonly #commit: Libsql.Statement;
  readonly #addEntry: Libsql.Statement;
  readonly #putTurn: Libsql.Statement;
  readonly #putToolCall: Libsql.Statement;
  readonly #remember: (memory: MemoryChange, session: string) => void;
  readonly #patches = new Map<string, Libsql.Statement>();
  #sinceCheckpoint = 0;
  #checkpoint: Promise<void> = Promise.resolve();
  /** What commits have to wait for: a checkpoint, transactions that go on. Each settles without failing. */
  readonly #gates = new Set<Promise<void>>();

  constructor(connection: Libsql.Database, db: Kysely<Tables>, path: string | null, log: Log) {
    this.#connection = connection;
    this.db = db;
    this.#path = path;
    this.#log = log;
    this.#begin = connection.prepare('begin immediate');
    this.#commit = connection.prepare('commit');
    this.#addEntry = connection.prepare(
      `insert into journal (session, sequence, at, event, state, effects) values (${NUMBER_OF}, ?, ?, ?, ?, ?)`,
    );
    this.#putTurn = connection.prepare(
      `insert into turns (session, position, role, words, state, started_at, interrupted, heard, latency_ms, timings, usage)
       values (${NUMBER_OF}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (session, position) do update set role = excluded.role, words = excluded.words,
         state = excluded.state, started_at = excluded.started_at, interrupted = excluded.interrupted,
         heard = excluded.heard, latency_ms = excluded.latency_ms,
         timings = excluded.timings, usage = excluded.usage`,
    );
    this.#putToolCall = connection.prepare(
      `insert into tool_calls (session, id, name, input, output, error, started_at, duration_ms)
       values (${NUMBER_OF}, ?, ?, ?, ?, ?, ?, ?)
       on conflict (session, id) do update set name = excluded.name, input = excluded.input,
         output = excluded.output, error = excluded.error, started_at = excluded.started_at,
         duration_ms = excluded.duration_ms`,
    );
    this.#remember = preparedMemories(connection);
  }

  async commit(changes: readonly Change[]): Promise<void> {
    while (this.#gates.size > 0) await Promise.all(this.#gates);
    // A statement of a closed connection would bring the process down.
    if (!this.#connection.open) throw new Error('the database is closed');
    this.#begin.run([]);
    try {
      for (const change of changes) this.#write(change);
      this.#commit.run([]);
    } catch (thrown) {
      // Some errors have undone the transaction already.
      if (this.#connection.inTransaction) this.#connection.exec('rollback');
      throw thrown;
    }
    this.#sinceCheckpoint += changes.length;
    if (this.#sinceCheckpoint >= CHECKPOINT_EVERY && this.#path !== null) {
      this.#sinceCheckpoint = 0;
      this.#checkpoint = this.#checkpoint.then(() => this.#copyLog(this.#path!));
    }
  }

  /** Every statement that writes has the whole database to itself. */
  alone<T>(_names: readonly string[], work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return work(this.db);
  }

  /** Steps are committed on the same connection without kysely's knowing, so that they wait meanwhile. */
  async transaction<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    const done = this.db.transaction().execute(work);
    await this.#behindGate(done);
    return done;
  }

  async together(statements: readonly CompiledQuery[]): Promise<boolean> {
    while (this.#gates.size > 0) await Promise.all(this.#gates);
    if (!this.#connection.open) throw new Error('the database is closed');
    this.#begin.run([]);
    try {
      let condition = true;
      for (const [index, { sql, parameters }] of statements.entries()) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tables hold nothing else
        const { changes } = this.#connection.prepare(sql).run(parameters as Scalar[]);
        condition = index > 0 || changes > 0;
        if (!condition) break;
      }
      this.#commit.run([]);
      return condition;
    } catch (thrown) {
      if (this.#connection.inTransaction) this.#connection.exec('rollback');
      throw thrown;
    }
  }

  async close(): Promise<void> {
    await this.#checkpoint;
    // Statements that are still to be collected keep the file open a while, and the log with it.
    this.#connection.pragma('wal_checkpoint(truncate)');
    await this.db.destroy();
  }

  #write({ session, entry, turns, toolCalls, memories, patch }: Change): void {
    if (entry) {
      run(this.#addEntry, [session, entry.sequence, entry.at, entry.event, entry.state, entry.effects]);
    }
    for (const turn of turns) {
      run(this.#putTurn, [
        session,
        turn.position,
        turn.role,
        turn.words,
        turn.state,
        turn.started_at,
        turn.interrupted,
        turn.heard,
        turn.latency_ms,
        turn.timings,
        turn.usage,
      ]);
    }
    for (const call of toolCalls) {
      run(this.#putToolCall, [
        session,
        call.id,
        call.name,
        call.input,
        call.output,
        call.error,
        call.started_at,
        call.duration_ms,
      ]);
    }
    for (const memory of memories) this.#remember(memory, session);
    if (patch && Object.keys(patch).length > 0) {
      run(this.#patching(Object.keys(patch)), [...Object.values(patch), session]);
    }
  }

  #patching(columns: readonly string[]): Libsql.Statement {
    const set = columns.map((column) => `${column} = ?`).join(', ');
    const statement =
      this.#patches.get(set) ?? this.#connection.prepare(`update sessions set ${set} where id = ?`);
    this.#patches.set(set, statement);
    return statement;
  }

  /** Settles with `work`, until when nothing is committed. */
  async #behindGate(work: Promise<unknown>): Promise<void> {
    const gate = work.then(
      () => undefined,
      () => undefined,
    );
    this.#gates.add(gate);
    await gate;
    this.#gates.delete(gate);
  }

  /**
   * Copies the log into the database on a thread of libsql's own: syncing to the disk takes tens of
   * milliseconds, in which no audio would move. The first pass copies nearly all while calls go on being
   * written; the second, the little that came meanwhile, with the writing held, so that the log can start over.
   */
  async #copyLog(path: string): Promise<void> {
    try {
      const aside = new LibsqlAside(path, {});
      try {
        await aside.exec(`pragma busy_timeout = ${BUSY_MS}`);
        await aside.exec('pragma wal_checkpoint(passive)');
        const second: Promise<void> = aside.exec('pragma wal_checkpoint(passive)');
        await this.#behindGate(second);
        await second;
      } finally {
        aside.close();
      }
    } catch (thrown) {
      this.#log.warn({ problem: messageOf(thrown) }, 'the log of the database could not be copied');
    }
  }
}

/** Anything but these three kinds of value would bring libsql down, and the process with it. */
function run(statement: Libsql.Statement, values: Scalar[]): void {
  statement.run(values);
}
