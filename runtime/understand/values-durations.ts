/** How long something is: "an hour and a half", "ninety minutes", "two weeks". */
import type { ValueLanguage } from './values-language.ts';
import type { Unit } from './values-lexicon.ts';
import { cardinalAt, numberAt } from './values-numbers.ts';
import type { Token } from './values-tokens.ts';

export interface Span {
  months: number;
  days: number;
  seconds: number;
  to: number;
  /** The bare number, where it is a single number of a single unit. */
  count: number | null;
}

const SECONDS: { readonly [unit in Unit]?: number } = { second: 1, minute: 60, hour: 3600 };
const DAYS: { readonly [unit in Unit]?: number } = { day: 1, week: 7 };
const MONTHS: { readonly [unit in Unit]?: number } = { month: 1, year: 12 };
const DAY_S = 86_400;

/** A duration that begins at a token, or null. */
export function durationAt(tokens: readonly Token[], at: number, language: ValueLanguage): Span | null {
  const span: Span = { months: 0, days: 0, seconds: 0, to: at, count: null };
  for (let parts = 0; parts < 4; parts++) {
    const joined = parts > 0 && language.durations.and.has(tokens[span.to]?.word ?? '') ? 1 : 0;
    const part = partAt(tokens, span.to + joined, language);
    if (part === null) break;
    span.months += part.months;
    span.days += part.days;
    span.seconds += part.seconds;
    span.to = part.to;
    span.count = parts === 0 ? part.count : null;
  }
  const sensible = span.months < 12_000 && span.days < 400_000 && span.seconds < 1e10;
  return span.to === at || !sensible ? null : span;
}

function partAt(tokens: readonly Token[], at: number, language: ValueLanguage): Span | null {
  const { spans, units, halves } = language.durations;
  const whole = spans.at(tokens, at);
  if (whole) {
    const isDays = whole.value % DAY_S === 0;
    return inSpan(isDays ? whole.value / DAY_S : whole.value, isDays ? 'day' : 'second', whole.to, null);
  }
  const amount = numberAt(tokens, at, language);
  if (amount && amount.value < 0) return null;
  if (amount === null && !language.lexicon.durations.bare) return null;
  const unit = units.at(tokens, amount?.to ?? at);
  if (unit === null) return null;
  const value = amount?.value ?? 1;
  // "2h30", "an hour twenty"
  const short = tokens[unit.to];
  const glued = unit.value === 'hour' && short?.glued && short.kind === 'digits';
  const minutes = unit.value === 'hour' ? cardinalAt(tokens, unit.to, language) : null;
  const alone = minutes && !minutes.article && (glued || (minutes.value > 4 && isEnd(tokens[minutes.to])));
  if (alone && minutes.value < 60) return inSpan(value * 60 + minutes.value, 'minute', minutes.to, null);
  const half = halves.at(tokens, unit.to);
  // "Wait a second" counts nothing.
  const counts = half === null && !(amount?.article && (SECONDS[unit.value] ?? 3600) < 3600);
  return inSpan(value + (half?.value ?? 0), unit.value, half?.to ?? unit.to, counts ? value : null);
}

const isEnd = (token: Token | undefined): boolean => token === undefined || token.kind === 'mark';

function inSpan(value: number, unit: Unit, to: number, count: number | null): Span {
  const days = value * (DAYS[unit] ?? 0);
  const whole = Math.floor(days);
  const months = Math.round(value * (MONTHS[unit] ?? 0));
  const seconds = Math.round(value * (SECONDS[unit] ?? 0) + (days - whole) * DAY_S);
  return { months, days: whole, seconds, to, count };
}

/** ISO 8601 in weeks, or in days, hours, minutes and seconds; a month has 30 days, and a year 365. */
export function isoDuration({ months, days, seconds }: Pick<Span, 'months' | 'days' | 'seconds'>): string {
  const years = Math.floor(months / 12);
  const all = days + years * 365 + (months - years * 12) * 30;
  if (all > 0 && all % 7 === 0 && seconds === 0 && months === 0) return `P${all / 7}W`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = seconds % 60;
  const clock = [hours > 0 && `${hours}H`, minutes > 0 && `${minutes}M`, rest > 0 && `${rest}S`];
  const time = clock.filter((part) => part !== false).join('');
  if (all === 0 && time === '') return 'PT0S';
  return `P${all > 0 ? `${all}D` : ''}${time === '' ? '' : `T${time}`}`;
}
