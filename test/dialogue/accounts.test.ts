import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { accountOf, accountsOf, takesCallsOf, tokensOf } from '../../runtime/accounts.ts';
import type { Config } from '../../runtime/config.ts';
import { readAccounts } from '../../runtime/dialogue/accounts.ts';
import { loadFolder } from '../../runtime/dialogue/load.ts';
import { formatProblem } from '../../runtime/dialogue/problem.ts';

const SHOP_SID = `AC${'1'.repeat(32)}`;
const MAIN_SID = `AC${'2'.repeat(32)}`;
const ENV = { SHOP_SID, SHOP_TOKEN: 'shop-token', MAIN_SID, MAIN_TOKEN: 'main-token', WRONG_SID: 'SK12' };
const SHOP = 'shop: {sid: "${SHOP_SID}", token: "${SHOP_TOKEN}"}\n';

const VARIABLES: Config['twilio'] = {
  accountSid: MAIN_SID,
  authToken: 'variable-token',
  region: null,
  edge: null,
  apiUrl: null,
};

const said = (text: string): string[] =>
  readAccounts('accounts.yaml', text, ENV).problems.map((one) => formatProblem(one).split('\n')[0]!);

describe('accounts.yaml', () => {
  it('declares accounts with the values of the environment', () => {
    const { accounts, names, problems } = readAccounts(
      'accounts.yaml',
      `${SHOP}dublin: {sid: ${MAIN_SID}, token: "\${MAIN_TOKEN}", region: ie1, edge: dublin, cps: 0.5, limits: {calls: 20}}\n`,
      ENV,
    );
    expect([problems, names]).toEqual([[], ['shop', 'dublin']]);
    expect([...accounts]).toEqual([
      [
        'shop',
        {
          credentials: { sid: SHOP_SID, token: 'shop-token' },
          region: null,
          edge: null,
          cps: 1,
          maxCalls: null,
        },
      ],
      [
        'dublin',
        {
          credentials: { sid: MAIN_SID, token: 'main-token' },
          region: 'ie1',
          edge: 'dublin',
          cps: 0.5,
          maxCalls: 20,
        },
      ],
    ]);
  });

  it('declares an account without credentials where the environment has none, and warns', () => {
    const { accounts, problems } = readAccounts('accounts.yaml', SHOP, {});
    expect(accounts.get('shop')?.credentials).toBeNull();
    expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'The environment has no `SHOP_SID`.'],
      ['warning', 'The environment has no `SHOP_TOKEN`.'],
    ]);
  });

  it('has every mistake told with its place, and shows no token', () => {
    const secret = '0123456789abcdef0123456789abcdef';
    const text = [
      `shop: {sid: "\${WRONG_SID}", token: ${secret}}`,
      `north: {sid: "\${SHOP_SID}", token: "\${SHOP_TOKEN}x", edge: dublin}`,
      'south: {sid: "${SHOP_SID}", token: "${SHOP_TOKEN}", cps: fast, limits: {call: 1}}',
      '',
    ].join('\n');
    expect(said(text)).toEqual([
      'accounts.yaml:3:58 error `cps` is "fast", but should be a number of calls a second, such as 1 or 5.',
      'accounts.yaml:3:73 error Unknown key `call`; did you mean `calls`?',
      'accounts.yaml:1:36 error `token` of the account `shop` stands in the file: put it into the environment and write ${NAME} here.',
      'accounts.yaml:2:36 error `token` of the account `north` stands in the file: put it into the environment and write ${NAME} here.',
      'accounts.yaml:1:13 error ${WRONG_SID} should be AC and 32 hexadecimal digits, the SID of an account.',
      'accounts.yaml:2:54 error `edge` needs `region` beside it: Twilio is reached by both together, such as ie1 and dublin.',
    ]);
    expect(said(text).join()).not.toContain(secret.slice(0, 8));
    expect(readAccounts('accounts.yaml', text, ENV).accounts.size).toBe(0);
  });

  it('does not show a token that YAML takes for a number', () => {
    const text = 'shop: {sid: "${SHOP_SID}", token: 12345678}\n';
    expect(said(text)).toEqual([
      'accounts.yaml:1:35 error `token` of the account `shop` stands in the file: put it into the environment and write ${NAME} here.',
    ]);
  });
});

describe('an app that names an account', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  async function load(files: Record<string, string>) {
    const folder = await mkdtemp(join(tmpdir(), 'offhook-accounts-'));
    folders.push(folder);
    for (const [name, text] of Object.entries({
      'a.dialogue.yaml': 'inbound: {hangup: "Bye."}\n',
      ...files,
    })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const loaded = await loadFolder(folder, ENV);
    return { ...loaded, said: loaded.problems.map(({ code, message }) => `${code}: ${message}`) };
  }

  it('has it in its facts, and none where it names none', async () => {
    const { apps, said: problems } = await load({
      'accounts.yaml': SHOP,
      'a.app.yaml': 'public: true\naccount: shop\n',
      'b.app.yaml': 'public: true\naccount: default\ndialogue: a\n',
      'c.app.yaml': 'public: true\ndialogue: a\n',
    });
    expect(problems).toEqual([]);
    expect(apps.map(({ facts }) => facts.account)).toEqual(['shop', 'default', null]);
  });

  it('is told the nearest one where there is none of the name', async () => {
    const files = { 'a.app.yaml': 'public: true\naccount: shpo\n' };
    expect((await load({ ...files, 'accounts.yaml': SHOP })).said).toEqual([
      'unknown-account: There is no account `shpo` in accounts.yaml; did you mean `shop`?',
    ]);
    expect((await load(files)).said).toEqual([
      'unknown-account: There is no account `shpo` in accounts.yaml.',
    ]);
  });

  it('is not blamed where the accounts cannot be read', async () => {
    const { said: problems } = await load({
      'accounts.yaml': 'shop: {\n',
      'a.app.yaml': 'public: true\naccount: shop\n',
    });
    expect(problems.map((one) => one.split(':')[0])).toEqual(['bad-yaml']);
  });

  it('reads one accounts.yaml alone', async () => {
    const { said: problems, accounts } = await load({
      'a.app.yaml': 'public: true\n',
      'accounts.yaml': SHOP,
      'more/accounts.yaml': SHOP,
    });
    expect(problems).toEqual([
      expect.stringMatching(/^duplicate-id: The accounts are already there, in .*accounts\.yaml\.$/),
    ]);
    expect(accounts.has('shop')).toBe(true);
  });
});

describe('the accounts at hand', () => {
  const declared = readAccounts('accounts.yaml', SHOP, ENV).accounts;

  it('are those of the file and the one of the variables, which the file may replace', () => {
    const both = accountsOf(declared, VARIABLES);
    expect([...both.keys()]).toEqual(['default', 'shop']);
    expect(accountOf(both, null)).toMatchObject({
      name: 'default',
      sid: MAIN_SID,
      token: 'variable-token',
      cps: 1,
    });
    expect(accountOf(both, 'shop')).toMatchObject({ name: 'shop', sid: SHOP_SID, token: 'shop-token' });
    expect(accountOf(both, 'lost')).toBeNull();
    const text = 'default: {sid: "${MAIN_SID}", token: "${MAIN_TOKEN}", cps: 7}\n';
    const replaced = accountsOf(readAccounts('accounts.yaml', text, ENV).accounts, VARIABLES);
    expect(accountOf(replaced, null)).toMatchObject({ token: 'main-token', cps: 7 });
    expect(accountsOf(readAccounts('accounts.yaml', text, {}).accounts, VARIABLES).size).toBe(0);
  });

  it('sign with their tokens; a token without an account is that of any', () => {
    const tokens = (variables: Config['twilio']): unknown =>
      tokensOf(accountsOf(declared, variables), variables).map(({ sid, token }) => [sid, token]);
    expect(tokens(VARIABLES)).toEqual([
      [MAIN_SID, 'variable-token'],
      [SHOP_SID, 'shop-token'],
    ]);
    expect(tokens({ ...VARIABLES, accountSid: null })).toEqual([
      [SHOP_SID, 'shop-token'],
      [null, 'variable-token'],
    ]);
    expect(tokensOf(new Map(), { ...VARIABLES, accountSid: null, authToken: null })).toEqual([]);
  });

  it.each([
    ['shop', SHOP_SID, true],
    ['shop', MAIN_SID, false],
    ['shop', null, false],
    ['default', MAIN_SID, true],
    ['default', SHOP_SID, false],
    [null, SHOP_SID, true],
    [null, null, true],
    // Its credentials are not at hand: all that is known is that the call is of no other account.
    ['lost', SHOP_SID, false],
    ['lost', `AC${'3'.repeat(32)}`, true],
  ])('let an app of %s have a call of %s: %s', (account, sid, may) => {
    expect(takesCallsOf(accountsOf(declared, VARIABLES), { account }, sid)).toBe(may);
  });
});
