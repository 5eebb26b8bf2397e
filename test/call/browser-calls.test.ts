import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BROWSER,
  BrowserCalls,
  type BrowserAnswer,
  type BrowserReport,
} from '../../runtime/call/browser-calls.ts';
import { CallLines } from '../../runtime/call/lines.ts';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Session, Store } from '../../runtime/store/store.ts';
import { sqlitePlace } from '../store/places.ts';
import { APP, programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

const BROWSERS = `CA${'a'.repeat(32)}`;
const OTHERS = `CA${'b'.repeat(32)}`;
const ACCOUNT = `AC${'c'.repeat(32)}`;
const CALL = {
  callSid: BROWSERS,
  accountSid: ACCOUNT,
  from: 'client:alice',
  to: '+14155552671',
  app: 'bistro',
  callerId: null,
  record: true,
};

let store: Store;
let clock: FakeClock;
let calls: BrowserCalls;
let lines: CallLines;
/** How many calls the app, and the account, may hold. */
let limits: { app: number | null; account: number | null };
let ownsNumber: (account: string, number: string) => Promise<boolean>;
let drop: () => Promise<void>;

beforeEach(async () => {
  const place = await sqlitePlace();
  store = await openStore(place.database, silentLog);
  clock = new FakeClock();
  drop = async () => {
    await store.close();
    await place.drop();
  };
  limits = { app: null, account: null };
  ownsNumber = (_, number) => Promise.resolve(number === '+14155550100');
  const app = { ...APP, id: 'bistro', numbers: ['+14155550100'] };
  const target = { app, program: programOf('inbound: {hangup: "Bye."}', app) };
  const facts = (): AppFacts => ({ ...app, limits: { ...app.limits, calls: limits.app } });
  lines = new CallLines({
    lines: store.lines,
    clock,
    log: silentLog,
    process: 'p1',
    account: () => ({ name: 'default', maxCalls: limits.account }),
  });
  calls = new BrowserCalls({
    store,
    clock,
    log: silentLog,
    find: (key) => (key === 'bistro' ? target : null),
    byNumber: (number) => (number === '+14155550100' ? target : null),
    takesCallsOf: () => true,
    ownsNumber: (account, number) => ownsNumber(account, number),
    lines: {
      lend: (session, _, sid, withinMs) => lines.lend(session, facts(), sid, withinMs),
      release: (session) => lines.over(session),
    },
    incoming: () => Promise.resolve({ kind: 'hang-up' }),
  });
});
afterEach(() => drop());

const session = (): Promise<Session | null> => store.sessionByCall(BROWSERS);
const otherEnd = (status: BrowserReport['status'], sequence: number | null = null): BrowserReport => ({
  callSid: OTHERS,
  parentCallSid: BROWSERS,
  status,
  sequence,
});
const browsersEnd = (status: BrowserReport['status']): BrowserReport => ({
  callSid: BROWSERS,
  parentCallSid: null,
  status,
  sequence: null,
});
const another = (digit: string): typeof CALL => ({ ...CALL, callSid: `CA${digit.repeat(32)}` });
const held = async (): Promise<number> => {
  // What was to be freed is.
  await lines.close();
  return store.lines.count({ app: 'bistro' }, clock.now());
};
const idOf = (answer: BrowserAnswer): string => (answer.kind === 'call-out' ? answer.session : '');

describe('a call that a browser placed', () => {
  it('is one session, however often the network asks, also at once', async () => {
    const answers = await Promise.all([calls.outgoing(CALL), calls.outgoing(CALL), calls.outgoing(CALL)]);
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect((await store.listSessions({ limit: 10 })).items).toHaveLength(1);
    expect(await session()).toMatchObject({ engine: BROWSER, status: 'queued', accountSid: ACCOUNT });
  });

  it('takes its reports by their numbers, in whatever order they come', async () => {
    const id = idOf(await calls.outgoing(CALL));
    await calls.report(id, otherEnd('in-progress', 2));
    await calls.report(id, otherEnd('ringing', 1));
    expect(await session()).toMatchObject({ status: 'in-progress', startedAt: clock.now() });
    await calls.report(id, otherEnd('completed', 3));
    await calls.report(id, otherEnd('in-progress', 2));
    expect(await session()).toMatchObject({ status: 'completed' });
  });

  it('goes on as the other end does, and never back', async () => {
    const id = idOf(await calls.outgoing(CALL));
    await calls.report(id, otherEnd('ringing'));
    expect(await session()).toMatchObject({ status: 'ringing', startedAt: null });
    clock.advance(4000);
    await calls.report(id, otherEnd('in-progress'));
    const answeredAt = clock.now();
    await calls.report(id, otherEnd('ringing'));
    clock.advance(9000);
    await calls.report(id, otherEnd('in-progress'));
    expect(await session()).toMatchObject({ status: 'in-progress', startedAt: answeredAt });
    await calls.report(id, otherEnd('completed'));
    const endedAt = clock.now();
    clock.advance(1000);
    for (const late of ['ringing', 'in-progress', 'busy'] as const) await calls.report(id, otherEnd(late));
    await calls.report(null, browsersEnd('completed'));
    expect(await session()).toMatchObject({ status: 'completed', endedAt, endReason: null });
    expect(await calls.outgoing(CALL)).toEqual({ kind: 'hang-up' });
  });

  it.each(['busy', 'no-answer', 'failed'] as const)('is %s where the other end is', async (status) => {
    const id = idOf(await calls.outgoing(CALL));
    await calls.report(id, otherEnd(status));
    await calls.report(null, browsersEnd('completed'));
    expect(await session()).toMatchObject({ status, endedAt: clock.now() });
  });

  it('is cancelled where the browser hangs up before anybody answers, and completed after that', async () => {
    await calls.outgoing(CALL);
    await calls.report(null, browsersEnd('completed'));
    expect(await session()).toMatchObject({ status: 'canceled', endReason: 'caller-hung-up' });
    const second = { ...CALL, callSid: `CA${'d'.repeat(32)}` };
    const id = idOf(await calls.outgoing(second));
    await calls.report(id, { ...otherEnd('in-progress'), parentCallSid: second.callSid });
    await calls.report(null, { ...browsersEnd('completed'), callSid: second.callSid });
    expect(await store.session(id)).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
  });

  it('is not told of by a call that is none of its ends, nor is any other session', async () => {
    const id = idOf(await calls.outgoing(CALL));
    expect(await calls.report(id, { ...otherEnd('completed'), parentCallSid: 'CA1' })).toBe(true);
    expect(await session()).toMatchObject({ status: 'queued' });
    await store.addSession({ ...(await session())!, id: 's2', callSid: 'CA2', engine: 'embedded' });
    expect(await calls.report('s2', { ...browsersEnd('completed'), callSid: 'CA2' })).toBe(false);
    expect(await calls.report('nobody', browsersEnd('completed'))).toBe(false);
    expect(await store.session('s2')).toMatchObject({ status: 'queued' });
  });

  it('is completed where the browser hangs up before it is written down when it was answered', async () => {
    const id = idOf(await calls.outgoing(CALL));
    const patch = store.patchSession.bind(store);
    vi.spyOn(store, 'patchSession').mockImplementationOnce(async (...patched) => {
      await calls.report(null, browsersEnd('completed'));
      return patch(...patched);
    });
    await calls.report(id, otherEnd('in-progress'));
    expect(await session()).toMatchObject({
      status: 'completed',
      endReason: 'caller-hung-up',
      startedAt: clock.now(),
    });
  });

  it('is completed where it is answered just as the browser hangs up', async () => {
    const id = idOf(await calls.outgoing(CALL));
    await calls.report(id, otherEnd('ringing'));
    // Between the look at the session and the report of its end.
    const reportSession = store.reportSession.bind(store);
    vi.spyOn(store, 'reportSession').mockImplementationOnce(async (...told) => {
      await calls.report(id, otherEnd('in-progress'));
      return reportSession(...told);
    });
    await calls.report(null, browsersEnd('completed'));
    expect(await session()).toMatchObject({
      status: 'completed',
      endReason: 'caller-hung-up',
      startedAt: clock.now(),
    });
  });

  it.each(['in-progress', 'completed'] as const)(
    'is completed where it is told only after the browser hung up that the other side was %s',
    async (status) => {
      const id = idOf(await calls.outgoing(CALL));
      await calls.report(null, browsersEnd('completed'));
      const endedAt = clock.now();
      clock.advance(500);
      await calls.report(id, otherEnd(status));
      const completed = { status: 'completed', endReason: 'caller-hung-up', startedAt: endedAt, endedAt };
      expect(await session()).toMatchObject(completed);
      for (const late of ['ringing', 'no-answer', 'canceled'] as const)
        await calls.report(id, otherEnd(late));
      expect(await session()).toMatchObject(completed);
    },
  );

  it('keeps a recording that its own account tells of', async () => {
    const id = idOf(await calls.outgoing(CALL));
    const recording = {
      id: 'RE1',
      url: 'https://api.twilio.com/RE1',
      status: 'completed',
      channels: 2,
      durationMs: 3000,
      startedAt: clock.now(),
    } as const;
    await calls.recorded(id, `AC${'9'.repeat(32)}`, recording);
    expect(await store.recordings.of(id)).toEqual([]);
    await calls.recorded(id, ACCOUNT, recording);
    expect(await store.recordings.of(id)).toEqual([recording]);
  });

  it('without an app is of the app whose number it shows', async () => {
    const answer = await calls.outgoing({ ...CALL, app: null, callerId: '+14155550100', to: '415 555 2671' });
    expect(answer).toMatchObject({ kind: 'call-out', to: '+14155552671', callerId: '+14155550100' });
    expect(await calls.outgoing({ ...CALL, callSid: 'CA3', app: null })).toEqual({ kind: 'unknown' });
    expect(await calls.outgoing({ ...CALL, callSid: 'CA4', app: 'nothing' })).toEqual({ kind: 'unknown' });
  });

  it('is told of trouble, and of nothing forbidden, where Twilio does not say whose the number is', async () => {
    ownsNumber = () => Promise.reject(new Error('Twilio could not be asked: it did not answer within 3 s.'));
    expect(await calls.outgoing(CALL)).toEqual({
      kind: 'say',
      text: 'I am sorry, something went wrong on our side. Please call again later. Goodbye.',
      locale: 'en-US',
    });
    expect(await session()).toMatchObject({ status: 'failed', endReason: 'error' });
    expect(await held()).toBe(0);
  });

  it('of which nobody knows the account shows no number', async () => {
    expect(await calls.outgoing({ ...CALL, accountSid: null })).toMatchObject({
      kind: 'say',
      text: 'Calls from this number are not allowed. Goodbye.',
    });
  });
});

describe('a call that a browser places to a number', () => {
  const refused = { kind: 'say', text: 'I am sorry, I have to end our call here. Goodbye.', locale: 'en-US' };

  it.each(['app', 'account'] as const)(
    'takes a line of its %s, and is refused where none is left',
    async (of) => {
      limits[of] = 1;
      expect((await calls.outgoing(CALL)).kind).toBe('call-out');
      expect(await calls.outgoing(another('d'))).toEqual(refused);
      expect(await store.sessionByCall(another('d').callSid)).toMatchObject({
        status: 'failed',
        endReason: 'limit',
        endedAt: clock.now(),
      });
      // Its webhook comes again.
      expect((await calls.outgoing(CALL)).kind).toBe('call-out');
      expect(await calls.outgoing(another('d'))).toEqual({ kind: 'hang-up' });
      expect(await held()).toBe(1);
    },
  );

  it('counts with all other calls of the app', async () => {
    limits.app = 1;
    const nobody = { app: null, account: null };
    const use = { app: 'bistro', account: 'default' };
    await store.lines.hold('s1', use, nobody, 'p2', clock.now(), clock.now() + 60_000);
    expect(await calls.outgoing(CALL)).toEqual(refused);
  });

  it.each(['completed', 'busy', 'no-answer', 'failed', 'canceled'] as const)(
    'frees its line when the other end is %s',
    async (status) => {
      const id = idOf(await calls.outgoing(CALL));
      await calls.report(id, otherEnd('ringing'));
      expect(await store.lines.count({ app: 'bistro' }, clock.now())).toBe(1);
      await calls.report(id, otherEnd(status));
      expect(await held()).toBe(0);
    },
  );

  it('frees its line when the browser hangs up, also before it is told whom it is joined with', async () => {
    await calls.outgoing(CALL);
    await calls.report(null, browsersEnd('completed'));
    const add = store.addSession.bind(store);
    vi.spyOn(store, 'addSession').mockImplementationOnce(async (added) => {
      await add(added);
      await calls.report(null, { ...browsersEnd('completed'), callSid: added.callSid! });
    });
    expect(await calls.outgoing(another('d'))).toEqual({ kind: 'hang-up' });
    expect(await held()).toBe(0);
  });

  it('holds its line for as long as two people may talk, whatever becomes of the process, and no longer', async () => {
    // The process lives on; the end of the call is never told.
    await store.beat('p1', clock.now() + 9 * 3_600_000);
    await calls.outgoing(CALL);
    clock.advance(4 * 3_600_000);
    expect(await store.lines.count({ app: 'bistro' }, clock.now())).toBe(1);
    clock.advance(2 * 60_000);
    expect(await store.lines.count({ app: 'bistro' }, clock.now())).toBe(0);
  });
});
