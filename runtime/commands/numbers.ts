/** `offhook numbers`, with Twilio and the store. */
import { createInterface } from 'node:readline';
import { accountsOf } from '../accounts.ts';
import { attachThem, buyThem, detachThem, listNumbers, type BuyOptions } from '../cli/numbers.ts';
import { systemClock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import { twilioClients } from '../line/twilio/client.ts';
import { twilioNumbers } from '../line/twilio/numbers.ts';
import type { LookParts } from '../numbers/look.ts';
import { openFiles } from './files.ts';
import { type Given, type Process, settingsOf } from './given.ts';
import { withStore } from './store.ts';

export const list = (given: Given): Promise<number> =>
  withNumbers(given, (parts) => listNumbers(parts, given.stdout));

export const attach = (given: Given, which: string): Promise<number> =>
  withNumbers(given, (parts) => attachThem(parts, which, given.stdout));

export const detach = (given: Given, which: string): Promise<number> =>
  withNumbers(given, (parts) => detachThem(parts, which, given.stdout));

export const buy = (given: Given, options: BuyOptions): Promise<number> =>
  withNumbers(given, (parts) =>
    buyThem(parts, options, {
      out: given.stdout,
      err: given.stderr,
      ask: (question) => answerTo(question, given),
    }),
  );

/** What a command needs to lead numbers; the running server finds in the store what it has done. */
async function withNumbers(given: Given, work: (parts: LookParts) => Promise<number>): Promise<number> {
  const settings = settingsOf(given);
  const catalog = await openFiles(settings, given.env);
  const accounts = accountsOf(catalog.accounts, settings.twilio);
  if (accounts.size === 0) {
    throw new OffhookError(
      'no-account',
      'There is no Twilio account: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.',
    );
  }
  const { apiUrl } = settings.twilio;
  const clients = twilioClients({ accounts: () => accounts, apiUrl, clock: systemClock });
  return withStore(settings, (store) =>
    work({
      store,
      clock: systemClock,
      apps: () => catalog.list().map(({ facts }) => facts),
      accounts: () => [...accounts.keys()],
      numbering(account) {
        const owner = clients(account);
        return owner && twilioNumbers(owner);
      },
      publicUrl: settings.publicUrl,
    }),
  );
}

/** Null where standard input is at its end. */
async function answerTo(question: string, { stdin, stderr }: Process): Promise<string | null> {
  stderr.write(question);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    for await (const line of lines) return line;
    return null;
  } finally {
    lines.close();
  }
}
