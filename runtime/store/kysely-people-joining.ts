import { randomUUID } from 'node:crypto';
import { type Kysely } from 'kysely';
import { OffhookError } from '../errors.ts';
import type { Value } from '../dialogue/protocol.ts';
import type { Access } from './access.ts';
import { OPEN_STATUSES } from './store.ts';
import { forgetNobody } from './erasing.ts';
import { NAME, detailOf, deviceOf, findPerson, unknownUser } from './people-rows.ts';
import type { Device, PairedTo, People } from './people.ts';
import { clean, cleanOrNull, json } from './plain.ts';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** What makes a number somebody's, and two people one. */
export function joiningIn({ transact }: Access): Pick<People, 'pair' | 'unpair' | 'merge'> {
  return {
    pair: (number, to, at) =>
      transact('pair a number', async (db) => {
        const now = Math.round(at);
        const phone = clean(number);
        const owner = await lockOwner(db, phone, now);
        const user =
          to.kind === 'known'
            ? await giveTo(db, phone, to.user, owner, now)
            : await name(db, phone, to, owner, now);
        const row = await db
          .updateTable('devices')
          .set({ user_id: user, paired_at: now })
          .where('phone', '=', phone)
          .returningAll()
          .executeTakeFirstOrThrow();
        const device: Device = deviceOf(row);
        return { device, user: (await findPerson(db, { phone }, now))! };
      }),

    unpair: (phone) =>
      transact('unpair a number', async (db) => {
        const gone = await db
          .deleteFrom('devices')
          .where('phone', '=', clean(phone))
          .returning('user_id')
          .executeTakeFirst();
        if (gone) await forgetNobody(db, gone.user_id);
        return gone !== undefined;
      }),

    merge: (from, into, now) =>
      transact('make two people one', async (db) => {
        if (clean(from) === clean(into)) {
          throw new OffhookError('same-user', `"${from}" is that very user.`, { status: 400 });
        }
        await join(db, clean(from), clean(into), now);
        return detailOf(db, clean(into), now);
      }),
  };
}

interface Owner {
  id: string;
  name: string | null;
  /** The number that is asked for is paired to them. */
  paired: boolean;
  /** None of their numbers is. */
  anonymous: boolean;
}

/** Whose the number is; an anonymous person is made where it is nobody's. Nobody else changes that meanwhile. */
async function lockOwner(db: Db, phone: string, now: number): Promise<Owner> {
  const id = randomUUID();
  const lock = () =>
    db
      .updateTable('devices')
      .set({ phone })
      .where('phone', '=', phone)
      .returning('user_id')
      .executeTakeFirst();
  if (!(await lock())) {
    await db.insertInto('users').values({ id, name: null, created_at: now }).execute();
    const mine = await db
      .insertInto('devices')
      .values({ phone, user_id: id, paired_at: null })
      .onConflict((conflict) => conflict.column('phone').doNothing())
      .returning('phone')
      .executeTakeFirst();
    // A call from the number came in at this moment.
    if (!mine) await db.deleteFrom('users').where('id', '=', id).execute();
    await lock();
  }
  return (await findPerson(db, { phone }, now))!;
}

/** Gives the id of who has the number from now on. */
async function giveTo(db: Db, phone: string, user: string, owner: Owner, now: number): Promise<string> {
  const id = clean(user);
  if (id === owner.id) return id;
  if (owner.anonymous) await join(db, owner.id, id, now);
  else await handOver(db, phone, owner.id, id);
  return id;
}

async function name(
  db: Db,
  phone: string,
  to: Extract<PairedTo, { kind: 'new' }>,
  owner: Owner,
  now: number,
): Promise<string> {
  const same = owner.anonymous || (owner.paired && owner.name === to.name);
  const id = same ? owner.id : randomUUID();
  if (!same) {
    await db.insertInto('users').values({ id, name: null, created_at: now }).execute();
    await handOver(db, phone, owner.id, id);
  }
  await db
    .updateTable('users')
    .set({ name: cleanOrNull(to.name) })
    .where('id', '=', id)
    .execute();
  const entries = Object.entries(to.values).map(([key, value]): [string, Value] => [clean(key), value]);
  await db
    .deleteFrom('memories')
    .where('user_id', '=', id)
    .where('name', 'in', [NAME, ...entries.map(([key]) => key)])
    .execute();
  if (entries.length > 0) {
    await db
      .insertInto('memories')
      .values(
        entries.map(([key, value]) => ({
          user_id: id,
          name: key,
          value: json(value),
          expires_at: null,
          session: null,
        })),
      )
      .execute();
  }
  return id;
}

/** The calls from and to the number that are going on are the new owner's; what was before stays the old one's. */
async function handOver(db: Db, phone: string, from: string, to: string): Promise<void> {
  const known = await db.selectFrom('users').select('id').where('id', '=', to).executeTakeFirst();
  if (!known) throw unknownUser(to);
  await db
    .updateTable('sessions')
    .set({ user_id: to })
    .where('user_id', '=', from)
    .where('status', 'in', OPEN_STATUSES)
    .where((eb) => eb.or([eb('from_number', '=', phone), eb('to_number', '=', phone)]))
    .execute();
}

/** @throws OffhookError `unknown-user`. */
async function join(db: Db, from: string, into: string, now: number): Promise<void> {
  // Both are locked: nothing of theirs changes hands meanwhile.
  const both = await db
    .updateTable('users')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', 'in', [from, into])
    .returning(['id', 'name'])
    .execute();
  const [left, kept] = [from, into].map((id) => both.find((user) => user.id === id));
  if (!left || !kept) throw unknownUser(left ? into : from);

  // First: whoever writes a memory asks whose the session is.
  await db.updateTable('sessions').set({ user_id: into }).where('user_id', '=', from).execute();
  await db.updateTable('devices').set({ user_id: into }).where('user_id', '=', from).execute();
  await db.deleteFrom('memories').where('expires_at', '<=', Math.round(now)).execute();
  await db
    .deleteFrom('memories')
    .where('user_id', '=', from)
    .where((eb) =>
      eb.or([
        eb('name', 'in', (other) =>
          other.selectFrom('memories as kept').select('kept.name').where('kept.user_id', '=', into),
        ),
        ...(kept.name === null ? [] : [eb('name', '=', NAME)]),
      ]),
    )
    .execute();
  await db.updateTable('memories').set({ user_id: into }).where('user_id', '=', from).execute();
  if (kept.name === null) {
    await db.updateTable('users').set({ name: left.name }).where('id', '=', into).execute();
  }
  await db.deleteFrom('users').where('id', '=', from).execute();
}
