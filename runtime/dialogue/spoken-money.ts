/** Money as people say it. */
import type { Value } from './protocol.ts';
import { plainSpaces, type Voice } from './spoken-voice.ts';

export interface Money {
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** More than this is not counted to its hundredths. */
const MAX_AMOUNT = 1e12;

/** The money that a value is, or null: an object with an `amount`, a `currency` and nothing else. */
export function moneyOf(value: { readonly [name: string]: Value }): Money | null {
  if (!Object.hasOwn(value, 'amount') || !Object.hasOwn(value, 'currency')) return null;
  const { amount, currency } = value;
  if (typeof amount !== 'number' || typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return null;
  return Object.keys(value).length === 2 ? { amount, currency } : null;
}

/** "20 dollars and 50 cents". */
export function sayMoney({ amount, currency }: Money, voice: Voice): string {
  const exact = voice.currency(currency, false);
  const names = voice.words.hundredths[currency];
  const inHundreds = exact.resolvedOptions().maximumFractionDigits === 2;
  if (!names || !inHundreds || amount < 0 || amount > MAX_AMOUNT) {
    const format = Number.isInteger(amount) ? voice.currency(currency, true) : exact;
    return named(format, amount, currency, voice);
  }
  const hundredths = Math.round(amount * 100);
  const [units, rest] = [Math.floor(hundredths / 100), hundredths % 100];
  const parts: string[] = [];
  if (units > 0 || rest === 0) parts.push(named(voice.currency(currency, true), units, currency, voice));
  if (rest > 0) {
    const name = names[voice.plurals().select(rest)] ?? names.other ?? '';
    parts.push(`${voice.numbers().format(rest)} ${name}`);
  }
  return voice.list(parts);
}

/** Whose money needs no adjective: the "US" of "US dollars" is not said in the United States. */
const HOME: { readonly [region: string]: string } = {
  AR: 'ARS',
  AU: 'AUD',
  CA: 'CAD',
  CH: 'CHF',
  CO: 'COP',
  CZ: 'CZK',
  GB: 'GBP',
  MX: 'MXN',
  NZ: 'NZD',
  US: 'USD',
};

function named(format: Intl.NumberFormat, amount: number, currency: string, voice: Voice): string {
  const atHome = HOME[voice.region] === currency;
  return format
    .formatToParts(amount)
    .map(({ type, value }) => {
      if (type === 'currency') return plainSpaces(atHome ? noun(value, voice.language) : value);
      return type === 'literal' ? plainSpaces(value) : value;
    })
    .join('');
}

/** Of "US dollars", "US-Dollar" and "dollars canadiens" what is counted. */
function noun(name: string, language: string): string {
  const words = name.split(/[\s-]/);
  const at = ['es', 'fr'].includes(language) ? 0 : ['cs', 'de', 'en'].includes(language) ? -1 : null;
  return at === null ? name : (words.at(at) ?? name);
}
