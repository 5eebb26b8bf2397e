import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eraseUser, exportUser, listUsers, mergeUsers, showUser } from '../../runtime/cli/users.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { AT, aSession } from '../store/samples.ts';

const ANA = '+420777123456';
const BOB = '+14155550111';

describe('offhook users', () => {
  let store: Store;
  let text: string;
  let ana: string;
  let bob: string;
  const out = { write: (more: string) => (text += more) };

  beforeEach(async () => {
    text = '';
    store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
    const { user } = await store.people.pair(ANA, { kind: 'new', name: 'Ana', values: {} }, AT);
    ana = user.id;
    await store.people.meet(ANA, { city: 'Brno', country: 'CZ' }, AT + 1000);
    await store.people.learn(ANA, { carrier: 'O2', lineType: 'mobile' }, AT);
    const memories = {
      party: { value: 4, expiresAt: AT + 86_400_000 },
      name: { value: 'An\nna', expiresAt: null },
      ':used:bistro': { value: {}, expiresAt: null },
    };
    await store.people.patch(ana, { memories }, AT);
    bob = (await store.people.meet(BOB, {}, AT + 60_000)).id;
    await store.addSession(aSession({ user: ana, from: ANA, status: 'completed' }));
  });

  afterEach(() => store.close());

  test('prints a table, newest first', async () => {
    expect(await listUsers(store, out, { limit: '20' }, AT)).toBe(0);
    expect(text.split('\n')).toEqual([
      'LAST CALL             NAME   PAIRED  NUMBERS        ID',
      `2026-01-05T09:01:00Z  -      no      ${BOB}   ${bob}`,
      `2026-01-05T09:00:01Z  An na  yes     ${ANA}  ${ana}`,
      '',
    ]);
  });

  test('says where there are none, and what a limit is', async () => {
    for (const id of [ana, bob]) await store.people.erase(id);
    await listUsers(store, out, { limit: '1' }, AT);
    expect(text).toBe('There are no users.\n');
    await expect(listUsers(store, out, { limit: '0' }, AT)).rejects.toMatchObject({ code: 'bad-setting' });
  });

  test('prints one by id or by number, and nothing of the runtime’s own', async () => {
    expect(await showUser(store, out, ANA, AT)).toBe(0);
    expect(text.split('\n')).toEqual([
      `id          ${ana}`,
      'name        An na',
      'paired      yes',
      'since       2026-01-05T09:00:00Z',
      'sessions    1',
      `number      ${ANA}, paired 2026-01-05T09:00:00Z, Brno, CZ, O2, mobile`,
      'user.party  4 until 2026-01-06T09:00:00Z',
      '',
    ]);
    const byNumber = text;
    text = '';
    await showUser(store, out, ana, AT);
    expect(text).toBe(byNumber);
  });

  test('prints all that is known of one as JSON', async () => {
    expect(
      await exportUser(store, out, ana, AT, ({ person, sessions }) => [person.id, sessions.length]),
    ).toBe(0);
    expect(JSON.parse(text)).toEqual([ana, 1]);
  });

  test('erases one when told so twice, and else says what that would be', async () => {
    expect(await eraseUser(store, out, ana, {}, AT)).toBe(1);
    const all = `An na (${ana}) with 1 number, 1 session and 1 memory`;
    expect(text).toBe(`This would erase ${all}, for good. Nothing was erased: say --yes to do it.\n`);
    expect(await store.people.person(ana, AT)).not.toBeNull();
    text = '';
    expect(await eraseUser(store, out, ANA, { yes: true }, AT)).toBe(0);
    expect(text).toBe(`Erased ${all}.\n`);
    expect(await store.people.person(ana, AT)).toBeNull();
  });

  test('makes two of them one', async () => {
    expect(await mergeUsers(store, out, BOB, ana, AT)).toBe(0);
    expect(text).toBe(`An na (${ana}) has ${ANA}, ${BOB} now.\n`);
    expect(await store.people.person(bob, AT)).toBeNull();
  });

  test.each([
    ['nobody', 'There is no user "nobody".'],
    ['+14155550199', 'Nobody has the number +14155550199.'],
  ])('does not know %s', async (who, message) => {
    const unknown = { code: 'unknown-user', message };
    await expect(showUser(store, out, who, AT)).rejects.toMatchObject(unknown);
    await expect(exportUser(store, out, who, AT, () => null)).rejects.toMatchObject(unknown);
    await expect(eraseUser(store, out, who, { yes: true }, AT)).rejects.toMatchObject(unknown);
    await expect(mergeUsers(store, out, who, ana, AT)).rejects.toMatchObject(unknown);
    await expect(mergeUsers(store, out, ana, who, AT)).rejects.toMatchObject(unknown);
  });
});
