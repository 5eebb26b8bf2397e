import type { Kysely, Migration } from 'kysely';

/** The lines that calls hold. No session is referred to: a line is held before its session is written. */
export const lines: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('lines')
      .addColumn('session', 'text', (column) => column.primaryKey())
      .addColumn('app', 'text', (column) => column.notNull())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('process', 'text', (column) => column.notNull())
      .addColumn('held_until', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('lines_by_app').on('lines').column('app').execute();
    await db.schema.createIndex('lines_by_account').on('lines').column('account').execute();
  },
};
