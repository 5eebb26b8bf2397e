import type { Access } from './access.ts';
import type { Pairing, Pairings } from './pairings.ts';
import { clean } from './plain.ts';

/** Each of them is one statement, or several that hold whatever comes in between. */
export function pairingsIn({ db, numberOf, attempt }: Access): Pairings {
  return {
    salt() {
      return attempt('read what codes are hashed with', async () => {
        const row = await db.selectFrom('pairing_salt').select('salt').executeTakeFirstOrThrow();
        return row.salt;
      });
    },

    open(hash, { session, phone, expiresAt }, now) {
      return attempt('keep a code', async () => {
        // Those that nobody claimed go along.
        await db.deleteFrom('pairings').where('expires_at', '<=', Math.round(now)).execute();
        const added = await db
          .insertInto('pairings')
          .values({
            hash,
            session: numberOf(session),
            phone: clean(phone),
            expires_at: Math.round(expiresAt),
          })
          .onConflict((conflict) => conflict.column('hash').doNothing())
          .returning('hash')
          .executeTakeFirst();
        return added !== undefined;
      });
    },

    take(hash, now): Promise<Pairing | null> {
      return attempt('take a code', async () => {
        const taken = await db
          .deleteFrom('pairings')
          .where('hash', '=', clean(hash))
          .returning((eb) => [
            'phone',
            'expires_at',
            eb
              .selectFrom('sessions')
              .select('id')
              .whereRef('sessions.no', '=', 'pairings.session')
              .as('session_id'),
          ])
          .executeTakeFirst();
        if (!taken || taken.session_id === null || taken.expires_at <= now) return null;
        return { session: taken.session_id, phone: taken.phone, expiresAt: taken.expires_at };
      });
    },

    count(tallies, since) {
      return attempt('count a try', async () => {
        const window = Math.round(since);
        await db.deleteFrom('pairing_tries').where('since', '<', window).execute();
        for (const { subject, most } of tallies) {
          const counted = await db
            .insertInto('pairing_tries')
            .values({ subject: clean(subject), since: window, tries: 1 })
            .onConflict((conflict) =>
              conflict
                .columns(['subject', 'since'])
                .doUpdateSet((eb) => ({ tries: eb('pairing_tries.tries', '+', 1) }))
                .where('pairing_tries.tries', '<', most),
            )
            .returning('tries')
            .executeTakeFirst();
          if (!counted) return false;
        }
        return true;
      });
    },

    async discount(subjects, since) {
      if (subjects.length === 0) return;
      await attempt('take a try back', () =>
        db
          .updateTable('pairing_tries')
          .set((eb) => ({ tries: eb('tries', '-', 1) }))
          .where('subject', 'in', subjects.map(clean))
          .where('since', '=', Math.round(since))
          .where('tries', '>', 0)
          .execute(),
      );
    },
  };
}
