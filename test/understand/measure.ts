/** How well sentences are understood, in figures, and what was taken for what. */
import type { Expectation } from '../../runtime/dialogue/protocol.ts';
import { expectationOf, sentencesOf, type Corpus } from './corpus.ts';

/** The id of the choice, with how sure it is; null: none of them. */
export type Chooser = (
  expectation: Expectation,
  text: string,
) => { choice: string | null; confidence: number } | null;

export interface Result {
  corpus: string;
  text: string;
  meant: string | null;
  taken: string | null;
  confidence: number;
}

export interface Figures {
  count: number;
  /** Of all. */
  accuracy: number;
  /** Of those that mean a choice, those that were taken for it. */
  right: number;
  /** Of all, those that were taken for a choice that they do not mean. */
  wrong: number;
  /** Of those taken for none, those that mean none. */
  nonePrecision: number;
  /** Of those that mean none, those that were taken for none. */
  noneRecall: number;
}

export function judgeAll(corpora: readonly Corpus[], choose: Chooser): Result[] {
  return corpora.flatMap((corpus) => {
    const expectation = expectationOf(corpus);
    return sentencesOf(corpus).map(({ text, meant }) => {
      const found = choose(expectation, text);
      return {
        corpus: corpus.name,
        text,
        meant,
        taken: found?.choice ?? null,
        confidence: found?.confidence ?? 0,
      };
    });
  });
}

export function figuresOf(results: readonly Result[]): Figures {
  const meaning = results.filter(({ meant }) => meant !== null);
  const nothing = results.filter(({ meant }) => meant === null);
  const quiet = results.filter(({ taken }) => taken === null);
  const isRight = ({ meant, taken }: Result): boolean => meant === taken;
  const share = (of: readonly Result[], is: (result: Result) => boolean): number =>
    of.length === 0 ? 1 : of.filter(is).length / of.length;
  return {
    count: results.length,
    accuracy: share(results, isRight),
    right: share(meaning, isRight),
    wrong: share(results, (result) => result.taken !== null && !isRight(result)),
    nonePrecision: share(quiet, isRight),
    noneRecall: share(nothing, isRight),
  };
}

/** What was taken for something else, a line each, without the sentences: those stay unseen. */
export function confusionOf(results: readonly Result[]): string[] {
  const counts = new Map<string, number>();
  for (const { corpus, meant, taken } of results) {
    if (meant === taken) continue;
    const line = `${corpus}: ${meant ?? 'none'} taken for ${taken ?? 'none'}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([line, count]) => `${count} x ${line}`);
}
