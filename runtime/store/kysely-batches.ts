import { sql, type InsertObject } from 'kysely';
import type { Access } from './access.ts';
import { REVOKED, TO_CLAIM, statusOf } from './initiation-rows.ts';
import type { Batch, Initiations, InitiationStatus, NewInitiation } from './initiations.ts';
import { clean, json, parse } from './plain.ts';
import type { SessionStatus } from './store.ts';
import type { Tables } from './tables.ts';

/** So many rows at a time: nothing else moves while SQLite writes, and both databases bound a statement's values. */
const ROWS_AT_ONCE = 40;

/** All that a call is given with. */
const COLUMNS = [
  'batch',
  'account',
  'key',
  'to_number',
  'from_number',
  'locale',
  'attributes',
  'welcome_message',
  'machine',
  'retry_attempts',
  'retry_every',
  'retry_on',
  'due_at',
  'created_at',
  'next_at',
] as const;

type Part = Pick<Initiations, 'addBatch' | 'batch' | 'cancelBatch'>;

export function batchesIn(
  { db, attempt, together }: Access,
  insertable: (initiation: NewInitiation) => InsertObject<Tables, 'initiations'>,
): Part {
  const find = (id: string): Promise<Batch | null> =>
    attempt('read a batch', async () => {
      const row = await db.selectFrom('batches').selectAll().where('id', '=', clean(id)).executeTakeFirst();
      if (!row) return null;
      const { key, accepted, created_at: createdAt } = row;
      return { id, key, accepted, rejected: parse<Batch['rejected']>(row.rejected), createdAt };
    });
  return {
    async addBatch(batch, initiations) {
      if (await find(batch.id)) return false;
      for (let index = 0; index < initiations.length; index += ROWS_AT_ONCE) {
        const rows = initiations.slice(index, index + ROWS_AT_ONCE);
        await attempt('add a batch', () =>
          db
            .insertInto('initiations')
            .values(
              rows.map((row) => ({ ...insertable({ ...row, batch: batch.id }), status: 'adding' as const })),
            )
            // Somebody began to add it and died: it is as it is given now.
            .onConflict((conflict) =>
              conflict
                .column('id')
                .doUpdateSet((eb) =>
                  Object.fromEntries(COLUMNS.map((column) => [column, eb.ref(`excluded.${column}`)])),
                )
                .where('initiations.status', '=', 'adding'),
            )
            .execute(),
        );
        // Sockets get their turn.
        await new Promise<void>((resolve) => {
          setImmediate(resolve);
        });
      }
      return together('add a batch', [
        db
          .insertInto('batches')
          .values({
            id: clean(batch.id),
            key: clean(batch.key),
            accepted: batch.accepted,
            rejected: json(batch.rejected),
            created_at: Math.round(batch.createdAt),
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .compile(),
        db
          .updateTable('initiations')
          .set({ status: 'scheduled' })
          .where('batch', '=', clean(batch.id))
          .where('status', '=', 'adding')
          .compile(),
      ]);
    },

    async batch(id) {
      const batch = await find(id);
      if (!batch) return null;
      const own = clean(id);
      // One statement, so that a call that moves on meanwhile is counted once. Most calls are not with the network:
      // these are counted in the index alone.
      const groups = await attempt('count the calls of a batch', () =>
        db
          .selectFrom('initiations')
          .select(['status', sql<SessionStatus | null>`null`.as('session_status')])
          .select([
            sql<number>`0`.as('attempt'),
            sql<number>`0`.as('retry_attempts'),
            sql<string>`''`.as('retry_on'),
            sql<number>`0`.as('revoked'),
          ])
          .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('next_at').as('next_at')])
          .where('batch', '=', own)
          .where('status', '!=', 'placed')
          .groupBy('status')
          .unionAll((eb) =>
            eb
              .selectFrom('initiations')
              .leftJoin('sessions', 'sessions.no', 'initiations.session')
              .select(['initiations.status', 'sessions.status as session_status'])
              .select([
                'initiations.attempt',
                'initiations.retry_attempts',
                'initiations.retry_on',
                'initiations.revoked',
              ])
              .select((inner) => [
                inner.fn.countAll<number>().as('count'),
                inner.fn.min('initiations.next_at').as('next_at'),
              ])
              .where('initiations.batch', '=', own)
              .where('initiations.status', '=', 'placed')
              .groupBy([
                'initiations.status',
                'sessions.status',
                'initiations.attempt',
                'initiations.retry_attempts',
                'initiations.retry_on',
                'initiations.revoked',
              ]),
          )
          .execute(),
      );
      const counts: { [S in InitiationStatus]?: number } = {};
      let nextAt: number | null = null;
      for (const { count, next_at: at, ...row } of groups) {
        const status = statusOf(row);
        counts[status] = (counts[status] ?? 0) + Number(count);
        if (row.status === 'scheduled' || row.status === 'placing') nextAt = Math.min(at, nextAt ?? at);
      }
      return { ...batch, counts, nextAt };
    },

    async cancelBatch(id) {
      if (!(await find(id))) return null;
      const own = clean(id);
      // One statement: a call may move from one state to another at any moment.
      const revoked = await attempt('cancel a batch', () =>
        db
          .updateTable('initiations')
          .set({
            revoked: REVOKED,
            status: sql<InitiationStatus>`case when status = 'scheduled' then 'canceled' else status end`,
          })
          .where('batch', '=', own)
          .where('status', 'in', TO_CLAIM)
          .returning('status')
          .execute(),
      );
      return revoked.filter(({ status }) => status === 'canceled').length;
    },
  };
}
