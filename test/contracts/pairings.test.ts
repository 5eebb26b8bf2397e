import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT, aSession } from '../store/samples.ts';

const PHONE = '+14155550123';

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`pairings on ${name}`, () => {
    let place: Place;
    let store: Store;
    let session: string;
    const opened: Store[] = [];

    async function open(): Promise<Store> {
      const one = await openStore(place.database, silentLog);
      opened.push(one);
      return one;
    }

    beforeEach(async () => {
      place = await make();
      store = await open();
      const caller = aSession();
      await store.addSession(caller);
      session = caller.id;
    });

    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await place.drop();
    });

    test('give a code back once', async () => {
      const pairing = { session, phone: PHONE, expiresAt: AT + 1000 };
      expect(await store.pairings.open('h1', pairing, AT)).toBe(true);
      expect(await store.pairings.take('h2', AT)).toBeNull();
      expect(await store.pairings.take('h1', AT)).toEqual(pairing);
      expect(await store.pairings.take('h1', AT)).toBeNull();
    });

    test('give no code that has expired, not at the very moment either', async () => {
      await store.pairings.open('h1', { session, phone: PHONE, expiresAt: AT + 1000 }, AT);
      await store.pairings.open('h2', { session, phone: PHONE, expiresAt: AT + 1001 }, AT);
      expect(await store.pairings.take('h1', AT + 1000)).toBeNull();
      expect(await store.pairings.take('h2', AT + 1000)).not.toBeNull();
    });

    test('refuse a second code of the same hash while the first is open, and not when it has expired', async () => {
      const pairing = { session, phone: PHONE, expiresAt: AT + 1000 };
      expect(await store.pairings.open('h1', pairing, AT)).toBe(true);
      expect(await store.pairings.open('h1', pairing, AT + 999)).toBe(false);
      expect(await store.pairings.open('h1', { ...pairing, expiresAt: AT + 9000 }, AT + 1000)).toBe(true);
    });

    test('go with their session', async () => {
      await store.pairings.open('h1', { session, phone: PHONE, expiresAt: AT + 1000 }, AT);
      await store.eraseSession(session);
      expect(await store.pairings.take('h1', AT)).toBeNull();
    });

    test('give a code to one of many processes that take it at once', async () => {
      const others = [store, await open(), await open()];
      await store.pairings.open('h1', { session, phone: PHONE, expiresAt: AT + 1000 }, AT);
      const taken = await Promise.all([...others, ...others].map((one) => one.pairings.take('h1', AT)));
      expect(taken.filter((one) => one !== null)).toHaveLength(1);
    });

    test('let so many tries of each through within a window, however many come at once', async () => {
      const others = [store, await open()];
      const tries = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          others[index % 2]!.pairings.count([{ subject: 'one', most: 5 }], AT),
        ),
      );
      expect(tries.filter(Boolean)).toHaveLength(5);
      expect(await store.pairings.count([{ subject: 'one', most: 5 }], AT)).toBe(false);
      expect(await store.pairings.count([{ subject: 'other', most: 5 }], AT)).toBe(true);
      expect(await store.pairings.count([{ subject: 'one', most: 5 }], AT + 1)).toBe(true);
    });

    test('do not count for the rest what is too much already for the first', async () => {
      const count = (subject: string): Promise<boolean> =>
        store.pairings.count(
          [
            { subject, most: 2 },
            { subject: 'all', most: 3 },
          ],
          AT,
        );
      expect(await Promise.all([count('one'), count('one')])).toEqual([true, true]);
      expect(await count('one')).toBe(false);
      expect(await count('one')).toBe(false);
      expect(await count('other')).toBe(true);
      expect(await count('other')).toBe(false);
    });

    test('take tries back', async () => {
      const tallies = [{ subject: 'one', most: 1 }];
      expect(await store.pairings.count(tallies, AT)).toBe(true);
      await store.pairings.discount(['one', 'nobody'], AT);
      await store.pairings.discount([], AT);
      expect(await store.pairings.count(tallies, AT)).toBe(true);
      expect(await store.pairings.count(tallies, AT)).toBe(false);
    });

    test('are hashed with the same salt by every process of a store', async () => {
      const salt = await store.pairings.salt();
      expect(salt).toMatch(/^[0-9a-f]{32}$/);
      expect(await (await open()).pairings.salt()).toBe(salt);
    });
  });
}
