import type { Kysely, Migration } from 'kysely';

export type DatabaseKind = 'sqlite' | 'postgres';

/** Sessions and what a call leaves behind. Whatever belongs to a session goes with it. */
export function sessions(kind: DatabaseKind): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('sessions')
        // In SQLite this very type makes the column the row's own number.
        .addColumn('no', kind === 'sqlite' ? 'integer' : 'bigserial', (column) => column.primaryKey())
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('app', 'text', (column) => column.notNull())
        .addColumn('dialogue', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('engine', 'text', (column) => column.notNull())
        .addColumn('direction', 'text', (column) => column.notNull())
        .addColumn('is_initiated', 'integer', (column) => column.notNull())
        .addColumn('from_number', 'text')
        .addColumn('to_number', 'text')
        .addColumn('call_sid', 'text', (column) => column.unique())
        .addColumn('account_sid', 'text')
        .addColumn('user_id', 'text')
        .addColumn('locale', 'text', (column) => column.notNull())
        .addColumn('attributes', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('end_reason', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('started_at', 'bigint')
        .addColumn('ended_at', 'bigint')
        .addColumn('initiation', 'text')
        .execute();
      await db.schema.createIndex('sessions_by_age').on('sessions').columns(['created_at', 'id']).execute();
      await db.schema
        .createIndex('sessions_by_app')
        .on('sessions')
        .columns(['app', 'created_at', 'id'])
        .execute();
      await db.schema
        .createIndex('sessions_by_status')
        .on('sessions')
        .columns(['status', 'created_at', 'id'])
        .execute();

      await ofSession(db, 'journal')
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('effects', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('journal_key', ['session', 'sequence'])
        .execute();
      await ofSession(db, 'turns')
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('words', 'text', (column) => column.notNull())
        .addColumn('state', 'text')
        .addColumn('started_at', 'bigint', (column) => column.notNull())
        .addColumn('interrupted', 'integer', (column) => column.notNull())
        .addColumn('heard', 'text')
        .addColumn('latency_ms', 'double precision')
        .addPrimaryKeyConstraint('turns_key', ['session', 'position'])
        .execute();
      await ofSession(db, 'tool_calls')
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('input', 'text', (column) => column.notNull())
        .addColumn('output', 'text', (column) => column.notNull())
        .addColumn('error', 'text')
        .addColumn('started_at', 'bigint', (column) => column.notNull())
        .addColumn('duration_ms', 'double precision')
        .addPrimaryKeyConstraint('tool_calls_key', ['session', 'id'])
        .execute();
    },
  };
}

function ofSession(db: Kysely<unknown>, table: string) {
  return db.schema
    .createTable(table)
    .addColumn('session', 'bigint', (column) =>
      column.notNull().references('sessions.no').onDelete('cascade'),
    );
}
