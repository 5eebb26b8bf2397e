/** What a caller has probably heard, where only the time that has passed is known. */
import type { Interrupt, Patience } from '../dialogue/protocol.ts';

/** Something that the caller hears; JSON. */
export interface Sounding {
  /** Its utterance. */
  id: string;
  /** What stands for it in all that is told of it. */
  shown: string;
  interrupt: Interrupt;
  /** It is no words: of half of it nothing can be told. */
  wordless: boolean;
  /** About how long it takes. */
  ms: number;
}

/** Voices say about fifteen characters a second; none says more than eighteen. */
const MS_PER_CHARACTER = 1000 / 15;
const HASTY = 15 / 18;

/** The pause after which the line takes the caller to have finished. */
export const PAUSE_MS: { readonly [patience in Patience]: number } = {
  quick: 1_000,
  normal: 2_000,
  patient: 3_000,
};

/** People in a hurry say so many characters a second. */
const CALLER_HASTY = 15 / 25;

/** About how long somebody needs to say this; `hasty`: at the least, in a hurry. */
export function textMs(text: string, pace: 'usual' | 'hasty' = 'usual'): number {
  return Math.round(text.length * MS_PER_CHARACTER * (pace === 'hasty' ? CALLER_HASTY : 1));
}

/** How long all of it takes; `hasty`: at the least. */
export function lengthMs(sounding: readonly Sounding[], pace: 'usual' | 'hasty' = 'usual'): number {
  const ms = sounding.reduce((sum, one) => sum + one.ms, 0);
  return pace === 'hasty' ? ms * HASTY : ms;
}

/** What was heard of one when it was cut, so long after the first began; null: all of it. */
export function heardOf(sounding: readonly Sounding[], index: number, heardMs: number): string | null {
  const { ms, shown, wordless } = sounding[index]!;
  const own = heardMs - lengthMs(sounding.slice(0, index));
  if (own >= ms) return null;
  if (own <= 0) return '';
  if (wordless) return shown;
  const cut = shown.lastIndexOf(' ', Math.round((shown.length * own) / ms));
  return cut <= 0 ? '' : shown.slice(0, cut);
}
