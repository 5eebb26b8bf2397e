import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Callee } from '../../runtime/line/local/phone-dial.ts';
import { openHouse, type Caller, type House } from '../support/house.ts';
import { watchLateness } from '../support/lateness.ts';

const FILES = {
  'desk.app.yaml': `
public: true
engine: embedded
numbers: ["+14155550100"]
transfers: {manager: "+14155550199"}
`,
  'desk.dialogue.yaml': `
inbound:
  - ask: "Whom?"
    answers:
      - {when: cold, keys: "1", goto: cold}
      - {when: warm, keys: "2", goto: warm}
states:
  cold:
    - say: "One moment."
    - {transfer: manager, ring: 5s, failed: {goto: alone}}
  warm:
    - {transfer: manager, brief: "Ana is calling.", ring: 5s, failed: {goto: alone}}
  alone:
    ask: "Nobody is free. Wait?"
    answers: [{when: no, keys: "3", hangup: "Bye."}, {when: again, keys: "2", goto: warm}]
`,
};

let house: House;
beforeAll(async () => {
  house = await openHouse(FILES);
});
afterAll(() => house.close());

/** What happened on the other side, in words. */
function otherSide(caller: Caller): string[] {
  return caller.events.flatMap((event) => {
    if (event.kind === 'dialled') return [`dials ${event.to} as ${event.callerId}`];
    if (event.kind === 'callee') return [event.did];
    if (event.kind === 'callee-hears') return [`hears ${event.text}`];
    return event.kind === 'joined' ? ['joined'] : [];
  });
}

async function askFor(key: '1' | '2', callee: Callee): Promise<Caller> {
  const caller = house.caller({ callee }).dial('/initiations/call/desk');
  await caller.hears('Whom?');
  caller.phone.press(key);
  return caller;
}

// Most of their time is spent with ringing.
describe.concurrent('a transfer over the wire', () => {
  it('that is answered joins the two, and ends the session with them', { timeout: 30_000 }, async () => {
    const caller = await askFor('1', 'answer');
    expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
    expect(otherSide(caller)).toEqual([
      'dials +14155550199 as +14155550100',
      'answers',
      'joined',
      'hangs up',
    ]);
    const session = await caller.session();
    expect(session).toMatchObject({ status: 'completed', endReason: 'transferred' });
    expect(session.turns.at(-1)).toMatchObject({ text: 'One moment.', heardText: 'One moment.' });
  });

  it('that is warm tells the other side before it is joined', { timeout: 30_000 }, async () => {
    const caller = await askFor('2', 'answer');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(otherSide(caller)).toEqual([
      'dials +14155550199 as +14155550100',
      'answers',
      'hears Ana is calling.',
      'hears Press one to take the call, or hang up.',
      'presses 1',
      'joined',
      'hangs up',
    ]);
    expect(await caller.session()).toMatchObject({ status: 'completed', endReason: 'transferred' });
  });

  it.each([
    ['busy', 'is busy', 'busy'],
    ['no-answer', 'does not answer', 'no-answer'],
    ['decline', 'declines', 'declined'],
  ] as const)(
    'that meets %s gives the caller back to the dialogue, who hears something at once',
    { timeout: 40_000 },
    async (callee, did, reason) => {
      const caller = await askFor('2', callee);
      const lostMs = watchLateness();
      await caller.until(({ turns }) => turns.at(-1)?.text === 'Nobody is free. Wait?', 20_000);
      expect(otherSide(caller).at(-1)).toBe(did);
      const backAt = caller.events.find((event) => event.kind === 'callee' && event.did === did)!.atMs;
      await caller.hears('Nobody is free. Wait?');
      const first = caller.events.find((event) => event.kind === 'heard' && event.fromMs > backAt)!;
      expect(first.kind === 'heard' ? first.fromMs - backAt - lostMs() : Infinity).toBeLessThan(3_000);
      caller.phone.press('3');
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      const session = await caller.session();
      expect(session).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
      expect(session.turns.at(-1)).toMatchObject({ text: 'Bye.', heardText: 'Bye.' });
      const detail = (await house.get(`/api/sessions/${session.id}`)) as { events: object[] };
      expect(detail.events).toContainEqual(expect.objectContaining({ kind: 'transfer-failed', reason }));
    },
  );

  it('can be tried again by the dialogue', { timeout: 40_000 }, async () => {
    const caller = await askFor('1', 'busy');
    await caller.hears('Nobody is free. Wait?', 20_000);
    caller.phone.press('2');
    await caller.until(
      ({ turns }) => turns.filter(({ text }) => text === 'Nobody is free. Wait?').length === 2,
      20_000,
    );
    caller.phone.press('3');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(otherSide(caller).filter((one) => one === 'is busy')).toHaveLength(2);
  });

  it('from which the caller hangs up ends as it was when they did', { timeout: 40_000 }, async () => {
    const early = await askFor('1', 'no-answer');
    await expectSoon(() => otherSide(early).length === 1);
    early.phone.hangUp();
    expect(await early.over).toMatchObject({ reason: 'hung-up' });
    expect(await early.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });

    const late = await askFor('1', 'answer');
    await expectSoon(() => otherSide(late).includes('joined'));
    late.phone.hangUp();
    expect(await late.over).toMatchObject({ reason: 'hung-up' });
    expect(await late.session()).toMatchObject({ status: 'completed', endReason: 'transferred' });
  });
});

async function expectSoon(holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
