import type { Kysely, Migration } from 'kysely';

/** How long a call has found no line, or nobody who could place it: it is given up by that, not by when it was asked for. */
export const refusals: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('initiations').addColumn('refused_at', 'bigint').execute();
  },
};
