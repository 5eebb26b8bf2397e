/** Databases to try a store on: each place is empty and its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import Libsql from 'libsql';
import { Client } from 'pg';
import type { Config } from '../../runtime/config.ts';

export interface Place {
  database: Config['database'];
  /** Every row of every table, as the database itself tells it. */
  dump(): Promise<Record<string, Record<string, unknown>[]>>;
  drop(): Promise<void>;
}

const POSTGRES_URL = process.env['TEST_DATABASE_URL'];

export const PLACES = [
  { name: 'SQLite', skipped: false, make: sqlitePlace },
  {
    name: POSTGRES_URL ? 'PostgreSQL' : 'PostgreSQL (skipped: TEST_DATABASE_URL is not set)',
    skipped: !POSTGRES_URL,
    make: () => postgresPlace(POSTGRES_URL ?? ''),
  },
];

export function sqlitePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-store-'));
  // The folder of the database is made by the store.
  const path = join(folder, 'data', 'calls.db');
  return Promise.resolve({
    database: { kind: 'sqlite', path },
    dump() {
      const db = new Libsql(path);
      const all = (query: string): Record<string, unknown>[] =>
        db
          .prepare(query)
          .all([])
          .map((row) => ({ ...Object(row) }));
      const names = all(`select name from sqlite_master where type = 'table' order by name`);
      const rows = Object.fromEntries(
        names.map(({ name }) => [name, all(`select * from "${String(name)}"`)]),
      );
      db.close();
      return Promise.resolve(rows);
    },
    drop() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  });
}

async function postgresPlace(server: string): Promise<Place> {
  const name = `offhook_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  await withClient(server, (client) => client.query(`create database ${name}`));
  url.pathname = `/${name}`;
  return {
    database: { kind: 'postgres', url: url.href },
    dump: () =>
      withClient(url.href, async (client) => {
        const tables = await client.query<{ table_name: string }>(
          `select table_name from information_schema.tables where table_schema = 'public' order by table_name`,
        );
        const dumped: Record<string, Record<string, unknown>[]> = {};
        for (const { table_name: table } of tables.rows) {
          dumped[table] = (await client.query<Record<string, unknown>>(`select * from "${table}"`)).rows;
        }
        return dumped;
      }),
    async drop() {
      await withClient(server, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

/** Does a statement as somebody else would, past the store. */
export async function carryOut({ database }: Place, statement: string): Promise<void> {
  if (database.kind === 'postgres') {
    await withClient(database.url, (client) => client.query(statement));
    return;
  }
  const db = new Libsql(database.path);
  db.exec(statement);
  db.close();
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
