import { sql, type Kysely, type Migration } from 'kysely';

/** What is looked for again and again is found without going through all the rest. */
export const openWork: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Tool calls that are still open are few.
    await db.schema
      .createIndex('tool_calls_open')
      .on('tool_calls')
      .column('session')
      .where(sql.ref('duration_ms'), 'is', null)
      .execute();
    // The first call that is due of each account and key, past those that are left aside.
    await db.schema
      .createIndex('initiations_by_queue')
      .on('initiations')
      .columns(['status', 'account', 'key', 'next_at'])
      .execute();
  },
};
