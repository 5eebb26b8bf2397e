/** Which values the type of a slot admits. */
import type { SlotSpec } from './program.ts';
import { DAY_PARTS, type Value } from './protocol.ts';
import { SHAPES } from './types-known.ts';

const LONGEST_TEXT = 2_000;

/** Whether a value, wherever it comes from, is one of the slot's type. Its range is another matter. */
export function hasShape({ type, of }: Pick<SlotSpec, 'type' | 'of'>, value: Value): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (type === 'choice') return of?.some((choice) => choice.value === value) ?? false;
  if (type === 'money') return isMoney(value);
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) return false;
  return SHAPES.get(type)?.(value) ?? /\S/.test(value);
}

/**
 * A day alone, which is the half of a moment, and a part of the day alone, which is that of a time: the other is still
 * to be said.
 */
export const isHalf = ({ type }: Pick<SlotSpec, 'type'>, value: Value): boolean =>
  (type === 'datetime' && hasShape({ type: 'date', of: null }, value)) ||
  (type === 'time' && DAY_PARTS.some((part) => part === value));

function isMoney(value: Value): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { amount, currency } = value as { readonly [name: string]: Value };
  return (
    typeof amount === 'number' &&
    Number.isFinite(amount) &&
    typeof currency === 'string' &&
    /^[A-Z]{3}$/.test(currency)
  );
}
