import { expressionBuilder, sql, type InsertObject } from 'kysely';
import type { Access } from './access.ts';
import { IS_TRIED_AGAIN, initiationOf, rowOf } from './initiation-rows.ts';
import type { InitiationStatus, Initiations, NewInitiation } from './initiations.ts';
import { batchesIn } from './kysely-batches.ts';
import { clean, json } from './plain.ts';
import { sessionRow } from './rows.ts';
import { FINAL_STATUSES, type SessionStatus } from './store.ts';
import type { InitiationTable, Tables } from './tables.ts';

const TO_PLACE = ['scheduled', 'placing'] as const;
const TO_CLAIM = [...TO_PLACE, 'placed'] as const;
const OPEN_STATUSES: readonly SessionStatus[] = ['queued', 'ringing', 'in-progress'];

/** Each method is one statement, or several that are carried out together. */
export function initiationsIn(access: Access): Initiations {
  const { db, numberOf, attempt, together, isRefusal } = access;

  const insertable = (initiation: NewInitiation): InsertObject<Tables, 'initiations'> => ({
    ...rowOf(initiation),
    origin: initiation.origin === null ? null : numberOf(initiation.origin),
  });
  const whole = db
    .selectFrom('initiations')
    .leftJoin('sessions', 'sessions.no', 'initiations.session')
    .selectAll('initiations')
    .select([
      'sessions.id as session_id',
      'sessions.status as session_status',
      'sessions.call_sid as session_call_sid',
    ])
    .select((eb) =>
      eb
        .selectFrom('sessions as origins')
        .select('origins.id')
        .whereRef('origins.no', '=', 'initiations.origin')
        .as('origin_id'),
    );
  /** The session is not over. */
  const isOpen = (session: 'one.session' | 'initiations.session') =>
    expressionBuilder<Tables & { one: InitiationTable }, 'one' | 'initiations'>().exists((eb) =>
      eb
        .selectFrom('sessions')
        .select('sessions.no')
        .whereRef('sessions.no', '=', session)
        .where('sessions.status', 'in', OPEN_STATUSES),
    );
  const find: Initiations['find'] = (id) =>
    attempt('read an initiation', async () => {
      const row = await whole
        .where('initiations.id', '=', clean(id))
        .where('initiations.status', '!=', 'adding')
        .executeTakeFirst();
      return row ? initiationOf(row) : null;
    });
  const put = async (
    what: string,
    id: string,
    from: readonly InitiationTable['status'][],
    nextAt: number,
  ): Promise<void> => {
    await attempt(what, () =>
      db
        .updateTable('initiations')
        .set({ next_at: Math.round(nextAt) })
        .where('id', '=', clean(id))
        .where('status', 'in', from)
        .execute(),
    );
  };

  return {
    find,
    ...batchesIn(access, insertable),

    async add(initiation) {
      await attempt('add an initiation', () =>
        db
          .insertInto('initiations')
          .values(insertable(initiation))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute(),
      );
    },

    claim({ now, until, most, notAccounts = [], notKeys = [] }) {
      const due = Math.round(now);
      return attempt('claim the calls that are due', async () => {
        const ids = await db
          .updateTable('initiations')
          .set({ next_at: Math.round(until) })
          .where('id', 'in', (eb) => {
            // Each state by itself, in the order of the index: thousands may be due, of which few are looked at.
            const dueAs = (status: (typeof TO_CLAIM)[number]) => {
              let select = eb
                .selectFrom('initiations as one')
                .select(['one.id', 'one.next_at'])
                .where('one.status', '=', status)
                .where('one.next_at', '<=', due);
              if (status === 'placed') select = select.where(isOpen('one.session'));
              if (notAccounts.length > 0) select = select.where('one.account', 'not in', notAccounts);
              if (notKeys.length > 0) select = select.where('one.key', 'not in', notKeys);
              const first = select.orderBy('one.next_at').limit(most);
              return eb.selectFrom(first.as('first')).select(['first.id', 'first.next_at']);
            };
            const all = dueAs('scheduled').unionAll(dueAs('placing')).unionAll(dueAs('placed'));
            return eb
              .selectFrom(all.as('all'))
              .select('all.id')
              .orderBy('all.next_at')
              .orderBy('all.id')
              .limit(most);
          })
          // Once more: in PostgreSQL another process may have claimed it since it was selected. No index helps with it: SQLite
          // would go through all that are due.
          .where((eb) =>
            eb(
              eb
                .case()
                .when(eb.and([eb('status', 'in', TO_CLAIM), eb('next_at', '<=', due)]))
                .then(sql.lit(1))
                .else(sql.lit(0))
                .end(),
              '=',
              sql.lit(1),
            ),
          )
          .returning('id')
          .execute();
        if (ids.length === 0) return [];
        const claimed = ids.map(({ id }) => id);
        const rows = await whole
          .where('initiations.id', 'in', claimed)
          .where('initiations.status', 'in', TO_CLAIM)
          .execute();
        return rows
          .map(initiationOf)
          .toSorted((one, other) => (one.at ?? one.createdAt) - (other.at ?? other.createdAt));
      });
    },

    nextAt() {
      return attempt('read what is scheduled', async () => {
        const row = await db
          .selectFrom('initiations')
          .select((eb) => eb.fn.min('next_at').as('next'))
          .where('status', 'in', TO_CLAIM)
          .where((eb) => eb.or([eb('status', '!=', 'placed'), isOpen('initiations.session')]))
          .executeTakeFirst();
        return row?.next ?? null;
      });
    },

    extend: (id, until) => put('keep a call', id, ['placing', 'placed'], until),
    postpone: (id, until) => put('postpone a call', id, ['scheduled'], until),

    async begin(id, session, { now, until }) {
      const own = clean(id);
      try {
        const begun = await together('begin to place a call', [
          db
            .updateTable('initiations')
            .set((eb) => ({
              status: 'placing',
              attempt: eb('attempt', '+', 1),
              call_sid: null,
              error: null,
              asked_at: Math.round(now),
              next_at: Math.round(until),
            }))
            .where('id', '=', own)
            .where('status', '=', 'scheduled')
            .compile(),
          db.insertInto('sessions').values(sessionRow(session)).compile(),
          db
            .updateTable('initiations')
            .set({ session: numberOf(session.id) })
            .where('id', '=', own)
            .compile(),
        ]);
        return begun ? 'begun' : 'gone';
      } catch (thrown) {
        if (isRefusal(thrown)) return 'same-number';
        throw thrown;
      }
    },

    async askAgain(id, { now, until }) {
      const row = await attempt('place a call again', () =>
        db
          .updateTable('initiations')
          .set({ asked_at: Math.round(now), next_at: Math.round(until) })
          .where('id', '=', clean(id))
          .where('status', '=', 'placing')
          .where('revoked', '=', 0)
          .returning('id')
          .executeTakeFirst(),
      );
      return row !== undefined;
    },

    async placed(id, callSid, lookAt) {
      const own = clean(id);
      const sid = clean(callSid);
      await together('note a placed call', [
        db
          .updateTable('initiations')
          .set({ status: 'placed', call_sid: sid, next_at: Math.round(lookAt) })
          .where('id', '=', own)
          .where('status', '=', 'placing')
          .compile(),
        db
          .updateTable('sessions')
          .set({ call_sid: sid })
          .where('no', '=', (eb) => eb.selectFrom('initiations').select('session').where('id', '=', own))
          .where('call_sid', 'is', null)
          .compile(),
      ]);
      return find(id);
    },

    async recheck(now) {
      await attempt('look at what is placed', () =>
        db
          .updateTable('initiations')
          .set({ next_at: Math.round(now) })
          .where('status', '=', 'placed')
          .where('next_at', '>', Math.round(now))
          .execute(),
      );
    },

    async takeBack(id, session, until) {
      await together('take a call back that was not placed', [
        db
          .updateTable('initiations')
          .set((eb) => ({
            status: sql<InitiationStatus>`case when revoked = 1 then 'canceled' else 'scheduled' end`,
            attempt: eb('attempt', '-', 1),
            asked_at: null,
            next_at: Math.round(until),
            // That of the attempt before.
            session: eb
              .selectFrom('sessions')
              .select((inner) => inner.fn.max('sessions.no').as('no'))
              .where('sessions.initiation', '=', clean(id))
              .where('sessions.id', '!=', clean(session)),
          }))
          .where('id', '=', clean(id))
          .where('status', '=', 'placing')
          .where('session', '=', numberOf(session))
          .compile(),
        db.deleteFrom('sessions').where('id', '=', clean(session)).compile(),
      ]);
    },

    async close(id, status, error, now) {
      const own = clean(id);
      await together('close an initiation', [
        db
          .updateTable('initiations')
          .set({ status, error: error && json(error) })
          .where('id', '=', own)
          .where('status', 'in', TO_PLACE)
          .compile(),
        db
          .updateTable('sessions')
          .set({ status, end_reason: status === 'failed' ? 'error' : null, ended_at: Math.round(now) })
          .where('no', '=', (eb) => eb.selectFrom('initiations').select('session').where('id', '=', own))
          .where('status', 'in', OPEN_STATUSES)
          .compile(),
      ]);
    },

    async cancel(id) {
      const own = clean(id);
      // What it is may change in between: once more, then.
      for (let tries = 0; tries < 5; tries++) {
        const canceled = await attempt('cancel a call', () =>
          db
            .updateTable('initiations')
            .set({ status: 'canceled', revoked: 1 })
            .where('id', '=', own)
            .where((eb) =>
              eb.or([
                eb('status', '=', 'scheduled'),
                eb.and([
                  eb('status', '=', 'placed'),
                  eb.exists(
                    eb
                      .selectFrom('sessions')
                      .select('no')
                      .whereRef('sessions.no', '=', 'initiations.session')
                      .where('sessions.status', 'in', FINAL_STATUSES)
                      .where(IS_TRIED_AGAIN),
                  ),
                ]),
              ]),
            )
            .returning('id')
            .executeTakeFirst(),
        );
        if (canceled) return 'canceled';
        const revoked = await attempt('revoke a call', () =>
          db
            .updateTable('initiations')
            .set({ revoked: 1 })
            .where('id', '=', own)
            .where('status', 'in', ['placing', 'placed'])
            .returning('status')
            .executeTakeFirst(),
        );
        if (revoked?.status === 'placing') return 'revoked';
        const initiation = await find(id);
        if (initiation?.status !== 'scheduled') return initiation?.status ?? null;
      }
      return 'revoked';
    },

    settle() {
      return attempt('settle what is over', async () => {
        const over = await db
          .selectFrom('initiations')
          .innerJoin('sessions', 'sessions.no', 'initiations.session')
          .select('initiations.id')
          .where('initiations.status', '=', 'placed')
          .where('sessions.status', 'in', FINAL_STATUSES)
          .limit(500)
          .execute();
        if (over.length === 0) return [];
        const settled = await db
          .updateTable('initiations')
          .from('sessions')
          .set({
            status: sql<InitiationStatus>`case when ${IS_TRIED_AGAIN} then 'scheduled' else sessions.status end`,
            next_at: sql<number>`coalesce(sessions.ended_at, sessions.created_at) + initiations.retry_every`,
          })
          .whereRef('sessions.no', '=', 'initiations.session')
          .where('initiations.status', '=', 'placed')
          .where('sessions.status', 'in', FINAL_STATUSES)
          .where(
            'initiations.id',
            'in',
            over.map(({ id }) => id),
          )
          .returning(['initiations.id', 'initiations.status', 'initiations.attempt'])
          .execute();
        return settled.flatMap(({ id, status, attempt: tries }) =>
          status === 'adding' || status === 'placed' ? [] : [{ id, status, attempt: tries }],
        );
      });
    },

    async known(callSids) {
      if (callSids.length === 0) return new Set();
      const rows = await attempt('look calls up', () =>
        db.selectFrom('sessions').select('call_sid').where('call_sid', 'in', callSids.map(clean)).execute(),
      );
      return new Set(rows.flatMap(({ call_sid: sid }) => sid ?? []));
    },

    async pace(account, now, everyMs, withinMs) {
      const at = Math.round(now);
      const every = Math.round(everyMs);
      const taken = await attempt('take a place in the queue of an account', () =>
        db
          .insertInto('paces')
          .values({ account: clean(account), free_at: at + every })
          .onConflict((conflict) =>
            conflict
              .column('account')
              .doUpdateSet((eb) => ({
                free_at: eb(
                  eb
                    .case()
                    .when('paces.free_at', '>', at)
                    .then(eb.ref('paces.free_at'))
                    .else(sql<number>`cast(${at} as bigint)`)
                    .end(),
                  '+',
                  sql<number>`cast(${every} as bigint)`,
                ),
              }))
              .where('paces.free_at', '<=', at + Math.round(withinMs)),
          )
          .returning('free_at')
          .executeTakeFirst(),
      );
      return taken ? taken.free_at - every : null;
    },
  };
}
