import type { Kysely } from 'kysely';
import type { Config } from '../config.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { patiently, type Database } from './database.ts';
import {
  changeOf,
  clean,
  entryOf,
  initiationOf,
  initiationRow,
  json,
  parse,
  sessionOf,
  sessionPatch,
  sessionRow,
  toolCallOf,
  turnOf,
  turnsChange,
} from './rows.ts';
import { openSqlite } from './sqlite.ts';
import type {
  Initiation,
  JournalEntry,
  Session,
  SessionDetail,
  SessionListItem,
  SessionQuery,
  SessionStatus,
  StepWrite,
  Store,
  Turn,
} from './store.ts';
import type { Tables } from './tables.ts';
import { WriteQueue } from './write-queue.ts';

/** How long the answer to a request with an idempotency key is kept. */
const KEY_LIFE_MS = 24 * 60 * 60 * 1000;

/**
 * Opens the database and brings its tables up to date.
 * @throws OffhookError `store-failed` where it cannot be reached, read or brought up to date.
 */
export async function openStore(database: Config['database'], log: Log): Promise<Store> {
  try {
    if (database.kind === 'sqlite') return new KyselyStore(await openSqlite(database.path, log));
    const { openPostgres } = await import('./postgres.ts');
    return new KyselyStore(await openPostgres(database.url, log));
  } catch (thrown) {
    if (thrown instanceof OffhookError) throw thrown;
    const where = database.kind === 'sqlite' ? `The database ${database.path}` : 'The PostgreSQL database';
    throw new OffhookError('store-failed', `${where} could not be opened: ${messageOf(thrown)}`, {
      status: 503,
      cause: thrown,
    });
  }
}

class KyselyStore implements Store {
  readonly #database: Database;
  readonly #db: Kysely<Tables>;
  readonly #queue: WriteQueue;
  #closing: Promise<void> | null = null;

  constructor(database: Database) {
    this.#database = database;
    this.#db = database.db;
    this.#queue = new WriteQueue(database);
  }

  async addSession(session: Session): Promise<void> {
    const added = await this.#do('add a session', () =>
      this.#db
        .insertInto('sessions')
        .values(sessionRow(session))
        .onConflict((conflict) => conflict.column('call_sid').doNothing())
        .returning('no')
        .executeTakeFirst(),
    );
    if (!added) {
      throw new OffhookError('duplicate-call', `The call ${session.callSid} already has a session.`, {
        status: 409,
      });
    }
  }

  session(id: string): Promise<Session | null> {
    return this.#sessionWhere('id', id);
  }

  sessionByCall(callSid: string): Promise<Session | null> {
    return this.#sessionWhere('call_sid', callSid);
  }

  async patchSession(id: string, patch: Partial<Omit<Session, 'id' | 'createdAt'>>): Promise<void> {
    const set = sessionPatch(patch);
    if (Object.keys(set).length === 0) return;
    await this.#do('change a session', () =>
      this.#db.updateTable('sessions').set(set).where('id', '=', id).execute(),
    );
  }

  lastEntry(session: string): Promise<JournalEntry | null> {
    return this.#do('read the journal', async () => {
      const row = await this.#db
        .selectFrom('journal')
        .selectAll()
        .where('session', '=', this.#numberOf(session))
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? entryOf(row) : null;
    });
  }

  writeStep(step: StepWrite): Promise<void> {
    return this.#blame('write a step', this.#queue.add(changeOf(step)));
  }

  writeTurns(session: string, turns: readonly Turn[]): Promise<void> {
    return this.#blame('write turns', this.#queue.add(turnsChange(session, turns)));
  }

  async sessionDetail(id: string): Promise<SessionDetail | null> {
    const session = await this.session(id);
    if (!session) return null;
    return this.#do('read a session', async () => {
      const no = this.#numberOf(id);
      const turns = this.#db.selectFrom('turns').selectAll().where('session', '=', no).orderBy('position');
      const toolCalls = this.#db.selectFrom('tool_calls').selectAll().where('session', '=', no);
      const journal = this.#db
        .selectFrom('journal')
        .selectAll()
        .where('session', '=', no)
        .orderBy('sequence');
      return {
        ...session,
        turns: (await turns.execute()).map(turnOf),
        toolCalls: (await toolCalls.orderBy('started_at').orderBy('id').execute()).map(toolCallOf),
        journal: (await journal.execute()).map(entryOf),
      };
    });
  }

  async listSessions(query: SessionQuery): Promise<{ items: SessionListItem[]; next: string | null }> {
    const { app, status, limit, cursor } = query;
    const after = cursor === undefined ? null : readCursor(cursor);
    const rows = await this.#do('list sessions', () => {
      let select = this.#db
        .selectFrom('sessions')
        .selectAll('sessions')
        .select((eb) =>
          eb
            .selectFrom('turns')
            .whereRef('turns.session', '=', 'sessions.no')
            .select((inner) => inner.fn.countAll<number>().as('count'))
            .as('turn_count'),
        );
      if (app !== undefined) select = select.where('app', '=', clean(app));
      if (status !== undefined) select = select.where('status', '=', status);
      if (after) {
        select = select.where((eb) =>
          eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)),
        );
      }
      return select
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
    });
    const items = rows.slice(0, limit).map((row) => ({ ...sessionOf(row), turnCount: row.turn_count ?? 0 }));
    const last = items.at(-1);
    return { items, next: rows.length > limit && last ? writeCursor(last) : null };
  }

  async eraseSession(id: string): Promise<boolean> {
    if (!(await this.session(id))) return false;
    return this.#do('erase a session', async () => {
      // Answers that name it are emptied, not dropped: the request must not place a second call.
      await this.#db
        .updateTable('idempotency_keys')
        .set({ status: 410, answer: 'null' })
        .where('answer', 'like', `%${JSON.stringify(id)}%`)
        .execute();
      const erased = await this.#db
        .deleteFrom('sessions')
        .where('id', '=', id)
        .returning('no')
        .executeTakeFirst();
      return erased !== undefined;
    });
  }

  openSessions(): Promise<Session[]> {
    return this.#do('read the open sessions', async () => {
      const rows = await this.#db
        .selectFrom('sessions')
        .selectAll()
        .where('status', 'in', OPEN_STATUSES)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(sessionOf);
    });
  }

  async addToken(hash: string, session: string, expiresAt: number): Promise<void> {
    await this.#do('keep a token', () =>
      this.#db
        .insertInto('tokens')
        .values({ hash, session: this.#numberOf(session), expires_at: Math.round(expiresAt) })
        .execute(),
    );
  }

  takeToken(hash: string, now: number): Promise<string | null> {
    return this.#do('take a token', async () => {
      // Those that nobody came for go along.
      const taken = await this.#db
        .deleteFrom('tokens')
        .where((eb) => eb.or([eb('hash', '=', hash), eb('expires_at', '<=', Math.round(now))]))
        .returning((eb) => [
          'hash',
          'expires_at',
          eb.selectFrom('sessions').select('id').whereRef('sessions.no', '=', 'tokens.session').as('session'),
        ])
        .execute();
      const token = taken.find((row) => row.hash === hash && row.expires_at > now);
      return token?.session ?? null;
    });
  }

  async addInitiation(initiation: Initiation): Promise<void> {
    await this.#do('add an initiation', () =>
      this.#db
        .insertInto('initiations')
        .values({ ...initiationRow(initiation), session: this.#numberOf(initiation.session) })
        .execute(),
    );
  }

  initiation(id: string): Promise<Initiation | null> {
    return this.#do('read an initiation', async () => {
      const row = await this.#db
        .selectFrom('initiations')
        .innerJoin('sessions', 'sessions.no', 'initiations.session')
        .selectAll('initiations')
        .select('sessions.id as session_id')
        .where('initiations.id', '=', clean(id))
        .executeTakeFirst();
      return row ? initiationOf({ ...row, session: row.session_id }) : null;
    });
  }

  async patchInitiation(
    id: string,
    patch: Partial<Pick<Initiation, 'callSid' | 'status' | 'error'>>,
  ): Promise<void> {
    const { callSid, status, error } = patch;
    const set = {
      ...(callSid !== undefined && { call_sid: callSid }),
      ...(status !== undefined && { status }),
      ...(error !== undefined && { error: error && json(error) }),
    };
    if (Object.keys(set).length === 0) return;
    await this.#do('change an initiation', () =>
      this.#db.updateTable('initiations').set(set).where('id', '=', id).execute(),
    );
  }

  claimKey(
    key: string,
    fingerprint: string,
    now: number,
  ): Promise<{ status: number; body: Value } | 'pending' | null> {
    return this.#do('claim an idempotency key', async () => {
      await this.#db
        .deleteFrom('idempotency_keys')
        .where('created_at', '<=', Math.round(now) - KEY_LIFE_MS)
        .execute();
      const claimed = await this.#db
        .insertInto('idempotency_keys')
        .values({ key, fingerprint, status: null, answer: null, created_at: Math.round(now) })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .returning('key')
        .executeTakeFirst();
      if (claimed) return null;
      const row = await this.#db
        .selectFrom('idempotency_keys')
        .selectAll()
        .where('key', '=', key)
        .executeTakeFirst();
      // Given back between the two statements: whoever asks again will get it.
      if (!row) return 'pending';
      if (row.fingerprint !== fingerprint) {
        throw new OffhookError('idempotency-mismatch', 'This Idempotency-Key was used for another request.', {
          status: 422,
        });
      }
      if (row.status === null || row.answer === null) return 'pending';
      return { status: row.status, body: parse(row.answer) };
    });
  }

  async keepAnswer(key: string, answer: { status: number; body: Value } | null): Promise<void> {
    await this.#do('keep an answer', async () => {
      if (answer) {
        const set = { status: answer.status, answer: json(answer.body) };
        await this.#db.updateTable('idempotency_keys').set(set).where('key', '=', key).execute();
      } else {
        await this.#db.deleteFrom('idempotency_keys').where('key', '=', key).execute();
      }
    });
  }

  async ping(): Promise<void> {
    await this.#do('answer', () => this.#db.selectFrom('sessions').select('no').limit(1).execute());
  }

  close(): Promise<void> {
    this.#closing ??= this.#blame(
      'close',
      this.#queue.emptied().then(() => this.#database.close()),
    );
    return this.#closing;
  }

  #sessionWhere(column: 'id' | 'call_sid', value: string): Promise<Session | null> {
    return this.#do('read a session', async () => {
      const select = this.#db.selectFrom('sessions').selectAll().where(column, '=', clean(value));
      const row = await select.executeTakeFirst();
      return row ? sessionOf(row) : null;
    });
  }

  #numberOf(session: string) {
    return this.#db.selectFrom('sessions').select('no').where('id', '=', clean(session));
  }

  #do<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.#blame(what, patiently(this.#database.isBusy, work));
  }

  async #blame<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      if (thrown instanceof OffhookError) throw thrown;
      const problem = `The store could not ${what}: ${messageOf(thrown)}`;
      throw new OffhookError('store-failed', problem, { status: 503, cause: thrown });
    }
  }
}

const OPEN_STATUSES: readonly SessionStatus[] = ['queued', 'ringing', 'in-progress'];
