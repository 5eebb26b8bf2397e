/** A language made ready: its phrases folded like everything that is heard, and found by their first word. */
import type { Lexicon } from './rules-lexicon.ts';
import { lexiconOf } from './rules-lexicons.ts';

/** A language with its phrases folded and sorted, ready for use. */
export interface Language {
  lexicon: Lexicon;
  phrases: ReadonlyMap<string, readonly Phrase[]>;
  /** Concepts by the stems of their single words. */
  byStem: ReadonlyMap<string, string>;
  /** Taken for a concept where nothing else is said. */
  alone: ReadonlyMap<string, string>;
  polar: ReadonlyMap<string, readonly Phrase[]>;
  unsure: ReadonlyMap<string, readonly Phrase[]>;
  stop: ReadonlySet<string>;
  light: ReadonlySet<string>;
  clauses: ReadonlySet<string>;
  denying: ReadonlySet<string>;
  wishes: ReadonlySet<string>;
  opens: ReadonlySet<string>;
  able: ReadonlySet<string>;
  articles: ReadonlySet<string>;
  numbers: ReadonlyMap<string, number>;
  loneNumbers: ReadonlyMap<string, number>;
  keys: ReadonlyMap<string, readonly Phrase[]>;
  telling: ReadonlySet<string>;
  agrees: ReadonlySet<string>;
  refuses: ReadonlySet<string>;
}

export interface Phrase {
  words: readonly string[];
  /** Only where the clause ends with it. */
  closes: boolean;
  kind: 'concept' | 'filler' | 'negator' | 'unable' | 'yes' | 'no' | 'unsure' | 'key';
  /** The concept. */
  value: string;
}

export interface Spoken {
  word: string;
  /** Punctuation stood before it. */
  breaks: boolean;
}

const MAX_WORDS = 60;

const languages = new WeakMap<Lexicon, Language>();

/** Lower case, no marks above or below letters, no punctuation but what ends a clause. */
export function split(text: string, { lexicon }: Pick<Language, 'lexicon'>): Spoken[] {
  let plain = text
    .slice(0, 1000)
    .toLowerCase()
    .replace(/[’‘`´]/g, "'");
  if (anyOf(lexicon).test(plain)) {
    for (const [pattern, replacement] of lexicon.expand) plain = plain.replace(pattern, replacement);
  }
  plain = fold(plain).replace(/(\d):00\b/g, '$1');
  const spoken: Spoken[] = [];
  let breaks = false;
  for (const [token] of plain.matchAll(/\p{L}+|\d+|[#*]|[.,;:!?]/gu)) {
    if (/[.,;:!?]/.test(token)) breaks = true;
    else {
      spoken.push({ word: token, breaks });
      breaks = false;
      if (spoken.length === MAX_WORDS) break;
    }
  }
  return spoken;
}

const anyExpansion = new WeakMap<Lexicon, RegExp>();

/** Most sentences hold nothing to take apart, and one look tells. */
function anyOf(lexicon: Lexicon): RegExp {
  const known = anyExpansion.get(lexicon);
  if (known) return known;
  const any = new RegExp(lexicon.expand.map(([{ source }]) => source).join('|') || '(?!)', 'u');
  anyExpansion.set(lexicon, any);
  return any;
}

const LETTERS: { readonly [letter: string]: string } = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd' };

function fold(text: string): string {
  // Most of what is said has no such letter, and normalising is slow.
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđ]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The longest phrase of a table that is said from there on. */
export function phraseAt(
  table: ReadonlyMap<string, readonly Phrase[]>,
  spoken: readonly Spoken[],
  at: number,
): Phrase | null {
  const said = ({ words, closes }: Phrase): boolean => {
    const after = spoken[at + words.length];
    return (
      words.every((word, index) => spoken[at + index]?.word === word) && (!closes || !after || after.breaks)
    );
  };
  return table.get(spoken[at]!.word)?.find(said) ?? null;
}

/** The language of a locale, prepared once. */
export function languageOf(locale: string): Language {
  const lexicon = lexiconOf(locale);
  const known = languages.get(lexicon);
  if (known) return known;
  const wordsIn = (phrase: string): string[] => split(phrase, { lexicon }).map(({ word }) => word);
  const phrasesIn = (list: string): { words: string[]; closes: boolean }[] =>
    list
      .split(',')
      .map((phrase) => ({ words: wordsIn(phrase), closes: phrase.trimEnd().endsWith('=') }))
      .filter(({ words }) => words.length > 0);
  const setOf = (list: string): Set<string> => new Set(phrasesIn(list).map(({ words }) => words.join(' ')));
  const table = (entries: readonly (readonly [list: string, kind: Phrase['kind'], value?: string])[]) => {
    const phrases = new Map<string, Phrase[]>();
    for (const [list, kind, value = ''] of entries) {
      for (const { words, closes } of phrasesIn(list)) {
        phrases.set(words[0]!, [...(phrases.get(words[0]!) ?? []), { words, closes, kind, value }]);
      }
    }
    for (const same of phrases.values()) same.sort((one, other) => other.words.length - one.words.length);
    return phrases;
  };
  const alone = new Map<string, string>();
  const byStem = new Map<string, string>();
  const concepts: [string, Phrase['kind'], string][] = [];
  for (const [concept, list] of Object.entries(lexicon.concepts)) {
    const parts = list.split(',').map((part) => part.trim());
    for (const part of parts.filter((one) => one.startsWith('=')))
      alone.set(wordsIn(part).join(' '), concept);
    const usual = parts.filter((one) => !one.startsWith('='));
    concepts.push([usual.join(','), 'concept', concept]);
    for (const [word, ...more] of usual.map(wordsIn)) {
      if (word !== undefined && more.length === 0) byStem.set(lexicon.stem(word), concept);
    }
  }
  const language: Language = {
    lexicon,
    phrases: table([
      ...concepts,
      [lexicon.fillers, 'filler'],
      [lexicon.unable, 'unable'],
      [lexicon.negators, 'negator'],
    ]),
    alone,
    byStem,
    polar: table([
      [lexicon.yes, 'yes'],
      [lexicon.no, 'no'],
    ]),
    unsure: table([[lexicon.unsure, 'unsure']]),
    stop: setOf(lexicon.stop),
    light: setOf(lexicon.light),
    clauses: setOf(lexicon.clauses),
    denying: setOf(lexicon.denying),
    wishes: setOf(lexicon.wishes),
    opens: setOf(lexicon.opens),
    able: setOf(lexicon.able),
    articles: setOf(lexicon.articles),
    numbers: numbersOf(lexicon.numbers),
    loneNumbers: numbersOf(lexicon.loneNumbers),
    keys: table([[lexicon.keys, 'key']]),
    telling: setOf(lexicon.telling),
    agrees: setOf(lexicon.agrees),
    refuses: setOf(lexicon.refuses),
  };
  languages.set(lexicon, language);
  return language;
}

const numbersOf = (words: { readonly [word: string]: number }): ReadonlyMap<string, number> =>
  new Map(Object.entries(words).map(([word, value]) => [fold(word), value]));
