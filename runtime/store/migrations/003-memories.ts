import type { Kysely, Migration } from 'kysely';

/** People by their numbers, what is remembered of them, and what a call's slots hold. */
export const memories: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('sessions')
      .addColumn('slots', 'text', (column) => column.notNull().defaultTo('{}'))
      .execute();
    await db.schema
      .createTable('users')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('devices')
      .addColumn('phone', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('paired_at', 'bigint')
      .execute();
    await db.schema.createIndex('devices_by_user').on('devices').column('user_id').execute();
    await db.schema
      .createTable('memories')
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('session', 'bigint', (column) =>
        column.notNull().references('sessions.no').onDelete('cascade'),
      )
      .addPrimaryKeyConstraint('memories_key', ['user_id', 'name'])
      .execute();
    await db.schema.createIndex('memories_by_session').on('memories').column('session').execute();
    await db.schema.createIndex('memories_by_expiry').on('memories').column('expires_at').execute();
  },
};
