/** The meaning of lists of answers, exits and anytimes: no two entries of a list are told apart by nothing. */
import { mapOf, problem } from './document-file.ts';
import type { Problem } from './problem.ts';
import { type Path, type Source, valueAt } from './read.ts';

/** The same keys in two options of a list. */
export function repeatedKeys(options: unknown, source: Source, path: Path): Problem[] {
  const taken = new Map<string, number>();
  return (Array.isArray(options) ? options : []).flatMap((option: unknown, index) => {
    const keys = mapOf(option).keys;
    if (typeof keys !== 'string') return [];
    const first = taken.get(keys);
    taken.set(keys, first ?? index);
    if (first === undefined) return [];
    const when = String(valueAt(options, [first, 'when']));
    const message = `The keys "${keys}" already mean \`${when}\` in this list.`;
    return [problem(source, [...path, index, 'keys'], 'repeated-keys', message)];
  });
}

/** The same example sentence in two options of a list: whoever says it cannot mean both. */
export function repeatedLikes(options: unknown, source: Source, path: Path): Problem[] {
  const taken = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [index, option] of (Array.isArray(options) ? options : []).entries()) {
    const { like } = mapOf(option);
    for (const [at, example] of (Array.isArray(like) ? like : []).entries()) {
      if (typeof example !== 'string') continue;
      const words = wordsOf(example);
      const first = taken.get(words) ?? index;
      taken.set(words, first);
      if (first === index) continue;
      const other = String(valueAt(options, [first, 'when']));
      const message = `“${example}” is already an example of \`${other}\` in this list: a caller who says it cannot mean both.`;
      problems.push(problem(source, [...path, index, 'like', at], 'repeated-like', message));
    }
  }
  return problems;
}

/** The same phrase for two values of a choice, the values themselves among their phrases. */
export function repeatedPhrases(of: unknown, source: Source, path: Path): Problem[] {
  const taken = new Map(Object.keys(mapOf(of)).map((value) => [wordsOf(value), value]));
  return Object.entries(mapOf(of)).flatMap(([value, phrases]) =>
    (Array.isArray(phrases) ? phrases : []).flatMap((phrase: unknown, at) => {
      if (typeof phrase !== 'string') return [];
      const words = wordsOf(phrase);
      const first = taken.get(words) ?? value;
      taken.set(words, first);
      if (first === value) return [];
      const message = `“${phrase}” already stands for \`${first}\` in this choice: a caller who says it cannot mean both.`;
      return [problem(source, [...path, value, at], 'repeated-like', message)];
    }),
  );
}

/** What is heard alike is the same, however it is written. */
const wordsOf = (example: string): string =>
  example
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim() || example;
