/** What people order done with numbers: led here, led back, bought. */
import { accountNameOf, DEFAULT_ACCOUNT } from '../accounts.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { NumberForSale, Numbering, NumberPrice, NumberWanted, OwnedNumber } from '../line/numbering.ts';
import type { KeptNumber } from '../store/numbers.ts';
import { attach, giveBack } from './leading.ts';
import { inOrder, lookAtNumbers, type LookParts, type NumbersOfApp } from './look.ts';
import { appWebhook, type NumberState } from './states.ts';

/** So many numbers are looked at, to find one that needs no address. */
const OFFERS = 20;

/**
 * Leads a number, or all numbers of an app, to the app, whoever has led them elsewhere. Gives how it stands with each.
 * @throws OffhookError `no-public-url`, `unknown-key`, `unknown-number`, `no-number`, `store-failed`.
 */
export async function attachNumbers(parts: LookParts, which: string): Promise<NumberState[]> {
  if (parts.publicUrl === null) {
    throw new OffhookError('no-public-url', 'Set PUBLIC_URL: the phone network would not find the server.');
  }
  const app = isPhone(which)
    ? parts.apps().find(({ numbers }) => numbers.includes(which))
    : parts.apps().find(({ id }) => id === idOf(which));
  if (!app) {
    throw isPhone(which)
      ? new OffhookError('unknown-number', `No app has ${which}: name it in \`numbers\` of an app first.`)
      : new OffhookError('unknown-key', `There is no app "${which}".`);
  }
  if (app.numbers.length === 0) {
    throw new OffhookError('no-number', `The app "${app.id}" has no \`numbers\`.`);
  }
  const numbers = isPhone(which) ? [which] : app.numbers;
  const theirs = { ...parts, apps: () => [{ ...app, numbers }], accounts: () => [] };
  const states = await lookAtNumbers(theirs, (one) => (one ? 'take' : 'look'));
  return states.filter(({ number }) => numbers.includes(number));
}

/**
 * Leads a number, or all numbers of an app, back to where they led before. Those that lead elsewhere already are left
 * alone. Gives how it stands with each.
 * @throws OffhookError `unknown-number` where nothing is remembered of it, `store-failed`.
 */
export async function detachNumbers(parts: LookParts, which: string): Promise<NumberState[]> {
  const kept = (await parts.store.numbers.list()).filter(
    ({ phone, app }) => phone === which || app === idOf(which),
  );
  if (kept.length === 0) {
    const whose = isPhone(which) ? which : `the app "${which}"`;
    throw new OffhookError(
      'unknown-number',
      `Nothing of ${whose} was led here: there is nothing to give back.`,
    );
  }
  const states: NumberState[] = [];
  for (const number of kept) states.push(await detach(parts, number));
  return inOrder(states);
}

async function detach(parts: LookParts, kept: KeptNumber): Promise<NumberState> {
  const { phone: number, app, accountSid } = kept;
  const known = [...new Set([...parts.accounts(), DEFAULT_ACCOUNT])];
  const account = known.find((name) => parts.numbering(name)?.accountSid === accountSid);
  const told = { number, app, account: account ?? accountSid, leadsTo: null };
  if (account === undefined) {
    const problem = `The credentials of the account ${accountSid} are not at hand.`;
    return { ...told, state: 'no-account', problem };
  }
  const numbering = parts.numbering(account)!;
  let found: OwnedNumber | null;
  try {
    found = await numbering.find(number);
  } catch (thrown) {
    return { ...told, state: 'unknown', problem: messageOf(thrown) };
  }
  if (!found) {
    await parts.store.numbers.replace({ ...kept, stage: 'detached', since: parts.clock.now() });
    const problem = `The account \`${account}\` does not have this number any more.`;
    return { ...told, state: 'not-in-account', problem };
  }
  return { ...told, ...(await giveBack(parts, numbering, found, kept)) };
}

export interface Offer {
  number: NumberForSale;
  /** What it costs, or why that is not known. */
  price: NumberPrice | { unknown: string };
  app: NumbersOfApp;
  numbering: Numbering;
}

/**
 * Finds a number for an app, and what it costs. Spends nothing.
 * @throws OffhookError `unknown-key`, `no-account`, `nothing-for-sale`, `twilio-refused`.
 */
export async function findOffer(parts: LookParts, key: string, wanted: NumberWanted): Promise<Offer> {
  const app = parts.apps().find(({ id }) => id === idOf(key));
  if (!app) throw new OffhookError('unknown-key', `There is no app "${key}".`);
  const account = accountNameOf(app);
  const numbering = parts.numbering(account);
  if (!numbering) {
    throw new OffhookError('no-account', `The credentials of the account \`${account}\` are not at hand.`);
  }
  const [numbers, price] = await Promise.all([numbering.forSale(wanted, OFFERS), priceOf(numbering, wanted)]);
  const number = numbers[0];
  const where = `${wanted.country}${wanted.area === null ? '' : ` that begins with ${wanted.area}`}`;
  if (!number) {
    throw new OffhookError('nothing-for-sale', `There is no ${wanted.type} number for calls in ${where}.`);
  }
  if (number.needsAddress) {
    throw new OffhookError(
      'nothing-for-sale',
      `Every ${wanted.type} number in ${where} is sold with an address alone: buy it in Twilio's Console.`,
    );
  }
  return { number, price, app, numbering };
}

/** Without it nothing is bought unasked; the number can be shown all the same. */
async function priceOf(numbering: Numbering, wanted: NumberWanted): Promise<Offer['price']> {
  try {
    const price = await numbering.price(wanted);
    return price ?? { unknown: `none is told for ${wanted.type} numbers of ${wanted.country}` };
  } catch (thrown) {
    const code = thrown instanceof OffhookError ? thrown.code : 'error';
    return { unknown: `${code}: ${messageOf(thrown)}` };
  }
}

/**
 * Buys the number, and leads it to the app where the server can be reached and the app does not opt out. A purchase
 * that was not answered is looked for before it is called a failure.
 * @throws OffhookError `twilio-refused`, `store-failed`.
 */
export async function buyNumber(parts: LookParts, { number, app, numbering }: Offer): Promise<NumberState> {
  const found = await bought(numbering, number.phone);
  const told = { number: found.phone, app: app.id, account: accountNameOf(app) };
  if (parts.publicUrl === null || !app.attach) {
    return { ...told, state: 'not-attached', leadsTo: null, problem: null };
  }
  const kept = await parts.store.numbers.find(found.phone);
  const order = { app: app.id, url: appWebhook(parts.publicUrl, app.id), found, before: found.leading, kept };
  return { ...told, ...(await attach(parts, numbering, order)) };
}

async function bought(numbering: Numbering, phone: string): Promise<OwnedNumber> {
  try {
    return await numbering.buy(phone);
  } catch (thrown) {
    const isUnanswered = thrown instanceof OffhookError && thrown.detail?.twilioStatus === null;
    const found = isUnanswered ? await numbering.find(phone) : null;
    if (!found) throw thrown;
    return found;
  }
}

function isPhone(which: string): boolean {
  return which.startsWith('+');
}

function idOf(key: string): string {
  return key.startsWith(':') ? key.slice(1) : key;
}
