import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { silentLog, type Log } from '../../runtime/log.ts';
import type { CallRequest } from '../../runtime/outbound/requests.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sqlitePlace, type Place } from '../store/places.ts';
import { aSession, anInitiation } from '../store/samples.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Death, Network, openOffice, pass, reports, type Office, type OfficeOptions } from './office.ts';

const MINUTE = 60_000;
const TO = '+14155550123';
const REQUEST: CallRequest = { key: 'test', to: TO, attributes: { time: '19:00' } };
const RETRY = { attempts: 3, everyMs: 15 * MINUTE, on: ['busy', 'no-answer'] } as const;

let told: [string, string][];
const log: Log = pino(
  { level: 'error' },
  {
    write(line: string) {
      const { msg, problem } = JSON.parse(line) as { msg: string; problem: string };
      told.push([msg, problem]);
    },
  },
);
let place: Place;
let store: Store;
let clock: FakeClock;
let network: Network;
const offices: Office[] = [];
const stores: Store[] = [];

beforeEach(async () => {
  told = [];
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

  describe('that this process cannot place', { timeout: 60_000 }, () => {
    const NO_APP = 'There is no app or dialogue "test".';
    const NO_ACCOUNT =
      'No Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed to call out.';
    const NO_URL = 'PUBLIC_URL is not set: Twilio could not reach this server when the call is answered.';
    const refuses = { kind: 'refuses', status: 401, code: 20003 } as const;
    const lacks: [
      string,
      { code: string; message: string },
      (lacking: () => boolean) => Partial<OfficeOptions>,
    ][] = [
      ['its app', { code: 'unknown-key', message: NO_APP }, (lacking) => ({ knows: () => !lacking() })],
      [
        'its account',
        { code: 'no-account', message: NO_ACCOUNT },
        (lacking) => ({ dialler: (account) => (lacking() ? null : network.dialler(account)) }),
      ],
      [
        'a public address',
        { code: 'no-public-url', message: NO_URL },
        (lacking) => ({ origin: () => (lacking() ? null : 'https://voice.example.com') }),
      ],
      [
        'a token that is still good',
        { code: 'twilio-refused', message: 'No.' },
        (lacking) => ({
          dialler: (account) => ({
            ...network.dialler(account),
            create(order) {
              if (lacking()) network.faults.push(refuses);
              return network.dialler(account).create(order);
            },
          }),
        }),
      ],
    ];

    it.each(lacks)('for want of %s waits until it can', async (_what, { message }, having) => {
      let lacking = false;
      const { callsOut, held } = await open({ log, ...having(() => lacking) });
      await callsOut.place({ ...REQUEST, at: inMs(1_000) }, 'i1');
      await callsOut.place({ ...REQUEST, to: '+14155550124', at: inMs(1_000) }, 'i2');
      lacking = true;
      await pass(clock, 50 * MINUTE);
      expect(network.calls).toEqual([]);
      expect(await initiation()).toMatchObject({ status: 'scheduled', attempt: 0, session: null });
      // The log is told once.
      expect(told).toEqual([['calls wait, because this process cannot place them', message]]);
      lacking = false;
      await pass(clock, MINUTE);
      expect(network.dialled).toEqual({ [TO]: 1, '+14155550124': 1 });
      expect(held.size).toBe(2);
    });

    it.each(lacks)('for want of %s is placed by another that can', async (_what, _error, having) => {
      const { callsOut } = openOffice({ store, clock, network });
      for (let index = 0; index < 9; index++) {
        await callsOut.place({ ...REQUEST, to: `+1415555011${index}`, at: inMs(1_000) });
      }
      await open(having(() => true));
      await pass(clock, 5_000);
      expect(network.calls).toEqual([]);
      await open({ store: await another() });
      await pass(clock, MINUTE);
      expect(Object.values(network.dialled)).toEqual(Array.from({ length: 9 }, () => 1));
    });

    it.each(lacks)('for want of %s fails after an hour, and says why', async (_what, error, having) => {
      let lacking = false;
      const { callsOut } = await open(having(() => lacking));
      await callsOut.place({ ...REQUEST, at: inMs(1_000) }, 'i1');
      await store.initiations.add(anInitiation({ id: 'i2', key: 'test', batch: 'b1', nextAt: inMs(1_000) }));
      lacking = true;
      await pass(clock, 62 * MINUTE);
      expect(await initiation()).toMatchObject({ status: 'failed', error });
      // Those of a batch, a day.
      expect(await initiation('i2')).toMatchObject({ status: 'scheduled', error: null });
    });
  });

  it('to a number that is just being called takes neither line nor turn meanwhile', async () => {
    let turns = 0;
    const counting = new Proxy(store, {
      get(real, name) {
        if (name !== 'initiations') return Reflect.get(real, name) as unknown;
        const pace: Store['initiations']['pace'] = (...asked) => {
          turns++;
          return real.initiations.pace(...asked);
        };
        return { ...real.initiations, pace };
      },
    });
    network.faults.push({ kind: 'drops', when: 'after' });
    network.blind = true;
    const { callsOut, held } = await open({ store: counting });
    await callsOut.place({ ...REQUEST, at: inMs(1_000) }, 'i1');
    await pass(clock, 2_000);
    await callsOut.place({ ...REQUEST, at: inMs(1_000) }, 'i2');
    await pass(clock, MINUTE);
    expect([turns, held.size, network.asked]).toEqual([1, 1, 1]);
    network.blind = false;
    await pass(clock, MINUTE);
    expect(network.dialled).toEqual({ [TO]: 2 });
    expect(await initiation('i2')).toMatchObject({ status: 'queued', callSid: 'CA2' });
  });

  it('of an account is taken up only where that one has room, however much others have', async () => {
    const { callsOut, held } = await open({ callsPerS: (account) => (account === 'slow' ? 1.9 : 100) });
    network.faults.push({ kind: 'late', madeAfterMs: 0 });
    await callsOut.place({ ...REQUEST, at: inMs(1) }, 'i1');
    await pass(clock, 1_000);
    for (let index = 0; index < 20; index++) {
      const to = `+141555502${10 + index}`;
      await store.initiations.add(anInitiation({ key: 'test', account: 'slow', to, nextAt: inMs(1) }));
    }
    await store.initiations.pace('slow', clock.now(), 1_500, 0);
    await callsOut.place({ ...REQUEST, to: '+14155550124', at: inMs(1) }, 'i2');
    await pass(clock, 1_000);
    // The quick account's two, and as many of the other one's as are placed at a time.
    expect(held.size).toBe(6);
    await pass(clock, 30_000);
    expect(Object.keys(network.dialled)).toHaveLength(22);
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

  describe('whose question was lost', () => {
    /** Somebody who looks after no call but this one, and to whom the network's records come so late. */
    async function lose(lateMs: number): Promise<Office> {
      const dialler = (account: string) => ({
        ...network.dialler(account),
        async find(numbers: { to: string; from: string }) {
          const found = await network.dialler(account).find(numbers);
          await new Promise<void>((resolve) => clock.after(lateMs, resolve));
          return found;
        },
      });
      const office = openOffice({ store, clock, network, dialler });
      network.faults.push({ kind: 'drops', when: 'before' });
      void office.callsOut.place(REQUEST, 'i1');
      await pass(clock, 1_000);
      expect(await initiation()).toMatchObject({ status: 'placing' });
      return office;
    }

    it('is placed once by two who each think it theirs, since the claim of one ran out', async () => {
      const first = await lose(20_000);
      const second = await open({ store: await another() });
      // Whoever asks next has no answer yet when the first one goes on.
      network.faults.push({ kind: 'late', madeAfterMs: 8_000 });
      for (let passed = 0; passed < 60; passed++) await pass(clock, 1_000);
      expect(network.dialled).toEqual({ [TO]: 1 });
      expect(await initiation()).toMatchObject({ status: 'queued', attempt: 1, callSid: 'CA1' });
      expect((await sessions()).map(({ callSid }) => callSid)).toEqual(['CA1']);
      expect([first.held.size, second.held.size]).toEqual([0, 1]);
    });

    it('stays with whoever waits for the turn to ask again', async () => {
      await lose(1_000);
      // Almost as long as a turn is waited for.
      await store.initiations.pace('default', clock.now() + 17_500, 1, 60_000);
      let looked = 0;
      const dialler = (account: string) => ({
        ...network.dialler(account),
        find(numbers: { to: string; from: string }) {
          looked++;
          return network.dialler(account).find(numbers);
        },
      });
      await open({ store: await another(), dialler });
      await pass(clock, MINUTE);
      expect(network.dialled).toEqual({ [TO]: 1 });
      expect(looked).toBe(0);
    });
  });

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

  it('are not counted among the hour for which a call waits for a line', { timeout: 60_000 }, async () => {
    // Prague: nine in the evening.
    await pass(clock, 11 * 60 * MINUTE);
    const { callsOut, held } = await open({ app: { hours }, lines: 1 });
    held.add('another');
    for (const [id, to] of [
      ['i1', '+420601123456'],
      ['i2', '+420601123457'],
    ] as const) {
      await callsOut.place({ ...REQUEST, to }, id);
    }
    await pass(clock, 12 * 60 * MINUTE + 30 * MINUTE);
    expect(await initiation()).toMatchObject({ status: 'scheduled', refusedAt: expect.any(Number) });
    held.clear();
    await pass(clock, MINUTE);
    expect(network.calls).toHaveLength(1);
    await pass(clock, 31 * MINUTE);
    const states = [(await initiation('i1'))!, (await initiation('i2'))!].map(({ status }) => status);
    expect(states.toSorted()).toEqual(['failed', 'queued']);
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
    await expect(callsOut.cancel('i1')).rejects.toMatchObject({
      code: 'too-late',
      message: 'The call is answered or over by now: only one that is scheduled or rings can be cancelled.',
    });
    expect((await sessions())[0]).toMatchObject({ status: 'queued' });
  });

  it('says so where the account is gone that has placed the call', async () => {
    let gone = false;
    const { callsOut } = await open({ dialler: (account) => (gone ? null : network.dialler(account)) });
    await callsOut.place(REQUEST, 'i1');
    gone = true;
    await expect(callsOut.cancel('i1')).rejects.toMatchObject({ code: 'no-account', status: 409 });
  });

  it('takes a call back though the network could not be asked to when it had just placed it', async () => {
    let broken = true;
    const dialler = (account: string) => {
      const whole = network.dialler(account);
      const cancel = () => Promise.reject(new Error('ECONNRESET'));
      return broken ? { ...whole, cancel } : whole;
    };
    const { callsOut, held } = await open({ dialler, log });
    network.faults.push({ kind: 'drops', when: 'after' });
    void callsOut.place(REQUEST, 'i1');
    await pass(clock, 500);
    const canceled = callsOut.cancel('i1').catch(() => undefined);
    await pass(clock, 6_000);
    await canceled;
    expect(told).toEqual([['a call that is not wanted could not be taken back', 'ECONNRESET']]);
    expect(network.canceled).toEqual([]);
    broken = false;
    await pass(clock, 20_000);
    expect(network.canceled).toEqual(['CA1']);
    expect(await initiation()).toMatchObject({ status: 'canceled' });
    expect(held.size).toBe(0);
  });

  it('of a whole batch leaves to ring what rings', async () => {
    const { planned } = await open();
    const batch = { id: 'b1', key: 'test', accepted: 1, rejected: [], createdAt: clock.now() };
    await store.initiations.addBatch(batch, [anInitiation({ id: 'i1', key: 'test', batch: 'b1', to: TO })]);
    planned.nudge();
    await pass(clock, 1_000);
    await reports(store, network, clock, 'CA1', 'ringing');
    await store.initiations.cancelBatch('b1');
    await pass(clock, 3 * MINUTE);
    expect(network.canceled).toEqual([]);
    expect(await initiation()).toMatchObject({ status: 'ringing' });
  });

  it('says where there is nothing to cancel', async () => {
    await expect((await open()).callsOut.cancel('nobody')).rejects.toMatchObject({
      code: 'unknown-initiation',
      status: 404,
      message: 'There is no initiation "nobody".',
    });
  });
});

describe('a call that somebody began to place', () => {
  it('fails where what became of it was not known for a day: its account is gone', async () => {
    const day = 24 * 60 * MINUTE;
    const began = clock.now();
    await store.initiations.add(anInitiation({ id: 'i1', key: 'test', account: 'second', to: TO }));
    const session = aSession({ initiation: 'i1', callSid: null, status: 'queued', createdAt: began });
    await store.initiations.begin('i1', session, { now: began, until: began + day - 1_000 });
    clock.advance(day - 1_000);
    await open({ log, dialler: () => null });
    await pass(clock, 500);
    expect(await initiation()).toMatchObject({ status: 'placing' });
    await store.initiations.extend('i1', began + day);
    await pass(clock, 16_000);
    const error = {
      code: 'no-account',
      message: 'The credentials of the Twilio account "second" are not at hand.',
    };
    expect(await initiation()).toMatchObject({ status: 'failed', error });
    expect(await store.session(session.id)).toMatchObject({ status: 'failed', endReason: 'error' });
    expect(told).toEqual([['it will never be known whether a call was placed', undefined]]);
    // The number is free again.
    expect(await store.initiations.isBeingPlaced(TO)).toBe(false);
  });
});

describe('a simulated call', () => {
  const day = 24 * 60 * MINUTE;

  it('is none of the network’s, whoever looks, and is over after a day', async () => {
    const { callsOut } = openOffice({ store, clock, network });
    const { id } = await callsOut.prepare(REQUEST);
    let asked = 0;
    const dialler = () => {
      asked++;
      return null;
    };
    // A server begins, and looks at all that is placed.
    await open({ dialler });
    await pass(clock, 1_000);
    expect(await initiation(id)).toMatchObject({ status: 'queued', callSid: `simulated-${id}` });
    clock.advance(day);
    await pass(clock, 16_000);
    expect(await initiation(id)).toMatchObject({ status: 'canceled' });
    expect([asked, network.asked]).toEqual([0, 0]);
  });

  it('can be cancelled without the network', async () => {
    const { callsOut } = await open();
    const { id } = await callsOut.prepare(REQUEST);
    await callsOut.cancel(id);
    expect(network.canceled).toEqual([]);
    expect(await initiation(id)).toMatchObject({ status: 'canceled' });
  });

  it('is refused where the number is just being called, and never becomes a real one', async () => {
    network.faults.push({ kind: 'drops', when: 'after' });
    network.blind = true;
    const { callsOut } = await open();
    void callsOut.place(REQUEST, 'i1');
    await pass(clock, 500);
    await expect(callsOut.prepare(REQUEST)).rejects.toMatchObject({
      code: 'same-number',
      status: 409,
      message: `${TO} is just being called.`,
    });
    const all = (await place.dump())['initiations']!;
    expect(all.map(({ status }) => String(status)).toSorted()).toEqual(['canceled', 'placing']);
  });

  it.each(['before', 'after'] as const)(
    'whose command died %s it was begun is cancelled after a day',
    async (when) => {
      const { callsOut } = openOffice({
        store: new Death(when === 'before' ? 2 : 3, 'before').of(store),
        clock,
        network,
      });
      void callsOut.prepare(REQUEST);
      await pass(clock, 500);
      clock.advance(day);
      await open();
      await pass(clock, 1_000);
      const all = (await place.dump())['initiations']!;
      expect(all.map(({ status }) => status)).toEqual(['canceled']);
      expect([network.asked, await store.initiations.isBeingPlaced(TO)]).toEqual([0, false]);
    },
  );
});
