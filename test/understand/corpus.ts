/** Sentences of callers with what each of them means, and how they become expectations. */
import type { Choice, Expectation } from '../../runtime/dialogue/protocol.ts';

/** One step of a dialogue, and what callers say to it. */
export interface Corpus {
  name: string;
  locale: string;
  answers: readonly Answer[];
  /** What means none of the answers. */
  none: readonly string[];
}

export interface Answer {
  id: string;
  when: string;
  /** The author's examples. */
  like: readonly string[];
  keys?: string;
  /** Possible at any time, and not only in this step. */
  anytime?: true;
  /** What callers say for it; none of it is an example. */
  said: readonly string[];
}

export interface Said {
  text: string;
  /** The id of the answer; null: none of them. */
  meant: string | null;
}

export function expectationOf({ locale, answers }: Corpus): Expectation {
  return {
    id: 'e1',
    locale,
    choices: answers.map((answer): Choice => ({
      id: answer.id,
      when: answer.when,
      like: answer.like,
      keys: answer.keys ?? null,
      scope: answer.anytime ? 'anytime' : 'step',
      polar: null,
    })),
    slots: [],
    now: Date.UTC(2026, 2, 3, 9),
    zone: 'UTC',
    sensitive: false,
  };
}

export function sentencesOf({ answers, none }: Corpus): Said[] {
  return [
    ...answers.flatMap(({ id, said }) => said.map((text) => ({ text, meant: id }))),
    ...none.map((text) => ({ text, meant: null })),
  ];
}
