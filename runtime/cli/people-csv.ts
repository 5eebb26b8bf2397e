import { CsvError, parse } from 'csv-parse/sync';
import { didYouMean } from '../dialogue/problem.ts';
import { OffhookError, type Place } from '../errors.ts';
import { isField, type Field, type PeopleRow } from './people.ts';
import { placesIn } from './people-places.ts';

interface Cell {
  text: string;
  /** In bytes. */
  offset: number;
}

/**
 * Reads people from CSV (RFC 4180) in UTF-8: the first line names the columns `to`, `locale`, `at` and any others,
 * which become attributes of the call. The delimiter is the comma, semicolon or tab that the first line has most
 * of. An empty field is not given at all; space around a field is not part of it.
 * @throws OffhookError `bad-file` with the place, where the columns are wrong or what is quoted has no end: nothing
 * behind it could be trusted.
 */
export function peopleOfCsv(source: Buffer, file: string): PeopleRow[] {
  const place = placesIn(file, source);
  const delimiter = delimiterOf(source);
  const [header, ...rows] = rowsOf(source, delimiter, place);
  if (!header) throw bad(`There is nobody in it: the first line should name the columns.`, place(0));
  const columns = columnsOf(header, place);
  return rows.map((row) => rowOf(row, columns, place));
}

function rowOf(
  row: readonly Cell[],
  columns: readonly string[],
  place: (offset: number) => Place,
): PeopleRow {
  const begins = place(row[0]!.offset);
  if (row.length !== columns.length) {
    const message = `The row has ${counted(row.length, 'field')}, but there are ${counted(columns.length, 'column')}.`;
    return { kind: 'unread', code: 'bad-row', message, place: begins };
  }
  const cells = new Map(columns.map((column, index) => [column, row[index]!]));
  const given = (name: Field): string | null => cells.get(name)?.text || null;
  const at = (name: Field): Place => place(cells.get(name)?.offset ?? row[0]!.offset);
  const to = given('to');
  if (to === null) {
    const message = 'The row has no number in "to".';
    return { kind: 'unread', code: 'no-number-given', message, place: at('to') };
  }
  const others = [...cells].filter(([column, { text }]) => !isField(column) && text !== '');
  return {
    kind: 'person',
    to,
    locale: given('locale'),
    at: given('at'),
    attributes: Object.fromEntries(others.map(([column, { text }]) => [column, text])),
    places: { row: begins, to: at('to'), locale: at('locale'), at: at('at') },
  };
}

/** Lines without any text are left out. */
function rowsOf(source: Buffer, delimiter: string, place: (offset: number) => Place): Cell[][] {
  const follows = followerIn(source, delimiter);
  let end = 0;
  let first = true;
  /** Where the field begins that is being read. */
  const begins = (): number => (first ? follows(0, false) : follows(end, true));
  try {
    const rows = parse(source, {
      bom: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      cast(text, { bytes }): Cell {
        const cell = { text, offset: begins() };
        end = bytes;
        first = false;
        return cell;
      },
    }) as unknown as Cell[][];
    return rows.filter((row) => row.some(({ text }) => text !== ''));
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    throw bad(sentenceOf(thrown), place(begins()), thrown);
  }
}

/** From the end of a field to the beginning of the next. */
function followerIn(source: Buffer, delimiter: string): (end: number, behindField: boolean) => number {
  const separator = delimiter.charCodeAt(0);
  return (end, behindField) => {
    let at = end;
    // Behind a quoted field there may be space.
    const skip = (codes: readonly number[]): void => {
      while (at < source.length && codes.includes(source[at]!)) at++;
    };
    const blanks = [SPACE, TAB].filter((code) => code !== separator);
    if (behindField) {
      skip(blanks);
      if (source[at] === separator) at++;
      else skip([CR, LF, ...blanks]);
    } else skip([...BOM, CR, LF]);
    skip(blanks);
    return at;
  };
}

const [TAB, LF, CR, SPACE] = [9, 10, 13, 32];
const BOM = [0xef, 0xbb, 0xbf];

function delimiterOf(source: Buffer): string {
  const line = /[^\r\n]+/.exec(source.toString('utf8'))?.[0].replaceAll(/"[^"]*"/g, '') ?? '';
  const count = (sign: string): number => line.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function columnsOf(header: readonly Cell[], place: (offset: number) => Place): string[] {
  const names = header.map(({ text }) => text);
  for (const [index, name] of names.entries()) {
    const at = place(header[index]!.offset);
    if (name === '') throw bad(`Column ${index + 1} has no name.`, at);
    if (names.indexOf(name) < index) throw bad(`There are two columns "${name}".`, at);
  }
  if (!names.includes('to')) {
    const near = names.find((name) => name.toLowerCase() === 'to');
    const advice = near === undefined ? didYouMean('to', names) : `; did you mean "${near}"?`;
    throw bad(`No column is called "to", which holds the numbers${advice}`, place(header[0]!.offset));
  }
  return names;
}

function sentenceOf({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'The quotation mark that opens this field is never closed.';
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return 'There is text behind the closing quotation mark of this field; write "" for a mark inside it.';
    case 'INVALID_OPENING_QUOTE':
      return 'There is a quotation mark in the middle of this field: put the whole field in marks, and write "" for one inside it.';
    default:
      return 'It cannot be read from here on.';
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function bad(message: string, place: Place, cause?: unknown): OffhookError {
  return new OffhookError('bad-file', message, { place, ...(cause !== undefined && { cause }) });
}
