import { sql, type Kysely, type Migration } from 'kysely';

/** What is known of a number, what is remembered without a call, and whose a session is. */
export const people: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['country', 'city', 'carrier', 'caller_name', 'line_type']) {
      await db.schema.alterTable('devices').addColumn(column, 'text').execute();
    }
    for (const column of ['first_seen_at', 'last_seen_at', 'looked_up_at']) {
      await db.schema.alterTable('devices').addColumn(column, 'bigint').execute();
    }
    await db.schema.createIndex('users_by_age').on('users').columns(['created_at', 'id']).execute();

    // SQLite cannot take a `not null` back: what an operator writes down belongs to no session.
    await db.schema
      .createTable('memories_now')
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('session', 'bigint', (column) => column.references('sessions.no').onDelete('cascade'))
      .addPrimaryKeyConstraint('memories_of_user', ['user_id', 'name'])
      .execute();
    await sql`insert into memories_now (user_id, name, value, expires_at, session)
      select user_id, name, value, expires_at, session from memories`.execute(db);
    await db.schema.dropTable('memories').execute();
    await db.schema.alterTable('memories_now').renameTo('memories').execute();
    await db.schema.createIndex('memories_by_session').on('memories').column('session').execute();
    await db.schema.createIndex('memories_by_expiry').on('memories').column('expires_at').execute();

    // Until now people were known by their numbers alone.
    await sql`update sessions set user_id = (select user_id from devices
        where phone = case is_initiated when 1 then to_number else from_number end)
      where user_id is null`.execute(db);
    await sql`update devices set
        first_seen_at = (select created_at from users where id = user_id),
        last_seen_at = (select max(created_at) from sessions where sessions.user_id = devices.user_id)`.execute(
      db,
    );
    await db.schema
      .createIndex('sessions_by_user')
      .on('sessions')
      .columns(['user_id', 'created_at'])
      .execute();
    // Whoever is erased may have been called in vain, in sessions that never learned whose they are.
    await db.schema.createIndex('sessions_by_from').on('sessions').column('from_number').execute();
    await db.schema.createIndex('sessions_by_to').on('sessions').column('to_number').execute();
  },
};
