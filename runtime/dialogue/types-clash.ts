/** Which types can never go together. Where a value is not known, nothing is certain. */
import { isAmount } from './functions-moments.ts';
import type { SlotType } from './protocol.ts';
import type { StaticType, Takes } from './static-type.ts';
import { classOf, isSet, SHAPES } from './types-known.ts';
import { momentOf } from './value-shapes.ts';

/** True where no value of the one can equal a value of the other. */
export function neverEqual(one: StaticType, other: StaticType): boolean {
  const [first, second] = [classOf(one), classOf(other)];
  if (first === null || second === null || first === 'null' || second === 'null') return false;
  if (first !== second) return true;
  if (first === 'text') return textsClash(one, other);
  const [mine, its] = [exactly(one), exactly(other)];
  if (mine !== undefined && its !== undefined) return mine !== its;
  return [
    [one, its],
    [other, mine],
  ].some(([type, is]) => type === 'integer' && typeof is === 'number' && !Number.isInteger(is));
}

/** True where `<` and its like say nothing: the values have no order, or only that of their letters. */
export function haveNoOrder(one: StaticType, other: StaticType): boolean {
  const [first, second] = [classOf(one), classOf(other)];
  if (first === null || second === null) return false;
  if (first !== second) return true;
  if (first !== 'text') return first !== 'number';
  if ([one, other].every((type) => type === 'date' || type === 'datetime')) return false;
  return (
    textsClash(one, other) && !beginsMoment(one, other) && !beginsMoment(other, one) && !areSets(one, other)
  );
}

/** Two sets of texts have the order of their letters, which may be meant. */
const areSets = (one: StaticType, other: StaticType): boolean =>
  textsOf(one) !== null && textsOf(other) !== null;

/** `day >= '2026-03'` goes by the letters and is right. */
function beginsMoment(type: StaticType, literal: StaticType): boolean {
  if (type !== 'date' && type !== 'datetime') return false;
  return textsOf(literal)?.every((text) => /^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d)*)?)?)?$/.test(text)) ?? false;
}

function textsClash(one: StaticType, other: StaticType): boolean {
  const [mine, its] = [textsOf(one), textsOf(other)];
  if (mine && its) return !mine.some((text) => its.includes(text));
  if (mine) return !mine.some((text) => fits(text, other));
  if (its) return !its.some((text) => fits(text, one));
  return one !== other && isShape(one) && isShape(other);
}

const textsOf = (type: StaticType): readonly string[] | null => (isSet(type) ? type.of : null);

const exactly = (type: StaticType): number | boolean | null | undefined =>
  typeof type === 'object' && 'is' in type ? type.is : undefined;

const isShape = (type: StaticType): type is SlotType =>
  typeof type === 'string' && [...SHAPES.keys()].some((shape) => shape === type);

const fits = (text: string, type: StaticType): boolean =>
  !isShape(type) || (SHAPES.get(type)?.(text) ?? true);

/** True where `callback` never takes it: neither a moment nor a duration. */
export function neverCalledBack(type: StaticType): boolean {
  const kind = classOf(type);
  if (kind === null) return false;
  return kind !== 'text' || !mayBe(type, ['datetime', 'duration'], isCalendarMoment);
}

/** A moment without its offset is taken too. */
const isCalendarMoment = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));

/** True where a function that takes the one gives nothing but null for the other. */
export function neverTaken(takes: Takes, type: StaticType): boolean {
  const kind = classOf(type);
  if (takes === 'any' || kind === null || kind === 'null') return false;
  switch (takes) {
    case 'text':
    case 'number':
      return kind !== takes;
    case 'text or number':
      return kind !== 'text' && kind !== 'number';
    case 'text or list':
      return kind !== 'text' && kind !== 'list';
    case 'text, list or object':
      return kind !== 'text' && kind !== 'list' && kind !== 'object';
    case 'date':
      return kind !== 'text' || !mayBe(type, ['date']);
    case 'time':
      return kind !== 'text' || !mayBe(type, ['time']);
    case 'date, time or moment':
      return kind !== 'text' || !mayBe(type, ['date', 'time', 'datetime'], isMoment);
    case 'date or moment':
      return kind !== 'number' && (kind !== 'text' || !mayBe(type, ['date', 'datetime'], isMoment));
    case 'duration or days':
      return kind !== 'number' && (kind !== 'text' || !mayBe(type, ['duration'], isAmount));
  }
}

const isMoment = (text: string): boolean => momentOf(text) !== null;

/** `also` is what a literal may be beside the shapes. */
function mayBe(
  type: StaticType,
  shapes: readonly SlotType[],
  also: (text: string) => boolean = () => false,
): boolean {
  const texts = textsOf(type);
  if (texts) return texts.some((text) => also(text) || shapes.some((shape) => SHAPES.get(shape)?.(text)));
  return !isShape(type) || shapes.includes(type);
}
