import { afterEach, describe, expect, it } from 'vitest';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import { aSession, beingPlaced } from '../store/samples.ts';
import { CALL_SID, openExchange, type Exchange } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const DIALOGUE = `
intro: {say: "Hello."}
inbound:
  - {ask: "First?", answers: [{when: one, keys: "1"}]}
  - {ask: "Second?", answers: [{when: two, keys: "2", hangup: "Bye."}]}
outbound: {ask: "May I?", answers: [{when: one, keys: "1", hangup: "Thanks."}]}
`;
const open = async (app: Partial<AppFacts> = {}): Promise<Exchange> =>
  (exchange = await openExchange(DIALOGUE, app));
const sid = (index: number): string => `CA${index.toString().padStart(32, '0')}`;

describe('a call that comes in', () => {
  it('is one session, though its webhook comes twice at once', async () => {
    const { call, connect, store } = await open();
    const [first, second, third] = await Promise.all([call(), call(), call()]);
    expect([first.kind, second.kind, third.kind]).toEqual(['stream', 'stream', 'stream']);
    expect((await store.listSessions({ limit: 10 })).items).toHaveLength(1);
    const line = await connect(second);
    expect(line.said).toEqual(['Hello.', 'First?']);
    // The others opened nothing, and take nothing from the one that did.
    await exchange.pass(120_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
  });

  it('is refused over limits.calls, also among many that come at once', async () => {
    const { call, store } = await open({ limits: { calls: 3, durationMs: 60_000, cost: null } });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call(sid(index))));
    expect(answers.filter(({ kind }) => kind === 'stream')).toHaveLength(3);
    expect(answers.filter(({ kind }) => kind === 'busy')).toHaveLength(17);
    expect(await exchange.lines()).toBe(3);
    const { items } = await store.listSessions({ limit: 50, status: 'busy' });
    expect(items).toHaveLength(17);
    expect(items[0]).toMatchObject({ endReason: 'limit' });
  });

  it('counts once while it is on its way and runs, and no more when it is over', async () => {
    const { call, connect, pass } = await open({
      limits: { calls: 1, durationMs: 60_000, cost: null },
    });
    const line = await connect(await call());
    // The network asks again, as it may.
    expect((await call()).kind).toBe('stream');
    expect(await exchange.lines()).toBe(1);
    expect((await call(sid(1))).kind).toBe('busy');
    line.hangUp();
    await pass(61_000);
    expect(await exchange.lines()).toBe(0);
    expect((await call(sid(2))).kind).toBe('stream');
  });
});

describe('a line that cannot carry its call as it was told to', () => {
  it('is told to carry it otherwise, where the app has a fallback', async () => {
    const nobody = { speech: null, model: null, voice: null };
    const { call, switchboard, session } = await open({
      engine: 'relay',
      fallback: [{ engine: 'embedded', ...nobody }],
    });
    expect((await call()).kind).toBe('relay');
    const { id } = await session();
    expect((await switchboard.next(id, CALL_SID, '64101')).kind).toBe('stream');
    expect(await session()).toMatchObject({ engine: 'embedded', crew: 1, status: 'ringing' });
  });

  it('is asked again where nobody else is there, and given up at last', async () => {
    const { call, switchboard, session } = await open({ engine: 'relay' });
    await call();
    const { id } = await session();
    const kinds: string[] = [];
    for (let time = 0; time < 4; time++) kinds.push((await switchboard.next(id, CALL_SID, '64101')).kind);
    expect(kinds).toEqual(['relay', 'relay', 'relay', 'say']);
  });
});

describe('a call that we place', () => {
  const place = async (index: number): Promise<{ initiation: string; session: string } | null> => {
    const session = aSession({
      id: `s${index}`,
      app: 'test',
      key: 'test',
      callSid: null,
      direction: 'outbound',
      isInitiated: true,
      status: 'queued',
      createdAt: exchange.clock.now(),
      initiation: `i${index}`,
    });
    if ((await exchange.switchboard.hold(session.id, exchange.target)) !== 'held') return null;
    await beingPlaced(exchange.store, session, { key: 'test', to: `+1415555011${index}` });
    return { initiation: `i${index}`, session: session.id };
  };
  const limits = { calls: 2, durationMs: 60_000, cost: null };

  it('counts from the moment that it is placed, while it still rings', async () => {
    const { call, connect } = await open({ limits });
    const placed = await place(1);
    expect(await exchange.lines()).toBe(1);
    expect((await call(sid(1))).kind).toBe('stream');
    expect((await call(sid(2))).kind).toBe('busy');
    expect(await place(2)).toBeNull();
    // Answered, it takes its own place and no other.
    const line = await connect(await call(sid(3), { initiation: placed!.initiation, placed: true }), sid(3));
    expect(line.said).toEqual(['Hello from the bistro.', 'May I?']);
    expect(await exchange.lines()).toBe(2);
  });

  it.each(['busy', 'no-answer', 'failed', 'canceled'] as const)(
    'that is %s counts no more',
    async (status) => {
      const { switchboard } = await open({ limits });
      const placed = await place(1);
      await switchboard.status(placed!.session, sid(1), 'ringing');
      expect(await exchange.lines()).toBe(1);
      await switchboard.status(placed!.session, sid(1), status);
      expect(await exchange.lines()).toBe(0);
      expect(await exchange.store.session(placed!.session)).toMatchObject({ status });
    },
  );

  it('still counts when the process was started anew, until it can ring no more', async () => {
    await open({ limits });
    const placed = await place(1);
    const next = await exchange.restart();
    expect(await next.lines()).toBe(1);
    await next.pass(3_700_000);
    expect(await next.lines()).toBe(0);
    expect(await next.store.session(placed!.session)).toMatchObject({ status: 'failed', endReason: 'error' });
  });
});

describe('a line that is gone', () => {
  it('half open gives way when the call comes back over another', async () => {
    const { call, connect, pass, switchboard } = await open();
    const dead = await connect(await call());
    dead.press('1');
    await pass();
    // Nothing comes over it any more, and nobody has said that it is gone.
    const asked = switchboard.next((await exchange.session()).id, CALL_SID);
    await pass(2_500);
    expect(dead.open).toBe(true);
    const back = connect(await asked);
    await pass(2_500);
    const line = await back;
    expect([dead.open, line.open, line.said]).toEqual([false, true, ['Second?']]);
    // What still comes over the dead one changes nothing.
    dead.press('2');
    await pass(500);
    expect(line.said).toEqual(['Second?']);
    line.press('2');
    await pass();
    expect(line.said.at(-1)).toBe('Bye.');
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
    expect(await exchange.lines()).toBe(0);
    expect(exchange.errors).toEqual([]);
  });

  it('is not dropped because the network asks twice what is next', async () => {
    const { call, connect, pass, switchboard } = await open();
    const first = await connect(await call());
    const { id } = await exchange.session();
    first.breaks();
    await pass();
    const line = await connect(await switchboard.next(id, CALL_SID));
    const again = switchboard.next(id, CALL_SID);
    await pass(5_000);
    expect((await again).kind).toBe('stream');
    expect(line.open).toBe(true);
    line.press('1');
    await pass();
    expect(line.said.at(-1)).toBe('Second?');
  });

  it('may come back three times, each time within 30 s', async () => {
    const { call, connect, pass, switchboard } = await open();
    let line = await connect(await call());
    const { id } = await exchange.session();
    for (let times = 0; times < 3; times++) {
      line.breaks();
      await pass(25_000);
      line = await connect(await switchboard.next(id, CALL_SID));
      expect(line.said).toEqual(['First?']);
    }
    line.breaks();
    await pass();
    expect(await switchboard.next(id, CALL_SID)).toMatchObject({ kind: 'say', locale: 'en-US' });
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'error' });
    expect(await switchboard.next(id, CALL_SID)).toEqual({ kind: 'hang-up' });
  });

  it('that never comes back is closed after 30 s, also by a process that was started anew', async () => {
    const { call, connect, pass } = await open();
    const line = await connect(await call());
    line.breaks();
    await pass(29_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress' });
    await pass(2_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'error' });
  });

  it('is taken up by another process where the first one died', async () => {
    const { call, connect } = await open();
    const line = await connect(await call());
    line.press('1');
    const next = await exchange.restart();
    const { id } = await next.session();
    const back = await next.connect(await next.switchboard.next(id, CALL_SID));
    expect(back.said).toEqual(['Second?']);
  });
});

describe('a call that the network says is over', () => {
  it('ends, and a late word does not revive it', async () => {
    const { call, connect, pass, switchboard } = await open();
    const line = await connect(await call());
    const { id } = await exchange.session();
    await switchboard.status(id, CALL_SID, 'completed');
    await pass();
    expect(line.open).toBe(false);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
    await switchboard.status(id, CALL_SID, 'ringing');
    await switchboard.status(id, CALL_SID, 'failed');
    expect(await exchange.session()).toMatchObject({ status: 'completed' });
    expect(await call()).toEqual({ kind: 'hang-up' });
  });
});
