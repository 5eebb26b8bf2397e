/** What the operators of expressions do with values. Nothing here throws, whatever the values are. */
import type { Value } from './protocol.ts';
import { partOf } from './value-parts.ts';
import { instantOf, momentOf, spanMs, spanOf } from './value-shapes.ts';

const MAX_DEPTH = 50;
/** A `set` that doubles a text each round stops growing here. */
const MAX_TEXT = 20_000;

/** Numbers that JSON can carry: no minus zero, and null for what is none. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? value + 0 : null);

/** Equality without conversion. Lists and objects by what they hold, since state goes through JSON. */
export function same(left: Value, right: Value, depth = 0): boolean {
  if (left === right) return true;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left) !== Array.isArray(right) || depth > MAX_DEPTH) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && same(own(left, name), own(right, name), depth + 1))
  );
}

/** What `if`, `!`, `&&`, `||` and `? :` go by, as in JavaScript: an empty list is something. */
export const truthy = (value: Value): boolean => Boolean(value);

/** A property that the value itself has, or a part that a text has by its shape; nothing that it inherits. */
export function own(value: Value, name: string): Value {
  if (typeof value === 'string') return name === 'length' ? value.length : partOf(value, name);
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return null;
  // Names and places alike: a list's entries are its own properties too.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (value as { readonly [name: string]: Value })[name] ?? null;
}

/** What stands under a key that was worked out: a name, or a place in a list or text. */
export function item(value: Value, key: Value): Value {
  if (typeof key === 'string') return own(value, key);
  if (typeof key !== 'number') return null;
  if (typeof value === 'string') return value[key] ?? null;
  return own(value, String(key));
}

export function arithmetic(
  left: Value,
  right: Value,
  operate: (left: number, right: number) => number,
): number | null {
  return typeof left === 'number' && typeof right === 'number' ? finite(operate(left, right)) : null;
}

/**
 * Two numbers or two texts have an order, datetimes by their instants and durations by how long they are;
 * anything else has none, and the comparison is false.
 */
export function ordered(left: Value, right: Value, decide: (order: number) => boolean): boolean {
  if (typeof left === 'number' && typeof right === 'number') return decide(left - right);
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  const [one, other] = [measured(left), measured(right)];
  if (one && other && one.kind === other.kind) return decide(one.ms - other.ms);
  return decide(left < right ? -1 : left > right ? 1 : 0);
}

/** Of texts whose letters say nothing of their order, what does: `PT2H` is less than `PT90M` by its letters. */
function measured(text: string): { kind: 'moment' | 'span'; ms: number } | null {
  const span = spanOf(text);
  if (span) return { kind: 'span', ms: spanMs(span) };
  const moment = momentOf(text);
  return moment?.offset == null ? null : { kind: 'moment', ms: instantOf(moment) };
}

/** Joins where either side is a text (nothing joins as nothing), else adds numbers. */
export function add(left: Value, right: Value): Value {
  if (typeof left !== 'string' && typeof right !== 'string')
    return arithmetic(left, right, (one, other) => one + other);
  if (typeof left === 'object' && left !== null) return null;
  if (typeof right === 'object' && right !== null) return null;
  return `${left ?? ''}${right ?? ''}`.slice(0, MAX_TEXT);
}
