/** Limits of calls: of an app and of an account, in one process and in several on one store. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import type { Hold } from '../../runtime/store/lines.ts';
import { aSession, beingPlaced } from '../store/samples.ts';
import { CALL_SID, dialIn, openExchange, type Exchange } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const ASKS = `
inbound:
  - {ask: "First?", answers: [{when: one, keys: "1"}]}
  - {ask: "Second?", answers: [{when: two, keys: "2", hangup: "Bye."}]}
outbound: {ask: "May I?", answers: [{when: one, keys: "1", hangup: "Thanks."}]}
`;
const limits = (calls: number | null): AppFacts['limits'] => ({ calls, durationMs: 3_600_000, cost: null });
const limitless = { app: null, account: null };
const sid = (index: number): string => `CA${index.toString().padStart(32, '0')}`;
const open = async (app: Partial<AppFacts>, maxCalls: number | null = null): Promise<Exchange> =>
  (exchange = await openExchange(ASKS, app, { name: 'shop', maxCalls }));

describe('a caller who finds all lines taken', () => {
  it('hears the busy tone, and the session says why', async () => {
    const { call, session } = await open({ limits: limits(1) });
    await call(sid(1));
    expect(await call(sid(2))).toEqual({ kind: 'busy' });
    expect(await session(sid(2))).toMatchObject({ status: 'busy', endReason: 'limit', startedAt: null });
    expect(await exchange.lines()).toBe(1);
  });

  it('hears the sentence of the app, with what is known of the call', async () => {
    const { call, session } = await open({
      limits: limits(1),
      locale: 'de-DE',
      zone: 'Europe/Berlin',
      properties: { city: 'Berlin' },
      busy: '{{ app.city }}, {{ caller.city }}: {{ digits(session.from) }}, um {{ time() }} ist besetzt.',
    });
    await call(sid(1));
    const answer = await call(sid(2), { caller: { city: 'Bonn' }, from: '+49301' });
    expect(answer).toEqual({
      kind: 'say',
      text: 'Berlin, Bonn: 4 9 3 0 1, um 10 Uhr ist besetzt.',
      locale: 'de-DE',
    });
    expect(await session(sid(2))).toMatchObject({ status: 'completed', endReason: 'limit', startedAt: null });
  });

  it('hears the busy tone where the sentence comes to nothing', async () => {
    const { call } = await open({ limits: limits(1), busy: '{{ caller.city }}' });
    await call(sid(1));
    expect(await call(sid(2))).toEqual({ kind: 'busy' });
  });

  it('is refused once, though the webhook comes twice at once', async () => {
    const { call, store } = await open({ limits: limits(1) });
    await call(sid(1));
    const answers = await Promise.all([call(sid(2)), call(sid(2)), call(sid(2))]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ kind: 'busy' })));
    expect((await store.listSessions({ limit: 9 })).items).toHaveLength(2);
  });

  it('may be the only one: twice the same webhook at once takes the last line once', async () => {
    const { call } = await open({ limits: limits(1) });
    const answers = await Promise.all([call(), call(), call()]);
    expect(answers.map(({ kind }) => kind)).toEqual(['stream', 'stream', 'stream']);
    expect(await exchange.lines()).toBe(1);
  });

  it('is refused by the limit of the account, whatever the app allows', async () => {
    const { call } = await open({ limits: limits(9) }, 2);
    const answers = await Promise.all([1, 2, 3, 4].map((index) => call(sid(index))));
    expect(answers.filter(({ kind }) => kind === 'stream')).toHaveLength(2);
    expect(await exchange.store.lines.count({ account: 'shop' }, exchange.clock.now())).toBe(2);
  });

  it('and was called by us hears that the call has to end', async () => {
    const { call, store } = await open({ limits: limits(1) });
    // A command has placed it, and held no line.
    const session = aSession({ id: 's1', app: 'test', key: 'test', callSid: null, isInitiated: true });
    await beingPlaced(store, { ...session, initiation: 'i1' }, { key: 'test' });
    await call(sid(1));
    const answer = await call(sid(2), { initiation: 'i1', placed: true });
    expect(answer).toEqual({
      kind: 'say',
      text: 'I am sorry, I have to end our call here. Goodbye.',
      locale: 'en-US',
    });
    expect(await store.session('s1')).toMatchObject({ status: 'completed', endReason: 'limit' });
  });
});

describe('lines', () => {
  it('are kept while a call is lost for a moment, and free when it does not come back', async () => {
    const { call, connect, pass } = await open({ limits: limits(1) });
    const line = await connect(await call());
    line.breaks();
    await pass(29_000);
    expect((await call(sid(1))).kind).toBe('busy');
    await pass(2_000);
    expect(await exchange.lines()).toBe(0);
    expect((await call(sid(2))).kind).toBe('stream');
  });

  it('are free when a caller never opens the stream', async () => {
    const { call, pass } = await open({ limits: limits(1) });
    await call();
    await pass(61_000);
    expect(await exchange.lines()).toBe(0);
    expect(await exchange.session()).toMatchObject({ status: 'failed', endReason: 'error' });
  });

  it('are free while a caller is with somebody else, who is never refused when they come back', async () => {
    exchange = await openExchange(
      'inbound: {transfer: "+14155550177", failed: {ask: "Nobody. And now?", answers: [{when: one, keys: "1"}]}}',
      { limits: limits(1) },
    );
    const { call, connect, switchboard } = exchange;
    await connect(await call());
    const { id } = await exchange.session();
    const { transfer } = dialIn(await switchboard.next(id, CALL_SID));
    expect(await exchange.lines()).toBe(0);
    expect((await call(sid(1))).kind).toBe('stream');
    const back = await switchboard.transferred({
      session: id,
      transfer,
      callSid: CALL_SID,
      status: 'no-answer',
      joined: false,
      callerIsThere: true,
    });
    expect(back.kind).toBe('stream');
    expect(await exchange.lines()).toBe(2);
    expect((await call(sid(2))).kind).toBe('busy');
  });

  it('are held as long as a call lasts', async () => {
    exchange = await openExchange('inbound: [{wait: 40m}, {hangup: "Bye."}]', { limits: limits(1) });
    const { call, connect, pass } = exchange;
    await connect(await call());
    await pass(39 * 60_000);
    expect((await call(sid(1))).kind).toBe('busy');
    await pass(61_000);
    expect(await exchange.lines()).toBe(0);
  });

  it('are free again when a running process has let its calls go', async () => {
    const { call, connect, switchboard, pass } = await open({ limits: limits(2) });
    await connect(await call());
    const drained = switchboard.drain(1_000);
    await pass(3_000);
    await drained;
    expect(await exchange.lines()).toBe(0);
  });
});

describe('a line that cannot be freed', () => {
  /** One call that is over, and whose line the store does not free for so many times. */
  async function overAndHeld(failures: number): Promise<{ tries: () => number }> {
    const { call, connect, store } = await open({ limits: limits(1) });
    const release = vi.spyOn(store.lines, 'release');
    for (let index = 0; index < failures; index++) release.mockRejectedValueOnce(new Error('no store'));
    const line = await connect(await call());
    line.hangUp();
    await exchange.pass();
    return { tries: () => release.mock.calls.length };
  }

  it('is tried again after a second, and then with longer pauses, until it is free', async () => {
    const { tries } = await overAndHeld(3);
    const first = tries();
    expect(await exchange.lines()).toBe(1);
    await exchange.pass(999);
    expect(tries()).toBe(first);
    await exchange.pass(1);
    expect(tries()).toBe(first + 1);
    await exchange.pass(1_999);
    expect(tries()).toBe(first + 1);
    await exchange.pass(1);
    expect(tries()).toBe(first + 2);
    await exchange.pass(4_000);
    expect(tries()).toBe(first + 3);
    expect(await exchange.lines()).toBe(0);
    await exchange.pass(600_000);
    expect(tries()).toBe(first + 3);
    expect((await exchange.call(sid(1))).kind).toBe('stream');
  });

  it('is tried every minute at the most, for as long as it takes', async () => {
    const { tries } = await overAndHeld(20);
    await exchange.pass(10 * 60_000);
    const before = tries();
    await exchange.pass(60_000);
    expect(tries()).toBe(before + 1);
    await exchange.pass(20 * 60_000);
    expect(await exchange.lines()).toBe(0);
  });

  it('tells whoever waits in line when it is free at last', async () => {
    await overAndHeld(1);
    let told = 0;
    exchange.switchboard.onFree(() => told++);
    await exchange.pass(999);
    expect(told).toBe(0);
    await exchange.pass(1);
    expect(told).toBe(1);
  });

  it('is kept where its call takes it again meanwhile', async () => {
    const { store, switchboard, target } = await open({ limits: limits(1) });
    expect(await switchboard.hold('s1', target)).toBe('held');
    const release = vi.spyOn(store.lines, 'release').mockRejectedValue(new Error('no store'));
    switchboard.release('s1');
    await exchange.pass();
    expect(await switchboard.hold('s1', target)).toBe('held');
    release.mockRestore();
    await exchange.pass(120_000);
    expect(await exchange.lines()).toBe(1);
  });

  it('and is over for whoever holds it stays so, though only the own one is let go later', async () => {
    const one = await open({ limits: limits(1) });
    const { store, clock, switchboard } = one;
    await store.lines.hold('s1', { app: 'test', account: 'shop' }, limitless, 'other', 0, clock.now() + 9e6);
    const release = vi.spyOn(store.lines, 'release').mockRejectedValue(new Error('no store'));
    // It lets the own one go first, and the other's then; and again.
    switchboard.release('s1');
    switchboard.release('s1');
    await one.pass();
    release.mockRestore();
    await one.pass(1_000);
    expect(await one.lines()).toBe(0);
  });

  it('keeps nobody from stopping, and is tried no more then', async () => {
    const { tries } = await overAndHeld(99);
    await exchange.switchboard.drain(0);
    const before = tries();
    await exchange.pass(120_000);
    expect(tries()).toBe(before);
  });

  it('because nobody knows whether it was taken is freed, and holds nobody up', async () => {
    const { store, switchboard, target } = await open({ limits: limits(1) });
    const real = store.lines.hold.bind(store.lines);
    vi.spyOn(store.lines, 'hold').mockImplementationOnce(async (...held) => {
      await real(...held);
      throw new Error('the answer was lost');
    });
    await expect(switchboard.hold('s1', target)).rejects.toThrow('the answer was lost');
    await exchange.pass();
    expect(await exchange.lines()).toBe(0);
  });
});

describe('several processes on one store', () => {
  it('share the limit of an app, however many webhooks come at once', async () => {
    const one = await open({ limits: limits(5) });
    const [two, three] = [await one.restart(), await one.restart()];
    const places = [one, two, three];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => places[index % 3]!.call(sid(index))),
    );
    expect(answers.filter(({ kind }) => kind === 'stream')).toHaveLength(5);
    expect(answers.filter(({ kind }) => kind === 'busy')).toHaveLength(25);
    expect(await one.lines()).toBe(5);
  });

  it('hold one line for a call whose webhook is asked of one and whose stream opens at another', async () => {
    const one = (exchange = await openExchange('inbound: [{wait: 5m}, {hangup: "Bye."}]', {
      limits: limits(1),
    }));
    const two = await one.restart();
    const line = await two.connect(await one.call());
    expect(await one.lines()).toBe(1);
    // The one that answered the webhook waits for the stream in vain, and takes nothing from the other.
    await one.pass(4 * 60_000);
    expect(await one.lines()).toBe(1);
    expect((await one.call(sid(1))).kind).toBe('busy');
    line.hangUp();
    await one.pass();
    expect(await one.lines()).toBe(0);
    expect((await one.call(sid(2))).kind).toBe('stream');
  });

  it('free the lines of one that is killed when nothing was heard of it, and not before', async () => {
    const one = await open({ limits: limits(2) });
    const { store, clock } = one;
    const at = clock.now();
    // Another process, which says that it lives and then says no more, holds a call that runs.
    await store.beat('dead', at + 30_000);
    const use = { app: 'test', account: 'shop' };
    await store.lines.hold('s1', use, { app: 2, account: null }, 'dead', at, at + 90_000);
    expect((await one.call(sid(1))).kind).toBe('stream');
    expect((await one.call(sid(2))).kind).toBe('busy');
    await one.pass(91_000);
    expect((await one.call(sid(3))).kind).toBe('stream');
  });

  it('go on with the line of a call that they take up', async () => {
    const one = await open({ limits: limits(1) });
    const line = await one.connect(await one.call());
    line.press('1');
    const two = await one.restart();
    const { id } = await one.session();
    line.breaks();
    await one.pass(1_000);
    const back = await two.connect(await two.switchboard.next(id, CALL_SID));
    expect(back.said).toEqual(['Second?']);
    // The first one waits for it to come back, and finds that it goes on elsewhere.
    await one.pass(5_000);
    expect(await one.lines()).toBe(1);
    expect((await two.call(sid(1))).kind).toBe('busy');
    back.press('2');
    await one.pass();
    expect(await one.lines()).toBe(0);
  });
});

describe('a call that we place', () => {
  const hold = (at: Exchange, session: string): Promise<Hold> => at.switchboard.hold(session, at.target);

  it('finds that its app, or its account, has no line left', async () => {
    const one = await open({ limits: limits(2) }, 3);
    expect([await hold(one, 's1'), await hold(one, 's2'), await hold(one, 's3')]).toEqual([
      'held',
      'held',
      'app-full',
    ]);
    one.switchboard.release('s1');
    const use = { app: 'other', account: 'shop' };
    for (const session of ['o1', 'o2']) {
      await one.store.lines.hold(session, use, { app: null, account: 3 }, 'p', 0, one.clock.now() + 60_000);
    }
    await one.pass();
    expect(await hold(one, 's4')).toBe('account-full');
  });

  it('and that waits in line is told when a line is free here', async () => {
    const one = await open({ limits: limits(1) });
    let told = 0;
    const stop = one.switchboard.onFree(() => told++);
    expect(await hold(one, 's1')).toBe('held');
    expect(await hold(one, 's2')).toBe('app-full');
    one.switchboard.release('s2');
    await one.pass(10_000);
    expect(told).toBe(0);
    one.switchboard.release('s1');
    await one.pass();
    expect(told).toBe(1);
    stop();
    expect(await hold(one, 's2')).toBe('held');
    one.switchboard.release('s2');
    await one.pass();
    expect(told).toBe(1);
  });

  it('holds its line for as long as it may ring, though its process is dead', async () => {
    const one = await open({ limits: limits(1) });
    expect(await hold(one, 's1')).toBe('held');
    const two = await one.restart();
    await two.pass(59 * 60_000);
    expect(await hold(two, 's2')).toBe('app-full');
    await two.pass(61_000);
    expect(await hold(two, 's2')).toBe('held');
  });
});
