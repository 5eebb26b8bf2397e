import type { Kysely, Migration } from 'kysely';

/** Which process holds a call, and until when each is known to live. */
export const processes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('processes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('alive_until', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.alterTable('sessions').addColumn('holder', 'text').execute();
  },
};
