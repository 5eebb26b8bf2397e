/** People and their numbers, as rows tell of them. */
import { sql, type Kysely, type Selectable } from 'kysely';
import { OffhookError } from '../errors.ts';
import type { Value } from '../dialogue/protocol.ts';
import type { Contact, Device, Memory, Person, PersonDetail } from './people.ts';
import { clean, parse } from './plain.ts';
import type { DeviceTable, Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** The memory that takes the place of the name in a person's own row. */
export const NAME = 'name';

/** A person by id, or the one whose number it is. */
export async function findPerson(
  db: Db,
  by: { id: string } | { phone: string },
  now: number,
): Promise<Person | null> {
  const phone = 'phone' in by ? clean(by.phone) : null;
  const rows = await db
    .selectFrom('users')
    .leftJoin('memories', (join) =>
      join
        .onRef('memories.user_id', '=', 'users.id')
        .on((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', Math.round(now))])),
    )
    .select(['users.id', 'users.name as given', 'memories.name', 'memories.value'])
    .select((eb) => [
      eb
        .selectFrom('devices')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .whereRef('devices.user_id', '=', 'users.id')
        .where('devices.paired_at', 'is not', null)
        .as('paired'),
      eb.selectFrom('devices').select('paired_at').where('devices.phone', '=', phone).as('paired_at'),
    ])
    .$if('id' in by, (query) => query.where('users.id', '=', clean('id' in by ? by.id : '')))
    .$if('phone' in by, (query) =>
      query.where('users.id', '=', (eb) =>
        eb.selectFrom('devices').select('user_id').where('devices.phone', '=', phone),
      ),
    )
    .orderBy('memories.name')
    .execute();
  const [first] = rows;
  if (!first) return null;
  const memories = rows.flatMap(({ name, value }) =>
    name === null || value === null ? [] : [[name, parse<Value>(value)] as const],
  );
  const paired = Number(first.paired) > 0;
  return personOf(
    first.id,
    first.given,
    phone === null ? paired : first.paired_at !== null,
    paired,
    memories,
  );
}

function personOf(
  id: string,
  given: string | null,
  paired: boolean,
  anyPaired: boolean,
  memories: readonly (readonly [string, Value])[],
): Person {
  const remembered = memories.find(([name]) => name === NAME)?.[1];
  return {
    id,
    name: nameOf(given, remembered),
    paired,
    anonymous: !anyPaired,
    values: Object.fromEntries(memories.filter(([name]) => name !== NAME)),
  };
}

/** What was remembered in a call is the newer one. */
export function nameOf(given: string | null, remembered: Value | undefined): string | null {
  return typeof remembered === 'string' ? remembered : given;
}

export async function findDetail(db: Db, id: string, now: number): Promise<PersonDetail | null> {
  const user = await db.selectFrom('users').selectAll().where('id', '=', clean(id)).executeTakeFirst();
  if (!user) return null;
  const devices = await devicesOf(db, user.id);
  const rows = await db
    .selectFrom('memories')
    .select(['name', 'value', 'expires_at'])
    .where('user_id', '=', user.id)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', Math.round(now))]))
    .orderBy('name')
    .execute();
  const memories: Memory[] = rows.map((row) => ({
    name: row.name,
    value: parse<Value>(row.value),
    expiresAt: row.expires_at,
  }));
  const paired = devices.some(({ pairedAt }) => pairedAt !== null);
  const values = memories.map(({ name, value }) => [name, value] as const);
  return {
    ...personOf(user.id, user.name, paired, paired, values),
    createdAt: user.created_at,
    memories,
    devices,
  };
}

/** @throws OffhookError `unknown-user`. */
export async function detailOf(db: Db, id: string, now: number): Promise<PersonDetail> {
  const detail = await findDetail(db, id, now);
  if (!detail) throw unknownUser(id);
  return detail;
}

export function unknownUser(id: string): OffhookError {
  return new OffhookError('unknown-user', `There is no user "${id}".`, { status: 404 });
}

/** The paired ones first. */
export async function devicesOf(db: Db, user: string): Promise<Device[]> {
  const rows = await db
    .selectFrom('devices')
    .selectAll()
    .where('user_id', '=', user)
    .orderBy(sql`paired_at is null`)
    .orderBy('phone')
    .execute();
  return rows.map(deviceOf);
}

export function deviceOf(row: Selectable<DeviceTable>): Device {
  return {
    phone: row.phone,
    user: row.user_id,
    pairedAt: row.paired_at,
    country: row.country,
    city: row.city,
    carrier: row.carrier,
    callerName: row.caller_name,
    lineType: row.line_type,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    lookedUpAt: row.looked_up_at,
  };
}

const COLUMNS = {
  country: 'country',
  city: 'city',
  carrier: 'carrier',
  callerName: 'caller_name',
  lineType: 'line_type',
} as const satisfies Record<keyof Contact, keyof DeviceTable>;

/** Only what is known. */
export function contactRow(contact: Partial<Contact>): {
  [column in (typeof COLUMNS)[keyof Contact]]?: string;
} {
  const row: { [column in (typeof COLUMNS)[keyof Contact]]?: string } = {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names of the constant above
  for (const name of Object.keys(COLUMNS) as (keyof Contact)[]) {
    const value = contact[name];
    if (value !== undefined && value !== null) row[COLUMNS[name]] = clean(value);
  }
  return row;
}
