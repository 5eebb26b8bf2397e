/** The parts that a text has by its shape, such as the `weekday` of a date. */
import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/min';
import type { Value } from './protocol.ts';
import { kept } from './value-memo.ts';
import {
  type Clock,
  clockOf,
  type Day,
  DAY_MS,
  dayOf,
  isPhone,
  momentOf,
  spanMs,
  spanOf,
  weekdayOf,
} from './value-shapes.ts';

const MAX_PHONES = 500;
const phones = new Map<string, { readonly number: PhoneNumber | null }>();

/** Every part by its name; null where the text has another shape. */
const PARTS: ReadonlyMap<string, (text: string) => Value> = new Map<string, (text: string) => Value>([
  ['weekday', ofDay(weekdayOf)],
  ['day', ofDay(({ day }) => day)],
  ['month', ofDay(({ month }) => month)],
  ['year', ofDay(({ year }) => year)],
  ['hour', ofClock(({ hour }) => hour)],
  ['minute', ofClock(({ minute }) => minute)],
  ['days', ofSpan(DAY_MS)],
  ['hours', ofSpan(3_600_000)],
  ['minutes', ofSpan(60_000)],
  ['seconds', ofSpan(1000)],
  ['country', (text) => phoneOf(text)?.country ?? null],
]);

/**
 * A part of a text that is exactly a date, time, datetime (as its own offset tells it), duration (its total in
 * that unit) or phone number (its country in two letters); null where it has no such part.
 */
export function partOf(text: string, name: string): Value {
  return PARTS.get(name)?.(text) ?? null;
}

/** The phone number that an E.164 text is, or null where it is none or no numbering plan knows it. */
export function phoneOf(text: string): PhoneNumber | null {
  if (!isPhone(text)) return null;
  return kept(phones, MAX_PHONES, text, () => ({ number: parsePhoneNumberFromString(text) ?? null })).number;
}

function ofDay(part: (day: Day) => Value): (text: string) => Value {
  return (text) => {
    const day = dayOf(text) ?? momentOf(text)?.day;
    return day ? part(day) : null;
  };
}

function ofClock(part: (clock: Clock) => Value): (text: string) => Value {
  return (text) => {
    const clock = clockOf(text) ?? momentOf(text)?.clock;
    return clock ? part(clock) : null;
  };
}

function ofSpan(unitMs: number): (text: string) => Value {
  return (text) => {
    const span = spanOf(text);
    return span && spanMs(span) / unitMs;
  };
}
