import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SlotType, Value, Wanted } from '../../runtime/dialogue/protocol.ts';
import { isHalf } from '../../runtime/dialogue/slot-shapes.ts';
import { readValues } from '../../runtime/understand/values.ts';
import { expecting, NOW, sentences } from './values-sentences.ts';
import { asked, slot } from './values-slots.ts';
import { spellers } from './values-spell.ts';

const LOCALES = ['en-US', 'en-GB', 'de-DE', 'es-MX', 'fr-FR', 'cs-CZ', 'it-IT', 'xx', ''];
const of = [
  { value: 'red', like: ['crimson'] },
  { value: 'two', like: [] },
];
const TYPES: readonly SlotType[] = [
  'text',
  'choice',
  'boolean',
  'integer',
  'number',
  'digits',
  'date',
  'time',
  'datetime',
  'duration',
  'money',
  'phone',
  'email',
  'name',
];

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
};
const isText =
  (shape: RegExp) =>
  (value: Value): boolean =>
    typeof value === 'string' && shape.test(value);
const DATETIME = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d[+-]\d\d:\d\d$/;

/** The shape that the values of each type have, as the protocol tells it. */
const SHAPES: { readonly [type in SlotType]: (value: Value) => boolean } = {
  text: isText(/\S/),
  name: isText(/\p{L}/u),
  choice: (value) => value === 'red' || value === 'two',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => Number.isFinite(value),
  digits: isText(/^\d{1,64}$/),
  date: (value) => typeof value === 'string' && isDay(value),
  time: isText(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/),
  datetime: (value) =>
    typeof value === 'string' &&
    isDay(value.slice(0, 10)) &&
    (value.length === 10 || (DATETIME.test(value) && !Number.isNaN(Date.parse(value)))),
  duration: isText(/^P(?=.)(\d+W|(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)$/),
  money: (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).toSorted().join() === 'amount,currency' &&
    'amount' in value &&
    Number.isFinite(value.amount) &&
    'currency' in value &&
    isText(/^[A-Z]{3}$/)(value.currency),
  phone: isText(/^\+[1-9]\d{6,14}$/),
  email: isText(/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/),
};

/** Words that mean something to the readers, in any order, among others that do not. */
const words = [
  ...new Set(
    sentences.flatMap(({ groups }) =>
      groups.flatMap(({ said }) => said.flatMap(([text]) => text.split(' '))),
    ),
  ),
];
const utterances = fc.oneof(
  fc
    .array(
      fc.constantFrom(...words, ',', '.', '-', '@', '$', '12', '1.5', '99999999999999999999', '31', '00'),
      {
        maxLength: 14,
      },
    )
    .map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'0123456789 .,:/-+@€$hab'), maxLength: 30 }),
);

const wanted: fc.Arbitrary<Wanted[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom(...TYPES),
      filled: fc.boolean(),
      old: fc.boolean(),
      limited: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .chain((kinds) =>
    fc.integer({ min: -1, max: kinds.length - 1 }).map((askedFor) =>
      kinds.map(({ type, filled, old, limited }, index) =>
        slot(`${type}_${index}`, type, {
          of: type === 'choice' ? of : null,
          asked: index === askedFor,
          filled,
          value: filled || old ? (OLD[type] ?? null) : null,
          min: limited && type === 'integer' ? 2 : null,
          max: limited && type === 'date' ? '2026-12-31' : null,
          length: limited && type === 'digits' ? { min: 4, max: 6 } : null,
        }),
      ),
    ),
  );

const OLD: { readonly [type in SlotType]?: Value } = {
  integer: 4,
  number: 1.5,
  date: '2026-03-06',
  time: '19:00',
  datetime: '2026-03-29T01:30:00+01:00',
  duration: 'PT1H',
  money: { amount: 5, currency: 'EUR' },
  name: 'Ana',
  choice: 'red',
};

describe('whatever is said', () => {
  it('nothing throws, and every value has the shape of its type', () => {
    fc.assert(
      fc.property(utterances, wanted, fc.constantFrom(...LOCALES), (text, slots, locale) => {
        const heard = readValues(expecting(locale, slots), text);
        if (heard === null) return;
        for (const [name, value] of Object.entries(heard.slots)) {
          const own = slots.find((one) => one.name === name);
          const fits = own && (SHAPES[own.type](value) || isHalf(own, value));
          expect(fits, `${name}: ${JSON.stringify(value)}`).toBe(true);
        }
        expect(Object.keys(heard.slots)).toEqual(expect.arrayContaining([...heard.unsure]));
        expect(Object.keys(heard.slots).length).toBeGreaterThan(0);
        expect(heard.confidence).toBeGreaterThanOrEqual(0);
        expect(heard.confidence).toBeLessThanOrEqual(1);
      }),
      { numRuns: 3000 },
    );
  });

  it('the same is heard each time', () => {
    fc.assert(
      fc.property(utterances, wanted, fc.constantFrom(...LOCALES), (text, slots, locale) => {
        const expectation = expecting(locale, slots);
        expect(readValues(expectation, text)).toEqual(readValues(structuredClone(expectation), text));
      }),
      { numRuns: 300 },
    );
  });

  it('no time or zone breaks it', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Asia/Kathmandu',
      'America/St_Johns',
      'Pacific/Apia',
      'Africa/Monrovia',
    );
    const texts = fc.constantFrom(
      'tomorrow at noon',
      'in three weeks at 2:30',
      'monday at six',
      'in two hours',
    );
    const times = fc.integer({ min: Date.parse('1980-01-01'), max: Date.parse('2200-01-01') });
    fc.assert(
      fc.property(zones, texts, times, (zone, text, now) => {
        const heard = readValues({ ...expecting('en-US', asked('datetime')), zone, now }, text);
        expect(heard?.slots['it'], JSON.stringify(heard)).toMatch(DATETIME);
      }),
      { numRuns: 500 },
    );
  });
});

describe.each(Object.entries(spellers))('in %s', (locale, spell) => {
  const reads = (text: string): Value =>
    readValues(expecting(locale, asked('integer')), text)?.slots['it'] ?? null;

  it('every number from 0 to 9999 is read as it is spelled', () => {
    const wrong: string[] = [];
    for (let value = 0; value < 10_000; value++) {
      const spelled = spell(value);
      const read = reads(spelled);
      if (read !== value) wrong.push(`${spelled} (${value}) is read as ${JSON.stringify(read)}`);
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  });

  it('figures are read as they stand', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (value) => {
        expect(reads(String(value))).toBe(value);
      }),
    );
  });

  it('digits that are said one by one are what was said', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }), (digits) => {
        const heard = readValues(expecting(locale, asked('digits')), digits.map(spell).join(' '));
        expect(heard?.slots['it']).toBe(digits.join(''));
      }),
    );
  });
});

it('the clock of the test is the one of its sentences', () => {
  expect(new Date(NOW).toISOString()).toBe('2026-03-03T09:00:00.000Z');
});
