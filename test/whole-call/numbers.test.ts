/** A whole server and its numbers: led to it when it starts, called, changed by somebody else, given back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import { run } from '../../runtime/main.ts';
import type { NumberState } from '../../runtime/numbers/states.ts';
import { API_TOKEN, openHouse, type House } from '../support/house.ts';
import { makeAccountSid, TwilioApi } from '../support/twilio-api.ts';
import type { OwnedNumber } from '../support/twilio-account.ts';

const OFFHOOK = fileURLToPath(new URL('../../runtime/offhook.ts', import.meta.url));
const DESK = '+14155550100';
const OLD = 'https://old.example.com/voice';
const PUBLIC = 'https://voice.example.com';
const HERE = `${PUBLIC}/initiations/call/desk`;
/** Twilio asks again where the server does not answer. */
const LED = `${HERE}#rc=5&rp=ct,5xx`;
const LOOK_EVERY_MS = 5 * 60_000;
const accountSid = makeAccountSid();
const FILES = {
  'desk.app.yaml': `public: true\nengine: embedded\nnumbers: ["${DESK}"]\n`,
  'desk.dialogue.yaml': 'inbound: {hangup: "Goodbye."}\n',
};

let twilio: TwilioApi;
let serverUrl = '';
let house: House | null = null;
let looks: (() => void)[];
/** What was warned of about numbers. */
let warned: { msg: string }[];

/** Real time, but for the look at the numbers: that comes when the test says so. */
const clock: Clock = {
  ...systemClock,
  after(ms, callback) {
    if (ms !== LOOK_EVERY_MS) return systemClock.after(ms, callback);
    looks.push(callback);
    return () => (looks = looks.filter((one) => one !== callback));
  },
};
const log = pino(
  { level: 'warn' },
  {
    write(line: string) {
      const said = JSON.parse(line) as { msg: string };
      if ('number' in said) warned.push(said);
    },
  },
);

beforeEach(async () => {
  looks = [];
  warned = [];
  house = null;
  serverUrl = '';
  twilio = await TwilioApi.start({
    accountSid,
    authToken: 'the-auth-token',
    numbers: [{ phone_number: DESK, voice_url: OLD, voice_method: 'GET' }],
    clock: systemClock,
    publicUrl: PUBLIC,
    get serverUrl() {
      return serverUrl;
    },
  });
});

afterEach(async () => {
  await house?.close();
  await twilio.close();
});

const env = (): Record<string, string> => ({
  PUBLIC_URL: PUBLIC,
  TWILIO_ACCOUNT_SID: accountSid,
  TWILIO_AUTH_TOKEN: 'the-auth-token',
  TWILIO_API_URL: twilio.url,
});
const owned = (): OwnedNumber => twilio.account(accountSid).numbers[0]!;

async function open(): Promise<House> {
  house = await openHouse(FILES, { env: env(), clock, log });
  serverUrl = house.runtime.url;
  return house;
}

async function until<T>(
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const numbers = async (): Promise<NumberState[]> =>
  ((await house!.get('/api/numbers')) as { items: NumberState[] }).items;
const becomes = (state: NumberState['state']): Promise<NumberState[]> =>
  until(numbers, ([number]) => number?.state === state);

/** `offhook numbers …` beside the running server, on the same database. */
async function command(folder: string, ...args: string[]): Promise<number> {
  return run(['numbers', ...args], {
    env: {
      ...env(),
      OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
      DATABASE_URL: `sqlite:${join(folder, 'data', 'offhook.db')}`,
    },
    stdin: new PassThrough(),
    stdout: new PassThrough().resume(),
    stderr: new PassThrough().resume(),
    ending: () => new Promise(() => undefined),
  });
}

describe('a server with numbers', () => {
  it('is called by them, notices who changes them, and gives them back', { timeout: 240_000 }, async () => {
    const { folder } = await open();
    expect(await becomes('attached')).toEqual([
      { number: DESK, app: 'desk', account: 'default', state: 'attached', leadsTo: HERE, problem: null },
    ]);
    expect(owned()).toMatchObject({ voice_url: LED, voice_method: 'POST' });
    const [app] = ((await house!.get('/api/apps')) as { items: { numberStates: NumberState[] }[] }).items;
    expect(app!.numberStates.map(({ state }) => state)).toEqual(['attached']);

    // Somebody calls, and is answered where the number leads.
    const call = twilio.callIn('+14155550123', DESK);
    await call.over;
    const [session] = await until(
      () => house!.sessions(),
      ([one]) => one?.status === 'completed',
    );
    expect(session).toMatchObject({ app: 'desk', callSid: call.sid, endReason: 'agent-hung-up' });

    await until(
      () => looks,
      ({ length }) => length === 1,
    );
    owned().voice_url = 'https://somebody.example.com/else';
    looks[0]!();
    expect((await becomes('changed'))[0]).toMatchObject({ leadsTo: 'https://somebody.example.com/else' });
    expect(warned).toMatchObject([
      { msg: 'a number no longer leads to its app', number: DESK, app: 'desk', state: 'changed' },
    ]);
    expect(owned().voice_url).toBe('https://somebody.example.com/else');

    expect(await command(folder, 'attach', 'desk')).toBe(0);
    expect(owned().voice_url).toBe(LED);
    expect(await command(folder, 'detach', DESK)).toBe(0);
    await until(
      () => looks,
      ({ length }) => length === 1,
    );
    looks[0]!();
    // What somebody has set meanwhile is what was there before.
    expect((await becomes('detached'))[0]).toMatchObject({ leadsTo: 'https://somebody.example.com/else' });
    expect(twilio.violations).toEqual([]);
    expect(twilio.unheard).toEqual([]);
  });

  it('leads a number that is written into an app while it runs', { timeout: 60_000 }, async () => {
    twilio
      .account(accountSid)
      .numbers.push({ ...owned(), sid: `PN${'2'.repeat(32)}`, phone_number: '+14155550101' });
    const { folder } = await open();
    await becomes('attached');
    await writeFile(
      join(folder, 'dialogues', 'desk.app.yaml'),
      FILES['desk.app.yaml'].replace(`"${DESK}"`, `"${DESK}", "+14155550101"`),
    );
    await until(numbers, ([, second]) => second?.state === 'attached');
    expect(twilio.account(accountSid).numbers.map(({ voice_url }) => voice_url)).toEqual([LED, LED]);
  });

  it.each([
    ['is down', { kind: 'drops' } as const],
    ['does not answer', { kind: 'is-slow', ms: 60_000 } as const],
  ])('starts, answers and ends all the same where Twilio %s', { timeout: 60_000 }, async (_name, mishap) => {
    twilio.trouble = () => mishap;
    const { runtime } = await open();
    expect((await fetch(`${runtime.url}/ready`)).status).toBe(200);
    expect(await numbers()).toMatchObject([{ number: DESK, state: 'unknown' }]);
    const began = Date.now();
    await house!.close();
    house = null;
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(owned().voice_url).toBe(OLD);
  });
});

describe('a server that is killed while it leads a number', () => {
  let folder: string;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'offhook-numbers-'));
    await mkdir(join(folder, 'dialogues'));
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, 'dialogues', name), text);
  });

  afterEach(async () => {
    for (const child of started.splice(0)) await kill(child);
    await rm(folder, { recursive: true, force: true });
  });

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  function serve(): ChildProcess {
    const child = spawn(process.execPath, ['--import', 'tsx', OFFHOOK, 'serve'], {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
        DATABASE_URL: `sqlite:${join(folder, 'data', 'offhook.db')}`,
        OFFHOOK_API_TOKEN: API_TOKEN,
        ...env(),
      },
    });
    started.push(child);
    return child;
  }

  it.each(['before', 'after'] as const)(
    '%s Twilio has done it, still knows where it led',
    { timeout: 240_000 },
    async (when) => {
      twilio.mishaps.push({ kind: 'is-slow', ms: 4_000, when, on: 'UpdateIncomingPhoneNumber' });
      const updates = (): number =>
        twilio.asked.filter(({ operation }) => operation === 'UpdateIncomingPhoneNumber').length;
      const first = serve();
      await until(updates, (count) => count === 1, 90_000);
      if (when === 'after')
        await until(
          () => owned().voice_url,
          (url) => url === LED,
        );
      await kill(first);
      serve();
      await until(
        () => twilio.asked.filter(({ operation }) => operation === 'ListIncomingPhoneNumber').length,
        (count) => count === 2,
        90_000,
      );
      await until(
        () => owned().voice_url,
        (url) => url === LED,
      );
      // Whatever was still under way has arrived by now.
      await until(
        () => command(folder, 'detach', DESK),
        () => owned().voice_url === OLD,
      );
      expect(owned()).toMatchObject({ voice_url: OLD, voice_method: 'GET' });
      expect(twilio.violations).toEqual([]);
    },
  );
});
