/** What is masked of a call after it was written: wherever it stands, in no other call, and nothing besides. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Masks, Session, Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT, aSession, aStep, aToolCall, aTurn } from '../store/samples.ts';

const text = (words: string): string => words.replaceAll('4711', '…');
const masked = <T>(value: T): T => JSON.parse(text(JSON.stringify(value))) as T;
const MASKS: Masks = { text, fields: masked, entry: masked, toolCall: masked, answer: masked };

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`what was written of a call, on ${name}`, () => {
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

    async function aCall(phone: string): Promise<Session> {
      const { id: user } = await store.people.meet(phone, {}, AT);
      const session = aSession({ user, attributes: { said: 'it is 4711', city: 'Prague' } });
      await store.addSession(session);
      const step = aStep(session.id, 1, {
        turns: [
          aTurn(0, { text: 'Hello.', heardText: 'Hello.' }),
          aTurn(1, { role: 'caller', text: 'it is 4711', heardText: 'it is 4711' }),
          aTurn(2, { text: 'You said 4711.' }),
        ],
        toolCalls: [
          aToolCall('t1', { input: { note: '4711' }, output: '4711', durationMs: 5 }),
          aToolCall('t2', { input: { note: 'none' }, error: { code: 'x', message: '4711?' }, durationMs: 5 }),
          aToolCall('t3', { input: { note: '4711' } }),
        ],
        memories: [
          { name: 'note', value: 'it is 4711', expiresAt: null },
          { name: 'city', value: 'Prague', expiresAt: null },
        ],
        patch: { slots: { note: 'it is 4711', party: 4 } },
      });
      const event = { kind: 'caller-spoke', text: 'it is 4711', at: AT };
      await store.writeStep({ ...step, entry: { ...step.entry, event } });
      await store.writeStep(aStep(session.id, 2));
      await store.exchanges.claim(session.id, 1, AT, AT - 1);
      await store.exchanges.keep(session.id, 1, { shown: 'You said 4711.' }, AT);
      return session;
    }
    /** All that is kept of it, as text. */
    const keptOf = async ({ id, user }: Session): Promise<Value> =>
      JSON.parse(
        JSON.stringify([
          await store.sessionDetail(id),
          await store.exchanges.last(id),
          (await store.people.person(user!, AT))?.values,
        ]),
      );

    test('is masked everywhere, and what was remembered is forgotten; other calls stay as they are', async () => {
      const [one, other] = [await aCall('+420777123456'), await aCall('+420777123457')];
      const [before, untouched] = [await keptOf(one), await keptOf(other)];
      const turns = await store.maskWritten(one.id, MASKS);
      expect(turns.map(({ index, text: words, heardText }) => [index, words, heardText])).toEqual([
        [1, 'it is …', 'it is …'],
        [2, 'You said ….', null],
      ]);
      const [detail, last] = masked(before) as Value[];
      expect(await keptOf(one)).toEqual([detail, last, { city: 'Prague' }]);
      expect(await keptOf(other)).toEqual(untouched);
      expect(await store.maskWritten(one.id, MASKS)).toEqual([]);
      // The file too, or the tables, as the database itself tells them.
      const dump = JSON.stringify(await place.dump());
      expect(dump.split('4711')).toHaveLength(JSON.stringify(untouched).split('4711').length);
    });

    test('of a call that is not there, is nothing', async () => {
      expect(await store.maskWritten('nobody', MASKS)).toEqual([]);
    });
  });
}
