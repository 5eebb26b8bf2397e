import type { Kysely } from 'kysely';
import { OffhookError } from '../errors.ts';
import type { Access } from './access.ts';
import { emptyAnswers, forgetRejected } from './erasing.ts';
import { OPEN_STATUSES } from './store.ts';
import type { People } from './people.ts';
import { clean } from './plain.ts';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** Everything of a person, to be read or to be gone. */
export function leavingIn(access: Access): Pick<People, 'erase' | 'belongings'> {
  const { db, attempt, transact } = access;
  return {
    erase: (person) =>
      transact('erase a person', async (transaction) => {
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
        const initiations = await initiationsOf(transaction, id).select('id').execute();
        const phones = await transaction
          .selectFrom('devices')
          .select('phone')
          .where('user_id', '=', id)
          .execute();
        await emptyAnswers(transaction, [
          id,
          ...phones.map(({ phone }) => phone),
          ...[...sessions, ...initiations].map((row) => row.id),
        ]);
        for (const { phone } of phones) await forgetRejected(transaction, phone);
        await transaction
          .deleteFrom('initiations')
          .where('id', 'in', initiationsOf(transaction, id).select('id'))
          .execute();
        // What came of a session goes with it.
        for (let at = 0; at < sessions.length; at += AT_ONCE) {
          const some = sessions.slice(at, at + AT_ONCE);
          const ids = some.map((session) => session.id);
          await transaction.deleteFrom('lines').where('session', 'in', ids).execute();
          const nos = some.map(({ no }) => no);
          await transaction.deleteFrom('sessions').where('no', 'in', nos).execute();
        }
        await transaction.deleteFrom('users').where('id', '=', id).execute();
        return true;
      }),

    belongings: (person) =>
      attempt('read what is a person’s', async () => {
        const id = clean(person);
        const ids = async (rows: Promise<readonly { id: string }[]>): Promise<string[]> =>
          (await rows).map((row) => row.id);
        return {
          sessions: await ids(
            sessionsOf(db, id).select('sessions.id').orderBy('created_at').orderBy('sessions.id').execute(),
          ),
          initiations: await ids(
            initiationsOf(db, id).select('id').orderBy('created_at').orderBy('id').execute(),
          ),
        };
      }),
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

/** Calls to a number of theirs, those that they asked for, and those that a session of theirs came of. */
function initiationsOf(db: Db, id: string) {
  const sessions = sessionsOf(db, id).select('no');
  const phones = db.selectFrom('devices').select('phone').where('user_id', '=', id);
  return db
    .selectFrom('initiations')
    .where((eb) =>
      eb.or([eb('to_number', 'in', phones), eb('origin', 'in', sessions), eb('session', 'in', sessions)]),
    );
}
