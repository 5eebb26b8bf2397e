/** "Friday evening", where a time is wanted too: the part of the day alone is half of it, until its hour is said. */
import type { Value, Wanted } from '../dialogue/protocol.ts';
import type { Judged } from './values-doubts.ts';
import type { Part } from './values-lexicon.ts';
import { partNear } from './values-together.ts';

const PARTS: readonly Part[] = ['am', 'pm', 'morning', 'midday', 'afternoon', 'evening', 'night'];

/** The part of the day that was told of a time before its hour. */
export const partKnown = (value: Value): Part | null => PARTS.find((part) => part === value) ?? null;

/**
 * The one time that a part of the day is said of, where no hour is said; null where there is none, or nothing but a
 * part of the day is said and something else asked for.
 */
export function partTold(
  slots: readonly Wanted[],
  given: readonly { readonly slot: string }[],
  mentions: readonly Judged[],
): { slot: string; value: Part; unsure: boolean } | null {
  const times = slots.filter(({ type }) => type === 'time');
  if (times.some(({ name }) => given.some(({ slot }) => slot === name))) return null;
  const empty = times.filter(({ filled }) => !filled);
  const slot = empty.find(({ asked }) => asked) ?? (empty.length === 1 ? empty[0] : undefined);
  if (slot === undefined || (given.length === 0 && !slot.asked) || hasHour(mentions)) return null;
  const part = partNear(mentions)(0);
  return part === null ? null : { slot: slot.name, value: part, unsure: false };
}

/** An hour that was said is of something else, and its part of the day with it. */
const hasHour = (mentions: readonly Judged[]): boolean =>
  mentions.some(({ readings }) => readings.some((one) => one.kind === 'time' && !one.said.bare));
