/** What a store knows of people, and what it does with them, on every adapter. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { exportOf } from '../../runtime/people/export.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { People, Person } from '../../runtime/store/people.ts';
import type { Session, Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import {
  AT,
  aDevice,
  aSession,
  aStep,
  aToolCall,
  aTurn,
  anInitiation,
  beingPlaced,
} from '../store/samples.ts';

const ANA = '+420777123456';
const BOB = '+14155550111';
const CEM = '+4915112345678';
const STRANGER = { name: null, paired: false, anonymous: true, values: {} };

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`people on ${name}`, () => {
    let place: Place;
    let store: Store;
    let people: People;
    const opened: Store[] = [];

    async function open(): Promise<Store> {
      const one = await openStore(place.database, silentLog);
      opened.push(one);
      return one;
    }

    beforeEach(async () => {
      place = await make();
      store = await open();
      ({ people } = store);
    });

    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await place.drop();
    });

    const newcomer = (called: string | null, values = {}) => ({ kind: 'new', name: called, values }) as const;
    async function aSessionOf(user: string | null, change: Partial<Session> = {}): Promise<Session> {
      const session = aSession({ user, status: 'completed', from: ANA, ...change });
      await store.addSession(session);
      return session;
    }
    let sequence = 0;
    async function remembers(session: Session, values: Person['values']): Promise<void> {
      const memories = Object.entries(values).map(([key, value]) => ({ name: key, value, expiresAt: null }));
      await store.writeStep(aStep(session.id, ++sequence, { memories }));
    }
    const rows = async (table: string) => (await place.dump())[table];

    describe('meeting', () => {
      test('somebody unknown makes an anonymous person, who is the same at the next call', async () => {
        const first = await people.meet(ANA, { city: 'Brno', country: 'CZ' }, AT);
        expect(first).toEqual({ ...STRANGER, id: first.id });
        const again = await (await open()).people.meet(ANA, { city: null, callerName: 'ANA N' }, AT + 5);
        expect(again).toEqual(first);
        expect(await people.byPhone(ANA, AT)).toEqual(first);
        expect(await people.person(first.id, AT)).toEqual(first);
        expect(await people.device(ANA)).toEqual(
          aDevice({ user: first.id, city: 'Brno', country: 'CZ', callerName: 'ANA N', lastSeenAt: AT + 5 }),
        );
      });

      test('somebody who withholds the number makes a new person each time, without a number', async () => {
        const [one, two] = [await people.meet(null, { city: 'X' }, AT), await people.meet(null, {}, AT)];
        expect(one).toEqual({ ...STRANGER, id: one.id });
        expect(two.id).not.toBe(one.id);
        expect(await rows('devices')).toEqual([]);
      });

      test('one number in two processes at once makes one person', async () => {
        const other = await open();
        const met = await Promise.all(
          Array.from({ length: 12 }, (_, index) => (index % 2 ? other : store).people.meet(ANA, {}, AT)),
        );
        expect(new Set(met.map(({ id }) => id)).size).toBe(1);
        expect(await rows('users')).toHaveLength(1);
      });

      test('goes on while steps of calls are written, and neither loses the other', async () => {
        const session = await aSessionOf(null);
        const steps = Array.from({ length: 40 }, (_, index) => store.writeStep(aStep(session.id, index + 1)));
        const met = Array.from({ length: 40 }, (_, index) => people.meet(`+1415555${1000 + index}`, {}, AT));
        await Promise.all([...steps, ...met]);
        expect(await rows('journal')).toHaveLength(40);
        expect(await rows('users')).toHaveLength(40);
        expect(await rows('devices')).toHaveLength(40);
      });

      test('somebody who is not needed leaves nothing, and takes nobody along who is known for anything', async () => {
        const gone = await people.meet(null, {}, AT);
        const withSession = await people.meet(null, {}, AT);
        await aSessionOf(withSession.id, { from: 'anonymous' });
        const { user: paired } = await people.pair(ANA, newcomer(null), AT);
        const { id: named } = await people.meet(BOB, {}, AT);
        await people.patch(named, { name: 'Bob' }, AT);
        for (const { id } of [gone, withSession, paired, { id: named }]) await people.dismiss(id);
        const left = (await rows('users'))?.map((row) => row['id']);
        expect(new Set(left)).toEqual(new Set([withSession.id, paired.id, named]));
      });

      test('nobody where nothing is known, whatever was asked', async () => {
        for (const id of ['', 'x', 'a\u0000b']) {
          expect(await people.person(id, AT)).toBeNull();
          expect(await people.byPhone(id, AT)).toBeNull();
          expect(await people.detail(id, AT)).toBeNull();
          expect(await people.device(id)).toBeNull();
          expect(await people.belongings(id)).toEqual({ sessions: [], initiations: [] });
          expect(await people.erase(id)).toBe(false);
          expect(await people.unpair(id)).toBe(false);
        }
      });
    });

    describe('what is known of a number', () => {
      test('is kept beside what was known, with when it was asked for', async () => {
        const { id } = await people.meet(ANA, { city: 'Brno' }, AT);
        await people.learn(ANA, { carrier: 'O2', lineType: 'mobile', callerName: null }, AT + 7.4);
        expect(await people.device(ANA)).toEqual(
          aDevice({ user: id, city: 'Brno', carrier: 'O2', lineType: 'mobile', lookedUpAt: AT + 7 }),
        );
      });

      test('is nothing where the number is nobody’s any more', async () => {
        await people.learn(ANA, { carrier: 'O2' }, AT);
        expect(await people.device(ANA)).toBeNull();
      });
    });

    describe('pairing', () => {
      test('makes the anonymous person of the number a known one, who keeps what was remembered', async () => {
        const { id } = await people.meet(ANA, { city: 'Brno' }, AT);
        const session = await aSessionOf(id, { status: 'in-progress' });
        await remembers(session, { name: 'Anna', party: 4, tier: 'silver' });
        const paired = await people.pair(ANA, newcomer('Ana', { tier: 'gold' }), AT + 9);
        const user = { id, name: 'Ana', paired: true, anonymous: false, values: { party: 4, tier: 'gold' } };
        const device = aDevice({ user: id, city: 'Brno', pairedAt: AT + 9 });
        expect(paired).toEqual({ device, user });
        expect(await people.meet(ANA, {}, AT + 10)).toEqual(user);
        expect(await store.session(session.id)).toMatchObject({ user: id });
      });

      test('makes person and number where nobody has called yet', async () => {
        const { device, user } = await people.pair(ANA, newcomer('Ana', { party: 2 }), AT);
        expect(user).toEqual({
          id: user.id,
          name: 'Ana',
          paired: true,
          anonymous: false,
          values: { party: 2 },
        });
        expect(device).toEqual(aDevice({ user: user.id, pairedAt: AT, firstSeenAt: null, lastSeenAt: null }));
        expect(await people.meet(ANA, {}, AT + 1)).toEqual(user);
      });

      test('to somebody known merges the anonymous person of the number into them', async () => {
        const { user: ana } = await people.pair(ANA, newcomer('Ana', { party: 2 }), AT);
        const { id: stranger } = await people.meet(BOB, {}, AT);
        const session = await aSessionOf(stranger, { from: BOB, status: 'in-progress' });
        await remembers(session, { party: 7, day: 'monday', name: 'Anka' });
        const paired = await people.pair(BOB, { kind: 'known', user: ana.id }, AT + 9);
        const values = { party: 2, day: 'monday' };
        expect(paired.user).toEqual({ id: ana.id, name: 'Ana', paired: true, anonymous: false, values });
        expect(paired.device).toMatchObject({ phone: BOB, user: ana.id, pairedAt: AT + 9 });
        expect(await people.person(stranger, AT)).toBeNull();
        // The call goes on, and what it remembers is remembered of the right person.
        await remembers(session, { day: 'tuesday' });
        expect(await people.byPhone(ANA, AT)).toMatchObject({ values: { party: 2, day: 'tuesday' } });
        expect(await store.session(session.id)).toMatchObject({ user: ana.id });
      });

      test('of a number that was somebody else’s takes the number and its open calls, and nothing of the past', async () => {
        const { user: ana } = await people.pair(ANA, newcomer('Ana', { secret: 1 }), AT);
        const past = await aSessionOf(ana.id);
        const open_ = await aSessionOf(ana.id, { status: 'in-progress' });
        const elsewhere = await aSessionOf(ana.id, { status: 'in-progress', from: BOB });
        const { user: cem } = await people.pair(ANA, newcomer('Cem'), AT + 1);
        expect(cem).toEqual({ id: cem.id, name: 'Cem', paired: true, anonymous: false, values: {} });
        expect(await people.person(ana.id, AT)).toEqual({
          ...ana,
          paired: false,
          anonymous: true,
          values: { secret: 1 },
        });
        const owners = [past, open_, elsewhere].map(async ({ id }) => (await store.session(id))?.user);
        expect(await Promise.all(owners)).toEqual([ana.id, cem.id, ana.id]);

        const { user: bob } = await people.pair(BOB, newcomer('Bob'), AT);
        expect((await people.pair(ANA, { kind: 'known', user: bob.id }, AT)).user).toMatchObject({
          id: bob.id,
        });
        expect((await people.detail(bob.id, AT))?.devices.map(({ phone }) => phone)).toEqual([BOB, ANA]);
        expect(await people.person(cem.id, AT)).toMatchObject({ name: 'Cem', anonymous: true });
      });

      test('again under the same name is the same person', async () => {
        const { user: one } = await people.pair(ANA, newcomer('Ana', { party: 2 }), AT);
        const { user: two } = await people.pair(ANA, newcomer('Ana', { day: 'friday' }), AT + 1);
        expect(two).toEqual({ ...one, values: { party: 2, day: 'friday' } });
        expect(await rows('users')).toHaveLength(1);
      });

      test('to somebody who is not there is refused, and changes nothing', async () => {
        await people.meet(ANA, {}, AT);
        await people.pair(BOB, newcomer('Bob'), AT);
        const before = await place.dump();
        for (const phone of [ANA, BOB, CEM]) {
          await expect(people.pair(phone, { kind: 'known', user: 'nobody' }, AT)).rejects.toMatchObject({
            code: 'unknown-user',
            status: 404,
            message: 'There is no user "nobody".',
          });
        }
        expect(await place.dump()).toEqual(before);
      });

      test('by several at once ends in one person, and one pairing', async () => {
        const other = await open();
        await people.meet(ANA, {}, AT);
        await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            (index % 2 ? other : store).people.pair(ANA, newcomer('Ana', { [`v${index}`]: index }), AT),
          ),
        );
        expect(await rows('users')).toHaveLength(1);
        expect(Object.keys((await people.byPhone(ANA, AT))?.values ?? {})).toHaveLength(8);
      });

      test('taken back makes the number’s next caller a stranger, and the person stays', async () => {
        const { user: ana } = await people.pair(ANA, newcomer('Ana', { party: 2 }), AT);
        const { id: stranger } = await people.meet(BOB, {}, AT);
        expect(await people.unpair(ANA)).toBe(true);
        expect(await people.unpair(ANA)).toBe(false);
        expect(await people.byPhone(ANA, AT)).toBeNull();
        expect(await people.detail(ana.id, AT)).toMatchObject({ name: 'Ana', anonymous: true, devices: [] });
        expect((await people.meet(ANA, {}, AT)).id).not.toBe(ana.id);
        // Of whom nothing is known but the number.
        expect(await people.unpair(BOB)).toBe(true);
        expect(await people.person(stranger, AT)).toBeNull();
      });
    });

    describe('lists', () => {
      test('people newest first, page by page, with their names and numbers', async () => {
        const { user: ana } = await people.pair(ANA, newcomer('Ana'), AT);
        const { id: bob } = await people.meet(BOB, {}, AT + 1);
        await remembers(await aSessionOf(bob, { from: BOB }), { name: 'Bob' });
        const { id: cem } = await people.meet(CEM, {}, AT + 2);
        await people.merge(cem, ana.id, AT);
        const { id: last } = await people.meet(null, {}, AT + 3);
        const item = (id: string, createdAt: number) => ({
          id,
          name: null,
          paired: false,
          anonymous: true,
          createdAt,
          lastSeenAt: null,
          phones: [],
        });
        const first = await people.list({ limit: 2 }, AT);
        expect(first.items).toEqual([
          item(last, AT + 3),
          { ...item(bob, AT + 1), name: 'Bob', lastSeenAt: AT + 1, phones: [BOB] },
        ]);
        const second = await people.list({ limit: 2, cursor: first.next! }, AT);
        expect(second.items).toEqual([
          {
            ...item(ana.id, AT),
            name: 'Ana',
            paired: true,
            anonymous: false,
            lastSeenAt: AT + 2,
            phones: [ANA, CEM],
          },
        ]);
        expect(second.next).toBeNull();
        expect((await people.list({ limit: 2 }, AT, CEM)).items).toEqual(second.items);
        expect(await people.list({ limit: 2 }, AT, '+14155550199')).toEqual({ items: [], next: null });
        await expect(people.list({ limit: 2, cursor: 'x' }, AT)).rejects.toMatchObject({
          code: 'bad-cursor',
        });
      });

      test('numbers by number, page by page', async () => {
        for (const phone of [ANA, BOB, CEM]) await people.meet(phone, {}, AT);
        const first = await people.devices({ limit: 2 });
        const second = await people.devices({ limit: 2, cursor: first.next! });
        const phones = [...first.items, ...second.items].map(({ phone }) => phone);
        expect(phones).toEqual([BOB, ANA, CEM]);
        expect(second.next).toBeNull();
        await expect(people.devices({ limit: 2, cursor: 'x' })).rejects.toMatchObject({ code: 'bad-cursor' });
      });
    });

    describe('changing', () => {
      test('sets and forgets names and memories, with their life, and leaves the others', async () => {
        const { id } = await people.meet(ANA, {}, AT);
        await remembers(await aSessionOf(id), { name: 'Anna', party: 4, day: 'friday' });
        const patched = await people.patch(
          id,
          {
            name: 'Ana',
            memories: { party: null, tier: { value: { gold: true }, expiresAt: AT + 100.6 } },
          },
          AT,
        );
        expect(patched).toMatchObject({
          id,
          name: 'Ana',
          values: { day: 'friday', tier: { gold: true } },
          memories: [
            { name: 'day', value: 'friday', expiresAt: null },
            { name: 'tier', value: { gold: true }, expiresAt: AT + 101 },
          ],
          devices: [{ phone: ANA }],
          createdAt: AT,
        });
        expect((await people.person(id, AT + 101))?.values).toEqual({ day: 'friday' });
        expect(await people.patch(id, {}, AT)).toEqual(patched);
        expect(await people.patch(id, { name: null }, AT)).toMatchObject({ name: null });
      });

      test('a name that is told in a call later is the newer one', async () => {
        const { id } = await people.meet(ANA, {}, AT);
        await people.patch(id, { name: 'Ana' }, AT);
        await remembers(await aSessionOf(id), { name: 'Anička' });
        expect(await people.person(id, AT)).toMatchObject({ name: 'Anička', values: {} });
      });

      test('nobody is refused', async () => {
        await expect(people.patch('nobody', { name: 'x' }, AT)).rejects.toMatchObject({
          code: 'unknown-user',
        });
      });
    });

    describe('merging', () => {
      test('gives sessions, numbers and memories to the one who stays, whose own hold', async () => {
        const { user: ana } = await people.pair(ANA, newcomer(null, { party: 2 }), AT);
        const { id: other } = await people.meet(BOB, {}, AT);
        await people.patch(other, { name: 'Anna' }, AT);
        const session = await aSessionOf(other, { from: BOB });
        await remembers(session, { party: 9, day: 'friday' });
        const merged = await people.merge(other, ana.id, AT);
        expect(merged).toMatchObject({
          id: ana.id,
          name: 'Anna',
          paired: true,
          values: { party: 2, day: 'friday' },
          devices: [{ phone: ANA }, { phone: BOB, pairedAt: null }],
        });
        expect(await people.person(other, AT)).toBeNull();
        expect(await people.meet(BOB, {}, AT)).toMatchObject({ id: ana.id, paired: false, anonymous: false });
        expect(await store.session(session.id)).toMatchObject({ user: ana.id });
      });

      test('lets no memory that is over stand in the way of one that holds', async () => {
        const [{ id: from }, { id: into }] = [await people.meet(ANA, {}, AT), await people.meet(BOB, {}, AT)];
        await people.patch(from, { memories: { party: { value: 1, expiresAt: null } } }, AT);
        await people.patch(into, { memories: { party: { value: 2, expiresAt: AT + 5 } } }, AT);
        expect((await people.merge(from, into, AT + 5)).values).toEqual({ party: 1 });
      });

      test('with nobody, or with oneself, is refused and changes nothing', async () => {
        const { id } = await people.meet(ANA, {}, AT);
        const before = await place.dump();
        const refused = { code: 'unknown-user', status: 404, message: 'There is no user "nobody".' };
        await expect(people.merge('nobody', id, AT)).rejects.toMatchObject(refused);
        await expect(people.merge(id, 'nobody', AT)).rejects.toMatchObject(refused);
        await expect(people.merge(id, id, AT)).rejects.toMatchObject({ code: 'same-user', status: 400 });
        expect(await place.dump()).toEqual(before);
      });

      test('goes together with the steps of a call that is going on', async () => {
        const { id: from } = await people.meet(ANA, {}, AT);
        const { id: into } = await people.meet(BOB, {}, AT);
        const session = await aSessionOf(from, { status: 'in-progress' });
        const other = await open();
        await Promise.all([
          ...Array.from({ length: 10 }, (_, index) => remembers(session, { [`m${index}`]: index })),
          other.people.merge(from, into, AT),
        ]);
        expect(Object.keys((await people.person(into, AT))?.values ?? {})).toHaveLength(10);
        expect(await rows('journal')).toHaveLength(10);
      });
    });

    /** A person with something in every table. */
    let keys = 0;
    async function aLife(phone: string, mark: string): Promise<string> {
      const { id } = await people.meet(phone, { city: mark, carrier: mark, callerName: mark }, AT);
      const session = await aSessionOf(id, { from: phone, attributes: { mark }, dialogue: mark });
      await store.writeStep(
        aStep(session.id, 1, {
          turns: [aTurn(0, { text: mark })],
          toolCalls: [aToolCall('t1', { input: mark })],
          memories: [{ name: 'mark', value: mark, expiresAt: null }],
        }),
      );
      await store.exchanges.claim(session.id, 0, AT, AT);
      await store.exchanges.keep(session.id, 0, mark, AT);
      const use = { app: session.app, account: 'default' };
      await store.lines.hold(session.id, use, { app: null, account: null }, 'p', AT, AT + 1000);
      await store.recordings.write(session.id, {
        id: `RE${mark}`,
        url: `https://api.example/${mark}`,
        status: 'completed',
        channels: 2,
        durationMs: 1,
        startedAt: AT,
      });
      const pairing = { session: session.id, phone, expiresAt: AT + 1000 };
      await store.pairings.open(`hash of a code, ${keys}`, pairing, AT);
      await store.addToken(`hash of ${mark}`, session.id, AT + 1000);
      // Called in vain: the session never learned whose it is.
      const out = aSession({
        user: null,
        direction: 'outbound',
        isInitiated: true,
        from: '+14155550100',
        to: phone,
        status: 'no-answer',
      });
      const initiation = await beingPlaced(store, out, { to: phone, welcomeMessage: mark });
      const key = `key ${++keys}`;
      await store.claimKey(key, 'f', AT);
      await store.keepAnswer(key, { status: 201, body: { id: initiation.id } });
      await store.initiations.add(anInitiation({ to: phone, welcomeMessage: mark }));
      await store.initiations.add(
        anInitiation({ to: '+14155550199', origin: session.id, attributes: { mark } }),
      );
      // Within a sentence.
      const told = `key ${++keys}`;
      await store.claimKey(told, 'f', AT);
      await store.keepAnswer(told, { status: 502, body: { detail: `${phone} cannot be called.` } });
      const rejected = [
        { index: 0, code: 'duplicate', detail: `${phone} stands there twice.` },
        { index: 1, code: 'duplicate', detail: `${phone}7 stands there twice.` },
      ];
      const batch = { id: `batch ${keys}`, key: 'bistro', accepted: 0, rejected, createdAt: AT };
      await store.initiations.addBatch(batch, []);
      await people.patch(id, { name: mark, memories: { note: { value: mark, expiresAt: null } } }, AT);
      return id;
    }
    /** Those that know of no person. */
    const IMPERSONAL =
      /^(kysely_|sqlite_|(processes|numbers|browser_phones|paces|pairing_salt|pairing_tries)$)/;

    describe('erasing', () => {
      test('leaves nothing of the person in any table, and all of the others', async () => {
        const ana = await aLife(ANA, 'Ana-Novakova');
        const bob = await aLife(BOB, 'Bob-Smith');
        const theirs = await people.belongings(ana);
        const traces = [ana, ANA, 'Ana-Novakova', ...Object.values(theirs).flat()];
        expect(traces).toHaveLength(8);
        const before = await place.dump();
        const tables = Object.keys(before).filter((table) => !IMPERSONAL.test(table));
        // A table that is new here has to be thought of: everybody has something in each, half of it hers.
        expect(tables.filter((table) => before[table]!.length === 0)).toEqual([]);
        const kept = [await people.detail(bob, AT), await people.belongings(bob)];

        expect(await people.erase(ana)).toBe(true);

        const after = await place.dump();
        for (const table of tables) {
          const text = JSON.stringify(after[table]);
          // A longer number is somebody else's.
          expect([table, traces.filter((trace) => text.replaceAll(`${ANA}7`, '').includes(trace))]).toEqual([
            table,
            [],
          ]);
          const isKept = ['idempotency_keys', 'batches'].includes(table);
          const half = isKept ? before[table]!.length : before[table]!.length / 2;
          expect([table, after[table]!.length]).toEqual([table, half]);
        }
        expect([await people.detail(bob, AT), await people.belongings(bob)]).toEqual(kept);
        expect(await people.erase(ana)).toBe(false);
        expect(await people.detail(ana, AT)).toBeNull();
        expect(await people.byPhone(ANA, AT)).toBeNull();
      });

      test('leaves alone what was answered about, or told of, a longer number', async () => {
        const { id } = await people.meet(ANA, {}, AT);
        const body = { detail: `${ANA}7 cannot be called.` };
        await store.claimKey('k', 'f', AT);
        await store.keepAnswer('k', { status: 502, body });
        const rejected = [
          { index: 0, code: 'duplicate', detail: `${ANA}7 is in this batch already.` },
          { index: 1, code: 'duplicate', detail: `${ANA} is in this batch already.` },
        ];
        const batch = { id: 'b1', key: 'bistro', accepted: 0, rejected, createdAt: AT };
        await store.initiations.addBatch(batch, []);
        await people.erase(id);
        expect(await store.claimKey('k', 'f', AT)).toEqual({ status: 502, body });
        expect((await store.initiations.batch('b1'))?.rejected).toEqual([
          rejected[0],
          { ...rejected[1], detail: '…' },
        ]);
      });

      test('is refused while a call of theirs is not over, and erases nothing then', async () => {
        const { id } = await people.meet(ANA, {}, AT);
        const session = await aSessionOf(id, { status: 'in-progress' });
        await aSessionOf(id);
        await expect(people.erase(id)).rejects.toMatchObject({ code: 'session-running', status: 409 });
        expect(await rows('sessions')).toHaveLength(2);
        await store.patchSession(session.id, { status: 'completed' });
        expect(await people.erase(id)).toBe(true);
        expect(await rows('sessions')).toEqual([]);
      });

      test('takes no call of somebody else who had the number before or after', async () => {
        const { user: ana } = await people.pair(ANA, newcomer('Ana'), AT);
        const hers = await aSessionOf(ana.id);
        const { user: cem } = await people.pair(ANA, newcomer('Cem'), AT + 1);
        const his = await aSessionOf(cem.id);
        await people.erase(cem.id);
        expect(await store.session(hers.id)).not.toBeNull();
        expect(await store.session(his.id)).toBeNull();
      });

      test('takes a person along who withheld the number with their only session', async () => {
        const { id } = await people.meet(null, {}, AT);
        const session = await aSessionOf(id, { from: 'anonymous' });
        await store.eraseSession(session.id);
        expect(await people.person(id, AT)).toBeNull();
      });
    });

    test('what is given out of a person is all that the store has of them', async () => {
      const ana = await aLife(ANA, 'Ana-Novakova');
      await aLife(BOB, 'Bob-Smith');
      const all = await exportOf(store, ana, AT);
      expect(all?.person).toEqual(await people.detail(ana, AT));
      expect(all?.person.devices).toMatchObject([{ phone: ANA, city: 'Ana-Novakova' }]);
      expect(all?.person.memories.map(({ name: memory }) => memory)).toEqual(['mark', 'note']);
      expect(all?.sessions.map(({ from, to }) => [from, to])).toEqual(
        expect.arrayContaining([
          [ANA, '+14155550100'],
          ['+14155550100', ANA],
        ]),
      );
      const talked = all?.sessions.find(({ from }) => from === ANA);
      expect(talked).toMatchObject({
        turns: [{ text: 'Ana-Novakova' }],
        toolCalls: [{ input: 'Ana-Novakova' }],
        journal: [{ sequence: 1 }],
        recordings: [{ url: 'https://api.example/Ana-Novakova' }],
      });
      expect(all?.initiations.map(({ to }) => to).toSorted()).toEqual(['+14155550199', ANA, ANA]);
      expect(JSON.stringify(all)).not.toContain('Bob');
      expect(await exportOf(store, 'nobody', AT)).toBeNull();
    });
  });
}
