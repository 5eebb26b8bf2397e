import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonSlip, readJson, type PlacedValue } from '../../runtime/cli/json-places.ts';
import { peopleOfJson } from '../../runtime/cli/people-json.ts';
import type { PersonRow, UnreadRow } from '../../runtime/cli/people.ts';
import type { OffhookError } from '../../runtime/errors.ts';

const read = (text: string) => {
  const rows = peopleOfJson(text, 'people.json');
  return {
    people: rows.flatMap(({ kind, ...row }) => (kind === 'person' ? [row as Omit<PersonRow, 'kind'>] : [])),
    unread: rows.flatMap(({ kind, ...row }) => (kind === 'unread' ? [row as Omit<UnreadRow, 'kind'>] : [])),
  };
};
const at = (line: number, column: number) => ({ file: 'people.json', line, column });

describe('people in JSON', () => {
  test('have a number, a language, a moment, and attributes of any kind', () => {
    const text = `[
  {"to": "+14155550123", "locale": "cs-CZ", "at": "2026-03-04T19:00:00Z", "guests": 4,
   "attributes": {"name": "Ana", "seats": ["window", null]}},
  {"name": null, "to": "+14155550124", "locale": null}
]`;
    expect(read(text)).toEqual({
      people: [
        {
          to: '+14155550123',
          locale: 'cs-CZ',
          at: '2026-03-04T19:00:00Z',
          attributes: { guests: 4, name: 'Ana', seats: ['window', null] },
          places: { row: at(2, 3), to: at(2, 10), locale: at(2, 36), at: at(2, 51) },
        },
        {
          to: '+14155550124',
          locale: null,
          at: null,
          attributes: {},
          places: { row: at(4, 3), to: at(4, 24), locale: at(4, 3), at: at(4, 3) },
        },
      ],
      unread: [],
    });
  });

  test('that cannot be read are told of with their place; the others are read', () => {
    const text = `\ufeff[
"+14155550123",
{"name": "Ana"},
{"to": 14155550123},
{"to": "+1", "to": "+2"},
{"to": "+1", "name": "Ana", "attributes": {"name": "Bo"}},
{"to": "+1", "attributes": ["Ana"]},
{"to": "+14155550129"}
]`;
    const { people, unread } = read(text);
    expect(people.map(({ to }) => to)).toEqual(['+14155550129']);
    expect(unread.map(({ code, message, place: { line, column } }) => [code, message, line, column])).toEqual(
      [
        ['bad-row', 'It should be an object, such as {"to": "+14155550123"}.', 2, 1],
        ['no-number-given', 'The row has no number in "to".', 3, 1],
        ['bad-row', '"to" should be a text in double quotes.', 4, 8],
        ['bad-row', '"to" is there twice.', 5, 14],
        ['bad-row', '"name" is there twice.', 6, 44],
        ['bad-row', '"attributes" should be an object.', 7, 28],
      ],
    );
  });

  test.each([
    ['{"to": "+1"}', 'It should be a list, such as [{"to": "+14155550123"}].', 1, 1],
    ['', 'The file ends where a value should be.', 1, 1],
    ['[\n  {"to": "+1"},\n]', 'There is "]" where a value should be.', 3, 1],
    ["[{'to': 1}]", `There is "'" where a name in double quotes should be.`, 1, 3],
    ['[{"to" "+1"}]', 'There is "\\"" where ":" should be.', 1, 8],
    ['[{"to": "+1"}', 'The file ends where "," or "]" should be.', 1, 14],
    ['[{"to": "+1"\n"at": ""}]', 'There is "\\"" where "," or "}" should be.', 2, 1],
    ['[] []', 'There is something behind the end of the JSON.', 1, 4],
    ['['.repeat(300), 'There are more than 200 levels.', 1, 202],
  ])('are not read at all from %j', (text, message, line, column) => {
    try {
      read(text);
    } catch (thrown) {
      const { code, message: told, place } = thrown as OffhookError;
      expect([code, told, place]).toEqual(['bad-file', message, at(line, column)]);
      return;
    }
    throw new Error('It was read.');
  });
});

describe('JSON with places', () => {
  test('is what JSON.parse reads, and every part stands where it is said to', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, '\t'), (compact, indent) => {
        const text = JSON.stringify(JSON.parse(compact), null, indent);
        const whole = readJson(text);
        expect(JSON.stringify(whole.value)).toBe(JSON.stringify(JSON.parse(text)));
        expectPlaces(whole, text);
      }),
    );
  });

  test('takes exactly what JSON.parse takes', () => {
    const unit = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '"a"',
      '"',
      '\\',
      'u00e9',
      '1',
      '-',
      '.',
      'e',
      '0',
      'true',
      'null',
      ' ',
      '\n',
      '\t',
      '\v',
      '\u0001',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        const wanted = outcome(() => JSON.parse(text) as unknown);
        const got = outcome(() => readJson(text).value);
        expect(got).toEqual(wanted);
      }),
      { numRuns: 2000 },
    );
  });
});

function outcome(work: () => unknown): unknown {
  try {
    return { value: work() };
  } catch (thrown) {
    if (thrown instanceof JsonSlip || thrown instanceof SyntaxError) return 'refused';
    throw thrown;
  }
}

function expectPlaces(part: PlacedValue, text: string): void {
  const first = JSON.stringify(part.value)[0]!;
  expect(text[part.offset]).toBe(first);
  for (const item of part.items ?? []) expectPlaces(item, text);
  for (const { name, offset, held } of part.members ?? []) {
    expect(text.slice(offset).startsWith(JSON.stringify(name))).toBe(true);
    expectPlaces(held, text);
  }
}
