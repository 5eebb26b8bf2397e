/** Numbers as they are said and written. Every reader begins at a token and says which one comes behind. */
import type { ValueLanguage } from './values-language.ts';
import type { Token } from './values-tokens.ts';

export interface Said {
  value: number;
  to: number;
  /** Only an article: "a", "eine". */
  article: boolean;
}

const MAX = Number.MAX_SAFE_INTEGER;

/**
 * A whole number in words ("two hundred and five") or figures, or null. `apart` reads it as people say digits, where
 * a hundred takes nothing with it: "eight hundred five five".
 */
export function cardinalAt(
  tokens: readonly Token[],
  at: number,
  language: ValueLanguage,
  apart = false,
): Said | null {
  const first = tokens[at];
  if (first?.kind === 'digits') return figuresAt(tokens, at, language);
  if (first?.kind !== 'word') return null;
  const { numbers, lexicon } = language;
  let total = 0;
  let group = 0;
  /** What can still be put to it is less than this. */
  let room = Infinity;
  /** And no less than this: "dix-sept", but not "dix six". */
  let least = 1;
  let to = at;
  let article = false;
  while (to < tokens.length) {
    const joined = to > at && numbers.and.has(tokens[to]?.word ?? '') ? 1 : 0;
    const token = tokens[to + joined];
    if (token?.kind !== 'word') break;
    const { word } = token;
    const value = wordValue(word, language);
    if (joined > 0 && (value === null || value === 0 || (apart && room > 20))) break;
    if (joined > 0 && value !== null) {
      if (lexicon.numbers.andAfter === 'units') {
        // "fünf und zwanzig"
        if (group % 10 === 0 || group % 100 > 9 || value < 20 || value > 90 || value % 10 > 0) break;
        group += value;
        room = 1;
        to += 2;
        continue;
      }
      if (lexicon.numbers.andAfter === 'hundreds' ? room < 100 : room > 20) break;
      if (room === Infinity) break;
    }
    if (to === at && numbers.ones.has(word)) {
      group = 1;
      room = 1;
      article = true;
    } else if (numbers.hundred.has(word)) {
      const most = lexicon.numbers.teensOfHundreds && total === 0 ? 99 : 9;
      if (group === 0 && room > 100) group = 100;
      else if (group >= 1 && group <= most && group !== 10) group *= 100;
      else break;
      room = apart ? 1 : 100;
    } else if (numbers.thousand.has(word) || (word === 'k' && group > 0 && !apart)) {
      if (total % 1_000_000 > 0 || room === 1000) break;
      total += (group === 0 ? 1 : group) * 1000;
      group = 0;
      room = apart ? 1 : 1000;
    } else if (numbers.million.has(word)) {
      if (total > 0 || group === 0) break;
      total = group * 1_000_000;
      group = 0;
      room = apart ? 1 : 1_000_000;
    } else if (value === null || (value === 0 && to > at)) {
      break;
    } else if (numbers.scores.has(word) && group % 100 === 4) {
      group += 76;
      room = 20;
    } else {
      if (value >= room || (value < least && to > at)) break;
      group += value;
      room = roomBehind(value, word, language, apart);
      least = numbers.teens.has(word) ? 7 : 1;
    }
    to += 1 + joined;
  }
  if (to === at) return null;
  return { value: total + group, to, article: article && to === at + 1 };
}

/** What a single word stands for. */
function wordValue(word: string, { numbers, lexicon }: ValueLanguage): number | null {
  const known = numbers.words.get(word);
  if (known !== undefined) return known;
  // "zweitausendfünf": only a language that writes numbers in one word has that many of them.
  if (lexicon.numbers.andAfter !== 'units' || !word.includes('tausend')) return null;
  const [front = '', behind = ''] = word.split(/tausend(?:und)?/);
  if (front === '' && behind === '') return null;
  const thousands = front === '' || front === 'ein' ? 1 : numbers.words.get(front);
  const rest = behind === '' ? 0 : numbers.words.get(behind);
  return thousands === undefined || rest === undefined || thousands > 999 || rest > 999
    ? null
    : thousands * 1000 + rest;
}

function roomBehind(
  value: number,
  word: string,
  { numbers, lexicon }: ValueLanguage,
  apart: boolean,
): number {
  if (value >= 100 && value % 100 === 0) return apart ? 1 : value % 1000 === 0 ? 1000 : 100;
  if (numbers.teens.has(word)) return 10;
  if (value < 20 || value % 10 > 0) return 1;
  if (numbers.twenties.has(word)) return 20;
  // Where "y" or "et" joins them, they are put together all the same; the one without it is not said.
  return lexicon.numbers.tensTakeUnits || lexicon.numbers.andAfter === 'tens' ? 10 : 1;
}

/** "12", "1,200", "1.200,50" and "2 million". */
function figuresAt(tokens: readonly Token[], at: number, language: ValueLanguage): Said | null {
  const { group } = language.lexicon.numbers;
  let text = tokens[at]?.word ?? '';
  let to = at + 1;
  let decimals = false;
  while (!decimals) {
    const mark = tokens[to];
    const more = tokens[to + 1];
    if (!mark?.glued || !more?.glued || more.kind !== 'digits' || !/^[.,]$/.test(mark.word)) break;
    const grouping = mark.word === group && more.word.length === 3 && text.length <= 15;
    decimals = !grouping;
    text += grouping ? more.word : `.${more.word}`;
    to += 2;
  }
  const value = Number(text);
  if (value > MAX) return null;
  const scale = tokens[to]?.word ?? '';
  const times =
    language.numbers.thousand.has(scale) || scale === 'k'
      ? 1000
      : language.numbers.million.has(scale)
        ? 1_000_000
        : 1;
  return value * times > MAX ? null : { value: value * times, to: times > 1 ? to + 1 : to, article: false };
}

/** "two thirds" counts nothing. */
const FRACTIONS = /^(?:thirds?|quarters|fifths|tenths|drittel|tercios?|tiers)$/;

/** Any number: "minus two point five", "two and a half", "a dozen". */
export function numberAt(tokens: readonly Token[], at: number, language: ValueLanguage): Said | null {
  const { numbers } = language;
  const amount = numbers.amounts.at(tokens, at);
  if (amount) return { ...amount, article: false };
  const below = pointAt(tokens, { value: 0, to: at, article: false }, language);
  if (below) return below;
  const negative = numbers.minus.has(tokens[at]?.word ?? '') || isSign(tokens, at);
  const whole = cardinalAt(tokens, negative ? at + 1 : at, language);
  if (whole === null || (negative && whole.article)) return null;
  if (FRACTIONS.test(tokens[whole.to]?.word ?? '')) return null;
  const said = scaled(tokens, pointAt(tokens, whole, language) ?? whole, language);
  const half = said.article ? null : numbers.halves.at(tokens, said.to);
  const value = said.value + (half?.value ?? 0);
  return { value: negative ? 0 - value : value, to: half?.to ?? said.to, article: said.article };
}

/** "one point five million" */
function scaled(tokens: readonly Token[], said: Said, { numbers }: ValueLanguage): Said {
  const word = tokens[said.to]?.word ?? '';
  if (Number.isInteger(said.value) || !(numbers.million.has(word) || numbers.thousand.has(word))) return said;
  const value = said.value * (numbers.million.has(word) ? 1_000_000 : 1000);
  return { ...said, value: Math.round(value * 100) / 100, to: said.to + 1 };
}

const isSign = (tokens: readonly Token[], at: number): boolean =>
  /^[-−–]$/.test(tokens[at]?.word ?? '') && !tokens[at]?.glued && tokens[at + 1]?.glued === true;

/** The digits behind "point". */
function pointAt(tokens: readonly Token[], whole: Said, language: ValueLanguage): Said | null {
  if (whole.article || !language.numbers.point.has(tokens[whole.to]?.word ?? '')) return null;
  let digits = '';
  let to = whole.to + 1;
  while (digits.length < 9) {
    const word = tokens[to]?.word ?? '';
    const digit = language.numbers.zeros.has(word) ? 0 : wordValue(word, language);
    const single = digit !== null && digit < 10 ? { value: digit, to: to + 1, article: false } : null;
    const next = single ?? cardinalAt(tokens, to, language);
    if (next === null || next.article || !Number.isInteger(next.value) || next.value > 999) break;
    digits += String(next.value);
    to = next.to;
  }
  return digits === '' ? null : { value: Number(`${whole.value}.${digits}`), to, article: false };
}

/** Whether an ordinal may stand here as such: "the first", but not "my husband first". */
export function isOrdinalPlace(tokens: readonly Token[], at: number, { phrases }: ValueLanguage): boolean {
  const before = tokens[at - 1];
  if (tokens[at]?.kind === 'digits' || before?.kind !== 'word') return true;
  return phrases.leads.has(before.word) || phrases.light.has(before.word);
}

/** "the twenty first", "5th", "5."; the last is -1. */
export function ordinalAt(
  tokens: readonly Token[],
  at: number,
  language: ValueLanguage,
): { value: number; to: number } | null {
  const { numbers } = language;
  const first = tokens[at];
  if (first === undefined) return null;
  if (first.kind === 'digits') {
    const ending = tokens[at + 1];
    // "5.30" and "5.3.2026" are something else.
    const goesOn = tokens[at + 2]?.glued === true && tokens[at + 2]?.kind === 'digits';
    if (!ending?.glued || !numbers.endings.has(ending.word) || goesOn) return null;
    return first.word.length > 4 ? null : { value: Number(first.word), to: at + 2 };
  }
  if (numbers.last.has(first.word)) return { value: -1, to: at + 1 };
  const ten = numbers.ordinals.get(first.word) ?? numbers.words.get(first.word) ?? 0;
  const one = numbers.ordinals.get(tokens[at + 1]?.word ?? '') ?? 0;
  if (ten >= 20 && ten % 10 === 0 && ten < 100 && one > 0 && one < 10)
    return { value: ten + one, to: at + 2 };
  const value = numbers.ordinals.get(first.word);
  return value === undefined ? null : { value, to: at + 1 };
}
