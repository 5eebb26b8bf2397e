/** What a store knows of people and of a session's slots, on every adapter. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Person } from '../../runtime/store/people.ts';
import type { MemoryWrite, Session, Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT, aSession, aStep } from '../store/samples.ts';

const ANA = '+14155550111';
const BOB = '+420777123456';

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`memories on ${name}`, () => {
    let place: Place;
    let store: Store;
    const opened: Store[] = [];

    async function open(): Promise<Store> {
      const one = await openStore(place.database, silentLog);
      opened.push(one);
      return one;
    }

    beforeEach(async () => {
      place = await make();
      store = await open();
    });

    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await place.drop();
    });

    let sequence = 0;
    const remembering = async (session: Session, ...memories: MemoryWrite[]): Promise<void> =>
      store.writeStep(aStep(session.id, ++sequence, { memories }));
    const a = (what: string, value: MemoryWrite['value'], expiresAt: number | null = null): MemoryWrite => ({
      name: what,
      value,
      expiresAt,
    });
    /** A session of the person with this number. */
    async function aKnownSession(phone: string, change: Partial<Session> = {}): Promise<Session> {
      const { id: user } = await store.people.meet(phone, {}, AT);
      const session = aSession({ from: phone, user, ...change });
      await store.addSession(session);
      return session;
    }
    async function known(phone: string, now: number): Promise<Person['values'] | undefined> {
      const person = await store.people.byPhone(phone, now);
      return person ? { ...person.values, ...(person.name !== null && { name: person.name }) } : undefined;
    }

    test('come back by person, whatever they are, also in another process', async () => {
      const ana = await aKnownSession(ANA);
      const bob = await aKnownSession(BOB);
      const party = { guests: [1, 2], window: true, note: 'näh ☂' };
      await remembering(ana, a('name', 'Ana'), a('party', party));
      await remembering(bob, a('last', null));
      const other = await open();
      expect(await other.people.byPhone(ANA, AT)).toMatchObject({ name: 'Ana', values: { party } });
      expect(await other.people.person(ana.user!, AT)).toMatchObject({ name: 'Ana', values: { party } });
      expect(await store.people.byPhone(BOB, AT)).toMatchObject({ name: null, values: { last: null } });
      expect(await store.people.byPhone('+1415555', AT)).toBeNull();
      expect(await store.people.byPhone('a\u0000b', AT)).toBeNull();
    });

    test('of a person are one for each name: the later one holds', async () => {
      const first = await aKnownSession(ANA);
      const second = await aKnownSession(ANA);
      await remembering(first, a('party', 4, AT + 1000));
      await remembering(second, a('party', 5), a('party', 6));
      expect(await known(ANA, AT + 5000)).toEqual({ party: 6 });
      const dump = await place.dump();
      expect(dump['users']).toHaveLength(1);
      expect(dump['devices']).toMatchObject([{ phone: ANA, paired_at: null }]);
      expect(dump['memories']).toHaveLength(1);
    });

    test('end when their time is over, and are gone with the next one that is written', async () => {
      const session = await aKnownSession(ANA);
      const other = await aKnownSession(BOB);
      await remembering(session, a('party', 4, AT + 1000), a('name', 'Ana'));
      expect(await known(ANA, AT + 999)).toEqual({ name: 'Ana', party: 4 });
      expect(await known(ANA, AT + 1000)).toEqual({ name: 'Ana' });
      await store.writeStep({
        ...aStep(other.id, 9, { memories: [a('x', 1)] }),
        entry: { ...aStep(other.id, 9).entry, sequence: ++sequence, at: AT + 2000 },
      });
      expect((await place.dump())['memories']).toHaveLength(2);
    });

    test('are written with their step, or not at all', async () => {
      const session = await aKnownSession(ANA);
      await remembering(session, a('party', 4));
      const taken = aStep(session.id, sequence, { memories: [a('party', 5), a('day', 6)] });
      await expect(store.writeStep(taken)).rejects.toMatchObject({ code: 'store-failed' });
      expect(await known(ANA, AT)).toEqual({ party: 4 });
    });

    test('of one person, written by two processes at once, are all there', async () => {
      const other = await open();
      const sessions = await Promise.all(Array.from({ length: 6 }, () => aKnownSession(ANA)));
      await Promise.all(
        sessions.map((session, index) =>
          (index % 2 ? other : store).writeStep(
            aStep(session.id, 1, { memories: [a(`memory ${index}`, index), a('same', index)] }),
          ),
        ),
      );
      expect(Object.keys((await known(ANA, AT)) ?? {})).toHaveLength(7);
      const dump = await place.dump();
      expect(dump['users']).toHaveLength(1);
      expect(dump['devices']).toHaveLength(1);
    });

    test('of a session that is nobody’s, or of somebody who was erased, are none', async () => {
      const nobodys = await aKnownSession(ANA, { user: null });
      const erased = await aKnownSession(ANA, { user: 'who-is-gone' });
      await remembering(nobodys, a('party', 4));
      await remembering(erased, a('party', 4));
      expect((await place.dump())['memories']).toEqual([]);
      expect((await place.dump())['journal']).toHaveLength(2);
    });

    test('go with the session that wrote them last, and the person with the last of their sessions', async () => {
      const first = await aKnownSession(ANA);
      const second = await aKnownSession(ANA, { isInitiated: true, from: '+14155550100', to: ANA });
      await remembering(first, a('party', 4), a('name', 'Ana'));
      await remembering(second, a('party', 5));
      await store.eraseSession(first.id);
      expect(await known(ANA, AT)).toEqual({ party: 5 });
      await store.eraseSession(second.id);
      const dump = await place.dump();
      expect([dump['memories'], dump['users'], dump['devices']]).toEqual([[], [], []]);
    });

    test('of others stay when a session is erased', async () => {
      const ana = await aKnownSession(ANA);
      const bob = await aKnownSession(BOB);
      await remembering(ana, a('party', 4));
      await remembering(bob, a('party', 5));
      await store.eraseSession(ana.id);
      expect(await known(BOB, AT)).toEqual({ party: 5 });
      expect((await place.dump())['devices']).toMatchObject([{ phone: BOB }]);
    });

    test('a session’s slots are there from the start, and as the last step left them', async () => {
      const session = await aKnownSession(ANA);
      expect((await store.sessionDetail(session.id))?.slots).toEqual({});
      await store.writeStep(aStep(session.id, ++sequence, { patch: { slots: { party: 4, card: '…' } } }));
      await store.writeStep(aStep(session.id, ++sequence, { patch: { status: 'completed' } }));
      const detail = await store.sessionDetail(session.id);
      expect(detail?.slots).toEqual({ party: 4, card: '…' });
      expect(detail?.status).toBe('completed');
      expect(await store.session(session.id)).not.toHaveProperty('slots');
    });
  });
}
