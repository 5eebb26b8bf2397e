import type { Kysely, Migration } from 'kysely';

/**
 * What the browser phone needs at the phone network, by account: `edition` 0 is a claim alone. And what was recorded
 * of calls.
 */
export const browserPhone: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('browser_phones')
      .addColumn('account', 'text', (column) => column.primaryKey())
      .addColumn('application', 'text', (column) => column.notNull())
      .addColumn('voice_url', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('sealed_secret', 'text', (column) => column.notNull())
      .addColumn('edition', 'integer', (column) => column.notNull())
      .addColumn('claimed_by', 'text')
      .addColumn('claimed_until', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('recordings')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('session', 'bigint', (column) =>
        column.notNull().references('sessions.no').onDelete('cascade'),
      )
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('channels', 'integer', (column) => column.notNull())
      .addColumn('duration_ms', 'bigint')
      .addColumn('started_at', 'bigint')
      .execute();
    await db.schema.createIndex('recordings_session').on('recordings').column('session').execute();
  },
};
