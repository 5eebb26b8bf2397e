import { czech } from './words/cs.ts';
import { german } from './words/de.ts';
import { english } from './words/en.ts';
import { spanish } from './words/es.ts';
import { french } from './words/fr.ts';
import type { Words } from './words/words.ts';

/** By language. A new one is a file in `words/` and its name here. */
const languages: Readonly<Record<string, Words>> = {
  en: english,
  cs: czech,
  de: german,
  es: spanish,
  fr: french,
};

/** The words of the locale's language (BCP 47), else English. */
export function wordsFor(locale: string): Words {
  return languages[locale] ?? languages[locale.split(/[-_]/)[0]!.toLowerCase()] ?? english;
}
