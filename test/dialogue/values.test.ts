import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../runtime/dialogue/expression.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { item, ordered, own } from '../../runtime/dialogue/values.ts';

const PARTS = [
  'weekday',
  'day',
  'month',
  'year',
  'hour',
  'minute',
  'days',
  'hours',
  'minutes',
  'seconds',
  'country',
];

/** Every part that a text has, by name. */
const partsOf = (text: string): Record<string, Value> =>
  Object.fromEntries(PARTS.map((name) => [name, own(text, name)]).filter(([, part]) => part !== null));

describe('the parts of a text that is exactly', () => {
  it.each<[string, string, Record<string, Value>]>([
    ['a date', '2026-03-04', { weekday: 'wednesday', day: 4, month: 3, year: 2026 }],
    ['a leap day', '2028-02-29', { weekday: 'tuesday', day: 29, month: 2, year: 2028 }],
    ['an early date', '0099-12-31', { weekday: 'thursday', day: 31, month: 12, year: 99 }],
    ['a time', '19:05', { hour: 19, minute: 5 }],
    ['a time with seconds', '00:00:30', { hour: 0, minute: 0 }],
    [
      'a datetime, as its own offset tells it',
      '2026-03-04T23:30:00-08:00',
      { weekday: 'wednesday', day: 4, month: 3, year: 2026, hour: 23, minute: 30 },
    ],
    [
      'a datetime in UTC',
      '2026-03-03T10:00:00.000Z',
      { weekday: 'tuesday', day: 3, month: 3, year: 2026, hour: 10, minute: 0 },
    ],
    ['a duration, in totals', 'PT1H30M', { days: 0.0625, hours: 1.5, minutes: 90, seconds: 5400 }],
    ['a longer duration', 'P1W2DT12H', { days: 9.5, hours: 228, minutes: 13_680, seconds: 820_800 }],
    [
      'a duration in months, of 30 days each',
      'P2M',
      { days: 60, hours: 1440, minutes: 86_400, seconds: 5_184_000 },
    ],
    ['a phone number', '+420601123456', { country: 'CZ' }],
    ['a phone number of a shared plan', '+16135550123', { country: 'CA' }],
    ['a phone number of no country', '+99999999999', {}],
  ])('%s: %s', (_, text, expected) => {
    expect(partsOf(text)).toEqual(expected);
  });

  it.each([
    '',
    '2026-02-29',
    '2026-04-31',
    '2026-3-4',
    ' 2026-03-04',
    '2026-03-04.',
    '24:00',
    '7:30',
    '7 PM',
    '2026-03-04 19:00',
    'P',
    'PT',
    'one hour',
    '420601123456',
    '+0601123456',
    'the 2026-03-04',
  ])('none of these: %j', (text) => {
    expect(partsOf(text)).toEqual({});
  });

  it('stand beside its length', () => {
    expect(own('2026-03-04', 'length')).toBe(10);
    expect(item('2026-03-04', 'weekday')).toBe('wednesday');
    expect(item('2026-03-04', 0)).toBe('2');
  });

  it('answer the question of the bistro', () => {
    const check = parseExpression("day.weekday != 'monday'");
    const env = { now: 0, locale: 'cs', zone: 'UTC' };
    expect(check.evaluate({ day: '2026-03-09' }, env)).toBe(false);
    expect(check.evaluate({ day: '2026-03-10' }, env)).toBe(true);
    expect(check.evaluate({ day: null }, env)).toBe(true);
  });
});

describe('an object', () => {
  it('has its own properties and no parts', () => {
    expect(own({ amount: 5, currency: 'EUR' }, 'amount')).toBe(5);
    expect(own({ day: '2026-03-04' }, 'day')).toBe('2026-03-04');
    expect(own({}, 'weekday')).toBeNull();
    expect(own(['2026-03-04'], 'weekday')).toBeNull();
    expect(own(20_260_304, 'year')).toBeNull();
  });
});

describe('the order of two values', () => {
  const less = (left: Value, right: Value): boolean => ordered(left, right, (order) => order < 0);

  it.each<[Value, Value]>([
    [2, 10],
    ['2026-03-04', '2026-03-10'],
    ['09:00', '19:00'],
    ['19:00', '19:00:30'],
    ['a', 'b'],
    ['PT2H', 'PT150M'],
    ['PT90M', 'P1D'],
    ['2026-03-04T19:00:00+01:00', '2026-03-04T18:30:00Z'],
    ['2026-03-04T10:00:00-08:00', '2026-03-04T19:00:00+00:00'],
    ['2026-03-04', '2026-03-04T01:00:00+09:00'],
  ])('%j is before %j', (left, right) => {
    expect(less(left, right)).toBe(true);
    expect(less(right, left)).toBe(false);
  });

  it('is that of the instants where datetimes are at the same one', () => {
    expect(ordered('2026-03-04T19:00:00+01:00', '2026-03-04T18:00:00Z', (order) => order === 0)).toBe(true);
  });

  it.each<[Value, Value]>([
    [1, '2'],
    [null, 1],
    [true, false],
    [
      { amount: 1, currency: 'EUR' },
      { amount: 2, currency: 'EUR' },
    ],
  ])('does not exist for %j and %j', (left, right) => {
    expect(ordered(left, right, () => true)).toBe(false);
  });
});

describe('whatever the value and the name', () => {
  it('a part is JSON, nothing inherited, and nothing is thrown', () => {
    const names = fc.oneof(
      fc.constantFrom(...PARTS, 'length', 'constructor', '__proto__', 'toString', 'amount'),
      fc.string(),
    );
    const values = fc.oneof(
      fc.jsonValue().map((json): Value => JSON.parse(JSON.stringify(json))),
      fc.stringMatching(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/),
      fc.stringMatching(/^\d\d:\d\d(:\d\d)?$/),
      fc.stringMatching(/^P(\d{1,15}[YMWD]){0,3}(T(\d{1,15}[HMS]){0,3})?$/),
      fc.stringMatching(/^\+\d{5,17}$/),
    );
    fc.assert(
      fc.property(values, names, (value, name) => {
        const part = own(value, name);
        expect(JSON.parse(JSON.stringify(part))).toEqual(part);
        if (typeof value === 'string' && part !== null) expect([...PARTS, 'length']).toContain(name);
      }),
      { numRuns: 3000 },
    );
  });
});
