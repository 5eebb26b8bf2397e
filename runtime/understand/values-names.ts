/** Names of people, said with "my name is" or alone, or spelled letter by letter. */
import type { ValueLanguage } from './values-language.ts';
import type { Token } from './values-tokens.ts';

export interface SaidName {
  name: string;
  unsure: boolean;
  from: number;
  to: number;
}

const MAX_WORDS = 4;

/** A name behind words that introduce one; with `asked`, also behind such that introduce other things. */
export function introducedName(
  text: string,
  tokens: readonly Token[],
  taken: readonly boolean[],
  language: ValueLanguage,
  asked: boolean,
): SaidName | null {
  const both = asked ? inTwoParts(text, tokens, taken, language) : null;
  if (both) return both;
  let found: SaidName | null = null;
  const { leads, kin, tails } = language.names;
  for (const lead of leads.all(tokens)) {
    const start = kin.has(tokens[lead.to + 1]?.word ?? '') ? lead.to + 2 : lead.to;
    // "It's Monday", "it's April fifth"
    const { weekdays, months } = language.dates;
    const isDay = weekdays.at(tokens, start) !== null || (!asked && months.at(tokens, start) !== null);
    if (isDay && lead.value === 'perhaps') continue;
    const capital = isCapital(text, tokens, start) && language.lexicon.dates.monthFirst;
    const rule = lead.value === 'sure' ? 'told' : capital ? 'also' : 'strict';
    const name = leads.at(tokens, lead.to) ? null : nameAt(text, tokens, start, taken, language, rule);
    if (name === null) continue;
    const titled = language.names.titles.has(tokens[start]?.word ?? '');
    const clear = lead.value === 'sure' || titled || capital;
    if (!clear && !asked) continue;
    // "Auf Deutsch", "it's urgent": only what ends with it can be a name.
    if (!clear && !endsClause(tokens, name.to) && tails.at(tokens, name.to) === null) continue;
    if (found === null || lead.value === 'sure')
      found = {
        ...name,
        from: lead.from,
        unsure: name.unsure || (lead.value === 'perhaps' && !titled && !clear),
      };
  }
  return found;
}

/** "first name Anna last name Bell" */
function inTwoParts(
  text: string,
  tokens: readonly Token[],
  taken: readonly boolean[],
  language: ValueLanguage,
): SaidName | null {
  const given = language.names.given.all(tokens)[0];
  const family = language.names.family.all(tokens)[0];
  if (given === undefined || family === undefined || given.to >= tokens.length) return null;
  const part = (start: number, other: number): SaidName | null =>
    nameAt(text, other > start ? tokens.slice(0, other) : tokens, start, taken, language, 'told');
  const first = part(given.to, family.from);
  const last = part(family.to, given.from);
  if (first === null || last === null) return null;
  const [from, to] = [Math.min(given.from, family.from), Math.max(first.to, last.to)];
  return { name: `${first.name} ${last.name}`, unsure: first.unsure || last.unsure, from, to };
}

/** The name that begins at a token, where it was said that one comes there. */
export const toldName = (
  text: string,
  tokens: readonly Token[],
  at: number,
  taken: readonly boolean[],
  language: ValueLanguage,
): SaidName | null => nameAt(text, tokens, at, taken, language, 'told');

/** A name that is all that is said. */
export function bareName(
  text: string,
  tokens: readonly Token[],
  taken: readonly boolean[],
  language: ValueLanguage,
): SaidName | null {
  if (tokens.some(({ word }) => word === '?')) return null;
  let from = 0;
  let end = tokens.length;
  for (let at = 0; at < end;) {
    const filler = language.names.fillers.at(tokens, at);
    if (filler === null && tokens[at]?.kind !== 'mark' && !taken[at]) break;
    at = from = filler?.to ?? at + 1;
  }
  while (end > from && isTail(tokens, end - 1, taken, language)) end--;
  const capital = isCapital(text, tokens, from);
  const name = nameAt(text, tokens, from, taken, language, capital || from === 0 ? 'also' : 'strict');
  if (name === null) return null;
  const tail = language.names.tails.at(tokens, name.to);
  const ends = name.to >= end || tail?.value === 'self' || (tail?.value === 'origin' && capital);
  const unsure = name.unsure || !capital;
  if (ends) return { ...name, unsure };
  // "William, no Liam"
  const correction = language.phrases.corrections.at(tokens, skipMark(tokens, name.to));
  const instead =
    correction && nameAt(text, tokens, skipMark(tokens, correction.to), taken, language, 'strict');
  return instead && instead.to >= end ? { ...instead, unsure } : null;
}

const skipMark = (tokens: readonly Token[], at: number): number =>
  tokens[at]?.kind === 'mark' ? at + 1 : at;

const isTail = (
  tokens: readonly Token[],
  at: number,
  taken: readonly boolean[],
  language: ValueLanguage,
): boolean =>
  taken[at] === true || tokens[at]?.kind === 'mark' || language.names.fillers.at(tokens, at) !== null;

/**
 * Which words that are seldom names may be one: none; "Will" and the like; or, where it was said that a name comes,
 * also whatever has a capital.
 */
type Rule = 'strict' | 'also' | 'told';

/** The words of a name from a token on, and its letters where it is spelled. */
function nameAt(
  text: string,
  tokens: readonly Token[],
  at: number,
  taken: readonly boolean[],
  language: ValueLanguage,
  rule: Rule,
): SaidName | null {
  const { numbers, dates } = language;
  const { titles, particles, never, tails } = language.names;
  const parts: { raw: string; glue: string }[] = [];
  let letters = '';
  // "la señora Gómez" is called Señora Gómez.
  let next = particles.has(tokens[at]?.word ?? '') && titles.has(tokens[at + 1]?.word ?? '') ? at + 1 : at;
  let real = 0;
  while (next < tokens.length && real <= MAX_WORDS) {
    const token = tokens[next]!;
    if (taken[next] || (real > 0 && tails.at(tokens, next)?.value === 'self')) break;
    if (token.kind === 'mark') {
      const abbreviates =
        token.word === '.' &&
        (titles.has(tokens[next - 1]?.word ?? '') || tokens[next - 1]?.word.length === 1);
      const joins = token.word === ',' && isLetterRow(tokens, next + 1);
      if (next === at || !(abbreviates || joins)) break;
      next += 1;
      continue;
    }
    if (isLetterRow(tokens, next) || (letters !== '' && token.word.length === 1 && token.kind === 'word')) {
      letters += text.slice(token.start, token.end);
      next = asIn(tokens, next, language);
      continue;
    }
    const isParticle =
      particles.has(token.word) &&
      (parts.length > 0 || next === at) &&
      isNamePart(tokens[next + 1], never, particles);
    const isDay = dates.weekdays.at(tokens, next) !== null && parts.length > 0;
    if (letters !== '' || token.kind !== 'word' || isDay) break;
    if (
      !isParticle &&
      ((never.has(token.word) && !isSeldom(text, tokens, next, language, rule)) ||
        numbers.words.has(token.word) ||
        dates.days.at(tokens, next) !== null)
    )
      break;
    if (!isParticle && !titles.has(token.word)) real += 1;
    parts.push({ raw: text.slice(token.start, token.end), glue: glueBefore(text, tokens, next) });
    next += 1;
  }
  if (letters.length > 1) spellOut(parts, letters);
  if (real === 0 && letters.length < 2) return null;
  while (tokens[next - 1]?.kind === 'mark') next--;
  const name = parts
    .map(({ raw, glue }, index) => {
      const small = index < parts.length - 1 && particles.has(raw);
      return (index === 0 ? '' : glue) + (small ? raw : capital(raw));
    })
    .join('');
  return real > MAX_WORDS || name.length < 2 ? null : { name, unsure: false, from: at, to: next };
}

const isNamePart = (
  token: Token | undefined,
  never: ReadonlySet<string>,
  particles: ReadonlySet<string>,
): boolean => token?.kind === 'word' && (!never.has(token.word) || particles.has(token.word));

/** A word that is hardly ever a name, and may be one here. */
function isSeldom(
  text: string,
  tokens: readonly Token[],
  at: number,
  { names, lexicon }: ValueLanguage,
  rule: Rule,
): boolean {
  if (rule === 'strict') return false;
  const word = tokens[at]?.word ?? '';
  if (names.also.has(word)) return true;
  return rule === 'told' && word.length > 1 && isCapital(text, tokens, at) && lexicon.dates.monthFirst;
}

/** Two single letters or more. */
const isLetterRow = (tokens: readonly Token[], at: number): boolean =>
  [at, at + 1].every((index) => tokens[index]?.kind === 'word' && tokens[index]?.word.length === 1);

/** Behind a letter and the word that tells which: "B as in boy". */
function asIn(tokens: readonly Token[], at: number, language: ValueLanguage): number {
  const as = language.names.asIn.at(tokens, at + 1);
  const letter = tokens[at]?.word ?? '';
  return as && letter !== '' && tokens[as.to]?.word.startsWith(letter) ? as.to + 1 : at + 1;
}

/** "Novak, N O V A K" is said once and spelled once. */
function spellOut(parts: { raw: string; glue: string }[], letters: string): void {
  const last = parts.at(-1)?.raw.toLowerCase();
  const spelled = letters.toLowerCase();
  if (
    last === undefined ||
    !(last === spelled || (last[0] === spelled[0] && Math.abs(last.length - spelled.length) <= 2))
  ) {
    parts.push({ raw: spelled, glue: ' ' });
  } else parts[parts.length - 1] = { raw: spelled, glue: parts.at(-1)?.glue ?? ' ' };
}

/** What stands between two words of a name: a space, a hyphen, an apostrophe, the stop of a title. */
function glueBefore(text: string, tokens: readonly Token[], at: number): string {
  const between = text.slice(tokens[at - 1]?.end ?? 0, tokens[at]?.start);
  if (tokens[at - 1]?.kind === 'mark') return '. ';
  return /^\s*$/.test(between) ? ' ' : between.trim();
}

const capital = (raw: string): string =>
  raw !== raw.toLowerCase() ? raw : `${raw.slice(0, 1).toUpperCase()}${raw.slice(1)}`;

function isCapital(text: string, tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const letter = token === undefined ? '' : text.slice(token.start, token.start + 1);
  return letter !== letter.toLowerCase();
}

const endsClause = (tokens: readonly Token[], at: number): boolean =>
  tokens[at] === undefined || /^[.,;!]$/.test(tokens[at].word);
