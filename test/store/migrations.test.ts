import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, PostgresDialect, SqliteDialect, sql, type Migration, type SqliteDatabase } from 'kysely';
import Libsql from 'libsql';
import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { migrate, migrationsFor } from '../../runtime/store/migrations/migrate.ts';
import { openPostgres } from '../../runtime/store/postgres.ts';
import { openSqlite } from '../../runtime/store/sqlite.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Database } from '../../runtime/store/database.ts';
import { PLACES, type Place } from './places.ts';

const good: Migration = {
  up: (db: Kysely<unknown>) => db.schema.createTable('good').addColumn('a', 'integer').execute(),
};
/** Makes a table, changes another, and then cannot go on. */
const bad: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('half').addColumn('a', 'integer').execute();
    await db.schema.alterTable('sessions').addColumn('half', 'text').execute();
    await db.schema.createTable('half').addColumn('a', 'integer').execute();
  },
};

/** A database as an older version left it. */
async function openBefore(
  where: Place['database'],
  migrations: Record<string, Migration>,
): Promise<Kysely<unknown>> {
  if (where.kind === 'sqlite') mkdirSync(dirname(where.path), { recursive: true });
  const dialect =
    where.kind === 'sqlite'
      ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- libsql speaks better-sqlite3's interface
        new SqliteDialect({ database: new Libsql(where.path) as unknown as SqliteDatabase })
      : new PostgresDialect({ pool: new Pool({ connectionString: where.url }) });
  const db = new Kysely<unknown>({ dialect });
  await migrate(db, migrations);
  return db;
}

test('a PostgreSQL database that refuses the connection cannot be reached, and is said to be so', async () => {
  const nobody = { kind: 'postgres', url: 'postgres://localhost:1/offhook' } as const;
  await expect(openStore(nobody, silentLog)).rejects.toMatchObject({
    code: 'store-failed',
    message: expect.stringMatching(
      /^The PostgreSQL database could not be reached: connect ECONNREFUSED \S+:1$/,
    ) as unknown,
  });
});

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`migrations on ${name}`, () => {
    let place: Place;
    let database: Database;
    const opened: Database[] = [];

    async function open(): Promise<Database> {
      const where = place.database;
      const one =
        where.kind === 'sqlite'
          ? await openSqlite(where.path, silentLog)
          : await openPostgres(where.url, silentLog);
      opened.push(one);
      return one;
    }

    beforeEach(async () => {
      place = await make();
      database = await open();
    });

    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await place.drop();
    });

    test('from empty make every table, and a second time nothing', async () => {
      const first = await place.dump();
      expect(Object.keys(first).filter((table) => !/^(kysely|sqlite)_/.test(table))).toEqual([
        'batches',
        'browser_phones',
        'devices',
        'exchanges',
        'idempotency_keys',
        'initiations',
        'journal',
        'lines',
        'memories',
        'numbers',
        'paces',
        'pairing_salt',
        'pairing_tries',
        'pairings',
        'processes',
        'recordings',
        'sessions',
        'tokens',
        'tool_calls',
        'turns',
        'users',
      ]);
      expect(first['kysely_migration']?.map((row) => row['name'])).toEqual([
        '001-sessions',
        '002-doors',
        '003-memories',
        '004-schedule',
        '005-crews',
        '006-exchanges',
        '007-processes',
        '008-people',
        '009-pairings',
        '010-initiations',
        '011-lines',
        '012-numbers',
        '013-browser-phone',
        '014-refusals',
        '015-open-work',
      ]);
      await open();
      expect(await place.dump()).toEqual(first);
    });

    test('one that fails leaves nothing of itself or of those that ran with it, and says which it was', async () => {
      const before = await place.dump();
      const all = { ...migrationsFor(place.database.kind), '998-good': good, '999-bad': bad };
      await expect(migrate(database.db, all)).rejects.toMatchObject({
        code: 'store-failed',
        message: expect.stringMatching(/^The migration 999-bad failed: .*half.*already exists/),
      });
      const after = await place.dump();
      expect(after).toEqual(before);

      // Once it is mended, both run.
      await migrate(database.db, { ...all, '999-bad': { up: () => Promise.resolve() } });
      expect(Object.keys(await place.dump())).toContain('good');
    });

    test('010 takes along what was placed and what was scheduled before', async () => {
      const older = await make();
      const where = older.database;
      const until009 = Object.fromEntries(
        Object.entries(migrationsFor(where.kind)).filter(([name]) => name < '010'),
      );
      const old = await openBefore(where, until009);
      await sql`insert into sessions (id, app, dialogue, key, engine, direction, is_initiated, locale, attributes, status,
        call_sid, created_at, initiation) values ('s1', 'a', 'a', 'a', 'embedded', 'outbound', 1, 'en-US', '{}', 'busy',
        'CA1', 5, 'placed')`.execute(old);
      await sql`insert into initiations (id, session, key, to_number, from_number, attributes, call_sid, status, created_at,
        machine, due_at) select 'placed', no, 'a', '+14155550123', '+14155550100', '{"n":1}', 'CA1', 'queued', 7,
        'message', 6 from sessions`.execute(old);
      await sql`insert into scheduled_calls (id, origin, key, to_number, attributes, due_at, next_at, claimed_until, status,
        error, created_at) select 'later', no, 'a', '+14155550124', '{}', 900, 950, 0, 'scheduled', null, 8
        from sessions`.execute(old);
      await sql`insert into scheduled_calls (id, key, to_number, attributes, due_at, next_at, claimed_until, status, error,
        created_at) values ('gone', 'a', '+14155550125', '{}', 900, 900, 0, 'failed', '{"code":"x","message":"y"}', 8)`.execute(
        old,
      );
      await old.destroy();

      const store = await openStore(where, silentLog);
      expect(await store.initiations.find('placed')).toMatchObject({
        status: 'busy',
        session: 's1',
        callSid: 'CA1',
        attempt: 1,
        account: 'default',
        machine: 'message',
        attributes: { n: 1 },
        at: 6,
        createdAt: 7,
        retry: null,
      });
      expect(await store.initiations.find('later')).toMatchObject({
        status: 'scheduled',
        session: null,
        attempt: 0,
        origin: 's1',
        at: 900,
        nextAt: 950,
      });
      expect(await store.initiations.find('gone')).toMatchObject({
        status: 'failed',
        error: { code: 'x', message: 'y' },
      });
      expect(await store.initiations.claim({ now: 950, until: 999, most: 9 })).toMatchObject([
        { id: 'later' },
      ]);
      await store.close();
      await older.drop();
    });

    test.runIf(name === 'PostgreSQL')(
      'take as long as they take, where calls would be given up',
      async () => {
        const other = await make();
        const { database: where } = other;
        if (where.kind !== 'postgres') throw new Error('It is not one.');
        const pool = new Pool({ connectionString: where.url });
        await pool.query(`create table timeouts (of text);
        create function note() returns event_trigger language plpgsql as
          $$ begin insert into public.timeouts values (current_setting('statement_timeout')); end $$;
        create event trigger noting on ddl_command_start execute function note()`);
        const store = await openPostgres(where.url, silentLog);
        const seen = await pool.query<{ of: string }>('select distinct "of" from timeouts');
        expect(seen.rows).toEqual([{ of: '0' }]);
        const { rows } = await sql<{ of: string }>`select current_setting('statement_timeout') as of`.execute(
          store.db,
        );
        expect(rows).toEqual([{ of: '10s' }]);
        await store.close();
        await pool.end();
        await other.drop();
      },
    );

    test('a database of a newer version is refused rather than guessed at', async () => {
      await migrate(database.db, { ...migrationsFor(place.database.kind), '999-later': good });
      await expect(openStore(place.database, silentLog)).rejects.toMatchObject({
        code: 'store-failed',
        message: expect.stringContaining('999-later'),
      });
    });
  });
}
