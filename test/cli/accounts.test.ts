import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsOf, type Accounts } from '../../runtime/accounts.ts';
import { createAccount, listAccounts } from '../../runtime/cli/accounts.ts';
import type { DeclaredAccounts } from '../../runtime/dialogue/accounts.ts';
import { twilioClient } from '../../runtime/line/twilio/client.ts';
import { subaccounts } from '../../runtime/line/twilio/subaccounts.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeAccountSid, TwilioApi } from '../support/twilio-api.ts';

const MAIN = makeAccountSid();
const SHOP = makeAccountSid();
const VARIABLES = { accountSid: MAIN, authToken: 'main-token', region: null, edge: null, apiUrl: null };
const account = { region: null, edge: null, cps: 1, maxCalls: null };
const DECLARED: DeclaredAccounts = new Map([
  ['shop', { ...account, credentials: { sid: SHOP, token: 'shop-token' }, cps: 5, maxCalls: 20 }],
  ['later', { ...account, credentials: null, region: 'ie1', edge: 'dublin' }],
]);

let text: string;
const out = { write: (more: string) => (text += more) };
beforeEach(() => void (text = ''));

describe('offhook accounts', () => {
  it('prints who is at hand, and whose each app is, and no token', () => {
    const apps = [
      { id: 'bistro', account: null },
      { id: 'menu', account: 'default' },
      { id: 'till', account: 'shop' },
    ];
    const accounts = accountsOf(DECLARED, VARIABLES);
    expect(listAccounts({ accounts, declared: DECLARED, apps }, out)).toBe(0);
    expect(text.split('\n')).toEqual([
      'NAME     SID                                 REGION      CPS  CALLS  APPS',
      `default  ${MAIN}  -           1    -      bistro menu`,
      'later    not in the environment              ie1/dublin  1    -      -',
      `shop     ${SHOP}  -           5    20     till`,
      '',
    ]);
  });

  it('says so where there are none', () => {
    listAccounts({ accounts: new Map(), declared: new Map(), apps: [] }, out);
    expect(text).toBe(
      'There are no accounts: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or write accounts.yaml.\n',
    );
  });
});

describe('offhook accounts create', () => {
  const clock = new FakeClock();
  const accounts: Accounts = accountsOf(DECLARED, VARIABLES);
  let api: TwilioApi;

  beforeEach(async () => {
    api = await TwilioApi.start({
      accountSid: MAIN,
      authToken: 'main-token',
      accounts: [{ sid: SHOP, authToken: 'shop-token', ownerSid: MAIN, friendlyName: 'shop' }],
      clock,
      publicUrl: null,
      serverUrl: '',
    });
  });
  afterEach(async () => {
    await api.close();
    expect(api.violations).toEqual([]);
  });

  const create = (name: string, parent = accounts.get('default')!): Promise<number> => {
    const client = twilioClient(parent, { apiUrl: api.url, clock });
    return createAccount({ name, parent, taken: new Set(['default', 'till']), ...subaccounts(client) }, out);
  };

  it('makes a subaccount, and prints its entry and the lines of the environment', async () => {
    expect(await create('north-shop')).toBe(0);
    const made = api.accounts.at(-1)!;
    expect([made.friendlyName, made.ownerSid]).toEqual(['north-shop', MAIN]);
    expect(text.split('\n')).toEqual([
      '# In accounts.yaml, in the dialogues folder:',
      'north-shop: {sid: "${NORTH_SHOP_TWILIO_ACCOUNT_SID}", token: "${NORTH_SHOP_TWILIO_AUTH_TOKEN}"}',
      '# In the environment, such as .env; the token is a secret:',
      `NORTH_SHOP_TWILIO_ACCOUNT_SID=${made.sid}`,
      `NORTH_SHOP_TWILIO_AUTH_TOKEN=${made.authToken}`,
      '',
    ]);
  });

  it('keeps the region of the account that it is made under', async () => {
    await create('9-lives', { ...accounts.get('default')!, region: 'ie1', edge: 'dublin' });
    expect(text).toContain(
      '9-lives: {sid: "${ACCOUNT_9_LIVES_TWILIO_ACCOUNT_SID}", token: "${ACCOUNT_9_LIVES_TWILIO_AUTH_TOKEN}", region: ie1, edge: dublin}',
    );
  });

  it.each([
    ['till', 'account-exists', 'The account "till" is in accounts.yaml already.'],
    [
      'shop',
      'account-exists',
      `Twilio has a subaccount "shop" already, ${SHOP}: its token is in the Console.`,
    ],
    [
      'North Shop',
      'bad-name',
      '"North Shop" cannot be the name of an account: use small letters, digits and hyphens, such as north-shop.',
    ],
  ])('makes none called %s', async (name, code, message) => {
    await expect(create(name)).rejects.toMatchObject({ code, message });
    expect([api.accounts.length, text]).toEqual([2, '']);
  });

  it('says what Twilio refuses, as under a subaccount', async () => {
    await expect(create('deeper', accounts.get('shop'))).rejects.toMatchObject({
      code: 'twilio-refused',
      message: 'Twilio refused: A subaccount has no subaccounts (20403).',
    });
    api.mishaps.push({
      kind: 'refuses',
      status: 401,
      code: 20003,
      message: 'Authenticate',
      on: 'CreateAccount',
    });
    await expect(create('north')).rejects.toMatchObject({ message: 'Twilio refused: Authenticate (20003).' });
    expect(text).toBe('');
  });
});
