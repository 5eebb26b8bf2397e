import type { Kysely, Migration } from 'kysely';

/** What lets a call in, places one, and keeps a repeated request from placing a second. */
export const doors: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('tokens')
      .addColumn('hash', 'text', (column) => column.primaryKey())
      .addColumn('session', 'bigint', (column) =>
        column.notNull().references('sessions.no').onDelete('cascade'),
      )
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('tokens_by_session').on('tokens').column('session').execute();
    await db.schema.createIndex('tokens_by_expiry').on('tokens').column('expires_at').execute();

    await db.schema
      .createTable('initiations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('session', 'bigint', (column) =>
        column.notNull().references('sessions.no').onDelete('cascade'),
      )
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('to_number', 'text', (column) => column.notNull())
      .addColumn('from_number', 'text', (column) => column.notNull())
      .addColumn('locale', 'text')
      .addColumn('attributes', 'text', (column) => column.notNull())
      .addColumn('welcome_message', 'text')
      .addColumn('call_sid', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('error', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('initiations_by_session').on('initiations').column('session').execute();

    await db.schema
      .createTable('idempotency_keys')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('status', 'integer')
      .addColumn('answer', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('idempotency_keys_by_age')
      .on('idempotency_keys')
      .column('created_at')
      .execute();
  },
};
