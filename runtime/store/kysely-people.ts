import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Access } from './access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { forgetNobody } from './erasing.ts';
import { joiningIn } from './kysely-people-joining.ts';
import { leavingIn } from './kysely-people-leaving.ts';
import { NAME, contactRow, detailOf, deviceOf, findDetail, findPerson, nameOf } from './people-rows.ts';
import type { Contact, Device, People, Person, PersonListItem } from './people.ts';
import { clean, cleanOrNull, json, parse, roundOrNull } from './plain.ts';
import type { Tables } from './tables.ts';

/** Whoever is erased while they call is met anew; more often than this it is no accident. */
const TRIES = 5;

/** What is known of people and of their numbers. */
export function peopleIn(access: Access): People {
  const { db, attempt, transact } = access;

  /** Says when the number was seen, and what is known of it. False where nobody has it. */
  const see = (phone: string, contact: Partial<Contact>, now: number): Promise<boolean> =>
    attempt('note a caller', async () => {
      const seen = await db
        .updateTable('devices')
        .set((eb) => ({
          ...contactRow(contact),
          first_seen_at: eb.fn.coalesce('first_seen_at', eb.val(now)),
          last_seen_at: now,
        }))
        .where('phone', '=', phone)
        .returning('phone')
        .executeTakeFirst();
      return seen !== undefined;
    });

  const makeAnonymous = async (into: Kysely<Tables>, now: number): Promise<Person> => {
    const id = randomUUID();
    await into.insertInto('users').values({ id, name: null, created_at: now }).execute();
    return { id, name: null, paired: false, anonymous: true, values: {} };
  };

  /** Null where somebody else makes one for the same number at this moment. */
  const makeCaller = (phone: string, contact: Partial<Contact>, now: number): Promise<Person | null> =>
    transact('make an anonymous person', async (transaction) => {
      const person = await makeAnonymous(transaction, now);
      const row = { phone, user_id: person.id, paired_at: null, first_seen_at: now, last_seen_at: now };
      const mine = await transaction
        .insertInto('devices')
        .values({ ...row, ...contactRow(contact) })
        .onConflict((conflict) => conflict.column('phone').doNothing())
        .returning('phone')
        .executeTakeFirst();
      if (mine) return person;
      await transaction.deleteFrom('users').where('id', '=', person.id).execute();
      return null;
    });

  return {
    ...joiningIn(access),
    ...leavingIn(access),

    async meet(number, contact, at) {
      const now = Math.round(at);
      const phone = cleanOrNull(number);
      if (phone === null) return attempt('make an anonymous person', () => makeAnonymous(db, now));
      for (let tries = 0; tries < TRIES; tries++) {
        const person = (await see(phone, contact, now))
          ? await attempt('read a person', () => findPerson(db, { phone }, now))
          : await makeCaller(phone, contact, now);
        if (person) return person;
      }
      throw new OffhookError(
        'store-failed',
        'The store could not keep a caller: they are erased all the time.',
        {
          status: 503,
        },
      );
    },

    async dismiss(id) {
      await attempt('forget a person', () => forgetNobody(db, clean(id)));
    },

    person: (id, now) => attempt('read a person', () => findPerson(db, { id }, now)),
    byPhone: (phone, now) => attempt('read a person', () => findPerson(db, { phone }, now)),
    detail: (id, now) => attempt('read a person', () => findDetail(db, id, now)),

    list: ({ limit, cursor }, now, phone) =>
      attempt('list people', async () => {
        const after = cursor === undefined ? null : readCursor(cursor);
        const rows = await db
          .selectFrom('users')
          .select(['users.id', 'users.name', 'users.created_at'])
          .select((eb) => [
            eb
              .selectFrom('memories')
              .select('value')
              .whereRef('memories.user_id', '=', 'users.id')
              .where('memories.name', '=', NAME)
              .where((on) => on.or([on('expires_at', 'is', null), on('expires_at', '>', Math.round(now))]))
              .as('remembered'),
          ])
          .$if(after !== null, (query) =>
            query.where((eb) =>
              eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after!.createdAt, after!.id)),
            ),
          )
          .$if(phone !== undefined, (query) =>
            query.where('users.id', '=', (eb) =>
              eb.selectFrom('devices').select('user_id').where('devices.phone', '=', clean(phone!)),
            ),
          )
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
        const page = rows.slice(0, limit);
        const devices =
          page.length === 0
            ? []
            : await db
                .selectFrom('devices')
                .select(['user_id', 'phone', 'paired_at', 'last_seen_at'])
                .where(
                  'user_id',
                  'in',
                  page.map(({ id }) => id),
                )
                .orderBy(sql`paired_at is null`)
                .orderBy('phone')
                .execute();
        const items = page.map((row): PersonListItem => {
          const own = devices.filter(({ user_id: user }) => user === row.id);
          const paired = own.some((device) => device.paired_at !== null);
          const seen = own.flatMap((device) => device.last_seen_at ?? []);
          const remembered = row.remembered === null ? undefined : parse<Value>(row.remembered);
          return {
            id: row.id,
            name: nameOf(row.name, remembered),
            paired,
            anonymous: !paired,
            createdAt: row.created_at,
            lastSeenAt: seen.length === 0 ? null : Math.max(...seen),
            phones: own.map(({ phone }) => phone),
          };
        });
        const last = items.at(-1);
        return { items, next: rows.length > limit && last ? writeCursor(last) : null };
      }),

    device: (phone) =>
      attempt('read a number', async () => {
        const query = db.selectFrom('devices').selectAll().where('phone', '=', clean(phone));
        const row = await query.executeTakeFirst();
        return row ? deviceOf(row) : null;
      }),

    devices: ({ limit, cursor }) =>
      attempt('list numbers', async () => {
        const after = cursor === undefined ? '' : readCursor(cursor).id;
        const rows = await db
          .selectFrom('devices')
          .selectAll()
          .where('phone', '>', after)
          .orderBy('phone')
          .limit(limit + 1)
          .execute();
        const items: Device[] = rows.slice(0, limit).map(deviceOf);
        const last = items.at(-1);
        const next = rows.length > limit && last ? writeCursor({ createdAt: 0, id: last.phone }) : null;
        return { items, next };
      }),

    async learn(phone, contact, now) {
      await attempt('keep what is known of a number', () =>
        db
          .updateTable('devices')
          .set({ ...contactRow(contact), looked_up_at: Math.round(now) })
          .where('phone', '=', clean(phone))
          .execute(),
      );
    },

    patch: (id, { name, memories = {} }, now) =>
      transact('change a person', async (transaction) => {
        const { id: user } = await detailOf(transaction, id, now);
        const named = name === undefined ? [] : [NAME];
        if (name !== undefined) {
          const set = { name: cleanOrNull(name) };
          await transaction.updateTable('users').set(set).where('id', '=', user).execute();
        }
        const replaced = [...named, ...Object.keys(memories).map(clean)];
        if (replaced.length > 0) {
          await transaction
            .deleteFrom('memories')
            .where('user_id', '=', user)
            .where('name', 'in', replaced)
            .execute();
        }
        const rows = Object.entries(memories).flatMap(([memory, to]) =>
          to === null
            ? []
            : [
                {
                  user_id: user,
                  name: clean(memory),
                  value: json(to.value),
                  expires_at: roundOrNull(to.expiresAt),
                  session: null,
                },
              ],
        );
        if (rows.length > 0) await transaction.insertInto('memories').values(rows).execute();
        return detailOf(transaction, user, now);
      }),
  };
}
