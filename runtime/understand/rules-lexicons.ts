/** The languages whose words the rules know by themselves: one file each. */
import { czech } from './rules-lexicon-cs.ts';
import { german } from './rules-lexicon-de.ts';
import { english } from './rules-lexicon-en.ts';
import { spanish } from './rules-lexicon-es.ts';
import { french } from './rules-lexicon-fr.ts';
import type { Lexicon } from './rules-lexicon.ts';

const nothing: Lexicon = {
  expand: [],
  fillers: 'ok, okay',
  stop: '',
  light: '',
  negators: '',
  denying: '',
  wishes: '',
  opens: '',
  able: '',
  unable: '',
  clauses: '',
  articles: '',
  yes: 'ok, okay',
  no: '',
  unsure: '',
  numbers: {},
  loneNumbers: {},
  keys: '',
  concepts: {},
  telling: english.telling,
  agrees: english.agrees,
  refuses: english.refuses,
  stem: (word) => word,
};

const languages: ReadonlyMap<string, Lexicon> = new Map([
  ['cs', czech],
  ['de', german],
  ['en', english],
  ['es', spanish],
  ['fr', french],
]);

/** The lexicon of a locale's language; of an unknown one, a lexicon that knows next to nothing. */
export function lexiconOf(locale: string): Lexicon {
  return languages.get(locale.toLowerCase().split(/[-_]/)[0] ?? '') ?? nothing;
}
