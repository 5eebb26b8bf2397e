import type { Kysely, Migration } from 'kysely';
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
        'devices',
        'exchanges',
        'idempotency_keys',
        'initiations',
        'journal',
        'memories',
        'paces',
        'processes',
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
        '010-initiations',
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

    test('a database of a newer version is refused rather than guessed at', async () => {
      await migrate(database.db, { ...migrationsFor(place.database.kind), '999-later': good });
      await expect(openStore(place.database, silentLog)).rejects.toMatchObject({
        code: 'store-failed',
        message: expect.stringContaining('999-later'),
      });
    });
  });
}
