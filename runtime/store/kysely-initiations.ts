import { sql, type InsertObject } from 'kysely';
import type { Access } from './access.ts';
import { IS_TRIED_AGAIN, REVOKED, initiationOf, rowOf } from './initiation-rows.ts';
import type { InitiationStatus, Initiations, NewInitiation } from './initiations.ts';
import { batchesIn } from './kysely-batches.ts';
import { dueIn, wholeInitiations } from './kysely-due.ts';
import { clean, json, roundOrNull } from './plain.ts';
import { sessionRow } from './rows.ts';
import { FINAL_STATUSES, OPEN_STATUSES } from './store.ts';
import type { Tables } from './tables.ts';

/** Whoever adds a batch is done by then, or will not come back. */
const ADDING_MS = 24 * 60 * 60 * 1000;

/** Each method is one statement, or several that are carried out together. */
export function initiationsIn(access: Access): Initiations {
  const { db, numberOf, attempt, together, transact, isRefusal } = access;

  const insertable = (initiation: NewInitiation): InsertObject<Tables, 'initiations'> => ({
    ...rowOf(initiation),
    origin: initiation.origin === null ? null : numberOf(initiation.origin),
  });
  const whole = wholeInitiations(db);
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
    ...dueIn(access),

    async add(initiation) {
      await attempt('add an initiation', () =>
        db
          .insertInto('initiations')
          .values(insertable(initiation))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute(),
      );
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
