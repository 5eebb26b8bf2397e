import type { Access } from './access.ts';
import type { BrowserPhones, KeptMeans } from './browser-phones.ts';
import { clean } from './plain.ts';

/** What browsers call through. Each method is one statement: what is decided, is decided in the database. */
export function browserPhonesIn({ db, attempt }: Access): BrowserPhones {
  return {
    find(account): Promise<KeptMeans | null> {
      return attempt('read the means of a browser phone', async () => {
        const row = await db
          .selectFrom('browser_phones')
          .selectAll()
          .where('account', '=', clean(account))
          .where('edition', '>', 0)
          .executeTakeFirst();
        return row
          ? {
              applicationSid: row.application,
              voiceUrl: row.voice_url,
              keySid: row.key,
              sealedSecret: row.sealed_secret,
              edition: row.edition,
            }
          : null;
      });
    },

    claim(account, process, edition, now, until): Promise<boolean> {
      const claim = { claimed_by: clean(process), claimed_until: Math.round(until) };
      return attempt('claim the means of a browser phone', async () => {
        if (edition > 0) {
          const taken = await db
            .updateTable('browser_phones')
            .set(claim)
            .where('account', '=', clean(account))
            .where('edition', '=', edition)
            .where('claimed_until', '<=', Math.round(now))
            .returning('account')
            .executeTakeFirst();
          return taken !== undefined;
        }
        const nothing = { application: '', voice_url: '', key: '', sealed_secret: '', edition: 0 };
        const made = await db
          .insertInto('browser_phones')
          .values({ account: clean(account), ...nothing, ...claim })
          .onConflict((conflict) =>
            conflict
              .column('account')
              .doUpdateSet(claim)
              .where('browser_phones.edition', '=', 0)
              .where('browser_phones.claimed_until', '<=', Math.round(now)),
          )
          .returning('account')
          .executeTakeFirst();
        return made !== undefined;
      });
    },

    keep(account, process, { applicationSid, voiceUrl, keySid, sealedSecret }): Promise<boolean> {
      return attempt('keep the means of a browser phone', async () => {
        const kept = await db
          .updateTable('browser_phones')
          .set((eb) => ({
            application: clean(applicationSid),
            voice_url: clean(voiceUrl),
            key: clean(keySid),
            sealed_secret: clean(sealedSecret),
            edition: eb('edition', '+', 1),
            claimed_by: null,
            claimed_until: 0,
          }))
          .where('account', '=', clean(account))
          .where('claimed_by', '=', clean(process))
          .returning('account')
          .executeTakeFirst();
        return kept !== undefined;
      });
    },

    async giveUp(account, process): Promise<void> {
      await attempt('give up the means of a browser phone', () =>
        db
          .updateTable('browser_phones')
          .set({ claimed_by: null, claimed_until: 0 })
          .where('account', '=', clean(account))
          .where('claimed_by', '=', clean(process))
          .execute(),
      );
    },
  };
}
