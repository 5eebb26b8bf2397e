/** Where a call comes in: what is asked about whom, in which language, and what a webhook that comes again does. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import { aSession, beingPlaced } from '../store/samples.ts';
import { CALL_SID, openExchange, type Exchange } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => {
  vi.restoreAllMocks();
  return exchange.close();
});

const ASKS = `
inbound: {ask: "Which?", answers: [{when: one, keys: "1", hangup: "Bye."}]}
outbound: {ask: "May I?", answers: [{when: one, keys: "1", hangup: "Thanks."}]}
`;
const open = async (app: Partial<AppFacts> = {}): Promise<Exchange> =>
  (exchange = await openExchange(ASKS, app));
const sid = (index: number): string => `CA${index.toString().padStart(32, '0')}`;

describe('somebody is asked about a number, for money,', () => {
  const limits = { calls: 1, durationMs: 3_600_000, cost: null };

  it('once for a call that comes in, however often its webhook does', async () => {
    const { call, inquiries } = await open({ lookup: true });
    await call();
    await call();
    expect(inquiries).toEqual(['+14155550123']);
    await call(sid(1), { from: 'anonymous' });
    expect(inquiries).toHaveLength(1);
  });

  it('for a call that we place, about who is called', async () => {
    const { call, inquiries, store } = await open({ lookup: true });
    const session = { app: 'test', key: 'test', callSid: null, isInitiated: true, to: '+14155550177' };
    await beingPlaced(store, { ...aSession({ id: 's1', ...session }), initiation: 'i1' }, { key: 'test' });
    expect((await call(CALL_SID, { initiation: 'i1', placed: true })).kind).toBe('stream');
    expect(inquiries).toEqual(['+14155550177']);
  });

  it('not where the app does not want it', async () => {
    const { call, inquiries } = await open();
    await call();
    expect(inquiries).toEqual([]);
  });

  it('not for a call that finds all lines taken', async () => {
    const { call, inquiries } = await open({ lookup: true, limits });
    await call();
    expect(await call(sid(1), { from: '+14155550124' })).toEqual({ kind: 'busy' });
    expect(inquiries).toEqual(['+14155550123']);
  });

  it('not for a call that comes while the process is being stopped', async () => {
    const { call, inquiries, switchboard } = await open({ lookup: true });
    await switchboard.drain(0);
    expect((await call()).kind).toBe('say');
    expect(inquiries).toEqual([]);
  });
});

describe('a bin that opens the line itself', () => {
  it.each([
    ['de_AT', 'de-AT'],
    ['cs', 'cs'],
    ['PT-br', 'pt-BR'],
    ['', 'en-US'],
    ['{{lang}}', 'en-US'],
    ['en_US.UTF-8', 'en-US'],
    ['C', 'en-US'],
  ])('and names the language "%s" is answered in %s', async (written, locale) => {
    const { connect } = await open();
    const parameters = { appKey: 'test', locale: written };
    const line = await connect({ kind: 'stream', session: '', parameters });
    expect(await exchange.session()).toMatchObject({ locale, status: 'in-progress' });
    line.press('1');
    await exchange.pass();
    expect(await exchange.session()).toMatchObject({ status: 'completed' });
  });
});

describe('a webhook that comes again and fails', () => {
  it('takes neither the line nor the token from the call that was let in', async () => {
    exchange = await openExchange('inbound: [{wait: 40m}, {hangup: "Bye."}]');
    const { call, connect, store } = exchange;
    const answer = await call();
    vi.spyOn(store, 'addToken').mockRejectedValueOnce(new Error('no store'));
    await expect(call()).rejects.toThrow('no store');
    expect(await exchange.lines()).toBe(1);
    const line = await connect(answer);
    expect(line.open).toBe(true);
    vi.spyOn(store, 'addToken').mockRejectedValueOnce(new Error('no store'));
    await expect(call()).rejects.toThrow('no store');
    await exchange.pass(120_000);
    expect(await exchange.lines()).toBe(1);
    expect(line.open).toBe(true);
  });

  it('leaves nothing behind where it is the first one', async () => {
    const { call, store } = await open();
    vi.spyOn(store, 'addToken').mockRejectedValueOnce(new Error('no store'));
    await expect(call()).rejects.toThrow('no store');
    await exchange.pass();
    expect(await exchange.lines()).toBe(0);
    expect((await call()).kind).toBe('stream');
    expect(await exchange.lines()).toBe(1);
  });
});
