/** What was heard of a text, told in words: a far end that speaks by itself tells it so, in its own spelling. */

/** The words of a text without case, marks and accents of spelling, and where each ends in it. */
export interface Words {
  readonly words: readonly string[];
  readonly ends: readonly number[];
}

export function wordsOf(text: string): Words {
  const words: string[] = [];
  const ends: number[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}'’]+/gu)) {
    words.push(match[0].toLowerCase().replaceAll('’', "'"));
    ends.push(match.index + match[0].length);
  }
  return { words, ends };
}

/** The beginning of the text up to so many words, with the mark that stands behind the last one. */
export function firstWords(text: string, { words, ends }: Words, count: number): string {
  if (count <= 0) return '';
  if (count >= words.length) return text;
  const end = ends[count - 1]!;
  return text.slice(0, end) + (/^[.,;:!?…]+(?=\s)/.exec(text.slice(end))?.[0] ?? '');
}

/** The beginning of a text up to a share of it (0 to 1), cut between words. */
export function firstShare(text: string, share: number): string {
  const end = Math.round(text.length * Math.min(1, Math.max(0, share)));
  if (end >= text.length) return text;
  const cut = text.lastIndexOf(' ', end);
  return cut <= 0 ? '' : text.slice(0, cut);
}

/**
 * Where in `said` the heard words end: of all the places where they stand, the one that is nearest to `expected`
 * (a number of words). The last word may have been heard in part, and does not count then. Null: they stand nowhere.
 */
export function endOf(heard: readonly string[], said: readonly string[], expected: number): number | null {
  if (heard.length === 0) return null;
  let best: number | null = null;
  for (let start = 0; start + heard.length <= said.length; start++) {
    let same = 0;
    while (same < heard.length && heard[same] === said[start + same]) same++;
    const isPart = same === heard.length - 1 && said[start + same]!.startsWith(heard[same]!);
    if (same < heard.length && !isPart) continue;
    const end = start + same;
    if (best === null || Math.abs(end - expected) < Math.abs(best - expected)) best = end;
  }
  return best;
}
