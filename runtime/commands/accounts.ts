/** `offhook accounts`, with Twilio. */
import { accountsOf } from '../accounts.ts';
import { createAccount, listAccounts } from '../cli/accounts.ts';
import { systemClock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import { twilioClient } from '../line/twilio/client.ts';
import { subaccounts } from '../line/twilio/subaccounts.ts';
import { openFiles } from './files.ts';
import { type Given, settingsOf } from './given.ts';

export async function list(given: Given): Promise<number> {
  const settings = settingsOf(given);
  const catalog = await openFiles(settings, given.env);
  const { accounts: declared } = catalog;
  const apps = catalog.list().map(({ facts }) => facts);
  return listAccounts({ accounts: accountsOf(declared, settings.twilio), declared, apps }, given.stdout);
}

export async function create(
  given: Given,
  name: string,
  { parent: parentName = 'default' }: { parent?: string },
): Promise<number> {
  const settings = settingsOf(given);
  const catalog = await openFiles(settings, given.env);
  const accounts = accountsOf(catalog.accounts, settings.twilio);
  const parent = accounts.get(parentName);
  if (!parent) {
    const message =
      parentName === 'default'
        ? 'No Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed to make a subaccount.'
        : `There is no account "${parentName}" with credentials at hand.`;
    throw new OffhookError('no-account', message);
  }
  const client = twilioClient(parent, { apiUrl: settings.twilio.apiUrl, clock: systemClock });
  const taken = new Set([...catalog.accounts.keys(), ...accounts.keys(), 'default']);
  return createAccount({ name, parent, taken, ...subaccounts(client) }, given.stdout);
}
