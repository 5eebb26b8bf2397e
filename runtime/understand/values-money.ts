/** Sums of money: "twenty dollars fifty", "12.50 euros", "a hundred bucks". */
import type { ValueLanguage } from './values-language.ts';
import type { Coin } from './values-lexicon.ts';
import { cardinalAt, numberAt } from './values-numbers.ts';
import type { Token } from './values-tokens.ts';

export interface Sum {
  amount: number;
  currency: string;
  to: number;
}

const SYMBOLS: { readonly [symbol: string]: Coin } = { $: 'dollar', '€': 'EUR', '£': 'GBP', '¥': 'JPY' };
const CODES = /^(?:usd|eur|gbp|czk|chf|cad|aud|pln|jpy|mxn)$/;
const EURO = 'AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK';

const OF_REGION: ReadonlyMap<string, string> = new Map([
  ...EURO.split(' ').map((region) => [region, 'EUR'] as const),
  ['US', 'USD'],
  ['EC', 'USD'],
  ['PR', 'USD'],
  ['SV', 'USD'],
  ['CA', 'CAD'],
  ['AU', 'AUD'],
  ['NZ', 'NZD'],
  ['SG', 'SGD'],
  ['HK', 'HKD'],
  ['GB', 'GBP'],
  ['CZ', 'CZK'],
  ['SE', 'SEK'],
  ['NO', 'NOK'],
  ['DK', 'DKK'],
  ['CH', 'CHF'],
  ['LI', 'CHF'],
  ['PL', 'PLN'],
  ['HU', 'HUF'],
  ['RO', 'RON'],
  ['MX', 'MXN'],
  ['AR', 'ARS'],
  ['CL', 'CLP'],
  ['CO', 'COP'],
  ['UY', 'UYU'],
  ['DO', 'DOP'],
  ['CU', 'CUP'],
  ['PE', 'PEN'],
  ['BR', 'BRL'],
  ['JP', 'JPY'],
  ['IN', 'INR'],
  ['ZA', 'ZAR'],
]);

/** What is paid with in a country; US dollars where it is not known. */
export const currencyOf = (region: string): string => OF_REGION.get(region) ?? 'USD';

const USUAL: { readonly [coin: string]: readonly [currency: string, others: RegExp] } = {
  dollar: ['USD', /^(?:CAD|AUD|NZD|SGD|HKD)$/],
  crown: ['CZK', /^(?:SEK|NOK|DKK)$/],
  peso: ['MXN', /^(?:ARS|CLP|COP|UYU|DOP|CUP)$/],
  franc: ['CHF', /^$/],
};

/** Many countries have dollars, crowns and pesos of their own. */
function currencyFor(coin: Coin, region: string): string {
  const usual = USUAL[coin];
  if (usual === undefined) return coin;
  const own = currencyOf(region);
  return usual[1].test(own) ? own : usual[0];
}

/** A sum with its currency that begins at a token, or null. */
export function moneyAt(
  tokens: readonly Token[],
  at: number,
  language: ValueLanguage,
  region: string,
): Sum | null {
  const symbol = SYMBOLS[tokens[at]?.word ?? ''];
  const before = numberAt(tokens, symbol === undefined ? at : at + 1, language);
  if (before === null || before.value < 0) return null;
  const { cents } = language.money;
  if (symbol === undefined && cents.has(tokens[before.to]?.word ?? '')) {
    return sum(before.value / 100, centsOf(region), before.to + 1);
  }
  const coin = symbol === undefined ? coinAt(tokens, before.to, language) : { value: symbol, to: before.to };
  if (coin === null) return null;
  const currency = currencyFor(coin.value, region);
  // "twenty dollars fifty", "twenty dollars and fifty cents"
  const joined = language.money.and.has(tokens[coin.to]?.word ?? '') ? 1 : 0;
  const more = Number.isInteger(before.value) ? cardinalAt(tokens, coin.to + joined, language) : null;
  if (more === null || more.article || more.value >= 100 || !Number.isInteger(more.value))
    return sum(before.value, currency, coin.to);
  const named = cents.has(tokens[more.to]?.word ?? '');
  const alone = more.value >= 5 && !isThing(tokens, more.to, language);
  if (!named && !alone) return sum(before.value, currency, coin.to);
  return sum(before.value + more.value / 100, currency, named ? more.to + 1 : more.to);
}

/** "nineteen ninety nine", where a price is asked for: with no currency said it is that of the country. */
export function priceAt(
  tokens: readonly Token[],
  at: number,
  language: ValueLanguage,
  region: string,
): Sum | null {
  const whole = cardinalAt(tokens, at, language);
  if (whole === null || whole.article || tokens[at]?.kind !== 'word') return null;
  const cents = cardinalAt(tokens, whole.to, language);
  if (cents === null || cents.article || cents.value < 10 || cents.value > 99) return null;
  return isThing(tokens, cents.to, language)
    ? null
    : sum(whole.value + cents.value / 100, currencyOf(region), cents.to);
}

const isThing = (tokens: readonly Token[], at: number, language: ValueLanguage): boolean =>
  language.phrases.things.at(tokens, at) !== null || language.durations.units.at(tokens, at) !== null;

const centsOf = (region: string): string => currencyOf(region);

function coinAt(
  tokens: readonly Token[],
  at: number,
  language: ValueLanguage,
): { value: Coin; to: number } | null {
  const word = tokens[at]?.word ?? '';
  const symbol = SYMBOLS[word];
  if (symbol !== undefined) return { value: symbol, to: at + 1 };
  if (CODES.test(word)) return { value: word.toUpperCase(), to: at + 1 };
  const coin = language.money.coins.at(tokens, at);
  if (coin) return coin;
  // "cien mil de euros", "un million d'euros"
  return /^(?:de|d)$/.test(word) ? language.money.coins.at(tokens, at + 1) : null;
}

/** Hundredths are the least; what is more than can be counted exactly is no sum. */
function sum(amount: number, currency: string, to: number): Sum | null {
  const rounded = Math.round(amount * 100) / 100;
  return Number.isFinite(rounded) && rounded < 1e13 ? { amount: rounded, currency, to } : null;
}
