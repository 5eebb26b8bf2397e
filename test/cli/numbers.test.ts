/** `offhook numbers`, from its arguments to what it prints, against the double of Twilio. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { run } from '../../runtime/main.ts';
import { makeAccountSid, tooMany, TwilioApi } from '../support/twilio-api.ts';
import type { OwnedNumber } from '../support/twilio-account.ts';

const accountSid = makeAccountSid();
const PRAGUE = makeAccountSid();
const DESK = '+14155550100';
const PUBLIC = 'https://voice.example.com';
let folder: string;
let api: TwilioApi;
let env: Record<string, string>;

// On a machine with other work the command and Twilio's SDK take their time to load.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(async () => {
  await Promise.all([import('../../runtime/commands/numbers.ts'), import('twilio')]);
}, 60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-numbers-'));
  const dialogues = join(folder, 'dialogues');
  await mkdir(dialogues);
  const files = {
    'desk.app.yaml': `public: true\nengine: embedded\nnumbers: ["${DESK}"]\n`,
    'desk.dialogue.yaml': 'inbound: {hangup: "Goodbye."}\n',
    'bistro.app.yaml':
      'public: true\nengine: embedded\ndialogue: desk\naccount: prague\nattach: false\nnumbers: ["+420910880100"]\n',
    'accounts.yaml': 'prague: {sid: "${PRAGUE_SID}", token: "${PRAGUE_TOKEN}"}\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dialogues, name), text);
  api = await TwilioApi.start({
    accountSid,
    authToken: 'main-token',
    numbers: [{ phone_number: DESK, voice_url: 'https://old.example.com/voice?key=secret' }],
    accounts: [
      {
        sid: PRAGUE,
        authToken: 'prague-token',
        ownerSid: accountSid,
        numbers: [{ phone_number: '+420910880100' }],
      },
    ],
    forSale: [
      { phone_number: '+14155550121', country: 'US', type: 'local', address_requirements: 'any' },
      { phone_number: '+14155550122', country: 'US', type: 'local', locality: 'San Francisco', region: 'CA' },
      { phone_number: '+420910880200', country: 'CZ', type: 'mobile' },
      { phone_number: '+4930123456789', country: 'DE', type: 'local', address_requirements: 'local' },
    ],
    prices: { US: { local: '1.15' } },
    clock: systemClock,
    publicUrl: null,
    serverUrl: 'http://127.0.0.1:1',
  });
  env = {
    OFFHOOK_DIALOGUES: dialogues,
    DATABASE_URL: `sqlite:${join(folder, 'offhook.db')}`,
    PUBLIC_URL: PUBLIC,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: 'main-token',
    TWILIO_API_URL: api.url,
    PRAGUE_SID: PRAGUE,
    PRAGUE_TOKEN: 'prague-token',
  };
});

afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

/** Gives the exit code, standard output and standard error; `typed` is what somebody types. */
async function offhook(args: string[], typed: string | null = null): Promise<[number, string, string]> {
  const printed = { out: '', err: '' };
  const into = (where: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[where] += String(chunk);
        done();
      },
    });
  const stdin = new PassThrough();
  stdin.end(typed ?? '');
  const code = await run(['numbers', ...args], {
    env,
    stdin,
    stdout: into('out'),
    stderr: into('err'),
    ending: () => new Promise(() => undefined),
  });
  return [code, printed.out, printed.err];
}

const owned = (phone: string): OwnedNumber | undefined =>
  api.accounts.flatMap(({ numbers }) => numbers).find(({ phone_number }) => phone_number === phone);
const purchases = (): number =>
  api.asked.filter(({ operation }) => operation === 'CreateIncomingPhoneNumber').length;

describe('offhook numbers', () => {
  it('list, attach and detach tell where every number leads', async () => {
    expect(await offhook(['list'])).toEqual([
      1,
      [
        'NUMBER         APP     ACCOUNT  STATE         LEADS TO',
        '+14155550100   desk    default  not-attached  https://old.example.com/voice',
        '+420910880100  bistro  prague   not-attached  -',
        '',
      ].join('\n'),
      '',
    ]);
    expect(await offhook(['attach', 'desk'])).toEqual([
      0,
      [
        'NUMBER        APP   ACCOUNT  STATE     LEADS TO',
        `+14155550100  desk  default  attached  ${PUBLIC}/initiations/call/desk`,
        '',
      ].join('\n'),
      '',
    ]);
    expect(owned(DESK)?.voice_url).toBe(`${PUBLIC}/initiations/call/desk#rc=5&rp=ct,5xx`);
    expect((await offhook(['list']))[0]).toBe(0);
    const [code, out] = await offhook(['detach', DESK]);
    expect([code, out.split('\n')[1]]).toEqual([
      0,
      '+14155550100  desk  default  detached  https://old.example.com/voice',
    ]);
    expect(owned(DESK)?.voice_url).toBe('https://old.example.com/voice?key=secret');
    expect(api.violations).toEqual([]);
  });

  it('without a word more is the list', async () => {
    expect((await offhook([]))[1]).toBe((await offhook(['list']))[1]);
  });

  it('list says what it does not know and why, and changes nothing', async () => {
    env['TWILIO_AUTH_TOKEN'] = 'wrong-token';
    const [code, out] = await offhook(['list']);
    expect(code).toBe(1);
    expect(out).toContain(
      '+14155550100   desk    default  unknown       -  Twilio refused: Authenticate (20003).',
    );
    expect(out).not.toContain('wrong-token');
    expect(api.asked.every(({ operation }) => operation === 'ListIncomingPhoneNumber')).toBe(true);
  });

  it.each([
    [['attach', 'nobody'], 2, 'There is no app "nobody".\n'],
    [['attach', '+14155550199'], 2, 'No app has +14155550199: name it in `numbers` of an app first.\n'],
    [['detach', 'desk'], 2, 'Nothing of the app "desk" was led here: there is nothing to give back.\n'],
    [['buy', '--app', 'nobody', '--country', 'US'], 2, 'There is no app "nobody".\n'],
    [
      ['buy', '--app', 'desk', '--country', 'Utopia'],
      2,
      '--country is "Utopia", but should be two letters, such as US.\n',
    ],
    [
      ['buy', '--app', 'desk', '--country', 'US', '--area', 'SF'],
      2,
      '--area is "SF", but should be digits, such as 415.\n',
    ],
    [
      ['buy', '--app', 'desk', '--country', 'US', '--area', '212'],
      1,
      'There is no local number for calls in US that begins with 212.\n',
    ],
    [
      ['buy', '--app', 'desk', '--country', 'DE'],
      1,
      "Every local number in DE is sold with an address alone: buy it in Twilio's Console.\n",
    ],
  ])('%j exits with %i', async (args, code, message) => {
    expect(await offhook(args)).toEqual([code, '', message]);
    expect(purchases()).toBe(0);
  });

  it('needs an account, and to attach an address', async () => {
    delete env['PUBLIC_URL'];
    expect((await offhook(['attach', 'desk']))[0]).toBe(2);
    delete env['TWILIO_AUTH_TOKEN'];
    delete env['PRAGUE_TOKEN'];
    expect(await offhook(['list'])).toEqual([
      2,
      '',
      'There is no Twilio account: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.\n',
    ]);
  });
});

describe('offhook numbers buy', () => {
  const BUY = ['buy', '--app', 'desk', '--country', 'us', '--area', '415'];
  const QUESTION = 'Buy +14155550122 (San Francisco, CA) for 1.15 USD a month for the app desk? [y/N] ';

  it('shows the price and asks, and buys nothing for no answer but yes', async () => {
    expect(await offhook(BUY, 'no\n')).toEqual([1, '', `${QUESTION}Nothing was bought.\n`]);
    expect(await offhook(BUY, '\n')).toEqual([1, '', `${QUESTION}Nothing was bought.\n`]);
    expect(await offhook(BUY, '')).toEqual([1, '', `${QUESTION}Nobody answered: nothing was bought.\n`]);
    expect(purchases()).toBe(0);
  });

  it('buys for yes, leads the number to the app, and says where to name it', async () => {
    const [code, out, err] = await offhook(BUY, 'yes\n');
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toBe(`+14155550122  desk  default  attached  ${PUBLIC}/initiations/call/desk`);
    expect(err).toBe(
      `${QUESTION}Bought. Name it in the app's file: numbers: ["+14155550100", "+14155550122"]\n`,
    );
    expect(owned('+14155550122')?.voice_url).toBe(`${PUBLIC}/initiations/call/desk#rc=5&rp=ct,5xx`);
    expect((await offhook(['list']))[1]).toContain('left-behind');
    expect(api.violations).toEqual([]);
  });

  it('buys unasked with --yes, in the account of the app', async () => {
    // The Czech price is not known: nobody spends that unasked.
    const mobile = ['buy', '--app', 'bistro', '--country', 'CZ', '--type', 'mobile'];
    expect(await offhook([...mobile, '--yes'])).toEqual([
      1,
      '',
      '+420910880200 (price unknown: none is told for mobile numbers of CZ): nothing is bought unasked. Leave --yes out to be asked.\n',
    ]);
    expect((await offhook(mobile, 'y\n'))[0]).toBe(0);
    expect(api.account(PRAGUE).numbers.map(({ phone_number }) => phone_number)).toContain('+420910880200');
    // The app opts out.
    expect(owned('+420910880200')?.voice_url).toBe('');
    expect((await offhook([...BUY, '--yes']))[0]).toBe(0);
    expect(api.account(accountSid).numbers.map(({ phone_number }) => phone_number)).toContain('+14155550122');
  });

  it('says why the price is not known, where Twilio does not tell it', async () => {
    api.mishaps.push(tooMany('FetchPhoneNumberCountry'));
    const why = '(price unknown: twilio-refused: Twilio refused: Too Many Requests (20429))';
    expect(await offhook(BUY, 'no\n')).toEqual([
      1,
      '',
      `Buy +14155550122 (San Francisco, CA) ${why} for the app desk? [y/N] Nothing was bought.\n`,
    ]);
    expect(purchases()).toBe(0);
  });

  it('that Twilio did not answer is looked for: bought once, or not at all', async () => {
    api.mishaps.push({ kind: 'drops', when: 'before', on: 'CreateIncomingPhoneNumber' });
    expect(await offhook([...BUY, '--yes'])).toEqual([
      1,
      '',
      '+14155550122 (San Francisco, CA) for 1.15 USD a month\nTwilio could not be asked: ECONNRESET.\n',
    ]);
    expect(owned('+14155550122')).toBeUndefined();
    api.mishaps.push({ kind: 'drops', when: 'after', on: 'CreateIncomingPhoneNumber' });
    expect((await offhook([...BUY, '--yes']))[0]).toBe(0);
    expect(owned('+14155550122')?.voice_url).toBe(`${PUBLIC}/initiations/call/desk#rc=5&rp=ct,5xx`);
    expect(purchases()).toBe(2);
  });

  it('that Twilio refuses says so', async () => {
    api.mishaps.push(tooMany('CreateIncomingPhoneNumber'));
    const [code, , err] = await offhook([...BUY, '--yes']);
    expect([code, err.split('\n')[1]]).toEqual([1, 'Twilio refused: Too Many Requests (20429).']);
  });
});
