import { sql, type Kysely, type Migration } from 'kysely';

/**
 * A call that somebody asked for is one row from the moment that it is written down to its end: what was scheduled and
 * what was placed come together. With it what batches and the pace of accounts need.
 */
export const initiations: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('sessions').addColumn('reported', 'integer').execute();
    await db.schema
      .createIndex('sessions_by_initiation')
      .on('sessions')
      .column('initiation')
      .where(sql.ref('initiation'), 'is not', null)
      .execute();

    await db.schema.alterTable('initiations').renameTo('initiations_before').execute();
    await db.schema
      .createTable('initiations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('batch', 'text')
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('to_number', 'text', (column) => column.notNull())
      .addColumn('from_number', 'text')
      .addColumn('locale', 'text')
      .addColumn('attributes', 'text', (column) => column.notNull())
      .addColumn('welcome_message', 'text')
      .addColumn('machine', 'text')
      .addColumn('retry_attempts', 'integer', (column) => column.notNull())
      .addColumn('retry_every', 'bigint', (column) => column.notNull())
      .addColumn('retry_on', 'text', (column) => column.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('origin', 'bigint', (column) => column.references('sessions.no').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('session', 'bigint', (column) => column.references('sessions.no').onDelete('cascade'))
      .addColumn('call_sid', 'text')
      .addColumn('error', 'text')
      .addColumn('next_at', 'bigint', (column) => column.notNull())
      .addColumn('asked_at', 'bigint')
      .addColumn('revoked', 'integer', (column) => column.notNull())
      .execute();
    // Their sessions tell how they stand; one that Twilio refused has a session that failed.
    await sql`
      insert into initiations (id, batch, account, key, to_number, from_number, locale, attributes, welcome_message,
        machine, retry_attempts, retry_every, retry_on, due_at, origin, created_at, status, attempt, session, call_sid,
        error, next_at, asked_at, revoked)
      select id, null, 'default', key, to_number, from_number, locale, attributes, welcome_message,
        machine, 1, 0, '', due_at, null, created_at, 'placed', 1, session, call_sid,
        error, created_at, created_at, 0
      from initiations_before`.execute(db);
    await sql`
      insert into initiations (id, batch, account, key, to_number, from_number, locale, attributes, welcome_message,
        machine, retry_attempts, retry_every, retry_on, due_at, origin, created_at, status, attempt, session, call_sid,
        error, next_at, asked_at, revoked)
      select id, null, 'default', key, to_number, from_number, locale, attributes, welcome_message,
        machine, 1, 0, '', due_at, origin, created_at, status, 0, null, null,
        error, next_at, null, 0
      from scheduled_calls where id not in (select id from initiations)`.execute(db);
    await db.schema.dropTable('initiations_before').execute();
    await db.schema.dropTable('scheduled_calls').execute();

    await db.schema.createIndex('initiations_by_session').on('initiations').column('session').execute();
    await db.schema.createIndex('initiations_by_origin').on('initiations').column('origin').execute();
    await db.schema
      .createIndex('initiations_by_time')
      .on('initiations')
      .columns(['status', 'next_at'])
      .execute();
    await db.schema
      .createIndex('initiations_by_batch')
      .on('initiations')
      .columns(['batch', 'status', 'next_at'])
      .execute();
    await db.schema.createIndex('initiations_by_number').on('initiations').column('to_number').execute();
    // Two calls to one number whose answers were both lost could not be told apart.
    await db.schema
      .createIndex('initiations_being_placed')
      .on('initiations')
      .column('to_number')
      .unique()
      .where(sql.ref('status'), '=', sql.lit('placing'))
      .execute();

    await db.schema
      .createTable('batches')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('accepted', 'integer', (column) => column.notNull())
      .addColumn('rejected', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('paces')
      .addColumn('account', 'text', (column) => column.primaryKey())
      .addColumn('free_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
