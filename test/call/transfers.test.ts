import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, DialOutcome } from '../../runtime/call/answers.ts';
import { CALL_SID, dialIn, openExchange, type Exchange, type TestLine } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const transferring = (how: string): string => `
inbound:
  - say: "I put you through."
  - ${how}
  - {hangup: "Never said."}
states:
  alone:
    - {ask: "Nobody is free. Anything else?", answers: [{when: no, keys: "2", hangup: "Bye."}, {when: again, keys: "1", goto: again}]}
  again: [{transfer: manager, failed: {goto: alone}}]
`;
const COLD = transferring('{transfer: manager, failed: {goto: alone}}');
const WARM = transferring('{transfer: manager, brief: "Ana, a table for two.", failed: {goto: alone}}');

const open = async (dialogue: string): Promise<Exchange> => (exchange = await openExchange(dialogue));

/** The caller is put through: the line is closed, and the network asks what is next. */
async function putThrough(): Promise<{ id: string; answer: Answer; line: TestLine }> {
  const { call, connect, pass, session, switchboard } = exchange;
  const line = await connect(await call());
  await pass();
  const { id } = await session();
  return { id, answer: await switchboard.next(id, CALL_SID), line };
}

const told = (answer: Answer, more: Partial<DialOutcome> = {}): DialOutcome => ({
  session: dialIn(answer).session,
  transfer: dialIn(answer).transfer,
  callSid: CALL_SID,
  status: 'completed',
  joined: true,
  callerIsThere: true,
  ...more,
});
const NOT_JOINED = { joined: false } as const;

describe('a caller who is put through', () => {
  it('hears everything, then the line is closed and the other side is dialled under the app’s number', async () => {
    await open(COLD);
    const { answer, line, id } = await putThrough();
    expect(line.said).toEqual(['I put you through.']);
    expect(line.open).toBe(false);
    expect(answer).toEqual({
      kind: 'dial',
      session: id,
      transfer: expect.any(Number),
      to: '+14155550199',
      callerId: '+14155550100',
      ringMs: expect.any(Number),
      briefed: false,
    });
    expect(await exchange.session()).toMatchObject({ status: 'in-progress', endReason: null });
    // The network may ask twice, and any process may answer.
    expect(await exchange.switchboard.next(id, CALL_SID)).toEqual(answer);
    const next = await exchange.restart();
    expect(await next.switchboard.next(id, CALL_SID)).toEqual(answer);
  });

  it('and joined ends the session when they part, told once or twice', async () => {
    const { switchboard, pass } = await open(COLD);
    const { answer } = await putThrough();
    await pass(3_600_000);
    const both = await Promise.all([
      switchboard.transferred(told(answer)),
      switchboard.transferred(told(answer)),
    ]);
    expect(both).toEqual([{ kind: 'hang-up' }, { kind: 'hang-up' }]);
    expect(await switchboard.transferred(told(answer))).toEqual({ kind: 'hang-up' });
    const { status, endReason, journal, endedAt } = await exchange.session();
    expect({ status, endReason, endedAt }).toEqual({
      status: 'completed',
      endReason: 'transferred',
      endedAt: exchange.clock.now(),
    });
    expect(journal.at(-1)).toMatchObject({
      event: { kind: 'line-closed', reason: 'transferred' },
      state: { phase: 'ended', endReason: 'transferred' },
    });
    expect(journal.filter(({ event }) => (event as { kind: string }).kind === 'line-closed')).toHaveLength(1);
    expect(exchange.errors).toEqual([]);
    // A word that was under way changes nothing.
    await switchboard.status(null, CALL_SID, 'completed');
    expect(await exchange.session()).toMatchObject({ endReason: 'transferred' });
  });

  it.each([
    [{ status: 'busy', joined: false }, 'busy'],
    [{ status: 'no-answer', joined: null }, 'no-answer'],
    [{ status: 'failed', joined: false }, 'failed'],
    [{ status: 'completed', joined: false }, 'declined'],
  ] as const)('comes back where it is %j, and the dialogue goes on: %s', async (outcome, reason) => {
    const { switchboard, connect, pass } = await open(COLD);
    const { answer } = await putThrough();
    await pass(20_000);
    const back = await switchboard.transferred(told(answer, outcome));
    expect(back).toMatchObject({ kind: 'stream', parameters: { transferFailed: reason, appKey: 'test' } });
    const line = await connect(back);
    expect(line.said).toEqual(['Nobody is free. Anything else?']);
    const { journal } = await exchange.session();
    expect(journal.map(({ event }) => event)).toContainEqual({
      kind: 'transfer-failed',
      reason,
      at: exchange.clock.now(),
    });
    line.press('2');
    await pass();
    expect(line.said.at(-1)).toBe('Bye.');
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
  });

  it('comes back to another process as well as to the first one', async () => {
    await open(COLD);
    const { answer } = await putThrough();
    const next = await exchange.restart();
    const line = await next.connect(
      await next.switchboard.transferred(told(answer, { status: 'busy', ...NOT_JOINED })),
    );
    expect(line.said).toEqual(['Nobody is free. Anything else?']);
  });

  it('comes back once, though it is told twice that it failed, before and after', async () => {
    const { switchboard, connect, pass } = await open(COLD);
    const { answer } = await putThrough();
    const busy = told(answer, { status: 'busy', ...NOT_JOINED });
    const [first, second] = await Promise.all([switchboard.transferred(busy), switchboard.transferred(busy)]);
    expect([first.kind, second.kind]).toEqual(['stream', 'stream']);
    const line = await connect(second);
    // Late: it is answered, and takes nothing from the line that is there.
    expect((await switchboard.transferred(busy)).kind).toBe('stream');
    await pass(3_000);
    expect(line.open).toBe(true);
    line.press('2');
    await pass();
    expect(line.said).toEqual(['Nobody is free. Anything else?', 'Bye.']);
  });

  it('may be put through again; what is told of the first time is not taken for the second', async () => {
    const { switchboard, connect, pass } = await open(COLD);
    const { answer, id } = await putThrough();
    const line = await connect(
      await switchboard.transferred(told(answer, { status: 'busy', ...NOT_JOINED })),
    );
    line.press('1');
    await pass();
    const again = await switchboard.next(id, CALL_SID);
    expect(dialIn(again).transfer).toBeGreaterThan(dialIn(answer).transfer);
    await switchboard.transferred(told(answer));
    expect(await exchange.session()).toMatchObject({ status: 'in-progress', endReason: null });
    expect(await switchboard.transferred(told(again))).toEqual({ kind: 'hang-up' });
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'transferred' });
  });

  it('and hangs up while it rings is a caller who hung up', async () => {
    const { switchboard } = await open(COLD);
    const { answer } = await putThrough();
    const gone = told(answer, { status: 'no-answer', ...NOT_JOINED, callerIsThere: false });
    expect(await switchboard.transferred(gone)).toEqual({ kind: 'hang-up' });
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
  });

  it('and hangs up while they talk was transferred, in whatever order that is told', async () => {
    const { switchboard } = await open(COLD);
    const { answer, id } = await putThrough();
    await switchboard.status(id, CALL_SID, 'completed');
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
    const gone = told(answer, { callerIsThere: false });
    expect(await switchboard.transferred(gone)).toEqual({ kind: 'hang-up' });
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'transferred' });
  });

  it('and hangs up before the line is closed is gone at once', async () => {
    const { call, connect, pass } = await open(
      'inbound: [{ask: "Now?", answers: [{when: "yes", keys: "1"}]}, {transfer: manager}]',
    );
    const line = await connect(await call());
    line.slowToClose = true;
    line.press('1');
    await pass();
    expect(line.open).toBe(true);
    line.hangUp();
    await pass(500);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
  });

  it('and of whom the network says so before the line is closed too', async () => {
    const { call, connect, pass, switchboard } = await open(
      'inbound: [{ask: "Now?", answers: [{when: "yes", keys: "1"}]}, {transfer: manager}]',
    );
    const line = await connect(await call());
    line.slowToClose = true;
    line.press('1');
    await pass();
    line.slowToClose = false;
    await switchboard.status(null, CALL_SID, 'completed');
    await pass();
    expect(line.open).toBe(false);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
  });

  it('leaves a dead line behind, which is closed and ends nothing', async () => {
    for (const closes of [true, false]) {
      const { call, connect, pass, session, switchboard } = await open(
        'inbound: [{ask: "Now?", answers: [{when: "yes", keys: "1"}]}, {transfer: manager}]',
      );
      const line = await connect(await call());
      line.slowToClose = true;
      line.press('1');
      await pass();
      line.slowToClose = !closes;
      const asked = switchboard.next((await session()).id, CALL_SID);
      await pass(5_000);
      expect([(await asked).kind, line.open]).toEqual(['dial', !closes]);
      line.breaks();
      await pass(120_000);
      expect(await session()).toMatchObject({ status: 'in-progress', endReason: null });
      if (closes) await exchange.close();
    }
  });

  it('and of whom the network says that the call is over is gone at once', async () => {
    const { call, connect, pass, switchboard } = await open(COLD);
    const answer = await call();
    const line = await connect(answer);
    await pass();
    expect(line.open).toBe(false);
    await switchboard.status(null, CALL_SID, 'completed');
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
    expect(await exchange.lines()).toBe(0);
  });

  it('and hangs up before anybody is dialled is gone after 30 s', async () => {
    const { call, connect, pass } = await open(COLD);
    await connect(await call());
    await pass(29_000);
    expect(await exchange.session()).toMatchObject({ status: 'in-progress' });
    await pass(2_000);
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
  });

  it('is closed where nothing more is ever heard of it, also by a process that was started anew', async () => {
    await open(COLD);
    await putThrough();
    const next = await exchange.restart();
    await next.pass(4 * 3_600_000);
    expect(await next.session()).toMatchObject({ status: 'in-progress' });
    await next.pass(300_000);
    expect(await next.session()).toMatchObject({ status: 'completed', endReason: 'transferred' });
  });

  it('of another call is nobody’s', async () => {
    const { switchboard } = await open(COLD);
    const { answer } = await putThrough();
    const other = `CA${'b'.repeat(32)}`;
    expect(await switchboard.transferred(told(answer, { callSid: other }))).toEqual({ kind: 'unknown' });
    expect(await switchboard.transferred(told(answer, { session: 'nobody' }))).toEqual({ kind: 'unknown' });
    expect(await exchange.session()).toMatchObject({ status: 'in-progress' });
  });
});

describe('the other side of a warm transfer', () => {
  const brief = {
    kind: 'brief',
    say: [
      { text: 'Ana, a table for two.', locale: 'en-US' },
      { text: 'Press one to take the call, or hang up.', locale: 'en-US' },
    ],
  };

  it('hears the brief, and is joined when it presses one', async () => {
    const { switchboard } = await open(WARM);
    const { answer, id } = await putThrough();
    const { transfer, briefed } = dialIn(answer);
    expect(briefed).toBe(true);
    expect(await switchboard.brief(id, transfer)).toEqual({ ...brief, session: id, transfer });
    expect(await switchboard.brief(id, transfer, '1')).toEqual({ kind: 'join' });
    // The brief asked once more, late, does not take that back.
    await switchboard.brief(id, transfer);
    expect(await switchboard.transferred(told(answer, { joined: null }))).toEqual({ kind: 'hang-up' });
    expect(await exchange.session()).toMatchObject({ endReason: 'transferred' });
  });

  it.each([null, '2', '11'])('that presses %j has declined, whatever the network calls it', async (key) => {
    const { switchboard } = await open(WARM);
    const { answer, id } = await putThrough();
    const { transfer } = dialIn(answer);
    await switchboard.brief(id, transfer);
    expect(await switchboard.brief(id, transfer, key)).toEqual({ kind: 'hang-up' });
    for (const status of ['completed', 'no-answer'] as const) {
      expect(await switchboard.transferred(told(answer, { status, joined: null }))).toMatchObject({
        parameters: { transferFailed: 'declined' },
      });
    }
  });

  it('that hangs up during the brief has declined', async () => {
    const { switchboard } = await open(WARM);
    const { answer, id } = await putThrough();
    await switchboard.brief(id, dialIn(answer).transfer);
    expect(await switchboard.transferred(told(answer, { joined: null }))).toMatchObject({
      parameters: { transferFailed: 'declined' },
    });
  });

  it('that took the call is known for it, where the caller’s end is told first', async () => {
    const { switchboard } = await open(WARM);
    const { answer, id } = await putThrough();
    await switchboard.brief(id, dialIn(answer).transfer);
    await switchboard.brief(id, dialIn(answer).transfer, '1');
    await switchboard.status(id, CALL_SID, 'completed');
    expect(await exchange.session()).toMatchObject({ status: 'completed', endReason: 'transferred' });
  });

  it('hears nothing of a transfer that is over, of another one, or of one without a brief', async () => {
    const { switchboard } = await open(WARM);
    const { answer, id } = await putThrough();
    const { transfer } = dialIn(answer);
    const nothing = { kind: 'hang-up' };
    expect(await switchboard.brief(id, transfer + 1)).toEqual(nothing);
    expect(await switchboard.brief(id, Number.NaN)).toEqual(nothing);
    expect(await switchboard.brief('nobody', transfer)).toEqual(nothing);
    await switchboard.status(id, CALL_SID, 'completed');
    expect(await switchboard.brief(id, transfer)).toEqual(nothing);
    await exchange.close();

    const cold = await open(COLD);
    const put = await putThrough();
    expect(await cold.switchboard.brief(put.id, dialIn(put.answer).transfer)).toEqual(nothing);
  });
});
