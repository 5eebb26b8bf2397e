import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../runtime/store/initiations.ts';
import { aSession, beingPlaced } from '../store/samples.ts';
import { CALL_SID, openExchange, type Exchange, type TestLine } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const OUTBOUND = 'outbound: {ask: "May I?", answers: [{when: one, keys: "1", hangup: "Thanks."}]}\n';
const WITH_MESSAGE = `${OUTBOUND}voicemail: {hangup: "Please call us back."}\n`;

/** A call that was placed, and is not answered yet. */
async function placed(machine: Machine | null, dialogue = WITH_MESSAGE): Promise<void> {
  exchange = await openExchange(dialogue);
  const { store, clock } = exchange;
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
}

async function answered(): Promise<TestLine> {
  const { call, connect, pass } = exchange;
  const line = await connect(await call(CALL_SID, { initiation: 'i1', placed: true }));
  await pass();
  return line;
}

async function machineSays(who: string): Promise<void> {
  await exchange.switchboard.answeredBy('s1', CALL_SID, who);
  await exchange.pass();
}

describe('a machine that answers', () => {
  it.each(['machine_end_beep', 'machine_end_silence', 'machine_end_other', 'machine_start'])(
    'is left the message of the dialogue: %s',
    async (who) => {
      await placed('message');
      const line = await answered();
      await machineSays(who);
      expect(line.said).toEqual(['May I?', 'Please call us back.']);
      expect(line.open).toBe(false);
      expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'machine' });
      expect(await exchange.switchboard.next('s1', CALL_SID)).toEqual({ kind: 'hang-up' });
    },
  );

  it('is hung up on where the dialogue has no message', async () => {
    await placed('message', OUTBOUND);
    const line = await answered();
    await machineSays('machine_end_beep');
    expect(line.said).toEqual(['May I?']);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'machine' });
  });

  it('is hung up on where that is wanted, without a word more', async () => {
    await placed('hangup', OUTBOUND);
    const line = await answered();
    await machineSays('machine_start');
    expect(line.said).toEqual(['May I?']);
    expect(line.open).toBe(false);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'machine' });
  });

  it('that is a fax gets no message', async () => {
    await placed('message');
    const line = await answered();
    await machineSays('fax');
    expect(line.open).toBe(false);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'machine' });
  });

  it.each([
    ['message', 'human'],
    ['message', 'unknown'],
    ['continue', 'machine_end_beep'],
    [null, 'machine_end_beep'],
  ] as const)('changes nothing where %s is wanted and it is %s', async (machine, who) => {
    await placed(machine);
    const line = await answered();
    await machineSays(who);
    expect(line.said).toEqual(['May I?']);
    expect(line.open).toBe(true);
  });

  it('is told of once, though the network says it twice', async () => {
    await placed('message', `${OUTBOUND}voicemail: [{say: "This is us."}, {wait: 2s}, {hangup: "Bye."}]\n`);
    const line = await answered();
    await Promise.all([machineSays('machine_end_beep'), machineSays('machine_end_beep')]);
    await machineSays('machine_end_beep');
    await exchange.pass(3_000);
    expect(line.said).toEqual(['May I?', 'This is us.', 'Bye.']);
  });

  it('that is known before the call has its stream is met when it has', async () => {
    await placed('message');
    await machineSays('machine_end_beep');
    const line = await answered();
    expect(line.said.at(-1)).toBe('Please call us back.');
    expect(await exchange.session()).toMatchObject({ endReason: 'machine' });
  });

  it('of a call that is over, or of another call, changes nothing', async () => {
    await placed('message');
    const line = await answered();
    await exchange.switchboard.answeredBy('s1', `CA${'b'.repeat(32)}`, 'machine_end_beep');
    await exchange.switchboard.answeredBy('nobody', CALL_SID, 'machine_end_beep');
    await exchange.pass();
    expect(line.open).toBe(true);
    line.press('1');
    await exchange.pass();
    line.hangUp();
    await exchange.pass();
    await machineSays('machine_end_beep');
    expect(line.said).toEqual(['May I?', 'Thanks.']);
    expect(await exchange.session()).toMatchObject({ endReason: 'agent-hung-up' });
  });
});

describe('a call-back', () => {
  it('is arranged when the dialogue asks for it, and again where the process died behind the step', async () => {
    exchange = await openExchange(`
inbound:
  - {callback: "'2026-01-05T12:00:00Z'"}
  - {ask: "Anything else?", answers: [{when: no, keys: "1", hangup: "Bye."}]}
`);
    const { call, connect, callBacks, pass } = exchange;
    const line = await connect(await call());
    await pass();
    const { id } = await exchange.session();
    const order = { session: id, id: 'c1', at: Date.UTC(2026, 0, 5, 12) };
    expect(callBacks).toEqual([order]);
    expect(line.said).toEqual(['Anything else?']);
    const next = await exchange.restart();
    await next.connect(await next.switchboard.next(id, CALL_SID));
    expect(next.callBacks).toEqual([order]);
  });
});
