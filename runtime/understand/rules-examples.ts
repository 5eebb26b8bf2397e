/** An author's examples as sentences, and what can be told of them before anybody speaks. */
import { readSentence, type Sentence, WEIGHT, type Word } from './rules-words.ts';

const examples = new Map<string, Sentence>();
const MAX_EXAMPLES = 5000;

/** Dialogues repeat their examples: the anytimes stand beside every step. */
export function readExample(example: string, locale: string): Sentence {
  const key = `${locale}\n${example}`;
  const known = examples.get(key);
  if (known) return known;
  const sentence = readSentence(example, locale);
  // What is a yes or a no and nothing else is judged as an answer, not word by word.
  const kept = sentence.polarity?.purely ? { ...sentence, words: [] } : sentence;
  if (examples.size >= MAX_EXAMPLES) examples.clear();
  examples.set(key, kept);
  return kept;
}

/** The words that follow each other. */
export function pairsOf(words: readonly Word[]): Set<string> {
  const pairs = new Set<string>();
  for (let at = 1; at < words.length; at++) pairs.add(`${words[at - 1]!.stem} ${words[at]!.stem}`);
  return pairs;
}

/** True where the short examples of two choices or more have numbers that no other choice has. */
export function numbersTell(sentences: readonly (readonly Sentence[])[]): boolean {
  const holders = new Map<string, Set<number>>();
  for (const [choice, own] of sentences.entries()) {
    for (const { words } of own) {
      const rest = words.reduce((sum, { number, weight }) => sum + (number ? 0 : weight), 0);
      if (rest >= WEIGHT.content) continue;
      for (const { stem, number } of words) {
        if (number) holders.set(stem, (holders.get(stem) ?? new Set()).add(choice));
      }
    }
  }
  const told = new Set<number>();
  for (const choices of holders.values())
    for (const choice of choices) if (choices.size === 1) told.add(choice);
  return told.size > 1;
}
