/** Which of the choices was meant, without a model: an author's examples, yes and no, and keys that are said. */
import type { Choice, Expectation } from '../dialogue/protocol.ts';
import { Index } from './rules-index.ts';
import { isPlainYes, type Polarity, readSentence, spokenKeys } from './rules-words.ts';

/** Below this nothing was meant that is expected. */
const ENOUGH = 0.51;
/** Two choices of a step that are nearer than this cannot be told apart. */
const CLEAR = 0.05;
/** A choice of the step stays in front of one that is possible at any time by so much. */
const STEP_FIRST = 0.12;
const PURE_ANSWER = 0.95;
const ANSWER_AND_MORE = 0.7;
const KEYS = 0.95;
/** An example stands in the sentence word for word. */
const VERBATIM = 0.9;

const MAX_INDEXES = 200;
const indexes = new Map<string, Index>();

export interface Chosen {
  choice: Choice;
  /** 0 to 1. */
  confidence: number;
  by: 'keys' | 'like';
  /** It was said that a key is meant: "press two", not just "two". */
  named: boolean;
}

/**
 * Finds the choice that an utterance means, by the author's `like` and `when`, by the yes and no of the language
 * (English, German, Spanish, French, Czech) and by keys that are said instead of pressed. `rest` is the utterance
 * without the values that were found in it; null where none were. Null where it cannot tell.
 */
export function chooseByRules(expectation: Expectation, text: string, rest: string | null): Chosen | null {
  if (expectation.choices.length === 0) return null;
  const index = indexOf(expectation);
  const like = (choice: number, confidence: number): Chosen => ({
    choice: index.choices[choice]!,
    confidence: Math.round(Math.min(1, confidence) * 100) / 100,
    by: 'like',
    named: false,
  });
  const written = index.writtenAs(text);
  if (written !== null) return like(written, 1);
  const sentence = readSentence(text, expectation.locale);
  const same = index.sameAs(sentence);
  if (same !== null) return like(same, 1);

  const scores = index.score(sentence);
  const quoted = sentence.polarity && index.quotedIn(sentence);
  if (quoted !== null && readSentence(quoted.rest, expectation.locale).polarity === null)
    return like(quoted.choice, VERBATIM);
  answer(index, scores, sentence.polarity ?? readBack(expectation, text));
  if (rest !== null && rest.trim() !== '') {
    const other = readSentence(rest, expectation.locale);
    const without = index.score(other);
    answer(index, without, other.polarity);
    for (const [choice, score] of without.entries()) scores[choice] = Math.max(scores[choice]!, score);
  }
  const best = clearlyBest(index.choices, scores);
  const keys = spokenKeys(text, expectation.locale);
  const byKeys = keys && withKeys(expectation.choices, keys.keys);
  // An example that says the number is nearer to the caller than the key that happens to have it.
  if (byKeys && (keys.named || best === null || index.choices[best] === byKeys))
    return { choice: byKeys, confidence: KEYS, by: 'keys', named: keys.named };
  return best === null ? null : like(best, scores[best]!);
}

/** "That's it" ends a talk, but agrees to what was read back. */
const readBack = ({ choices, slots, locale }: Expectation, text: string): Polarity | null =>
  choices.some(({ polar }) => polar === 'yes') &&
  slots.some(({ filled }) => filled) &&
  isPlainYes(text, locale)
    ? { says: 'yes', purely: true }
    : null;

/** Raises the choice that is the yes or the no of the question. */
function answer(index: Index, scores: number[], polarity: Polarity | null): void {
  const choice = polarity && index.polar[polarity.says];
  if (polarity === null || choice === null) return;
  scores[choice] = Math.max(scores[choice]!, polarity.purely ? PURE_ANSWER : ANSWER_AND_MORE);
}

function clearlyBest(choices: readonly Choice[], scores: readonly number[]): number | null {
  const step = foremost(choices, scores, 'step');
  const anytime = foremost(choices, scores, 'anytime');
  const first = step.score >= ENOUGH && step.score >= anytime.score - STEP_FIRST ? step : anytime;
  if (first.score < ENOUGH || first.ahead < CLEAR) return null;
  return first === anytime && anytime.score - step.score < CLEAR ? null : first.choice;
}

/** The best choice of its scope, and how far it is ahead of the next. */
function foremost(choices: readonly Choice[], scores: readonly number[], scope: Choice['scope']) {
  const first = { choice: -1, score: 0, ahead: 0 };
  for (const [choice, score] of scores.entries()) {
    if (choices[choice]!.scope !== scope) continue;
    if (score > first.score) Object.assign(first, { choice, score, ahead: score - first.score });
    else first.ahead = Math.min(first.ahead, first.score - score);
  }
  return first;
}

function withKeys(choices: readonly Choice[], keys: string): Choice | null {
  const having = choices.filter((choice) => choice.keys === keys);
  return having.find(({ scope }) => scope === 'step') ?? having[0] ?? null;
}

/** A step's expectation is made anew each turn, so it is known again by what it says. */
function indexOf(expectation: Expectation): Index {
  const parts = [expectation.locale];
  for (const { id, when, like, scope, keys, polar } of expectation.choices)
    parts.push(id, scope, keys ?? '', polar ?? '', when, ...like);
  const key = parts.join('\n');
  const known = indexes.get(key);
  if (known) {
    indexes.delete(key);
    indexes.set(key, known);
    return known;
  }
  const index = new Index(expectation);
  if (indexes.size >= MAX_INDEXES) indexes.delete(indexes.keys().next().value!);
  indexes.set(key, index);
  return index;
}
