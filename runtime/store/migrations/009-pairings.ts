import { randomBytes } from 'node:crypto';
import { sql, type Kysely, type Migration } from 'kysely';

/** The codes that callers wait with, what they are hashed with, and how often somebody has tried. */
export const pairings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('pairings')
      .addColumn('hash', 'text', (column) => column.primaryKey())
      .addColumn('session', 'bigint', (column) =>
        column.notNull().references('sessions.no').onDelete('cascade'),
      )
      .addColumn('phone', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('pairings_by_session').on('pairings').column('session').execute();
    await db.schema
      .createTable('pairing_salt')
      .addColumn('salt', 'text', (column) => column.notNull())
      .execute();
    await sql`INSERT INTO pairing_salt (salt) VALUES (${randomBytes(16).toString('hex')})`.execute(db);
    await db.schema
      .createTable('pairing_tries')
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('pairing_tries_key', ['subject', 'since'])
      .execute();
  },
};
