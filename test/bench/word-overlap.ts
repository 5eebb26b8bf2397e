/** The plainest way to find an answer by its examples: the share of words in common. What ours is held against. */
import type { Chooser } from '../understand/measure.ts';

/** Takes the choice with the likest example, where it is likely enough. */
export function wordOverlap(enough: number): Chooser {
  return ({ choices }, text) => {
    const said = wordsOf(text);
    let best = { choice: null as string | null, confidence: 0 };
    for (const { id, like } of choices) {
      for (const example of like) {
        const words = wordsOf(example);
        const common = [...words].filter((word) => said.has(word)).length;
        const confidence = common / (words.size + said.size - common);
        if (confidence > best.confidence) best = { choice: id, confidence };
      }
    }
    return best.confidence >= enough ? best : null;
  };
}

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\d]+/gu));
