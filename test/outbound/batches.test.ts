import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { Batches, type BatchRequest } from '../../runtime/outbound/batches.ts';
import type { NewInitiation } from '../../runtime/store/initiations.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { planner } from '../support/plan-call.ts';

describe('a batch', () => {
  let store: Store;
  let clock: FakeClock;
  let woken: number;
  let batches: Batches;

  beforeEach(async () => {
    store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
    clock = new FakeClock();
    woken = 0;
    batches = new Batches({ store, clock, planner, wake: () => woken++ });
  });

  afterEach(() => store.close());

  const asked = (change: Partial<BatchRequest> = {}): BatchRequest => ({
    key: 'bistro',
    calls: [{ to: '+14155550123' }, { to: '+14155550124' }],
    ...change,
  });
  const all = (): Promise<NewInitiation[]> =>
    store.initiations.claim({ now: clock.now() + 1e12, until: 1e15, most: 100_000 });

  test('is written down with all that is said of it and of each person', async () => {
    const retry = { attempts: 3, everyMs: 60_000, on: ['busy'] } as const;
    const added = await batches.add(
      asked({
        from: '+14155550100',
        locale: 'en-US',
        machine: 'message',
        retry,
        calls: [
          { to: '+14155550123', locale: 'cs-CZ', attributes: { name: 'Ana' } },
          { to: '+14155550124', at: '2026-03-04T19:00:00Z' },
        ],
      }),
      'b1',
    );
    expect(added).toEqual({
      id: 'b1',
      key: 'bistro',
      accepted: 2,
      rejected: [],
      createdAt: clock.now(),
      added: true,
    });
    const shared = { batch: 'b1', from: '+14155550100', machine: 'message', retry };
    expect((await all()).toSorted((one, other) => (one.to < other.to ? -1 : 1))).toMatchObject([
      { ...shared, to: '+14155550123', locale: 'cs-CZ', attributes: { name: 'Ana' }, at: null },
      { ...shared, to: '+14155550124', locale: 'en-US', attributes: {}, at: Date.UTC(2026, 2, 4, 19) },
    ]);
    expect(woken).toBe(1);
  });

  test('leaves out what is wrong and who comes twice, and calls the others', async () => {
    const { accepted, rejected } = await batches.add(
      asked({
        calls: [
          { to: '+14155550123' },
          { to: '4155550124' },
          { to: '+14155550125', locale: 'none' },
          { to: '+14155550126', at: 'soon' },
          { refused: { code: 'bad-row', detail: 'The row has 2 fields.' } },
          { to: '+14155550123' },
          { to: '+14155550127' },
        ],
      }),
    );
    expect(accepted).toBe(2);
    expect(rejected).toEqual([
      { index: 1, code: 'bad-number', detail: '"4155550124" is wrong.' },
      { index: 2, code: 'bad-locale', detail: '"none" is wrong.' },
      { index: 3, code: 'bad-time', detail: '"soon" is wrong.' },
      { index: 4, code: 'bad-row', detail: 'The row has 2 fields.' },
      { index: 5, code: 'duplicate', detail: '+14155550123 is in this batch already.' },
    ]);
    expect((await all()).map(({ to }) => to).toSorted()).toEqual(['+14155550123', '+14155550127']);
  });

  test('is refused as a whole where what is wrong is so of every call', async () => {
    await expect(batches.add(asked({ key: 'no-such-app' }))).rejects.toMatchObject({
      code: 'unknown-key',
      status: 404,
    });
    expect(await all()).toEqual([]);
    expect(woken).toBe(0);
  });

  test('in which nobody can be called is there, and over', async () => {
    const { id, accepted, rejected } = await batches.add(asked({ calls: [{ to: '1' }] }));
    expect([accepted, rejected.length]).toEqual([0, 1]);
    expect(await batches.find(id)).toMatchObject({ accepted: 0, counts: {}, nextAt: null });
  });

  test('that is given again calls nobody again, also where both come at once', async () => {
    const [first, second] = await Promise.all([batches.add(asked(), 'b1'), batches.add(asked(), 'b1')]);
    expect(new Set([first.added, second.added])).toEqual(new Set([false, true]));
    clock.advance(60_000);
    const third = await batches.add(asked({ calls: [{ to: '+14155550199' }] }), 'b1');
    expect(third).toMatchObject({ added: false, accepted: 2, createdAt: clock.now() - 60_000 });
    expect(await all()).toHaveLength(2);
    expect(woken).toBe(1);
  });

  test('is another one each time where nobody names it', async () => {
    const ids = [(await batches.add(asked())).id, (await batches.add(asked())).id];
    expect(new Set(ids).size).toBe(2);
    expect(await all()).toHaveLength(4);
  });

  test('is cancelled as far as it has not begun; another than there is, not at all', async () => {
    const { id } = await batches.add(asked());
    expect(await batches.cancel(id)).toBe(2);
    expect(await batches.cancel(id)).toBe(0);
    expect(await batches.find(id)).toMatchObject({ counts: { canceled: 2 } });
    await expect(batches.cancel('b9')).rejects.toMatchObject({
      code: 'unknown-batch',
      message: 'There is no batch "b9".',
      status: 404,
    });
    expect(await batches.find('b9')).toBeNull();
  });

  test('may have ten thousand people', { timeout: 60_000 }, async () => {
    const calls = Array.from({ length: 10_000 }, (_, index) => ({
      to: `+1415${5_550_000 + index}`,
      attributes: { name: `Ana ${index}` },
    }));
    const { id, accepted } = await batches.add(asked({ calls }));
    expect(accepted).toBe(10_000);
    expect((await batches.find(id))?.counts).toEqual({ scheduled: 10_000 });
  });
});
