import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSource } from '../../runtime/dialogue/read.ts';

const at = (place: { line: number; column: number }): string => `${place.line}:${place.column}`;
const said = (text: string): string[] =>
  readSource('a.yaml', text).problems.map(({ place, message }) => `${at(place)} ${message}`);

describe('places of values', () => {
  const source = readSource(
    'a.yaml',
    ['states:', '  welcome:', '    - say: Hello', '    - { ask: "Well?", "a key": 1 }', ''].join('\n'),
  );

  it('are where the value begins, or its key', () => {
    expect(at(source.placeOf(['states', 'welcome', 0, 'say']))).toBe('3:12');
    expect(at(source.placeOf(['states', 'welcome', 0, 'say'], 'key'))).toBe('3:7');
    expect(at(source.placeOf(['states', 'welcome', 1]))).toBe('4:7');
    expect(at(source.placeOf(['states', 'welcome', 1, 'a key'], 'key'))).toBe('4:23');
    expect(source.placeOf([])).toEqual({ file: 'a.yaml', line: 1, column: 1 });
  });

  it('of a path that leads nowhere are the nearest part that is there', () => {
    expect(at(source.placeOf(['states', 'goodbye', 0]))).toBe('2:3');
    expect(at(source.placeOf(['states', 'welcome', 7, 'say']))).toBe('3:5');
  });

  it('follow an alias and a merged map to where the value is written', () => {
    const text = 'base: &base\n  say: Hi\nother:\n  <<: *base\n  goto: x\nthird: *base\n';
    const merged = readSource('a.yaml', text);
    expect(merged.problems).toEqual([]);
    expect(merged.data).toEqual({
      base: { say: 'Hi' },
      other: { say: 'Hi', goto: 'x' },
      third: { say: 'Hi' },
    });
    expect(at(merged.placeOf(['other', 'say'], 'key'))).toBe('2:3');
    expect(at(merged.placeOf(['other', 'goto']))).toBe('5:9');
    expect(at(merged.placeOf(['third', 'say']))).toBe('2:8');
  });
});

describe('places inside a text', () => {
  const inside = (text: string, needle: string): string => {
    const source = readSource('a.yaml', text);
    const value = (source.data as { say: string }).say;
    return at(source.placeIn(['say'], value.indexOf(needle)));
  };

  it.each([
    ['plain', 'say: Hello {{ name }}\n', '1:15'],
    ['in double quotes', 'say: "Hello {{ name }}"\n', '1:16'],
    ['in single quotes', "say: 'Hello {{ name }}'\n", '1:16'],
    ['a literal block', 'say: |\n  Hello\n  dear {{ name }}\n', '3:11'],
    ['a literal block that is indented further', 'say: |2\n    Hello\n   dear {{ name }}\n', '3:12'],
    ['a folded block', 'say: >-  # why\n  Hello\n\n  dear\n  {{ name }}\n', '5:6'],
    ['plain over several lines', 'say: Hello\n  dear {{ name }}\n', '2:11'],
    ['in quotes over several lines', 'say: "Hello\n\n  dear {{ name }}"\n', '3:11'],
  ])('are exact: %s', (_, text, place) => {
    expect(inside(text, 'name')).toBe(place);
  });

  it.each([
    ['double', 'say: "a \\"b\\" {{ name }}"\n'],
    ['single', "say: 'it''s {{ name }}'\n"],
  ])('are where the text begins when it has escapes in %s quotes', (_, text) => {
    expect(inside(text, 'name')).toBe('1:6');
  });

  it('stay behind the last character for a mistake at the end', () => {
    const source = readSource('a.yaml', 'if: "party >"\n');
    expect(at(source.placeIn(['if'], 'party >'.length))).toBe('1:13');
  });

  it('hold for any words in any style', () => {
    const word = fc.stringMatching(/^[a-z{}.,ěž]{1,8}$/).filter((one) => /^[a-zě]/.test(one));
    const styles = fc.constantFrom(
      (words: string[]) => `say: "${words.join(' ')}"\n`,
      (words: string[]) => `say: '${words.join('\n    ')}'\n`,
      (words: string[]) => `say: |\n    ${words.join('\n    ')}\n`,
      (words: string[]) => `say: >\n  ${words.join('\n  ')}\n`,
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat(5), styles, (words, nth, style) => {
        const text = style(words);
        const index = nth % words.length;
        const source = readSource('a.yaml', text);
        const offset = words.slice(0, index).join(' ').length + (index > 0 ? 1 : 0);
        const place = source.placeIn(['say'], offset);
        const line = text.split('\n')[place.line - 1] ?? '';
        expect(line.slice(place.column - 1).startsWith(words[index] ?? '?')).toBe(true);
      }),
    );
  });
});

describe('what cannot be read', () => {
  it.each([
    [
      'say: {{ name }}\n',
      ['1:7 A value that begins with { or [ is a map or a list: put a text with {{ }} in quotes.'],
    ],
    ['say: Note: this\n', ['1:6 A text with `: ` in it is put in quotes.']],
    ['keys: *\n', ['1:7 A text that begins with * or & is put in quotes.']],
    [
      'keys: *1\n',
      ['1:7 `*1` stands for nothing: there is no `&1` before it. A text that begins with * is quoted.'],
    ],
    ['say: @name\n', ['1:6 A text cannot begin with @: put it in quotes.']],
    ['say: !shout hi\n', ['1:6 A tag (`!…`) means nothing here; a text that begins with ! is quoted.']],
    ['a: 1\n---\nb: 2\n', ['2:1 A file holds one document: remove this line and what follows.']],
    ['a: 1\nb: 2\na: 3\n', ['3:1 The key `a` stands in this map twice.']],
    ['', ['1:1 The file is empty.']],
    ['# only a comment\n', ['1:1 The file is empty.']],
    ['say: "Hello\n', ['1:6 The quote that opens here is never closed.']],
    ['a: "x"\n"b: c\n', ['2:1 The quote that opens here is never closed.']],
    ["a: 'it''s\nb: c\n", ['1:4 The quote that opens here is never closed.']],
    [
      'a:\n  - say: "Hello" there\n',
      [
        '2:18 The text ended at the quote before this: put all of it in quotes, and write `\\"` for a quote inside.',
      ],
    ],
    [
      'a: [x,\nb]\n',
      [
        '1:4 The `[` that opens here is not closed: a `]` is missing before the next line that is indented less.',
      ],
    ],
    ['a: [{ b: "{" }]]\n', ['1:16 This `]` closes nothing: there is no `[` before it.']],
    ['a: }\n', ['1:4 This `}` closes nothing: there is no `{` before it.']],
    ['a: - b\n', ['1:4 A list begins in the line below its key, or is written in [ ].']],
    [
      'a: > text\n',
      ['1:6 Behind `|` and `>` nothing else stands in the line: the text begins in the next one.'],
    ],
    [
      'a: "c:\\data"\n',
      [
        '1:7 `\\d` means nothing in a text in double quotes: write `\\\\d` for a backslash, or use single quotes.',
      ],
    ],
    [
      'a: {b: "x" c: d}\n',
      ['1:12 A comma is missing before this: the entries of [ ] and { } are separated by commas.'],
    ],
    [
      'a:\n  say: Hello\n  - b: c\n',
      ['3:3 A list cannot follow keys of a map: every entry, the first one too, begins with `- `.'],
    ],
    ['a: {b: c: d}\n', ['1:8 A text with `: ` in it is put in quotes.']],
    ['a: b\n// c: d\ne: f\n', []],
    ['a: b\n// c\n', ['2:1 A comment begins with `#`.']],
    ['a:\n  - b: c\n    goto x\n', ['3:5 A key is followed by a colon: `goto: x`.']],
    [
      '- a\nb: c\n',
      ['2:1 This line belongs to nothing above it: a map has only keys, a list only entries with `- `.'],
    ],
  ])('%j is told in words of an author', (text, problems) => {
    expect(said(text)).toEqual(problems);
  });

  it('duplicate keys do not keep the rest of the file from being checked', () => {
    expect(readSource('a.yaml', 'a: 1\na: 2\nb: 3\n').data).toEqual({ a: 2, b: 3 });
    expect(readSource('a.yaml', 'a: [\nb: 3\n').data).toBeUndefined();
  });

  it('a file over 1 MiB is refused unread', () => {
    expect(said(`a: "${'x'.repeat(1024 * 1024)}"`)).toEqual([
      '1:1 The file is over 1 MiB, the most that is read.',
    ]);
    expect(said(`a: "${'x'.repeat(1024 * 1024 - 5)}"`)).toEqual([]);
  });

  it('aliases that multiply, nesting without end and a value that holds itself are refused', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [one, other] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].map((pair) => pair.split(''))) {
      bomb.push(`${other}: &${other} [${Array.from({ length: 9 }, () => `*${one}`).join(', ')}]`);
    }
    expect(said(bomb.join('\n'))[0]).toMatch(/^1:1 The file cannot be read as YAML: Excessive alias count/);
    expect(said(`a: ${'['.repeat(100)}${']'.repeat(100)}`)).toEqual([
      '1:1 The file is nested deeper than 64 levels.',
    ]);
    expect(said(`a: ${'['.repeat(100_000)}`)).toHaveLength(1);
    expect(said('a: &a [*a]')).toHaveLength(1);
  });

  it('a key of the prototype is a key like any other', () => {
    const { data } = readSource('a.yaml', '__proto__: { say: 1 }\nconstructor: 2\n');
    expect(Object.keys(data as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { say?: unknown }).say).toBeUndefined();
  });

  it('no text at all makes it throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab:-[]{}&*!|>\'"#%@` \n\t,?.<'.split('')) }),
        (text) => {
          const source = readSource('a.yaml', text);
          expect(source.data !== undefined || source.problems.length > 0).toBe(true);
          for (const { place } of source.problems) expect(place.line >= 1 && place.column >= 1).toBe(true);
          source.placeOf(['a', 0, 'b']);
          source.placeIn(['a'], 3);
        },
      ),
      { numRuns: 500 },
    );
  });
});
