import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT, aSession } from '../store/samples.ts';

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`exchanges on ${name}`, () => {
    let place: Place;
    let one: Store;
    let two: Store;
    const session = aSession();

    beforeEach(async () => {
      place = await make();
      one = await openStore(place.database, silentLog);
      two = await openStore(place.database, silentLog);
      await one.addSession(session);
    });

    afterEach(async () => {
      await one.close();
      await two.close();
      await place.drop();
    });

    test('belong to whoever claims them first', async () => {
      const claims = await Promise.all(
        [one, two, one, two].map((store) => store.exchanges.claim(session.id, 0, AT, AT - 6_000)),
      );
      expect(claims.toSorted((a, b) => (a === null ? 0 : 1) - (b === null ? 0 : 1))).toEqual([
        null,
        'pending',
        'pending',
        'pending',
      ]);
      expect(await two.exchanges.claim(session.id, 1, AT, AT - 6_000)).toBeNull();
    });

    test('are answered the same for ever', async () => {
      await one.exchanges.claim(session.id, 0, AT, AT);
      await one.exchanges.keep(session.id, 0, { say: ['Hello "you" 😀'] }, AT + 10);
      const answered = { answer: { say: ['Hello "you" 😀'] } };
      expect(await two.exchanges.claim(session.id, 0, AT + 1_000_000, AT + 900_000)).toEqual(answered);
      expect(await one.exchanges.claim(session.id, 0, AT, AT)).toEqual(answered);
    });

    test('go to another process when nothing was heard of the one that had them', async () => {
      await one.exchanges.claim(session.id, 0, AT, AT - 6_000);
      await one.exchanges.touch(session.id, 0, AT + 2_000);
      expect(await two.exchanges.claim(session.id, 0, AT + 8_000, AT + 2_000)).toBe('pending');
      expect(await two.exchanges.claim(session.id, 0, AT + 8_001, AT + 2_001)).toBeNull();
      expect(await one.exchanges.claim(session.id, 0, AT + 8_002, AT + 2_002)).toBe('pending');
    });

    test('are told by the last one that was answered', async () => {
      expect(await one.exchanges.last(session.id)).toBeNull();
      for (const turn of [0, 1, 2]) await one.exchanges.claim(session.id, turn, AT, AT);
      await one.exchanges.keep(session.id, 0, 'first', AT);
      await one.exchanges.keep(session.id, 1, 'second', AT);
      expect(await two.exchanges.last(session.id)).toEqual({ turn: 1, answer: 'second' });
    });

    test('go with their session', async () => {
      await one.exchanges.claim(session.id, 0, AT, AT);
      await one.exchanges.keep(session.id, 0, 'what was said', AT);
      await one.eraseSession(session.id);
      expect(await two.exchanges.last(session.id)).toBeNull();
      expect(JSON.stringify(await place.dump())).not.toContain('what was said');
    });

    test('of nobody are refused', async () => {
      await expect(one.exchanges.claim('nobody', 0, AT, AT)).rejects.toMatchObject({ code: 'store-failed' });
    });
  });
}
