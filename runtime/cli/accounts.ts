/** The Twilio accounts at hand, and making one. */
import type { Account, Accounts } from '../accounts.ts';
import type { DeclaredAccounts } from '../dialogue/accounts.ts';
import { OffhookError } from '../errors.ts';

interface Out {
  write(text: string): unknown;
}

export interface ListedAccounts {
  /** Those whose credentials are at hand. */
  accounts: Accounts;
  /** What accounts.yaml says. */
  declared: DeclaredAccounts;
  apps: readonly { id: string; account: string | null }[];
}

/** Prints a table of the accounts by their names, and which apps are whose. No token is in it. */
export function listAccounts({ accounts, declared, apps }: ListedAccounts, out: Out): number {
  const names = [...new Set([...accounts.keys(), ...declared.keys()])].toSorted();
  if (names.length === 0) {
    out.write(
      'There are no accounts: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or write accounts.yaml.\n',
    );
    return 0;
  }
  const rows = names.map((name) => {
    const account = accounts.get(name);
    const how = account ?? declared.get(name);
    const own = apps.filter((app) => (app.account ?? 'default') === name).map(({ id }) => id);
    return [
      name,
      account?.sid ?? 'not in the environment',
      how?.region ? `${how.region}/${how.edge}` : '-',
      String(how?.cps ?? '-'),
      how?.maxCalls == null ? '-' : String(how.maxCalls),
      own.join(' ') || '-',
    ];
  });
  const cells = [['NAME', 'SID', 'REGION', 'CPS', 'CALLS', 'APPS'], ...rows];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  for (const row of cells) {
    out.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
  return 0;
}

export interface NewAccount {
  name: string;
  /** The account that it is made under. */
  parent: Account;
  /** Names that accounts.yaml has already. */
  taken: ReadonlySet<string>;
  /** The SID of a subaccount of this name at Twilio; null: there is none. */
  named(name: string): Promise<string | null>;
  make(name: string): Promise<{ sid: string; token: string }>;
}

/**
 * Makes a subaccount and prints what has to be written down: its entry in accounts.yaml, and the lines of the
 * environment, with the token that Twilio tells. Gives the exit code.
 * @throws OffhookError `bad-name`, `account-exists`, `twilio-refused`.
 */
export async function createAccount(
  { name, parent, taken, named, make }: NewAccount,
  out: Out,
): Promise<number> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    const message = `"${name}" cannot be the name of an account: use small letters, digits and hyphens, such as north-shop.`;
    throw new OffhookError('bad-name', message);
  }
  if (taken.has(name))
    throw new OffhookError('account-exists', `The account "${name}" is in accounts.yaml already.`);
  const there = await named(name);
  if (there !== null) {
    const message = `Twilio has a subaccount "${name}" already, ${there}: its token is in the Console.`;
    throw new OffhookError('account-exists', message);
  }
  const { sid, token } = await make(name);
  const prefix = `${/^\d/.test(name) ? 'ACCOUNT_' : ''}${name.toUpperCase().replaceAll('-', '_')}_TWILIO`;
  const { region, edge } = parent;
  const place = region !== null && edge !== null ? `, region: ${region}, edge: ${edge}` : '';
  out.write(
    [
      '# In accounts.yaml, in the dialogues folder:',
      `${name}: {sid: "\${${prefix}_ACCOUNT_SID}", token: "\${${prefix}_AUTH_TOKEN}"${place}}`,
      '# In the environment, such as .env; the token is a secret:',
      `${prefix}_ACCOUNT_SID=${sid}`,
      `${prefix}_AUTH_TOKEN=${token}`,
      '',
    ].join('\n'),
  );
  return 0;
}
