import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import type { CallRequest } from '../../runtime/outbound/requests.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sqlitePlace, type Place } from '../store/places.ts';
import { aSession, anInitiation } from '../store/samples.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Network, openOffice, pass, reports, type Office, type OfficeOptions } from './office.ts';

const MINUTE = 60_000;
const TO = '+14155550123';
const REQUEST: CallRequest = { key: 'test', to: TO, attributes: { time: '19:00' } };
const RETRY = { attempts: 3, everyMs: 15 * MINUTE, on: ['busy', 'no-answer'] } as const;

let place: Place;
let store: Store;
let clock: FakeClock;
let network: Network;
const offices: Office[] = [];
const stores: Store[] = [];

beforeEach(async () => {
  place = await sqlitePlace();
  clock = new FakeClock();
  network = new Network(clock);
  store = await another();
});

afterEach(async () => {
  for (const { planned } of offices.splice(0)) await planned.stop();
  for (const one of stores.splice(0)) await one.close();
  await place.drop();
});

/** Another connection to the same database. */
async function another(): Promise<Store> {
  const one = await openStore(place.database, silentLog);
  stores.push(one);
  return one;
}

async function open(more: Partial<OfficeOptions> = {}): Promise<Office> {
  const office = openOffice({ store, clock, network, ...more });
  offices.push(office);
  await office.planned.start();
  return office;
}

const inMs = (ms: number): number => clock.now() + ms;
const initiation = (id = 'i1') => store.initiations.find(id);
const sessions = async () => (await store.listSessions({ limit: 100 })).items;
const madeAt = (): number[] => network.calls.map(({ createdAt }) => createdAt);

describe('a call that is to be placed later', () => {
  it('is placed when it is due, once, as the same initiation', async () => {
    const { callsOut } = await open();
    const at = inMs(MINUTE);
    expect(await callsOut.place({ ...REQUEST, at, machine: 'hangup' }, 'i1')).toEqual({
      kind: 'kept',
      id: 'i1',
      at,
    });
    expect(await initiation()).toMatchObject({ status: 'scheduled', at, nextAt: at, session: null });
    await pass(clock, 59_000);
    expect(network.asked).toBe(0);
    await pass(clock, 2_000);
    expect(network.calls.map(({ order }) => [order.to, order.machine?.at])).toEqual([[TO, 'start']]);
    const [session] = await sessions();
    expect(session).toMatchObject({ initiation: 'i1', attributes: { time: '19:00' }, status: 'queued' });
    expect(await initiation()).toMatchObject({ status: 'queued', at, session: session!.id, callSid: 'CA1' });
    await pass(clock, 30_000);
    expect(network.asked).toBe(1);
  });

  it('is placed though it was added by another process, or before this one began', async () => {
    const before = openOffice({ store, clock, network });
    await before.callsOut.place({ ...REQUEST, at: inMs(1_000) });
    await before.callsOut.place({ ...REQUEST, at: inMs(30_000) });
    await pass(clock, 10_000);
    expect(network.asked).toBe(0);
    await open({ store: await another() });
    await pass(clock, 1_000);
    expect(network.calls).toHaveLength(1);
    await pass(clock, 22_000);
    expect(network.calls).toHaveLength(2);
  });

  it('whose app or account is gone by then fails, and says why', async () => {
    let known = true;
    const { callsOut } = await open({ knows: () => known });
    await callsOut.place({ ...REQUEST, at: inMs(1_000) }, 'i1');
    known = false;
    await pass(clock, 2_000);
    const error = { code: 'unknown-key', message: 'There is no app or dialogue "test".' };
    expect(await initiation()).toMatchObject({ status: 'failed', error });
  });

  it('that the network refuses is not tried again; what it said is kept', async () => {
    network.faults.push({ kind: 'refuses', status: 400, code: 21215 });
    const { callsOut, held } = await open();
    await callsOut.place({ ...REQUEST, at: inMs(1), retry: RETRY }, 'i1');
    await pass(clock, 20 * MINUTE);
    expect(network.asked).toBe(1);
    expect(await initiation()).toMatchObject({ status: 'failed', error: { code: '21215', message: 'No.' } });
    expect(held.size).toBe(0);
  });

  it(
    'waits for a line where all are taken, and alone is given up after an hour',
    { timeout: 60_000 },
    async () => {
      const { callsOut, held } = await open({ lines: 1 });
      held.add('another');
      for (const id of ['i1', 'i2'])
        await callsOut.place({ ...REQUEST, to: `+1415555012${id[1]}`, at: inMs(1_000) }, id);
      await pass(clock, MINUTE);
      expect(network.asked).toBe(0);
      held.clear();
      await pass(clock, 3_000);
      expect(network.asked).toBe(1);
      await pass(clock, 62 * MINUTE);
      const states = [(await initiation('i1'))!, (await initiation('i2'))!];
      expect(states.map(({ status }) => status).toSorted()).toEqual(['failed', 'queued']);
      expect(states.find(({ status }) => status === 'failed')?.error?.code).toBe('limit-reached');
    },
  );

  it('is one of a bounded number that are being placed at a time', async () => {
    const { callsOut } = await open({ callsPerS: 1.5 });
    for (let index = 0; index < 9; index++) {
      network.faults.push({ kind: 'late', madeAfterMs: 0 });
      await callsOut.place({ ...REQUEST, at: clock.now() + 1, to: `+1415555011${index}` });
    }
    let most = 0;
    for (let passed = 0; passed < 100; passed++) {
      await pass(clock, 500);
      const open = (await sessions()).filter(({ callSid }) => callSid === null).length;
      most = Math.max(most, open);
    }
    expect(most).toBe(4);
    await pass(clock, 60_000);
    expect(Object.values(network.dialled)).toEqual(Array.from({ length: 9 }, () => 1));
  });
});

describe('a call that nobody takes', { timeout: 60_000 }, () => {
  it.each([
    ['busy', 'busy'],
    ['no-answer', 'busy'],
  ] as const)(
    'is tried again in its time, and %s, %s and answered ends as answered',
    async (first, second) => {
      const { callsOut } = await open();
      const start = clock.now();
      await callsOut.place({ ...REQUEST, at: start + 1, retry: RETRY }, 'i1');
      await pass(clock, 1_000);
      await pass(clock, 20_000);
      await reports(store, network, clock, 'CA1', first);
      const firstEnd = clock.now();
      expect(await initiation()).toMatchObject({ status: 'scheduled', attempt: 1 });
      await pass(clock, 14 * MINUTE);
      expect(network.calls).toHaveLength(1);
      expect(await initiation()).toMatchObject({ status: 'scheduled', nextAt: firstEnd + 15 * MINUTE });
      await pass(clock, MINUTE + 1_000);
      await reports(store, network, clock, 'CA2', second);
      const secondEnd = clock.now();
      await pass(clock, 16 * MINUTE);
      await reports(store, network, clock, 'CA3', 'in-progress');
      await reports(store, network, clock, 'CA3', 'completed');
      await pass(clock, 60 * MINUTE);
      expect(await initiation()).toMatchObject({ status: 'completed', attempt: 3, callSid: 'CA3' });
      expect(
        madeAt()
          .slice(1)
          .map((at, index) => at - [firstEnd, secondEnd][index]!),
      ).toEqual([
        expect.toSatisfy((ms: number) => ms >= 15 * MINUTE && ms < 15 * MINUTE + 500),
        expect.toSatisfy((ms: number) => ms >= 15 * MINUTE && ms < 15 * MINUTE + 500),
      ]);
      const all = await sessions();
      expect(all.map(({ status, initiation: own }) => [status, own])).toEqual([
        ['completed', 'i1'],
        [second, 'i1'],
        [first, 'i1'],
      ]);
    },
  );

  it('is given up when it has been tried so often', async () => {
    const { callsOut } = await open();
    await callsOut.place({ ...REQUEST, at: inMs(1), retry: { ...RETRY, attempts: 2 } }, 'i1');
    for (const sid of ['CA1', 'CA2']) {
      await pass(clock, 15 * MINUTE + 2_000);
      await reports(store, network, clock, sid, 'busy');
    }
    await pass(clock, 120 * MINUTE);
    expect(network.calls).toHaveLength(2);
    expect(await initiation()).toMatchObject({ status: 'busy', attempt: 2 });
  });

  it('is tried again by another process, when the one that placed it is gone', async () => {
    const first = await open();
    await first.callsOut.place({ ...REQUEST, retry: RETRY }, 'i1');
    await first.planned.stop();
    await reports(store, network, clock, 'CA1', 'busy');
    await open({ store: await another() });
    await pass(clock, 16 * MINUTE);
    expect(network.calls).toHaveLength(2);
  });
});

describe('the pace of an account', () => {
  it('is kept by two processes together, each with its own way into the store', async () => {
    const one = await open({ callsPerS: 2 });
    await open({ callsPerS: 2, store: await another() });
    for (let index = 0; index < 20; index++) {
      await one.callsOut.place({ ...REQUEST, at: inMs(1), to: `+141555501${10 + index}` });
    }
    await pass(clock, 30_000);
    expect(Object.values(network.dialled)).toEqual(Array.from({ length: 20 }, () => 1));
    const gaps = madeAt()
      .toSorted((a, b) => a - b)
      .map((at, index, all) => at - (all[index - 1] ?? at - 500));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
    // And nobody dawdles.
    expect(madeAt().at(-1)! - madeAt()[0]!).toBeLessThan(15_000);
  });

  it('of one does not hold up another', async () => {
    await open({ callsPerS: (account) => (account === 'slow' ? 0.1 : 10) });
    for (let index = 0; index < 6; index++) {
      for (const account of ['slow', 'quick']) {
        const to = `+14155550${account === 'slow' ? 0 : 1}1${index}`;
        await store.initiations.add(anInitiation({ key: 'test', account, to, nextAt: clock.now() + 1 }));
      }
    }
    await pass(clock, 5_000);
    const quick = network.calls.filter(({ account }) => account === 'quick');
    expect([quick.length, network.calls.length]).toEqual([6, 7]);
  });
});

describe('calling hours', { timeout: 60_000 }, () => {
  const hours = { fromMinute: 9 * 60, toMinute: 20 * 60, days: ['mon', 'tue', 'wed', 'thu', 'fri'] } as const;

  it('put a call off to the next opening where the number is, at once and later', async () => {
    // It is Monday, 09:00 in UTC: one in the morning in San Francisco, ten in Prague.
    const { callsOut } = await open({ app: { hours } });
    const kept = await callsOut.place(REQUEST, 'i1');
    expect(kept).toEqual({ kind: 'kept', id: 'i1', at: Date.UTC(2026, 0, 5, 17) });
    expect(await callsOut.place({ ...REQUEST, to: '+420601123456' }, 'i2')).toMatchObject({ kind: 'placed' });
    const late = await callsOut.place({ ...REQUEST, at: Date.UTC(2026, 0, 10, 4) }, 'i3');
    expect(late).toMatchObject({ kind: 'kept', at: Date.UTC(2026, 0, 12, 17) });
    await pass(clock, 8 * 60 * MINUTE - 1_000);
    expect(network.calls).toHaveLength(1);
    await pass(clock, 3_000);
    expect(network.dialled).toEqual({ '+420601123456': 1, [TO]: 1 });
  });

  it('hold for what is tried again', async () => {
    const { callsOut } = await open({ app: { hours } });
    // Prague: five minutes before eight in the evening.
    await pass(clock, 9 * 60 * MINUTE + 55 * MINUTE);
    await callsOut.place({ ...REQUEST, to: '+420601123456', retry: RETRY }, 'i1');
    await reports(store, network, clock, 'CA1', 'busy');
    await pass(clock, 60 * MINUTE);
    expect(network.calls).toHaveLength(1);
    expect(await initiation()).toMatchObject({ status: 'scheduled', nextAt: Date.UTC(2026, 0, 6, 8) });
    await pass(clock, 12 * 60 * MINUTE + 6 * MINUTE);
    expect(network.calls.map(({ createdAt }) => createdAt)[1]).toBeGreaterThanOrEqual(
      Date.UTC(2026, 0, 6, 8),
    );
  });

  it('hold for a call whose process died in time, and was taken up too late', async () => {
    const { callsOut } = openOffice({ store, clock, network, app: { hours } });
    await pass(clock, 10 * 60 * MINUTE - 10_000);
    network.faults.push({ kind: 'drops', when: 'before' });
    void callsOut.place({ ...REQUEST, to: '+420601123456' }, 'i1').catch(() => undefined);
    await pass(clock, 500);
    expect((await initiation())?.status).toBe('placing');
    await pass(clock, 1_000);
    const dead = callsOut;
    expect(dead).toBeDefined();
    network.blind = true;
    await pass(clock, 20_000);
    network.blind = false;
    await open({ app: { hours } });
    await pass(clock, 60_000);
    expect(network.calls).toHaveLength(0);
    expect(await initiation()).toMatchObject({ status: 'scheduled', nextAt: Date.UTC(2026, 0, 6, 8) });
  });
});

describe('a call-back', () => {
  const caller = { from: '+14155550111', to: '+14155550100', locale: 'de-DE', key: 'test' };

  it('calls the caller from the number that was called, with what the session holds by then, at any hour', async () => {
    const hours = { fromMinute: 9 * 60, toMinute: 20 * 60, days: ['mon'] } as const;
    const session = aSession({ ...caller, attributes: { party: 2 } });
    await store.addSession(session);
    const { callsOut } = await open({ app: { hours } });
    expect(await callsOut.callBack(session, { id: 'c1', at: inMs(MINUTE) })).toBe(true);
    await store.patchSession(session.id, { attributes: { party: 4 } });
    await pass(clock, MINUTE + 1_500);
    expect(network.calls).toMatchObject([
      { order: { to: '+14155550111', from: '+14155550100', machine: null } },
    ]);
    expect((await sessions()).find(({ initiation: own }) => own !== null)).toMatchObject({
      isInitiated: true,
      locale: 'de-DE',
      attributes: { party: 4 },
      key: 'test',
    });
  });

  it('of a call out goes to the number that was called', async () => {
    const session = aSession({ from: '+14155550100', to: '+14155550111', direction: 'outbound' });
    await store.addSession(session);
    const { callsOut } = await open();
    await callsOut.callBack(session, { id: 'c1', at: clock.now() });
    await pass(clock, 1_500);
    expect(network.calls).toMatchObject([{ order: { to: '+14155550111', from: '+14155550100' } }]);
  });

  it('ordered again is the same one, also when it has been placed already', async () => {
    const session = aSession(caller);
    await store.addSession(session);
    const { callsOut } = await open();
    const order = { id: 'c1', at: inMs(10_000) };
    await callsOut.callBack(session, order);
    await callsOut.callBack(session, order);
    await pass(clock, 12_000);
    await callsOut.callBack(session, order);
    await pass(clock, MINUTE);
    expect(network.calls).toHaveLength(1);
    await callsOut.callBack(session, { ...order, id: 'c2' });
    await pass(clock, 2_000);
    expect(network.calls).toHaveLength(2);
  });

  it.each([null, 'anonymous', '+266', '', 'client:ana', 'sip:ana@example.com', '+266696687', '+7378742833'])(
    'to the number %j is left alone',
    async (from) => {
      const session = aSession({ ...caller, from });
      await store.addSession(session);
      const { callsOut } = await open();
      expect(await callsOut.callBack(session, { id: 'c1', at: clock.now() })).toBe(false);
      expect(await store.initiations.nextAt()).toBeNull();
    },
  );
});

describe('to cancel', () => {
  it('takes a scheduled call off, and says so again', async () => {
    const { callsOut } = await open();
    await callsOut.place({ ...REQUEST, at: inMs(10_000) }, 'i1');
    await callsOut.cancel('i1');
    await callsOut.cancel('i1');
    await pass(clock, MINUTE);
    expect(network.asked).toBe(0);
    expect(await initiation()).toMatchObject({ status: 'canceled' });
  });

  it.each(['queued', 'ringing'] as const)(
    'takes a call back that is %s, with the network, for good',
    async (status) => {
      const { callsOut, held } = await open();
      await callsOut.place({ ...REQUEST, retry: RETRY }, 'i1');
      await reports(store, network, clock, 'CA1', status);
      expect(held.size).toBe(1);
      await callsOut.cancel('i1');
      await callsOut.cancel('i1');
      expect(network.canceled).toEqual(['CA1']);
      expect(held.size).toBe(0);
      expect((await sessions())[0]).toMatchObject({ status: 'canceled', endedAt: clock.now() });
      await pass(clock, 60 * MINUTE);
      expect(network.calls).toHaveLength(1);
      expect(await initiation()).toMatchObject({ status: 'canceled' });
    },
  );

  it('takes back what is being placed as soon as the network has told of it', async () => {
    const { callsOut, held } = await open();
    network.faults.push({ kind: 'drops', when: 'after' });
    const placing = callsOut.place(REQUEST, 'i1');
    await pass(clock, 500);
    expect(await initiation()).toMatchObject({ status: 'placing' });
    const canceled = callsOut.cancel('i1');
    await pass(clock, 6_000);
    await canceled;
    await placing;
    expect(network.canceled).toEqual(['CA1']);
    expect(await initiation()).toMatchObject({ status: 'canceled' });
    expect(held.size).toBe(0);
  });

  it('keeps what was not placed after all from being placed again', async () => {
    const { callsOut, held } = await open();
    network.faults.push({ kind: 'drops', when: 'before' });
    const placing = callsOut.place(REQUEST, 'i1');
    await pass(clock, 500);
    const canceled = callsOut.cancel('i1');
    await pass(clock, 6_000);
    await canceled;
    await placing;
    await pass(clock, MINUTE);
    expect(network.calls).toEqual([]);
    expect(await initiation()).toMatchObject({ status: 'canceled' });
    expect([held.size, await sessions()]).toEqual([0, []]);
  });

  it('between two attempts is no more attempts', async () => {
    const { callsOut } = await open();
    await callsOut.place({ ...REQUEST, retry: RETRY }, 'i1');
    await reports(store, network, clock, 'CA1', 'busy');
    await pass(clock, MINUTE);
    await callsOut.cancel('i1');
    await pass(clock, 60 * MINUTE);
    expect(network.calls).toHaveLength(1);
    expect(await initiation()).toMatchObject({ status: 'canceled', attempt: 1 });
  });

  it.each(['in-progress', 'completed', 'busy', 'failed'] as const)(
    'is too late for a call that is %s',
    async (status) => {
      const { callsOut } = await open();
      await callsOut.place(REQUEST, 'i1');
      await reports(store, network, clock, 'CA1', status);
      await expect(callsOut.cancel('i1')).rejects.toMatchObject({
        code: 'too-late',
        status: 409,
        message: `The call is ${status}: only one that is scheduled or rings can be cancelled.`,
      });
      expect(network.canceled).toEqual([]);
    },
  );

  it('is too late for a call that was answered, though nobody has told us', async () => {
    const { callsOut } = await open();
    await callsOut.place(REQUEST, 'i1');
    network.calls[0]!.status = 'in-progress';
    await expect(callsOut.cancel('i1')).rejects.toMatchObject({ code: 'too-late' });
    expect((await sessions())[0]).toMatchObject({ status: 'queued' });
  });

  it('says where there is nothing to cancel', async () => {
    await expect((await open()).callsOut.cancel('nobody')).rejects.toMatchObject({
      code: 'unknown-initiation',
      status: 404,
      message: 'There is no initiation "nobody".',
    });
  });
});
