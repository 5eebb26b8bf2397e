import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { OffhookError } from '../../runtime/errors.ts';
import { silentLog, type Log } from '../../runtime/log.ts';
import type { Answered } from '../../runtime/outbound/calls-out.ts';
import type { CallRequest } from '../../runtime/outbound/requests.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { aSession, anInitiation } from '../store/samples.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Network, openOffice, pass, reports, type Office, type OfficeOptions } from './office.ts';

const REQUEST: CallRequest = { key: 'test', to: '+14155550123' };
const TO = REQUEST.to;

let store: Store;
let clock: FakeClock;
let network: Network;
let errors: string[];
const offices: Office[] = [];

beforeEach(async () => {
  store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
  clock = new FakeClock();
  network = new Network(clock);
  errors = [];
});

afterEach(async () => {
  for (const { planned } of offices.splice(0)) await planned.stop();
  await store.close();
});

const log: Log = pino(
  { level: 'error' },
  { write: (line: string) => void errors.push((JSON.parse(line) as { msg: string }).msg) },
);

function open(more: Partial<OfficeOptions> = {}): Office {
  const office = openOffice({ store, clock, network, log, ...more });
  offices.push(office);
  return office;
}

/** What comes of it after so long. */
async function after<T>(ms: number, asked: Promise<T>): Promise<T | { error: unknown } | 'still waits'> {
  let settled: T | { error: unknown } | 'still waits' = 'still waits';
  asked.then(
    (value) => (settled = value),
    (error: unknown) => (settled = { error }),
  );
  await pass(clock, ms);
  return settled;
}

async function place(office: Office, request = REQUEST, id = 'i1'): Promise<Answered> {
  const answered = await after(0, office.callsOut.place(request, id));
  if (answered === 'still waits' || 'error' in answered) throw new Error(JSON.stringify(answered));
  return answered;
}

const initiation = (id = 'i1') => store.initiations.find(id);

describe('a call at once', () => {
  it('is in the store before the network hears of it, and placed with where it asks and reports', async () => {
    const office = open();
    const request: CallRequest = {
      ...REQUEST,
      machine: 'message',
      attributes: { a: 1 },
      welcomeMessage: 'Hi.',
    };
    const placed = await place(office, request);
    const session = (await store.listSessions({ limit: 2 })).items[0]!;
    expect(placed).toEqual({
      kind: 'placed',
      id: 'i1',
      sessionId: session.id,
      callSid: 'CA1',
      status: 'queued',
    });
    expect(session).toMatchObject({
      callSid: 'CA1',
      isInitiated: true,
      from: '+14155550100',
      attributes: { a: 1 },
    });
    expect(network.calls[0]!.order).toEqual({
      to: TO,
      from: '+14155550100',
      url: 'https://voice.example.com/initiations/call/test?initiation=i1',
      statusCallback: `https://voice.example.com/twilio/status?session=${session.id}`,
      machine: { at: 'end', callback: `https://voice.example.com/twilio/machine?session=${session.id}` },
    });
    expect(await initiation()).toMatchObject({ status: 'queued', attempt: 1, welcomeMessage: 'Hi.' });
  });

  it.each([
    ['4155550123', 'Did you mean "+14155550123"?'],
    ['14155550123', 'Did you mean "+14155550123"?'],
    ['+1 (415) 555-0123', 'Did you mean "+14155550123"?'],
    ['0014155550123', 'Did you mean "+14155550123"?'],
    ['00420601123456', 'Did you mean "+420601123456"?'],
    ['420601123456', 'Did you mean "+420601123456"?'],
    ['+14155550123 ', 'Did you mean "+14155550123"?'],
    ['+1415', 'It has too few digits.'],
    ['+1415555012345678', 'It has too many digits.'],
    ['+999123456789', 'There is no such country code.'],
    ['', 'It has no digits.'],
    ['+', 'It has no digits.'],
    ['client:ana', 'It has no digits.'],
  ])('to the number %j is refused with the nearest right thing', async (to, nearest) => {
    const refused = {
      code: 'bad-number',
      status: 400,
      message: `"${to}" is not a phone number in E.164 form with +, such as +14155550123. ${nearest}`,
    };
    await expect(open().callsOut.place({ ...REQUEST, to })).rejects.toMatchObject(refused);
    if (to !== '') {
      await expect(open().callsOut.place({ ...REQUEST, from: to })).rejects.toMatchObject(refused);
    }
    expect(network.asked).toBe(0);
  });

  it.each([
    [{ knows: () => false }, 'unknown-key', 404],
    [{ app: { numbers: [] } }, 'no-number', 409],
    [{ dialler: () => null }, 'no-account', 409],
    [{ lines: 0 }, 'limit-reached', 409],
  ])('that cannot be placed is refused, and nothing is written: %j', async (more, code, status) => {
    const office = open(more as Partial<OfficeOptions>);
    await expect(office.callsOut.place(REQUEST, 'i1')).rejects.toMatchObject({ code, status });
    expect(await initiation()).toBeNull();
    expect(network.asked).toBe(0);
  });

  it.each([
    [401, 20003],
    [400, 21211],
    [400, 21215],
    [400, 21210],
  ])('that the network refuses is over, with its code: %i %i', async (status, code) => {
    network.faults.push({ kind: 'refuses', status, code });
    const office = open();
    const refused = await after(0, office.callsOut.place(REQUEST, 'i1'));
    expect(refused).toMatchObject({ error: { code: 'twilio-refused', status: 502 } });
    expect(await initiation()).toMatchObject({
      status: 'failed',
      error: { code: `${code}`, message: 'No.' },
    });
    const session = (await store.listSessions({ limit: 2 })).items[0]!;
    expect(session).toMatchObject({ status: 'failed', endReason: 'error', endedAt: clock.now() });
    expect(office.held.size).toBe(0);
    expect(network.asked).toBe(1);
  });

  it('is placed when it is the turn of its account, and refused where too many wait', async () => {
    const office = open({ callsPerS: 1 });
    const asked = Array.from({ length: 13 }, (_, index) =>
      office.callsOut
        .place({ ...REQUEST, to: `+141555501${10 + index}` }, `i${index}`)
        .catch((error: unknown) => error),
    );
    await pass(clock, 2_500);
    expect(network.calls.map(({ createdAt }) => createdAt - clock.now())).toEqual([-2_500, -1_500, -500]);
    await pass(clock, 20_000);
    const settled = await Promise.all(asked);
    expect(settled.filter((one) => one instanceof OffhookError)).toMatchObject([
      { code: 'too-many-calls', status: 409 },
      { code: 'too-many-calls', status: 409 },
    ]);
    expect(network.calls).toHaveLength(11);
    expect(office.held.size).toBe(11);
  });

  it('is not placed by a server that is about to end; what may wait is kept for another one', async () => {
    const office = open();
    await office.planned.stop();
    await expect(office.callsOut.place(REQUEST, 'i1')).rejects.toMatchObject({
      code: 'draining',
      status: 503,
      message: 'The server is about to end, and places no more calls.',
    });
    expect(await place(office, { ...REQUEST, wait: true }, 'i2')).toMatchObject({ kind: 'kept' });
    // Nobody's turn was taken.
    expect(await store.initiations.pace('default', clock.now(), 1000, 0)).toBe(clock.now());
    expect([await initiation('i1'), network.asked, office.held.size]).toEqual([null, 0, 0]);
  });

  it('that may wait is kept where no line and no turn is free, and placed when one is', async () => {
    const office = open({ lines: 1 });
    await office.planned.start();
    await place(office);
    const kept = await place(office, { ...REQUEST, to: '+14155550124', wait: true }, 'i2');
    expect(kept).toEqual({ kind: 'kept', id: 'i2', at: clock.now() });
    await pass(clock, 10_000);
    expect(network.calls).toHaveLength(1);
    office.held.clear();
    await pass(clock, 3_000);
    expect(network.dialled).toEqual({ [TO]: 1, '+14155550124': 1 });
  });
});

describe('"too many requests"', () => {
  it('is asked again with longer and longer pauses, and placed once', async () => {
    for (let time = 0; time < 3; time++) network.faults.push({ kind: 'refuses', status: 429, code: 20429 });
    const asked = open().callsOut.place(REQUEST, 'i1');
    expect(await after(6_500, asked)).toBe('still waits');
    expect(await after(1_000, asked)).toMatchObject({ kind: 'placed', callSid: 'CA1' });
    expect([network.asked, network.calls.length]).toEqual([4, 1]);
  });

  it('for too long is told to whoever asked at once, who may ask again', async () => {
    for (let time = 0; time < 9; time++) network.faults.push({ kind: 'refuses', status: 429, code: 20429 });
    const office = open();
    await office.planned.start();
    const told = await after(10_000, office.callsOut.place(REQUEST, 'i1'));
    expect(told).toMatchObject({ error: { code: 'twilio-busy', detail: { twilioCode: 20429 } } });
    expect(await initiation()).toMatchObject({ status: 'failed', session: null });
    expect((await store.listSessions({ limit: 2 })).items).toEqual([]);
    expect(office.held.size).toBe(0);
    await pass(clock, 120_000);
    expect([network.asked, network.calls.length]).toEqual([4, 0]);
  });

  it('says that nothing was done, which is no answer to keep', async () => {
    for (let time = 0; time < 4; time++) network.faults.push({ kind: 'refuses', status: 429, code: 20429 });
    const told = await after(10_000, open().callsOut.place(REQUEST, 'i1'));
    expect(told).toMatchObject({ error: { code: 'twilio-busy', status: 502, message: 'No.' } });
  });

  it('is waited for by a call that may wait', async () => {
    for (let time = 0; time < 4; time++) network.faults.push({ kind: 'refuses', status: 429, code: 20429 });
    const office = open();
    await office.planned.start();
    const kept = await after(10_000, office.callsOut.place({ ...REQUEST, wait: true }, 'i1'));
    expect(kept).toMatchObject({ kind: 'kept', id: 'i1' });
    await pass(clock, 30_000);
    expect(network.dialled).toEqual({ [TO]: 1 });
  });

  it('does not make anybody lost whom nobody waits for', async () => {
    for (let time = 0; time < 9; time++) network.faults.push({ kind: 'refuses', status: 429, code: 20429 });
    const office = open();
    await office.planned.start();
    await place(office, { ...REQUEST, at: clock.now() + 1_000 });
    await pass(clock, 120_000);
    expect(network.dialled).toEqual({ [TO]: 1 });
    expect(await initiation()).toMatchObject({ status: 'queued', attempt: 1, callSid: 'CA1' });
  });
});

describe('an answer that is lost', () => {
  it.each(['before', 'after'] as const)('%s the call was made: it is made once, and known', async (when) => {
    network.faults.push({ kind: 'drops', when });
    const asked = open().callsOut.place(REQUEST, 'i1');
    expect(await after(2_500, asked)).toBe('still waits');
    const placed = await after(2_000, asked);
    expect(placed).toMatchObject({ kind: 'placed', callSid: 'CA1' });
    expect(network.dialled).toEqual({ [TO]: 1 });
    expect(await initiation()).toMatchObject({ status: 'queued', callSid: 'CA1', attempt: 1 });
    expect((await store.listSessions({ limit: 2 })).items).toMatchObject([{ callSid: 'CA1' }]);
  });

  it.each([0, 5_000, 11_000, 20_000, null])(
    'for being late: the call is made after %j ms',
    async (madeAfterMs) => {
      network.faults.push({ kind: 'late', madeAfterMs });
      const office = open();
      await office.planned.start();
      const answered = await after(40_000, office.callsOut.place(REQUEST, 'i1'));
      expect(answered).toMatchObject({ kind: 'placed' });
      await pass(clock, 60_000);
      expect(network.dialled).toEqual({ [TO]: 1 });
    },
  );

  it('and records that cannot be read: whoever asked is told that it will be placed, and it is', async () => {
    network.faults.push({ kind: 'drops', when: 'after' });
    network.blind = true;
    const office = open();
    await office.planned.start();
    const kept = await after(30_000, office.callsOut.place(REQUEST, 'i1'));
    expect(kept).toMatchObject({ kind: 'kept', id: 'i1' });
    await pass(clock, 60_000);
    expect(await initiation()).toMatchObject({ status: 'placing', callSid: null });
    network.blind = false;
    await pass(clock, 15_000);
    expect(await initiation()).toMatchObject({ status: 'queued', callSid: 'CA1' });
    expect(network.asked).toBe(1);
  });

  it('of a call that has ended meanwhile is known with its end', async () => {
    network.faults.push({ kind: 'drops', when: 'after' });
    const asked = open().callsOut.place(REQUEST, 'i1');
    await pass(clock, 1_000);
    network.calls[0]!.status = 'busy';
    expect(await after(5_000, asked)).toMatchObject({ kind: 'placed', status: 'busy' });
    expect(await initiation()).toMatchObject({ status: 'busy' });
  });

  it('is known by the report that came', async () => {
    network.faults.push({ kind: 'drops', when: 'after' });
    network.blind = true;
    const asked = open().callsOut.place(REQUEST, 'i1');
    await pass(clock, 1_000);
    await reports(store, network, clock, 'CA1', 'ringing');
    expect(await after(5_000, asked)).toMatchObject({ kind: 'placed', callSid: 'CA1', status: 'ringing' });
  });

  it('is not taken for another call to the same number, of before or of a session of ours', async () => {
    const office = open();
    await place(office, REQUEST, 'i0');
    await pass(clock, 5_000);
    network.faults.push({ kind: 'drops', when: 'before' });
    expect(await after(5_000, office.callsOut.place(REQUEST, 'i1'))).toMatchObject({ callSid: 'CA2' });
    expect(network.dialled).toEqual({ [TO]: 2 });
  });

  it('for long refuses a second call to the number, or keeps it where it may wait', async () => {
    network.faults.push({ kind: 'drops', when: 'after' });
    network.blind = true;
    const office = open();
    await office.planned.start();
    void office.callsOut.place(REQUEST, 'i1');
    await pass(clock, 500);
    const refused = after(20_000, office.callsOut.place(REQUEST, 'i2'));
    expect(await refused).toMatchObject({ error: { code: 'same-number', status: 409 } });
    const kept = after(20_000, office.callsOut.place({ ...REQUEST, wait: true }, 'i3'));
    expect(await kept).toMatchObject({ kind: 'kept', id: 'i3' });
    network.blind = false;
    await pass(clock, 60_000);
    expect(network.dialled).toEqual({ [TO]: 2 });
    expect(await initiation('i2')).toMatchObject({ status: 'failed', error: { code: 'same-number' } });
    expect(await initiation('i3')).toMatchObject({ status: 'queued' });
  });

  it('is looked for from the first question on, however often it was asked', async () => {
    const office = open();
    const since = clock.now();
    await place(office, REQUEST, 'i0');
    const { session } = (await initiation('i0'))!;
    await store.eraseSession(session!);
    clock.advance(120_000);
    await store.initiations.add(anInitiation({ id: 'i1', key: 'test', to: TO, nextAt: since }));
    const mine = aSession({
      initiation: 'i1',
      callSid: null,
      status: 'queued',
      from: '+14155550100',
      createdAt: since,
    });
    await store.initiations.begin('i1', mine, { now: since, until: since });
    await store.initiations.askAgain('i1', mine.id, { now: clock.now(), until: clock.now() });
    await office.planned.start();
    await pass(clock, 1_000);
    expect(await initiation('i1')).toMatchObject({ status: 'queued', callSid: 'CA1' });
    expect(network.asked).toBe(1);
  });

  it('keeps a second call to the number waiting until it is known', async () => {
    network.faults.push({ kind: 'drops', when: 'after' });
    const office = open();
    const both = [office.callsOut.place(REQUEST, 'i1'), office.callsOut.place(REQUEST, 'i2')];
    await pass(clock, 1_000);
    expect(network.asked).toBe(1);
    await pass(clock, 5_000);
    expect(await Promise.all(both)).toMatchObject([{ callSid: 'CA1' }, { callSid: 'CA2' }]);
  });
});

describe('a call that the network has taken', () => {
  it.each(['placed', 'find', 'session'] as const)(
    'is placed though the store fails (%s), is answered as any other, and found again',
    async (name) => {
      let fails = true;
      const refuse = () => Promise.reject(new OffhookError('store-failed', 'The disk is full.'));
      const failing = new Proxy(store, {
        get(real, asked) {
          const value: unknown = Reflect.get(real, asked);
          if (asked === 'initiations' && name !== 'session') {
            return new Proxy(real.initiations, {
              get: (initiations, method) =>
                method === name && fails ? refuse : (Reflect.get(initiations, method) as unknown),
            });
          }
          if (asked === name && fails) return refuse;
          return typeof value === 'function' ? (value.bind(real) as unknown) : value;
        },
      });
      const office = open({ store: failing });
      await office.planned.start();
      const placed = await place(office);
      expect(placed).toMatchObject({ kind: 'placed', callSid: 'CA1', status: 'queued' });
      expect(errors).toEqual(name === 'placed' ? ['a placed call was not written down'] : []);
      fails = false;
      await pass(clock, 40_000);
      expect(await initiation()).toMatchObject({ status: 'queued', callSid: 'CA1', attempt: 1 });
      expect(network.dialled).toEqual({ [TO]: 1 });
    },
  );

  it('is looked at where nothing is heard of it, and closed with what the network says', async () => {
    const office = open();
    await office.planned.start();
    await place(office);
    await pass(clock, 80_000);
    network.calls[0]!.status = 'no-answer';
    expect(await initiation()).toMatchObject({ status: 'queued' });
    await pass(clock, 20_000);
    expect(await initiation()).toMatchObject({ status: 'no-answer' });
    expect(office.held.size).toBe(0);
    const session = (await store.listSessions({ limit: 2 })).items[0]!;
    expect(session).toMatchObject({ status: 'no-answer', endReason: null });
    expect(session.endedAt).not.toBeNull();
  });

  it('is looked at when a process begins: its reports may have come to nobody', async () => {
    await place(open());
    network.calls[0]!.status = 'busy';
    await open().planned.start();
    await pass(clock, 500);
    expect(await initiation()).toMatchObject({ status: 'busy' });
  });

  it('and that rings on, or that the network cannot tell of, stays', async () => {
    const office = open();
    await office.planned.start();
    await place(office);
    network.calls[0]!.status = 'ringing';
    await pass(clock, 200_000);
    network.blind = true;
    await pass(clock, 200_000);
    expect(await initiation()).toMatchObject({ status: 'queued' });
    expect(errors).toEqual([]);
  });
});
