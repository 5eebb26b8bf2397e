/** The values in what a caller says, without a model. */
import type { Expectation, SlotType, Value, Wanted } from '../dialogue/protocol.ts';
import { readSentence } from './rules-words.ts';
import { assign, type Given } from './values-assign.ts';
import { readDay, shownAt } from './values-calendar.ts';
import { choicesIn, ordinalChoice, type SaidChoice } from './values-choices.ts';
import type { Here } from './values-days.ts';
import { digitsOf, joinRuns, phoneOf, type Run, runsIn } from './values-digits.ts';
import { currencyOf } from './values-money.ts';
import { readNamed, saysNone } from './values-named.ts';
import { judge, type Judged } from './values-doubts.ts';
import { regionOf, type ValueLanguage, valueLanguageOf } from './values-language.ts';
import { mailIn } from './values-mail.ts';
import { type Mention, mentionsIn } from './values-mentions.ts';
import { dayIn, knownDay, partNear, together } from './values-together.ts';
import { bareName, introducedName, type SaidName } from './values-names.ts';
import type { Sentence } from './values-offers.ts';
import { tonight } from './values-tonight.ts';
import { type Token, tokensOf } from './values-tokens.ts';

export interface Heard {
  /** Values by the names of their slots. */
  slots: { readonly [slot: string]: Value };
  /** Those of `slots` that may well be something else: "at seven", a name that is a guess, a near miss of a choice. */
  unsure: readonly string[];
  /** 0 to 1. */
  confidence: number;
  /** The text without what became values. */
  rest: string;
  /** Hardly anything but values, fillers and words of correction was said. */
  whole: boolean;
}

/** Types whose values are made of numbers, days and times, and are found in the same way. */
const COUNTED: ReadonlySet<SlotType> = new Set([
  'integer',
  'number',
  'date',
  'time',
  'datetime',
  'duration',
  'money',
]);
const SURE = 0.95;
const UNSURE = 0.2;
const BESIDE = 0.45;
const TEXT = 0.6;

/** One reading of one utterance: what was found so far, and which words of it are spoken for. */
interface Work {
  text: string;
  tokens: readonly Token[];
  taken: boolean[];
  slots: readonly Wanted[];
  locale: string;
  language: ValueLanguage;
  region: string;
  given: Given[];
}

/**
 * The values that an utterance gives to the slots of an expectation that may be said; null where it gives none. What
 * was asked for is taken for it even out of its range, which is for the dialogue to say; of others never. Pure.
 */
export function readValues(expectation: Expectation, text: string): Heard | null {
  const slots = expectation.slots.filter(({ speech }) => speech);
  const tokens = slots.length === 0 ? [] : tokensOf(text);
  if (tokens.length === 0) return null;
  const { locale } = expectation;
  const language = valueLanguageOf(locale);
  const work: Work = {
    text,
    tokens,
    taken: tokens.map(() => false),
    slots,
    locale,
    language,
    region: regionOf(locale),
    given: [],
  };
  if (readText(work)) return work.given.length === 0 ? null : heard(work, TEXT);
  for (const { from, to } of language.phrases.greetings.all(tokens)) take(work, from, to);
  readChoices(work);
  readMail(work);
  readDigits(work);
  const named = expectation.choices.some(({ polar }) => polar !== null) ? readNamed(work) : null;
  if (named) give(work, named, named.from, tokens.length);
  readIntroducedName(work);
  readCounted(work, expectation);
  readOwnNumber(work);
  if (work.given.length === 0) readCorrectedName(work, expectation);
  readLastly(work);
  return work.given.length === 0 ? null : heard(work, SURE);
}

/** A text that is asked for is whatever is said. */
function readText(work: Work): boolean {
  const slot = work.slots.find(({ type, asked }) => type === 'text' && asked);
  if (slot === undefined) return false;
  let from = 0;
  for (let at = 0; at < work.tokens.length;) {
    const filler = work.language.names.hesitations.at(work.tokens, at);
    if (filler === null && work.tokens[at]?.kind !== 'mark') break;
    at = from = filler?.to ?? at + 1;
  }
  // "Yes" and "no" are fillers before more, and the answer where there is no more.
  if (from >= work.tokens.length && readSentence(work.text, work.locale).polarity === null) return true;
  const start = work.tokens[from]?.start ?? work.tokens[0]?.start ?? 0;
  const value = work.text.slice(start).trim();
  if (!/[\p{L}\d]/u.test(value)) return true;
  give(work, { slot: slot.name, value: value.slice(0, 1000), unsure: false }, 0, work.tokens.length);
  return true;
}

function readChoices(work: Work): void {
  for (const slot of work.slots.filter(({ type }) => type === 'choice')) {
    const said = choicesIn(slot, work.tokens, work.taken, work.language);
    if (said.length > 0) takeChoice(work, slot, said);
  }
}

/** The one that is meant of those that are said: not one that is denied, and the last where it takes the place of others. */
function takeChoice(work: Work, slot: Wanted, said: readonly SaidChoice[]): void {
  const mentions = said.map(({ from, to }): Mention => ({
    from,
    to,
    readings: [{ kind: 'same', of: 'any' }],
  }));
  const judged = judge(work.tokens, mentions, work.language);
  let chosen: { choice: SaidChoice; unsure: boolean } | null = null;
  for (const [index, choice] of said.entries()) {
    const { negated, corrects } = judged[index]!;
    if (negated || (chosen && !corrects && chosen.choice.value === choice.value)) continue;
    if (chosen === null || corrects) chosen = { choice, unsure: choice.unsure };
    else chosen.unsure = true;
  }
  if (chosen === null) return;
  give(
    work,
    { slot: slot.name, value: chosen.choice.value, unsure: chosen.unsure },
    chosen.choice.from,
    chosen.choice.to,
  );
  for (const { from, to } of said) take(work, from, to);
}

function readMail(work: Work): void {
  const slot = foremost(work.slots, 'email');
  const mail = slot && mailIn(work.text, work.tokens, work.language);
  if (slot && mail)
    give(work, { slot: slot.name, value: mail.email, unsure: mail.unsure }, mail.from, mail.to);
}

/** Phone numbers and digits, before their numbers are taken for anything else. */
function readDigits(work: Work): void {
  const wanted = work.slots.filter(({ type }) => type === 'phone' || type === 'digits');
  if (wanted.length === 0) return;
  const all = runsIn(work.tokens, work.taken, work.language);
  const corrections = work.language.phrases.corrections.all(work.tokens).filter(({ value }) => value);
  const last = corrections.at(-1);
  const corrected = last ? all.filter(({ from }) => from >= last.to) : [];
  const runs = corrected.length > 0 ? corrected : all;
  const whole = joinRuns(runs);
  for (const slot of wanted.toSorted((one, other) => Number(other.asked) - Number(one.asked))) {
    const free = [...runs, ...(whole && runs.length > 1 && slot.asked ? [whole] : [])].filter(
      ({ from }) => !work.taken[from],
    );
    if (slot.type === 'phone') takePhone(work, slot, free);
    else takeDigits(work, slot, free, last !== undefined);
  }
}

function takePhone(work: Work, slot: Wanted, runs: readonly Run[]): void {
  let found: { run: Run; phone: string; sure: boolean } | null = null;
  for (const run of runs) {
    const phone = phoneOf(run, work.region);
    if (phone && (phone.sure || slot.asked) && (found === null || (phone.sure && !found.sure)))
      found = { run, ...phone };
  }
  if (found)
    give(work, { slot: slot.name, value: found.phone, unsure: !found.sure }, found.run.from, found.run.to);
}

/** "This number", where no other is said. */
function readOwnNumber(work: Work): void {
  const { tokens, language } = work;
  const slot =
    work.slots.find(({ type, asked }) => type === 'phone' && asked) ?? foremost(work.slots, 'phone');
  if (slot?.own === undefined || work.given.some((one) => one.slot === slot.name)) return;
  const said = language.phones.own.all(tokens).filter(({ from, to }) => !isDenied(work, from, to));
  const [first] = said;
  if (first === undefined) return;
  // What is said of a number in passing, or while something else is asked, is no answer.
  if (!(slot.asked && first.value) && !isAllBut(work, first.from, first.to)) return;
  give(work, { slot: slot.name, value: slot.own, unsure: false }, first.from, first.to);
}

/** "Not this number" */
function isDenied({ tokens, language }: Work, from: number, to: number): boolean {
  const mention: Mention = { from, to, readings: [{ kind: 'same', of: 'any' }] };
  return judge(tokens, [mention], language)[0]!.negated;
}

/** Nothing but words without meaning stands around it. */
const isAllBut = ({ tokens, taken, language: { phrases } }: Work, from: number, to: number): boolean =>
  tokens.every(
    ({ kind, word }, at) =>
      (at >= from && at < to) ||
      taken[at] === true ||
      kind === 'mark' ||
      phrases.light.has(word) ||
      phrases.leads.has(word),
  );

/** Nobody spells fewer digits unasked, and what is shorter is a number or a time. */
const UNASKED_DIGITS = 5;

function takeDigits(work: Work, slot: Wanted, runs: readonly Run[], corrects: boolean): void {
  const read = runs.map((run) => ({ run, ...digitsOf(run, slot.length) }));
  const fitting = read.find(
    ({ fits, digits }) => fits && (slot.asked || digits.length >= UNASKED_DIGITS - (corrects ? 1 : 0)),
  );
  const longest = read.toSorted((one, other) => other.digits.length - one.digits.length)[0];
  const best = fitting ?? (slot.asked ? longest : undefined);
  if (best) give(work, { slot: slot.name, value: best.digits, unsure: false }, best.run.from, best.run.to);
}

function readIntroducedName(work: Work): void {
  const slot = foremost(work.slots, 'name');
  if (slot === null || work.given.some((one) => one.slot === slot.name)) return;
  const name = introducedName(work.text, work.tokens, work.taken, work.language, slot.asked);
  if (name) giveName(work, slot, name);
}

const giveName = (work: Work, slot: Wanted, { name, unsure, from, to }: SaidName): void =>
  give(work, { slot: slot.name, value: name, unsure }, from, to);

/** "No, Bill", where the one name that is known is read back. */
function readCorrectedName(work: Work, { choices }: Expectation): void {
  const { text, tokens, taken, language } = work;
  const known = work.slots.filter(({ type, filled }) => type === 'name' && filled);
  if (known.length !== 1 || choices.every(({ polar }) => polar === null)) return;
  if (readSentence(text, work.locale).polarity?.purely === true) return;
  let at = 0;
  while (language.names.hesitations.at(tokens, at) ?? tokens[at]?.kind === 'mark')
    at = language.names.hesitations.at(tokens, at)?.to ?? at + 1;
  const no = language.phrases.corrections.at(tokens, at) ?? language.phrases.negators.at(tokens, at);
  if (no === null) return;
  // "No, Monday"
  if (language.dates.weekdays.all(tokens).length > 0) return;
  const name = bareName(text, tokens.slice(no.to), taken.slice(no.to), language);
  const raw = name && text.slice(tokens[no.to + name.from]?.start).trimStart();
  // Written small, it is any other word.
  if (!name || !raw || raw[0] === raw[0]!.toLowerCase()) return;
  give(
    work,
    { slot: known[0]!.name, value: name.name, unsure: name.unsure },
    no.to + name.from,
    no.to + name.to,
  );
}

/** Numbers, days, times, durations and money. */
function readCounted(work: Work, { now, zone, locale }: Expectation): void {
  const { tokens, taken, language } = work;
  const slots = work.slots.filter(({ type }) => COUNTED.has(type));
  if (slots.length === 0) return;
  const shown = shownAt(now, zone);
  const today = shown.day;
  const moments = slots.some(({ type }) => type === 'time' || type === 'datetime');
  const past = slots.some(({ max }) => (readDay(max) ?? Infinity) <= today);
  const here: Here = { language, region: work.region, today, seconds: shown.seconds, past, timed: moments };
  const asksMoney = slots.some(({ type, asked }) => type === 'money' && asked);
  const wants = {
    time: asksMoney || moments,
    figures: slots.some(({ type, asked }) => type === 'time' && asked),
    date: slots.some(({ type }) => type === 'date' || type === 'datetime'),
    price: asksMoney,
    count: slots.some(({ type, asked }) => (type === 'integer' || type === 'number') && asked),
  };
  const found = mentionsIn(tokens, taken, here, wants);
  if (found.length === 0) return;
  const judged = judge(tokens, together(found, tokens, language), language);
  const assigned = (mentions: readonly Judged[]) => {
    const known = knownDay(slots);
    const sentence: Sentence = {
      ...here,
      now,
      zone,
      partNear: partNear(mentions),
      day: dayIn(mentions) ?? known,
      dayBefore: (token) => dayIn(mentions, token),
      knownDay: known,
      asks: work.slots.some(({ asked }) => asked),
    };
    return { mentions, ...assign(slots, tokens, mentions, sentence, locale) };
  };
  const night = moments ? tonight(judged, here) : judged;
  const atNight = assigned(night);
  // "A table for two tonight": what might be an hour is no hour of the night where it is the number of people.
  const isHour = atNight.given.some(({ slot }) =>
    slots.some(({ name, type }) => name === slot && (type === 'time' || type === 'datetime')),
  );
  const { mentions, given, used } = night === judged || isHour ? atNight : assigned(judged);
  work.given.push(...given);
  if (given.length === 0) return;
  for (const [index, { from, to, readings }] of mentions.entries()) {
    if (!used.has(index) && !readings.some(({ kind }) => kind === 'part')) continue;
    const thing = readings.some(({ kind }) => kind === 'number')
      ? language.phrases.things.at(tokens, to)
      : null;
    take(work, from, thing?.to ?? to);
  }
}

/** What may be meant where nothing else was found for what was asked. */
function readLastly(work: Work): void {
  const asked = work.slots.find((slot) => slot.asked && !work.given.some((one) => one.slot === slot.name));
  if (asked === undefined) return;
  if (asked.type === 'choice') {
    const choice = ordinalChoice(asked, work.tokens, work.taken, work.language);
    if (choice) takeChoice(work, asked, [choice]);
    return;
  }
  if (asked.type === 'integer' || asked.type === 'number' || asked.type === 'money') {
    const value = asked.type === 'money' ? { amount: 0, currency: currencyOf(work.region) } : 0;
    if (saysNone(asked, work.tokens, work.locale, work.language))
      give(work, { slot: asked.name, value, unsure: false }, 0, work.tokens.length);
    return;
  }
  if (asked.type !== 'boolean' && asked.type !== 'name') return;
  const { polarity } = readSentence(work.text, work.locale);
  if (asked.type === 'boolean') {
    if (polarity === null) return;
    work.given.push({ slot: asked.name, value: polarity.says === 'yes', unsure: false });
    if (polarity.purely) take(work, 0, work.tokens.length);
  } else if (polarity?.purely !== true) {
    const name = bareName(work.text, work.tokens, work.taken, work.language);
    if (name) giveName(work, asked, name);
  }
}

/** The slot of a type that is asked for, else the first that is empty, else the last. */
function foremost(slots: readonly Wanted[], type: SlotType): Wanted | null {
  const fitting = slots.filter((slot) => slot.type === type);
  return (
    fitting.find(({ asked }) => asked) ?? fitting.find(({ filled }) => !filled) ?? fitting.at(-1) ?? null
  );
}

function give(work: Work, given: Given, from: number, to: number): void {
  work.given.push(given);
  take(work, from, to);
}

function take(work: Work, from: number, to: number): void {
  for (let at = from; at < to; at++) work.taken[at] = true;
}

function heard(work: Work, most: number): Heard {
  const { tokens, taken, language, given } = work;
  const { leads, light } = language.phrases;
  // "for", "at": a word that leads to a value goes with it.
  for (let at = tokens.length - 2; at >= 0; at--) {
    if (!taken[at] && taken[at + 1] && leads.has(tokens[at]?.word ?? '')) taken[at] = true;
  }
  let rest = '';
  let end = 0;
  for (const [at, token] of tokens.entries()) {
    if (taken[at]) continue;
    const joined = (token.glued && token.start === end) || /^[.,;:!?]$/.test(token.word);
    const apart = rest !== '' && !joined ? ' ' : '';
    rest += apart + work.text.slice(token.start, token.end);
    end = token.end;
  }
  const said = tokens.filter(({ kind }) => kind !== 'mark');
  const beside = tokens.filter(({ kind, word }, at) => !taken[at] && kind !== 'mark' && !light.has(word));
  const unsure = given.filter((one) => one.unsure).map(({ slot }) => slot);
  const doubt = (UNSURE * unsure.length) / given.length + (BESIDE * beside.length) / Math.max(1, said.length);
  return {
    slots: Object.fromEntries(given.map(({ slot, value }) => [slot, value])),
    unsure,
    confidence: Math.round(Math.max(0.05, most - doubt) * 100) / 100,
    rest,
    whole: beside.length === 0,
  };
}
