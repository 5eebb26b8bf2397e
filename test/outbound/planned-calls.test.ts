import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OffhookError } from '../../runtime/errors.ts';
import { silentLog } from '../../runtime/log.ts';
import { CallsOut, type CallRequest, type Dialler } from '../../runtime/outbound/calls-out.ts';
import { PlannedCalls } from '../../runtime/outbound/planned-calls.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sqlitePlace, type Place } from '../store/places.ts';
import { aSession } from '../store/samples.ts';
import { APP } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

type Asked = Parameters<Dialler['create']>[0];

let place: Place;
let store: Store;
let clock: FakeClock;
let asked: Asked[];
let canceled: string[];
/** What the network does with the next call. */
let network: (call: Asked) => Promise<void>;
/** Free lines of the app. */
let free: number;
let known: boolean;
const running: PlannedCalls[] = [];

beforeEach(async () => {
  place = await sqlitePlace();
  store = await openStore(place.database, silentLog);
  clock = new FakeClock();
  asked = [];
  canceled = [];
  free = 100;
  known = true;
  network = () => Promise.resolve();
});

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await store.close();
  await place.drop();
});

/** One process with its own way into the database. */
function aProcess(on: Store = store): { callsOut: CallsOut; planned: PlannedCalls } {
  const callsOut = new CallsOut({
    store: on,
    clock,
    log: silentLog,
    find: () =>
      known
        ? {
            app: { ...APP, limits: { ...APP.limits, calls: 2 } },
            dialogue: 'test',
            engine: 'embedded',
            crew: 0,
          }
        : null,
    lines: {
      hold: () => free-- > 0,
      release: () => void free++,
    },
    dialler: {
      async create(call) {
        asked.push(call);
        const sid = `CA${asked.length}`;
        await network(call);
        return { sid, status: 'queued' };
      },
      cancel: (sid) => Promise.resolve(void canceled.push(sid)),
    },
    origin: () => 'https://voice.example.com',
  });
  const planned = new PlannedCalls({ store: on, clock, log: silentLog, callsOut });
  running.push(planned);
  return { callsOut, planned };
}

const REQUEST: CallRequest & { at: number } = {
  key: 'test',
  to: '+14155550123',
  attributes: { time: '19:00' },
  at: 0,
};

/** Lets so much time pass, and everything that follows happen. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) await clock.advanceAsync(Math.min(1000, left));
  for (let round = 0; round < 10; round++) await clock.advanceAsync(0);
}

const inMs = (ms: number): number => clock.now() + ms;

describe('a call that is to be placed later', () => {
  it('is placed when it is due, once, and is an initiation with the same id from then on', async () => {
    const { planned } = aProcess();
    planned.start();
    const at = inMs(60_000);
    const { id } = await planned.schedule({ ...REQUEST, at, machine: 'message', welcomeMessage: 'Hi.' });
    expect(await store.schedule.find(id)).toMatchObject({ status: 'scheduled', at });
    await pass(59_000);
    expect(asked).toEqual([]);
    await pass(1_500);
    expect(asked).toHaveLength(1);
    const initiation = await store.initiation(id);
    expect(initiation).toMatchObject({
      to: '+14155550123',
      from: '+14155550100',
      at,
      machine: 'message',
      welcomeMessage: 'Hi.',
      callSid: 'CA1',
      attributes: { time: '19:00' },
    });
    expect(asked[0]).toEqual({
      to: '+14155550123',
      from: '+14155550100',
      url: `https://voice.example.com/initiations/call/test?initiation=${id}`,
      statusCallback: `https://voice.example.com/twilio/status?session=${initiation!.session}`,
      machine: {
        at: 'end',
        callback: `https://voice.example.com/twilio/machine?session=${initiation!.session}`,
      },
    });
    expect(await store.session(initiation!.session)).toMatchObject({
      isInitiated: true,
      status: 'queued',
      initiation: id,
    });
    expect(await store.schedule.find(id)).toBeNull();
    await pass(120_000);
    expect(asked).toHaveLength(1);
  });

  it('is placed though it was added by another process, or before this one began', async () => {
    const before = aProcess();
    await before.planned.schedule({ ...REQUEST, at: inMs(1_000) });
    await before.planned.schedule({ ...REQUEST, at: inMs(30_000) });
    await pass(10_000);
    expect(asked).toEqual([]);
    const after = aProcess();
    after.planned.start();
    await pass(1_000);
    expect(asked).toHaveLength(1);
    await pass(20_000);
    expect(asked).toHaveLength(2);
  });

  it('is placed once by two processes on two connections', async () => {
    const other = await openStore(place.database, silentLog);
    const processes = [aProcess(), aProcess(other)];
    for (let index = 0; index < 12; index++) {
      await processes[0]!.planned.schedule({ ...REQUEST, at: inMs(1_000), to: `+141555501${10 + index}` });
    }
    for (const { planned } of processes) planned.start();
    await pass(60_000);
    for (const { planned } of processes) await planned.stop();
    expect(asked.map(({ to }) => to).toSorted()).toEqual(
      Array.from({ length: 12 }, (_, index) => `+141555501${10 + index}`),
    );
    await other.close();
  });

  it('is placed after a crash before the network was asked, and never again after one behind it', async () => {
    const { planned } = aProcess();
    const early = await planned.schedule({ ...REQUEST, at: clock.now() });
    const late = await planned.schedule({ ...REQUEST, at: clock.now(), to: '+14155550124' });
    // One process claims both, gets as far as writing the second one's initiation, and dies.
    await store.schedule.claim(clock.now(), inMs(60_000), 5);
    await aProcess().callsOut.prepare({ ...REQUEST, to: '+14155550124' }, late.id);
    planned.start();
    await pass(59_000);
    expect(asked).toEqual([]);
    await pass(20_000);
    expect(asked.map(({ to }) => to)).toEqual(['+14155550123']);
    expect(await store.schedule.find(early.id)).toBeNull();
    expect(await store.schedule.find(late.id)).toBeNull();
    expect((await store.listSessions({ limit: 10 })).items).toHaveLength(2);
  });

  it('waits for a line where all are taken, and is given up after an hour', async () => {
    free = 0;
    const { planned } = aProcess();
    planned.start();
    const { id } = await planned.schedule({ ...REQUEST, at: inMs(1_000) });
    const hopeless = await planned.schedule({ ...REQUEST, at: inMs(1_000), to: '+14155550124' });
    await pass(40_000);
    expect(asked).toEqual([]);
    expect((await store.listSessions({ limit: 10 })).items).toEqual([]);
    free = 1;
    await pass(31_000);
    expect(asked).toHaveLength(1);
    expect((await store.initiation(id)) ?? (await store.initiation(hopeless.id))).not.toBeNull();
    await pass(3_700_000);
    const left = [await store.schedule.find(id), await store.schedule.find(hopeless.id)].filter(Boolean);
    expect(left).toMatchObject([{ status: 'failed', error: { code: 'limit-reached' } }]);
  });

  it('that the network refuses is not tried again; what it said is kept', async () => {
    network = () =>
      Promise.reject(new OffhookError('twilio-refused', 'No.', { detail: { twilioCode: 21215 } }));
    const { planned } = aProcess();
    planned.start();
    const { id } = await planned.schedule({ ...REQUEST, at: clock.now() + 1 });
    await pass(120_000);
    expect(asked).toHaveLength(1);
    expect(await store.initiation(id)).toMatchObject({
      status: 'failed',
      error: { code: '21215', message: 'No.' },
    });
    expect(free).toBe(100);
  });

  it('whose app is gone by then fails, and says why', async () => {
    const { planned } = aProcess();
    planned.start();
    const { id } = await planned.schedule({ ...REQUEST, at: inMs(1_000) });
    known = false;
    await pass(2_000);
    expect(await store.schedule.find(id)).toMatchObject({
      status: 'failed',
      error: { code: 'unknown-key', message: 'There is no app or dialogue "test".' },
    });
    await expect(planned.schedule({ ...REQUEST, at: inMs(1) })).rejects.toMatchObject({
      code: 'unknown-key',
    });
  });

  it('is one of at most four that are being placed at a time', async () => {
    let open = 0;
    let most = 0;
    const answers: (() => void)[] = [];
    network = async () => {
      most = Math.max(most, ++open);
      await new Promise<void>((resolve) => answers.push(resolve));
      open--;
    };
    const { planned } = aProcess();
    for (let index = 0; index < 9; index++) {
      await planned.schedule({ ...REQUEST, at: clock.now(), to: `+1415555011${index}` });
    }
    planned.start();
    for (let round = 0; round < 9; round++) {
      await pass(2_000);
      answers.shift()?.();
    }
    await pass(2_000);
    for (const answer of answers.splice(0)) answer();
    expect(asked).toHaveLength(9);
    expect(most).toBe(4);
  });
});

describe('a call-back', () => {
  const caller = { from: '+14155550111', to: '+14155550100', locale: 'de-DE', key: 'test' };

  it('calls the caller from the number that was called, with what the session holds by then', async () => {
    const session = aSession({ ...caller, attributes: { party: 2 } });
    await store.addSession(session);
    const { planned } = aProcess();
    planned.start();
    await planned.callBack(session, { id: 'c1', at: inMs(60_000) });
    await store.patchSession(session.id, { attributes: { party: 4 } });
    await pass(61_500);
    expect(asked).toMatchObject([{ to: '+14155550111', from: '+14155550100', machine: null }]);
    const [placed] = (await store.listSessions({ limit: 1 })).items;
    expect(placed).toMatchObject({
      isInitiated: true,
      locale: 'de-DE',
      attributes: { party: 4 },
      key: 'test',
    });
  });

  it('of a call out goes to the number that was called', async () => {
    const session = aSession({ from: '+14155550100', to: '+14155550111', direction: 'outbound' });
    await store.addSession(session);
    const { planned } = aProcess();
    planned.start();
    await planned.callBack(session, { id: 'c1', at: clock.now() });
    await pass(1_500);
    expect(asked).toMatchObject([{ to: '+14155550111', from: '+14155550100' }]);
  });

  it('ordered again is the same one, also when it has been placed already', async () => {
    const session = aSession(caller);
    await store.addSession(session);
    const { planned } = aProcess();
    planned.start();
    const order = { id: 'c1', at: inMs(10_000) };
    await planned.callBack(session, order);
    await planned.callBack(session, order);
    await pass(12_000);
    await planned.callBack(session, order);
    await pass(120_000);
    expect(asked).toHaveLength(1);
    await planned.callBack(session, { ...order, id: 'c2' });
    await pass(2_000);
    expect(asked).toHaveLength(2);
  });

  it.each([null, 'anonymous', '+266', '', 'client:ana', 'sip:ana@example.com', '+266696687', '+7378742833'])(
    'to the number %j is left alone',
    async (from) => {
      const session = aSession({ ...caller, from });
      await store.addSession(session);
      const { planned } = aProcess();
      planned.start();
      await planned.callBack(session, { id: 'c1', at: clock.now() });
      await pass(2_000);
      expect(asked).toEqual([]);
      expect(await store.schedule.nextAt()).toBeNull();
    },
  );
});

describe('to cancel', () => {
  it('takes a scheduled call off, and says so again', async () => {
    const { planned } = aProcess();
    planned.start();
    const { id } = await planned.schedule({ ...REQUEST, at: inMs(10_000) });
    await planned.cancel(id);
    await planned.cancel(id);
    await pass(60_000);
    expect(asked).toEqual([]);
    expect(await store.schedule.find(id)).toMatchObject({ status: 'canceled' });
  });

  it('takes a call back that rings, with the network, and gives its line free', async () => {
    const { planned, callsOut } = aProcess();
    const { id, sessionId } = await callsOut.place(REQUEST);
    expect(free).toBe(99);
    await planned.cancel(id);
    await planned.cancel(id);
    expect(canceled).toEqual(['CA1']);
    expect(free).toBe(100);
    expect(await store.session(sessionId)).toMatchObject({ status: 'canceled', endedAt: clock.now() });
  });

  it('is too late for a call that was answered, is being placed, or failed', async () => {
    const { planned, callsOut } = aProcess();
    const { id, sessionId } = await callsOut.place(REQUEST);
    await store.patchSession(sessionId, { status: 'in-progress', startedAt: clock.now() });
    await expect(planned.cancel(id)).rejects.toMatchObject({
      code: 'too-late',
      status: 409,
      message: 'The call is in-progress: only one that is scheduled or rings can be cancelled.',
    });
    const claimed = await planned.schedule({ ...REQUEST, at: clock.now() });
    await store.schedule.claim(clock.now(), inMs(1_000), 1);
    await expect(planned.cancel(claimed.id)).rejects.toMatchObject({
      message: 'The call is being placed: only one that is scheduled or rings can be cancelled.',
    });
    await store.schedule.fail(claimed.id, { code: 'no-number', message: 'None.' });
    await expect(planned.cancel(claimed.id)).rejects.toMatchObject({ code: 'too-late' });
    expect(canceled).toEqual([]);
  });

  it('says where there is nothing to cancel', async () => {
    await expect(aProcess().planned.cancel('nobody')).rejects.toMatchObject({
      code: 'unknown-initiation',
      status: 404,
      message: 'There is no initiation "nobody".',
    });
  });
});
