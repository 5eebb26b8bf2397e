import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { KeptNumber } from '../../runtime/store/numbers.ts';
import type { Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT } from '../store/samples.ts';

function aNumber(phone: string, change: Partial<KeptNumber> = {}): KeptNumber {
  return {
    phone,
    accountSid: `AC${'1'.repeat(32)}`,
    app: 'bistro',
    stage: 'attaching',
    url: 'https://voice.example.com/initiations/call/bistro',
    before: {
      url: 'https://old.example.com/voice',
      method: 'GET',
      application: null,
      trunk: `TK${'2'.repeat(32)}`,
    },
    since: AT,
    version: 1,
    ...change,
  };
}

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`numbers on ${name}`, () => {
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

    test('are given back as they were given, every field, by their phone numbers', async () => {
      const second = aNumber('+14155550102');
      const first = aNumber('+14155550101', { app: 'desk', stage: 'detached' });
      expect(await store.numbers.add(second)).toBe(true);
      expect(await store.numbers.add(first)).toBe(true);
      expect(await store.numbers.list()).toEqual([first, second]);
      expect(await store.numbers.find('+14155550102')).toEqual(second);
      expect(await store.numbers.find('+14155550103')).toBeNull();
    });

    test('are kept once: what led where before is not written over', async () => {
      const number = aNumber('+14155550101');
      await store.numbers.add(number);
      const later = { ...number, before: { ...number.before, url: 'https://voice.example.com/' } };
      expect(await store.numbers.add(later)).toBe(false);
      expect(await store.numbers.find(number.phone)).toEqual(number);
    });

    test('are changed only by whoever knows the last change', async () => {
      const number = aNumber('+14155550101');
      await store.numbers.add(number);
      expect(await store.numbers.replace({ ...number, stage: 'attached', since: AT + 1 })).toBe(true);
      expect(await store.numbers.replace({ ...number, stage: 'detaching' })).toBe(false);
      expect(await store.numbers.replace(aNumber('+14155550109'))).toBe(false);
      const changed = await store.numbers.find(number.phone);
      expect(changed).toEqual({ ...number, stage: 'attached', since: AT + 1, version: 2 });
      expect(await store.numbers.replace({ ...changed!, app: 'desk' })).toBe(true);
    });

    test('are added by one of several processes, and changed by one', async () => {
      const stores = [store, await open(), await open()];
      const added = await Promise.all(
        stores.map((one, index) => one.numbers.add(aNumber('+14155550101', { app: `app-${index}` }))),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      const number = (await store.numbers.find('+14155550101'))!;
      const changed = await Promise.all(
        stores.map((one) => one.numbers.replace({ ...number, stage: 'attached' })),
      );
      expect(changed.filter(Boolean)).toHaveLength(1);
    });
  });
}
