import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { ScheduledCall, Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT, aScheduledCall, aSession, anInitiation } from '../store/samples.ts';

const aCall = (id: string, change: Partial<ScheduledCall> = {}): ScheduledCall =>
  aScheduledCall({ id, ...change });

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`a schedule on ${name}`, () => {
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

    test('gives a call back as it was given, every field', async () => {
      const origin = aSession();
      await store.addSession(origin);
      const whole = aCall('c1', {
        from: '+14155550100',
        locale: 'de-DE',
        welcomeMessage: 'Hallo.',
        machine: 'message',
        origin: origin.id,
        status: 'failed',
        error: { code: 'no-number', message: 'No number.' },
      });
      await store.schedule.add(whole);
      await store.schedule.add(aCall('c2'));
      expect(await store.schedule.find('c1')).toEqual(whole);
      expect(await store.schedule.find('c2')).toEqual(aCall('c2'));
      expect(await store.schedule.find('c3')).toBeNull();
      expect(await store.schedule.find('a\u0000b')).toBeNull();
    });

    test('keeps the first of two calls with the same id', async () => {
      await store.schedule.add(aCall('c1'));
      await store.schedule.add(aCall('c1', { to: '+14155550112', at: AT + 9 }));
      expect(await store.schedule.find('c1')).toEqual(aCall('c1'));
    });

    test('claims what is due, the longest due first, and no more than was asked for', async () => {
      await store.schedule.add(aCall('late', { at: AT + 5000 }));
      await store.schedule.add(aCall('second', { at: AT + 20 }));
      await store.schedule.add(aCall('first', { at: AT + 10 }));
      await store.schedule.add(aCall('third', { at: AT + 30 }));
      expect(await store.schedule.nextAt()).toBe(AT + 10);
      expect(await store.schedule.claim(AT + 9, AT + 1000, 5)).toEqual([]);
      const claimed = await store.schedule.claim(AT + 30, AT + 1000, 2);
      expect(claimed).toEqual([aCall('first', { at: AT + 10 }), aCall('second', { at: AT + 20 })]);
      expect((await store.schedule.claim(AT + 30, AT + 1000, 2)).map(({ id }) => id)).toEqual(['third']);
      expect(await store.schedule.claim(AT + 999, AT + 2000, 5)).toEqual([]);
      // Whoever claimed them is dead.
      expect((await store.schedule.claim(AT + 1000, AT + 2000, 5)).map(({ id }) => id)).toEqual([
        'first',
        'second',
        'third',
      ]);
    });

    test('gives a due call to one of several who claim it at once', async () => {
      const other = await open();
      for (let index = 0; index < 20; index++) await store.schedule.add(aCall(`c${index}`));
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 ? store : other).schedule.claim(AT + 1000, AT + 60_000, 3),
        ),
      );
      const claimed = claims.flat().map(({ id }) => id);
      expect(new Set(claimed).size).toBe(claimed.length);
    });

    test('has a call postponed, failed or removed by who claimed it', async () => {
      for (const id of ['c1', 'c2', 'c3']) await store.schedule.add(aCall(id, { at: AT }));
      await store.schedule.claim(AT, AT + 60_000, 5);
      await store.schedule.postpone('c1', AT + 30);
      await store.schedule.fail('c2', { code: 'unknown-key', message: 'Nobody.' });
      await store.schedule.remove('c3');
      expect(await store.schedule.nextAt()).toBe(AT + 30);
      expect((await store.schedule.claim(AT + 30, AT + 90, 5)).map(({ id }) => id)).toEqual(['c1']);
      expect(await store.schedule.find('c2')).toMatchObject({
        status: 'failed',
        error: { code: 'unknown-key', message: 'Nobody.' },
      });
      expect(await store.schedule.find('c3')).toBeNull();
    });

    test('cancels a call once, and not one that is being placed', async () => {
      await store.schedule.add(aCall('c1', { at: AT }));
      await store.schedule.add(aCall('c2', { at: AT + 1 }));
      await store.schedule.claim(AT, AT + 60_000, 1);
      expect(await store.schedule.cancel('c1', AT)).toBe(false);
      expect(await store.schedule.cancel('c2', AT)).toBe(true);
      expect(await store.schedule.cancel('c2', AT)).toBe(false);
      expect(await store.schedule.cancel('nobody', AT)).toBe(false);
      expect(await store.schedule.find('c2')).toMatchObject({ status: 'canceled' });
      expect(await store.schedule.claim(AT + 1, AT + 2, 5)).toEqual([]);
      expect(await store.schedule.nextAt()).toBe(AT);
      await store.schedule.remove('c1');
      expect(await store.schedule.nextAt()).toBeNull();
    });

    test('loses the call-backs of a session that is erased', async () => {
      const origin = aSession();
      await store.addSession(origin);
      await store.schedule.add(aCall('c1', { origin: origin.id }));
      await store.eraseSession(origin.id);
      expect(await store.schedule.find('c1')).toBeNull();
    });

    test('becomes an initiation once: a second one with its id is refused, with when and for what machine', async () => {
      const session = aSession();
      await store.addSession(session);
      const initiation = anInitiation(session.id, { at: AT + 7, machine: 'hangup' });
      await store.addInitiation(initiation);
      expect(await store.initiation(initiation.id)).toEqual(initiation);
      await expect(store.addInitiation({ ...initiation, to: '+14155550112' })).rejects.toMatchObject({
        code: 'duplicate-initiation',
        message: `The initiation ${initiation.id} exists already.`,
      });
      expect(await store.initiation(initiation.id)).toEqual(initiation);
    });
  });
}
