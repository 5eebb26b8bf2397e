/** Calls from browsers of whose end nobody was told: the network is asked. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROWSER } from '../../runtime/call/browser-calls.ts';
import { BrowserEnds, type BrowserEndsParts } from '../../runtime/call/browser-ends.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Session, Store } from '../../runtime/store/store.ts';
import { silentLog } from '../../runtime/log.ts';
import { sqlitePlace } from '../store/places.ts';
import { aSession } from '../store/samples.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { watched } from '../support/switchboard.ts';

const ACCOUNT = `AC${'c'.repeat(32)}`;
const HOUR = 3_600_000;

let store: Store;
let settled: () => Promise<void>;
let clock: FakeClock;
let ends: BrowserEnds;
let asked: string[];
let released: string[];
let look: BrowserEndsParts['look'];
let drop: () => Promise<void>;

beforeEach(async () => {
  const place = await sqlitePlace();
  ({ store, settled } = watched(await openStore(place.database, silentLog)));
  clock = new FakeClock();
  [asked, released] = [[], []];
  look = () => Promise.resolve({ status: 'in-progress', answered: false });
  ends = new BrowserEnds({
    store,
    clock,
    log: silentLog,
    look(account, callSid) {
      asked.push(`${account} ${callSid}`);
      return look(account, callSid);
    },
    lines: { release: (session) => void released.push(session) },
  });
  drop = async () => {
    await ends.stop();
    await store.close();
    await place.drop();
  };
});
afterEach(() => drop());

async function aCall(change: Partial<Session> = {}): Promise<Session> {
  const session = aSession({
    engine: BROWSER,
    accountSid: ACCOUNT,
    direction: 'outbound',
    isInitiated: true,
    createdAt: clock.now(),
    ...change,
  });
  await store.addSession(session);
  return session;
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 30_000) {
    await clock.advanceAsync(Math.min(30_000, left));
    await settled();
  }
}

describe('a call from a browser whose end is never told', () => {
  it('is asked about when it cannot ring any more, and then every five minutes', async () => {
    const { callSid } = await aCall();
    const phone = await aCall({ engine: 'embedded' });
    ends.start();
    await pass(89_000);
    expect(asked).toEqual([]);
    await pass(61_000);
    expect(asked).toEqual([`${ACCOUNT} ${callSid}`]);
    await pass(5 * 60_000);
    expect(asked).toHaveLength(2);
    expect(released).toEqual([]);
    expect((await store.session(phone.id))?.status).toBe('ringing');
  });

  it.each([
    ['completed where somebody had answered', true, null, 'completed'],
    ['completed where it was told that somebody had', false, 1_000, 'completed'],
    ['cancelled where nobody had', false, null, 'canceled'],
  ] as const)('is %s, and frees its line', async (_, answered, startedMs, status) => {
    const startedAt = startedMs === null ? null : clock.now() + startedMs;
    const { id } = await aCall({ startedAt, status: startedAt === null ? 'ringing' : 'in-progress' });
    look = () => Promise.resolve({ status: 'completed', answered });
    ends.start();
    await pass(3 * 60_000);
    const endedAt = clock.now() - 60_000;
    expect(await store.session(id)).toMatchObject({ status, endReason: null, endedAt });
    expect(released).toEqual([id]);
    expect(asked).toHaveLength(1);
  });

  it('is over where the network knows of no such call, also one from before the server was started', async () => {
    const { id } = await aCall({
      createdAt: clock.now() - HOUR,
      status: 'in-progress',
      startedAt: clock.now(),
    });
    look = () => Promise.resolve({ status: null, answered: false });
    ends.start();
    await pass(1_000);
    expect(await store.session(id)).toMatchObject({ status: 'completed' });
  });

  it('is left open where the network cannot be asked, but for longer than anybody may talk', async () => {
    const { id } = await aCall({ createdAt: clock.now() - 3 * HOUR });
    look = () => Promise.reject(new OffhookError('no-account', 'The credentials are not at hand.'));
    ends.start();
    await pass(50 * 60_000);
    expect(await store.session(id)).toMatchObject({ status: 'ringing' });
    await pass(20 * 60_000);
    expect(await store.session(id)).toMatchObject({ status: 'canceled' });
    expect(released).toEqual([id]);
  });

  it('is not asked about once nobody looks after it any more', async () => {
    await aCall();
    ends.start();
    await ends.stop();
    await pass(10 * 60_000);
    expect(asked).toEqual([]);
  });
});
