/** Values as people say them. */
import type { Value } from './protocol.ts';
import { sayClock, sayDay, sayMoment, saySpan } from './spoken-moments.ts';
import { moneyOf, sayMoney } from './spoken-money.ts';
import { isRow, sayEmail, sayPhone, sayRow } from './spoken-signs.ts';
import { type Voice, voiceOf } from './spoken-voice.ts';
import { kept } from './value-memo.ts';
import {
  clockOf,
  DAY_MS,
  dayOf,
  instantOf,
  isDigits,
  isEmail,
  isPhone,
  type Moment,
  momentOf,
  spanOf,
} from './value-shapes.ts';
import { momentIn } from './value-zones.ts';

/** Values come from tools and callers too: what is nested deeper than this is not said. */
const MAX_DEPTH = 5;
const MAX_SAID = 500;

/** When and where something is said: milliseconds since the epoch, and an IANA time zone. */
export interface Said {
  readonly now: number;
  readonly zone: string;
}

/**
 * A value as it is said in a locale (BCP 47, `_` accepted; an unknown one is taken for English). A text that is
 * exactly a date, time, datetime, duration, phone number, e-mail address or row of digits is said as such, any
 * other as it is; numbers, lists and money by the locale's rules, booleans as its yes and no, null as nothing.
 * Four digits stay together, so that a year or an order number is not read as a sum. Without `said` a date has
 * its year, and a moment that was written in UTC is told in UTC.
 */
export function spoken(value: Value, locale: string, said?: Said): string {
  return value === null ? '' : say(value, voiceOf(locale), said ?? null, 0);
}

/** The same, but of a text or number of nothing but digits each of them, however few there are. */
export function spokenByDigits(value: Value, locale: string, said?: Said): string {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && isDigits(text) ? sayRow(text) : spoken(value, locale, said);
}

function say(value: Value, voice: Voice, said: Said | null, depth: number): string {
  if (value === null || depth > MAX_DEPTH) return '';
  if (typeof value === 'string') return sayText(value, voice, said);
  if (typeof value === 'number') return voice.numbers().format(value);
  if (typeof value === 'boolean') return value ? voice.words.yes : voice.words.no;
  if (isList(value))
    return enumerate(
      value.map((item) => say(item, voice, said, depth + 1)),
      voice,
    );
  const money = moneyOf(value);
  if (money) {
    const key = `${money.amount} ${money.currency}`;
    return kept(voice.said, MAX_SAID, key, () => sayMoney(money, voice));
  }
  return enumerate(
    Object.entries(value).map(([name, item]) => joined(name, say(item, voice, said, depth + 1))),
    voice,
  );
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const enumerate = (parts: readonly string[], voice: Voice): string =>
  voice.list(parts.filter((part) => part !== ''));

const joined = (name: string, text: string): string => (text === '' ? '' : `${name} ${text}`);

function sayText(text: string, voice: Voice, said: Said | null): string {
  const first = text.charCodeAt(0);
  if (first >= 48 && first <= 57) {
    if (isDigits(text)) return isRow(text) ? sayRow(text) : text;
    const kind = text[2] === ':' ? 'time' : text[4] === '-' ? 'day' : null;
    const found = kind === 'time' ? sayTime(text, voice) : kind === 'day' ? sayWhen(text, voice, said) : null;
    if (found !== null) return found;
  } else if (first === 43 && isPhone(text)) {
    return kept(voice.said, MAX_SAID, text, () => sayPhone(text, voice));
  } else if (first === 80) {
    const span = spanOf(text);
    if (span) return kept(voice.said, MAX_SAID, text, () => saySpan(span, voice));
  }
  return isEmail(text) ? sayEmail(text, voice) : text;
}

function sayTime(text: string, voice: Voice): string | null {
  const clock = clockOf(text);
  return clock && kept(voice.said, MAX_SAID, text, () => sayClock(clock, voice));
}

/** A date, or a date and a time. What was said of it is good for the whole day: only its year depends on now. */
function sayWhen(text: string, voice: Voice, said: Said | null): string | null {
  const key = said === null ? text : `${text} ${Math.floor(said.now / DAY_MS)} ${said.zone}`;
  const known = voice.said.get(key);
  if (known !== undefined) return known;
  const now = said?.now ?? null;
  const day = dayOf(text);
  if (day) return kept(voice.said, MAX_SAID, key, () => sayDay(day, voice, now));
  const moment = momentOf(text);
  if (moment?.offset == null) return null;
  const local = toldWhere(moment, said);
  return kept(voice.said, MAX_SAID, key, () => sayMoment(local, voice, now));
}

/** A moment that was written with Z is told by the caller's clock: nobody lives by UTC's. */
const toldWhere = (moment: Moment, said: Said | null): Moment =>
  (moment.zulu && said && momentIn(instantOf(moment), said.zone)) || moment;
