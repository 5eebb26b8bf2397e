/** Dates, times and durations as people say them. */
import { plainSpaces, type Voice } from './spoken-voice.ts';
import { type Clock, type Day, DAY_MS, type Moment, type Span, utcOf } from './value-shapes.ts';

/** A day that is nearer than this needs no year: there is only one such day that can be meant. */
const NEAR_MS = 334 * DAY_MS;
/** So many of a unit are still said in it: "90 minutes", but not "5,400 seconds". */
const MANY = 100;

const ANY_DAY: Day = { year: 2000, month: 1, day: 1 };
const UNITS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

/** "Wednesday, March 4". `now` is in milliseconds since the epoch; null: the year is always said. */
export function sayDay(day: Day, voice: Voice, now: number | null): string {
  const text = voice.moment(isNear(day, now) ? 'day' : 'year').format(utcOf(day));
  return inFrench(plainSpaces(text), day, voice);
}

const isNear = (day: Day, now: number | null): boolean =>
  now !== null && Math.abs(utcOf(day) - now) <= NEAR_MS;

/** The first of a month is the only day with an ordinal number in French. */
const inFrench = (text: string, day: Day, voice: Voice): string =>
  voice.language === 'fr' && day.day === 1 ? text.replace(/\b1 (?=\p{L})/u, '1er ') : text;

/** "7 PM", "7:30 PM", "19 Uhr". */
export function sayClock(clock: Clock, voice: Voice): string {
  const { hour, minute, second } = clock;
  const at = utcOf(ANY_DAY, clock);
  if (second !== 0) return plainSpaces(voice.moment('second').format(at));
  const padded = String(minute).padStart(2, '0');
  if (voice.language === 'de') return minute === 0 ? `${hour} Uhr` : `${hour}:${padded} Uhr`;
  if (voice.language === 'fr') return minute === 0 ? `${hour} h` : `${hour} h ${padded}`;
  if (voice.language === 'cs' && minute === 0) return inCzech(hour, voice);
  return plainSpaces(voice.moment(minute === 0 && byTwelve(voice) ? 'hour' : 'minute').format(at));
}

/** One o'clock as it stands behind "v" and "na", where times mostly stand. */
const inCzech = (hour: number, voice: Voice): string =>
  hour === 1 ? '1 hodinu' : plainSpaces(voice.unit('hour').format(hour));

/** Where "7" has its "PM" behind it, it is a time without its minutes. */
const byTwelve = (voice: Voice): boolean => voice.moment('hour').resolvedOptions().hour12 === true;

/** "Wednesday, March 4 at 7 PM": as it is told where the moment itself says it is. */
export function sayMoment(moment: Moment, voice: Voice, now: number | null): string {
  const { day, clock } = moment;
  const word = AT[voice.language]?.(clock, byTwelve(voice));
  if (word === undefined) {
    const fields = isNear(day, now) ? 'day and minute' : 'year and minute';
    return plainSpaces(voice.moment(fields).format(utcOf(day, clock)));
  }
  return `${sayDay(day, voice, now)} ${word} ${sayClock(clock, voice)}`;
}

/** The word between a day and a time. */
const AT: { readonly [language: string]: (clock: Clock, byTwelve: boolean) => string } = {
  cs: ({ hour }) => ([2, 3, 4, 12, 13, 14, 20, 21, 22, 23].includes(hour) ? 've' : 'v'),
  de: () => 'um',
  en: () => 'at',
  es: ({ hour }, twelve) => (hour === 1 || (twelve && hour === 13) ? 'a la' : 'a las'),
  fr: () => 'à',
};

/** "1 hour and 30 minutes". */
export function saySpan(span: Span, voice: Voice): string {
  const tidy = carried(span);
  const named = UNITS.filter((unit) => tidy[unit] !== 0);
  const said = (named.length === 0 ? (['minutes'] as const) : named).map((unit) =>
    plainSpaces(voice.unit(unit.slice(0, -1)).format(tidy[unit])),
  );
  return voice.list(said);
}

/** The same with what is too much for one unit in the next greater ones. */
function carried(span: Span): Span {
  const tidy = { ...span };
  if (tidy.seconds >= MANY) [tidy.minutes, tidy.seconds] = carry(tidy.minutes, tidy.seconds, 60);
  if (tidy.minutes >= MANY) [tidy.hours, tidy.minutes] = carry(tidy.hours, tidy.minutes, 60);
  if (tidy.hours >= MANY) [tidy.days, tidy.hours] = carry(tidy.days, tidy.hours, 24);
  return tidy;
}

const carry = (greater: number, lesser: number, size: number): [greater: number, lesser: number] => [
  greater + Math.floor(lesser / size),
  lesser % size,
];
