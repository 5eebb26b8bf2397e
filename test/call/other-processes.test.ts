/** Calls that several processes on one store know of. */
import { afterEach, describe, expect, it } from 'vitest';
import { aSession } from '../store/samples.ts';
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
