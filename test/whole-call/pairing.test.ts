/** Callers whom a private app does not know: told a code, paired by it while they wait, and recognised from then on. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { API_TOKEN, openHouse, type Caller, type House, type SessionView } from '../support/house.ts';
import { tone } from '../support/openai-realtime.ts';

/** The codes that were drawn, oldest first: they stand nowhere that a test could read them. */
const drawn = vi.hoisted((): string[] => []);
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return {
    ...crypto,
    randomInt(most: number) {
      const value = crypto.randomInt(most);
      if (most === 1_000_000) drawn.push(String(value).padStart(6, '0'));
      return value;
    },
  };
});

const CLUB = (engine: string): string => `name: Club\nengine: ${engine}\ndialogue: club\n`;
const DIALOGUE = `
intro: {say: "Welcome to the club{{ user.name ? ', ' + user.name : '' }}."}
inbound: menu
outbound: {hangup: "The club called you."}
states:
  menu:
    ask: "Tea or coffee?"
    answers:
      - {when: wants tea, like: [tea please], keys: "1", goto: tea}
  tea: {requires: user.paired, else: {hangup: "Members only."}, steps: [{hangup: "Tea it is."}]}
anytime:
  - {when: wants out, keys: "9", hangup: "Out."}
silence: [{hangup: "Silence."}]
`;
const OPEN = `
intro: {say: "The gate."}
inbound: gate
states:
  gate:
    - pair: true
      failed: {hangup: "Not today."}
    - goto: inside
  inside: {requires: user.paired, else: {hangup: "Members only."}, steps: [{hangup: "Come in, {{ user.name }}."}]}
`;
const UNPAIRED = 'This phone is not paired yet. Its pairing code is:';
const PAIRED = 'Thank you, this phone is paired now.';
const AGAIN = 'The pairing code is:';
const OFFHOOK = fileURLToPath(new URL('../../runtime/offhook.ts', import.meta.url));
const FAST = { charactersPerS: 60 };
const ENGINES = ['embedded', 'gather', 'relay'];

let house: House;
let logged = '';
afterEach(() => house.close());

async function open(engine: string): Promise<House> {
  drawn.length = 0;
  logged = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  house = await openHouse(
    {
      'club.app.yaml': CLUB(engine),
      'club.dialogue.yaml': DIALOGUE,
      'gate.app.yaml': `name: Gate\npublic: true\nengine: ${engine}\n`,
      'gate.dialogue.yaml': OPEN,
    },
    { log: pino({ level: 'trace' }, sink) },
  );
  return house;
}

const claim = (code: string, user: object = { name: 'Ana' }): Promise<Response> =>
  house.request('/api/pairings/claim', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, user }),
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const spelled = (code: string): string => `${[...code].join(', ')}.`;
const said = ({ turns }: SessionView): string[] =>
  turns.flatMap(({ role, text }) => (role === 'agent' ? text : []));
/** What Twilio was given to say, where Twilio says it. */
const given = (caller: Caller): string[] =>
  caller.events.flatMap((event) =>
    event.kind === 'says' || event.kind === 'spoken' ? event.text.trim() : [],
  );
const times = (texts: readonly string[], text: string): number => texts.filter((one) => one === text).length;

/** Waits until Twilio has said it. */
async function sounds(caller: Caller, text: string): Promise<void> {
  for (let tries = 0; !given(caller).includes(text); tries++) {
    if (tries > 1_500) throw new Error(`It was never said: ${given(caller).join(' ')}`);
    await pause(20);
  }
}

/** Waits until the caller was told a code so often. */
const told = (caller: Caller, often: number): Promise<SessionView> =>
  caller.until((session) => times(said(session), '…') >= often, 30_000);

/** The places in which the code stands, written as digits of its own with hardly anything between them. */
function placesOf(code: string, more: Record<string, string>): string[] {
  const pattern = new RegExp(`(?<![0-9])${code.split('').join('[^0-9A-Za-z]{0,4}')}(?![0-9])`);
  const found = new Map(Object.entries({ log: logged, ...more }));
  for (const name of readdirSync(house.folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(house.folder, name);
    if (statSync(path).isFile()) found.set(name, `${name} ${readFileSync(path).toString('latin1')}`);
  }
  return [...found].filter(([, text]) => pattern.test(text)).map(([name]) => name);
}

/** Everything that is told of a running session, as it happens. */
async function follow(session: string): Promise<{ text(): string }> {
  const response = await fetch(`${house.runtime.url}/api/sessions/${session}/live`, {
    headers: { authorization: `Bearer ${API_TOKEN}` },
  });
  let text = '';
  void (async () => {
    for await (const chunk of response.body!) text += Buffer.from(chunk as Uint8Array).toString();
  })().catch(() => undefined);
  return { text: () => text };
}

describe.each(ENGINES)('a private app on the engine %s', (engine) => {
  it(
    'lets an unknown caller in while they wait, and knows them when they call again',
    { timeout: 90_000 },
    async () => {
      await open(engine);
      const caller = house.caller(FAST).dial('/initiations/call/club');
      const { id } = await told(caller, 1);
      const live = await follow(id);
      await caller.until((session) => said(session).includes('To hear it again, press the star key.'));
      const [code = ''] = drawn;
      const answer = await claim(code);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        device: { phone: '+14155550123' },
        user: { name: 'Ana', paired: true, anonymous: false, values: {} },
      });
      await caller.until((session) => said(session).includes('Tea or coffee?'), 30_000);
      // A line that asks again hears of it when it does.
      if (engine === 'gather') await sounds(caller, 'Tea or coffee?');
      else await pause(2_500);
      caller.phone.press('1');
      expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
      const session = await caller.session();
      expect(session.endReason).toBe('agent-hung-up');
      const lines = said(session);
      expect(lines.slice(0, 3)).toEqual([UNPAIRED, '…', 'To hear it again, press the star key.']);
      expect(lines.slice(-4)).toEqual([PAIRED, 'Welcome to the club, Ana.', 'Tea or coffee?', 'Tea it is.']);
      if (engine !== 'embedded') expect(given(caller)).toContain(spelled(code));
      expect(caller.events.filter(({ kind }) => kind === 'warning')).toEqual([]);

      // Nowhere in what was written or told.
      const shown = JSON.stringify(await house.get(`/api/sessions/${id}`));
      expect(live.text()).toContain('"kind":"paired"');
      expect(placesOf(code, { live: live.text(), shown })).toEqual([]);

      const again = house.caller(FAST).dial('/initiations/call/club');
      await again.until((one) => said(one).includes('Tea or coffee?'), 30_000);
      expect(said(await again.session())).toEqual(['Welcome to the club, Ana.', 'Tea or coffee?']);
      again.phone.hangUp();
      await again.over;
    },
  );

  it(
    'says the code again on the star, on request and on silence, and nothing else',
    { timeout: 90_000 },
    async () => {
      await open(engine);
      const caller = house.caller(FAST).dial('/initiations/call/club');
      await told(caller, 1);
      await caller.until((session) => said(session).includes('To hear it again, press the star key.'));
      await pause(engine === 'embedded' ? 500 : 2_000);
      caller.phone.press('*');
      await told(caller, 2);
      await pause(engine === 'embedded' ? 6_500 : 2_500);
      await caller.phone.say(tone(700), 'say that again');
      await told(caller, 3);
      // Nothing is said and nothing pressed for seven seconds.
      await told(caller, 4);
      // What may be asked for at any time is not for who is not in.
      await pause(engine === 'embedded' ? 500 : 2_000);
      caller.phone.press('9');
      await told(caller, 5);
      caller.phone.hangUp();
      await caller.over;
      const session = await caller.session();
      // Who hangs up between two exchanges is only missed after a while.
      if (engine !== 'gather') expect(session.endReason).toBe('caller-hung-up');
      expect(times(said(session), AGAIN)).toBeGreaterThanOrEqual(4);
      // A busy machine says that it takes a moment.
      expect(new Set(said(session).filter((line) => line !== 'One moment, please.'))).toEqual(
        new Set([UNPAIRED, '…', 'To hear it again, press the star key.', AGAIN]),
      );
      expect(drawn).toHaveLength(1);
    },
  );

  it('pairs by a step of a public app, for a gate behind it', { timeout: 60_000 }, async () => {
    await open(engine);
    const caller = house.caller(FAST).dial('/initiations/call/gate');
    await told(caller, 1);
    await caller.until((session) => said(session).includes('To hear it again, press the star key.'));
    expect((await claim(drawn[0]!, { name: 'Eva' })).status).toBe(200);
    expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
    const session = await caller.session();
    expect(said(session)[0]).toBe('The gate.');
    expect(said(session).slice(-2)).toEqual([PAIRED, 'Come in, Eva.']);
    expect(session.endReason).toBe('agent-hung-up');
    const again = house.caller(FAST).dial('/initiations/call/gate');
    await again.over;
    expect(said(await again.session())).toEqual(['The gate.', 'Come in, Eva.']);
  });

  it('tells a caller without a number that they cannot be paired', { timeout: 30_000 }, async () => {
    await open(engine);
    const stranger = house.caller({ ...FAST, from: 'anonymous' }).dial('/initiations/call/club');
    await stranger.over;
    expect(await stranger.session()).toMatchObject({
      endReason: 'not-paired',
      status: 'completed',
      turns: [],
    });
    const withheld = house.caller({ ...FAST, from: 'anonymous' }).dial('/initiations/call/gate');
    await withheld.over;
    expect(said(await withheld.session())).toEqual([
      'The gate.',
      'Your number is not shown, so this phone cannot be paired.',
      'Not today.',
    ]);
    expect(drawn).toEqual([]);
  });
});

/** `offhook pair`, as a process of its own on the same database. */
async function pairCommand(code: string, name: string): Promise<string> {
  const args = ['--import', 'tsx', OFFHOOK, 'pair', code, '--name', name];
  const env = { ...process.env, DATABASE_URL: `sqlite:${join(house.folder, 'data', 'offhook.db')}` };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return stdout;
}

describe('codes', () => {
  it(
    'are claimed in another process too, and the one that holds the call notices',
    { timeout: 60_000 },
    async () => {
      await open('embedded');
      const caller = house.caller().dial('/initiations/call/club');
      await told(caller, 1);
      const { user } = (await caller.session()) as unknown as { user: string };
      expect(await pairCommand(drawn[0]!, 'Eva')).toBe(`+14155550123 is paired with Eva (${user}).\n`);
      await caller.until((session) => said(session).includes('Welcome to the club, Eva.'), 20_000);
      caller.phone.hangUp();
      await caller.over;
    },
  );

  it('that are wrong are refused, and after so many everything is', { timeout: 60_000 }, async () => {
    await open('embedded');
    const caller = house.caller().dial('/initiations/call/club');
    await told(caller, 1);
    const [code = ''] = drawn;
    const wrong = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 10; tries++) {
      const refused = await claim(wrong);
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
        404,
        'unknown-code',
      ]);
    }
    for (const one of [wrong, code]) {
      const refused = await claim(one);
      expect([refused.status, refused.headers.get('content-type')]).toEqual([
        429,
        'application/problem+json',
      ]);
      expect(await refused.json()).toMatchObject({ code: 'too-many-tries', status: 429 });
    }
    caller.phone.hangUp();
    await caller.over;
  });

  it('are good once, and not without a token', { timeout: 60_000 }, async () => {
    await open('embedded');
    const caller = house.caller().dial('/initiations/call/club');
    await told(caller, 1);
    const [code = ''] = drawn;
    const body = JSON.stringify({ code, user: { name: 'Ana' } });
    const headers = { 'content-type': 'application/json' };
    const bare = await fetch(`${house.runtime.url}/api/pairings/claim`, { method: 'POST', headers, body });
    expect(bare.status).toBe(401);
    const both = await Promise.all([claim(code), claim(` ${code.slice(0, 3)}-${code.slice(3)} `)]);
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 404]);
    await caller.until((session) => said(session).includes('Welcome to the club, Ana.'));
    caller.phone.hangUp();
    await caller.over;
  });

  it('are asked for by one phone only so often', { timeout: 90_000 }, async () => {
    await open('gather');
    for (let calls = 0; calls < 5; calls++) {
      const caller = house.caller(FAST).dial('/initiations/call/club');
      await told(caller, 1);
      caller.phone.hangUp();
      await caller.over;
    }
    const sixth = house.caller(FAST).dial('/initiations/call/club');
    await sixth.over;
    const session = await sixth.session();
    expect(said(session)).toEqual([
      'Too many pairing codes were asked for. Please call again later. Goodbye.',
    ]);
    expect(session.endReason).toBe('not-paired');
    expect(new Set(drawn).size).toBe(5);
  });
});
