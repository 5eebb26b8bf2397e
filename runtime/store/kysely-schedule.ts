import type { Kysely } from 'kysely';
import { clean, cleanOrNull, json, parse } from './plain.ts';
import type { Schedule, ScheduledCall } from './store.ts';
import type { ScheduledCallTable, Tables } from './tables.ts';

type Do = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** Each method is one statement: what is decided, is decided in the database. */
export class KyselySchedule implements Schedule {
  readonly #db: Kysely<Tables>;
  readonly #do: Do;

  /** `work` runs a statement patiently, and puts the blame where it fails. */
  constructor(db: Kysely<Tables>, work: Do) {
    this.#db = db;
    this.#do = work;
  }

  async add(call: ScheduledCall): Promise<void> {
    await this.#do('schedule a call', () =>
      this.#db
        .insertInto('scheduled_calls')
        .values({
          ...rowOf(call),
          origin:
            call.origin === null
              ? null
              : this.#db.selectFrom('sessions').select('no').where('id', '=', clean(call.origin)),
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute(),
    );
  }

  find(id: string): Promise<ScheduledCall | null> {
    return this.#do('read a scheduled call', async () => {
      const row = await this.#db
        .selectFrom('scheduled_calls')
        .leftJoin('sessions', 'sessions.no', 'scheduled_calls.origin')
        .selectAll('scheduled_calls')
        .select('sessions.id as origin_id')
        .where('scheduled_calls.id', '=', clean(id))
        .executeTakeFirst();
      return row ? callOf(row, row.origin_id) : null;
    });
  }

  claim(now: number, until: number, most: number): Promise<ScheduledCall[]> {
    const due = Math.round(now);
    return this.#do('claim the calls that are due', async () => {
      const rows = await this.#db
        .updateTable('scheduled_calls')
        .set({ claimed_until: Math.round(until) })
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('scheduled_calls as one')
            .select('one.id')
            .where('one.status', '=', 'scheduled')
            .where('one.next_at', '<=', due)
            .where('one.claimed_until', '<=', due)
            .orderBy('one.next_at')
            .orderBy('one.id')
            .limit(most),
        )
        // Once more: in PostgreSQL another process may have claimed it since it was selected.
        .where('status', '=', 'scheduled')
        .where('claimed_until', '<=', due)
        .returningAll()
        .returning((eb) =>
          eb
            .selectFrom('sessions')
            .select('sessions.id')
            .whereRef('sessions.no', '=', 'scheduled_calls.origin')
            .as('origin_id'),
        )
        .execute();
      return rows.map((row) => callOf(row, row.origin_id)).toSorted((one, other) => one.at - other.at);
    });
  }

  nextAt(): Promise<number | null> {
    return this.#do('read the schedule', async () => {
      const row = await this.#db
        .selectFrom('scheduled_calls')
        .select((eb) => eb.fn.min('next_at').as('next'))
        .where('status', '=', 'scheduled')
        .executeTakeFirst();
      return row?.next ?? null;
    });
  }

  async postpone(id: string, until: number): Promise<void> {
    await this.#change('postpone a call', id, { next_at: Math.round(until), claimed_until: 0 });
  }

  cancel(id: string, now: number): Promise<boolean> {
    return this.#do('cancel a scheduled call', async () => {
      const row = await this.#db
        .updateTable('scheduled_calls')
        .set({ status: 'canceled' })
        .where('id', '=', clean(id))
        .where('status', '=', 'scheduled')
        .where('claimed_until', '<=', Math.round(now))
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    });
  }

  async fail(id: string, error: { code: string; message: string }): Promise<void> {
    await this.#change('close a scheduled call', id, { status: 'failed', error: json(error) });
  }

  async remove(id: string): Promise<void> {
    await this.#do('take a call off the schedule', () =>
      this.#db.deleteFrom('scheduled_calls').where('id', '=', clean(id)).execute(),
    );
  }

  async #change(what: string, id: string, set: Partial<ScheduledCallTable>): Promise<void> {
    await this.#do(what, () =>
      this.#db
        .updateTable('scheduled_calls')
        .set(set)
        .where('id', '=', clean(id))
        .where('status', '=', 'scheduled')
        .execute(),
    );
  }
}

function rowOf(call: ScheduledCall): Omit<ScheduledCallTable, 'origin'> {
  return {
    id: clean(call.id),
    key: clean(call.key),
    to_number: clean(call.to),
    from_number: cleanOrNull(call.from),
    locale: cleanOrNull(call.locale),
    attributes: json(call.attributes),
    welcome_message: cleanOrNull(call.welcomeMessage),
    machine: call.machine,
    due_at: Math.round(call.at),
    next_at: Math.round(call.at),
    claimed_until: 0,
    status: call.status,
    error: call.error && json(call.error),
    created_at: Math.round(call.createdAt),
  };
}

/** `origin` is the id of a session, which the row itself does not hold. */
export function callOf(row: ScheduledCallTable, origin: string | null): ScheduledCall {
  return {
    id: row.id,
    key: row.key,
    to: row.to_number,
    from: row.from_number,
    locale: row.locale,
    attributes: parse(row.attributes),
    welcomeMessage: row.welcome_message,
    machine: row.machine,
    at: row.due_at,
    origin,
    status: row.status,
    error: row.error === null ? null : parse(row.error),
    createdAt: row.created_at,
  };
}
