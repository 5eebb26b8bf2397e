/** Sentences with the values that they give to the slots that are expected. Today is Tuesday, 3 March 2026, 10:00. */
import type { Expectation, Value, Wanted } from '../../runtime/dialogue/protocol.ts';
import { czech } from './values-sentences-cs.ts';
import { german } from './values-sentences-de.ts';
import { english } from './values-sentences-en.ts';
import { spanish } from './values-sentences-es.ts';
import { french } from './values-sentences-fr.ts';

/** What is said, the values of it, and where it matters the slots that are unsure. */
export type Sentence = readonly [
  text: string,
  slots: { readonly [slot: string]: Value },
  unsure?: readonly string[],
];

export interface Group {
  slots: readonly Wanted[];
  said: readonly Sentence[];
}

export const NOW = Date.parse('2026-03-03T10:00:00+01:00');

export const expecting = (locale: string, slots: readonly Wanted[]): Expectation => ({
  id: 'e',
  locale,
  choices: [],
  slots,
  now: NOW,
  zone: 'Europe/Prague',
  sensitive: false,
});

export const sentences: readonly { locale: string; groups: readonly Group[] }[] = [
  { locale: 'en-US', groups: english },
  { locale: 'de-DE', groups: german },
  { locale: 'es-ES', groups: spanish },
  { locale: 'fr-FR', groups: french },
  { locale: 'cs-CZ', groups: czech },
];
