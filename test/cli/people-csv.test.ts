import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { peopleOfCsv } from '../../runtime/cli/people-csv.ts';
import type { PersonRow, UnreadRow } from '../../runtime/cli/people.ts';
import type { OffhookError } from '../../runtime/errors.ts';

const read = (text: string) => {
  const rows = peopleOfCsv(Buffer.from(text), 'people.csv');
  return {
    people: rows.flatMap(({ kind, ...row }) => (kind === 'person' ? [row as Omit<PersonRow, 'kind'>] : [])),
    unread: rows.flatMap(({ kind, ...row }) => (kind === 'unread' ? [row as Omit<UnreadRow, 'kind'>] : [])),
  };
};
const at = (line: number, column: number) => ({ file: 'people.csv', line, column });

function refusal(text: string): [string, string, object | undefined] {
  try {
    read(text);
  } catch (thrown) {
    const { code, message, place } = thrown as OffhookError;
    return [code, message, place];
  }
  throw new Error('It was read.');
}

describe('people in CSV', () => {
  test('have a number, a language, a moment, and attributes by the names of the other columns', () => {
    const text = `to,name,locale,at,note
+14155550123,Ana,cs-CZ,2026-03-04T19:00:00+01:00,"by the window, please"
+14155550124,,,,
`;
    expect(read(text)).toEqual({
      people: [
        {
          to: '+14155550123',
          locale: 'cs-CZ',
          at: '2026-03-04T19:00:00+01:00',
          attributes: { name: 'Ana', note: 'by the window, please' },
          places: { row: at(2, 1), to: at(2, 1), locale: at(2, 18), at: at(2, 24) },
        },
        {
          to: '+14155550124',
          locale: null,
          at: null,
          attributes: {},
          places: { row: at(3, 1), to: at(3, 1), locale: at(3, 15), at: at(3, 16) },
        },
      ],
      unread: [],
    });
  });

  test.each([
    ['commas', 'to,name\n+14155550123,"Ana;\t"\n'],
    ['semicolons', 'to;name\n+14155550123;"Ana;\t"\n'],
    ['tabs', 'to\tname\n+14155550123\t"Ana;\t"\n'],
    ['space around', ' to , name \n  +14155550123\t, "Ana;\t"  \n'],
    ['a mark of the byte order', '\ufeffto,name\n+14155550123,"Ana;\t"\n'],
    ['other ends of lines', 'to,name\r\n+14155550123,"Ana;\t"'],
    ['old ends of lines', 'to,name\r+14155550123,"Ana;\t"\r'],
    ['mixed ends of lines, and lines without text', '\n\nto,name\r\n\r\n\n+14155550123,"Ana;\t"\n , \n\n'],
  ])('are the same with %s', (_, text) => {
    const { people, unread } = read(text);
    expect(people.map(({ to, attributes }) => [to, attributes])).toEqual([
      ['+14155550123', { name: 'Ana;\t' }],
    ]);
    expect(unread).toEqual([]);
  });

  test('that have no number, or not as many fields as there are columns, are told of with their place', () => {
    const { people, unread } = read(`name,to,city
Ana,+14155550123,Brno
"Bo
Li", ,Wien
Cy,+14155550125
Dee,"+14155550126",Bonn,extra
Eve,+14155550127,Graz
`);
    expect(people.map(({ to }) => to)).toEqual(['+14155550123', '+14155550127']);
    expect(people[1]!.places).toMatchObject({ row: at(7, 1), to: at(7, 5) });
    expect(unread).toEqual([
      { code: 'no-number-given', message: 'The row has no number in "to".', place: at(4, 6) },
      { code: 'bad-row', message: 'The row has 2 fields, but there are 3 columns.', place: at(5, 1) },
      { code: 'bad-row', message: 'The row has 4 fields, but there are 3 columns.', place: at(6, 1) },
    ]);
  });

  test('have columns counted in the characters of an editor', () => {
    const { people } = read('\ufeffname,to\nŽofie 🍷,+14155550123\n"",+14155550124\n');
    expect(people.map(({ places }) => places.to)).toEqual([at(2, 10), at(3, 4)]);
  });

  test.each([
    ['', 'There is nobody in it: the first line should name the columns.', 1, 1],
    ['phone,name\n1,2\n', 'No column is called "to", which holds the numbers.', 1, 1],
    ['name,To\n', 'No column is called "to", which holds the numbers; did you mean "To"?', 1, 1],
    ['name,too\n', 'No column is called "to", which holds the numbers; did you mean `too`?', 1, 1],
    ['to,name,name\n', 'There are two columns "name".', 1, 9],
    ['to,,name\n', 'Column 2 has no name.', 1, 4],
    ['to,name\n+1,"Ana\n+2,Bo\n', 'The quotation mark that opens this field is never closed.', 2, 4],
    [
      'to,name\n+1,x\n+1, "Ana"b\n',
      'There is text behind the closing quotation mark of this field; write "" for a mark inside it.',
      3,
      5,
    ],
    [
      'to,name\n+1,A"na"\n',
      'There is a quotation mark in the middle of this field: put the whole field in marks, and write "" for one inside it.',
      2,
      4,
    ],
  ])('are not read at all from %j', (text, message, line, column) => {
    expect(refusal(text)).toEqual(['bad-file', message, at(line, column)]);
  });

  test('are read as they were written, whatever their attributes hold', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'ž', '🍷', '"', ',', ';', '\n', '\r', ' ', '\t', '='),
    });
    const writes = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, fc.constantFrom('\n', '\r\n', '\n\n'))),
        fc.constantFrom(',', ';', '\t'),
        (rows, delimiter) => {
          const text =
            ['one', 'to', 'two'].join(delimiter) +
            rows
              .map(([one, two, end]) => `${end}${[writes(one), '+1', writes(two)].join(delimiter)}`)
              .join('');
          const { people, unread } = read(text);
          expect(unread).toEqual([]);
          expect(people.map(({ attributes }) => attributes)).toEqual(
            rows.map(([one, two]) => ({ ...(one !== '' && { one }), ...(two !== '' && { two }) })),
          );
          const lines = text.split(/\r\n|\n|\r/);
          for (const { places } of people) {
            expect(lines[places.to.line - 1]!.slice(places.to.column - 1)).toMatch(/^\+1[,;\t]/);
            expect(lines[places.row.line - 1]!.slice(places.row.column - 1)).toMatch(/^"/);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('never bring it down: any bytes are read, or refused with a place in the file', () => {
    const unit = fc.constantFrom(
      'to',
      ',',
      ';',
      '"',
      '""',
      '\n',
      '\r',
      '\t',
      ' ',
      'ž',
      '\ufeff',
      '\0',
      '+1',
      '\\',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (tail) => {
        const text = `to,name\n${tail}`;
        const lines = text.split(/\r\n|\n|\r/);
        const inside = ({ line, column }: { line: number; column: number }): boolean =>
          line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1]!.length + 1;
        try {
          const { people, unread } = read(text);
          expect(
            [...people.map(({ places }) => places.row), ...unread.map(({ place }) => place)].every(inside),
          ).toBe(true);
        } catch (thrown) {
          const { code, place } = thrown as OffhookError;
          expect([code, place && inside(place)]).toEqual(['bad-file', true]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
