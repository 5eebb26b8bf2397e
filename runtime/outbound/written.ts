/** Moments and languages, as people write them in requests and files. */
import { OffhookError } from '../errors.ts';

/**
 * ISO 8601 with its offset; without one it would be another moment on another server.
 * @throws OffhookError `bad-time` (400).
 */
export function momentOf(at: string): number {
  const [, date] = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.exec(at) ?? [];
  const moment = date !== undefined && isDay(date) ? Date.parse(at) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new OffhookError(
    'bad-time',
    `"${at}" is not a moment: write it with date, time and offset, such as 2026-03-04T19:00:00+01:00.`,
    { status: 400 },
  );
}

/** Of a month that has not so many days, the parser would make a day of the next one. */
function isDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

/** In its canonical form. @throws OffhookError `bad-locale` (400). */
export function bcp47(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0]!;
  } catch (cause) {
    throw new OffhookError('bad-locale', `"${locale}" is not a language tag, such as en-US.`, {
      status: 400,
      cause,
    });
  }
}
