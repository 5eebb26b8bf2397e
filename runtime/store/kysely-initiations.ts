import { expressionBuilder, sql, type InsertObject } from 'kysely';
import type { Access } from './access.ts';
import { IS_TRIED_AGAIN, REVOKED, TO_CLAIM, initiationOf, rowOf } from './initiation-rows.ts';
import type { InitiationStatus, Initiations, NewInitiation } from './initiations.ts';
import { batchesIn } from './kysely-batches.ts';
import { clean, json, roundOrNull } from './plain.ts';
import { sessionRow } from './rows.ts';
import { FINAL_STATUSES, OPEN_STATUSES } from './store.ts';
import type { InitiationTable, Tables } from './tables.ts';

/** Whoever adds a batch is done by then, or will not come back. */
const ADDING_MS = 24 * 60 * 60 * 1000;

/** Each method is one statement, or several that are carried out together. */
export function initiationsIn(access: Access): Initiations {
  const { db, numberOf, attempt, together, transact, isRefusal } = access;

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
        // One whose session has come to its end since is for `settle`, or was settled and is due at another time.
        const rows = await whole
          .where('initiations.id', 'in', claimed)
          .where('initiations.status', 'in', TO_CLAIM)
          .where('initiations.next_at', '=', Math.round(until))
          .execute();
        return rows
          .filter(({ status, session_status: of }) => status !== 'placed' || OPEN_STATUSES.includes(of!))
          .map(initiationOf)
          .toSorted((one, other) => (one.at ?? one.createdAt) - (other.at ?? other.createdAt));
      });
    },

    nextAt({ notAccounts = [], notKeys = [] } = {}) {
      return attempt('read what is scheduled', async () => {
        let select = db
          .selectFrom('initiations')
          .select((eb) => eb.fn.min('next_at').as('next'))
          .where('status', 'in', TO_CLAIM)
          .where((eb) => eb.or([eb('status', '!=', 'placed'), isOpen('initiations.session')]));
        if (notAccounts.length > 0) select = select.where('account', 'not in', notAccounts);
        if (notKeys.length > 0) select = select.where('key', 'not in', notKeys);
        return (await select.executeTakeFirst())?.next ?? null;
      });
    },

    async extend(id, until) {
      await attempt('keep a call', () =>
        db
          .updateTable('initiations')
          .set({ next_at: Math.round(until) })
          .where('id', '=', clean(id))
          .where('status', 'in', ['placing', 'placed'])
          .execute(),
      );
    },

    async postpone(id, until, refusedAt) {
      await attempt('postpone a call', () =>
        db
          .updateTable('initiations')
          .set({ next_at: Math.round(until), refused_at: roundOrNull(refusedAt) })
          .where('id', '=', clean(id))
          .where('status', '=', 'scheduled')
          .execute(),
      );
    },

    isBeingPlaced(to) {
      return attempt('look for a call that is being placed', async () => {
        const row = await db
          .selectFrom('initiations')
          .select('id')
          .where('to_number', '=', clean(to))
          // Not a value of its own, so that the index of those that are being placed serves.
          .where('status', '=', sql.lit('placing' as const))
          .limit(1)
          .executeTakeFirst();
        return row !== undefined;
      });
    },

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

    async askAgain(id, session, { now, until }) {
      const row = await attempt('place a call again', () =>
        db
          .updateTable('initiations')
          .set({ asked_at: Math.round(now), next_at: Math.round(until) })
          .where('id', '=', clean(id))
          .where('status', '=', 'placing')
          .where('session', '=', numberOf(session))
          .where('revoked', '=', 0)
          .returning('id')
          .executeTakeFirst(),
      );
      return row !== undefined;
    },

    async placed(id, session, callSid, lookAt) {
      const own = clean(id);
      const sid = clean(callSid);
      await together('note a placed call', [
        db
          .updateTable('initiations')
          .set({ status: 'placed', call_sid: sid, refused_at: null, next_at: Math.round(lookAt) })
          .where('id', '=', own)
          .where('status', '=', 'placing')
          .where('session', '=', numberOf(session))
          .compile(),
        db
          .updateTable('sessions')
          .set({ call_sid: sid })
          .where('id', '=', clean(session))
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
      await attempt('forget what was not added', () =>
        db
          .deleteFrom('initiations')
          .where('status', '=', 'adding')
          .where('created_at', '<=', Math.round(now) - ADDING_MS)
          .execute(),
      );
    },

    takeBack(id, { session, askedAt }, until) {
      return transact('take a call back that was not placed', async (transaction) => {
        // Whoever writes into the session that the call has come waits, or was first.
        const unanswered = await transaction
          .updateTable('sessions')
          .set({ call_sid: null })
          .where('id', '=', clean(session))
          .where('call_sid', 'is', null)
          .returning('no')
          .executeTakeFirst();
        if (!unanswered) return false;
        const taken = await transaction
          .updateTable('initiations')
          .set((eb) => ({
            status: sql<InitiationStatus>`case when revoked > 0 then 'canceled' else 'scheduled' end`,
            attempt: eb('attempt', '-', 1),
            asked_at: null,
            next_at: Math.round(until),
            // That of the attempt before.
            session: eb
              .selectFrom('sessions')
              .select((inner) => inner.fn.max('sessions.no').as('no'))
              .where('sessions.initiation', '=', clean(id))
              .where('sessions.no', '!=', unanswered.no),
          }))
          .where('id', '=', clean(id))
          .where('status', '=', 'placing')
          .where('session', '=', unanswered.no)
          .where('asked_at', '=', Math.round(askedAt))
          .returning('id')
          .executeTakeFirst();
        if (!taken) return false;
        await transaction.deleteFrom('sessions').where('no', '=', unanswered.no).execute();
        return true;
      });
    },

    close(id, session, status, error, now) {
      const closing = db
        .updateTable('initiations')
        .set({ status, error: error && json(error) })
        .where('id', '=', clean(id));
      return together('close an initiation', [
        (session === null
          ? closing.where('status', '=', 'scheduled')
          : closing.where('status', '=', 'placing').where('session', '=', numberOf(session))
        ).compile(),
        db
          .updateTable('sessions')
          .set({ status, end_reason: status === 'failed' ? 'error' : null, ended_at: Math.round(now) })
          .where('id', '=', clean(session ?? ''))
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
            .set({ revoked: REVOKED })
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
