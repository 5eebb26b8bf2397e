/** From a sentence to the words that carry its meaning. */
import { type Language, languageOf, type Phrase, phraseAt, split, type Spoken } from './rules-language.ts';
import { STRONG } from './rules-lexicon.ts';

/** One word or set phrase of a sentence. */
export interface Word {
  /** Without its ending; a number in digits; `!` before it where the sentence says the opposite. */
  stem: string;
  /** Words of one concept mean the same. */
  concept: string | null;
  /** How much meaning the word has by itself: 0 to 2. */
  weight: number;
  number: boolean;
}

export interface Sentence {
  words: readonly Word[];
  polarity: Polarity | null;
  /** All that was said, folded, without politeness: for telling whether two sentences are the same. */
  text: string;
}

export interface Polarity {
  says: 'yes' | 'no';
  /** Nothing else was said. */
  purely: boolean;
}

export const WEIGHT = { stop: 0.09, light: 0.28, content: 1, strong: 1.2, number: 0.25 } as const;
const MAX_NEGATED = 5;

/** What a sentence says in the language of a locale. */
export function readSentence(text: string, locale: string): Sentence {
  const language = languageOf(locale);
  const spoken = split(text, language);
  const whole = spoken.map(({ word }) => word).join(' ');
  const polarity = polarityOf(spoken, language);
  const alone = language.alone.get(whole);
  if (alone !== undefined) return { words: [contentWord(whole, alone, '')], polarity, text: whole };
  const words = wordsOf(spoken, language, false);
  if (words.length > 0) return { words, polarity, text: whatMatters(spoken, language) };
  return { words: wordsOf(spoken, language, true), polarity, text: whole };
}

/** The words of an author's `when` that tell what it is about; none where it says what is not wanted. */
export function readWhen(when: string, locale: string): readonly Word[] {
  const language = languageOf(locale);
  const words = wordsOf(split(when, language), language, false, language.telling);
  if (words.some(({ stem }) => stem.startsWith('!'))) return [];
  return words.filter(({ weight, number }) => weight >= WEIGHT.content && !number);
}

/** Whether an author's `when` is the yes or the no of a question. */
export function polarityOfWhen(when: string, locale: string): 'yes' | 'no' | null {
  const language = languageOf(locale);
  const spoken = split(when, language).map(({ word }) => word);
  const bare = [spoken, spoken.slice(1), spoken.slice(2)].map((words) => words.join(' '));
  if (bare.some((phrase) => language.agrees.has(phrase))) return 'yes';
  return bare.some((phrase) => language.refuses.has(phrase)) ? 'no' : null;
}

/** Whether all that is said is one phrase that says yes, though it may also say that there is no more. */
export function isPlainYes(text: string, locale: string): boolean {
  const language = languageOf(locale);
  const spoken = split(text, language);
  const phrase = spoken.length === 0 ? null : phraseAt(language.polar, spoken, 0);
  return phrase?.kind === 'yes' && phrase.words.length === spoken.length;
}

const BUT = /^(?:but|aber|pero|mais|ale)$/;

/** Yes or no, as far as a sentence begins with one; null where it says neither, both, or that it is unsure. */
function polarityOf(spoken: readonly Spoken[], language: Language): Polarity | null {
  if (spoken.some((_, index) => phraseAt(language.unsure, spoken, index) !== null)) return null;
  let says: 'yes' | 'no' | null = null;
  let at = 0;
  let purely = true;
  let leads = true;
  while (at < spoken.length) {
    const polar = phraseAt(language.polar, spoken, at);
    const other = phraseAt(language.phrases, spoken, at);
    // "no, that's all" says no more than no.
    const leaves =
      other?.value === 'bye' && says !== 'yes' && other.words.length >= (polar?.words.length ?? 0);
    if (leaves) {
      at += other.words.length;
    } else if (polar && (leads || purely)) {
      const kind = polar.kind === 'no' ? 'no' : 'yes';
      if (says !== null && says !== kind) return null;
      says = kind;
      at += polar.words.length;
    } else if (other?.kind === 'filler') {
      at += other.words.length;
    } else {
      // A yes with a but is no yes.
      if (says === 'yes' && BUT.test(spoken[at]!.word) && at + 1 < spoken.length) return null;
      if (says === 'yes' && (other?.kind === 'negator' || other?.kind === 'unable' || polar?.kind === 'no'))
        return null;
      if (!language.stop.has(spoken[at]!.word)) {
        if (says === null) return null;
        purely = false;
      }
      leads = false;
      at += 1;
    }
  }
  return says === null ? null : { says, purely };
}

/** The keys that somebody says instead of pressing them: "one", "press two", "option three". */
export function spokenKeys(text: string, locale: string): { keys: string; named: boolean } | null {
  const language = languageOf(locale);
  const spoken = split(text, language);
  let keys = '';
  let named = false;
  for (let at = 0; at < spoken.length;) {
    const { word } = spoken[at]!;
    const said = numberAt(spoken, at, language) ?? loneNumber(word, language);
    const filler = phraseAt(language.phrases, spoken, at);
    const around = phraseAt(language.keys, spoken, at);
    if (said) {
      keys += said.digits;
      at += said.length;
    } else if (word === '#' || word === '*') {
      keys += word;
      at += 1;
    } else if (around) {
      named ||= !language.stop.has(around.words[0]!);
      at += around.words.length;
    } else if (filler?.kind === 'filler') {
      at += filler.words.length;
    } else if (language.articles.has(word)) at += 1;
    else return null;
  }
  return keys === '' ? null : { keys, named };
}

/** What the last "not" turns into its opposite. */
interface Turning {
  /** How many words more. */
  left: number;
  /** It is a wish that is denied, and with it all that it is about; else only the next thing. */
  whole: boolean;
  /** Of what cannot be done, what it is done to stays what it is about. */
  content: boolean;
  /** An article has gone by: the next one begins what is wanted instead. */
  thing: boolean;
}

const STRAIGHT: Turning = { left: 0, whole: false, content: false, thing: false };

function wordsOf(
  spoken: readonly Spoken[],
  language: Language,
  keepFillers: boolean,
  without: ReadonlySet<string> = NONE,
): Word[] {
  const words: Word[] = [];
  let turning = STRAIGHT;
  for (let at = 0; at < spoken.length;) {
    const { word, breaks } = spoken[at]!;
    if (breaks || language.clauses.has(word)) turning = STRAIGHT;
    // "not the large one the small one": the second article begins what is wanted instead.
    if (turning.thing && language.articles.has(word)) turning = STRAIGHT;
    const phrase = phraseAt(language.phrases, spoken, at);
    if (phrase?.kind === 'negator' || phrase?.kind === 'unable') {
      turning = turningFrom(phrase, spoken, at, words, language);
      at += phrase.words.length;
      const next = spoken[at];
      if (turning.left > 0 && next && language.articles.has(next.word)) {
        words.push({ stem: `!${next.word}`, concept: null, weight: WEIGHT.stop, number: false });
        turning.thing = true;
        at += 1;
      }
      continue;
    }
    if (turning.left > 0 && language.wishes.has(word)) turning.whole = true;
    const mark = turning.left > 0 ? '!' : '';
    const contentMark = turning.content ? mark : '';
    turning = { ...turning, left: turning.left - 1 };
    if (phrase?.kind === 'filler' && !keepFillers) {
      at += phrase.words.length;
      continue;
    }
    if (phrase?.kind === 'concept' && !without.has(phrase.words[0]!)) {
      const counted = phrase.value === 'person' && words.at(-1)?.number === true;
      const stem = phrase.words.length === 1 ? language.lexicon.stem(word) : phrase.words.join('_');
      words.push(counted ? lightWord('people', mark) : contentWord(stem, phrase.value, contentMark));
      at += phrase.words.length;
    } else {
      const number = numberAt(spoken, at, language);
      const answers = words.length === 0 && isAnswer(word, language);
      if (number)
        words.push({ stem: mark + number.digits, concept: null, weight: WEIGHT.number, number: true });
      else if (language.stop.has(word) || without.has(word) || answers) {
        words.push({ stem: mark + word, concept: null, weight: WEIGHT.stop, number: false });
      } else if (language.light.has(word) || phrase) words.push(lightWord(word, mark));
      else {
        const stem = language.lexicon.stem(word);
        words.push(contentWord(stem, conceptOf(word, stem, language), contentMark));
      }
      at += number?.length ?? 1;
    }
    if (!turning.whole && turning.content && words.at(-1)!.weight >= WEIGHT.content) turning = STRAIGHT;
  }
  return words;
}

function turningFrom(
  phrase: Phrase,
  spoken: readonly Spoken[],
  at: number,
  words: Word[],
  language: Language,
): Turning {
  const next = spoken[at + phrase.words.length];
  // "no, a table", "no a table": only an answer, not a negation of what follows.
  const answers =
    at === 0 && next && (next.breaks || language.articles.has(next.word)) && isNo(phrase.words[0]!, language);
  if (answers) return STRAIGHT;
  // "je ne comprends pas ma facture": what is denied stands before, and the rest is what it is about.
  const last = words.at(-1);
  if (last && last.weight >= WEIGHT.content && language.opens.has(spoken[at - 2]?.word ?? '')) {
    words[words.length - 1] = { ...last, stem: `!${last.stem}`, concept: last.concept && `!${last.concept}` };
    return STRAIGHT;
  }
  const denies = language.denying.has(phrase.words.join(' '));
  const able = spoken.slice(Math.max(0, at - 3), at).some(({ word }) => language.able.has(word));
  const content = phrase.kind === 'negator' && (denies || !able);
  return { left: MAX_NEGATED, whole: denies, content, thing: false };
}

const NONE: ReadonlySet<string> = new Set();

function lightWord(word: string, mark: string): Word {
  return { stem: mark + word, concept: null, weight: WEIGHT.light, number: false };
}

function contentWord(stem: string, concept: string | null, mark: string): Word {
  const weight = concept !== null && STRONG.has(concept) ? WEIGHT.strong : WEIGHT.content;
  return { stem: mark + stem, concept: concept === null ? null : mark + concept, weight, number: false };
}

/** The concept of a word or, of a compound, of its longest last part that has one. */
function conceptOf(word: string, stem: string, language: Language): string | null {
  const known = language.byStem.get(stem);
  if (known !== undefined || !language.lexicon.compounds) return known ?? null;
  for (let at = 3; at <= word.length - 5; at++) {
    const concept = language.byStem.get(language.lexicon.stem(word.slice(at)));
    if (concept !== undefined) return concept;
  }
  return null;
}

const isNo = (word: string, language: Language): boolean =>
  language.polar.get(word)?.some(({ kind, words }) => kind === 'no' && words.length === 1) ?? false;

/** A yes or no before more is said. */
const isAnswer = (word: string, language: Language): boolean =>
  language.polar.get(word)?.some(({ words }) => words.length === 1) ?? false;

/** The sentence without its politeness. */
function whatMatters(spoken: readonly Spoken[], language: Language): string {
  const kept: string[] = [];
  for (let at = 0; at < spoken.length;) {
    const phrase = phraseAt(language.phrases, spoken, at);
    if (phrase?.kind === 'filler') at += phrase.words.length;
    else {
      const number = numberAt(spoken, at, language);
      kept.push(number?.digits ?? spoken[at]!.word);
      at += number?.length ?? 1;
    }
  }
  return kept.join(' ');
}

function numberAt(
  spoken: readonly Spoken[],
  at: number,
  language: Language,
): { digits: string; length: number } | null {
  const word = spoken[at]?.word ?? '';
  if (/^\d+$/.test(word)) return { digits: word, length: 1 };
  const value = language.numbers.get(word);
  if (value === undefined) return null;
  const unit = language.numbers.get(spoken[at + 1]?.word ?? '') ?? 0;
  if (value >= 20 && value % 10 === 0 && unit > 0 && unit < 10 && !spoken[at + 1]?.breaks) {
    return { digits: String(value + unit), length: 2 };
  }
  return { digits: String(value), length: 1 };
}

function loneNumber(word: string, language: Language): { digits: string; length: number } | null {
  const value = language.loneNumbers.get(word);
  return value === undefined ? null : { digits: String(value), length: 1 };
}
