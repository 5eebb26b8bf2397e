import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functions } from '../../runtime/dialogue/functions.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import {
  eitherType,
  RUNTIME_TYPES,
  type StaticType,
  typeOfExpression,
  typeOfValue,
  typeSlips,
} from '../../runtime/dialogue/types.ts';
import { own } from '../../runtime/dialogue/values.ts';

const types = new Map<string, StaticType>([
  ['party', 'integer'],
  ['rating', 'number'],
  ['name', 'name'],
  ['note', 'text'],
  ['day', 'date'],
  ['time', 'time'],
  ['visit', 'datetime'],
  ['stay', 'duration'],
  ['price', 'money'],
  ['mobile', 'phone'],
  ['mail', 'email'],
  ['code', 'digits'],
  ['member', 'boolean'],
  ['dishes', 'list'],
  ['size', { of: ['small', 'large'] }],
  ['kind', 'choice'],
  ['offer', { members: { free: 'boolean', price: 'money' }, open: false }],
  ['table', 'value'],
  ['app', typeOfValue({ city: 'Prague', max_party: 8, hours: { monday: '09:00' } })],
  ...Object.entries(RUNTIME_TYPES),
]);

/** The one thing that is wrong, with the part of the source that it points to. */
function slip(
  source: string,
  kind: 'expression' | 'condition' = 'expression',
): [code: string, at: string, message: string] {
  const slips = typeSlips(source, kind, types);
  expect(slips).toHaveLength(1);
  const { code, offset, message } = slips[0]!;
  return [code, source.slice(offset), message];
}

describe('a comparison that never holds', () => {
  it.each([
    ["party == 'four'", "'four'", "`party` is an integer, so it never equals the text 'four'."],
    ["'four' == party", "'four' == party", "`party` is an integer, so it never equals the text 'four'."],
    [
      "party == '4'",
      "'4'",
      "`party` is an integer, so it never equals the text '4': write 4 without quotes.",
    ],
    ['party == 4.5', '4.5', '`party` is an integer, so it never equals the number 4.5.'],
    ['party != day', 'day', '`party` is an integer, so it always differs from `day`, which is a date.'],
    [
      "1 + time.hour == '7'",
      "'7'",
      "`1 + time.hour` is a number, so it never equals the text '7': write 7 without quotes.",
    ],
    [
      "time.hour == '7'",
      "'7'",
      "`time.hour` is an integer, so it never equals the text '7': write 7 without quotes.",
    ],
    [
      "day.weekday == 'mondy'",
      "'mondy'",
      "`day.weekday` is the English name of a weekday, so it never equals the text 'mondy'; did you mean 'monday'?",
    ],
    [
      "day.weekday != 'Monday'",
      "'Monday'",
      "`day.weekday` is the English name of a weekday, so it always differs from the text 'Monday'; did you mean 'monday'?",
    ],
    [
      "day.weekday == 'pondělí'",
      "'pondělí'",
      "`day.weekday` is the English name of a weekday, so it never equals the text 'pondělí'.",
    ],
    [
      "size == 'smal'",
      "'smal'",
      "`size` is one of 'small' and 'large', so it never equals the text 'smal'; did you mean 'small'?",
    ],
    [
      "day == 'tomorrow'",
      "'tomorrow'",
      "`day` is a date, so it never equals the text 'tomorrow': a date is written like '2026-03-04'.",
    ],
    ['day == time', 'time', '`day` is a date, so it never equals `time`, which is a time.'],
    [
      "time == '7 PM'",
      "'7 PM'",
      "`time` is a time, so it never equals the text '7 PM': a time is written like '19:00'.",
    ],
    [
      'code == 1234',
      '1234',
      "`code` is a text of digits, so it never equals the number 1234: write '1234' with quotes.",
    ],
    [
      "mobile == '0601 123 456'",
      "'0601 123 456'",
      "`mobile` is a phone number, so it never equals the text '0601 123 456': a phone number is written like '+14155550123'.",
    ],
    [
      "mobile.country == 'us'",
      "'us'",
      "`mobile.country` is a country in two capital letters, so it never equals the text 'us'; did you mean 'US'?",
    ],
    [
      "member == 'yes'",
      "'yes'",
      "`member` is true or false, so it never equals the text 'yes': write `member` or `!member` alone.",
    ],
    [
      'price == 20',
      '20',
      '`price` is money, so it never equals the number 20: compare a part of it, such as `price.amount`.',
    ],
    [
      "session.direction == 'in'",
      "'in'",
      "`session.direction` is one of 'inbound' and 'outbound', so it never equals the text 'in'.",
    ],
    [
      "today() == 'monday'",
      "'monday'",
      "`today()` is a date, so it never equals the text 'monday': a date is written like '2026-03-04'.",
    ],
    [
      "len(name) == '3'",
      "'3'",
      "`len(name)` is an integer, so it never equals the text '3': write 3 without quotes.",
    ],
  ])('%s', (source, at, message) => {
    expect(slip(source)).toEqual(['wrong-type', at, message]);
  });
});

describe('an order that does not exist', () => {
  it.each([
    [
      'day > 5',
      '5',
      '`day` is a date, so it has no order with the number 5: compare a part of it, such as `day.day`.',
    ],
    [
      '5 < day',
      '5 < day',
      '`day` is a date, so it has no order with the number 5: compare a part of it, such as `day.day`.',
    ],
    [
      "day > 'soon'",
      "'soon'",
      "`day` is a date, so it has no order with the text 'soon': a date is written like '2026-03-04'.",
    ],
    [
      "time < '9:00'",
      "'9:00'",
      "`time` is a time, so it has no order with the text '9:00': a time is written like '19:00'.",
    ],
    ['day < time', 'time', '`day` is a date, so it has no order with `time`, which is a time.'],
    [
      'stay > 60',
      '60',
      '`stay` is a duration, so it has no order with the number 60: compare a part of it, such as `stay.minutes`.',
    ],
    [
      "stay < '2h'",
      "'2h'",
      "`stay` is a duration, so it has no order with the text '2h': a duration is written like 'PT1H30M'.",
    ],
    ['price >= price', 'price', '`price` is money, so it has no order with `price`, which is money.'],
    [
      "party >= '4'",
      "'4'",
      "`party` is an integer, so it has no order with the text '4': write 4 without quotes.",
    ],
    ['party > null', 'null', '`party` is an integer, so it has no order with null.'],
  ])('%s', (source, at, message) => {
    expect(slip(source)).toEqual(['wrong-type', at, message]);
  });
});

describe('a part that is not there', () => {
  it.each([
    [
      'day.weekdya',
      'weekdya',
      'unknown-part',
      '`day` is a date and has no `weekdya`; did you mean `weekday`?',
    ],
    ["day['yaer']", "'yaer']", 'unknown-part', '`day` is a date and has no `yaer`; did you mean `year`?'],
    ['(day).hour', 'hour', 'unknown-part', '`(day)` is a date and has no `hour`.'],
    ['time.hours', 'hours', 'unknown-part', '`time` is a time and has no `hours`; did you mean `hour`?'],
    [
      'price.curency',
      'curency',
      'unknown-part',
      '`price` is money and has no `curency`; did you mean `currency`?',
    ],
    ['party.length', 'length', 'unknown-part', '`party` is an integer and has no `length`.'],
    ['name.first', 'first', 'unknown-part', '`name` is a name and has no `first`.'],
    ['dishes.first', 'first', 'unknown-part', '`dishes` is a list and has no `first`.'],
    ['offer.prize', 'prize', 'unknown-name', '`offer` has no `prize`; did you mean `price`?'],
    [
      'offer.price.ammount',
      'ammount',
      'unknown-part',
      '`offer.price` is money and has no `ammount`; did you mean `amount`?',
    ],
    ['app.hours.mondy', 'mondy', 'unknown-name', '`app.hours` has no `mondy`; did you mean `monday`?'],
  ])('%s', (source, at, code, message) => {
    expect(slip(source)).toEqual([code, at, message]);
  });
});

describe('arithmetic on what is no number', () => {
  it.each([
    ['name * 2', 'name * 2', '`name` is a name, and `*` takes numbers.'],
    ['2 * name', 'name', '`name` is a name, and `*` takes numbers.'],
    [
      'day - 1',
      'day - 1',
      "`day` is a date, and `-` takes numbers: write later(day, '-2d') or days(from, to).",
    ],
    ['time - 1', 'time - 1', "`time` is a time, and `-` takes numbers: write later(time, '-2h')."],
    ['code / 2', 'code / 2', '`code` is a text of digits, and `/` takes numbers: write number(code).'],
    ['stay % 2', 'stay % 2', '`stay` is a duration, and `%` takes numbers: write stay.minutes.'],
    ['price + 5', 'price + 5', '`price` is money, and `+` takes numbers: write price.amount.'],
    ["'for ' + price", 'price', '`price` is money, and `+` takes numbers: write price.amount.'],
    ["3 * '4'", "'4'", "`*` takes numbers, not the text '4'."],
    ['-name', 'name', '`name` is a name, and `-` takes numbers.'],
    ['day + 1', 'day + 1', '`day` is a date, and `+` only joins it with the number 1: write later(day, 1).'],
    [
      '1 + time',
      'time',
      "`time` is a time, and `+` only joins it with the number 1: write later(time, '2h').",
    ],
    [
      'stay + party',
      'stay + party',
      '`stay` is a duration, and `+` only joins it with `party`, which is an integer: write stay.minutes.',
    ],
    ['member + 1', 'member + 1', '`member` is true or false, and `+` takes numbers.'],
  ])('%s', (source, at, message) => {
    expect(slip(source)).toEqual(['wrong-type', at, message]);
  });
});

describe('a function that is given what it cannot work on', () => {
  it.each([
    [
      "days('soon')",
      "'soon')",
      "days takes a date or a moment, but is given the text 'soon': write days(from, to?).",
    ],
    [
      'days(day, time)',
      'time)',
      'days takes a date or a moment, but is given `time`, which is a time: write days(from, to?).',
    ],
    [
      "later(day, 'soon')",
      "'soon')",
      "later takes a duration such as '2h' or 'PT90M', or a number of days, but is given the text 'soon': write later(moment, duration).",
    ],
    [
      'later(party, 1)',
      'party, 1)',
      'later takes a date, a time or a moment, but is given `party`, which is an integer: write later(moment, duration).',
    ],
    ['at(day, day)', 'day)', 'at takes a time, but is given `day`, which is a date: write at(date, time).'],
    [
      'max(1, party, name)',
      'name)',
      'max takes a number, but is given `name`, which is a name: write max(number, …).',
    ],
    ["round('2')", "'2')", "round takes a number, but is given the text '2': write round(number, places?)."],
    [
      'len(party)',
      'party)',
      'len takes a text, a list or an object, but is given `party`, which is an integer: write len(value).',
    ],
    [
      'upper(member)',
      'member)',
      'upper takes a text, but is given `member`, which is true or false: write upper(text).',
    ],
    [
      'spell(dishes)',
      'dishes)',
      'spell takes a text or a number, but is given `dishes`, which is a list: write spell(value).',
    ],
    [
      'contains(party, 1)',
      'party, 1)',
      'contains takes a text or a list, but is given `party`, which is an integer: write contains(whole, part).',
    ],
  ])('%s', (source, at, message) => {
    expect(slip(source)).toEqual(['wrong-type', at, message]);
  });
});

describe('a condition that decides nothing', () => {
  it.each([
    ['true', 'true', '`true` is always true here, so it decides nothing.'],
    ["'monday'", "'monday'", "`'monday'` is always true here, so it decides nothing."],
    ['0', '0', '`0` is always false here, so it decides nothing.'],
    ["size == 'small' || 'large'", "'large'", "`'large'` is always true here, so it decides nothing."],
    ["!(member && 'x')", "'x')", "`'x'` is always true here, so it decides nothing."],
    ['user', 'user', '`user` is always true here, so it decides nothing.'],
  ])('%s', (source, at, message) => {
    expect(slip(source, 'condition')).toEqual(['constant-condition', at, message]);
  });

  it('is found within an expression as well', () => {
    expect(slip("'a' ? party : 1")).toEqual([
      'constant-condition',
      "'a' ? party : 1",
      "`'a'` is always true here, so it decides nothing.",
    ]);
  });

  it('is no matter of an expression whose value counts', () => {
    for (const source of ["'gold'", 'true', "name || 'friend'", "member ? 'a' : 'b'", 'party ?? 2', 'user']) {
      expect(typeSlips(source, 'expression', types)).toEqual([]);
    }
  });
});

describe('what may be right', () => {
  it.each([
    "day.weekday != 'monday'",
    "day == '2026-03-04' || day >= '2026-03' || day > '2026'",
    'day == null && party != null && size == null',
    "time >= '19:00' && time.hour < 22",
    'visit > day && visit > now() && day > visit',
    "stay < 'PT2H' && stay.minutes > 30",
    "price.amount > 20 && price.currency == 'EUR'",
    "mobile.country == 'US' || caller.country == 'CZ'",
    "size == 'small' || size == 'large' || 'small' == size",
    "code == '0123' && code + 1 == '01231'",
    "name == 'Ana' && name.length > 2 && name[0] == 'A'",
    "note == '2026-03-04' && note.weekday == 'monday' && note > day",
    'rating > 4.5 && rating == 4 && party == rating && party == 4',
    'member == true && !member && (member || party)',
    "offer.free && offer.price.amount > 3 && offer['price'].amount",
    "table.anything.at[party].all > 5 && table == 'x' && table * 2 > 1",
    'unknown.name > 5',
    "kind == 'lage'",
    "user.last_party > 4 && session.attributes.x == 'y' && session.from == caller.phone",
    "app.city == 'Praha' && app.max_party >= party && app.hours.monday < time",
    "later(day, '1d').weekday == 'sunday' && later(day, 3) > today()",
    "later(time, '-30m') > time() && later(visit, stay) > now()",
    "days(day) >= 1 && days(visit, day) < 2 && days(note) == 1 && days('2026-03-04T10:00') > 1",
    'at(day, time) > now()',
    "(member ? 'small' : 'large') == size",
    "'for ' + party + ' on ' + day + null",
    'max(party, rating, 3) > min(1, party)',
    "len(dishes) > 1 && contains(dishes, 'soup') && dishes[0] == 'soup' && dishes.length",
    "number(code) + 1 > -5 && digits(code) == '1 2'",
    "(name || 'friend') == 'friend' && (party ?? 2) > 1",
    '1 < 2',
  ])('%s', (source) => {
    expect(typeSlips(source, 'condition', types)).toEqual([]);
  });

  it('and what cannot be read is the matter of others', () => {
    for (const source of ['', '((', 'day ===', 'day = 5', '{{ day', 'nobody(day > 5', '!'.repeat(3000)]) {
      expect(typeSlips(source, 'condition', types)).toEqual([]);
      expect(typeOfExpression(source, types)).toBe('value');
    }
    expect(typeSlips('{{ day.weekdya', 'template', types)).toEqual([]);
  });
});

describe('a template', () => {
  it('has the slips of its expressions, by their place in the text', () => {
    const source = 'On {{ day.weekdya }} for {{party + 1}} and {{ name * 2 }}.';
    expect(typeSlips(source, 'template', types)).toEqual([
      {
        code: 'unknown-part',
        message: '`day` is a date and has no `weekdya`; did you mean `weekday`?',
        offset: source.indexOf('weekdya'),
      },
      {
        code: 'wrong-type',
        message: '`name` is a name, and `*` takes numbers.',
        offset: source.indexOf('name'),
      },
    ]);
  });
});

describe('everything that is wrong', () => {
  it('is told at once, in the order in which it is worked out', () => {
    const source = "day.weekdya == 'monday' && (party == 'four' ? -name : table[day > 5])";
    expect(
      typeSlips(source, 'expression', types).map(({ offset }) => source.slice(offset).split(/[ )\]]/)[0]),
    ).toEqual(['weekdya', "'four'", 'name', '5']);
  });
});

describe('the type of an expression', () => {
  it.each<[string, StaticType]>([
    ['party', 'integer'],
    ['party + 1', 'number'],
    ['party * party', 'integer'],
    ['party / 2', 'number'],
    ["'a' + party", 'text'],
    ['day.weekday.length', 'integer'],
    ['day > time', 'boolean'],
    ['!party', 'boolean'],
    ['-5', { is: -5 }],
    ["'gold'", { of: ['gold'] }],
    ['null', { is: null }],
    ["member ? 'a' : 'b'", { of: ['a', 'b'] }],
    ['party ?? rating', 'number'],
    ["name || 'friend'", 'text'],
    ['member ? 1 : name', 'value'],
    ['price.amount', 'number'],
    ['offer.price', 'money'],
    ['later(day, 1)', 'date'],
    ['later(note, 1)', 'value'],
    ['at(day, time)', 'datetime'],
    ['unknown', 'value'],
    ['dishes[0]', 'value'],
  ])('%s', (source, expected) => {
    expect(typeOfExpression(source, types)).toEqual(expected);
  });

  it('of a constant is told by its shape, since another of its kind may stand there', () => {
    const constant = {
      city: 'Prague',
      open: '09:00',
      since: '2020-01-01',
      seats: 40,
      rate: 0.5,
      on: true,
      no: null,
    };
    expect(typeOfValue({ ...constant, list: [1], deep: { phone: '+14155550123' } })).toEqual({
      members: {
        city: 'text',
        open: 'time',
        since: 'date',
        seats: 'integer',
        rate: 'number',
        on: 'boolean',
        no: 'value',
        list: 'list',
        deep: { members: { phone: 'phone' }, open: false },
      },
      open: false,
    });
  });

  it('of one or the other is what both are', () => {
    const one = typeOfValue({ city: 'Prague', seats: 40, deep: { a: 1 } });
    const other = typeOfValue({ city: '2026-03-04', seats: 'many', deep: { b: 1.5 } });
    expect(eitherType(one, other)).toEqual({
      members: {
        city: 'text',
        seats: 'value',
        deep: { members: { a: 'integer', b: 'number' }, open: false },
      },
      open: false,
    });
    expect(eitherType('date', 'date')).toBe('date');
    expect(eitherType('date', 'integer')).toBe('value');
    expect(eitherType('list', 'list')).toBe('list');
  });
});

describe('the types that are told', () => {
  const samples: [string, string, Value][] = [
    ['day', 'date', '2026-03-04'],
    ['time', 'time', '19:05'],
    ['visit', 'datetime', '2026-03-04T19:05:00+01:00'],
    ['stay', 'duration', 'PT1H'],
    ['mobile', 'phone', '+14155550123'],
    ['price', 'money', { amount: 5, currency: 'EUR' }],
  ];
  const parts = [
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

  it.each(samples)('know the parts of `%s` that a %s really has, and no others', (name, _, value) => {
    for (const part of [...parts, 'amount', 'currency', 'length']) {
      const known = typeSlips(`${name}.${part}`, 'expression', types).length === 0;
      expect([part, known]).toEqual([part, own(value, part) !== null]);
    }
  });

  it('are given by the functions as they are told', () => {
    const env = { now: Date.parse('2026-03-03T10:00:00Z'), locale: 'en', zone: 'UTC' };
    const given: { [takes: string]: Value } = {
      any: 1,
      text: 'a',
      number: 1.5,
      'text or number': '12',
      'text or list': ['a'],
      'text, list or object': 'abc',
      date: '2026-03-04',
      time: '19:00',
      'date or moment': '2026-03-04',
      'date, time or moment': '2026-03-04',
      'duration or days': 'PT24H',
    };
    const told = Object.entries(functions).map(([name, { takes, gives, least, call }]) => {
      const args = Array.from(
        { length: least },
        (_, index) => given[takes[index] ?? takes.at(-1) ?? 'any'] ?? null,
      );
      return [name, gives === 'same' ? 'date' : gives, call(env, args)] as const;
    });
    for (const [name, gives, value] of told) {
      const type = typeOfValue(value);
      const wanted =
        gives === 'number' ? ['number', 'integer'] : gives === 'text' ? ['text', 'digits'] : [gives];
      expect([name, wanted]).toEqual([name, expect.arrayContaining([type])]);
    }
  });
});

describe('whatever the source and the types', () => {
  const operand = fc.constantFrom(
    ...types.keys(),
    "'a'",
    '5',
    'null',
    'true',
    "'2026-03-04'",
    'today()',
    'x',
  );
  const operator = fc.constantFrom(
    '+',
    '-',
    '*',
    '==',
    '!=',
    '<',
    '>=',
    '&&',
    '||',
    '??',
    '.',
    '? 1 :',
    ')(',
    '[',
    ']',
  );
  const sources = fc
    .array(fc.tuple(operand, operator), { maxLength: 5 })
    .chain((parts) => operand.map((last) => `${parts.flat().join(' ')} ${last}`));

  it('nothing is thrown, and every slip stands within the source', () => {
    fc.assert(
      fc.property(fc.oneof(sources, fc.string()), (source) => {
        for (const kind of ['expression', 'condition', 'template'] as const) {
          for (const { offset, message } of typeSlips(source, kind, types)) {
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(offset).toBeLessThan(source.length);
            expect(message).toMatch(/[.?]$/);
          }
        }
        typeOfExpression(source, types);
      }),
      { numRuns: 3000 },
    );
  });
});
