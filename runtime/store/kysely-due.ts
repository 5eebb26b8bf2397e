/** Initiations that somebody may take up now, and when the next one may be. */
import { expressionBuilder, sql, type Kysely } from 'kysely';
import type { Access } from './access.ts';
import { TO_CLAIM, initiationOf } from './initiation-rows.ts';
import type { Initiations, LeftAside } from './initiations.ts';
import { OPEN_STATUSES } from './store.ts';
import type { InitiationTable, Tables } from './tables.ts';

/** What waits in one state for one account and one key, and when the first of it is due; null: nothing is any more. */
interface Queue {
  status: (typeof TO_CLAIM)[number];
  account: string;
  key: string;
  due: number | null;
}

/** The rows with what they need of their sessions. */
export function wholeInitiations(db: Kysely<Tables>) {
  return db
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
}

export function dueIn({ db, attempt }: Access): Pick<Initiations, 'claim' | 'nextAt'> {
  const whole = wholeInitiations(db);
  /** The session is not over. */
  const isOpen = expressionBuilder<Tables & { one: InitiationTable }, 'one'>().exists((eb) =>
    eb
      .selectFrom('sessions')
      .select('sessions.no')
      .whereRef('sessions.no', '=', 'one.session')
      .where('sessions.status', 'in', OPEN_STATUSES),
  );
  const queues = async ({ notAccounts = [], notKeys = [] }: LeftAside): Promise<Queue[]> =>
    (await QUEUES.execute(db)).rows.filter(
      ({ account, key }) => !notAccounts.includes(account) && !notKeys.includes(key),
    );
  return {
    claim({ now, until, most, ...aside }) {
      const now_ = Math.round(now);
      return attempt('claim the calls that are due', async () => {
        const due = (await queues(aside))
          .flatMap(({ due: first, ...queue }) =>
            first === null || first > now_ ? [] : [{ ...queue, first }],
          )
          .toSorted((one, other) => one.first - other.first)
          // Of the longest due so many, none is in a queue behind these.
          .slice(0, most);
        if (due.length === 0) return [];
        const ids = await db
          .updateTable('initiations')
          .set({ next_at: Math.round(until) })
          .where('id', 'in', (eb) => {
            // Each queue by itself, in the order of the index: thousands may be due, of which few are looked at.
            const [first, ...others] = due.map(({ status, account, key }) => {
              const one = eb
                .selectFrom('initiations as one')
                .select(['one.id', 'one.next_at'])
                .where('one.status', '=', status)
                .where('one.account', '=', account)
                .where('one.key', '=', key)
                .where('one.next_at', '<=', now_);
              const open = status === 'placed' ? one.where(isOpen) : one;
              const longest = open.orderBy('one.next_at').limit(most);
              return eb.selectFrom(longest.as('first')).select(['first.id', 'first.next_at']);
            });
            const all = others.reduce((whole_, other) => whole_.unionAll(other), first!);
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
                .when(eb.and([eb('status', 'in', TO_CLAIM), eb('next_at', '<=', now_)]))
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
        // One whose session has come to its end since is for `settle`, or was settled and is due at another time.
        const rows = await whole
          .where(
            'initiations.id',
            'in',
            ids.map(({ id }) => id),
          )
          .where('initiations.status', 'in', TO_CLAIM)
          .where('initiations.next_at', '=', Math.round(until))
          .execute();
        return rows
          .filter(({ status, session_status: of }) => status !== 'placed' || OPEN_STATUSES.includes(of!))
          .map(initiationOf)
          .toSorted((one, other) => (one.at ?? one.createdAt) - (other.at ?? other.createdAt));
      });
    },

    nextAt(aside = {}) {
      return attempt('read what is scheduled', async () => {
        const due = (await queues(aside)).flatMap(({ due: first }) => first ?? []);
        return due.length === 0 ? null : Math.min(...due);
      });
    },
  };
}

/**
 * Goes from each account and key in the index to the next, past all that waits there: of those that are left aside, and
 * of those that are not due, there may be many thousands.
 */
const QUEUES = sql<Queue>`
  with recursive
    states (status) as (values ('scheduled'), ('placing'), ('placed')),
    accounts (status, account) as (
      select states.status, (
        select min(one.account) from initiations as one where one.status = states.status
      ) from states
      union all
      select accounts.status, (
        select min(one.account) from initiations as one
        where one.status = accounts.status and one.account > accounts.account
      ) from accounts where accounts.account is not null
    ),
    queues (status, account, key) as (
      select accounts.status, accounts.account, (
        select min(one.key) from initiations as one
        where one.status = accounts.status and one.account = accounts.account
      ) from accounts where accounts.account is not null
      union all
      select queues.status, queues.account, (
        select min(one.key) from initiations as one
        where one.status = queues.status and one.account = queues.account and one.key > queues.key
      ) from queues where queues.key is not null
    )
  select queues.status, queues.account, queues.key, (
    select one.next_at from initiations as one
    where one.status = queues.status and one.account = queues.account and one.key = queues.key
      and (one.status <> 'placed' or exists (
        select 1 from sessions where sessions.no = one.session
          and sessions.status in (${sql.join(OPEN_STATUSES)})
      ))
    order by one.next_at limit 1
  ) as due
  from queues where queues.key is not null`;
