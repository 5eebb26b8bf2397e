/** Everything in a sentence that may be the value of something, in the order in which it is said. */
import { dateAt, impossibleDayAt } from './values-dates.ts';
import type { Here, SaidDay } from './values-days.ts';
import { durationAt, type Span } from './values-durations.ts';
import type { ValueLanguage } from './values-language.ts';
import type { Part } from './values-lexicon.ts';
import { moneyAt, priceAt, type Sum } from './values-money.ts';
import { isOrdinalPlace, numberAt, ordinalAt } from './values-numbers.ts';
import { type SaidTime, timeAt } from './values-times.ts';
import { isPronoun } from './values-pronouns.ts';
import type { Token } from './values-tokens.ts';

export type Reading =
  | { kind: 'date'; said: SaidDay }
  | { kind: 'time'; said: SaidTime }
  | { kind: 'duration'; said: Span }
  | { kind: 'money'; said: Sum }
  /** `article`: only "a" or "eine"; `counted`: something stands behind it that is counted. */
  | { kind: 'number'; value: number; article: boolean; ordinal: boolean; counted: boolean }
  /** So long from now. */
  | { kind: 'ahead'; seconds: number }
  /** So long after (or, negative, before) what it was. */
  | { kind: 'shift'; months: number; days: number; seconds: number }
  /** What it was. */
  | { kind: 'same'; of: 'date' | 'time' | 'any' }
  | { kind: 'part'; part: Part };

export interface Mention {
  /** Tokens, the second not included. */
  from: number;
  to: number;
  readings: readonly Reading[];
}

/** Which kinds of values numbers alone may be. */
export interface Wants {
  time: boolean;
  /** Figures alone are a time, such as 730. */
  figures: boolean;
  date: boolean;
  /** Two numbers in a row are a price: "nineteen ninety nine". */
  price: boolean;
  /** A count is asked for. */
  count: boolean;
}

/** The mentions of a sentence; none within another. Tokens that are `taken` are passed over. */
export function mentionsIn(
  tokens: readonly Token[],
  taken: readonly boolean[],
  here: Here,
  wants: Wants,
): Mention[] {
  const mentions: Mention[] = [];
  for (let at = 0; at < tokens.length;) {
    const opens = mayOpen(tokens[at]!, here.language);
    const passed =
      (opens ? impossibleDayAt(tokens, at, here) : null) ?? wholeAt(tokens, at, mentions.at(-1), here);
    if (passed !== null || !opens) {
      at = passed ?? at + 1;
      continue;
    }
    const mention = taken[at] ? null : mentionAt(tokens, at, here, wants);
    if (mention && !taken.slice(at, mention.to).includes(true)) mentions.push(mention);
    at = mention && !taken[at] ? mention.to : at + 1;
  }
  return mentions;
}

/** Behind "four out of five" and "two of five", which are a four and a two. */
function wholeAt(
  tokens: readonly Token[],
  at: number,
  before: Mention | undefined,
  here: Here,
): number | null {
  const isNumber = before?.to === at && before.readings.some(({ kind }) => kind === 'number');
  if (!isNumber) return null;
  const of = tokens[at]?.word === 'out' ? at + 1 : at;
  return tokens[of]?.word === 'of' ? (numberAt(tokens, of + 1, here.language)?.to ?? null) : null;
}

function mentionAt(tokens: readonly Token[], at: number, here: Here, wants: Wants): Mention | null {
  const found = readingsAt(tokens, at, here, wants);
  const to = Math.max(...found.map((one) => one.to));
  const readings = found.filter((one) => one.to === to).map(({ reading }) => reading);
  return readings.length === 0 ? null : { from: at, to, readings };
}

/** Most words begin nothing that is a value. Thousands in one word are too many for a table. */
const mayOpen = ({ kind, word }: Token, { opening }: ValueLanguage): boolean =>
  kind !== 'word' || opening.has(word) || word.includes('tausend');

function readingsAt(
  tokens: readonly Token[],
  at: number,
  here: Here,
  wants: Wants,
): { reading: Reading; to: number }[] {
  const { language } = here;
  const found: { reading: Reading; to: number }[] = [];
  const add = (reading: Reading, to: number): void => void found.push({ reading, to });
  const same = language.dates.same.at(tokens, at);
  if (same) add({ kind: 'same', of: same.value }, same.to);
  const shift = language.dates.shifts.at(tokens, at);
  if (shift) add({ kind: 'shift', months: 0, days: shift.value, seconds: 0 }, shift.to);
  const day = dateAt(tokens, at, here);
  if (day && (!day.bare || wants.date)) add({ kind: 'date', said: day }, day.to);
  const time = isPronoun(tokens, at, language)
    ? null
    : timeAt(tokens, at, language, wants.time, wants.figures);
  if (time) {
    add({ kind: 'time', said: time }, time.to);
    // "about seven" may be people.
    const approximate = wants.count && APPROXIMATE.has(tokens[at]?.word ?? '');
    const number = approximate ? numberReading(tokens, at + 1, here, wants) : null;
    if (number?.to === time.to) found.push(number);
  }
  const span = durationAt(tokens, at, language);
  if (span) addSpan(tokens, span, here, add);
  const ahead = language.dates.ahead.at(tokens, at);
  const wait = ahead && durationAt(tokens, ahead.to, language);
  if (wait && wait.seconds > 0 && wait.days === 0 && wait.months === 0)
    add({ kind: 'ahead', seconds: wait.seconds }, wait.to);
  const sum = moneyAt(tokens, at, language, here.region);
  if (sum) add({ kind: 'money', said: sum }, sum.to);
  const price = wants.price && sum === null ? priceAt(tokens, at, language, here.region) : null;
  if (price) add({ kind: 'money', said: price }, price.to);
  const number = numberReading(tokens, at, here, wants);
  if (number) found.push(number);
  const part = language.times.parts.at(tokens, at);
  if (part && !/^[ap]m?$/.test(tokens[at]?.word ?? '')) add({ kind: 'part', part: part.value }, part.to);
  return found;
}

const APPROXIMATE: ReadonlySet<string> = new Set('about around gegen vers hacia sobre kolem'.split(' '));

/** A duration, which "later" behind it makes relative, and which may be just a count: "three nights". */
function addSpan(
  tokens: readonly Token[],
  span: Span,
  here: Here,
  add: (reading: Reading, to: number) => void,
): void {
  const sooner = here.language.dates.sooner.at(tokens, span.to);
  if (sooner) {
    const { months, days, seconds } = span;
    const sign = sooner.value;
    add({ kind: 'shift', months: sign * months, days: sign * days, seconds: sign * seconds }, sooner.to);
  }
  const behind = here.language.dates.aheadBehind.at(tokens, span.to);
  if (behind && span.seconds > 0)
    add({ kind: 'ahead', seconds: span.seconds + span.days * 86_400 }, behind.to);
  add({ kind: 'duration', said: span }, span.to);
  if (span.count !== null)
    add({ kind: 'number', value: span.count, article: false, ordinal: false, counted: true }, span.to);
}

function numberReading(
  tokens: readonly Token[],
  at: number,
  { language }: Here,
  wants: Wants,
): { reading: Reading; to: number } | null {
  const ordinal = ordinalAt(tokens, at, language);
  if (ordinal && ordinal.value > 0 && isOrdinalPlace(tokens, at, language)) {
    const reading = {
      kind: 'number',
      value: ordinal.value,
      article: false,
      ordinal: true,
      counted: false,
    } as const;
    return { reading, to: ordinal.to };
  }
  const none = language.phrases.none.at(tokens, at);
  const topic = none && language.phrases.topics.at(tokens, none.to);
  if (topic && topic.value !== 'time' && topic.value !== 'day') {
    const reading = { kind: 'number', value: 0, article: false, ordinal: false, counted: true } as const;
    return { reading, to: topic.to };
  }
  const number = numberAt(tokens, at, language);
  if (number === null || isPronoun(tokens, at, language)) return null;
  const counted =
    (language.numbers.amounts.at(tokens, at)?.value ?? Infinity) < 100 ||
    language.phrases.things.at(tokens, number.to) !== null;
  if (number.article && !counted && !(wants.count && isOneAlone(tokens, at))) return null;
  const { value, to, article } = number;
  return { reading: { kind: 'number', value, article, ordinal: false, counted }, to };
}

/** "un", "eine", with nothing behind it, where a count is asked for; nobody answers "a". */
const isOneAlone = (tokens: readonly Token[], at: number): boolean =>
  !/^an?$/.test(tokens[at]?.word ?? '') && (tokens[at + 1] === undefined || tokens[at + 1]?.kind === 'mark');
