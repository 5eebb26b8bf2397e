/** Days as whole numbers since the epoch, and what the clocks of a time zone show. */
import { offsetAt } from '../zones.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Other days have no four figures for their year. */
const FIRST_DAY = Date.UTC(1000, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(9999, 11, 31) / DAY_MS;

/** The day with this date, months counted from 1; null for one that the calendar does not have. */
export function dayOf(year: number, month: number, day: number): number | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const found = date.getTime() / DAY_MS;
  const real =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year;
  return real && isDay(found) ? found : null;
}

/** Whether a day can be written down with a year of four figures. */
export const isDay = (day: number): boolean => day >= FIRST_DAY && day <= LAST_DAY;

export function dateOf(day: number): { year: number; month: number; day: number } {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 0 is a Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** The Monday of the week that a day is in. */
export const mondayOf = (day: number): number => day - ((weekdayOf(day) + 6) % 7);

/** The same date so many months on, or the last day of a shorter month. */
export function monthsOn(day: number, months: number): number {
  const { year, month, day: date } = dateOf(day);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return Date.UTC(year, month - 1 + months, Math.min(date, last)) / DAY_MS;
}

/** `2026-03-04`. */
export const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The day of `2026-03-04`, or of what begins with it; null for anything else. */
export function readDay(text: unknown): number | null {
  const match = typeof text === 'string' ? /^(\d{4})-(\d\d)-(\d\d)(?![\d])/.exec(text) : null;
  return match && dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** `19:00`, or `19:00:30` where there are seconds. */
export function isoTime(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const short = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  return seconds % 60 === 0 ? short : `${short}:${two(seconds % 60)}`;
}

/** Seconds into the day of `19:00`, or of the time in a datetime; null for anything else. */
export function readTime(text: unknown): number | null {
  const match =
    typeof text === 'string' ? /(?:^|T)([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?/.exec(text) : null;
  return match && Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
}

/** The day and the seconds into it that a zone's clocks show at an instant. */
export function shownAt(ms: number, zone: string): { day: number; seconds: number } {
  const shown = Math.floor(ms / 1000) * 1000 + offsetAt(ms, zone) * MINUTE_MS;
  const day = Math.floor(shown / DAY_MS);
  return { day, seconds: Math.floor((shown - day * DAY_MS) / 1000) };
}

/** `2026-03-04T19:00:00+01:00`, with the offset that holds then; a time that the clocks skip is as much later. */
export function isoDatetime(day: number, seconds: number, zone: string): string {
  const shown = day * DAY_MS + seconds * 1000;
  const early = offsetAt(shown - DAY_MS / 2, zone);
  const late = offsetAt(shown + DAY_MS / 2, zone);
  const holds = [early, late].find((offset) => offsetAt(shown - offset * MINUTE_MS, zone) === offset);
  const skipped = holds === undefined ? (late - early) * MINUTE_MS : 0;
  return withOffset(shown + skipped, holds ?? late);
}

/** The minute of an instant, as the clocks of a zone show it then: in autumn they show an hour twice. */
export function isoInstant(ms: number, zone: string): string {
  const offset = offsetAt(ms, zone);
  return withOffset(Math.floor(ms / MINUTE_MS + offset) * MINUTE_MS, offset);
}

/** @param shown what the clocks show, as if they were in UTC. */
function withOffset(shown: number, offset: number): string {
  const clock = new Date(shown).toISOString().slice(0, 19);
  return `${clock}${offset < 0 ? '-' : '+'}${isoTime(Math.abs(offset) * 60)}`;
}
