/** What the clocks of a time zone show, as far as from UTC. */

const MINUTE_MS = 60_000;
/** Clocks are changed on a quarter of an hour, at least since computers count the time. */
const QUARTER_MS = 15 * MINUTE_MS;
const MAX_ZONES = 100;
const MAX_OFFSETS = 1_000;

/** A locale as newer engines have it (a method) and as Node 20 has it (a property). */
interface WithZones {
  getTimeZones?(): string[] | undefined;
  timeZones?: string[] | undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

let ownZone: string | null = null;

/** This machine's zone (IANA), as it was when it was first asked for. */
export function machineZone(): string {
  return (ownZone ??= new Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Whether this is the name of an IANA zone that this machine knows; offsets such as +01:00 have no summer time and are none. */
export function isZone(zone: string): boolean {
  return /^[A-Za-z]/.test(zone) && formatIn(zone) !== null;
}

/** Minutes east of UTC at an instant within the years 1 to 9999, in a zone (IANA); in one that is not known, 0. */
export function offsetAt(ms: number, zone: string): number {
  if (ms < 0) return told(ms, zone);
  // Asking takes 30 µs, and every sentence with a day or a time in it asks several times.
  const quarter = `${zone} ${Math.floor(ms / QUARTER_MS)}`;
  let offset = offsets.get(quarter);
  if (offset === undefined) {
    offset = told(ms, zone);
    if (offsets.size >= MAX_OFFSETS) offsets.clear();
    offsets.set(quarter, offset);
  }
  return offset;
}

/** The zones (IANA) of a country (ISO 3166, two letters); none where it is not known. */
export function zonesOfCountry(country: string): readonly string[] {
  // The types know neither form yet.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const locale = new Intl.Locale(`und-${country}`) as unknown as WithZones;
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}

function told(ms: number, zone: string): number {
  const fields: { [type: string]: number } = {};
  for (const { type, value } of formatIn(zone)?.formatToParts(ms) ?? []) fields[type] = Number(value);
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  if (year === undefined) return 0;
  const shown = new Date(0);
  shown.setUTCFullYear(year, month - 1, day);
  shown.setUTCHours(hour, minute, second);
  return Math.round((shown.getTime() - Math.floor(ms / 1000) * 1000) / MINUTE_MS);
}

function formatIn(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone);
  if (known) return known;
  const date = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  try {
    const format = new Intl.DateTimeFormat('en-US', { ...date, ...clock, timeZone });
    if (formats.size >= MAX_ZONES) formats.clear();
    formats.set(timeZone, format);
    return format;
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return null;
  }
}
