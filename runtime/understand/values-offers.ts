/** What a mention would be as the value of a slot. */
import type { Value, Wanted } from '../dialogue/protocol.ts';
import {
  isDay,
  isoDatetime,
  isoDay,
  isoInstant,
  isoTime,
  monthsOn,
  readDay,
  readTime,
  shownAt,
} from './values-calendar.ts';
import { type Here, nearestDay, type SaidDay } from './values-days.ts';
import { isoDuration } from './values-durations.ts';
import type { Part } from './values-lexicon.ts';
import type { Reading } from './values-mentions.ts';
import { currencyOf } from './values-money.ts';
import { partKnown } from './values-parts.ts';
import { inPart, type SaidTime, settle } from './values-times.ts';

/** The whole sentence, as far as it bears upon a single value. */
export interface Sentence extends Here {
  now: number;
  zone: string;
  /** A part of the day that is said somewhere, nearest to a token. */
  partNear: (token: number) => Part | null;
  /** The day that a time is on, as far as it is known. */
  day: number | null;
  /** The day that "the next day" at a token may be counted from: one said before it. */
  dayBefore: (token: number) => number | null;
  /** The only day that is known from before. */
  knownDay: number | null;
  /** Something is asked for. */
  asks: boolean;
}

export interface Offer {
  value: Value;
  unsure: boolean;
  /** How well the reading fits the type; above 15 it is made for it. */
  weight: number;
  /** Which half of a datetime it is. */
  half: 'date' | 'time' | null;
}

const NATIVE = 20;
const FORCED = 5;

const offer = (value: Value, weight = NATIVE, unsure = false, half: Offer['half'] = null): Offer => ({
  value,
  weight,
  unsure,
  half,
});

/** The value of a slot that a reading gives, or null where it is of another type. */
export function offerOf(slot: Wanted, reading: Reading, at: number, sentence: Sentence): Offer | null {
  switch (slot.type) {
    case 'integer':
    case 'number':
      return countOf(slot, reading);
    case 'money':
      return sumOf(slot, reading, sentence);
    case 'duration':
      return reading.kind === 'duration'
        ? offer(isoDuration(reading.said), NATIVE, reading.said.months > 0)
        : null;
    case 'date':
      return dayFor(slot, reading, at, sentence);
    case 'time':
      return timeFor(slot, reading, at, sentence);
    case 'datetime':
      return momentFor(slot, reading, at, sentence);
    case 'text':
    case 'choice':
    case 'boolean':
    case 'digits':
    case 'phone':
    case 'email':
    case 'name':
      return reading.kind === 'same' && reading.of === 'any' ? sameAgain(slot) : null;
  }
}

function countOf(slot: Wanted, reading: Reading): Offer | null {
  if (reading.kind === 'same' && reading.of === 'any') return sameAgain(slot);
  if (reading.kind === 'money' && slot.asked) {
    const { amount } = reading.said;
    return slot.type === 'integer' && !Number.isSafeInteger(amount) ? null : offer(amount, FORCED);
  }
  if (reading.kind !== 'number') return null;
  if (slot.type === 'integer' && !Number.isSafeInteger(reading.value)) return null;
  if (reading.ordinal) return slot.asked ? offer(reading.value, FORCED, true) : null;
  return offer(reading.value, NATIVE + (reading.counted ? 15 : 0));
}

function sumOf(slot: Wanted, reading: Reading, { region }: Sentence): Offer | null {
  if (reading.kind === 'same' && reading.of === 'any') return sameAgain(slot);
  if (reading.kind === 'money')
    return offer({ amount: reading.said.amount, currency: reading.said.currency });
  if (!slot.asked) return null;
  const currency = currencyOf(region);
  if (reading.kind === 'number' && !reading.ordinal && reading.value >= 0)
    return offer({ amount: Math.round(reading.value * 100) / 100, currency }, FORCED);
  // "twelve fifty"
  if (reading.kind !== 'time' || !reading.said.bare) return null;
  const minutes = Math.round(reading.said.seconds / 60);
  return offer({ amount: Math.floor(minutes / 60) + (minutes % 60) / 100, currency }, FORCED);
}

const sameAgain = (slot: Wanted): Offer | null =>
  slot.value === null || !slot.asked ? null : offer(slot.value, FORCED);

function dayFor(slot: Wanted, reading: Reading, at: number, sentence: Sentence): Offer | null {
  // "On Friday, leaving the next day"; and of a slot that never had a day, the only other one there is.
  const before = sentence.dayBefore(at) ?? readDay(slot.value) ?? sentence.knownDay;
  switch (reading.kind) {
    case 'date':
      return isTold(slot, reading.said, sentence)
        ? null
        : offer(isoDay(dayInRange(slot, reading.said, sentence)), NATIVE, reading.said.unsure);
    case 'same':
      if (reading.of === 'any') return sameAgain(slot);
      return reading.of === 'date' && before !== null ? offer(isoDay(before)) : null;
    case 'shift': {
      if (before === null || reading.seconds !== 0) return null;
      const day = monthsOn(before + reading.days, reading.months);
      return isDay(day) ? offer(isoDay(day)) : null;
    }
    case 'number': {
      if (!slot.asked || reading.counted || reading.ordinal || reading.article) return null;
      const day = reading.value >= 1 && reading.value <= 31 ? { month: null, day: reading.value } : null;
      const found = day && Number.isInteger(day.day) ? nearestDay(day, sentence.today) : null;
      return found === null ? null : offer(isoDay(found), FORCED, true);
    }
    case 'time':
    case 'minutes':
    case 'duration':
    case 'money':
    case 'ahead':
    case 'part':
      return null;
  }
}

/** "I was there two years ago" tells a story, where nobody asks for a day that is past. */
function isTold(slot: Wanted, said: SaidDay, { today }: Sentence): boolean {
  return !slot.asked && !slot.filled && said.day < today && (readDay(slot.max) ?? Infinity) > today;
}

/** A day that was said without its year is in the past where the slot wants one that is. */
function dayInRange(slot: Wanted, said: SaidDay, { today }: Sentence): number {
  const last = readDay(slot.max);
  if (said.yearless === null || last === null || said.day <= last) return said.day;
  return (last < today ? nearestDay(said.yearless, today, last) : null) ?? said.day;
}

function timeFor(slot: Wanted, reading: Reading, at: number, sentence: Sentence): Offer | null {
  const before = readTime(slot.value);
  switch (reading.kind) {
    case 'time': {
      const { seconds, unsure } = clockFor(slot, reading.said, at, sentence);
      return offer(isoTime(seconds), reading.said.bare ? FORCED : NATIVE, unsure);
    }
    case 'minutes':
      return before === null
        ? null
        : offer(isoTime(withMinutes(before, reading.value)), NATIVE, reading.unsure);
    case 'ahead':
      return offer(
        isoTime(minuteOf(shownAt(sentence.now + reading.seconds * 1000, sentence.zone).seconds)),
        NATIVE,
        !slot.asked,
      );
    case 'same':
      if (reading.of === 'any') return sameAgain(slot);
      return reading.of === 'time' && before !== null ? offer(isoTime(before)) : null;
    case 'shift':
      if (before === null || reading.seconds === 0) return null;
      return offer(isoTime((((before + reading.seconds) % 86_400) + 86_400) % 86_400));
    case 'date':
    case 'duration':
    case 'money':
    case 'number':
    case 'part':
      return null;
  }
}

/** So many minutes behind the hour that a time is in; fewer than none are before it. */
const withMinutes = (before: number, minutes: number): number =>
  (Math.floor(before / 3600) * 3600 + minutes * 60 + 86_400) % 86_400;

const minuteOf = (seconds: number): number => Math.floor(seconds / 60) * 60;

function clockFor(slot: Wanted, said: SaidTime, at: number, sentence: Sentence) {
  const part = said.open ? (sentence.partNear(at) ?? partKnown(slot.value)) : null;
  const after = sentence.day === sentence.today ? sentence.seconds : null;
  const { seconds, unsure } =
    part === null
      ? settle(said, { min: slot.min, max: slot.max, hours: slot.hours, before: slot.value, after })
      : { seconds: inPart(said.seconds, part), unsure: false };
  // Nobody means what is over, where nobody asks for it.
  return { seconds, unsure: unsure || (after !== null && seconds < after && !sentence.past) };
}

function momentFor(slot: Wanted, reading: Reading, at: number, sentence: Sentence): Offer | null {
  const { zone } = sentence;
  const day = readDay(slot.value);
  const seconds = readTime(slot.value);
  switch (reading.kind) {
    case 'date':
      return offer(isoDay(dayInRange(slot, reading.said, sentence)), NATIVE, reading.said.unsure, 'date');
    case 'time': {
      // A range of moments says nothing of the hour.
      const clock = clockFor({ ...slot, min: null, max: null }, reading.said, at, sentence);
      return offer(isoTime(clock.seconds), reading.said.bare ? FORCED : NATIVE, clock.unsure, 'time');
    }
    case 'minutes': {
      const time = seconds === null ? null : isoTime(withMinutes(seconds, reading.value));
      return time === null ? null : offer(time, NATIVE, reading.unsure, 'time');
    }
    case 'ahead': {
      return offer(isoInstant(sentence.now + reading.seconds * 1000, zone));
    }
    case 'same':
      if (reading.of === 'date' && day !== null) return offer(isoDay(day), NATIVE, false, 'date');
      if (reading.of === 'time' && seconds !== null) return offer(isoTime(seconds), NATIVE, false, 'time');
      return reading.of === 'any' ? sameAgain(slot) : null;
    case 'shift': {
      if (day === null || seconds === null) return null;
      const all = seconds + reading.seconds;
      const days = monthsOn(day + reading.days, reading.months) + Math.floor(all / 86_400);
      return isDay(days) ? offer(isoDatetime(days, ((all % 86_400) + 86_400) % 86_400, zone)) : null;
    }
    case 'duration':
    case 'money':
    case 'number':
    case 'part':
      return null;
  }
}

/**
 * A datetime of the halves that were said; what was not said is as it was before, and a time without a day is the
 * next. Null for a day with no time.
 */
export function join(
  slot: Wanted,
  halves: { date: string | null; time: string | null },
  { today, seconds: now, zone }: Sentence,
): { value: string; guessed: boolean } | null {
  const seconds = readTime(halves.time) ?? readTime(slot.value);
  if (seconds === null) return null;
  const known = readDay(halves.date) ?? readDay(slot.value);
  const day = known ?? (seconds > now ? today : today + 1);
  return { value: isoDatetime(day, seconds, zone), guessed: known === null };
}

/** Whether a value is within the limits of a slot; an author's limit of another form limits nothing. */
export function inRange({ type, min, max, length }: Wanted, value: Value): boolean {
  const size = sizeOf(type, value);
  const [least, most] = [sizeOf(type, min), sizeOf(type, max)];
  if (typeof size === 'number' && typeof least === 'number' && size < least) return false;
  if (typeof size === 'number' && typeof most === 'number' && size > most) return false;
  if (typeof size === 'string' && typeof least === 'string' && size < least) return false;
  if (typeof size === 'string' && typeof most === 'string' && size > most) return false;
  return (
    length === null || typeof value !== 'string' || (value.length >= length.min && value.length <= length.max)
  );
}

function sizeOf(type: Wanted['type'], value: Value): number | string | null {
  if (typeof value === 'number') return value;
  if (type === 'datetime' && typeof value === 'string') {
    const instant = Date.parse(value);
    return Number.isNaN(instant) ? null : instant;
  }
  if (type === 'date' || type === 'time') return typeof value === 'string' ? value : null;
  const isSum = typeof value === 'object' && value !== null && !Array.isArray(value) && 'amount' in value;
  return isSum && typeof value.amount === 'number' ? value.amount : null;
}
