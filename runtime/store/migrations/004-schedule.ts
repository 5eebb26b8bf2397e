import type { Kysely, Migration } from 'kysely';

/** Calls to be placed later, and what is done where a machine answers. */
export const schedule: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('initiations').addColumn('machine', 'text').execute();
    await db.schema.alterTable('initiations').addColumn('due_at', 'bigint').execute();

    await db.schema
      .createTable('scheduled_calls')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('origin', 'bigint', (column) => column.references('sessions.no').onDelete('cascade'))
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('to_number', 'text', (column) => column.notNull())
      .addColumn('from_number', 'text')
      .addColumn('locale', 'text')
      .addColumn('attributes', 'text', (column) => column.notNull())
      .addColumn('welcome_message', 'text')
      .addColumn('machine', 'text')
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('next_at', 'bigint', (column) => column.notNull())
      .addColumn('claimed_until', 'bigint', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('error', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('scheduled_calls_by_time')
      .on('scheduled_calls')
      .columns(['status', 'next_at'])
      .execute();
    await db.schema.createIndex('scheduled_calls_by_origin').on('scheduled_calls').column('origin').execute();
  },
};
