import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { twilioClients } from '../../runtime/line/twilio/client.ts';
import { twilioNumbers } from '../../runtime/line/twilio/numbers.ts';
import type { Log } from '../../runtime/log.ts';
import { silentLog } from '../../runtime/log.ts';
import { attachNumbers, detachNumbers } from '../../runtime/numbers/desk.ts';
import { NumberKeeper } from '../../runtime/numbers/keeper.ts';
import type { LookParts, NumbersOfApp } from '../../runtime/numbers/look.ts';
import type { NumberState } from '../../runtime/numbers/states.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeAccountSid, tooMany, TwilioApi } from '../support/twilio-api.ts';
import type { OwnedNumber } from '../support/twilio-account.ts';

const MINUTES = 60_000;
const MAIN = makeAccountSid();
const PRAGUE = makeAccountSid();
const DESK = '+14155550100';
const SPARE = '+14155550101';
const BISTRO = '+420910880100';
const OLD = 'https://old.example.com/voice';
const PUBLIC = 'https://voice.example.com';
const HERE = `${PUBLIC}/initiations/call/desk`;
/** Twilio asks again where the server does not answer. */
const AGAIN = '#rc=5&rp=ct,5xx';
const LED = HERE + AGAIN;

let api: TwilioApi;
/** Of the keeper alone: one timer waits on it while it sleeps, and none while it looks. */
let clock: FakeClock;
let wire: FakeClock;
let store: Store;
let apps: NumbersOfApp[];
let parts: LookParts;
let logged: { level: string; text: string; facts: Record<string, unknown> }[];
const keepers: NumberKeeper[] = [];

// On a machine with other work Twilio's SDK takes its time to load.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => import('twilio').then(() => undefined), 60_000);

beforeEach(async () => {
  clock = new FakeClock();
  wire = new FakeClock();
  logged = [];
  api = await TwilioApi.start({
    accountSid: MAIN,
    authToken: 'main',
    numbers: [{ phone_number: DESK, voice_url: OLD, voice_method: 'GET' }, { phone_number: SPARE }],
    accounts: [{ sid: PRAGUE, authToken: 'prague', ownerSid: MAIN, numbers: [{ phone_number: BISTRO }] }],
    clock: wire,
    publicUrl: null,
    serverUrl: 'http://127.0.0.1:1',
  });
  store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
  apps = [
    { id: 'desk', numbers: [DESK], account: null, attach: true },
    { id: 'bistro', numbers: [BISTRO], account: 'prague', attach: true },
  ];
  parts = partsAt(PUBLIC);
});

afterEach(async () => {
  for (const keeper of keepers.splice(0)) await keeper.stop();
  await api.close();
  await store.close();
});

function partsAt(publicUrl: string | null, token = 'main'): LookParts {
  const rest = { region: null, edge: null, cps: 1, maxCalls: null };
  const accounts = new Map([
    ['default', { name: 'default', sid: MAIN, token, ...rest }],
    ['prague', { name: 'prague', sid: PRAGUE, token: 'prague', ...rest }],
  ]);
  const clients = twilioClients({ accounts: () => accounts, apiUrl: api.url, clock: wire });
  return {
    store,
    clock,
    apps: () => apps,
    accounts: () => [...accounts.keys()],
    numbering(name) {
      const client = clients(name);
      return client && twilioNumbers(client);
    },
    publicUrl,
  };
}

function keeper(given: LookParts = parts): NumberKeeper {
  const note =
    (level: string) =>
    (facts: Record<string, unknown>, text: string): void =>
      void logged.push({ level, text, facts });
  const log = {
    ...silentLog,
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
  } as unknown as Log;
  const one = new NumberKeeper({ ...given, log });
  keepers.push(one);
  return one;
}

const owned = (phone: string): OwnedNumber =>
  api.accounts.flatMap(({ numbers }) => numbers).find(({ phone_number }) => phone_number === phone)!;
const stateOf = (one: NumberKeeper, number = DESK): NumberState =>
  one.states().find((state) => state.number === number)!;

/** Waits until so many keepers sleep, having looked. */
async function looked(asleep = 1): Promise<void> {
  await vi.waitFor(() => expect(clock.waiting).toBe(asleep), 20_000);
}

/** Goes on to the next look, and through it. */
async function nextLook(ms = 5 * MINUTES): Promise<void> {
  const before = api.asked.length;
  await clock.advanceAsync(ms);
  await looked();
  expect(api.asked.length).toBeGreaterThanOrEqual(before + 2);
}

const changes = (): string[] =>
  api.asked
    .filter(({ operation }) => operation === 'UpdateIncomingPhoneNumber')
    .map(({ form }) => form.get('VoiceUrl')!);
const warnings = (): string[] => logged.filter(({ level }) => level !== 'info').map(({ text }) => text);

describe('at the start', () => {
  it('every number of every app is led to its app, in its own account, and where it led is remembered', async () => {
    const one = keeper();
    one.start();
    await looked();
    expect(owned(DESK)).toMatchObject({ voice_url: LED, voice_method: 'POST' });
    expect(owned(BISTRO).voice_url).toBe(`${PUBLIC}/initiations/call/bistro${AGAIN}`);
    expect(owned(SPARE).voice_url).toBe('');
    expect(one.states()).toEqual([
      { number: DESK, app: 'desk', account: 'default', state: 'attached', leadsTo: HERE, problem: null },
      { number: SPARE, app: null, account: 'default', state: 'unclaimed', leadsTo: null, problem: null },
      {
        number: BISTRO,
        app: 'bistro',
        account: 'prague',
        state: 'attached',
        leadsTo: `${PUBLIC}/initiations/call/bistro`,
        problem: null,
      },
    ]);
    expect(await store.numbers.find(DESK)).toMatchObject({
      stage: 'attached',
      app: 'desk',
      accountSid: MAIN,
      url: HERE,
      before: { url: OLD, method: 'GET', application: null, trunk: null },
    });
    expect(warnings()).toEqual([]);
    expect(api.violations).toEqual([]);
  });

  it('nothing is led anywhere without a public address, by an app that opts out, or twice', async () => {
    const without = keeper(partsAt(null));
    without.start();
    await looked();
    expect(stateOf(without)).toMatchObject({ state: 'not-attached', leadsTo: OLD });
    await without.stop();
    apps = apps.map((app) => ({ ...app, attach: app.id !== 'desk' }));
    const one = keeper();
    one.start();
    await looked();
    expect(stateOf(one)).toMatchObject({ state: 'not-attached', leadsTo: OLD, problem: null });
    await one.stop();
    expect(changes()).toEqual([`${PUBLIC}/initiations/call/bistro${AGAIN}`]);
    const again = keeper();
    again.start();
    await looked();
    expect(stateOf(again, BISTRO).state).toBe('attached');
    expect(changes()).toHaveLength(1);
  });

  it('a number that an earlier version led here is told once to ask again where nobody answers', async () => {
    const first = keeper();
    first.start();
    await looked();
    await first.stop();
    // As it was led before there was anything behind the URL; the other one is led by hand.
    owned(DESK).voice_url = HERE;
    owned(SPARE).voice_url = HERE;
    apps = [{ ...apps[0]!, numbers: [DESK, SPARE] }, apps[1]!];
    const before = await store.numbers.find(DESK);
    const told = changes().length;
    const one = keeper();
    one.start();
    await looked();
    expect(owned(DESK).voice_url).toBe(LED);
    expect(owned(SPARE).voice_url).toBe(HERE);
    expect(changes().slice(told)).toEqual([LED]);
    expect(stateOf(one)).toMatchObject({ state: 'attached', leadsTo: HERE, problem: null });
    expect(await store.numbers.find(DESK)).toEqual(before);
    const text = 'a number was told anew to ask again where nobody answers';
    expect(logged.filter((line) => line.text === text)).toEqual([
      { level: 'info', text, facts: { number: DESK, app: 'desk' } },
    ]);
    // Who takes it away again has a reason.
    owned(DESK).voice_url = HERE;
    await nextLook();
    expect(changes().slice(told)).toEqual([LED]);
  });

  it('a number that could not be told to ask again says so, and is told at the next look', async () => {
    const first = keeper();
    first.start();
    await looked();
    await first.stop();
    owned(DESK).voice_url = HERE;
    api.mishaps.push(tooMany('UpdateIncomingPhoneNumber'));
    const one = keeper();
    one.start();
    await looked();
    const problem =
      'It is not asked again where the server does not answer: Twilio refused: Too Many Requests (20429).';
    expect(stateOf(one)).toMatchObject({ state: 'attached', leadsTo: HERE, problem });
    expect(warnings()).toEqual(['a number leads to its app']);
    await nextLook();
    expect(owned(DESK).voice_url).toBe(LED);
    expect(stateOf(one)).toMatchObject({ state: 'attached', problem: null });
  });

  it('a number that is not in the account is told of, and who has it', async () => {
    apps = [
      { id: 'desk', numbers: ['+14155550199', BISTRO], account: null, attach: true },
      { id: 'far', numbers: ['+14155550188'], account: 'nowhere', attach: true },
    ];
    const one = keeper();
    one.start();
    await looked();
    expect(stateOf(one, '+14155550199')).toMatchObject({
      state: 'not-in-account',
      problem: 'The account `default` does not have this number.',
    });
    expect(stateOf(one, BISTRO)).toMatchObject({
      state: 'not-in-account',
      problem: 'The account `default` does not have this number; the account `prague` has it.',
    });
    expect(stateOf(one, '+14155550188')).toMatchObject({
      state: 'no-account',
      problem: 'The credentials of the account `nowhere` are not at hand.',
    });
    expect(changes()).toEqual([]);
    expect(warnings().toSorted()).toEqual([
      'a number is not in the account of its app',
      'a number is not in the account of its app',
      'the account of a number is not at hand',
    ]);
  });

  it('several servers that start at once agree where a number leads, and where it led', async () => {
    const servers = [keeper(), keeper(), keeper()];
    for (const one of servers) one.start();
    await looked(3);
    for (const one of servers) expect(stateOf(one)).toMatchObject({ state: 'attached', leadsTo: HERE });
    expect(owned(DESK).voice_url).toBe(LED);
    expect(await store.numbers.find(DESK)).toMatchObject({ stage: 'attached', before: { url: OLD } });
    expect(warnings()).toEqual([]);
    await detachNumbers(parts, DESK);
    expect(owned(DESK).voice_url).toBe(OLD);
  });

  it('a server with a new address takes its numbers with it, and remembers where they led at first', async () => {
    const first = keeper(partsAt('https://tunnel-1.example.com'));
    first.start();
    await looked();
    await first.stop();
    const second = keeper();
    second.start();
    await looked();
    expect(owned(DESK).voice_url).toBe(LED);
    expect((await store.numbers.find(DESK))?.before.url).toBe(OLD);
    expect(warnings()).toEqual([]);
  });
});

describe('later', () => {
  it('a number that somebody else has changed is told of once, and not fought over', async () => {
    const one = keeper();
    one.start();
    await looked();
    owned(DESK).voice_url = 'https://somebody.example.com/else?key=secret';
    await nextLook();
    expect(stateOf(one)).toEqual({
      number: DESK,
      app: 'desk',
      account: 'default',
      state: 'changed',
      leadsTo: 'https://somebody.example.com/else',
      problem: 'Somebody else has changed where it leads; it is left as it is.',
    });
    await nextLook();
    await nextLook();
    expect(warnings()).toEqual(['a number no longer leads to its app']);
    expect(JSON.stringify(logged)).not.toContain('secret');
    expect(owned(DESK).voice_url).toContain('somebody');
    // Led back by hand.
    owned(DESK).voice_url = HERE;
    await nextLook();
    expect(stateOf(one).state).toBe('attached');
  });

  it('an application or a trunk that takes the place of the webhook is a change too', async () => {
    const one = keeper();
    one.start();
    await looked();
    owned(DESK).trunk_sid = `TK${'1'.repeat(32)}`;
    await nextLook();
    expect(stateOf(one)).toMatchObject({ state: 'changed', leadsTo: `the trunk TK${'1'.repeat(32)}` });
    Object.assign(owned(DESK), { trunk_sid: null, voice_application_sid: `AP${'1'.repeat(32)}` });
    await nextLook();
    expect(stateOf(one)).toMatchObject({ state: 'changed', leadsTo: `the application AP${'1'.repeat(32)}` });
    expect(warnings()).toHaveLength(2);
  });

  it('numbers that apps come to have are led here, and those that they lose are told of', async () => {
    const one = keeper();
    one.start();
    await looked();
    apps = [{ id: 'desk', numbers: [SPARE], account: null, attach: true }, apps[1]!];
    one.changed();
    expect(stateOf(one, SPARE)).toMatchObject({ app: 'desk', state: 'unknown' });
    await looked();
    expect(stateOf(one, SPARE)).toMatchObject({ app: 'desk', state: 'attached' });
    expect(stateOf(one, DESK)).toMatchObject({
      app: 'desk',
      state: 'left-behind',
      problem: `Name it in \`numbers\` of the app \`desk\`, or give it back with \`offhook numbers detach ${DESK}\`.`,
    });
    apps = [{ id: 'other', numbers: [SPARE], account: null, attach: true }, apps[1]!];
    one.changed();
    await looked();
    expect(owned(SPARE).voice_url).toBe(`${PUBLIC}/initiations/call/other${AGAIN}`);
    expect((await store.numbers.find(SPARE))?.before.url).toBe('');
  });

  it('two servers with other addresses on one store do not fight', async () => {
    const one = keeper(partsAt('https://one.example.com'));
    one.start();
    await looked();
    const two = keeper(partsAt('https://two.example.com'));
    two.start();
    await looked(2);
    expect(stateOf(two).state).toBe('attached');
    expect(changes().filter((url) => url.endsWith(`desk${AGAIN}`))).toHaveLength(2);
    for (let round = 0; round < 3; round++) {
      await clock.advanceAsync(5 * MINUTES);
      await looked(2);
    }
    expect(stateOf(one)).toMatchObject({
      state: 'changed',
      leadsTo: 'https://two.example.com/initiations/call/desk',
    });
    expect(stateOf(two).state).toBe('attached');
    expect(changes().filter((url) => url.endsWith(`desk${AGAIN}`))).toHaveLength(2);
  });
});

describe('where Twilio', () => {
  it('is down nothing waits for it, and its numbers are led here once it is back', async () => {
    api.trouble = () => ({ kind: 'drops' });
    const one = keeper();
    one.start();
    expect(stateOf(one)).toMatchObject({ state: 'unknown', problem: null });
    await looked();
    expect(stateOf(one)).toMatchObject({
      state: 'unknown',
      problem: 'Twilio could not be asked: ECONNRESET.',
    });
    await nextLook(5_000);
    expect(warnings()).toHaveLength(2);
    api.trouble = () => null;
    // Each time twice as long.
    await clock.advanceAsync(9_000);
    expect(stateOf(one).state).toBe('unknown');
    await nextLook(1_000);
    expect(stateOf(one).state).toBe('attached');
  });

  it('refuses one account the others are led all the same', async () => {
    const one = keeper(partsAt(PUBLIC, 'wrong'));
    one.start();
    await looked();
    expect(stateOf(one)).toMatchObject({
      state: 'unknown',
      problem: 'Twilio refused: Authenticate (20003).',
    });
    expect(stateOf(one, BISTRO).state).toBe('attached');
    expect(JSON.stringify(logged)).not.toContain('wrong');
  });

  it('is asked too often, it is asked again later', async () => {
    api.mishaps.push(tooMany('UpdateIncomingPhoneNumber'));
    const one = keeper();
    one.start();
    await looked();
    expect([stateOf(one).state, stateOf(one, BISTRO).state].toSorted()).toEqual(['attached', 'unknown']);
    await nextLook(5_000);
    expect([stateOf(one).state, stateOf(one, BISTRO).state]).toEqual(['attached', 'attached']);
    expect((await store.numbers.find(DESK))?.before.url).toBe(OLD);
  });

  it.each(['before', 'after'] as const)(
    'drops the connection %s a number was led here, the next look finishes it',
    async (when) => {
      api.mishaps.push({ kind: 'drops', when, on: 'UpdateIncomingPhoneNumber' });
      const one = keeper();
      one.start();
      await looked();
      expect((await store.numbers.find(DESK))?.stage).toBe('attaching');
      await nextLook(5_000);
      expect(stateOf(one).state).toBe('attached');
      expect(await store.numbers.find(DESK)).toMatchObject({ stage: 'attached', before: { url: OLD } });
      expect(changes().filter((url) => url === LED)).toHaveLength(when === 'before' ? 2 : 1);
    },
  );

  it('has lost a number meanwhile says so', async () => {
    const one = keeper();
    one.start();
    await looked();
    api.account(MAIN).numbers.splice(0, 1);
    await nextLook();
    expect(stateOf(one)).toMatchObject({ state: 'not-in-account', leadsTo: null });
    expect(warnings()).toEqual(['a number is not in the account of its app']);
  });

  it('does not answer, the server ends all the same', async () => {
    api.mishaps.push({ kind: 'is-slow', ms: 120_000 }, { kind: 'is-slow', ms: 120_000 });
    const one = keeper();
    one.start();
    await vi.waitFor(() => expect(api.asked).toHaveLength(2));
    const stopped = one.stop();
    await clock.advanceAsync(2_000);
    await stopped;
    await wire.advanceAsync(120_000);
    expect(changes()).toEqual([]);
  });
});

describe('given back', () => {
  it('a number leads where it led before, and the server that runs leaves it there', async () => {
    const one = keeper();
    one.start();
    await looked();
    expect(await detachNumbers(parts, DESK)).toEqual([
      { number: DESK, app: 'desk', account: 'default', state: 'detached', leadsTo: OLD, problem: null },
    ]);
    expect(owned(DESK)).toMatchObject({ voice_url: OLD, voice_method: 'GET' });
    await nextLook();
    expect(stateOf(one)).toMatchObject({ state: 'detached', leadsTo: OLD });
    await one.stop();
    const next = keeper();
    next.start();
    await looked();
    expect(stateOf(next).state).toBe('detached');
    expect(owned(DESK).voice_url).toBe(OLD);
    expect(warnings()).toEqual([]);
    // Until somebody asks for it.
    expect(await attachNumbers(parts, 'desk')).toMatchObject([{ number: DESK, state: 'attached' }]);
    expect(owned(DESK).voice_url).toBe(LED);
  });

  it('an application or a trunk comes back too', async () => {
    const trunk = `TK${'1'.repeat(32)}`;
    Object.assign(owned(DESK), { trunk_sid: trunk });
    const one = keeper();
    one.start();
    await looked();
    expect(owned(DESK)).toMatchObject({ trunk_sid: null, voice_url: LED });
    expect(await detachNumbers(parts, ':desk')).toMatchObject([
      { state: 'detached', leadsTo: `the trunk ${trunk}` },
    ]);
    expect(owned(DESK)).toMatchObject({ trunk_sid: trunk, voice_url: OLD });
    expect(api.violations).toEqual([]);
  });

  it('what somebody else has changed meanwhile stays as it is', async () => {
    const one = keeper();
    one.start();
    await looked();
    owned(DESK).voice_url = 'https://somebody.example.com/else';
    expect(await detachNumbers(parts, DESK)).toMatchObject([
      { state: 'detached', problem: 'It led elsewhere already, and was left as it is.' },
    ]);
    expect(owned(DESK).voice_url).toBe('https://somebody.example.com/else');
  });

  it('and not answered, the server that runs finishes it', async () => {
    const one = keeper();
    one.start();
    await looked();
    api.mishaps.push({ kind: 'drops', on: 'UpdateIncomingPhoneNumber' });
    expect(await detachNumbers(parts, DESK)).toMatchObject([
      { state: 'unknown', problem: 'Twilio could not be asked: ECONNRESET.' },
    ]);
    expect(owned(DESK).voice_url).toBe(LED);
    await nextLook();
    expect(owned(DESK).voice_url).toBe(OLD);
    expect(stateOf(one).state).toBe('detached');
    expect(warnings()).toEqual([]);
  });

  it('by an app that does not exist any more, it is the same', async () => {
    const one = keeper();
    one.start();
    await looked();
    await one.stop();
    apps = [apps[1]!];
    expect(await detachNumbers(parts, 'desk')).toMatchObject([
      { number: DESK, state: 'detached', leadsTo: OLD },
    ]);
  });

  it('that is gone from the account is let go, and one that was never led here is an error', async () => {
    const one = keeper();
    one.start();
    await looked();
    await one.stop();
    api.account(MAIN).numbers.splice(0, 1);
    expect(await detachNumbers(parts, DESK)).toMatchObject([{ state: 'not-in-account' }]);
    await expect(detachNumbers(parts, SPARE)).rejects.toMatchObject({
      code: 'unknown-number',
      message: `Nothing of ${SPARE} was led here: there is nothing to give back.`,
    });
  });
});

describe('led here by order', () => {
  it('a number comes from whoever has it now, and goes back there', async () => {
    const one = keeper();
    one.start();
    await looked();
    owned(DESK).voice_url = 'https://somebody.example.com/else';
    expect(await attachNumbers(parts, DESK)).toMatchObject([{ state: 'attached', leadsTo: HERE }]);
    expect(await detachNumbers(parts, DESK)).toMatchObject([
      { leadsTo: 'https://somebody.example.com/else' },
    ]);
  });

  it('also of an app that opts out, and no other', async () => {
    apps = apps.map((app) => ({ ...app, attach: false }));
    expect(await attachNumbers(parts, ':desk')).toMatchObject([{ number: DESK, state: 'attached' }]);
    expect(changes()).toEqual([LED]);
    expect(owned(BISTRO).voice_url).toBe('');
  });

  it.each([
    [SPARE, 'unknown-number', `No app has ${SPARE}: name it in \`numbers\` of an app first.`],
    ['nobody', 'unknown-key', 'There is no app "nobody".'],
    ['empty', 'no-number', 'The app "empty" has no `numbers`.'],
  ])('%s is an error', async (which, code, message) => {
    apps = [...apps, { id: 'empty', numbers: [], account: null, attach: true }];
    await expect(attachNumbers(parts, which)).rejects.toMatchObject({ code, message });
  });

  it('needs an address that the phone network reaches', async () => {
    await expect(attachNumbers(partsAt(null), DESK)).rejects.toMatchObject({ code: 'no-public-url' });
  });
});
