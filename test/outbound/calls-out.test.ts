import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { OffhookError } from '../../runtime/errors.ts';
import { silentLog, type Log } from '../../runtime/log.ts';
import { CallsOut } from '../../runtime/outbound/calls-out.ts';
import { PlannedCalls } from '../../runtime/outbound/planned-calls.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sqlitePlace, type Place } from '../store/places.ts';
import { APP } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

const REQUEST = { key: 'test', to: '+14155550123' };

let place: Place;
let store: Store;
let clock: FakeClock;
let errors: string[];
/** Lines that are held. */
let held: Set<string>;

beforeEach(async () => {
  place = await sqlitePlace();
  store = await openStore(place.database, silentLog);
  clock = new FakeClock();
  errors = [];
  held = new Set();
});

afterEach(async () => {
  await store.close();
  await place.drop();
});

const log: Log = pino(
  { level: 'error' },
  { write: (line: string) => void errors.push((JSON.parse(line) as { msg: string }).msg) },
);

function callsOut(on: Store, network: () => Promise<{ sid: string; status: string }>): CallsOut {
  return new CallsOut({
    store: on,
    clock,
    log,
    find: () => ({ app: APP, dialogue: 'test', engine: 'embedded', crew: 0 }),
    lines: {
      hold: (session) => Promise.resolve(held.add(session).has(session) ? 'held' : 'app-full'),
      release: (session) => void held.delete(session),
    },
    dialler: { create: network, cancel: () => Promise.resolve() },
    origin: () => 'https://voice.example.com',
  });
}

const ofTwilio = (): Promise<{ sid: string; status: string }> =>
  Promise.resolve({ sid: 'CA1', status: 'queued' });

/** The same store, on which one method fails. */
function failing(name: 'patchInitiation' | 'patchSession' | 'session'): Store {
  return new Proxy(store, {
    get(real, asked) {
      const value: unknown = Reflect.get(real, asked);
      if (asked === name) return () => Promise.reject(new OffhookError('store-failed', 'The disk is full.'));
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
  });
}

describe('a call that the network has taken', () => {
  it.each(['patchInitiation', 'patchSession', 'session'] as const)(
    'is placed though it could not be written down (%s), and is answered as any other',
    async (name) => {
      const placed = await callsOut(failing(name), ofTwilio).place(REQUEST, 'i1');
      expect(placed).toEqual({ id: 'i1', sessionId: placed.sessionId, callSid: 'CA1', status: 'queued' });
      expect(errors).toEqual(['a placed call was not written down']);
      expect(await store.session(placed.sessionId)).toMatchObject({ status: 'queued', endReason: null });
      expect(await store.initiation('i1')).toMatchObject({ status: 'queued', error: null });
      expect([...held]).toEqual([placed.sessionId]);
    },
  );
});

describe('a call of a process that died while it placed it', () => {
  /** Claims the call that is due, and dies. */
  async function claimed(network: () => Promise<{ sid: string; status: string }>): Promise<string> {
    const planned = new PlannedCalls({ store, clock, log, callsOut: callsOut(store, network) });
    const { id } = await planned.schedule({ ...REQUEST, at: clock.now() });
    await store.schedule.claim(clock.now(), clock.now() + 60_000, 1);
    return id;
  }
  /** Another process looks after the schedule for so long; how often it asks the network is what it gives. */
  async function takenOver(forMs: number): Promise<number> {
    let asked = 0;
    const network = (): ReturnType<typeof ofTwilio> => {
      asked++;
      return ofTwilio();
    };
    const planned = new PlannedCalls({ store, clock, log, callsOut: callsOut(store, network) });
    planned.start();
    for (let left = forMs; left > 0; left -= 1000) await clock.advanceAsync(1000);
    await planned.stop();
    return asked;
  }

  it('is not placed again, is closed as failed, and the log says so', async () => {
    const id = await claimed(ofTwilio);
    const { sessionId } = await callsOut(store, ofTwilio).prepare(REQUEST, id);
    expect(await takenOver(59_000)).toBe(0);
    expect(await store.initiation(id)).toMatchObject({ status: 'queued' });
    expect(await takenOver(20_000)).toBe(0);
    expect(await store.initiation(id)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
    expect(await store.session(sessionId)).toMatchObject({ status: 'failed', endReason: 'error' });
    expect((await store.session(sessionId))?.endedAt).not.toBeNull();
    expect(await store.schedule.find(id)).toBeNull();
    expect(errors).toEqual(['a scheduled call is given up: a process died while it placed it']);
    expect(held.size).toBe(0);
  });

  it('is left alone where the network is known to have it', async () => {
    const id = await claimed(ofTwilio);
    const { sessionId } = await callsOut(store, ofTwilio).place(REQUEST, id);
    expect(await takenOver(90_000)).toBe(0);
    expect(await store.initiation(id)).toMatchObject({ status: 'queued', callSid: 'CA1' });
    expect(await store.session(sessionId)).toMatchObject({ status: 'queued', endReason: null });
    expect(await store.schedule.find(id)).toBeNull();
    expect(errors).toEqual([]);
  });

  it('is left alone where the network has reported of it', async () => {
    const id = await claimed(ofTwilio);
    const { sessionId } = await callsOut(store, ofTwilio).prepare(REQUEST, id);
    await store.patchSession(sessionId, { status: 'ringing' });
    expect(await takenOver(90_000)).toBe(0);
    expect(await store.session(sessionId)).toMatchObject({ status: 'ringing' });
    expect(errors).toEqual([]);
  });

  it('waits for one that has only just begun to place it', async () => {
    const id = await claimed(ofTwilio);
    for (let passed = 0; passed < 50; passed++) await clock.advanceAsync(1000);
    await callsOut(store, ofTwilio).prepare(REQUEST, id);
    expect(await takenOver(25_000)).toBe(0);
    expect(await store.initiation(id)).toMatchObject({ status: 'queued' });
    expect(await takenOver(70_000)).toBe(0);
    expect(await store.initiation(id)).toMatchObject({ status: 'failed' });
  });
});
