/** The phone numbers of the apps and of their accounts, for reading in a terminal; led here, led back, bought. */
import { isSupportedCountry } from 'libphonenumber-js/min';
import { OffhookError } from '../errors.ts';
import type { NumberType, NumberWanted } from '../line/numbering.ts';
import { attachNumbers, buyNumber, detachNumbers, findOffer } from '../numbers/desk.ts';
import { lookAtNumbers, type LookParts } from '../numbers/look.ts';
import type { NumberState } from '../numbers/states.ts';
import { table } from './table.ts';

interface Out {
  write(text: string): unknown;
}

export interface BuyOptions {
  country: string;
  area?: string;
  type: NumberType;
  app: string;
  yes?: true;
}

/** Prints every number of the apps and of the accounts. 1 where an app's number does not lead to it as it should. */
export async function listNumbers(parts: LookParts, out: Out): Promise<number> {
  const states = await lookAtNumbers(parts, () => 'look');
  if (states.length === 0) out.write('There are no numbers.\n');
  else print(states, out);
  const optedOut = new Set(parts.apps().flatMap((app) => (app.attach ? [] : app.numbers)));
  const isFine = ({ number, state }: NumberState): boolean =>
    ['attached', 'detached', 'unclaimed'].includes(state) ||
    (state === 'not-attached' && (optedOut.has(number) || parts.publicUrl === null));
  return states.every(isFine) ? 0 : 1;
}

/** Leads numbers to their app. 1 where one does not lead there. */
export async function attachThem(parts: LookParts, which: string, out: Out): Promise<number> {
  const states = await attachNumbers(parts, which);
  print(states, out);
  return states.every(({ state }) => state === 'attached') ? 0 : 1;
}

/** Leads numbers back. 1 where that could not be done. */
export async function detachThem(parts: LookParts, which: string, out: Out): Promise<number> {
  const states = await detachNumbers(parts, which);
  print(states, out);
  return states.every(({ state }) => state === 'detached' || state === 'not-in-account') ? 0 : 1;
}

interface BuyIo {
  out: Out;
  err: Out;
  /** The answer to a question; null: nobody is there to answer. */
  ask(question: string): Promise<string | null>;
}

/**
 * Shows a number with its price, asks, and buys it. 1 where it was not bought.
 * @throws OffhookError `bad-setting`, and as `findOffer` and `buyNumber`.
 */
export async function buyThem(parts: LookParts, options: BuyOptions, io: BuyIo): Promise<number> {
  const offer = await findOffer(parts, options.app, wantedOf(options));
  const { number, price, app } = offer;
  const isPriced = !('unknown' in price);
  const cost = isPriced
    ? `for ${price.amount} ${price.currency} a month`
    : `(price unknown: ${price.unknown.replace(/\.$/, '')})`;
  const what = `${number.phone}${number.place === null ? '' : ` (${number.place})`} ${cost}`;
  if (options.yes) {
    if (!isPriced) {
      throw new OffhookError('no-price', `${what}: nothing is bought unasked. Leave --yes out to be asked.`);
    }
    io.err.write(`${what}\n`);
  } else {
    const answer = await io.ask(`Buy ${what} for the app ${app.id}? [y/N] `);
    if (!/^\s*y(es)?\s*$/i.test(answer ?? '')) {
      io.err.write(answer === null ? 'Nobody answered: nothing was bought.\n' : 'Nothing was bought.\n');
      return 1;
    }
  }
  const state = await buyNumber(parts, offer);
  print([state], io.out);
  if (!app.numbers.includes(state.number)) {
    io.err.write(
      `Bought. Name it in the app's file: numbers: ["${[...app.numbers, state.number].join('", "')}"]\n`,
    );
  }
  return 0;
}

function wantedOf({ country: written, area, type }: BuyOptions): NumberWanted {
  const country = written.toUpperCase();
  if (!isSupportedCountry(country)) {
    throw new OffhookError(
      'bad-setting',
      `--country is "${written}", but should be two letters, such as US.`,
    );
  }
  if (area !== undefined && !/^\d{1,8}$/.test(area)) {
    throw new OffhookError('bad-setting', `--area is "${area}", but should be digits, such as 415.`);
  }
  return { country, type, area: area ?? null };
}

function print(states: readonly NumberState[], out: Out): void {
  const rows = states.map(({ number, app, account, state, leadsTo, problem }) => [
    number,
    app ?? '-',
    account,
    state,
    `${leadsTo ?? '-'}${problem === null ? '' : `  ${problem}`}`,
  ]);
  out.write(table([['NUMBER', 'APP', 'ACCOUNT', 'STATE', 'LEADS TO'], ...rows]));
}
