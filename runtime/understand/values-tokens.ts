/** What was said, word by word, each with its place in the text. */

export interface Token {
  kind: 'word' | 'digits' | 'mark';
  /** Lower case and without marks above or below letters. */
  word: string;
  start: number;
  end: number;
  /** Nothing, or an apostrophe or hyphen within a word, stands before it. */
  glued: boolean;
}

const MAX_TEXT = 1000;
const MAX_TOKENS = 150;
const TOKEN = /[\p{L}\p{M}]+|\d+|[^\s]/gu;

/** Cuts a text up. Apostrophes, and hyphens between letters, only part words; very long texts are cut off. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let ended = -1;
  for (const match of text.slice(0, MAX_TEXT).matchAll(TOKEN)) {
    const [raw] = match;
    const start = match.index;
    const end = start + raw.length;
    const first = raw.charCodeAt(0);
    if (isWordMark(raw) && ended === start && /[\p{L}]/u.test(text[end] ?? '')) {
      ended = end;
      continue;
    }
    if (/['’‘`´]/.test(raw)) continue;
    const word = fold(raw);
    const kind = first >= 48 && first <= 57 ? 'digits' : /^\p{L}/u.test(raw) ? 'word' : 'mark';
    tokens.push({ kind, word, start, end, glued: ended === start && start > 0 });
    if (tokens.length === MAX_TOKENS) break;
    ended = end;
  }
  return tokens;
}

const isWordMark = (raw: string): boolean => /^['’‘`´‐‑-]$/.test(raw);

const LETTERS: { readonly [letter: string]: string } = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd' };

/** Lower case, no marks above or below letters. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // Most of what is said has no such letter, and normalising is slow.
  if (!/[^\0-\x7f]/.test(lower)) return lower;
  return lower
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđ]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The words of a phrase as they are found in a text. */
export const wordsIn = (phrase: string): string[] => tokensOf(phrase).map(({ word }) => word);

/** The words of a list that is written with commas. */
export const setOf = (list: string): ReadonlySet<string> => new Set(list.split(',').flatMap(wordsIn));

/** Phrases, found by their first word; of those that begin at a place, the longest. */
export class Phrases<T> {
  readonly #table = new Map<string, { words: readonly string[]; value: T }[]>();

  /** Every entry is a list with commas and what all phrases of it stand for. */
  constructor(entries: Iterable<readonly [list: string, value: T]>) {
    for (const [list, value] of entries) {
      for (const words of list.split(',').map(wordsIn)) {
        const [first] = words;
        if (first === undefined) continue;
        const same = this.#table.get(first) ?? [];
        same.push({ words, value });
        this.#table.set(first, same);
      }
    }
    for (const same of this.#table.values()) same.sort((one, other) => other.words.length - one.words.length);
  }

  /** The words that a phrase begins with. */
  firstWords(): Iterable<string> {
    return this.#table.keys();
  }

  /** What is said from there on, and the token behind it. */
  at(tokens: readonly Token[], at: number): { value: T; to: number } | null {
    const first = tokens[at];
    const same = first && this.#table.get(first.word);
    if (same === undefined) return null;
    for (const { words, value } of same) {
      let next = 1;
      while (next < words.length && tokens[at + next]?.word === words[next]) next++;
      if (next === words.length) return { value, to: at + next };
    }
    return null;
  }

  /** All places of a text, the longest phrase at each; none within another. */
  all(tokens: readonly Token[]): { value: T; from: number; to: number }[] {
    const found: { value: T; from: number; to: number }[] = [];
    for (let at = 0; at < tokens.length;) {
      const phrase = this.at(tokens, at);
      if (phrase) found.push({ ...phrase, from: at });
      at = phrase?.to ?? at + 1;
    }
    return found;
  }
}
