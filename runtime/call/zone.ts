/** Where the other side of a call is, and where what is said of days and times holds. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { machineZone, zonesOfCountry } from '../zones.ts';

const zonesByCountry = new Map<string, string | null>();

/**
 * The IANA time zone of a call: the app's own (null: it has none), else that of the country of the other side's
 * number (E.164, or whatever the line gave) where the whole country has one time, else this machine's.
 */
export function zoneOf(appZone: string | null, phone: string | null, now: number): string {
  const country = countryOf(phone);
  return appZone ?? (country ? zoneOfCountry(country, now) : null) ?? machineZone();
}

/** ISO 3166, two letters; null where the number (E.164, or whatever the line gave) does not tell. */
export function countryOf(phone: string | null): string | null {
  return (phone === null ? undefined : parsePhoneNumberFromString(phone)?.country) ?? null;
}

/** Null where it is not the same time everywhere. `country`: ISO 3166, two letters. */
function zoneOfCountry(country: string, now: number): string | null {
  const known = zonesByCountry.get(country);
  if (known !== undefined) return known;
  const zones = zonesOfCountry(country);
  const [first = null] = zones;
  const same = first !== null && zones.every((zone) => sameTime(zone, first, now));
  const zone = same ? first : null;
  zonesByCountry.set(country, zone);
  return zone;
}

/** In every month of the coming year, whatever was the case long ago. */
function sameTime(one: string, other: string, now: number): boolean {
  const months = Array.from({ length: 12 }, (_, month) => now + month * 30 * 24 * 60 * 60 * 1000);
  return one === other || months.every((at) => wallClock(one, at) === wallClock(other, at));
}

function wallClock(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}
