import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffhookError } from '../../runtime/errors.ts';
import { functions, parseExpression, parseTemplate, truthy } from '../../runtime/dialogue/expression.ts';
import type { Scope, Value } from '../../runtime/dialogue/protocol.ts';
import { spoken } from '../../runtime/dialogue/spoken.ts';

const env = { now: Date.parse('2026-03-03T10:00:00Z'), locale: 'en-US', zone: 'Europe/Prague' };
const scope: Scope = {
  party: 4,
  name: 'Ana',
  nothing: null,
  dishes: ['soup', 'fish', 'cake'],
  nested: { 'two words': { deep: [10, 20, { end: true }] } },
  session: { isInitiated: false, attributes: { time: '20:00' } },
  key: 'deep',
};

const value = (source: string, names: Scope = scope): Value => parseExpression(source).evaluate(names, env);

const said = (source: string, names: Scope = scope, locale = 'en-US'): string =>
  parseTemplate(source).render(names, { ...env, locale });

interface Problem {
  message: string;
  offset: unknown;
  length: unknown;
}

/** Null where it was accepted; throws whatever is no `bad-expression`. */
function problemOf(parse: () => unknown): Problem | null {
  try {
    parse();
  } catch (thrown) {
    if (!(thrown instanceof OffhookError) || thrown.code !== 'bad-expression') throw thrown;
    return { message: thrown.message, offset: thrown.detail?.offset, length: thrown.detail?.length };
  }
  return null;
}

function problem(parse: () => unknown): Problem {
  const found = problemOf(parse);
  if (!found) throw new Error('It was accepted.');
  return found;
}

describe('an expression', () => {
  it.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 % 4 - 10 / 4', 0.5],
    ['-party', -4],
    ['+party', 4],
    ['!party', false],
    ['"Table for " + party', 'Table for 4'],
    ["'a' + nothing + 1 + true", 'a1true'],
    ['1 + 2 + "3"', '33'],
    ['party >= 4 && party < 5', true],
    ["'2026-03-03' < '2026-03-10'", true],
    ['party == 4 ? "four" : "other"', 'four'],
    ['nothing ?? name', 'Ana'],
    ['nothing || 0 || "last"', 'last'],
    ['0 ?? 1', 0],
    ['party && name', 'Ana'],
    ['session.attributes.time', '20:00'],
    ['session["attributes"]["time"]', '20:00'],
    ['nested["two words"][key][party - 3]', 20],
    ['nested["two words"].deep[2].end', true],
    ['dishes[0]', 'soup'],
    ['dishes.length', 3],
    ['name.length', 3],
    ['name[1]', 'n'],
    ['("abc")[2]', 'c'],
    ['null', null],
    ['.5', 0.5],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  it.each([
    'missing',
    'missing.name.name',
    'nothing.name',
    'party.name',
    'nothing + 1',
    'nothing * 2',
    'name * 2',
    '-name',
    '-nothing',
    '1 / 0',
    '0 / 0',
    'true + 1',
    'dishes + 1',
    'dishes + "x"',
    'dishes[9]',
    'dishes[-1]',
    'dishes[0.5]',
    'dishes[nothing]',
    'session[session]',
  ])('%s is nothing, and does not throw', (source) => {
    expect(value(source)).toBeNull();
  });

  it.each(['nothing < 1', 'nothing >= 0', '"10" < 9', 'true > false', 'dishes < 4'])(
    '%s compares what has no order, and is false',
    (source) => {
      expect(value(source)).toBe(false);
    },
  );

  it('compares without converting', () => {
    expect(value("'3' == 3")).toBe(false);
    expect(value("'3' != 3")).toBe(true);
    expect(value('nothing == missing')).toBe(true);
    expect(value('nothing == 0')).toBe(false);
    expect(value('nothing == false')).toBe(false);
  });

  it('compares lists and objects by what they hold, because state goes through JSON', () => {
    const names = {
      one: { a: [1, { b: 2 }] },
      other: { a: [1, { b: 2 }] },
      third: { a: [1, { c: 2 }] },
      list: [],
    };
    expect(value('one == other', names)).toBe(true);
    expect(value('one == third', names)).toBe(false);
    expect(value('list == one', names)).toBe(false);
  });

  it.each(['constructor', 'toString', '__proto__', 'valueOf', 'hasOwnProperty'])(
    'never reaches the inherited %s',
    (inherited) => {
      for (const source of [
        inherited,
        `session.${inherited}`,
        `session['${inherited}']`,
        `session[what]`,
        `dishes.${inherited}`,
        `name.${inherited}`,
        `party.${inherited}`,
        `''.${inherited}`,
      ]) {
        expect(value(source, { ...scope, what: inherited })).toBeNull();
      }
    },
  );

  it('reads a property of an unlucky name that the value itself has', () => {
    const names: Scope = JSON.parse('{"x": {"__proto__": 1, "constructor": 2}}');
    expect(value('x.__proto__ + x.constructor', names)).toBe(3);
  });

  it('stops a text that doubles itself at 20,000 characters', () => {
    let text: Value = 'ha';
    for (let round = 0; round < 30; round++) text = value('text + text', { text });
    expect(text).toHaveLength(20_000);
  });

  it('has an if that goes by the same truth as JavaScript', () => {
    expect([null, false, 0, ''].map(truthy)).toEqual([false, false, false, false]);
    expect([true, 1, 'no', [], {}].map(truthy)).toEqual([true, true, true, true, true]);
  });
});

describe('the names that an expression reads', () => {
  it('are found with their paths and places', () => {
    const source = 'len(session.attributes.time) > 2 && user["name"] == dishes[party].x';
    const { references } = parseExpression(source);
    expect(references.map(({ path }) => path.join('/'))).toEqual([
      'session/attributes/time',
      'user/name',
      'dishes',
      'party',
    ]);
    expect(references.map(({ offset, length }) => source.slice(offset, offset + length))).toEqual([
      'session.attributes.time',
      'user["name"]',
      'dishes',
      'party',
    ]);
  });

  it('do not hold a property that is called like a name', () => {
    expect(parseExpression('(a.b).c + "a"').references.map(({ path }) => path)).toEqual([['a', 'b']]);
  });
});

describe('what is no expression', () => {
  it.each<[string, string, number, number]>([
    ['', 'An expression is empty.', 0, 0],
    ['  ', 'An expression is empty.', 0, 2],
    ['a === 3', '"a === 3" is not allowed in an expression: write == instead, which never converts.', 0, 7],
    [
      'x && a !== 3',
      '"a !== 3" is not allowed in an expression: write != instead, which never converts.',
      5,
      7,
    ],
    [
      'a = 3',
      '"a = 3" is not allowed in an expression: write == to compare; an expression cannot assign.',
      0,
      5,
    ],
    ['a += 1', '"a += 1" is not allowed in an expression: an expression cannot assign; use set.', 0, 6],
    ['a++', '"a++" is not allowed in an expression: an expression cannot assign; use set.', 0, 3],
    ['a?.b', '"a?.b" is not allowed in an expression: write . for ?. since . on nothing gives null.', 0, 4],
    ['`a`', '"`a`" is not allowed in an expression: join texts with +.', 0, 3],
    ['[1, 2]', '"[1, 2]" is not allowed in an expression: an expression makes no lists.', 0, 6],
    ['({})', '"{}" is not allowed in an expression: an expression makes no objects.', 1, 2],
    ['new Date()', '"new Date()" is not allowed in an expression: an expression makes no objects.', 0, 10],
    ['() => 1', '"() => 1" is not allowed in an expression: an expression makes no functions.', 0, 7],
    ['this.x', '"this" is not allowed in an expression: write the name of a value.', 0, 4],
    ['a, b', '"a, b" is not allowed in an expression: an expression is one value.', 0, 4],
    ['a & b', '"a & b" is not allowed in an expression: there is no &.', 0, 5],
    ['2 ** 3', '"2 ** 3" is not allowed in an expression: there is no **.', 0, 6],
    ['typeof a', '"typeof a" is not allowed in an expression: there is no typeof.', 0, 8],
    ['"a" in b', '""a" in b" is not allowed in an expression: there is no in.', 0, 8],
    [
      '/a/',
      '"/a/" is not allowed in an expression: write texts, numbers, true, false, null, names, operators and functions.',
      0,
      3,
    ],
    [
      '10n',
      '"10n" is not allowed in an expression: write texts, numbers, true, false, null, names, operators and functions.',
      0,
      3,
    ],
    [
      'len(...a)',
      '"...a" is not allowed in an expression: write texts, numbers, true, false, null, names, operators and functions.',
      4,
      4,
    ],
    ['undefined', 'Write null for "undefined".', 0, 9],
    ['a /* why */', 'An expression cannot hold a comment.', 2, 9],
    ['a <!-- b', 'An expression cannot hold a comment.', 2, 6],
    ['a and b', '"a and b" is not an expression: "and" is not expected there; write && for "and".', 2, 3],
    ['not a', '"not a" is not an expression: "a" is not expected there; write ! for "not".', 4, 1],
    ['a b', '"a b" is not an expression: "b" is not expected there; for a text write "\'a b\'".', 2, 1],
    ['a )', '"a )" is not an expression: ")" is not expected there.', 2, 1],
    ['a == ', '"a ==" ends before the expression is complete.', 5, 0],
    ['(a', '"(a" ends before the expression is complete.', 2, 0],
    ["'a", '"\'a" is not an expression: Unterminated string constant.', 0, 1],
    ['len()', 'len is given 0 values: write len(value).', 0, 5],
    ['1 + round(1, 2, 3)', 'round is given 3 values: write round(number, places?).', 4, 14],
  ])('%s is refused', (source, message, offset, length) => {
    const trimmed = message.replace('"a == "', '"a =="');
    const found = problem(() => parseExpression(source));
    expect({ ...found, message: found.message.replace('"a == "', '"a =="') }).toEqual({
      message: trimmed,
      offset,
      length,
    });
  });

  it.each(['eval("1")', 'session.toString()', 'constructor("x")', '__proto__()', 'len.call(1)'])(
    '%s calls what is no registered function',
    (source) => {
      expect(problem(() => parseExpression(source)).message).toMatch(
        /^"[^"]+" cannot be called: the functions are at, contains, days, digits, later, len, /,
      );
    },
  );

  it('is longer than 2,000 characters', () => {
    expect(problem(() => parseExpression(`"${'a'.repeat(2000)}"`)).message).toBe(
      'An expression has 2002 characters, but may have 2000.',
    );
    expect(value(`"${'a'.repeat(1998)}"`)).toHaveLength(1998);
  });

  it.each([
    '('.repeat(999) + '1' + ')'.repeat(999),
    '!'.repeat(1999) + 'a',
    `${'a+'.repeat(999)}a`,
    `a${'.b'.repeat(999)}`,
    `a${'[a'.repeat(400)}${']'.repeat(400)}`,
    `${'a?b:'.repeat(499)}c`,
  ])('is nested too deeply (%#)', (source) => {
    expect(problem(() => parseExpression(source)).message).toBe('An expression is nested too deeply.');
  });
});

describe('the functions of expressions', () => {
  it.each<[string, Value]>([
    ['contains(dishes, "fish")', true],
    ['contains(dishes, "meat")', false],
    ['contains(name, "na")', true],
    ['contains(nothing, "a")', false],
    ['days("2026-03-03", "2026-03-10")', 7],
    ['days("2026-03-10", "2026-03-03")', -7],
    ['days("2026-03-05T10:00:00Z")', 2],
    ['days(now())', 0],
    ['days("soon")', null],
    ['days("2026-03-04")', 1],
    ['days("2026-03-03")', 0],
    ['days("2026-03-04", "2026-03-03T23:30:00Z")', 0],
    ['days("2026-03-04", "2026-03-03T23:30:00-05:00")', -1],
    ['days("2026-03-29", "2026-03-30T00:30:00+02:00")', 1],
    ['days("2026-03-05T10:00")', 1],
    ['days("2026-02-30")', null],
    ['days(0, 86400000)', 1],
    ['at("2026-03-04", "19:00")', '2026-03-04T19:00:00+01:00'],
    ['at("2026-07-04", "19:00:30")', '2026-07-04T19:00:30+02:00'],
    ['at("2026-03-29", "02:30")', '2026-03-29T03:30:00+02:00'],
    ['at("2026-10-25", "02:30")', '2026-10-25T02:30:00+02:00'],
    ['at("19:00", "2026-03-04")', null],
    ['at("2026-03-04", nothing)', null],
    ['later("2026-03-04", "1d")', '2026-03-05'],
    ['later("2026-03-04", 7)', '2026-03-11'],
    ['later("2026-03-04", -4)', '2026-02-28'],
    ['later("2026-01-31", "P1M")', '2026-02-28'],
    ['later("2026-01-31", "-P1Y")', '2025-01-31'],
    ['later("2026-03-04", "PT36H")', '2026-03-05'],
    ['later("19:00", "90m")', '20:30'],
    ['later("23:30", "PT45M")', '00:15'],
    ['later("00:15", "-PT30M")', '23:45'],
    ['later("2026-03-04T19:00:00+01:00", "P1DT2H")', '2026-03-05T21:00:00+01:00'],
    ['later("2026-03-28T10:00:00+01:00", "1d")', '2026-03-29T10:00:00+02:00'],
    ['later("2026-03-28T10:00:00+01:00", 1)', '2026-03-29T10:00:00+02:00'],
    ['later("2026-03-28T10:00:00+01:00", "24h")', '2026-03-29T11:00:00+02:00'],
    ['later("2026-03-28T10:00:00+01:00", "P1M")', '2026-04-28T10:00:00+02:00'],
    ['later("2026-10-25T02:30:00+02:00", "30m")', '2026-10-25T02:00:00+01:00'],
    ['later("2026-03-28T10:00:00+03:00", "1d")', '2026-03-29T10:00:00+03:00'],
    ['later("2026-03-28T10:00:00+01:00", 1.5)', '2026-03-29T22:00:00+02:00'],
    ['later(now(), "-1h")', '2026-03-03T09:00:00Z'],
    ['later("9999-12-31", 1)', null],
    ['later("2026-03-04", "soon")', null],
    ['later("soon", 1)', null],
    ['later(nothing, 1)', null],
    ['later("2026-03-04", nothing)', null],
    ['today()', '2026-03-03'],
    ['time()', '11:00'],
    ['today().weekday', 'tuesday'],
    ['digits("+1 (415) 555")', '1 4 1 5 5 5 5'],
    ['digits(nothing)', null],
    ['len("žluťák")', 6],
    ['len(dishes)', 3],
    ['len(session)', 2],
    ['len(nothing)', 0],
    ['lower("ÁB") + upper("čd")', 'ábČD'],
    ['lower(3)', null],
    ['max(1, party, 3)', 4],
    ['min(1, nothing)', null],
    ['now()', '2026-03-03T10:00:00.000Z'],
    ['number(" 12 ") + 1', 13],
    ['number("-1.5")', -1.5],
    ['number("1e3")', null],
    ['number("")', null],
    ['number(true)', null],
    ['round(2.5)', 3],
    ['round(2.345, 2)', 2.35],
    ['round("2")', null],
    ['round(-0.2)', 0],
    ['spell("AB 12")', 'A B 1 2'],
    ['spell(415)', '4 1 5'],
  ])('%s is %j', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  it('are all documented by their usage', () => {
    for (const [name, { usage, about, least, most, takes }] of Object.entries(functions)) {
      expect(usage.startsWith(`${name}(`)).toBe(true);
      expect(about).toMatch(/^[A-Z].*\.$/);
      expect(least).toBeLessThanOrEqual(most);
      expect(takes.length).toBeLessThanOrEqual(most);
      expect(takes.length > 0).toBe(most > 0);
    }
  });

  it.each([
    ['America/Los_Angeles', '2026-03-03', '02:00'],
    ['Pacific/Auckland', '2026-03-03', '23:00'],
    ['Pacific/Kiritimati', '2026-03-04', '00:00'],
    ['Asia/Kathmandu', '2026-03-03', '15:45'],
    ['No/Where', '2026-03-03', '10:00'],
  ])('tell the day and the time of day in %s', (zone, day, time) => {
    expect(parseExpression('today()').evaluate(scope, { ...env, zone })).toBe(day);
    expect(parseExpression('time()').evaluate(scope, { ...env, zone })).toBe(time);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1e17, 1e17])(
    'give nothing at %d, which no clock shows',
    (now) => {
      for (const source of ['now()', 'today()', 'time()', 'days("2026-03-03")']) {
        expect(parseExpression(source).evaluate(scope, { ...env, now })).toBeNull();
      }
    },
  );
});

describe('a template', () => {
  it('without {{ }} is a constant', () => {
    expect(parseTemplate('Hello } there {').constant).toBe('Hello } there {');
    expect(parseTemplate('Hello {{ name }}').constant).toBeNull();
    expect(said('Hello.')).toBe('Hello.');
  });

  it('says its values', () => {
    expect(said('{{name}}: a table for {{ party }}, {{ party > 2 }}.')).toBe('Ana: a table for 4, yes.');
    expect(said("{{ \"a }} b\" }}{{ 'it\\'s' }}")).toBe("a }} bit's");
  });

  it('never parses a value again', () => {
    expect(said('{{ x }}', { x: '{{ y }} <b>', y: 'secret' })).toBe('{{ y }} <b>');
  });

  it.each([
    ['Hello {{ nothing }}, hi.', 'Hello, hi.'],
    ['Hello {{ nothing }} there', 'Hello there'],
    ['{{ nothing }} Hello', 'Hello'],
    ['Hello {{ nothing }}', 'Hello'],
    ['Hello {{ nothing }} {{ nothing }}.', 'Hello.'],
    ['{{ nothing }}', ''],
    ['A  B {{ party }}', 'A  B 4'],
    ['One.\n{{ nothing }}\nTwo.', 'One.\n\nTwo.'],
  ])('closes up where a value is nothing: %j is said %j', (source, expected) => {
    expect(said(source)).toBe(expected);
  });

  it('says what it knows of days and times in the words of the caller, in their zone', () => {
    const names = { party: 4, day: '2026-03-04', time: '19:00', start: '2026-03-04T18:30:00.000Z' };
    const line = 'A table for {{ party }} on {{ day }} at {{ time }}. Is that right?';
    expect(said(line, names)).toBe('A table for 4 on Wednesday, March 4 at 7 PM. Is that right?');
    expect(said('{{ start }}', names, 'de')).toBe('Mittwoch, 4. März um 19:30 Uhr');
  });

  it('spells what it is told to spell, where it stands alone', () => {
    const template = parseTemplate('{{ pin }}, {{pin}}, {{ pin + "" }}, {{ other }}', {
      spell: new Set(['pin']),
    });
    expect(template.render({ pin: '123', other: '123' }, env)).toBe('1 2 3, 1 2 3, 123, 123');
    expect(parseTemplate('PIN {{ pin }}', { spell: new Set(['pin']) }).render({ pin: null }, env)).toBe(
      'PIN',
    );
  });

  it('is masked where it reads a sensitive name, whatever it does with it', () => {
    const template = parseTemplate(
      'Card {{ card }}, ending in {{ spell(card[2]) }}, for {{ name }}{{ nothing ? card : "!" }}',
    );
    const names = { card: '4111', name: 'Ana', nothing: null };
    expect(template.mask(names, env, new Set(['card']))).toBe('Card …, ending in …, for Ana…');
    expect(template.mask({ ...names, card: null }, env, new Set(['card']))).toBe(
      'Card …, ending in …, for Ana…',
    );
    expect(template.render(names, env)).toBe('Card 4111, ending in 1, for Ana!');
  });

  it.each(['Nothing here', 'For {{ name }}', "{{ 'card' }}", '{{ name.card }}'])(
    'has nothing to mask in %s',
    (source) => {
      expect(parseTemplate(source).mask(scope, env, new Set(['card']))).toBeNull();
    },
  );

  it('tells where its expressions begin', () => {
    const source = 'On {{ day }} at {{time}}.';
    const found = parseTemplate(source).expressions;
    expect(found.map(({ expression, offset }) => [expression.source, offset])).toEqual([
      ['day', 6],
      ['time', 18],
    ]);
    for (const { expression, offset } of found) {
      expect(source.slice(offset, offset + expression.source.length)).toBe(expression.source);
    }
  });

  it.each<[string, string, number, number]>([
    ['Hi {{ name', '"{{ name" opens with {{ but has no }}.', 3, 2],
    ['Hi {{ "}}" ', '"{{ "}}" " opens with {{ but has no }}.', 3, 2],
    ['Hi {{  }}', '{{ }} holds no expression.', 3, 6],
    [
      'Hi {{ a === b }}',
      '"a === b" is not allowed in an expression: write == instead, which never converts.',
      6,
      7,
    ],
  ])('%s is refused', (source, message, offset, length) => {
    expect(problem(() => parseTemplate(source))).toEqual({ message, offset, length });
  });
});

describe('whatever the source', () => {
  const names = fc.constantFrom('a', 'b', 'session', 'constructor', '__proto__', 'toString', 'length', 'x');
  const { source: grammar } = fc.letrec<{ source: string }>((tie) => ({
    source: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        names,
        fc.integer().map(String),
        fc.constantFrom('null', 'true', "'__proto__'", "'a'", '0', '""'),
      ),
      fc
        .tuple(
          tie('source'),
          fc.constantFrom('+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', '&&', '||'),
          tie('source'),
        )
        .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
      fc.tuple(tie('source'), names).map(([object, name]) => `(${object}).${name}`),
      fc.tuple(tie('source'), tie('source')).map(([object, key]) => `(${object})[${key}]`),
      fc
        .tuple(tie('source'), tie('source'), tie('source'))
        .map(([test, yes, no]) => `(${test}) ? (${yes}) : (${no})`),
      fc.tuple(fc.constantFrom('!', '- '), tie('source')).map(([operator, one]) => `${operator}(${one})`),
      fc
        .tuple(fc.constantFrom(...Object.keys(functions)), tie('source'), tie('source'))
        .map(([name, one, other]) => {
          const { least } = functions[name]!;
          return `${name}(${[one, other].slice(0, least).join(', ')})`;
        }),
    ),
  }));
  const scopes = fc.dictionary(
    names,
    fc.jsonValue().map((json): Value => JSON.parse(JSON.stringify(json))),
  );

  it('evaluating gives JSON and never throws', () => {
    fc.assert(
      fc.property(grammar, scopes, (source, scopeGiven) => {
        fc.pre(source.length <= 2000);
        const found = parseExpression(source).evaluate(scopeGiven, env);
        expect(JSON.parse(JSON.stringify(found))).toEqual(found);
        expect(typeof spoken(found, 'en')).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });

  it('nothing inherited is found, even where somebody has added to what everything inherits', () => {
    const marked = 'a thing that everything inherits';
    for (const prototype of [Object.prototype, Array.prototype, String.prototype, Number.prototype]) {
      Object.defineProperty(prototype, 'x', { value: marked, configurable: true });
    }
    try {
      fc.assert(
        fc.property(grammar, (source) => {
          fc.pre(source.length <= 2000);
          const found = parseExpression(source).evaluate({ a: { b: [1, 'b'] }, session: {} }, env);
          expect(JSON.stringify(found)).not.toContain(marked);
        }),
        { numRuns: 1000 },
      );
    } finally {
      for (const prototype of [Object.prototype, Array.prototype, String.prototype, Number.prototype]) {
        Reflect.deleteProperty(prototype, 'x');
      }
    }
  });

  it('parsing throws nothing but bad-expression, with a place inside the source', () => {
    const tokens = fc
      .array(
        fc.constantFrom(
          ...'a b . ?. [ ] ( ) { } + - ++ === == = ! ? : , ; ` ${ } " \' / // /* */ # @ \\ => ... 1 1n 0x 1e 1e999'.split(
            ' ',
          ),
          ...'new this async await yield function class let of in instanceof typeof import super eval \n'.split(
            ' ',
          ),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(tokens, fc.string({ maxLength: 40 }), fc.string({ unit: 'binary' })), (source) => {
        for (const found of [
          problemOf(() => parseExpression(source)),
          problemOf(() => parseTemplate(source)),
        ]) {
          expect(found?.offset ?? 0).toBeGreaterThanOrEqual(0);
          expect(Number(found?.offset ?? 0) + Number(found?.length ?? 0)).toBeLessThanOrEqual(source.length);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('a template holds every value as it is said', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(said('[{{ text }}]', { text })).toBe(`[${spoken(text, 'en-US', env)}]`);
      }),
    );
  });
});
