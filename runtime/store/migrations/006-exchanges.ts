import type { Kysely, Migration } from 'kysely';

/** What a line without a stream asked of a call, and what it was answered. `answer` is null while that is under way. */
export const exchanges: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('exchanges')
      .addColumn('session', 'bigint', (column) =>
        column.notNull().references('sessions.no').onDelete('cascade'),
      )
      .addColumn('turn', 'integer', (column) => column.notNull())
      .addColumn('alive_at', 'bigint', (column) => column.notNull())
      .addColumn('answer', 'text')
      .addPrimaryKeyConstraint('exchanges_key', ['session', 'turn'])
      .execute();
  },
};
