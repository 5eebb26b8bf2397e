/** The functions an expression may call. This table is also what the documentation lists. */
import type { Value } from './protocol.ts';
import { finite, same } from './values.ts';

/** What an expression is evaluated under, beside its names. */
export interface Env {
  /** Milliseconds since the epoch. */
  now: number;
  /** BCP 47. */
  locale: string;
}

export interface ExpressionFunction {
  /** As it is written: `round(number, places?)`. */
  readonly usage: string;
  readonly about: string;
  readonly least: number;
  readonly most: number;
  /** Never throws; what it cannot work on gives null. */
  readonly call: (env: Env, args: readonly Value[]) => Value;
}

const DAY_MS = 86_400_000;
const MAX_PLACES = 10;

/** Every function by its name. Own properties only: look names up with `Object.hasOwn`. */
export const functions: { readonly [name: string]: ExpressionFunction } = {
  contains: {
    usage: 'contains(whole, part)',
    about: 'True where a list holds the value, or a text holds the other text.',
    least: 2,
    most: 2,
    call: (_, [whole, part]) => {
      if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
      return Array.isArray(whole) && whole.some((item: Value) => same(item, part ?? null));
    },
  },
  days: {
    usage: 'days(from, to?)',
    about:
      'Whole days from one moment to another, below zero where the second is earlier; with one moment, from now to it. A moment is an ISO 8601 text or milliseconds since 1970.',
    least: 1,
    most: 2,
    call: (env, args) => {
      const from = args.length === 1 ? env.now : moment(args[0]);
      const to = moment(args.length === 1 ? args[0] : args[1]);
      return from === null || to === null ? null : finite(Math.trunc((to - from) / DAY_MS));
    },
  },
  digits: {
    usage: 'digits(value)',
    about: 'The digits of a text or number with spaces between, so that they are said one by one.',
    least: 1,
    most: 1,
    call: (_, [value]) => plain(value)?.replace(/\D/g, '').split('').join(' ') ?? null,
  },
  len: {
    usage: 'len(value)',
    about: 'How many characters a text has, or entries a list or an object; 0 for nothing.',
    least: 1,
    most: 1,
    call: (_, [value]) => {
      if (typeof value === 'string') return Array.from(value).length;
      if (Array.isArray(value)) return value.length;
      return value && typeof value === 'object' ? Object.keys(value).length : 0;
    },
  },
  lower: {
    usage: 'lower(text)',
    about: 'The text in small letters.',
    least: 1,
    most: 1,
    call: (_, [value]) => (typeof value === 'string' ? value.toLowerCase() : null),
  },
  max: {
    usage: 'max(number, …)',
    about: 'The greatest of the numbers.',
    least: 1,
    most: 20,
    call: (_, args) => (args.every(isNumber) ? finite(Math.max(...args)) : null),
  },
  min: {
    usage: 'min(number, …)',
    about: 'The least of the numbers.',
    least: 1,
    most: 20,
    call: (_, args) => (args.every(isNumber) ? finite(Math.min(...args)) : null),
  },
  now: {
    usage: 'now()',
    about: 'This moment as an ISO 8601 text in UTC, which compares with others of its kind.',
    least: 0,
    most: 0,
    call: (env) => isoOf(env.now),
  },
  number: {
    usage: 'number(value)',
    about: 'The number that a text is written as, such as the keys a caller pressed; null where it is none.',
    least: 1,
    most: 1,
    call: (_, [value]) => {
      if (isNumber(value)) return value;
      if (typeof value !== 'string' || !/^\s*[+-]?\d{1,300}(\.\d{1,300})?\s*$/.test(value)) return null;
      return finite(Number(value));
    },
  },
  round: {
    usage: 'round(number, places?)',
    about: 'The number rounded to whole, or to so many places.',
    least: 1,
    most: 2,
    call: (_, [value, places]) => {
      if (!isNumber(value) || (places !== undefined && !isNumber(places))) return null;
      const factor = 10 ** Math.min(Math.max(Math.trunc(places ?? 0), 0), MAX_PLACES);
      return finite(Math.round(value * factor) / factor);
    },
  },
  spell: {
    usage: 'spell(value)',
    about: 'The characters of a text or number with spaces between, so that they are said one by one.',
    least: 1,
    most: 1,
    call: (_, [value]) => {
      const text = plain(value);
      return text === null ? null : Array.from(text.replace(/\s/g, '')).join(' ');
    },
  },
  upper: {
    usage: 'upper(text)',
    about: 'The text in capital letters.',
    least: 1,
    most: 1,
    call: (_, [value]) => (typeof value === 'string' ? value.toUpperCase() : null),
  },
};

const isNumber = (value: Value | undefined): value is number => typeof value === 'number';

const plain = (value: Value | undefined): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;

function moment(value: Value | undefined): number | null {
  if (isNumber(value)) return value;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

function isoOf(ms: number): string | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
