/** What the words of a language say of values. Lists of phrases have commas; all are folded like what is heard. */
import type { DayPart } from '../dialogue/protocol.ts';

export type Part = DayPart;
export type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
/** Dollars, crowns, pesos and francs are those of the caller's country, if it has such. */
export type Coin = 'dollar' | 'crown' | 'peso' | 'franc' | (string & {});
/** What tells several slots of one type apart. */
export type Topic =
  'arrival' | 'departure' | 'adults' | 'children' | 'people' | 'rooms' | 'nights' | 'time' | 'day';
type Table<T> = readonly (readonly [list: string, value: T])[];

export interface ValueLexicon {
  numbers: {
    /** Words, put together by `tens` and `and`; those of a whole number up to 999 where a language writes them so. */
    words: { readonly [word: string]: number };
    hundred: string;
    thousand: string;
    million: string;
    /** "forty two"; otherwise a ten ends the number. */
    tensTakeUnits: boolean;
    /** Tens that are followed by ten to nineteen: "soixante douze". */
    twenties: string;
    /** Ten, where seventeen to nineteen are said as ten and seven to nine. */
    teens: string;
    /** Four of them are eighty. */
    scores: string;
    and: string;
    andAfter: 'hundreds' | 'tens' | 'units';
    /** "nineteen hundred" */
    teensOfHundreds: boolean;
    /** Among digits a hundred takes nothing with it: "eight hundred five five". */
    hundredsApart: boolean;
    /** Articles that count one before a thing. */
    ones: string;
    /** Nought, but only among digits. */
    zeros: string;
    /** Written between thousands; the other of `.` and `,` begins the decimals. */
    group: '.' | ',';
    point: string;
    minus: string;
    plus: string;
    /** "just me", "a dozen" */
    amounts: Table<number>;
    /** Behind a number: "and a half". */
    halves: Table<number>;
    /** Before a digit: "double five". */
    multiples: Table<number>;
    ordinals: { readonly [word: string]: number };
    /** Behind the figures of an ordinal; `.` where a full stop does it. */
    ordinalEndings: string;
    last: string;
  };
  dates: {
    days: Table<number>;
    /** Days and a part of the day in one. */
    dayParts: Table<readonly [days: number, part: Part]>;
    /** From Sunday on. */
    weekdays: readonly string[];
    months: readonly string[];
    monthFirst: boolean;
    /** Between day, month and year. */
    of: string;
    /** Before the bare number of a day: "el cinco". */
    dayLead: string;
    this: string;
    next: string;
    nextBehind: string;
    /** The next Friday is that of the next week, where this week's is still to come. */
    nextSkips: boolean;
    nextWeek: string;
    inAWeek: string;
    /** "a week on Friday" */
    weekBefore: string;
    weekend: string;
    nextMonth: string;
    /** Month and day of what has a name. */
    named: Table<readonly [month: number, day: number]>;
    ahead: string;
    aheadBehind: string;
    /** Between a span and the day that it is counted from: "two weeks from Monday". */
    countedFrom: string;
    ago: string;
    agoBehind: string;
    /** "in eight days" is a week. */
    idioms: { readonly [days: number]: number };
    same: Table<'date' | 'time' | 'any'>;
    /** Days after the day that it was: "the day after". */
    shifts: Table<number>;
    later: string;
    earlier: string;
  };
  times: {
    at: string;
    hour: string;
    minute: string;
    /** Minutes that count from the hour behind them: "half past". */
    before: Table<number>;
    /** Minutes behind the hour: "y media". */
    behind: Table<number>;
    /** Between the hour and its minutes. */
    and: string;
    less: string;
    past: string;
    to: string;
    /** "halb" before an hour, also behind "fünf vor". */
    half: string;
    noon: string;
    midnight: string;
    /** Meals are had in one too. */
    parts: Table<Part>;
    /** Hours that ordinals count: "půl osmé". */
    ordinalHours: boolean;
  };
  durations: {
    units: Table<Unit>;
    /** Whole phrases, in seconds. */
    spans: Table<number>;
    and: string;
    /** Shares of the unit before: "an hour and a half". */
    halves: Table<number>;
    /** A unit alone is one of it. */
    bare: boolean;
  };
  money: { coins: Table<Coin>; cents: string; and: string };
  phrases: {
    /** Before a value, without meaning of their own. */
    leads: string;
    /** Before a count. */
    counts: string;
    from: string;
    to: string;
    or: string;
    /** Things that are counted, which no hour or minute stands before. */
    things: string;
    /** An ordinal before them is no day. */
    ordinalNouns: string;
    /** Before what there is none of: "no children". */
    none: string;
    /** All that is said where there is none of it. */
    nothing: string;
    /** Between what a value is called and the value: "the message is". */
    says: string;
    topics: Table<Topic>;
    /** True where something said before was wrong for sure. */
    corrections: Table<boolean>;
    correctionsBehind: string;
    /** What comes next is not meant. */
    negators: string;
    /** A no that may also answer. */
    answers: string;
    negatorsBehind: string;
    /** What may stand between a negator and what it negates. */
    passing: string;
    /** They speak of the time of day and tell none. */
    greetings: string;
    /** Hardly any meaning. */
    light: string;
  };
  names: {
    /** A name follows for sure, and perhaps. */
    sure: string;
    perhaps: string;
    titles: string;
    /** Small words within names. */
    particles: string;
    /** No name, nor part of one. */
    never: string;
    /** Before and behind a name or a text, and no part of it. */
    fillers: string;
    /** Before a text, and no part of it. */
    hesitations: string;
    /** Of those that are no names, some that are, where nothing else is said. */
    also: string;
    /** Behind a name, where somebody says that it is theirs, and where they are from. */
    tails: Table<'self' | 'origin'>;
    given: string;
    family: string;
    /** "this is her husband Tom" */
    kin: string;
    /** "B as in boy" */
    asIn: string;
  };
  /** The number that the caller is at: "this number", "the one I am calling from"; false where it must be all that is said. */
  phones: { own: Table<boolean> };
  mail: { at: string; marks: Table<string>; leads: string };
}
