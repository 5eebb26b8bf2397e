/** Values that are said by what they are called, and amounts that are nothing. */
import type { Wanted } from '../dialogue/protocol.ts';
import { readSentence } from './rules-words.ts';
import type { Given } from './values-assign.ts';
import { cuesOf } from './values-cues.ts';
import type { ValueLanguage } from './values-language.ts';
import { toldName } from './values-names.ts';
import { type Token, tokensOf } from './values-tokens.ts';

/** What is said of a slot, by the name of the slot; it reaches to the end of what was said. */
export interface NamedValue extends Given {
  from: number;
}

interface Said {
  text: string;
  tokens: readonly Token[];
  taken: readonly boolean[];
  slots: readonly Wanted[];
  locale: string;
  language: ValueLanguage;
}

/** "The message is …", "the driver should be Rob": the new value of a text or of a name, or null. */
export function readNamed({ text, tokens, taken, slots, locale, language }: Said): NamedValue | null {
  for (const slot of slots) {
    if (slot.type !== 'text' && slot.type !== 'name') continue;
    for (const [from] of tokens.entries()) {
      const called = calledAt(slot, slots, tokens, from, language);
      const says = called === null ? null : language.phrases.says.at(tokens, called);
      if (says === null || says.to >= tokens.length) continue;
      const value = text.slice(tokens[says.to]?.start).trim();
      // "The message is wrong" says no more than no.
      if (readSentence(value, locale).polarity?.purely) continue;
      if (slot.type === 'text') return { slot: slot.name, value: value.slice(0, 1000), unsure: false, from };
      const name = toldName(text, tokens, says.to, taken, language);
      if (name) return { slot: slot.name, value: name.name, unsure: name.unsure, from };
    }
  }
  return null;
}

const wordsOf = ({ name }: Wanted): string[] =>
  tokensOf(name.replace(/_/g, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')).map(({ word }) => word);

/** Behind what an author calls a slot: by its name, or by a word of what it is that no other slot is called by. */
function calledAt(
  slot: Wanted,
  slots: readonly Wanted[],
  tokens: readonly Token[],
  at: number,
  { phrases, names }: ValueLanguage,
): number | null {
  const words = wordsOf(slot);
  if (words.every((word, index) => tokens[at + index]?.word === word)) return at + words.length;
  const word = tokens[at]?.word ?? '';
  if (slot.about === null || word.length < 4 || phrases.light.has(word) || names.never.has(word)) return null;
  const elsewhere = slots.some(
    (other) => other !== slot && (other.type === word || wordsOf(other).includes(word)),
  );
  return !elsewhere && tokensOf(slot.about).some((told) => told.word === word) ? at + 1 : null;
}

/** Whether all that was said is that there is none: "nobody", "no tip" for a slot of that name. */
export function saysNone(
  slot: Wanted,
  tokens: readonly Token[],
  locale: string,
  language: ValueLanguage,
): boolean {
  const { nothing, none, light } = language.phrases;
  const { words } = cuesOf(slot, locale, language);
  const isLight = ({ kind, word }: Token): boolean => kind === 'mark' || light.has(word);
  for (const [from] of tokens.entries()) {
    const denied = none.at(tokens, from);
    const named = denied && words.has(tokens[denied.to]?.word ?? '') ? denied.to + 1 : null;
    const to = nothing.at(tokens, from)?.to ?? named;
    if (to !== null && tokens.slice(0, from).every(isLight) && tokens.slice(to).every(isLight)) return true;
  }
  return false;
}
