/** Where in a recital the caller is. */
import { countOf, type Item } from './recital-item.ts';
import { endOf, wordsOf } from './spoken-words.ts';

/** So many words into an item (null: as many as the time tells), or so long. */
export interface Position {
  index: number;
  words: number | null;
  ms: number;
}

/** The words that were sent and not yet let go of, each with its place in its item. */
export function saidOf(queue: readonly Item[]): { word: string; item: Item; index: number }[] {
  return queue.flatMap((item) => wordsOf(item.sentText).words.map((word, index) => ({ word, item, index })));
}

/** By the time alone, of which so much has passed since the first item began. */
export function byPace(queue: readonly Item[], heardMs: number): Position {
  let ms = heardMs;
  let index = 0;
  for (; index < queue.length - 1; index++) {
    const item = queue[index]!;
    if (ms < item.sentMs || !item.complete || queue[index + 1]!.sent.length === 0) break;
    ms -= item.sentMs;
  }
  return { index, words: null, ms };
}

/**
 * By the words that were heard last, where they are among those sent; before all of it where they are of the `past`,
 * which was taken for heard too soon; else by `ms`, else by the time.
 */
export function positionOf(
  queue: readonly Item[],
  past: readonly string[],
  heardMs: number,
  heard: readonly string[],
  ms: number | null,
): Position {
  const paced = byPace(queue, heardMs);
  const guess = ms === null ? paced : { ...paced, ms };
  const at = queue[paced.index];
  // Of a sound the far end has no words.
  if (!at || heard.length === 0) return at?.sentText ? { ...guess, words: 0 } : guess;
  const before = queue.slice(0, paced.index).reduce((sum, item) => sum + countOf(item), 0);
  const share = Math.min(1, paced.ms / Math.max(1, at.sentMs));
  const said = saidOf(queue);
  const words = said.map(({ word }) => word);
  const end = endOf(heard, words, before + Math.round(countOf(at) * share));
  if (end === null && endOf(heard, past, past.length) === null) return guess;
  if (end === null || end === 0) return { index: 0, words: 0, ms: 0 };
  const { item, index } = said[end - 1]!;
  return { index: queue.indexOf(item), words: index + 1, ms: 0 };
}
