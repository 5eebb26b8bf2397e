/** Calls that several processes on one store know of. */
import { afterEach, describe, expect, it } from 'vitest';
import { aSession, aStep, aToolCall } from '../store/samples.ts';
import { CALL_SID, dialIn, openExchange, type Exchange } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const ASKS = `
inbound: first
states:
  first:
    - {ask: "First?", answers: [{when: one, keys: "1"}], silence: [{goto: first}]}
    - {ask: "Second?", answers: [{when: two, keys: "2", hangup: "Bye."}]}
`;

describe('a call that another process holds', () => {
  it('is left alone while it lasts, by one that took stock and one that did so later', async () => {
    exchange = await openExchange(`
inbound: s
states:
  s:
    - {wait: 50s}
    - {wait: 170s}
    - {transfer: "+14155550177", failed: {hangup: "Nobody."}}
`);
    const { call, connect, pass, switchboard } = exchange;
    const line = await connect(await call());
    await exchange.restart();
    await pass(40_000);
    await exchange.restart();
    await pass(150_000);
    expect(line.open).toBe(true);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress', endReason: null });
    await pass(35_000);
    const { id } = await exchange.session();
    expect(dialIn(await switchboard.next(id, CALL_SID)).to).toBe('+14155550177');
    // The one bridges the call for hours; nobody writes anything meanwhile.
    await pass(600_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress', endReason: null });
  });

  it('is left alone though the dialogue waits for long without a word', async () => {
    exchange = await openExchange('inbound: [{wait: 10m}, {hangup: "Bye."}]');
    const line = await exchange.connect(await exchange.call());
    await exchange.restart();
    await exchange.pass(590_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress', endReason: null });
    await exchange.pass(11_000);
    expect(line.said).toEqual(['Bye.']);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
  });

  it('is left alone by the process that lost it', async () => {
    exchange = await openExchange(
      'inbound: [{ask: "First?", answers: [{when: one, keys: "1"}]}, {wait: 2m}]',
    );
    const line = await exchange.connect(await exchange.call());
    const { id } = await exchange.session();
    const other = await exchange.restart();
    line.breaks();
    await exchange.pass(2_000);
    const back = await other.connect(await other.switchboard.next(id, CALL_SID));
    back.press('1');
    await exchange.pass(60_000);
    expect(back.open).toBe(true);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress', endReason: null });
  });

  it('may be taken up by any of them while it is watched', async () => {
    exchange = await openExchange(ASKS);
    const line = await exchange.connect(await exchange.call());
    line.press('1');
    const other = await exchange.restart();
    await exchange.pass(5_000);
    const { id } = await exchange.session();
    const back = await other.connect(await other.switchboard.next(id, CALL_SID));
    expect(back.said).toEqual(['Second?']);
  });
});

describe('a call of another process, which says that it lives', () => {
  /** A process that is not this one holds a call whose journal stands still; it lives until the function is called. */
  const heldBy = async (process: string): Promise<() => void> => {
    const { store, clock } = exchange;
    const at = clock.now();
    const session = aSession({
      app: 'test',
      key: 'test',
      status: 'in-progress',
      createdAt: at,
      startedAt: at,
      callSid: CALL_SID,
    });
    await store.addSession(session);
    await store.holdSession(session.id, process);
    let lives = true;
    const beat = (): void => {
      if (!lives) return;
      void store.beat(process, clock.now() + 30_000);
      clock.after(10_000, beat);
    };
    beat();
    await exchange.pass();
    return () => {
      lives = false;
    };
  };

  it('is never closed, however long nothing is written of it', async () => {
    exchange = await openExchange(ASKS);
    await heldBy('other');
    await exchange.switchboard.takeStock();
    await exchange.pass(30 * 60_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress', endReason: null });
  });

  it('is closed within a minute and a half after the last it said', async () => {
    exchange = await openExchange(ASKS);
    const die = await heldBy('other');
    await exchange.switchboard.takeStock();
    await exchange.pass(10 * 60_000);
    die();
    await exchange.pass(49_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress' });
    await exchange.pass(42_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'error' });
  });

  it('is left to its journal where that process has taken its leave', async () => {
    exchange = await openExchange(ASKS);
    const die = await heldBy('other');
    await exchange.switchboard.takeStock();
    await exchange.pass(10_000);
    die();
    await exchange.store.leave('other');
    await exchange.pass(160_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress' });
    await exchange.pass(120_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'error' });
  });

  it('is carried on by the process that takes it up, and is that one’s then', async () => {
    exchange = await openExchange(ASKS);
    const line = await exchange.connect(await exchange.call());
    const { id } = await exchange.session();
    const first = await exchange.store.holder(id);
    expect(first?.aliveUntil).toBeGreaterThan(exchange.clock.now());
    const other = await exchange.restart();
    line.breaks();
    await exchange.pass(1_000);
    await other.connect(await other.switchboard.next(id, CALL_SID));
    const second = await exchange.store.holder(id);
    expect(second?.process).not.toBe(first?.process);
  });

  it('is closed by its own process when its line does not come back', async () => {
    exchange = await openExchange(ASKS);
    const line = await exchange.connect(await exchange.call());
    await exchange.restart();
    line.breaks();
    await exchange.pass(31_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'error' });
  });
});

describe('a tool call that was at work', () => {
  const LOST =
    'What came of the call of find_table is not known: the line, or the process that held it, was lost.';

  /** A call that the process carried, which lives for so long. */
  async function carriedBy(process: string, livesMs: number): Promise<void> {
    const { store, clock } = exchange;
    const at = clock.now();
    const started = { createdAt: at, startedAt: at, callSid: CALL_SID };
    const session = aSession({ app: 'test', key: 'test', status: 'in-progress', ...started });
    await store.addSession(session);
    await store.beat(process, at + livesMs);
    await store.holdSession(session.id, process);
    const step = aStep(session.id, 1, { toolCalls: [aToolCall('t1', { startedAt: at + 1_000 })] });
    await store.writeStep({ ...step, entry: { ...step.entry, at } });
  }
  const toolCall = async (): Promise<unknown> => {
    const [{ error, durationMs } = aToolCall('none')] = (await exchange.session()).toolCalls;
    return { error, durationMs };
  };

  it('is over with its call where the process has died and nobody takes the call up', async () => {
    exchange = await openExchange(ASKS);
    await carriedBy('dead', 10_000);
    await exchange.switchboard.takeStock();
    await exchange.pass(30_000);
    expect(await toolCall()).toEqual({ error: null, durationMs: null });
    await exchange.pass(60_000);
    const { status, startedAt, endedAt } = await exchange.session();
    expect(status).toBe('completed');
    const durationMs = endedAt! - startedAt! - 1_000;
    expect(await toolCall()).toEqual({ error: { code: 'tool-lost', message: LOST }, durationMs });
  });

  it('is over where the network tells the end of a call that nobody carries any more', async () => {
    exchange = await openExchange(ASKS);
    await carriedBy('dead', 1_000);
    await exchange.pass(5_000);
    await exchange.switchboard.status(null, CALL_SID, 'completed');
    expect(await toolCall()).toEqual({ error: { code: 'tool-lost', message: LOST }, durationMs: 4_000 });
  });

  it('is left to the process that carries the call, until that one has died too', async () => {
    exchange = await openExchange(ASKS);
    await carriedBy('other', 100_000);
    await exchange.switchboard.takeStock();
    await exchange.pass(5_000);
    await exchange.switchboard.status(null, CALL_SID, 'completed');
    await exchange.pass(90_000);
    expect(await toolCall()).toEqual({ error: null, durationMs: null });
    await exchange.pass(60_000);
    expect(await toolCall()).toMatchObject({ error: { code: 'tool-lost' } });
  });

  it('is over where a process dies behind the end of the call, before the tool does', async () => {
    exchange = await openExchange(ASKS);
    await carriedBy('dead', 10_000);
    const { id } = await exchange.session();
    await exchange.store.patchSession(id, { status: 'completed', endedAt: exchange.clock.now() + 3_000 });
    await exchange.pass(20_000);
    await exchange.restart();
    expect(await toolCall()).toEqual({ error: { code: 'tool-lost', message: LOST }, durationMs: 2_000 });
  });
});

describe('a call whose process died', () => {
  it('is closed when nothing has moved for three minutes', async () => {
    exchange = await openExchange(ASKS);
    const { store, clock, switchboard, pass } = exchange;
    const at = clock.now();
    const started = {
      app: 'test',
      key: 'test',
      status: 'in-progress',
      createdAt: at,
      startedAt: at,
    } as const;
    await store.addSession(aSession({ ...started, callSid: CALL_SID }));
    await pass(20_000);
    await switchboard.takeStock();
    await pass(159_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress' });
    await pass(2_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'error' });
  });

  it('long ago has thirty seconds to come back', async () => {
    exchange = await openExchange(ASKS);
    const { store, clock, switchboard, pass } = exchange;
    const at = clock.now() - 3_600_000;
    const started = {
      app: 'test',
      key: 'test',
      status: 'in-progress',
      createdAt: at,
      startedAt: at,
    } as const;
    await store.addSession(aSession({ ...started, callSid: CALL_SID }));
    await switchboard.takeStock();
    await pass(29_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress' });
    await pass(2_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'error' });
  });
});
