/** What the functions of expressions do with dates and times. What they cannot work on gives null. */
import { durationMs } from './duration.ts';
import type { Value } from './protocol.ts';
import {
  type Clock,
  clockOf,
  type Day,
  DAY_MS,
  dayOf,
  exactMs,
  instantOf,
  isoClock,
  isoDay,
  isoMoment,
  type Moment,
  momentOf,
  monthsLater,
  readUtc,
  spanOf,
  utcOf,
} from './value-shapes.ts';
import { instantIn, momentIn } from './value-zones.ts';
import { finite } from './values.ts';

type Given = Value | undefined;

/** An ISO 8601 text in UTC. */
export function isoOf(ms: number): string | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

export function today(now: number, zone: string): string | null {
  const local = momentIn(now, zone);
  return local && isoDay(local.day);
}

/** Hours and minutes: nobody asks for the second at which something was said. */
export function timeNow(now: number, zone: string): string | null {
  const local = momentIn(now, zone);
  return local && isoClock({ ...local.clock, second: 0 });
}

export function at(day: Given, time: Given, zone: string): string | null {
  const [date, clock] = [textually(dayOf, day), textually(clockOf, time)];
  const moment = date && clock && momentIn(instantIn(date, clock, zone), zone);
  return moment && isoMoment(moment);
}

export function daysBetween(from: Given, to: Given, zone: string): number | null {
  if (textually(dayOf, from) || textually(dayOf, to)) {
    const [first, last] = [dayIn(from, zone), dayIn(to, zone)];
    return first && last && finite(Math.round((utcOf(last) - utcOf(first)) / DAY_MS));
  }
  const [first, last] = [msOf(from, zone), msOf(to, zone)];
  return first === null || last === null ? null : finite(Math.trunc((last - first) / DAY_MS));
}

function dayIn(value: Given, zone: string): Day | null {
  const day = textually(dayOf, value);
  if (day) return day;
  const moment = textually(momentOf, value);
  if (moment && !moment.zulu) return moment.day;
  const ms = msOf(value, zone);
  return ms === null ? null : (momentIn(ms, zone)?.day ?? null);
}

function msOf(value: Given, zone: string): number | null {
  if (typeof value === 'number') return value;
  const moment = textually(momentOf, value);
  if (!moment) return null;
  return moment.offset === null ? instantIn(moment.day, moment.clock, zone) : instantOf(moment);
}

export function later(value: Given, duration: Given, zone: string): string | null {
  const by = spanGiven(duration);
  if (!by || typeof value !== 'string') return null;
  const day = dayOf(value);
  if (day) {
    const moved = move({ day, clock: MIDNIGHT }, by);
    return moved && isoDay(moved.day);
  }
  const clock = clockOf(value);
  if (clock) {
    const moved = move({ day: ANY_DAY, clock }, by);
    return moved && isoClock(moved.clock);
  }
  const moment = momentOf(value);
  return moment && momentLater(moment, by, zone);
}

/** A moment of the zone stays in it when its clocks are changed: months and days by the calendar, hours by the clock. */
function momentLater(moment: Moment, by: Move, zone: string): string | null {
  const isOfZone =
    !moment.zulu && moment.offset !== null && moment.offset === momentIn(instantOf(moment), zone)?.offset;
  const moved = move(moment, isOfZone ? { ...by, ms: 0 } : by);
  if (!moved || !isOfZone) return moved && isoMoment({ ...moment, ...moved });
  const still = by.months === 0 && by.days === 0;
  const from = still ? instantOf(moment) : instantIn(moved.day, moved.clock, zone);
  const local = momentIn(from + by.ms, zone);
  return local && isoMoment(local);
}

const MIDNIGHT: Clock = { hour: 0, minute: 0, second: 0 };
const ANY_DAY: Day = { year: 2000, month: 1, day: 1 };

interface Move {
  /** Calendar months and days, then milliseconds. */
  readonly months: number;
  readonly days: number;
  readonly ms: number;
}

function move({ day, clock }: Pick<Moment, 'day' | 'clock'>, { months, days, ms }: Move) {
  const moved = readUtc(utcOf(monthsLater(day, months), clock) + days * DAY_MS + ms);
  return moved && { day: moved.day, clock: moved.clock };
}

/** Whether `later` can go by it. */
export const isAmount = (value: Value): boolean => spanGiven(value) !== null;

function spanGiven(value: Given): Move | null {
  if (typeof value === 'number') return moveOf(value, 0);
  if (typeof value !== 'string') return null;
  const sign = value.startsWith('-') ? -1 : 1;
  const text = sign < 0 ? value.slice(1) : value;
  if (/^\d{1,9}(\.\d{1,9})?d$/.test(text)) return moveOf(sign * Number(text.slice(0, -1)), 0);
  if (/^\d{1,9}(\.\d{1,9})?(ms|s|m|h)$/.test(text)) return moveOf(0, sign * durationMs(text));
  const span = spanOf(text);
  if (!span) return null;
  const { ms, days } = moveOf(
    sign * (span.weeks * 7 + span.days),
    sign * exactMs({ ...span, weeks: 0, days: 0 }),
  );
  return { months: sign * (span.years * 12 + span.months), days, ms };
}

/** A part of a day is hours. */
function moveOf(days: number, ms: number): Move {
  const whole = Math.trunc(days);
  return { months: 0, days: whole, ms: ms + Math.round((days - whole) * DAY_MS) };
}

function textually<Found>(read: (text: string) => Found | null, value: Given): Found | null {
  return typeof value === 'string' ? read(value) : null;
}
