import type { Access } from './access.ts';
import { clean, roundOrNull } from './plain.ts';
import type { Recording, Recordings } from './recordings.ts';

/** What is known of the recordings of calls. */
export function recordingsIn({ db, numberOf, attempt }: Access): Recordings {
  return {
    async write(session, { id, url, status, channels, durationMs, startedAt }): Promise<void> {
      await attempt('write down a recording', async () => {
        const row = await numberOf(session).executeTakeFirst();
        if (!row) return;
        const told = {
          url: clean(url),
          status,
          channels,
          duration_ms: roundOrNull(durationMs),
          started_at: roundOrNull(startedAt),
        };
        await db
          .insertInto('recordings')
          .values({ id: clean(id), session: row.no, ...told })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet(told).where('recordings.status', '=', 'in-progress'),
          )
          .execute();
      });
    },

    of(session): Promise<Recording[]> {
      return attempt('read recordings', async () => {
        const rows = await db
          .selectFrom('recordings')
          .selectAll()
          .where('session', '=', numberOf(session))
          .orderBy('started_at', (order) => order.asc().nullsLast())
          .orderBy('id')
          .execute();
        return rows.map(({ id, url, status, channels, duration_ms, started_at }) => ({
          id,
          url,
          status,
          channels,
          durationMs: duration_ms,
          startedAt: started_at,
        }));
      });
    },
  };
}
