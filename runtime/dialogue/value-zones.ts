/** What the clock on the wall shows in a time zone. */
import { offsetAt } from '../zones.ts';
import { type Clock, type Day, type Moment, readUtc, utcOf } from './value-shapes.ts';

const MINUTE_MS = 60_000;

/**
 * The moment as it is told in a zone (IANA; one that is not known is taken for UTC), or null outside of the
 * years 1 to 9999. Milliseconds since the epoch are cut to whole seconds.
 */
export function momentIn(ms: number, zone: string): Moment | null {
  const seconds = Math.floor(ms / 1000) * 1000;
  const utc = readUtc(seconds);
  if (utc === null) return null;
  const offset = offsetAt(seconds, zone);
  const local = readUtc(seconds + offset * MINUTE_MS);
  return local && { ...local, offset, zulu: false };
}

/** The instant at which a zone's clocks show this; of a time that they skip, the one right behind the gap. */
export function instantIn(day: Day, clock: Clock, zone: string): number {
  const shown = utcOf(day, clock);
  const before = shown - offsetAt(shown - 12 * 60 * MINUTE_MS, zone) * MINUTE_MS;
  const after = shown - offsetAt(shown + 12 * 60 * MINUTE_MS, zone) * MINUTE_MS;
  // Around a change of the clocks, the one of the two that the zone would really show; in a gap, neither.
  return [before, after].find((ms) => ms + offsetAt(ms, zone) * MINUTE_MS === shown) ?? before;
}
