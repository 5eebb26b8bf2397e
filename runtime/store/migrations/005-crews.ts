import type { Kysely, Migration } from 'kysely';

/** Who of an app's engine and its fallbacks carries a call; what vendors were used for it; where the time of a turn went. */
export const crews: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('sessions')
      .addColumn('crew', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable('sessions').addColumn('cost', 'double precision').execute();
    await db.schema
      .alterTable('sessions')
      .addColumn('usage', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
    await db.schema.alterTable('turns').addColumn('timings', 'text').execute();
    await db.schema.alterTable('turns').addColumn('usage', 'text').execute();
  },
};
