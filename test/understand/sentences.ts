/**
 * The sentences that the rules are improved on. What is reached on them says little: `sentences-held-back.ts` is
 * for measuring, and stays apart.
 */
import type { Corpus } from './corpus.ts';
import { largeGerman } from './sentences-large-de.ts';
import { largeEnglish } from './sentences-large-en.ts';
import { largeSpanish } from './sentences-large-es.ts';
import { largeFrench } from './sentences-large-fr.ts';
import { placesGerman } from './sentences-places-de.ts';
import { placesEnglish } from './sentences-places-en.ts';
import { placesSpanish } from './sentences-places-es.ts';
import { placesFrench } from './sentences-places-fr.ts';
import { smallEnglishFirst } from './sentences-small-en-1.ts';
import { smallEnglishSecond } from './sentences-small-en-2.ts';
import { small } from './sentences-small.ts';

export const familiar: readonly Corpus[] = [
  ...smallEnglishFirst,
  ...smallEnglishSecond,
  ...small,
  largeEnglish,
  largeGerman,
  largeSpanish,
  largeFrench,
];

/** Harder ones: few examples, and callers who use hardly any word of them. The rules were improved on these too. */
export const places: readonly Corpus[] = [
  ...placesEnglish,
  ...placesGerman,
  ...placesSpanish,
  ...placesFrench,
];
