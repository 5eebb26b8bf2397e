/** Which of the values of a choice is said, in the author's words or nearly so. */
import type { Wanted } from '../dialogue/protocol.ts';
import { likeness } from './rules-likeness.ts';
import type { ValueLanguage } from './values-language.ts';
import { cardinalAt, ordinalAt } from './values-numbers.ts';
import { type Token, tokensOf } from './values-tokens.ts';

export interface SaidChoice {
  value: string;
  unsure: boolean;
  from: number;
  to: number;
}

/** A word, or a number in figures, and its tokens. */
interface Word {
  word: string;
  from: number;
  to: number;
}

const NEAR = 0.7;
const ENDINGS = /^(?:s|es|n|en|e|er|es|em|y)$/;
const MAX_KNOWN = 500;
const known = new Map<string, readonly string[]>();

/** All places where a value of the choice is said; where there is none, those where one nearly is. */
export function choicesIn(
  slot: Wanted,
  tokens: readonly Token[],
  taken: readonly boolean[],
  language: ValueLanguage,
): SaidChoice[] {
  const words = wordsOf(tokens, language).filter(({ from }) => !taken[from]);
  const options = (slot.of ?? []).flatMap(({ value, like }) =>
    [value, ...like].map((phrase) => ({ value, phrase: phraseOf(phrase, language) })),
  );
  const exact = found(words, options, isWord);
  return exact.length > 0 ? exact : found(words, options, isNearly).map((one) => ({ ...one, unsure: true }));
}

/** "the second one", "the last" */
export function ordinalChoice(
  slot: Wanted,
  tokens: readonly Token[],
  taken: readonly boolean[],
  language: ValueLanguage,
): SaidChoice | null {
  const values = slot.of ?? [];
  for (const [from] of tokens.entries()) {
    const ordinal = taken[from]
      ? null
      : (ordinalAt(tokens, from, language) ?? optionNumber(tokens, from, language));
    if (ordinal === null || values.length === 0) continue;
    const value = values.at(ordinal.value < 0 ? -1 : ordinal.value - 1)?.value;
    if (value !== undefined && ordinal.value !== 0) return { value, unsure: true, from, to: ordinal.to };
  }
  return null;
}

/** "number two", "option two" */
function optionNumber(
  tokens: readonly Token[],
  at: number,
  language: ValueLanguage,
): { value: number; to: number } | null {
  const number = cardinalAt(tokens, at, language);
  const named =
    language.phrases.ordinalNouns.at(tokens, at - 1) ??
    /^(?:number|nummer|numero|cislo)$/.exec(tokens[at - 1]?.word ?? '');
  return named && number && !number.article ? number : null;
}

function found(
  words: readonly Word[],
  options: readonly { value: string; phrase: readonly string[] }[],
  same: (said: string, meant: string) => boolean,
): SaidChoice[] {
  const all: (SaidChoice & { length: number })[] = [];
  for (const { value, phrase } of options) {
    if (phrase.length === 0) continue;
    for (let at = 0; at + phrase.length <= words.length; at++) {
      if (!phrase.every((word, index) => same(words[at + index]?.word ?? '', word))) continue;
      const from = words[at]?.from ?? 0;
      const to = words[at + phrase.length - 1]?.to ?? from;
      all.push({ value, unsure: false, from, to, length: phrase.length });
    }
  }
  // "large coffee" beats "coffee" where both are values.
  const longest = all.filter(
    (one) => !all.some((other) => other.length > one.length && other.from < one.to && one.from < other.to),
  );
  const places = new Map(longest.map((one) => [`${one.value}\n${one.from}`, one]));
  return [...places.values()].toSorted((one, other) => one.from - other.from);
}

const isWord = (said: string, meant: string): boolean => {
  if (said === meant) return true;
  const [short, long] = said.length < meant.length ? [said, meant] : [meant, said];
  return short.length >= 3 && long.startsWith(short) && ENDINGS.test(long.slice(short.length));
};

const isNearly = (said: string, meant: string): boolean =>
  isWord(said, meant) || (said[0] === meant[0] && likeness(said, meant) > NEAR);

function wordsOf(tokens: readonly Token[], language: ValueLanguage): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at]!;
    const number = cardinalAt(tokens, at, language);
    const to = number && !number.article ? number.to : at + 1;
    if (token.kind !== 'mark')
      words.push({ word: number && !number.article ? String(number.value) : token.word, from: at, to });
    at = to;
  }
  return words;
}

function phraseOf(phrase: string, language: ValueLanguage): readonly string[] {
  const key = `${language.lexicon.numbers.point}\n${phrase}`;
  const kept = known.get(key);
  if (kept) return kept;
  const words = wordsOf(tokensOf(phrase), language).map(({ word }) => word);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, words);
  return words;
}
