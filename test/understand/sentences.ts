/**
 * The sentences that the rules are improved on. What is reached on them says little: `sentences-held-back.ts` is
 * for measuring, and stays apart.
 */
import type { Corpus } from './corpus.ts';
import { largeGerman } from './sentences-large-de.ts';
import { largeEnglish } from './sentences-large-en.ts';
import { largeSpanish } from './sentences-large-es.ts';
import { largeFrench } from './sentences-large-fr.ts';
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
