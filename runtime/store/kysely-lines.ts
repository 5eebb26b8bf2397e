import { sql, type Expression, type ExpressionBuilder, type Kysely, type SqlBool } from 'kysely';
import type { Access } from './access.ts';
import type { Hold, Lines, LineUse } from './lines.ts';
import { clean } from './plain.ts';
import type { LineTable, Tables } from './tables.ts';

/** Between two looks a line may have become free. Who finds all taken so often is told so. */
const TRIES = 3;

/** Each method is one statement; `hold` counts and takes in one, while nobody else does so for the same app or account. */
export function linesIn({ db, attempt, alone }: Access): Lines {
  return {
    hold(session, use, limits, process, now, until): Promise<Hold> {
      const row: LineTable = {
        session: clean(session),
        app: clean(use.app),
        account: clean(use.account),
        process: clean(process),
        held_until: Math.round(until),
      };
      const at = Math.round(now);
      // Always in this order, so that no two wait for each other. What nobody counts, nobody waits for.
      const counted = limits.app !== null || limits.account !== null;
      const names = counted ? [`lines of account ${row.account}`, `lines of app ${row.app}`] : [];
      return attempt('hold a line', async () => {
        for (let tries = 0; tries < TRIES; tries++) {
          if (await alone(names, (place) => take(place, row, limits, at))) return 'held';
          const [ofApp, ofAccount] = await Promise.all([
            limits.app === null ? 0 : count(db, 'app', row, at),
            limits.account === null ? 0 : count(db, 'account', row, at),
          ]);
          if (limits.app !== null && ofApp >= limits.app) return 'app-full';
          if (limits.account !== null && ofAccount >= limits.account) return 'account-full';
        }
        return limits.app === null ? 'account-full' : 'app-full';
      });
    },

    async extend(session, process, until): Promise<void> {
      await attempt('keep a line', () =>
        db
          .updateTable('lines')
          .set({ held_until: Math.round(until) })
          .where('session', '=', clean(session))
          .where('process', '=', clean(process))
          .where('held_until', '<', Math.round(until))
          .execute(),
      );
    },

    release(session, process): Promise<boolean> {
      return attempt('free a line', async () => {
        const row = await db
          .deleteFrom('lines')
          .where('session', '=', clean(session))
          .$if(process !== null, (query) => query.where('process', '=', clean(process ?? '')))
          .returning('session')
          .executeTakeFirst();
        return row !== undefined;
      });
    },

    count(of, now): Promise<number> {
      return attempt('count lines', () =>
        'app' in of
          ? count(db, 'app', { app: clean(of.app), account: '', session: null }, Math.round(now))
          : count(db, 'account', { app: '', account: clean(of.account), session: null }, Math.round(now)),
      );
    },
  };
}

/** True: the line is the session's. */
async function take(
  db: Kysely<Tables>,
  row: LineTable,
  limits: { app: number | null; account: number | null },
  now: number,
): Promise<boolean> {
  const { process, held_until } = row;
  const taken = await db
    .insertInto('lines')
    .columns(['session', 'app', 'account', 'process', 'held_until'])
    .expression(
      db
        .selectNoFrom([
          sql<string>`cast(${row.session} as text)`.as('session'),
          sql<string>`cast(${row.app} as text)`.as('app'),
          sql<string>`cast(${row.account} as text)`.as('account'),
          sql<string>`cast(${process} as text)`.as('process'),
          sql<number>`cast(${held_until} as bigint)`.as('held_until'),
        ])
        .where((where) => {
          const room = (['app', 'account'] as const).flatMap((of) => {
            const limit = limits[of];
            return limit === null ? [] : [where(counting(db, of, row, now), '<', limit)];
          });
          return where.or([where.and(room), where.exists(own(db, row.session, now))]);
        }),
    )
    .onConflict((conflict) => conflict.column('session').doUpdateSet({ process, held_until }))
    .returning('session')
    .executeTakeFirst();
  return taken !== undefined;
}

type Others = LineUse & { session: string | null };

async function count(
  db: Kysely<Tables>,
  of: 'app' | 'account',
  others: Others,
  now: number,
): Promise<number> {
  const row = await counting(db, of, others, now).executeTakeFirst();
  return Number(row?.lines ?? 0);
}

/** How many lines are held by others than this session. */
function counting(db: Kysely<Tables>, of: 'app' | 'account', use: Others, now: number) {
  return db
    .selectFrom('lines')
    .select((eb) => eb.fn.countAll<number>().as('lines'))
    .where(`lines.${of}`, '=', use[of])
    .$if(use.session !== null, (query) => query.where('lines.session', '!=', use.session))
    .where((eb) => isHeld(eb, now));
}

function own(db: Kysely<Tables>, session: string, now: number) {
  return db
    .selectFrom('lines')
    .select('lines.session')
    .where('lines.session', '=', session)
    .where((eb) => isHeld(eb, now));
}

function isHeld(eb: ExpressionBuilder<Tables, 'lines'>, now: number): Expression<SqlBool> {
  const living = eb.selectFrom('processes').select('processes.id').where('processes.alive_until', '>', now);
  return eb.or([eb('lines.held_until', '>', now), eb('lines.process', 'in', living)]);
}
