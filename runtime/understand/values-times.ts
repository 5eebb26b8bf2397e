/** Times of the day: "half past seven", "19:30", "um sieben", "sept heures et demie", "noon". */
import { readTime } from './values-calendar.ts';
import type { ValueLanguage } from './values-language.ts';
import type { Part } from './values-lexicon.ts';
import { cardinalAt, ordinalAt } from './values-numbers.ts';
import type { Token } from './values-tokens.ts';

export interface SaidTime {
  /** Seconds into the day. */
  seconds: number;
  /** Twelve hours earlier or later may be meant. */
  open: boolean;
  part: Part | null;
  to: number;
  /** Nothing but numbers, which may count something else. */
  bare: boolean;
}

type Tokens = readonly Token[];
interface Clock {
  hour: number;
  minute: number;
  second: number;
  /** All hours of the day were counted. */
  full: boolean;
  bare: boolean;
  to: number;
}

/** A time that begins at a token, or null. `bare` allows numbers with no word that tells a time: "seven thirty"; and `figures` also those of a clock: "730", "7.30", "nineteen hundred". */
export function timeAt(
  tokens: Tokens,
  at: number,
  language: ValueLanguage,
  bare: boolean,
  figures: boolean,
): SaidTime | null {
  const lead = figures && isFigures(tokens, at, language) ? { to: at } : language.times.at.at(tokens, at);
  const led = lead && (isLoose(tokens, at, lead.to, language) ? 'loose' : 'firm');
  const said = (lead && clockAt(tokens, lead.to, language, led)) ?? clockAt(tokens, at, language, null);
  if (said === null) return null;
  const next = tokens[said.to]?.word === ',' ? said.to + 1 : said.to;
  // "tonight" behind a time is a day too, which is read by itself.
  const part = language.dates.days.at(tokens, next) ? null : language.times.parts.at(tokens, next);
  const isBare = said.bare && part === null && led !== 'firm';
  // "for four": the number is read by itself, and what it counts is seen then.
  if (isBare && (!bare || led === 'loose')) return null;
  return onDial(said, part?.value ?? null, part?.to ?? said.to, isBare);
}

function isFigures(tokens: Tokens, at: number, language: ValueLanguage): boolean {
  const [first, mark, second] = tokens.slice(at, at + 3);
  if (first?.kind !== 'digits') return isHundreds(cardinalAt(tokens, at, language)?.value ?? 0);
  const isDotted = mark?.glued === true && mark.word === '.' && second?.kind === 'digits' && second.glued;
  return isDotted || /^\d{3,4}$/.test(first.word);
}

const isHundreds = (value: number): boolean => value > 99 && value <= 2400 && value % 100 === 0;

/** Words that also stand before counts: "for four" is a party, "at four" is an hour. */
const LOOSE: ReadonlySet<string> = new Set('for to auf nach vor von de pour na do po'.split(' '));

/** "na osmou": the ending tells the hour from the day. */
export const isOrdinalHour = (token: Token | undefined): boolean => token?.word.endsWith('ou') ?? false;

type Led = 'firm' | 'loose' | null;

const isLoose = (tokens: Tokens, at: number, to: number, language: ValueLanguage): boolean =>
  to === at + 1 && (LOOSE.has(tokens[at]?.word ?? '') || language.phrases.counts.at(tokens, at) !== null);

/** `led`: a word such as "at" stands before. */
function clockAt(tokens: Tokens, at: number, language: ValueLanguage, led: Led): Clock | null {
  const { times } = language;
  const bare = led !== 'firm';
  const name = times.names.at(tokens, at);
  if (name) {
    const behind = times.behind.at(tokens, name.to);
    return clock(name.value, behind?.value ?? 0, behind?.to ?? name.to, { full: true });
  }
  const written = writtenAt(tokens, at, language, !bare);
  if (written) return written;
  const before = times.before.at(tokens, at);
  if (before) {
    const named = times.names.at(tokens, before.to);
    if (named) return clock(named.value, before.value, named.to, { full: true });
    const hour = hourAt(tokens, before.to, language, true);
    if (hour) return clock(hour.value, before.value, skipHour(tokens, hour.to, language));
  }
  const turned = turnedAt(tokens, at, language);
  if (turned) return turned;
  const ordinal = led !== null && language.lexicon.times.ordinalHours && isOrdinalHour(tokens[at]);
  const hour = hourAt(tokens, at, language, ordinal, !bare);
  if (hour === null) return null;
  const named = ordinal || times.hour.has(tokens[hour.to]?.word ?? '');
  const next = skipHour(tokens, hour.to, language);
  const behind = times.behind.at(tokens, next);
  if (behind)
    return clock(hour.value, behind.value, skipHour(tokens, behind.to, language), { bare: !named && bare });
  const between = tokens[next]?.word ?? '';
  const less = times.less.has(between);
  const joined = times.and.has(between) || less;
  const minutes = minutesAt(tokens, joined ? next + 1 : next, language, named || joined);
  if (minutes) {
    return clock(hour.value, less ? -minutes.value : minutes.value, minutes.to, { bare: !named && bare });
  }
  if (!named && isCounted(tokens, hour.to, language)) return null;
  return clock(hour.value, 0, next, { bare: !named && bare });
}

function clock(hour: number, minute: number, to: number, more: Partial<Clock> = {}): Clock {
  return { hour, minute, second: 0, full: hour > 12 || hour === 0, bare: false, to, ...more };
}

/** "19:30", "7:30:15", "19.30 Uhr", "19h30", "at 1930" */
function writtenAt(tokens: Tokens, at: number, language: ValueLanguage, led: boolean): Clock | null {
  const first = tokens[at];
  if (first?.kind !== 'digits') return null;
  const mark = tokens[at + 1];
  const second = tokens[at + 2];
  if (
    first.word.length <= 2 &&
    mark?.glued &&
    second?.kind === 'digits' &&
    second.glued &&
    /^\d\d$/.test(second.word)
  ) {
    const behind = language.times.hour.has(tokens[at + 3]?.word ?? '');
    const part = language.times.parts.at(tokens, at + 3) !== null;
    const dotted = mark.word === '.' && (behind || part || led) && !isDayBehindDot(tokens, at);
    const hours = language.times.hour.has(mark.word);
    if (mark.word === ':' || dotted || hours) {
      const more = tokens[at + 4];
      const exact =
        mark.word === ':' && tokens[at + 3]?.word === ':' && more?.glued && /^\d\d$/.test(more.word);
      const full = first.word.startsWith('0') || Number(first.word) > 12;
      const to = exact ? at + 5 : behind ? at + 4 : at + 3;
      return valid({
        ...clock(Number(first.word), Number(second.word), to, { full }),
        second: exact ? Number(more.word) : 0,
      });
    }
  }
  const to = skipHour(tokens, at + 1, language);
  if (!led || !/^\d{3,4}$/.test(first.word)) return null;
  // "1400 hours" are no hours that are counted.
  if (to === at + 1 && isCounted(tokens, to, language)) return null;
  const hour = Number(first.word.slice(0, -2));
  return valid(
    clock(hour, Number(first.word.slice(-2)), to, { full: hour > 12 || first.word.startsWith('0') }),
  );
}

/** "7.10.", "7.30.2026": with a second dot it is a day, unless no month has that number and no year follows. */
const isDayBehindDot = (tokens: Tokens, at: number): boolean =>
  tokens[at + 3]?.word === '.' && (Number(tokens[at + 2]?.word) <= 12 || tokens[at + 4]?.kind === 'digits');

const valid = (said: Clock): Clock | null =>
  said.hour < 24 && said.minute < 60 && said.second < 60 ? said : null;

/** "ten past seven", "zehn vor acht", "fünf vor halb acht", "diez para las ocho" */
function turnedAt(tokens: Tokens, at: number, language: ValueLanguage): Clock | null {
  const minutes = cardinalAt(tokens, at, language);
  if (minutes === null || minutes.article || minutes.value < 1 || minutes.value > 29) return null;
  const next = language.times.minute.has(tokens[minutes.to]?.word ?? '') ? minutes.to + 1 : minutes.to;
  const turn = language.times.turn.at(tokens, minutes.to) ?? language.times.turn.at(tokens, next);
  if (turn === null) return null;
  const half = language.times.half.has(tokens[turn.to]?.word ?? '');
  const named = language.times.names.at(tokens, turn.to);
  if (named) return clock(named.value, turn.value * minutes.value, named.to, { full: true });
  const hour = hourAt(tokens, half ? turn.to + 1 : turn.to, language, false);
  // "two to four" and "from ten to five" are from one to the other, "ten to four" is a time.
  const isPlain = next === minutes.to && !half && minutes.value % 5 > 0;
  if (hour === null || isPlain || language.phrases.from.at(tokens, at - 1)) return null;
  const value = (half ? -30 : 0) + turn.value * minutes.value;
  return clock(hour.value, value, skipHour(tokens, hour.to, language));
}

/** "half past", "y media", "um halb": minutes of an hour that is not said again. */
export function minutesAlone(
  tokens: Tokens,
  at: number,
  { times }: ValueLanguage,
): { value: number; unsure: boolean; to: number } | null {
  const found = times.behind.at(tokens, at) ?? times.before.at(tokens, at);
  if (found === null || (found.to === at + 1 && !times.half.has(tokens[at]?.word ?? ''))) return null;
  // "halb" is half an hour before the next hour, which need not be the one that was said.
  const counted = found.value <= -30;
  return { value: counted ? found.value + 60 : found.value, unsure: counted, to: found.to };
}

const skipHour = (tokens: Tokens, at: number, language: ValueLanguage): number =>
  language.times.hour.has(tokens[at]?.word ?? '') ? at + 1 : at;

function hourAt(
  tokens: Tokens,
  at: number,
  language: ValueLanguage,
  counted: boolean,
  led = false,
): { value: number; to: number } | null {
  const ordinal = counted && language.lexicon.times.ordinalHours ? ordinalAt(tokens, at, language) : null;
  if (ordinal && tokens[at]?.kind === 'word')
    return ordinal.value >= 1 && ordinal.value <= 12 ? ordinal : null;
  const hour = cardinalAt(tokens, at, language);
  if (hour === null || !Number.isInteger(hour.value)) return null;
  // "twenty one hundred hours"
  const named = language.times.hour.has(tokens[hour.to]?.word ?? '');
  const isMilitary = isHundreds(hour.value) && (named || (led && !isCounted(tokens, hour.to, language)));
  if (isMilitary && tokens[at]?.kind === 'word') return { ...hour, value: hour.value / 100 };
  if (hour.value > 24) return null;
  // "ein Uhr", "la una", "une heure": an article is an hour only beside a word for it.
  const isHour = named || /^(?:las?|une?|una)$/.test(tokens[at - 1]?.word ?? '');
  return hour.article && !isHour ? null : hour;
}

/** `named`: the hour was called so, and any minute may follow. */
function minutesAt(
  tokens: Tokens,
  at: number,
  language: ValueLanguage,
  named: boolean,
): { value: number; to: number } | null {
  const zero =
    language.numbers.zeros.has(tokens[at]?.word ?? '') ||
    language.numbers.words.get(tokens[at]?.word ?? '') === 0;
  const minutes = cardinalAt(tokens, zero ? at + 1 : at, language);
  if (minutes === null || minutes.article || minutes.value > 59 || !Number.isInteger(minutes.value))
    return null;
  if (zero ? minutes.value > 9 : minutes.value < 10 && !named && !/^0\d$/.test(tokens[at]?.word ?? ''))
    return null;
  const isMinute = language.times.minute.has(tokens[minutes.to]?.word ?? '');
  if (!isMinute && isCounted(tokens, minutes.to, language)) return null;
  return { value: minutes.value, to: isMinute ? minutes.to + 1 : minutes.to };
}

/** What is counted is no hour. */
function isCounted(tokens: Tokens, at: number, language: ValueLanguage): boolean {
  const mark = tokens[at];
  return (
    language.phrases.things.at(tokens, at) !== null ||
    language.durations.units.at(tokens, at) !== null ||
    language.money.coins.at(tokens, at) !== null ||
    /^[%$€£@]$/.test(mark?.word ?? '') ||
    (mark?.glued === true && /^[./-]$/.test(mark.word) && tokens[at + 1]?.kind === 'digits')
  );
}

function onDial(said: Clock, part: Part | null, to: number, bare: boolean): SaidTime | null {
  if (said.hour > 24) return null;
  const day = 86_400;
  const seconds = (((said.hour * 3600 + said.minute * 60 + said.second) % day) + day) % day;
  const open = !said.full;
  const fixed = open && part !== null ? inPart(seconds, part) : null;
  return { seconds: fixed ?? seconds, open: open && fixed === null, part, to, bare };
}

/** Half a day, in seconds. */
export const HALF = 43_200;

/** Seconds of a twelve-hour dial in a part of the day. */
export function inPart(seconds: number, part: Part): number {
  const dial = seconds % HALF;
  switch (part) {
    case 'am':
    case 'morning':
      return dial;
    case 'midday':
      return dial < 10 * 3600 ? dial + HALF : dial;
    case 'pm':
    case 'afternoon':
      return dial + HALF;
    case 'evening':
      return dial < 3600 ? dial : dial + HALF;
    case 'night':
      return dial < 6 * 3600 ? dial : dial + HALF;
  }
}

/**
 * The time that is meant by one with no part of the day: by a range and the hours that pass, by what time it was before, by what is not past
 * yet, else between nine in the morning and nine in the evening.
 */
export function settle(
  { seconds, open }: Pick<SaidTime, 'seconds' | 'open'>,
  range: { min: unknown; max: unknown; hours?: readonly number[]; before: unknown; after: number | null },
): { seconds: number; unsure: boolean } {
  if (!open) return { seconds, unsure: false };
  const dial = seconds % HALF;
  const both = [dial, dial + HALF];
  const least = readTime(range.min) ?? 0;
  const most = readTime(range.max) ?? HALF * 2;
  const within = least > most ? both : both.filter((one) => one >= least && one <= most);
  const passing = within.filter((one) => range.hours?.includes(Math.floor(one / 3600)) ?? true);
  const fitting = passing.length > 0 ? passing : within;
  const coming = fitting.filter((one) => range.after === null || one > range.after);
  const [only] = coming.length > 0 ? coming : fitting;
  if (only !== undefined && (coming.length === 1 || (coming.length === 0 && fitting.length === 1)))
    return { seconds: only, unsure: false };
  const before = readTime(range.before);
  const usual = dial >= 9 * 3600 ? dial : dial + HALF;
  const nearest = before === null ? usual : before >= HALF ? dial + HALF : dial;
  return { seconds: nearest, unsure: true };
}
