import type { Access } from './access.ts';
import type { Store } from './store.ts';

/** How long a process that is dead is still known. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1000;
const FORGET_EVERY_MS = 60 * 60 * 1000;

/** Which process holds which call. */
export function holdersIn({ db, attempt }: Access): Pick<Store, 'beat' | 'leave' | 'holdSession' | 'holder'> {
  let forgotten = -Infinity;
  return {
    async beat(process, until): Promise<void> {
      const alive_until = Math.round(until);
      await attempt('note that a process lives', () =>
        db
          .insertInto('processes')
          .values({ id: process, alive_until })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ alive_until }))
          .execute(),
      );
      if (alive_until < forgotten + FORGET_EVERY_MS) return;
      forgotten = alive_until;
      await attempt('forget dead processes', () =>
        db
          .deleteFrom('processes')
          .where('alive_until', '<', alive_until - FORGOTTEN_MS)
          .execute(),
      );
      await attempt('forget the lines of dead processes', () =>
        db
          .deleteFrom('lines')
          .where('held_until', '<', alive_until - FORGOTTEN_MS)
          .where('process', 'not in', (eb) => eb.selectFrom('processes').select('processes.id'))
          .execute(),
      );
    },

    async leave(process): Promise<void> {
      await attempt('let a process go', () => db.deleteFrom('processes').where('id', '=', process).execute());
    },

    async holdSession(session, process): Promise<void> {
      await attempt('note who holds a session', () =>
        db.updateTable('sessions').set({ holder: process }).where('id', '=', session).execute(),
      );
    },

    async holder(session) {
      const row = await attempt('look who holds a session', () =>
        db
          .selectFrom('sessions')
          .innerJoin('processes', 'processes.id', 'sessions.holder')
          .select(['processes.id', 'processes.alive_until'])
          .where('sessions.id', '=', session)
          .executeTakeFirst(),
      );
      return row === undefined ? null : { process: row.id, aliveUntil: Number(row.alive_until) };
    },
  };
}
