/**
 * The sensitive values of one call, to be found again in whatever is written. They live in memory only. All of this
 * is pure: what is learned makes a new collection.
 */
import type { Value } from '../dialogue/protocol.ts';
import { rowsSaid, saysNumbers, spelledOut } from './number-words.ts';

/** Stands for what may not be written. */
export const HIDDEN = '…';

interface Secret {
  /** The value as JSON: what is known twice is one secret. */
  key: string;
  /** The value, or what a number or a part of it reads as. */
  exact: readonly string[];
  /** Rows of digits that give it away, whatever signs stand between them. */
  rows: readonly string[];
  /** Words that give it away. */
  words: readonly RegExp[];
}

export type Secrets = readonly Secret[];

export const NO_SECRETS: Secrets = [];

/** Nobody is asked for more in one call; then the oldest is let go. */
const MOST = 200;
/** What is shorter says nothing by itself: it is hidden only where it stands alone, in what a tool is told and tells. */
export const TELLING = 3;
/** From here on a row of digits is nothing else, also within a longer one. */
const LONG = 6;
/** So many signs may stand between two digits of one number. */
const MOST_BETWEEN = 3;
const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T|$)/;
const DIGITS_AND_SIGNS = /^[+\d][\d\s().,:/T+-]*$/;

/** What is known with these values besides. Nulls and booleans tell nothing that could be found again. */
export function learn(secrets: Secrets, values: readonly Value[]): Secrets {
  let known = secrets;
  for (const value of values) {
    if (value === null || typeof value === 'boolean') continue;
    const key = JSON.stringify(value);
    if (known.some((secret) => secret.key === key)) continue;
    const leaves = leavesOf(value);
    if (leaves.length === 0) continue;
    const [exact, rows] = [leaves.flatMap(formsOf), leaves.flatMap(rowsOf)];
    const secret = { key, exact, rows, words: leaves.flatMap(wordsOf) };
    known = [...known, secret].slice(-MOST);
  }
  return known;
}

/** Those that would be found in a text of their own accord, and are none of these values. */
export function telling(secrets: Secrets, besides: readonly Value[]): Secrets {
  const keys = new Set(besides.map((value) => JSON.stringify(value)));
  return secrets.filter(({ key, rows, words }) => rows.length + words.length > 0 && !keys.has(key));
}

/** A text without what is secret in it. */
export function maskText(secrets: Secrets, text: string): string {
  let masked = text;
  const spelled = secrets.length > 0 && saysNumbers(text);
  for (const { rows, words } of secrets) {
    for (const row of rows) {
      masked = maskRow(masked, row);
      if (spelled) masked = maskSpelled(masked, row);
    }
    for (const pattern of words) {
      masked = masked.replace(pattern, (found, at: number, whole: string) =>
        isPart(whole, at - 1) || isPart(whole, at + found.length) ? found : HIDDEN,
      );
    }
  }
  return masked;
}

/**
 * A text without its rows of digits of such a length as one that is secret may have, though it is not known yet. What has
 * fewer than `shortest` is left: it may be anything.
 */
export function maskRows(
  text: string,
  lengths: readonly { readonly min: number; readonly max: number }[],
  shortest = LONG,
): string {
  let masked = '';
  let from = 0;
  for (const { from: start, to, least, most } of rowsSaid(text)) {
    if (!lengths.some(({ min, max }) => most >= Math.max(shortest, min) && least <= max)) continue;
    masked += text.slice(from, start) + HIDDEN;
    from = to;
  }
  return masked + text.slice(from);
}

/**
 * A value without what is secret in it: a text or a number that is one is hidden whole, in other texts the part of
 * it. `alone`: also one that is too short to mean anything elsewhere.
 */
export function maskValue(secrets: Secrets, value: Value, alone: 'hidden-alone' | 'shown-alone'): Value {
  if (secrets.length === 0 || value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    const least = alone === 'hidden-alone' ? 1 : TELLING;
    if (text.length >= least && secrets.some(({ exact }) => exact.includes(text))) return HIDDEN;
    const masked = maskText(secrets, text);
    return masked === text ? value : masked;
  }
  // A text, for a list is an object to TypeScript.
  if (isList(value)) return value.map((item) => maskValue(secrets, item, alone));
  return maskFields(secrets, value, alone);
}

/** As `maskValue`, for an object; its names may tell something too. */
export function maskFields(
  secrets: Secrets,
  fields: { readonly [name: string]: Value },
  alone: 'hidden-alone' | 'shown-alone',
): { [name: string]: Value } {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      maskText(secrets, name),
      maskValue(secrets, value, alone),
    ]),
  );
}

/** The texts and numbers that a value is made of; of an object with a number (money) only those. */
function leavesOf(value: Value): (string | number)[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (typeof value === 'number') return [value];
  if (value === null || typeof value === 'boolean') return [];
  const leaves = (isList(value) ? value : Object.values(value)).flatMap(leavesOf);
  const numbers = leaves.filter((leaf) => typeof leaf === 'number');
  return numbers.length > 0 ? numbers : leaves;
}

function formsOf(leaf: string | number): string[] {
  const text = String(leaf);
  const digits = text.replace(/\D/g, '');
  return DIGITS_AND_SIGNS.test(text) && digits !== text ? [text, digits] : [text];
}

function wordsOf(leaf: string | number): RegExp[] {
  const text = String(leaf).trim();
  const date = DATE.exec(text);
  if (date) return [datePattern(date)];
  if (DIGITS_AND_SIGNS.test(text) || text.length < TELLING) return [];
  const words = text.split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return [new RegExp(words.join(String.raw`\s+`), 'giu')];
}

const LOCALES = ['en', 'cs', 'de', 'es', 'fr'];

/** The names of a month, as they are written alone and behind a day. */
function monthNames(month: number): string[] {
  const day = Date.UTC(2026, month - 1, 1);
  return LOCALES.flatMap((locale) =>
    [
      { month: 'long' } as const,
      { month: 'short' } as const,
      { month: 'long', day: 'numeric' } as const,
    ].flatMap((options) =>
      new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
        .formatToParts(day)
        .flatMap(({ type, value }) => (type === 'month' ? value.replace(/\.$/, '') : [])),
    ),
  ).filter((name) => /\p{L}/u.test(name));
}

/** A date with its month as a name: "March 4, 2026", "4. März", "4 de marzo de 2026". */
function datePattern([, year = '', month = '', day = '']: readonly string[]): RegExp {
  const names = [...new Set(monthNames(Number(month)))].toSorted((one, other) => other.length - one.length);
  const name = `(?:${names.join('|')})\\.?`;
  const number = `0?${Number(day)}(?:st|nd|rd|th|er|\\.)?`;
  const between = String.raw`\s*(?:of|de|the)?\s*`;
  const end = String.raw`(?:\s*,?\s*(?:de\s+)?${year})?`;
  return new RegExp(`(?:${number}${between}${name}|${name}${between}${number})${end}`, 'giu');
}

function rowsOf(leaf: string | number): string[] {
  const text = String(leaf).trim();
  const digits = text.replace(/\D/g, '');
  if (!DIGITS_AND_SIGNS.test(text) || digits.length < TELLING) return [];
  const date = DATE.exec(text);
  if (date) return [...new Set([digits, ...ordersOf(date)])];
  // A number is also said without its country.
  return text.startsWith('+') && digits.length >= 10 ? [digits, digits.slice(3)] : [digits];
}

/** The digits of a date as they are usually written: the year, the day or the month first, with and without zeros. */
function ordersOf([, year = '', month = '', day = '']: readonly string[]): string[] {
  const [m, d] = [String(Number(month)), String(Number(day))];
  const orders = [
    [year, month, day],
    [day, month, year],
    [month, day, year],
    [year, m, d],
    [d, m, year],
    [m, d, year],
  ];
  return orders.map((order) => order.join(''));
}

/** Hides the row of digits; a short one only where it is a number of its own. */
function maskRow(text: string, row: string): string {
  // A pattern with so many parts that may be there or not takes many milliseconds to compile: calls have audio.
  let masked = '';
  let from = 0;
  for (const { digits, places } of runsOf(text)) {
    for (let at = digits.indexOf(row); at >= 0; at = digits.indexOf(row, at + 1)) {
      const start = places[at] ?? 0;
      const end = (places[at + row.length - 1] ?? 0) + 1;
      const own = row.length >= LONG || !(isDigit(text, start - 1) || isDigit(text, end));
      if (!own || start < from) continue;
      masked += text.slice(from, start) + HIDDEN;
      from = end;
    }
  }
  return masked + text.slice(from);
}

/** Hides the row of digits where it is said in words. */
function maskSpelled(text: string, row: string): string {
  let masked = '';
  let from = 0;
  for (const place of spelledOut(text, row)) {
    masked += text.slice(from, place.from) + HIDDEN;
    from = place.to;
  }
  return masked + text.slice(from);
}

/** The digits that stand in a row, with nothing but a few signs between them, and where each stands. */
function runsOf(text: string): { digits: string; places: number[] }[] {
  const runs: { digits: string; places: number[] }[] = [];
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text, at)) continue;
    const run = runs.at(-1);
    const last = run?.places.at(-1) ?? -Infinity;
    if (run && at - last <= MOST_BETWEEN + 1 && !partBetween(text, last, at)) {
      run.digits += text.charAt(at);
      run.places.push(at);
    } else {
      runs.push({ digits: text.charAt(at), places: [at] });
    }
  }
  return runs;
}

function partBetween(text: string, last: number, at: number): boolean {
  for (let between = last + 1; between < at; between++) if (isPart(text, between)) return true;
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** A letter or a digit stands there. */
function isPart(text: string, at: number): boolean {
  return at >= 0 && at < text.length && /[\p{L}\p{N}]/u.test(text.charAt(at));
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}
