/** What a text is by its shape: `2026-03-04` is a date wherever it comes from. Nothing here throws. */

/** A day of the Gregorian calendar; months count from 1. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A time of day. */
export interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export interface Moment {
  readonly day: Day;
  readonly clock: Clock;
  /** Minutes east of UTC; null where the text names no offset. */
  readonly offset: number | null;
  /** It was written with Z, which says nothing of where it holds. */
  readonly zulu: boolean;
}

/** The parts of an ISO 8601 duration as they are written. */
export interface Span {
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What values call the days of the week, in every language. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?$/;
const ZONE = /(?:(Z)|([+-])(\d\d):?(\d\d))$/;
const NUMBER = String.raw`(\d{1,12}(?:\.\d{1,9})?)`;
const DURATION = new RegExp(
  `^P(?:${NUMBER}Y)?(?:${NUMBER}M)?(?:${NUMBER}W)?(?:${NUMBER}D)?` +
    `(?:T(?:${NUMBER}H)?(?:${NUMBER}M)?(?:${NUMBER}S)?)?$`,
);
const PHONE = /^\+[1-9]\d{6,14}$/;
const DIGITS = /^\d+$/;
const EMAIL = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;
const MAX_EMAIL = 254;

/** `2026-03-04`, where the calendar has that day. */
export function dayOf(text: string): Day | null {
  if (text.length !== 10) return null;
  const [, year, month, day] = DATE.exec(text) ?? [];
  const found = { year: Number(year), month: Number(month), day: Number(day) };
  return found.year >= 1 && found.day >= 1 && found.day <= daysIn(found) ? found : null;
}

function daysIn({ year, month }: { year: number; month: number }): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

/** `19:00` or `19:00:30`. */
export function clockOf(text: string): Clock | null {
  if (text.length < 5 || text.length > 18 || text[2] !== ':') return null;
  const [, hour, minute, second = '0'] = TIME.exec(text) ?? [];
  const found = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  return found.hour < 24 && found.minute < 60 && found.second < 60 ? found : null;
}

/** `2026-03-04T19:00:00+01:00`; only with its offset it is a datetime, but see `offset`. */
export function momentOf(text: string): Moment | null {
  if (text.length < 16 || text.length > 40 || text[10] !== 'T') return null;
  const day = dayOf(text.slice(0, 10));
  const rest = text.slice(11);
  const [zone = '', zulu, sign, hours = '0', minutes = '0'] = ZONE.exec(rest) ?? [];
  const clock = clockOf(rest.slice(0, rest.length - zone.length));
  if (day === null || clock === null || Number(hours) > 18 || Number(minutes) > 59) return null;
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return { day, clock, offset: zone === '' ? null : offset + 0, zulu: zulu === 'Z' };
}

/** `PT1H30M`, `P2D`, `P1Y2M3W`: at least one part. */
export function spanOf(text: string): Span | null {
  if (text[0] !== 'P' || text.length < 3 || text.endsWith('T')) return null;
  const found = DURATION.exec(text);
  if (!found) return null;
  const part = (index: number): number => Number(found[index] ?? 0);
  return {
    years: part(1),
    months: part(2),
    weeks: part(3),
    days: part(4),
    hours: part(5),
    minutes: part(6),
    seconds: part(7),
  };
}

/** E.164 with its plus sign. */
export const isPhone = (text: string): boolean => text[0] === '+' && PHONE.test(text);

export const isDigits = (text: string): boolean => DIGITS.test(text);

export const isEmail = (text: string): boolean =>
  text.length <= MAX_EMAIL && text.includes('@') && EMAIL.test(text);

/** Milliseconds since the epoch if the day and the time were in UTC. */
export function utcOf({ year, month, day }: Day, clock?: Clock): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years below 100 for 19xx
  return date.getTime() + (clock ? ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1000 : 0);
}

/** The instant that a moment with an offset is; what has none is taken for UTC. */
export const instantOf = ({ day, clock, offset }: Moment): number =>
  utcOf(day, clock) - (offset ?? 0) * MINUTE_MS;

/** How long it is in milliseconds, a month being 30 days and a year 365. */
export const spanMs = (span: Span): number => (span.years * 365 + span.months * 30) * DAY_MS + exactMs(span);

/** How long it is without its months and years, which only a calendar knows. */
export const exactMs = ({ weeks, days, hours, minutes, seconds }: Span): number =>
  (weeks * 7 + days) * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000;

/** The name of a day of the week, in English whatever the caller's language is. */
export const weekdayOf = (day: Day): string => WEEKDAYS[new Date(utcOf(day)).getUTCDay()] ?? 'sunday';

/** As values write it. */
export const isoDay = ({ year, month, day }: Day): string =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;

/** `19:00`, or `19:00:30` where there are seconds. */
export const isoClock = ({ hour, minute, second }: Clock): string =>
  `${two(hour)}:${two(minute)}${second === 0 ? '' : `:${two(second)}`}`;

/** `2026-03-04T19:00:00+01:00`. */
export function isoMoment({ day, clock, offset, zulu }: Moment): string {
  const { hour, minute, second } = clock;
  const minutes = Math.abs(offset ?? 0);
  const sign = (offset ?? 0) < 0 ? '-' : '+';
  const zone = zulu ? 'Z' : `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${isoDay(day)}T${two(hour)}:${two(minute)}:${two(second)}${zone}`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** The day and the time of day that a UTC clock shows; null outside of the years 1 to 9999. */
export function readUtc(ms: number): Pick<Moment, 'day' | 'clock'> | null {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 1 || year > 9999) return null;
  return {
    day: { year, month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    clock: { hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() },
  };
}

/** That many calendar months later, on the month's last day where it has no such day. */
export function monthsLater({ year, month, day }: Day, months: number): Day {
  const at = year * 12 + month - 1 + Math.trunc(months);
  const target = { year: Math.floor(at / 12), month: (((at % 12) + 12) % 12) + 1 };
  return { ...target, day: Math.min(day, daysIn(target)) };
}
