import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { plainData } from '../../runtime/dialogue/plain-yaml.ts';
import { readSource, YAML_OPTIONS } from '../../runtime/dialogue/read.ts';

const textsIn = (folder: string): [name: string, text: string][] =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => /\.(app|dialogue|test)\.yaml$/.test(name))
    .map((name) => [name, readFileSync(new URL(`${folder}/${name}`, import.meta.url), 'utf8')]);
const EXAMPLES = textsIn('../../dialogues');
const BROKEN = textsIn('broken');

/** What the whole parser has to say; undefined where it has anything to say against it. */
function wholly(text: string): unknown {
  const document = parseDocument(text, YAML_OPTIONS);
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  return document.toJS() as unknown;
}

/** The plain reader is right, or silent; says whether it had anything to say. */
function expectSame(text: string): boolean {
  const data = plainData(text);
  if (data !== undefined) expect(data, JSON.stringify(text)).toStrictEqual(wholly(text));
  return data !== undefined;
}

it.each([...EXAMPLES, ...BROKEN])('%s is read as the whole parser reads it', (_, text) => {
  expect([undefined, wholly(text)]).toContainEqual(plainData(text));
});

it('the examples are plain, but for one', () => {
  const others = EXAMPLES.filter(([, text]) => plainData(text) === undefined).map(([name]) => name);
  // It writes an entry of a list as a key and its value, `[find_table: {…}]`.
  expect(others).toEqual(['bistro.test.yaml']);
});

it('random signs are read as the whole parser reads them, or not at all', () => {
  const pieces = [
    'a',
    'b',
    ':',
    ': ',
    '-',
    '- ',
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    '#',
    ' #',
    '[',
    ']',
    '{',
    '}',
    ', ',
  ];
  const others = [
    ',',
    '"',
    "'",
    '\\',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '`',
    '?',
    '? ',
    '.',
    '1',
    '0',
    '<<',
    '~',
  ];
  const text = fc.array(fc.constantFrom(...pieces, ...pieces, ...others), { maxLength: 24 });
  let plain = 0;
  fc.assert(
    fc.property(text, (parts) => {
      if (expectSame(parts.join(''))) plain++;
    }),
    { numRuns: 5_000 },
  );
  expect(plain).toBeGreaterThan(20);
});

it('examples with slips in them are read as the whole parser reads them, or not at all', () => {
  const slip = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    gone: fc.nat({ max: 3 }),
    written: fc.constantFrom(
      '',
      ' ',
      '  ',
      '\n',
      '\n  ',
      '-',
      '- ',
      ':',
      ': ',
      '#',
      ' #',
      '"',
      "'",
      ',',
      '[',
      ']',
      '{',
      '}',
      '\\',
      '0',
      'a',
      '~',
      '|',
      '\n- ',
      '\n-',
      '\t',
      'é',
    ),
  });
  // A part of an example is quicker to read, and its beginning is as right as the whole.
  const lines = EXAMPLES.flatMap(([, text]) => text.split('\n'));
  const part = fc.record({ from: fc.nat({ max: lines.length - 1 }), count: fc.integer({ min: 1, max: 12 }) });
  let plain = 0;
  fc.assert(
    fc.property(part, fc.array(slip, { minLength: 1, maxLength: 3 }), ({ from, count }, slips) => {
      const some = lines.slice(from, from + count);
      const indent = /^ */.exec(some[0] ?? '')![0].length;
      let text = some.map((line) => line.slice(Math.min(indent, /^ */.exec(line)![0].length))).join('\n');
      for (const { at, gone, written } of slips) {
        const place = Math.floor(at * text.length);
        text = text.slice(0, place) + written + text.slice(place + gone);
      }
      if (expectSame(text)) plain++;
    }),
    { numRuns: 5_000 },
  );
  expect(plain).toBeGreaterThan(500);
});

it.each([
  ['a: {b: [1, x]}\n', { a: { b: [1, 'x'] } }],
  ['a:\n- b: 1\n  c: "d: e"\n- f\ng: # nothing\n', { a: [{ b: 1, c: 'd: e' }, 'f'], g: null }],
  ['a: \'it\'\'s\' # so\nb: "\\"x\\""\n', { a: "it's", b: '"x"' }],
  ['a: 2026-03-03T10:00:00+01:00\nb: 365d\nc: -1.5\nd: true\ne: +420\n', undefined],
  [
    'a: 2026-03-03T10:00:00+01:00\nb: 365d\nc: -1.5\nd: true\n',
    { a: '2026-03-03T10:00:00+01:00', b: '365d', c: -1.5, d: true },
  ],
  ['a: [\n  b,\n  c ]\n', { a: ['b', 'c'] }],
])('%j', (text, data) => {
  expect(plainData(text)).toStrictEqual(data);
  if (data !== undefined) expect(wholly(text)).toStrictEqual(data);
});

it.each([
  '',
  '# nothing\n',
  'a: [',
  'a: 1\na: 2\n',
  'a: &x 1\nb: *x\n',
  '\u00a0a: 1\n',
  'a: !b c\n',
  'a: |\n b\n',
  'a:\tb\n',
])('%j is left to the whole parser', (text) => {
  expect(plainData(text)).toBeUndefined();
});

it('the places in a plain text are those of the text', () => {
  const source = readSource('a.yaml', 'a:\n  - b: "Hello {{ name }}"\n');
  expect(source.placeOf(['a', 0, 'b'], 'key')).toEqual({ file: 'a.yaml', line: 2, column: 5 });
  expect(source.placeIn(['a', 0, 'b'], 9)).toEqual({ file: 'a.yaml', line: 2, column: 18 });
  expect(source.rawOf(['a', 0, 'b'])).toBe('"Hello {{ name }}"');
});
