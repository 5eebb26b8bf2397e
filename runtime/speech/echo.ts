/**
 * The agent's own voice that comes back on the caller's line: what is heard while a line is being said, and is
 * nothing but words of that line, is not the caller. Who begins to speak when the line is over is the caller,
 * whatever they say, and so is who says a single word over it.
 */

/** So many lines can be on the air, with so many words of each. */
const MAX_LINES = 6;
const MAX_WORDS = 200;
/** Fewer words than these prove nothing, wherever in a line they are. */
const PROOF = 4;
/** Of so many words one may be misheard. */
const WORDS_AN_ERROR = 5;

interface Line {
  id: string;
  words: string[];
  over: boolean;
}

export class Echo {
  #lines: Line[] = [];

  /** A line is on the air: what is said now may be its echo. */
  get speaking(): boolean {
    return this.#lines.some(({ over }) => !over);
  }

  /** The line `id` is being said, as far as its text is known. */
  saying(id: string, text: string): void {
    this.#put({ id, words: wordsOf(text), over: false });
  }

  /** Nothing of the line will sound any more. */
  over(id: string): void {
    const line = this.#lines.find((one) => one.id === id);
    if (line) line.over = true;
  }

  /** A line of which nothing was known while it was said. */
  said(text: string): void {
    this.#put({ id: text, words: wordsOf(text), over: true });
  }

  /** Somebody begins to speak. What was over before does not echo. */
  began(): void {
    this.#lines = this.#lines.filter(({ over }) => !over);
  }

  /** Whether what was heard since then is nothing but the agent's voice. */
  isEcho(text: string): boolean {
    const heard = wordsOf(text);
    if (heard.length < 2 || this.#lines.length === 0) return false;
    // Two or three words in a row are soon repeated; an echo of so few is that of a line's beginning.
    if (heard.length < PROOF) return this.#lines.some(({ words }) => begins(words, heard));
    const said = this.#lines.flatMap(({ words }) => words);
    return errorsWithin(said, heard) <= Math.floor(heard.length / WORDS_AN_ERROR);
  }

  #put(line: Line): void {
    const known = this.#lines.findIndex(({ id }) => id === line.id);
    if (known >= 0) this.#lines[known] = line;
    else this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}

/** The last word may not have been heard to its end. */
function begins(line: readonly string[], heard: readonly string[]): boolean {
  // Characters that stand for themselves are no words yet.
  if (heard.every((word) => word.length === 1)) return false;
  return heard.every((word, index) => {
    const said = line[index];
    return said === word || (index === heard.length - 1 && said !== undefined && said.startsWith(word));
  });
}

/** With how few words left out, put in or changed `heard` stands somewhere in `said` (Sellers 1980). */
function errorsWithin(said: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: said.length + 1 }, () => 0);
  for (const [index, word] of heard.entries()) {
    const next = [index + 1];
    for (let at = 1; at <= said.length; at++) {
      const same = said[at - 1] === word ? 0 : 1;
      next.push(Math.min(row[at - 1]! + same, row[at]! + 1, next[at - 1]! + 1));
    }
    row = next;
  }
  return Math.min(...row);
}

/** Words as recognisers write them: without case, marks and apostrophes; where a script knows no spaces, characters. */
function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/['\u2019]/g, '')
    .replaceAll(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/gu, ' $& ');
  return (plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).slice(-MAX_WORDS);
}
