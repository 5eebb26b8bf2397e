/** Digits as they are spelled out: "one two double five oh", "forty two", "12 34"; and phone numbers. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Wanted } from '../dialogue/protocol.ts';
import type { ValueLanguage } from './values-language.ts';
import { cardinalAt } from './values-numbers.ts';
import { isPronoun } from './values-pronouns.ts';
import type { Token } from './values-tokens.ts';

/** Digits that are said in a row. */
export interface Run {
  from: number;
  to: number;
  /** As they were said together. */
  groups: readonly Group[];
  plus: boolean;
}

interface Group {
  digits: string;
  /** "twenty one" may also be a twenty and a one. */
  apart: string | null;
}

const MAX_DIGITS = 64;

/** All runs of digits in a sentence, from one digit on. */
export function runsIn(tokens: readonly Token[], taken: readonly boolean[], language: ValueLanguage): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < tokens.length;) {
    const run = taken[at] ? null : runAt(tokens, at, taken, language);
    if (run) runs.push(run);
    at = run?.to ?? at + 1;
  }
  return runs;
}

function runAt(
  tokens: readonly Token[],
  at: number,
  taken: readonly boolean[],
  language: ValueLanguage,
): Run | null {
  const groups: Group[] = [];
  const plus = tokens[at]?.word === '+' || language.numbers.plus.has(tokens[at]?.word ?? '');
  let next = plus ? at + 1 : at;
  let to = next;
  while (next < tokens.length && !taken[next]) {
    const group = groupAt(tokens, next, language);
    if (group) {
      groups.push(group);
      next = to = group.to;
      continue;
    }
    // A bracket before the first group belongs to it.
    if (!/^[-–,.()/]$/.test(tokens[next]?.word ?? '')) break;
    next += 1;
  }
  return groups.length === 0 ? null : { from: at, to, groups, plus };
}

function groupAt(
  tokens: readonly Token[],
  at: number,
  language: ValueLanguage,
): (Group & { to: number }) | null {
  const { numbers } = language;
  const token = tokens[at];
  if (token === undefined || isPronoun(tokens, at, language)) return null;
  if (token.kind === 'digits') return { digits: token.word, apart: null, to: at + 1 };
  const times = numbers.multiples.at(tokens, at);
  const repeated = times && groupAt(tokens, times.to, language);
  if (times && repeated?.digits.length === 1)
    return { digits: repeated.digits.repeat(times.value), apart: null, to: repeated.to };
  if (numbers.zeros.has(token.word)) return { digits: '0', apart: null, to: at + 1 };
  const said = cardinalAt(tokens, at, language, language.lexicon.numbers.hundredsApart);
  if (said === null || (said.article && !numbers.words.has(token.word))) return null;
  const ten = numbers.words.get(token.word) ?? 0;
  const splits = said.to === at + 2 && ten >= 20 && ten < 100 && said.value < 100;
  return { digits: String(said.value), apart: splits ? `${ten}${said.value - ten}` : null, to: said.to };
}

/** The digits of a run, put together so that they fit the length where they can; 64 at most. */
export function digitsOf(run: Run, length: Wanted['length']): { digits: string; fits: boolean } {
  const said = run.groups.map(({ digits }) => digits);
  const fits = (): boolean => {
    const { length: count } = said.join('');
    return count <= MAX_DIGITS && (length === null || (count >= length.min && count <= length.max));
  };
  for (const [index, { apart }] of run.groups.entries()) {
    if (fits()) break;
    if (apart !== null && length !== null && said.join('').length < length.min) said[index] = apart;
  }
  // "Oh, four two one nine"
  if (!fits() && length !== null && said[0] === '0' && said.join('').length === length.max + 1) said.shift();
  return { digits: said.join('').slice(0, MAX_DIGITS), fits: fits() };
}

/** Several runs as one, for what was said between them. */
export function joinRuns(runs: readonly Run[]): Run | null {
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return null;
  return { from: first.from, to: last.to, groups: runs.flatMap(({ groups }) => groups), plus: first.plus };
}

/** The phone number of a run, E.164; null for one that cannot be one in that region. */
export function phoneOf(run: Run, region: string): { phone: string; sure: boolean } | null {
  const digits = run.groups.map((group) => group.digits).join('');
  if (digits.length < 6 || digits.length > 20) return null;
  const abroad = /^00[1-9]/.test(digits);
  const text = run.plus ? `+${digits}` : abroad ? `+${digits.slice(2)}` : digits;
  const phone = parsePhoneNumberFromString(text, isSupportedCountry(region) ? region : undefined);
  if (phone === undefined || !phone.isPossible() || !/^\+[1-9]\d{6,14}$/.test(phone.number)) return null;
  return { phone: phone.number, sure: phone.isValid() };
}
