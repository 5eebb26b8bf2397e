/** What in a sentence is not meant ("not Monday"), and what takes the place of something said before ("no, five"). */
import type { ValueLanguage } from './values-language.ts';
import type { Mention } from './values-mentions.ts';
import type { Token } from './values-tokens.ts';

export interface Judged extends Mention {
  negated: boolean;
  /** It replaces something; `surely`, where what was there was called wrong. */
  corrects: boolean;
  surely: boolean;
  /** It replaces the one just before: "four, no, five". */
  retracts: boolean;
  /** Said in one breath with the one before, and so of the same kind: "seven or eight", "six and seven". */
  joined: boolean;
}

const MOST_BETWEEN = 4;

/** The mentions with what is said of them. */
export function judge(
  tokens: readonly Token[],
  mentions: readonly Mention[],
  language: ValueLanguage,
): Judged[] {
  const { phrases } = language;
  const negators = phrases.negators.all(tokens);
  const corrections = phrases.corrections.all(tokens);
  const behind = phrases.correctionsBehind.all(tokens);
  const judged = mentions.map((mention, index): Judged => {
    const next = mentions[index + 1]?.from ?? tokens.length;
    const previous = mentions[index - 1]?.to ?? 0;
    const negator = negators.findLast(
      ({ from, to }) => from >= previous && reaches(tokens, to, mention.from, phrases.passing),
    );
    const denied = negatorBehind(tokens, mention.to, next, language);
    const correction = corrections.filter(({ from }) => from < mention.from);
    return {
      ...mention,
      negated: negator?.value === 'never' || denied,
      corrects: correction.length > 0 || behind.some(({ from }) => from >= mention.to),
      surely: correction.some(({ value }) => value),
      retracts: previous > 0 && correction.some(({ from }) => from >= previous),
      joined: mention.from === previous + 1 && previous > 0 && joins(tokens[previous]?.word ?? '', language),
    };
  });
  // "no lunes, martes": a no is only an answer where nothing comes instead.
  for (const [index, mention] of judged.entries()) {
    const negator = negators.findLast(({ to }) => reaches(tokens, to, mention.from, phrases.passing));
    const instead = judged.slice(index + 1).some((other) => !other.negated && isAlike(mention, other));
    if (negator?.value === 'answer' && instead) mention.negated = true;
  }
  for (const [index, mention] of judged.entries()) {
    if (judged.slice(0, index).some(({ negated }) => negated)) mention.corrects = mention.surely = true;
  }
  return judged;
}

const joins = (word: string, { phrases, durations }: ValueLanguage): boolean =>
  phrases.or.has(word) || durations.and.has(word);

/** A kind of value that both may be. */
export const isAlike = (one: Mention, other: Mention): boolean =>
  one.readings.some(({ kind }) => other.readings.some((reading) => reading.kind === kind));

/** Nothing but words without weight of their own stands between. */
function reaches(tokens: readonly Token[], from: number, to: number, passing: ReadonlySet<string>): boolean {
  if (from > to || to - from > MOST_BETWEEN) return false;
  for (let at = from; at < to; at++) {
    if (!passing.has(tokens[at]?.word ?? '')) return false;
  }
  return true;
}

/** "Monday does not work" */
function negatorBehind(tokens: readonly Token[], at: number, next: number, language: ValueLanguage): boolean {
  const { negatorsBehind, negators, light } = language.phrases;
  for (let from = at; from < Math.min(next, at + 3); from++) {
    const found = negatorsBehind.at(tokens, from);
    // "Montag nicht um sieben": what is negated is what follows.
    if (found && found.to <= next) {
      const own = negators.at(tokens, from);
      return (
        own === null ||
        found.to > own.to ||
        !reaches(tokens, own.to, next, language.phrases.passing) ||
        next === tokens.length
      );
    }
    if (tokens[from]?.kind === 'mark' || !light.has(tokens[from]?.word ?? '')) return false;
  }
  return false;
}
