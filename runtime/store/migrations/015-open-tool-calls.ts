import { sql, type Kysely, type Migration } from 'kysely';

/** Tool calls that are still open are few, and are looked for every minute. */
export const openToolCalls: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createIndex('tool_calls_open')
      .on('tool_calls')
      .column('session')
      .where(sql.ref('duration_ms'), 'is', null)
      .execute();
  },
};
