/** Types in words, for sentences about expressions. */
import { nearestName } from './problem.ts';
import type { SlotType } from './protocol.ts';
import type { StaticType, Takes } from './static-type.ts';
import { excerpt } from './syntax.ts';
import { classOf, isSet } from './types-known.ts';

/** A part of an expression: its source and what it gives. */
export interface Judged {
  readonly source: string;
  readonly type: StaticType;
  /** It is written out: a text, a number, true, false or null. */
  readonly literal: boolean;
}

const NAMES: { readonly [type in SlotType | 'value' | 'list']: string } = {
  boolean: 'true or false',
  choice: 'a text',
  date: 'a date',
  datetime: 'a date with its time',
  digits: 'a text of digits',
  duration: 'a duration',
  email: 'an e-mail address',
  integer: 'an integer',
  list: 'a list',
  money: 'money',
  name: 'a name',
  number: 'a number',
  phone: 'a phone number',
  text: 'a text',
  time: 'a time',
  value: 'any value',
};

/** One of the types of the language. */
export const isTypeName = (name: unknown): name is SlotType =>
  typeof name === 'string' && name !== 'value' && name !== 'list' && Object.hasOwn(NAMES, name);

/** How a value is written, of types that have a form of their own. */
const WRITTEN: { readonly [type in SlotType]?: string } = {
  date: "a date is written like '2026-03-04'",
  time: "a time is written like '19:00'",
  datetime: "a date with its time is written like '2026-03-04T19:00:00+01:00'",
  duration: "a duration is written like 'PT1H30M'",
  phone: "a phone number is written like '+14155550123'",
  digits: "digits are written like '0415', without spaces",
  email: "an e-mail address is written like 'ana@example.com'",
};

/** The part that stands for a value where a number is wanted. */
const COUNTED: { readonly [type in SlotType]?: string } = {
  date: 'day',
  time: 'hour',
  datetime: 'hour',
  duration: 'minutes',
  money: 'amount',
};

const TAKEN: { readonly [takes in Takes]: string } = {
  any: 'any value',
  text: 'a text',
  number: 'a number',
  'text or number': 'a text or a number',
  'text or list': 'a text or a list',
  'text, list or object': 'a text, a list or an object',
  date: 'a date',
  time: 'a time',
  'date or moment': 'a date or a moment',
  'date, time or moment': 'a date, a time or a moment',
  'duration or days': "a duration such as '2h' or 'PT90M', or a number of days",
};

const MAX_LISTED = 6;

/** "an integer", "the text 'four'", "one of 'small' and 'large'". */
export function phrase(type: StaticType): string {
  if (typeof type === 'string') return NAMES[type];
  if ('members' in type) return 'an object';
  if ('is' in type) return typeof type.is === 'number' ? `the number ${type.is}` : String(type.is);
  if (type.called !== undefined) return type.called;
  const [only = ''] = type.of;
  if (type.of.length === 1) return `the text ${quoted(only)}`;
  return type.of.length > MAX_LISTED
    ? 'one of its choices'
    : `one of ${type.of.slice(0, -1).map(quoted).join(', ')} and ${quoted(type.of.at(-1) ?? '')}`;
}

const quoted = (text: string): string => `'${excerpt(text)}'`;

export const shown = ({ source }: Judged): string => `\`${excerpt(source)}\``;

/** A literal says itself what it is; of anything else its type is said too. */
export const named = (judged: Judged): string =>
  judged.literal ? phrase(judged.type) : `${shown(judged)}, which is ${phrase(judged.type)}`;

export function neverEquals(subject: Judged, other: Judged, operator: string): string {
  const never = operator === '==' ? 'never equals' : 'always differs from';
  return `${shown(subject)} is ${phrase(subject.type)}, so it ${never} ${named(other)}${remedy(subject, other)}`;
}

export const noOrder = (subject: Judged, other: Judged): string =>
  `${shown(subject)} is ${phrase(subject.type)}, so it has no order with ${named(other)}${remedy(subject, other)}`;

export function notCounted(operand: Judged, operator: string): string {
  if (operand.literal) return `\`${operator}\` takes numbers, not ${phrase(operand.type)}.`;
  const how = inNumbers(operand);
  const advice = how === null ? '.' : `: write ${how}.`;
  return `${shown(operand)} is ${phrase(operand.type)}, and \`${operator}\` takes numbers${advice}`;
}

function inNumbers({ source, type }: Judged): string | null {
  if (type === 'date' || type === 'datetime') return `later(${source}, '-2d') or days(from, to)`;
  if (type === 'time') return `later(${source}, '-2h')`;
  if (type === 'digits') return `number(${source})`;
  const part = partInNumbers(type);
  return part && `${source}.${part}`;
}

const partInNumbers = (type: StaticType): string | null =>
  typeof type === 'string' && type !== 'value' && type !== 'list' ? (COUNTED[type] ?? null) : null;

/** Text and number make a text: never what is meant of a date. */
export function onlyJoined(operand: Judged, other: Judged): string {
  const { source, type } = operand;
  const sum =
    type === 'date'
      ? `later(${source}, ${other.source})`
      : type === 'duration'
        ? `${source}.minutes`
        : `later(${source}, '2h')`;
  return `${shown(operand)} is ${phrase(type)}, and \`+\` only joins it with ${named(other)}: write ${sum}.`;
}

export const notTaken = (name: string, takes: Takes, given: Judged, usage: string): string =>
  `${name} takes ${TAKEN[takes]}, but is given ${named(given)}: write ${usage}.`;

/** What is given to a slot, a parameter or an input that never takes it. */
export function notAdmitted(name: string, wanted: StaticType, given: Judged): string {
  return `\`${name}\` takes ${phrase(wanted)}, but is given ${named(given)}${instead(wanted, given)}`;
}

function instead(wanted: StaticType, { source, type, literal }: Judged): string {
  if (!literal) return '.';
  const text = isSet(type) ? (type.of[0] ?? '') : null;
  const written =
    typeof wanted === 'string' && wanted !== 'value' && wanted !== 'list' ? WRITTEN[wanted] : undefined;
  if (text !== null && classOf(wanted) === 'number') {
    return text.trim() !== '' && Number.isFinite(Number(text))
      ? `: write ${text.trim()} without quotes.`
      : '.';
  }
  if (text !== null && wanted === 'boolean') {
    const bare = /^(true|false)$/i.exec(text)?.[0].toLowerCase();
    return bare === undefined ? ': write true or false without quotes.' : `: write ${bare} without quotes.`;
  }
  if (text !== null && isSet(wanted)) {
    const nearest = nearestName(text, wanted.of);
    return nearest === null ? '.' : `; did you mean '${nearest}'?`;
  }
  if (written !== undefined) return `: ${written}.`;
  return classOf(wanted) === 'text' ? `: a text stands in quotes of its own, "'${source}'".` : '.';
}

/** What may be given to a slot or an input besides its type; `unit` is what is counted. */
export interface Limits {
  readonly least: number | string | null;
  readonly most: number | string | null;
  readonly unit: '' | ' digits';
}

/** What is given to a slot or an input outside of its limits, of which there is one at least. */
export const outOfRange = (name: string, limits: Limits, given: Judged): string =>
  `\`${name}\` takes ${rangeOf(limits)}, but is given ${named(given)}.`;

function rangeOf({ least, most, unit }: Limits): string {
  if (most === null) return `${least}${unit} or ${typeof least === 'string' ? 'later' : 'more'}`;
  if (least === null) return `${most}${unit} ${typeof most === 'string' ? 'or earlier' : 'at most'}`;
  return least === most ? `${least}${unit}` : `${least} to ${most}${unit}`;
}

/** What `callback` cannot go by. */
export function noMoment(given: Judged): string {
  const how = "write at(day, time), later(now(), '2h') or a duration, \"'PT2H'\"";
  return `\`callback\` takes a date with its time or a duration, but is given ${named(given)}: ${how}.`;
}

/** What to write instead, or a full stop. */
function remedy(subject: Judged, other: Judged): string {
  if (!other.literal) return '.';
  const [mine, its] = [classOf(subject.type), classOf(other.type)];
  const text = isSet(other.type) ? (other.type.of[0] ?? '') : null;
  if (text === null) {
    const part = partInNumbers(subject.type);
    if (its !== 'number') return '.';
    if (part !== null) return `: compare a part of it, such as \`${subject.source}.${part}\`.`;
    return mine === 'text' ? `: write '${other.source}' with quotes.` : '.';
  }
  if (mine === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) {
    return `: write ${text.trim()} without quotes.`;
  }
  if (mine === 'boolean') return `: write ${shown(subject)} or \`!${subject.source}\` alone.`;
  if (isSet(subject.type)) {
    const nearest = nearestName(text, subject.type.of);
    return nearest === null ? '.' : `; did you mean '${nearest}'?`;
  }
  const { type } = subject;
  const written = typeof type === 'string' && type !== 'value' && type !== 'list' ? WRITTEN[type] : undefined;
  return written === undefined ? '.' : `: ${written}.`;
}
