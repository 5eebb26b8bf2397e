/** A language's words of values made ready: folded, and found by their first word. */
import { czech } from './values-lexicon-cs.ts';
import { german } from './values-lexicon-de.ts';
import { english } from './values-lexicon-en.ts';
import { spanish } from './values-lexicon-es.ts';
import { french } from './values-lexicon-fr.ts';
import type { Coin, Part, Topic, Unit, ValueLexicon } from './values-lexicon.ts';
import { fold, Phrases, setOf } from './values-tokens.ts';

type Words = ReadonlySet<string>;

/** A language as the readers of values use it; the comments stand in `ValueLexicon`. */
export interface ValueLanguage {
  lexicon: ValueLexicon;
  /** Words that a day, a time, a number and the like may begin with; most words of a sentence are none of them. */
  opening: Words;
  numbers: {
    words: ReadonlyMap<string, number>;
    hundred: Words;
    thousand: Words;
    million: Words;
    twenties: Words;
    teens: Words;
    scores: Words;
    and: Words;
    ones: Words;
    zeros: Words;
    point: Words;
    minus: Words;
    plus: Words;
    amounts: Phrases<number>;
    halves: Phrases<number>;
    multiples: Phrases<number>;
    ordinals: ReadonlyMap<string, number>;
    endings: Words;
    last: Words;
  };
  dates: {
    days: Phrases<readonly [days: number, part: Part | null]>;
    /** Sunday is 0. */
    weekdays: Phrases<number>;
    /** January is 1. */
    months: Phrases<number>;
    of: Words;
    lead: Phrases<true>;
    this: Phrases<true>;
    next: Phrases<true>;
    nextBehind: Phrases<true>;
    inAWeek: Phrases<true>;
    weekBefore: Phrases<true>;
    vague: Phrases<'week' | 'weekend' | 'month'>;
    named: Phrases<readonly [month: number, day: number]>;
    ahead: Phrases<true>;
    aheadBehind: Phrases<true>;
    countedFrom: Phrases<true>;
    ago: Phrases<true>;
    agoBehind: Phrases<true>;
    same: Phrases<'date' | 'time' | 'any'>;
    shifts: Phrases<number>;
    /** 1 for later, -1 for earlier. */
    sooner: Phrases<1 | -1>;
  };
  times: {
    at: Phrases<true>;
    hour: Words;
    minute: Words;
    before: Phrases<number>;
    behind: Phrases<number>;
    and: Words;
    less: Words;
    /** 1 where the minutes are past the hour, -1 where they are to it. */
    turn: Phrases<1 | -1>;
    half: Words;
    names: Phrases<number>;
    parts: Phrases<Part>;
  };
  durations: { units: Phrases<Unit>; spans: Phrases<number>; and: Words; halves: Phrases<number> };
  money: { coins: Phrases<Coin>; cents: Words; and: Words };
  phrases: {
    leads: Words;
    counts: Phrases<true>;
    from: Phrases<true>;
    to: Phrases<true>;
    or: Words;
    things: Phrases<true>;
    ordinalNouns: Phrases<true>;
    none: Phrases<true>;
    nothing: Phrases<true>;
    says: Phrases<true>;
    topics: Phrases<Topic>;
    corrections: Phrases<boolean>;
    correctionsBehind: Phrases<true>;
    negators: Phrases<'never' | 'answer'>;
    negatorsBehind: Phrases<true>;
    passing: Words;
    greetings: Phrases<true>;
    light: Words;
  };
  names: {
    leads: Phrases<'sure' | 'perhaps'>;
    titles: Words;
    particles: Words;
    never: Words;
    fillers: Phrases<true>;
    hesitations: Phrases<true>;
    also: Words;
    tails: Phrases<'self' | 'origin'>;
    given: Phrases<true>;
    family: Phrases<true>;
    kin: Words;
    asIn: Phrases<true>;
  };
  phones: { own: Phrases<boolean> };
  mail: { at: Phrases<true>; marks: Phrases<string>; leads: Phrases<true> };
}

const lexicons: ReadonlyMap<string, ValueLexicon> = new Map([
  ['cs', czech],
  ['de', german],
  ['en', english],
  ['es', spanish],
  ['fr', french],
]);

const prepared = new Map<string, ValueLanguage>();

/** The language of a locale, prepared once; English for one that has no words here, as its figures serve all. */
export function valueLanguageOf(locale: string): ValueLanguage {
  const code = locale.toLowerCase().split(/[-_]/)[0] ?? '';
  const name = lexicons.has(code) ? code : 'en';
  const known = prepared.get(name);
  if (known) return known;
  const language = prepare(lexicons.get(name) ?? english);
  prepared.set(name, language);
  return language;
}

const REGIONS: { readonly [language: string]: string } = { cs: 'CZ', de: 'DE', en: 'US', es: 'ES', fr: 'FR' };

/** The country of a locale, in two capitals. */
export function regionOf(locale: string): string {
  const [language = '', ...more] = locale.split(/[-_]/);
  const region = more.find((part) => /^[a-z]{2}$/i.test(part));
  return region?.toUpperCase() ?? REGIONS[language.toLowerCase()] ?? 'US';
}

const all = (list: string): Phrases<true> => new Phrases([[list, true]]);
const folded = (words: { readonly [word: string]: number }): ReadonlyMap<string, number> =>
  new Map(Object.entries(words).map(([word, value]) => [fold(word), value]));

function prepare(lexicon: ValueLexicon): ValueLanguage {
  const language = tablesOf(lexicon);
  return { ...language, opening: openingOf(language) };
}

function openingOf({
  lexicon,
  numbers,
  dates,
  times,
  durations,
  phrases: { none },
}: Omit<ValueLanguage, 'opening'>): Words {
  const { hundred, thousand, million, ones, minus } = numbers;
  const { days, weekdays, months, lead, vague, named, ahead, ago, same, shifts, weekBefore } = dates;
  const phrases = [
    days,
    weekdays,
    months,
    lead,
    dates.this,
    dates.next,
    vague,
    named,
    ahead,
    ago,
    same,
    shifts,
  ];
  const more = [times.at, times.before, times.names, times.parts, durations.spans, numbers.amounts];
  return new Set([
    ...[none, ...phrases, weekBefore, ...more].flatMap((one) => [...one.firstWords()]),
    ...(lexicon.durations.bare ? durations.units.firstWords() : []),
    ...[hundred, thousand, million, ones, minus, numbers.point].flatMap((words) => [...words]),
    ...numbers.words.keys(),
    ...numbers.ordinals.keys(),
  ]);
}

function tablesOf(lexicon: ValueLexicon): Omit<ValueLanguage, 'opening'> {
  const { numbers, dates, times, durations, money, phrases, names, phones, mail } = lexicon;
  return {
    lexicon,
    numbers: {
      words: folded(numbers.words),
      hundred: setOf(numbers.hundred),
      thousand: setOf(numbers.thousand),
      million: setOf(numbers.million),
      twenties: setOf(numbers.twenties),
      teens: setOf(numbers.teens),
      scores: setOf(numbers.scores),
      and: setOf(numbers.and),
      ones: setOf(numbers.ones),
      zeros: setOf(numbers.zeros),
      point: setOf(numbers.point),
      minus: setOf(numbers.minus),
      plus: setOf(numbers.plus),
      amounts: new Phrases(numbers.amounts),
      halves: new Phrases(numbers.halves),
      multiples: new Phrases(numbers.multiples),
      ordinals: folded(numbers.ordinals),
      endings: setOf(numbers.ordinalEndings),
      last: setOf(numbers.last),
    },
    dates: {
      days: new Phrases<readonly [days: number, part: Part | null]>([
        ...dates.days.map(([list, days]) => [list, [days, null]] as const),
        ...dates.dayParts,
      ]),
      weekdays: new Phrases(dates.weekdays.map((list, weekday) => [list, weekday])),
      months: new Phrases(dates.months.map((list, index) => [list, index + 1])),
      of: setOf(dates.of),
      lead: all(dates.dayLead),
      this: all(dates.this),
      next: all(dates.next),
      nextBehind: all(dates.nextBehind),
      inAWeek: all(dates.inAWeek),
      weekBefore: all(dates.weekBefore),
      vague: new Phrases([
        [dates.nextWeek, 'week'],
        [dates.weekend, 'weekend'],
        [dates.nextMonth, 'month'],
      ] as const),
      named: new Phrases(dates.named),
      ahead: all(dates.ahead),
      aheadBehind: all(dates.aheadBehind),
      countedFrom: all(dates.countedFrom),
      ago: all(dates.ago),
      agoBehind: all(dates.agoBehind),
      same: new Phrases(dates.same),
      shifts: new Phrases(dates.shifts),
      sooner: new Phrases<1 | -1>([
        [dates.later, 1],
        [dates.earlier, -1],
      ]),
    },
    times: {
      at: all(times.at),
      hour: setOf(times.hour),
      minute: setOf(times.minute),
      before: new Phrases(times.before),
      behind: new Phrases(times.behind),
      and: setOf(times.and),
      less: setOf(times.less),
      turn: new Phrases<1 | -1>([
        [times.past, 1],
        [times.to, -1],
      ]),
      half: setOf(times.half),
      names: new Phrases([
        [times.noon, 12],
        [times.midnight, 0],
      ]),
      parts: new Phrases(times.parts),
    },
    durations: {
      units: new Phrases(durations.units),
      spans: new Phrases(durations.spans),
      and: setOf(durations.and),
      halves: new Phrases(durations.halves),
    },
    money: { coins: new Phrases(money.coins), cents: setOf(money.cents), and: setOf(money.and) },
    phrases: {
      leads: setOf(phrases.leads),
      counts: all(phrases.counts),
      from: all(phrases.from),
      to: all(phrases.to),
      or: setOf(phrases.or),
      things: all(phrases.things),
      ordinalNouns: all(phrases.ordinalNouns),
      none: all(phrases.none),
      nothing: all(phrases.nothing),
      says: all(phrases.says),
      topics: new Phrases(phrases.topics),
      corrections: new Phrases(phrases.corrections),
      correctionsBehind: all(phrases.correctionsBehind),
      negators: new Phrases<'never' | 'answer'>([
        [phrases.negators, 'never'],
        [phrases.answers, 'answer'],
      ]),
      negatorsBehind: all(phrases.negatorsBehind),
      passing: setOf(phrases.passing),
      greetings: all(phrases.greetings),
      light: setOf(phrases.light),
    },
    names: {
      leads: new Phrases<'sure' | 'perhaps'>([
        [names.sure, 'sure'],
        [names.perhaps, 'perhaps'],
      ]),
      titles: setOf(names.titles),
      particles: setOf(names.particles),
      never: setOf(names.never),
      fillers: all(names.fillers),
      hesitations: all(names.hesitations),
      also: setOf(names.also),
      tails: new Phrases(names.tails),
      given: all(names.given),
      family: all(names.family),
      kin: setOf(names.kin),
      asIn: all(names.asIn),
    },
    phones: { own: new Phrases(phones.own) },
    mail: { at: all(mail.at), marks: new Phrases(mail.marks), leads: all(mail.leads) },
  };
}
