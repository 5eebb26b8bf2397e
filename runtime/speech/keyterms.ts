/** What a recogniser that knows all words is told to listen for: those that it would not think of. */
import type { Expectation, Wanted } from '../dialogue/protocol.ts';

/** The strictest of the vendors takes 100 terms of 500 tokens, and hears nothing any more where they are too many. */
const MOST_TERMS = 100;
const MOST_TOKENS = 450;
/** Rare names fall into pieces of two letters and more. */
const BYTES_PER_TOKEN = 2;
const MOST_WORDS = 4;
const MOST_LENGTH = 60;

/**
 * The hints and the values of the slots that may be said, those asked for first; then the proper names in the
 * authors' examples. Each once, in the author's spelling, at most 100 and some 450 tokens. Nothing that a caller said
 * is among them.
 */
export function keytermsOf(expectation: Expectation | null): readonly string[] {
  if (!expectation) return [];
  const spoken = expectation.slots.filter((slot) => slot.speech);
  const slots = [...spoken.filter((slot) => slot.asked), ...spoken.filter((slot) => !slot.asked)];
  const examples = expectation.choices.flatMap((choice) => choice.like);
  return bounded([
    ...slots.flatMap((slot) => [...slot.hints, ...valuesOf(slot)]),
    ...examples.flatMap((example) => namesIn(example)),
  ]);
}

function valuesOf({ of }: Wanted): string[] {
  return (of ?? []).flatMap(({ value, like }) => [value.replace(/[_-]+/g, ' '), ...like]);
}

/**
 * Words with a capital that does not merely begin a sentence, or with a digit or a capital inside; neighbours belong
 * together. A language that gives every noun a capital has many of them: the bounds hold all the same.
 */
function namesIn(example: string): string[] {
  const names: string[] = [];
  let name: string[] = [];
  const end = (): void => {
    if (name.length > 0) names.push(name.join(' '));
    name = [];
  };
  let begins = true;
  for (const token of example.split(/\s+/)) {
    const word = token.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    const isName = begins ? isOdd(word) : /^\p{Lu}/u.test(word) || isOdd(word);
    if (isName && !/^I(['’]\p{L}+)?$/u.test(word)) name.push(word);
    else end();
    begins = /[.!?:]$/.test(token);
    if (begins || /[,;]$/.test(token)) end();
  }
  end();
  return names;
}

/** Such as `WiFi`, `IBAN` or `A320`. */
function isOdd(word: string): boolean {
  return /.\p{Lu}/u.test(word) || (/\p{N}/u.test(word) && /\p{L}/u.test(word));
}

function bounded(terms: readonly string[]): string[] {
  const kept = new Map<string, string>();
  let tokens = 0;
  for (const term of terms) {
    const text = term.replace(/\s+/g, ' ').trim();
    const key = text.toLowerCase();
    if (!/\p{L}/u.test(text) || text.length > MOST_LENGTH || text.split(' ').length > MOST_WORDS) continue;
    if (kept.has(key)) continue;
    tokens += Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN) + 1;
    if (tokens > MOST_TOKENS) break;
    kept.set(key, text);
    if (kept.size === MOST_TERMS) break;
  }
  return [...kept.values()];
}
