/** The functions an expression may call. This table is also what the documentation lists. */
import { at, daysBetween, isoOf, later, timeNow, today } from './functions-moments.ts';
import type { Value } from './protocol.ts';
import type { StaticType, Takes } from './static-type.ts';
import { finite, same } from './values.ts';

/** What an expression is evaluated under, beside its names. */
export interface Env {
  /** Milliseconds since the epoch. */
  now: number;
  /** BCP 47. */
  locale: string;
  /** IANA: where `today()` is today. */
  zone: string;
}

export interface ExpressionFunction {
  /** As it is written: `round(number, places?)`. */
  readonly usage: string;
  readonly about: string;
  readonly least: number;
  readonly most: number;
  /** What each argument has to be; the last also of all that follow. */
  readonly takes: readonly Takes[];
  /** `same` is the type of the first argument. */
  readonly gives: StaticType | 'same';
  /** Never throws; what it cannot work on gives null. */
  readonly call: (env: Env, args: readonly Value[]) => Value;
}

const MAX_PLACES = 10;

/** Every function by its name. Own properties only: look names up with `Object.hasOwn`. */
export const functions: { readonly [name: string]: ExpressionFunction } = {
  at: {
    usage: 'at(date, time)',
    about: 'The moment of a date and a time of day in the time zone of the call, such as for a callback.',
    least: 2,
    most: 2,
    takes: ['date', 'time'],
    gives: 'datetime',
    call: ({ zone }, [day, time]) => at(day, time, zone),
  },
  contains: {
    usage: 'contains(whole, part)',
    about: 'True where a list holds the value, or a text holds the other text.',
    least: 2,
    most: 2,
    takes: ['text or list', 'any'],
    gives: 'boolean',
    call: (_, [whole, part]) => {
      if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
      return Array.isArray(whole) && whole.some((item: Value) => same(item, part ?? null));
    },
  },
  days: {
    usage: 'days(from, to?)',
    about:
      'Whole days from one moment to another, below zero where the second is earlier; with one moment, from now to it. A moment is a date, an ISO 8601 text or milliseconds since 1970; where one is a date, the days of the calendar are counted.',
    least: 1,
    most: 2,
    takes: ['date or moment'],
    gives: 'integer',
    call: ({ now, zone }, [first, second]) =>
      second === undefined ? daysBetween(now, first, zone) : daysBetween(first, second, zone),
  },
  digits: {
    usage: 'digits(value)',
    about: 'The digits of a text or number with spaces between, so that they are said one by one.',
    least: 1,
    most: 1,
    takes: ['text or number'],
    gives: 'text',
    call: (_, [value]) => plain(value)?.replace(/\D/g, '').split('').join(' ') ?? null,
  },
  later: {
    usage: 'later(moment, duration)',
    about:
      "A date, a time or a moment that much later: a duration such as '2h', '30d' or 'PT90M', or a number of days; with a minus sign that much earlier.",
    least: 2,
    most: 2,
    takes: ['date, time or moment', 'duration or days'],
    gives: 'same',
    call: ({ zone }, [moment, duration]) => later(moment, duration, zone),
  },
  len: {
    usage: 'len(value)',
    about: 'How many characters a text has, or entries a list or an object; 0 for nothing.',
    least: 1,
    most: 1,
    takes: ['text, list or object'],
    gives: 'integer',
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
    takes: ['text'],
    gives: 'text',
    call: (_, [value]) => (typeof value === 'string' ? value.toLowerCase() : null),
  },
  max: {
    usage: 'max(number, …)',
    about: 'The greatest of the numbers.',
    least: 1,
    most: 20,
    takes: ['number'],
    gives: 'number',
    call: (_, args) => (args.every(isNumber) ? finite(Math.max(...args)) : null),
  },
  min: {
    usage: 'min(number, …)',
    about: 'The least of the numbers.',
    least: 1,
    most: 20,
    takes: ['number'],
    gives: 'number',
    call: (_, args) => (args.every(isNumber) ? finite(Math.min(...args)) : null),
  },
  now: {
    usage: 'now()',
    about: 'This moment as an ISO 8601 text in UTC, which compares with others of its kind.',
    least: 0,
    most: 0,
    takes: [],
    gives: 'datetime',
    call: (env) => isoOf(env.now),
  },
  number: {
    usage: 'number(value)',
    about: 'The number that a text is written as, such as the keys a caller pressed; null where it is none.',
    least: 1,
    most: 1,
    takes: ['text or number'],
    gives: 'number',
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
    takes: ['number'],
    gives: 'number',
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
    takes: ['text or number'],
    gives: 'text',
    call: (_, [value]) => {
      const text = plain(value);
      return text === null ? null : Array.from(text.replace(/\s/g, '')).join(' ');
    },
  },
  time: {
    usage: 'time()',
    about: "The time of day now in the time zone of the call, such as '19:05'.",
    least: 0,
    most: 0,
    takes: [],
    gives: 'time',
    call: ({ now, zone }) => timeNow(now, zone),
  },
  today: {
    usage: 'today()',
    about: "The date now in the time zone of the call, such as '2026-03-04'.",
    least: 0,
    most: 0,
    takes: [],
    gives: 'date',
    call: ({ now, zone }) => today(now, zone),
  },
  upper: {
    usage: 'upper(text)',
    about: 'The text in capital letters.',
    least: 1,
    most: 1,
    takes: ['text'],
    gives: 'text',
    call: (_, [value]) => (typeof value === 'string' ? value.toUpperCase() : null),
  },
};

const isNumber = (value: Value | undefined): value is number => typeof value === 'number';

const plain = (value: Value | undefined): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;
