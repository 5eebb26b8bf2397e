/** A machine that is known to be one only when its greeting has led the dialogue to its end. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../runtime/store/initiations.ts';
import { aSession, beingPlaced } from '../store/samples.ts';
import { CALL_SID, dialIn, openExchange, type Exchange, type TestLine } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const DIALOGUE = `
outbound:
  ask: "May I?"
  answers:
    - {when: one, keys: "1", hangup: "Thanks."}
    - {when: two, keys: "2", goto: away}
voicemail: [{say: "This is us."}, {wait: 3s}, {hangup: "Please call back."}]
states:
  away: {transfer: "+14155550177", failed: {hangup: "Nobody."}}
`;

/** A call out that has been answered, and heard a key at once. */
async function answered(machine: Machine, key: string, dialogue = DIALOGUE): Promise<TestLine> {
  exchange = await openExchange(dialogue);
  const { store, clock, call, connect, pass } = exchange;
  const session = aSession({
    id: 's1',
    app: 'test',
    key: 'test',
    callSid: null,
    direction: 'outbound',
    isInitiated: true,
    status: 'queued',
    createdAt: clock.now(),
    initiation: 'i1',
  });
  await beingPlaced(store, session, { key: 'test', machine, welcomeMessage: null });
  const line = await connect(await call(CALL_SID, { initiation: 'i1', placed: true }));
  line.press(key);
  await pass();
  return line;
}

async function told(who: string): Promise<void> {
  await exchange.switchboard.answeredBy('s1', CALL_SID, who);
  await exchange.pass();
}

describe('a call that is over before it is known who answered', () => {
  it('stays open for the machine, which is left its message', async () => {
    const line = await answered('message', '1');
    await exchange.pass(12_000);
    expect([line.said, line.open]).toEqual([['May I?', 'Thanks.'], true]);
    await told('machine_end_beep');
    expect([line.said.at(-1), line.open]).toEqual(['This is us.', true]);
    await exchange.pass(3_500);
    expect([line.said.at(-1), line.open]).toEqual(['Please call back.', false]);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'machine' });
  });

  it('leaves the message whole where its pause falls on the time that a goodbye may take', async () => {
    const line = await answered('message', '1');
    await exchange.pass(28_500);
    await told('machine_end_silence');
    await exchange.pass(3_500);
    expect(line.said.slice(2)).toEqual(['This is us.', 'Please call back.']);
  });

  it.each(['human', 'unknown'])('is closed as soon as it is told: %s', async (who) => {
    const line = await answered('message', '1');
    await exchange.pass(4_000);
    expect(line.open).toBe(true);
    await told(who);
    expect([line.said, line.open]).toEqual([['May I?', 'Thanks.'], false]);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
  });

  it('is closed after 35 s where nobody ever tells', async () => {
    const line = await answered('message', '1');
    await exchange.pass(34_000);
    expect(line.open).toBe(true);
    await exchange.pass(1_500);
    expect(line.open).toBe(false);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
  });

  it.each([
    ['wanted', 'hangup', DIALOGUE],
    ['in the dialogue', 'message', DIALOGUE.replace(/^voicemail.*$/m, '')],
  ] as const)('is closed at once where no message is %s', async (_where, machine, dialogue) => {
    const line = await answered(machine, '1', dialogue);
    expect([line.said, line.open]).toEqual([['May I?', 'Thanks.'], false]);
  });

  it('is over all the same where the other side hangs up meanwhile', async () => {
    const line = await answered('message', '1');
    line.hangUp();
    await exchange.pass(40_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
    expect(exchange.errors).toEqual([]);
  });

  it('that is to be transferred waits for nothing', async () => {
    const line = await answered('message', '2');
    expect(line.open).toBe(false);
    expect(dialIn(await exchange.switchboard.next('s1', CALL_SID)).to).toBe('+14155550177');
  });
});

describe('a webhook that is told again', () => {
  it('while the process is being stopped leaves the call that runs alone', async () => {
    const line = await answered('continue', '3');
    const drained = exchange.switchboard.drain(30_000);
    const { kind } = await exchange.call(CALL_SID, { initiation: 'i1', placed: true });
    expect(kind).toBe('stream');
    expect((await exchange.session()).startedAt).not.toBeNull();
    await exchange.pass(1_000);
    await drained;
    expect(line.open).toBe(false);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'drained' });
  });

  it('for a call that was placed and has not begun is refused then, and keeps what is known of it', async () => {
    exchange = await openExchange(DIALOGUE);
    const session = aSession({ id: 's1', app: 'test', key: 'test', callSid: null, status: 'queued' });
    await beingPlaced(exchange.store, { ...session, isInitiated: true, initiation: 'i1' }, { key: 'test' });
    await exchange.switchboard.drain(0);
    const { kind } = await exchange.call(CALL_SID, { initiation: 'i1', placed: true });
    expect(kind).toBe('say');
    expect(await exchange.session()).toMatchObject({ id: 's1', status: 'completed', endReason: 'drained' });
  });
});
