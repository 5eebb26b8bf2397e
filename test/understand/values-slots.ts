/** The slots that the sentences are for. */
import type { Value, Wanted } from '../../runtime/dialogue/protocol.ts';

export const slot = (name: string, type: Wanted['type'], more: Partial<Wanted> = {}): Wanted => ({
  name,
  type,
  about: null,
  of: null,
  min: null,
  max: null,
  length: null,
  hints: [],
  asked: false,
  filled: false,
  value: null,
  speech: true,
  keys: false,
  ...more,
});

export const asked = (type: Wanted['type'], more: Partial<Wanted> = {}): Wanted[] => [
  slot('it', type, { asked: true, ...more }),
];

const had = (value: Value): Partial<Wanted> => ({ filled: true, value });

/** A table at a restaurant: nothing known, or one slot asked for. */
export const table = (askedFor: 'party' | 'day' | 'time' | null = null): Wanted[] => [
  slot('party', 'integer', { min: 1, max: 12, asked: askedFor === 'party' }),
  slot('day', 'date', { asked: askedFor === 'day' }),
  slot('time', 'time', { asked: askedFor === 'time' }),
];

/** The same with four on Friday at seven in the evening. */
export const booked = (): Wanted[] => [
  slot('party', 'integer', { min: 1, max: 12, ...had(4) }),
  slot('day', 'date', had('2026-03-06')),
  slot('time', 'time', had('19:00')),
];

/** A stay at a hotel. */
export const stay = (): Wanted[] => [slot('arrival', 'date'), slot('departure', 'date')];

export const guests = (): Wanted[] => [slot('adults', 'integer'), slot('children', 'integer')];
