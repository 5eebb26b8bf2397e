/** Words near a value that tell which slot it is for: "arrival on Monday", "two adults", "from … to …". */
import type { Wanted } from '../dialogue/protocol.ts';
import { type ValueLanguage, valueLanguageOf } from './values-language.ts';
import type { Topic } from './values-lexicon.ts';
import type { Mention } from './values-mentions.ts';
import { type Token, tokensOf } from './values-tokens.ts';

export interface SlotCues {
  topics: ReadonlySet<Topic>;
  words: ReadonlySet<string>;
}

/** What is said around a mention. */
export interface Near {
  topics: ReadonlySet<Topic>;
  words: ReadonlySet<string>;
  /** Said of a number: it is a count. */
  counts: boolean;
  from: boolean;
  to: boolean;
}

const MAX_KNOWN = 500;
const known = new Map<string, SlotCues>();
const BACK = 5;
const FORTH = 3;

/** What the author calls a slot by: its name, else its description and hints. */
export function cuesOf(slot: Wanted, locale: string, language: ValueLanguage): SlotCues {
  const key = [locale, slot.name, slot.about ?? '', ...slot.hints].join('\n');
  const found = known.get(key);
  if (found) return found;
  const name = tokensOf(slot.name.replace(/_/g, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2'));
  const more = tokensOf([slot.about ?? '', ...slot.hints].join(' . '));
  const named = topicsIn(name, language);
  const topics = named.size > 0 ? named : topicsIn(more, language);
  // Every language has its word for what a time and a day are.
  if (slot.type === 'time') topics.add('time');
  if (slot.type === 'date') topics.add('day');
  const hints = tokensOf(slot.hints.join(' ')).filter(({ word }) => !language.phrases.light.has(word));
  const cues: SlotCues = { topics, words: wordsIn([...name, ...hints]) };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, cues);
  return cues;
}

function topicsIn(tokens: readonly Token[], language: ValueLanguage): Set<Topic> {
  const english = valueLanguageOf('en');
  const found = [english, language].flatMap(({ phrases }) => phrases.topics.all(tokens));
  return new Set(found.map(({ value }) => value));
}

const wordsIn = (tokens: readonly Token[]): Set<string> =>
  new Set(tokens.filter(({ kind, word }) => kind === 'word' && word.length > 2).map(({ word }) => word));

/** What is said near a mention, and nearer to it than to any other. */
export function nearOf(
  tokens: readonly Token[],
  mentions: readonly Mention[],
  index: number,
  language: ValueLanguage,
): Near {
  const mention = mentions[index];
  if (mention === undefined)
    return { topics: new Set(), words: new Set(), counts: false, from: false, to: false };
  const start = Math.max(mentions[index - 1]?.to ?? 0, mention.from - BACK);
  const end = Math.min(mentions[index + 1]?.from ?? tokens.length, mention.to + FORTH);
  const before = tokens.slice(start, mention.from);
  const isBetween = end === mentions[index + 1]?.from;
  const behind = clause(
    isBetween ? withoutLead(tokens.slice(mention.to, end), language) : tokens.slice(mention.to, end),
  );
  const isCount = mention.readings.some(({ kind }) => kind === 'number');
  // "two adults and three children": what is counted stands behind. "Arrival on Monday": a day's name stands before.
  const sides = isCount ? [tokens.slice(mention.from, mention.to), behind, before] : [before, behind];
  const topics = sides.map((side) => topicsIn(side, language)).find((found) => found.size > 0);
  const plain = (side: readonly Token[]): Set<string> =>
    wordsIn(side.filter(({ word }) => !language.numbers.words.has(word)));
  const words = sides.map(plain).find((found) => found.size > 0);
  const endsIn = (phrases: ValueLanguage['phrases']['from']): boolean =>
    phrases
      .all(before)
      .some(({ to }) => before.slice(to).every(({ word }) => language.phrases.leads.has(word))) ||
    (phrases.at(tokens, mention.from)?.to ?? Infinity) < mention.to;
  return {
    topics: topics ?? new Set(),
    words: words ?? new Set(),
    counts: endsIn(language.phrases.counts),
    from: endsIn(language.phrases.from),
    to: endsIn(language.phrases.to),
  };
}

/** "Friday until the day after": what leads to the next mention says nothing of the one before. */
function withoutLead(tokens: readonly Token[], { phrases }: ValueLanguage): readonly Token[] {
  const lead = phrases.to
    .all(tokens)
    .find(({ to }) => tokens.slice(to).every(({ word }) => phrases.leads.has(word)));
  return lead ? tokens.slice(0, lead.from) : tokens;
}

const clause = (tokens: readonly Token[]): readonly Token[] => {
  const mark = tokens.findIndex(({ kind }) => kind === 'mark');
  return mark < 0 ? tokens : tokens.slice(0, mark);
};

/** Whether something near a mention names the slot. */
export const isNamed = (cues: SlotCues, near: Near): boolean =>
  [...near.topics].some((topic) => cues.topics.has(topic)) ||
  [...near.words].some((word) => isWordOf(cues, word));

const isWordOf = ({ words }: SlotCues, said: string): boolean =>
  words.has(said) ||
  [...words].some(
    (word) =>
      word.length > 4 &&
      (said.startsWith(word) || word.startsWith(said)) &&
      Math.abs(said.length - word.length) < 3,
  );
