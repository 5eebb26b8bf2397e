import type { Value } from '../dialogue/protocol.ts';
import type { Access } from './access.ts';
import { json, parse } from './plain.ts';
import type { Exchanges } from './store.ts';

/** What a line that asks again and again was answered. */
export function exchangesIn({ db, numberOf, attempt }: Access): Exchanges {
  return {
    claim(session, turn, now, aliveSince): Promise<{ answer: Value } | 'pending' | null> {
      return attempt('claim an exchange', async () => {
        const claimed = await db
          .insertInto('exchanges')
          .values({ session: numberOf(session), turn, alive_at: Math.round(now), answer: null })
          .onConflict((conflict) =>
            conflict
              .columns(['session', 'turn'])
              .doUpdateSet({ alive_at: Math.round(now) })
              .where('exchanges.answer', 'is', null)
              .where('exchanges.alive_at', '<', Math.round(aliveSince)),
          )
          .returning('turn')
          .executeTakeFirst();
        if (claimed) return null;
        const row = await db
          .selectFrom('exchanges')
          .select('answer')
          .where('session', '=', numberOf(session))
          .where('turn', '=', turn)
          .executeTakeFirst();
        return row === undefined || row.answer === null ? 'pending' : { answer: parse<Value>(row.answer) };
      });
    },

    async touch(session, turn, now): Promise<void> {
      await attempt('keep an exchange alive', () =>
        db
          .updateTable('exchanges')
          .set({ alive_at: Math.round(now) })
          .where('session', '=', numberOf(session))
          .where('turn', '=', turn)
          .where('answer', 'is', null)
          .execute(),
      );
    },

    async keep(session, turn, answer, now): Promise<void> {
      await attempt('keep the answer of an exchange', () =>
        db
          .updateTable('exchanges')
          .set({ answer: json(answer), alive_at: Math.round(now) })
          .where('session', '=', numberOf(session))
          .where('turn', '=', turn)
          .execute(),
      );
    },

    last(session): Promise<{ turn: number; answer: Value } | null> {
      return attempt('read the last exchange', async () => {
        const row = await db
          .selectFrom('exchanges')
          .select(['turn', 'answer'])
          .where('session', '=', numberOf(session))
          .where('answer', 'is not', null)
          .orderBy('turn', 'desc')
          .limit(1)
          .executeTakeFirst();
        return row ? { turn: row.turn, answer: parse<Value>(row.answer ?? 'null') } : null;
      });
    },
  };
}
