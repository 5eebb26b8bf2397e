/** When an app may call: hours of the day and days of the week, where whoever is called lives. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CallingHours } from '../dialogue/program.ts';
import { machineZone, offsetAt, zonesOfCountry } from '../zones.ts';
import { zonesOfAreaCode } from './area-codes.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60_000;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * When the number may be called, not before `at`. A number whose country or area has several zones is called when it is
 * within the hours in all of them; where that is never, in the first. `appZone`: for numbers of no country.
 */
export function nextOpening(hours: CallingHours, phone: string, appZone: string | null, at: number): number {
  const zones = zonesOfNumber(phone) ?? [appZone ?? machineZone()];
  return openingIn(hours, zones, at) ?? openingIn(hours, zones.slice(0, 1), at) ?? at;
}

/** The IANA zones in which whoever has the number (E.164) may be; null where it is of no country. */
export function zonesOfNumber(phone: string): readonly string[] | null {
  const country = parsePhoneNumberFromString(phone)?.country;
  if (country === undefined) return null;
  const ofArea = country === 'US' || country === 'CA' ? zonesOfAreaCode(phone) : null;
  if (ofArea) return ofArea;
  const zones = zonesOfCountry(country);
  return zones.length > 0 ? zones : null;
}

/** Null: not within the coming week. */
function openingIn(hours: CallingHours, zones: readonly string[], at: number): number | null {
  if (zones.every((zone) => isOpen(hours, zone, at))) return at;
  // It opens for all where it opens for one of them.
  const openings = zones.flatMap((zone) => {
    const { dayStart } = wallClock(zone, at);
    // By the calendar: where the clock is changed a day has 23 hours or 25.
    return Array.from({ length: 9 }, (_, days) => openingOn(hours, zone, dayStart + (days - 1) * DAY_MS));
  });
  const next = openings
    .toSorted((one, other) => one - other)
    .find((opening) => opening > at && zones.every((zone) => isOpen(hours, zone, opening)));
  return next ?? null;
}

function isOpen({ fromMinute, toMinute, days }: CallingHours, zone: string, at: number): boolean {
  const { day, minute } = wallClock(zone, at);
  return days.includes(day) && minute >= fromMinute && minute < toMinute;
}

/** The moment at which the zone's clock shows the opening hour on a day. `dayStart`: as `wallClock` gives it. */
function openingOn({ fromMinute }: CallingHours, zone: string, dayStart: number): number {
  const wanted = dayStart + fromMinute * MINUTE_MS;
  // Once more, where the clock is changed between the two: `wanted` is as if the zone were UTC.
  const first = wanted - offsetAt(wanted, zone) * MINUTE_MS;
  return wanted - offsetAt(first, zone) * MINUTE_MS;
}

/** What the zone's clock shows. `dayStart`: its date at midnight, as if the zone were UTC. */
function wallClock(
  zone: string,
  at: number,
): { day: CallingHours['days'][number]; minute: number; dayStart: number } {
  const shown = at + offsetAt(at, zone) * MINUTE_MS;
  const dayStart = Math.floor(shown / DAY_MS) * DAY_MS;
  return {
    day: DAYS[new Date(dayStart).getUTCDay()]!,
    minute: Math.floor((shown - dayStart) / MINUTE_MS),
    dayStart,
  };
}
