/** A call whose caller waits to be paired: when codes are asked for, what is written of them, and who notices. */
import { describe, expect, it } from 'vitest';
import { Pairings, pairingDesk, type PairingDesk } from '../../runtime/call/pairings.ts';
import { redact, secretsAfter } from '../../runtime/call/redaction.ts';
import { maskText, NO_SECRETS } from '../../runtime/call/secrets.ts';
import { advance } from '../../runtime/dialogue/engine.ts';
import type { Event } from '../../runtime/dialogue/protocol.ts';
import { newState, type State } from '../../runtime/dialogue/state.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { silentLog } from '../../runtime/log.ts';
import type { Device, Person } from '../../runtime/store/people.ts';
import { factsOf, programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { setUp } from '../support/paper-call.ts';

const PHONE = '+14155550123';
const CODE = '471902';
const ANA = { name: 'Ana', paired: true, anonymous: false };

/** A desk that opens this code, and knows of the phone what it is told. */
function deskOf(change: Partial<PairingDesk> = {}) {
  const asked = { opened: 0, looked: 0 };
  const known: { user: typeof ANA | null } = { user: null };
  const desk: PairingDesk = {
    open: () => {
      asked.opened++;
      return Promise.resolve({ code: CODE, expiresAt: Date.UTC(2026, 2, 3, 9, 10) });
    },
    paired: () => {
      asked.looked++;
      return Promise.resolve(known.user);
    },
    ...change,
  };
  return { desk, asked, known };
}

function watch(change: Partial<PairingDesk> = {}) {
  const clock = new FakeClock(Date.UTC(2026, 2, 3, 9));
  const { desk, asked, known } = deskOf(change);
  const news: object[] = [];
  const pairings = new Pairings({ desk, clock, log: silentLog }, 's1', (one) => news.push(one));
  return { clock, pairings, asked, known, news };
}
const OPENED = {
  kind: 'pairing-opened',
  pairing: 'p1',
  code: CODE,
  expiresAt: Date.UTC(2026, 2, 3, 9, 10),
};

describe('the codes of a call', () => {
  it('are watched every second, until one was claimed', async () => {
    const { clock, pairings, asked, known, news } = watch();
    await pairings.open('p1', PHONE);
    expect(news).toEqual([OPENED]);
    await clock.advanceAsync(2_999);
    expect(asked.looked).toBe(2);
    known.user = ANA;
    await clock.advanceAsync(1);
    expect(news).toEqual([OPENED, { kind: 'paired', user: ANA }]);
    await clock.advanceAsync(60_000);
    expect(asked.looked).toBe(3);
    expect(news).toHaveLength(2);
  });

  it('are watched as long as they are good, and not once the call is over', async () => {
    const { clock, pairings, asked } = watch();
    await pairings.open('p1', PHONE);
    await clock.advanceAsync(20 * 60_000);
    expect(asked.looked).toBe(600);
    const other = watch();
    await other.pairings.open('p1', PHONE);
    await other.clock.advanceAsync(1_500);
    other.pairings.close();
    other.known.user = ANA;
    await other.clock.advanceAsync(60_000);
    expect([other.asked.looked, other.news.length]).toEqual([1, 1]);
  });

  it('are watched on where the store fails for a while', async () => {
    let failing = true;
    const { clock, pairings, news } = watch({
      paired: () => (failing ? Promise.reject(new Error('The disk is full.')) : Promise.resolve(ANA)),
    });
    await pairings.open('p1', PHONE);
    await clock.advanceAsync(5_000);
    failing = false;
    await clock.advanceAsync(1_000);
    expect(news.at(-1)).toEqual({ kind: 'paired', user: ANA });
  });

  it.each([
    [new OffhookError('too-many-codes', 'Too many.'), 'too-many-codes'],
    [new Error('a bug'), 'pairing-failed'],
  ])('that cannot be opened are told of: %s', async (thrown, code) => {
    const { pairings, news } = watch({ open: () => Promise.reject(thrown) });
    await pairings.open('p1', PHONE);
    expect(news).toEqual([{ kind: 'pairing-failed', pairing: 'p1', code }]);
  });

  it('are not waited for longer than five seconds', async () => {
    const { clock, pairings, news } = watch({ open: () => new Promise(() => undefined) });
    const opening = pairings.open('p1', PHONE);
    await clock.advanceAsync(4_999);
    expect(news).toEqual([]);
    await clock.advanceAsync(1);
    await opening;
    expect(news).toEqual([{ kind: 'pairing-failed', pairing: 'p1', code: 'pairing-late' }]);
  });
});

describe('the desk of a store', () => {
  const person: Person = {
    id: 'u1',
    name: 'Ana',
    paired: true,
    anonymous: false,
    values: { tea: 2, ':x': 1 },
  };
  const device = { phone: PHONE, user: 'u1', pairedAt: 5 } as Device;
  const paired = (of: Device | null): Promise<unknown> =>
    pairingDesk(
      { open: () => Promise.reject(new Error('not asked')) },
      { device: () => Promise.resolve(of), byPhone: () => Promise.resolve(person) },
      new FakeClock(),
    ).paired(PHONE);

  it('knows a paired phone by what a dialogue may know of its user', async () => {
    expect(await paired(device)).toEqual({ name: 'Ana', paired: true, anonymous: false, tea: 2 });
  });
  it('does not take a phone for paired that is only known from its calls', async () => {
    expect(await paired({ ...device, pairedAt: null })).toBeNull();
    expect(await paired(null)).toBeNull();
  });
});

describe('what is written of a code', () => {
  const program = programOf('inbound: {hangup: "In."}', { public: false });
  const step = (before: State, event: Event) => ({ before, event, ...advance(program, before, event) });

  it('is nothing: not in the event, the state, the orders, nor in what the caller says of it', () => {
    const begun = step(newState('v1', factsOf(), {}, 1), { kind: 'call-started', at: 0 });
    const opened = step(begun.state, {
      kind: 'pairing-opened',
      pairing: 'p1',
      code: CODE,
      expiresAt: 9,
      at: 1,
    });
    expect(JSON.stringify(opened)).toContain(CODE);
    const secrets = secretsAfter(program, NO_SECRETS, false, opened);
    const written = redact(program, secrets, false, opened);
    const text = JSON.stringify({ event: written.event, state: written.state, effects: written.effects });
    expect(text).not.toMatch(/4[^0-9]{0,4}7[^0-9]{0,4}1[^0-9]{0,4}9/);
    expect(written.event).toMatchObject({ kind: 'pairing-opened', code: '…' });
    expect(written.state.pairing).toEqual({ id: 'p1', code: null, failed: 0 });
    expect(maskText(secrets, 'Is it 4 7 1-9 0 2?')).toBe('Is it …?');
    expect(maskText(secrets, 'four seven one nine zero two')).toBe('…');
  });
});

describe('a call of a private app', () => {
  it('hears the code, cuts it when the phone was paired, and has it written down nowhere', async () => {
    const { desk, known } = deskOf();
    const call = setUp({ pairing: desk, program: programOf('inbound: {hangup: "In."}', { public: false }) });
    call.conversation.begin();
    await call.tick(10);
    const orders = (): string[] =>
      call.paper.orders.flatMap((order) =>
        /^(say|give|hang)/.test(order) ? order.replace(/^say u\d+ /, 'say ') : [],
      );
    expect(orders()).toEqual([
      'say This phone is not paired yet. Its pairing code is:',
      'say 4, 7, 1, 9, 0, 2.',
      'say To hear it again, press the star key.',
    ]);
    known.user = ANA;
    await call.tick(1_000);
    expect(orders().slice(3)).toEqual([
      'give way',
      'say Thank you, this phone is paired now.',
      'say In.',
      'hang up',
    ]);
    expect(JSON.stringify([call.steps, call.turns, call.live])).not.toMatch(
      /4[^0-9]{0,4}7[^0-9]{0,4}1[^0-9]{0,4}9/,
    );
  });
});
