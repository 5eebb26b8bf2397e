import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import type { PhoneMeans } from '../../runtime/store/browser-phones.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Recording } from '../../runtime/store/recordings.ts';
import type { Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT, aSession } from '../store/samples.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const MEANS: PhoneMeans = {
  applicationSid: `AP${'2'.repeat(32)}`,
  voiceUrl: 'https://voice.example.com/twilio/voice/outbound',
  keySid: `SK${'3'.repeat(32)}`,
  sealedSecret: 'sealed',
};

const RECORDING: Recording = {
  id: `RE${'4'.repeat(32)}`,
  url: 'https://api.twilio.com/recordings/1',
  status: 'in-progress',
  channels: 2,
  durationMs: null,
  startedAt: AT,
};

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`the means of browser phones on ${name}`, () => {
    let place: Place;
    let stores: [Store, Store];

    beforeEach(async () => {
      place = await make();
      const first = await openStore(place.database, silentLog);
      stores = [first, await openStore(place.database, silentLog)];
    });

    afterEach(async () => {
      for (const store of stores) await store.close();
      await place.drop();
    });

    test('are kept by whoever claimed them, and found by everybody', async () => {
      const [one, other] = stores;
      expect(await one.browserPhones.find(ACCOUNT)).toBeNull();
      expect(await one.browserPhones.claim(ACCOUNT, 'p1', 0, AT, AT + 1000)).toBe(true);
      expect(await other.browserPhones.find(ACCOUNT)).toBeNull();
      expect(await one.browserPhones.keep(ACCOUNT, 'p1', MEANS)).toBe(true);
      expect(await other.browserPhones.find(ACCOUNT)).toEqual({ ...MEANS, edition: 1 });
      expect(await other.browserPhones.find(ACCOUNT.replace('1', '9'))).toBeNull();
    });

    test('are claimed by one of many at once', async () => {
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          stores[index % 2]!.browserPhones.claim(ACCOUNT, `p${index}`, 0, AT, AT + 1000),
        ),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    test('are not made a second time by who has not seen that they were made', async () => {
      const [one, other] = stores;
      await one.browserPhones.claim(ACCOUNT, 'p1', 0, AT, AT + 1000);
      await one.browserPhones.keep(ACCOUNT, 'p1', MEANS);
      expect(await other.browserPhones.claim(ACCOUNT, 'p2', 0, AT + 9000, AT + 9999)).toBe(false);
      expect(await other.browserPhones.claim(ACCOUNT, 'p2', 1, AT + 9000, AT + 9999)).toBe(true);
      expect(await one.browserPhones.claim(ACCOUNT, 'p1', 1, AT + 9500, AT + 9999)).toBe(false);
      const again = { ...MEANS, keySid: `SK${'5'.repeat(32)}` };
      expect(await other.browserPhones.keep(ACCOUNT, 'p2', again)).toBe(true);
      expect(await one.browserPhones.find(ACCOUNT)).toEqual({ ...again, edition: 2 });
    });

    test('may be claimed by another one when a claim has run out, and the first comes too late', async () => {
      const [one, other] = stores;
      await one.browserPhones.claim(ACCOUNT, 'p1', 0, AT, AT + 1000);
      expect(await other.browserPhones.claim(ACCOUNT, 'p2', 0, AT + 999, AT + 2000)).toBe(false);
      expect(await other.browserPhones.claim(ACCOUNT, 'p2', 0, AT + 1000, AT + 2000)).toBe(true);
      expect(await one.browserPhones.keep(ACCOUNT, 'p1', MEANS)).toBe(false);
      await one.browserPhones.giveUp(ACCOUNT, 'p1');
      expect(await one.browserPhones.claim(ACCOUNT, 'p1', 0, AT + 1001, AT + 2000)).toBe(false);
      await other.browserPhones.giveUp(ACCOUNT, 'p2');
      expect(await one.browserPhones.claim(ACCOUNT, 'p1', 0, AT + 1001, AT + 2000)).toBe(true);
    });
  });

  describe.skipIf(skipped)(`recordings on ${name}`, () => {
    let place: Place;
    let store: Store;

    beforeEach(async () => {
      place = await make();
      store = await openStore(place.database, silentLog);
    });

    afterEach(async () => {
      await store.close();
      await place.drop();
    });

    test('are written down as they are told of, and do not go back once they are complete', async () => {
      const session = aSession();
      await store.addSession(session);
      await store.recordings.write(session.id, RECORDING);
      expect(await store.recordings.of(session.id)).toEqual([RECORDING]);
      const done: Recording = { ...RECORDING, status: 'completed', durationMs: 12_000 };
      await store.recordings.write(session.id, done);
      await store.recordings.write(session.id, RECORDING);
      expect(await store.recordings.of(session.id)).toEqual([done]);
    });

    test('go with their session, and belong to no other', async () => {
      const session = aSession();
      await store.addSession(session);
      await store.recordings.write('nobody', RECORDING);
      await store.recordings.write(session.id, RECORDING);
      expect(await store.recordings.of('nobody')).toEqual([]);
      await store.eraseSession(session.id);
      expect((await place.dump())['recordings']).toEqual([]);
    });
  });
}
