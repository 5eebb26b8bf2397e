/** A database of an earlier version, in which people were known by their numbers alone. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely';
import Libsql from 'libsql';
import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { migrate, migrationsFor } from '../../runtime/store/migrations/migrate.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import { PLACES, type Place } from './places.ts';

const ANA = '+420777123456';

function openBare({ database }: Place): Kysely<unknown> {
  if (database.kind === 'postgres') {
    return new Kysely({
      dialect: new PostgresDialect({ pool: new Pool({ connectionString: database.url }) }),
    });
  }
  mkdirSync(dirname(database.path), { recursive: true });
  return new Kysely({ dialect: new SqliteDialect({ database: new Libsql(database.path) }) });
}

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`people of an earlier version on ${name}`, () => {
    let place: Place;

    beforeEach(async () => {
      place = await make();
    });

    afterEach(() => place.drop());

    test('keep what was remembered, and have the sessions of their numbers', async () => {
      const bare = openBare(place);
      const until = Object.entries(migrationsFor(place.database.kind)).filter(([id]) => id < '008');
      await migrate(bare, Object.fromEntries(until));
      const session = (id: string, initiated: number, from: string, to: string, at: number) =>
        sql`insert into sessions (id, app, dialogue, key, engine, direction, is_initiated, from_number, to_number,
            locale, attributes, status, created_at) values (${id}, 'a', 'a', 'a', 'e', 'inbound',
            ${sql.lit(initiated)}, ${from}, ${to}, 'en', '{}', 'completed', ${sql.lit(at)})`.execute(bare);
      await session('in', 0, ANA, '+14155550100', 20);
      await session('out', 1, '+14155550100', ANA, 30);
      await session('other', 0, '+14155550111', ANA, 40);
      await sql`insert into users (id, name, created_at) values ('ana', null, 10)`.execute(bare);
      await sql`insert into devices (phone, user_id) values (${ANA}, 'ana')`.execute(bare);
      await sql`insert into memories (user_id, name, value, expires_at, session)
        select 'ana', 'party', '4', null, no from sessions where id = 'in'`.execute(bare);
      await bare.destroy();

      const store = await openStore(place.database, silentLog);
      expect(await store.people.byPhone(ANA, 50)).toEqual({
        id: 'ana',
        name: null,
        paired: false,
        anonymous: true,
        values: { party: 4 },
      });
      expect(await store.people.device(ANA)).toMatchObject({
        firstSeenAt: 10,
        lastSeenAt: 30,
        country: null,
      });
      const owners = ['in', 'out', 'other'].map(async (id) => (await store.session(id))?.user);
      expect(await Promise.all(owners)).toEqual(['ana', 'ana', null]);
      // What was remembered still goes with the session that wrote it.
      await store.eraseSession('in');
      expect((await store.people.byPhone(ANA, 50))?.values).toEqual({});
      expect(await store.people.erase('ana')).toBe(true);
      expect(await store.session('out')).toBeNull();
      expect(await store.session('other')).not.toBeNull();
      await store.close();
    });
  });
}
