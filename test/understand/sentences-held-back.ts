/**
 * What the figures of understanding are measured with. These sentences were written before the rules were worked
 * on, and none of them was read while that was done; their figures as a whole were looked at to choose between
 * settings, so they flatter a little. Whoever looks at which of them fail writes new ones, and moves the old ones
 * to `sentences.ts`.
 */
import { heldBackEnglish } from './sentences-held-back-en.ts';
import { heldBackFrench } from './sentences-held-back-fr.ts';
import { heldBackGerman } from './sentences-held-back-de.ts';
import { heldBackSpanish } from './sentences-held-back-es.ts';

export const heldBack = [heldBackEnglish, heldBackGerman, heldBackSpanish, heldBackFrench];
