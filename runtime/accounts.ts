/** The Twilio accounts that calls are carried with: those of accounts.yaml, and the one of TWILIO_* variables. */
import type { Config } from './config.ts';
import { DEFAULT_ACCOUNT, USUAL_CPS, type DeclaredAccounts } from './dialogue/accounts.ts';

export { DEFAULT_ACCOUNT } from './dialogue/accounts.ts';

export interface Account {
  /** As apps give it in `account`. */
  name: string;
  sid: string;
  /** The auth token. Never logged. */
  token: string;
  /** Both or neither. */
  region: string | null;
  edge: string | null;
  /** How many calls a second may be placed with it. */
  cps: number;
  /** How many calls of all its apps may run at the same time; null: any number. */
  maxCalls: number | null;
}

/** By name. */
export type Accounts = ReadonlyMap<string, Account>;

/** The accounts whose credentials are at hand. A `default` of accounts.yaml stands in the place of the variables. */
export function accountsOf(declared: DeclaredAccounts, variables: Config['twilio']): Accounts {
  const accounts = new Map<string, Account>();
  const { accountSid, authToken, region, edge } = variables;
  if (accountSid !== null && authToken !== null && !declared.has(DEFAULT_ACCOUNT)) {
    const name = DEFAULT_ACCOUNT;
    accounts.set(name, {
      name,
      sid: accountSid,
      token: authToken,
      region,
      edge,
      cps: USUAL_CPS,
      maxCalls: null,
    });
  }
  for (const [name, { credentials, ...how }] of declared) {
    if (credentials) accounts.set(name, { name, ...credentials, ...how });
  }
  return accounts;
}

/**
 * Whose lines a call of the app takes: those of its own account, else of the one that carries it (`sid`), else of the
 * default one.
 */
export function lineAccountOf(
  accounts: Accounts,
  { account }: { account: string | null },
  sid: string | null,
): Pick<Account, 'name' | 'maxCalls'> {
  const carrier = account === null && sid !== null && [...accounts.values()].find((one) => one.sid === sid);
  const name = accountNameOf({ account });
  return carrier || { name, maxCalls: accounts.get(name)?.maxCalls ?? null };
}

/** What the account of an app is called: as the app names it, else the default one. */
export function accountNameOf({ account }: { account: string | null }): string {
  return account ?? DEFAULT_ACCOUNT;
}

/** The account of an app: the one it names, or the default one. Null where its credentials are not at hand. */
export function accountOf(accounts: Accounts, name: string | null): Account | null {
  return accounts.get(accountNameOf({ account: name })) ?? null;
}

/**
 * Whether a call of this Twilio account (its SID) may be given to an app: one that names an account takes the calls of
 * that one alone. Where its credentials are not at hand, those that are of no other account.
 */
export function takesCallsOf(
  accounts: Accounts,
  { account }: { account: string | null },
  sid: string | null,
): boolean {
  if (account === null) return true;
  const own = accounts.get(account);
  if (own) return own.sid === sid;
  return ![...accounts.values()].some((other) => other.sid === sid);
}

/**
 * The auth tokens that requests of the phone network are signed with, and whose each is; null: that of whichever
 * account has it, where the variables name a token and no account.
 */
export function tokensOf(
  accounts: Accounts,
  { accountSid, authToken }: Config['twilio'],
): readonly { sid: string | null; token: string }[] {
  const tokens: { sid: string | null; token: string }[] = [...accounts.values()];
  return accountSid === null && authToken !== null ? [...tokens, { sid: null, token: authToken }] : tokens;
}
