/** What a store knows of people and of a session's slots, on every adapter. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
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
    const a = (
      phone: string,
      what: string,
      value: MemoryWrite['value'],
      expiresAt: number | null = null,
    ) => ({
      phone,
      name: what,
      value,
      expiresAt,
    });
    async function aKnownSession(change: Partial<Session> = {}): Promise<Session> {
      const session = aSession(change);
      await store.addSession(session);
      return session;
    }

    test('come back by person, whatever they are, also in another process', async () => {
      const session = await aKnownSession();
      const party = { guests: [1, 2], window: true, note: 'näh ☂' };
      await remembering(session, a(ANA, 'name', 'Ana'), a(ANA, 'party', party), a(BOB, 'name', null));
      expect(await (await open()).memories(ANA, AT)).toEqual({ name: 'Ana', party });
      expect(await store.memories(BOB, AT)).toEqual({ name: null });
      expect(await store.memories('+1415555', AT)).toEqual({});
      expect(await store.memories('a\u0000b', AT)).toEqual({});
    });

    test('of a person are one for each name: the later one holds', async () => {
      const first = await aKnownSession();
      const second = await aKnownSession();
      await remembering(first, a(ANA, 'party', 4, AT + 1000));
      await remembering(second, a(ANA, 'party', 5), a(ANA, 'party', 6));
      expect(await store.memories(ANA, AT + 5000)).toEqual({ party: 6 });
      const dump = await place.dump();
      expect(dump['users']).toHaveLength(1);
      expect(dump['devices']).toMatchObject([{ phone: ANA, paired_at: null }]);
      expect(dump['memories']).toHaveLength(1);
    });

    test('end when their time is over, and are gone with the next one that is written', async () => {
      const session = await aKnownSession();
      await remembering(session, a(ANA, 'party', 4, AT + 1000), a(ANA, 'name', 'Ana'));
      expect(await store.memories(ANA, AT + 999)).toEqual({ name: 'Ana', party: 4 });
      expect(await store.memories(ANA, AT + 1000)).toEqual({ name: 'Ana' });
      await store.writeStep({
        ...aStep(session.id, 9, { memories: [a(BOB, 'x', 1)] }),
        entry: { ...aStep(session.id, 9).entry, sequence: ++sequence, at: AT + 2000 },
      });
      expect((await place.dump())['memories']).toHaveLength(2);
    });

    test('are written with their step, or not at all', async () => {
      const session = await aKnownSession();
      await remembering(session, a(ANA, 'party', 4));
      const taken = aStep(session.id, sequence, { memories: [a(ANA, 'party', 5), a(BOB, 'party', 6)] });
      await expect(store.writeStep(taken)).rejects.toMatchObject({ code: 'store-failed' });
      expect(await store.memories(ANA, AT)).toEqual({ party: 4 });
      expect(await store.memories(BOB, AT)).toEqual({});
      expect((await place.dump())['users']).toHaveLength(1);
    });

    test('of one number, written by two processes at once, are one person’s', async () => {
      const other = await open();
      const sessions = await Promise.all(Array.from({ length: 6 }, () => aKnownSession()));
      await Promise.all(
        sessions.map((session, index) =>
          (index % 2 ? other : store).writeStep(
            aStep(session.id, 1, { memories: [a(ANA, `memory ${index}`, index)] }),
          ),
        ),
      );
      expect(Object.keys(await store.memories(ANA, AT))).toHaveLength(6);
      const dump = await place.dump();
      expect(dump['users']).toHaveLength(1);
      expect(dump['devices']).toHaveLength(1);
    });

    test('go with the session that wrote them last, and the person with the last of them', async () => {
      const first = await aKnownSession({ from: ANA });
      const second = await aKnownSession({ isInitiated: true, from: '+14155550100', to: ANA });
      await remembering(first, a(ANA, 'party', 4), a(ANA, 'name', 'Ana'));
      await remembering(second, a(ANA, 'party', 5));
      await store.eraseSession(first.id);
      expect(await store.memories(ANA, AT)).toEqual({ party: 5 });
      await store.eraseSession(second.id);
      const dump = await place.dump();
      expect([dump['memories'], dump['users'], dump['devices']]).toEqual([[], [], []]);
    });

    test('of others stay when a session is erased', async () => {
      const ana = await aKnownSession({ from: ANA });
      const bob = await aKnownSession({ from: BOB });
      await remembering(ana, a(ANA, 'party', 4));
      await remembering(bob, a(BOB, 'party', 5));
      await store.eraseSession(ana.id);
      expect(await store.memories(BOB, AT)).toEqual({ party: 5 });
      expect((await place.dump())['devices']).toMatchObject([{ phone: BOB }]);
    });

    test('a session’s slots are there from the start, and as the last step left them', async () => {
      const session = await aKnownSession();
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
