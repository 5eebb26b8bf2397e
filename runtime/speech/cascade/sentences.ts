/** The words of a text that is still being written, in pieces that a voice can say as soon as they are complete. */
import { endsInAbbreviation } from './abbreviations.ts';

/** The first piece is what the caller waits for: one so long is cut where a clause ends, once it is known to go on. */
const FIRST_PIECE = 40;
const FIRST_CLAUSE = 14;
/** A text without an end is cut between words: no voice takes everything. */
const LONGEST_PIECE = 400;

/** Without one of these there is no end of a sentence to look for. */
const MAY_END = /[.!?\u2026\u3002\uFF01\uFF1F\uFF0E\u061F\u06D4\u0964\n]/u;
/** Ends of clauses: before a space, or where a script writes none. */
const CLAUSE_END = /[,;:\u2013\u2014](?=\s)|[\uFF0C\u3001\uFF1B\uFF1A]/gu;
/** Nothing that comes behind these can make the sentence longer. */
const FULL_STOP = /[\u3002\uFF01\uFF1F]["'\u300D\u300F\u201D\uFF09]*$/u;
const LETTER = /\p{L}/u;
const SPOKEN = /[\p{L}\p{N}]/u;

const segmenters = new Map<string, Intl.Segmenter>();

/** Splits one text. All pieces, joined as they are, are the text, however it came. */
export class Sentences {
  readonly #locale: string;
  readonly #segmenter: Intl.Segmenter;
  #rest = '';
  #first = true;

  /** `locale` is BCP 47; a tag that is none splits like English. */
  constructor(locale: string) {
    this.#locale = locale;
    this.#segmenter = segmenterOf(locale);
  }

  /** More of the text; the pieces that are complete by now. */
  add(text: string): string[] {
    this.#rest += text;
    const pieces: string[] = [];
    for (let end = this.#end(); end > 0; end = this.#end()) {
      pieces.push(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end);
      this.#first = false;
    }
    return pieces;
  }

  /** No more comes: the rest, which may be empty. */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }

  /** Where the first piece of the rest ends; 0 while that is not known. */
  #end(): number {
    const rest = this.#rest;
    const sentence = MAY_END.test(rest) ? this.#sentenceEnd() : 0;
    if (this.#first && (sentence === 0 || sentence > FIRST_PIECE)) {
      const clause = weight(rest) >= FIRST_PIECE ? clauseEnd(rest) : 0;
      if (clause > 0) return clause;
    }
    if (sentence > 0 && sentence <= LONGEST_PIECE) return sentence;
    return rest.length > LONGEST_PIECE ? wordEnd(rest) : 0;
  }

  #sentenceEnd(): number {
    const rest = this.#rest;
    for (const { index, segment } of this.#segmenter.segment(rest)) {
      const end = index + segment.length;
      const before = rest.slice(0, end);
      if (!SPOKEN.test(before)) continue;
      if (FULL_STOP.test(before)) return end;
      // What follows a point decides whether it was an end ("3.50", "p.m. on"): a letter of it has to be there.
      if (!LETTER.test(rest.slice(end))) return 0;
      if (!endsInAbbreviation(before, this.#locale)) return end;
    }
    return 0;
  }
}

/** Characters that stand for whole words count for more. */
function weight(text: string): number {
  return (
    text.length + 2 * (text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0)
  );
}

/** Behind the first clause that is worth saying by itself, and the space after it. */
function clauseEnd(text: string): number {
  for (const { index, 0: mark } of text.matchAll(CLAUSE_END)) {
    const end = index + mark.length;
    if (weight(text.slice(0, end)) < FIRST_CLAUSE || !SPOKEN.test(text.slice(0, end))) continue;
    const spaces = /^\s*/u.exec(text.slice(end))![0].length;
    // More has to be there, or the piece might be followed by nothing but a space.
    return SPOKEN.test(text.slice(end)) ? end + spaces : 0;
  }
  return 0;
}

function wordEnd(text: string): number {
  const space = text.lastIndexOf(' ', LONGEST_PIECE - 1);
  if (space > 0) return space + 1;
  // Not between the halves of one character.
  const isHalf = /[\uD800-\uDBFF]/.test(text[LONGEST_PIECE - 1]!);
  return isHalf ? LONGEST_PIECE - 1 : LONGEST_PIECE;
}

/** What the first text of a language costs is spent here, before anybody waits for it. */
export function prepareSentences(locale: string): void {
  new Sentences(locale).add('One. Two. Three.');
}

function segmenterOf(locale: string): Intl.Segmenter {
  const language = locale.split(/[-_]/)[0]!.toLowerCase();
  const known = segmenters.get(language);
  if (known) return known;
  const tag = /^[a-z]{2,3}$/.test(language) ? language : 'en';
  const segmenter = new Intl.Segmenter(tag, { granularity: 'sentence' });
  segmenters.set(tag, segmenter);
  return segmenter;
}
