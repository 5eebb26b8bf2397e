/** The people in the store, for reading and mending in a terminal. */
import { OffhookError } from '../errors.ts';
import { exportOf, type PersonExport } from '../people/export.ts';
import type { Device, PersonDetail, PersonListItem } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import { countOf } from './sessions.ts';
import { moment, printable, table } from './table.ts';

interface Out {
  write(text: string): unknown;
}

/**
 * Prints a table, newest first. Gives the exit code. `limit`: as it was typed.
 * @throws OffhookError `bad-setting`.
 */
export async function listUsers(
  { people }: Pick<Store, 'people'>,
  out: Out,
  { limit }: { limit: string },
  now: number,
): Promise<number> {
  const { items } = await people.list({ limit: countOf(limit) }, now);
  if (items.length === 0) out.write('There are no users.\n');
  else out.write(table([['LAST CALL', 'NAME', 'PAIRED', 'NUMBERS', 'ID'], ...items.map(rowOf)]));
  return 0;
}

/**
 * Prints one person with numbers and memories. `who`: an id, or a number. Gives the exit code.
 * @throws OffhookError `unknown-user`.
 */
export async function showUser(
  store: Pick<Store, 'people'>,
  out: Out,
  who: string,
  now: number,
): Promise<number> {
  const person = await find(store, who, now);
  const { sessions } = await store.people.belongings(person.id);
  out.write(
    table([
      ['id', person.id],
      ['name', person.name ?? '-'],
      ['paired', person.paired ? 'yes' : 'no'],
      ['since', moment(person.createdAt)],
      ['sessions', String(sessions.length)],
      ...person.devices.map((device) => ['number', deviceLine(device)]),
      ...shown(person).map(({ name, value, expiresAt }) => {
        const until = expiresAt === null ? '' : ` until ${moment(expiresAt)}`;
        return [`user.${name}`, `${JSON.stringify(value)}${until}`];
      }),
    ]),
  );
  return 0;
}

/** Prints all that is known of a person as JSON, as `view` shows it. @throws OffhookError `unknown-user`. */
export async function exportUser(
  store: Store,
  out: Out,
  who: string,
  now: number,
  view: (all: PersonExport) => unknown,
): Promise<number> {
  const { id } = await find(store, who, now);
  const all = await exportOf(store, id, now);
  if (!all) throw unknown(who);
  out.write(`${JSON.stringify(view(all), null, 2)}\n`);
  return 0;
}

/**
 * Erases a person with everything of theirs, where `yes` says so; else tells what that would be, and gives 1.
 * @throws OffhookError `unknown-user`, `session-running`.
 */
export async function eraseUser(
  store: Pick<Store, 'people'>,
  out: Out,
  who: string,
  { yes = false }: { yes?: boolean },
  now: number,
): Promise<number> {
  const person = await find(store, who, now);
  const { sessions } = await store.people.belongings(person.id);
  const all = `${whoIs(person)} with ${counted(person.devices.length, 'number')}, ${counted(sessions.length, 'session')} and ${counted(shown(person).length, 'memory', 'memories')}`;
  if (!yes) {
    out.write(`This would erase ${all}, for good. Nothing was erased: say --yes to do it.\n`);
    return 1;
  }
  await store.people.erase(person.id);
  out.write(`Erased ${all}.\n`);
  return 0;
}

/** Makes two people one: `into` stays. @throws OffhookError `unknown-user`, `same-user`. */
export async function mergeUsers(
  store: Pick<Store, 'people'>,
  out: Out,
  from: string,
  into: string,
  now: number,
): Promise<number> {
  const [left, kept] = [await find(store, from, now), await find(store, into, now)];
  const merged = await store.people.merge(left.id, kept.id, now);
  const numbers = merged.devices.map(({ phone }) => phone).join(', ') || 'no number';
  out.write(`${whoIs(merged)} has ${numbers} now.\n`);
  return 0;
}

async function find({ people }: Pick<Store, 'people'>, who: string, now: number): Promise<PersonDetail> {
  const id = who.startsWith('+') ? (await people.byPhone(who, now))?.id : who;
  const person = id === undefined ? null : await people.detail(id, now);
  if (!person) throw unknown(who);
  return person;
}

function unknown(who: string): OffhookError {
  const problem = who.startsWith('+') ? `Nobody has the number ${who}.` : `There is no user "${who}".`;
  return new OffhookError('unknown-user', problem, { status: 404 });
}

/** Without what is the runtime's own, and without the name, which stands by itself. */
function shown({ memories }: PersonDetail): PersonDetail['memories'] {
  return memories.filter(({ name }) => !name.startsWith(':') && name !== 'name');
}

function whoIs({ id, name }: PersonDetail): string {
  return name === null ? `the user ${id}` : `${printable(name)} (${id})`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function rowOf({ id, name, paired, phones, lastSeenAt, createdAt }: PersonListItem): string[] {
  const numbers = phones.length > 2 ? [...phones.slice(0, 2), '…'] : phones;
  return [moment(lastSeenAt ?? createdAt), name ?? '-', paired ? 'yes' : 'no', numbers.join(', ') || '-', id];
}

function deviceLine(device: Device): string {
  const { phone, pairedAt, callerName, carrier, lineType, city, country } = device;
  const facts = [callerName, city, country, carrier, lineType].filter((fact) => fact !== null);
  const paired = pairedAt === null ? 'not paired' : `paired ${moment(pairedAt)}`;
  return [phone, paired, ...facts].join(', ');
}
