/** "one" where it stands for a thing and counts nothing. */
import type { ValueLanguage } from './values-language.ts';
import type { Token } from './values-tokens.ts';

const POINTING =
  /^(?:the|this|that|which|no|any|every|some|another|other|last|first|second|third|fourth|fifth)$/;
const POINTING_FAR = /^(?:the|this|that|these|those|which|a|an|another)$/;
const BEHIND = /^(?:moment|second|more|of|sec|minute)$/;
const MOST_BETWEEN = 3;

/** "the one", "the small one", "no one", "one moment"; not "the answer is one" and not "a table for one". */
export function isPronoun(
  tokens: readonly Token[],
  at: number,
  { phrases, numbers }: ValueLanguage,
): boolean {
  if (tokens[at]?.word !== 'one') return false;
  if (POINTING.test(tokens[at - 1]?.word ?? '') || BEHIND.test(tokens[at + 1]?.word ?? '')) return true;
  for (let back = at - 1; back >= Math.max(0, at - 1 - MOST_BETWEEN); back--) {
    const { kind, word } = tokens[back]!;
    if (POINTING_FAR.test(word)) return back < at - 1;
    // Between them stand only words that tell what it is like.
    if (kind !== 'word' || phrases.light.has(word) || phrases.leads.has(word) || numbers.words.has(word))
      return false;
  }
  return false;
}
