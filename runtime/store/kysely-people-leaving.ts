import type { Kysely } from 'kysely';
import { OffhookError } from '../errors.ts';
import type { Access } from './access.ts';
import { emptyAnswers } from './erasing.ts';
import { callOf } from './kysely-schedule.ts';
import { OPEN_STATUSES, sessionsIn } from './kysely-sessions.ts';
import { findDetail } from './people-rows.ts';
import type { People } from './people.ts';
import { clean } from './plain.ts';
import { initiationOf } from './rows.ts';
import type { SessionDetail } from './store.ts';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** Everything of a person, to be taken along or to be gone. */
export function leavingIn(access: Access): Pick<People, 'erase' | 'export'> {
  const { db, attempt, together } = access;
  const { sessionDetail } = sessionsIn(access);
  return {
    erase: (person) =>
      together('erase a person', async (transaction) => {
        const id = clean(person);
        const user = await transaction
          .updateTable('users')
          .set((eb) => ({ name: eb.ref('name') }))
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst();
        if (!user) return false;
        const sessions = await sessionsOf(transaction, id).select(['no', 'id', 'status']).execute();
        if (sessions.some(({ status }) => OPEN_STATUSES.includes(status))) {
          const problem = `A call of the user "${person}" is still running.`;
          throw new OffhookError('session-running', problem, { status: 409 });
        }
        const initiations = await initiationsOf(transaction, id).select('initiations.id').execute();
        const planned = await plannedOf(transaction, id).select('scheduled_calls.id').execute();
        const phones = await transaction
          .selectFrom('devices')
          .select('phone')
          .where('user_id', '=', id)
          .execute();
        await emptyAnswers(transaction, [
          id,
          ...phones.map(({ phone }) => phone),
          ...[...sessions, ...initiations, ...planned].map((row) => row.id),
        ]);
        const nos = sessions.map(({ no }) => no);
        await transaction
          .deleteFrom('scheduled_calls')
          .where('id', 'in', plannedOf(transaction, id).select('scheduled_calls.id'))
          .execute();
        // What came of a session goes with it, initiations and memories too.
        for (let at = 0; at < nos.length; at += AT_ONCE) {
          const some = nos.slice(at, at + AT_ONCE);
          await transaction.deleteFrom('sessions').where('no', 'in', some).execute();
        }
        await transaction.deleteFrom('users').where('id', '=', id).execute();
        return true;
      }),

    async export(person, now) {
      const id = clean(person);
      const detail = await attempt('read a person', () => findDetail(db, id, now));
      if (!detail) return null;
      const { rows, initiations, scheduledCalls } = await attempt('read what a person left', async () => ({
        rows: await sessionsOf(db, id).select('id').orderBy('created_at').orderBy('id').execute(),
        initiations: await initiationsOf(db, id)
          .innerJoin('sessions', 'sessions.no', 'initiations.session')
          .selectAll('initiations')
          .select('sessions.id as session_id')
          .orderBy('initiations.created_at')
          .execute(),
        scheduledCalls: await plannedOf(db, id)
          .leftJoin('sessions', 'sessions.no', 'scheduled_calls.origin')
          .selectAll('scheduled_calls')
          .select('sessions.id as origin_id')
          .orderBy('scheduled_calls.created_at')
          .execute(),
      }));
      const sessions: SessionDetail[] = [];
      for (const row of rows) {
        const session = await sessionDetail(row.id);
        if (session) sessions.push(session);
      }
      return {
        person: detail,
        sessions,
        initiations: initiations.map((row) => initiationOf({ ...row, session: row.session_id })),
        scheduledCalls: scheduledCalls.map((row) => callOf(row, row.origin_id)),
      };
    },
  };
}

/** Parameters of one statement: far below what either database takes. */
const AT_ONCE = 500;

/** Theirs; and those from or to a number of theirs that never learned whose they are, such as a call in vain. */
function sessionsOf(db: Db, id: string) {
  const phones = db.selectFrom('devices').select('phone').where('user_id', '=', id);
  return db
    .selectFrom('sessions')
    .where((eb) =>
      eb.or([
        eb('sessions.user_id', '=', id),
        eb.and([
          eb('sessions.user_id', 'is', null),
          eb('sessions.is_initiated', '=', 1),
          eb('sessions.to_number', 'in', phones),
        ]),
        eb.and([
          eb('sessions.user_id', 'is', null),
          eb('sessions.is_initiated', '=', 0),
          eb('sessions.from_number', 'in', phones),
        ]),
      ]),
    );
}

function initiationsOf(db: Db, id: string) {
  const sessions = sessionsOf(db, id).select('no');
  return db.selectFrom('initiations').where('initiations.session', 'in', sessions);
}

/** Calls to a number of theirs, and those that they asked for. */
function plannedOf(db: Db, id: string) {
  const sessions = sessionsOf(db, id).select('no');
  const phones = db.selectFrom('devices').select('phone').where('user_id', '=', id);
  return db
    .selectFrom('scheduled_calls')
    .where((eb) =>
      eb.or([eb('scheduled_calls.to_number', 'in', phones), eb('scheduled_calls.origin', 'in', sessions)]),
    );
}
