/** A day that was said, and where and when that was. */
import { dateOf, dayOf, isDay } from './values-calendar.ts';
import type { ValueLanguage } from './values-language.ts';
import type { Part } from './values-lexicon.ts';
import type { Token } from './values-tokens.ts';

/** Where and when something is said. */
export interface Here {
  language: ValueLanguage;
  region: string;
  today: number;
  /** Seconds into today. */
  seconds: number;
  /** A day is asked for that is past. */
  past: boolean;
  /** A time is asked for too. */
  timed: boolean;
}

export interface SaidDay {
  /** Days since the epoch; of what was said without a year or month, the next that is not past. */
  day: number;
  /** As said, where it had no year: the slot's range may want another year. */
  yearless: { month: number | null; day: number } | null;
  /** Only the day of the week was said. */
  weekly: boolean;
  unsure: boolean;
  part: Part | null;
  to: number;
  /** Only an ordinal or a number, which may count something else. */
  bare: boolean;
}

/** Null where the calendar does not have that day. */
export const said = (day: number | null, to: number, more: Partial<SaidDay> = {}): SaidDay | null =>
  day === null || !isDay(day)
    ? null
    : { day, to, yearless: null, weekly: false, unsure: false, part: null, bare: false, ...more };

/** The same day, where it ends what begins on another: "from Friday to Monday". */
export function endingAfter(end: SaidDay, start: number): SaidDay {
  if (end.day > start) return end;
  if (end.yearless) return { ...end, day: nearestDay(end.yearless, start) ?? end.day };
  return end.weekly ? { ...end, day: end.day + 7, unsure: false } : end;
}

/** The next day with this date; with `last`, the latest before that day. */
export function nearestDay(
  { month, day }: { month: number | null; day: number },
  from: number,
  last: number | null = null,
): number | null {
  const start = dateOf(last ?? from);
  for (let step = 0; step < (month === null ? 12 : 9); step++) {
    const back = last === null ? step : -step;
    const index = month === null ? start.month - 1 + back : month - 1;
    const year = month === null ? start.year + Math.floor(index / 12) : start.year + back;
    const found = dayOf(year, (((index % 12) + 12) % 12) + 1, day);
    if (found !== null && (last === null ? found >= from : found <= last)) return found;
  }
  return null;
}

/** Behind words of a set. */
export const skip = (tokens: readonly Token[], at: number, words: ReadonlySet<string>): number => {
  let next = at;
  while (words.has(tokens[next]?.word ?? '')) next++;
  return next;
};

export const skipMarks = (tokens: readonly Token[], at: number): number =>
  tokens[at]?.word === ',' ? at + 1 : at;
