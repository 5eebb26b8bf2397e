import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadFolder } from '../../runtime/dialogue/load.ts';
import { plainData } from '../../runtime/dialogue/plain-yaml.js';
import { readAhead } from '../../runtime/dialogue/read-ahead.ts';
import { readSource } from '../../runtime/dialogue/read.ts';

it('what is read without places is what is read with them, and only of texts with nothing to say about', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab:-[]{}&*!|>\'"#%@` \n\t,?.<1'.split('')) });
  fc.assert(
    fc.property(text, (yaml) => {
      const data = plainData(yaml);
      if (data === undefined) return;
      const source = readSource('a.yaml', yaml);
      expect(source.problems).toEqual([]);
      expect(data).toEqual(source.data);
    }),
    { numRuns: 1_000 },
  );
  expect(plainData('a: {b: [1, x]}\n')).toEqual({ a: { b: [1, 'x'] } });
  for (const one of [
    '',
    '# nothing\n',
    'a: [',
    'a: 1\na: 2\n',
    'a: &x 1\nb: *x\n',
    '\u00a0a: 1\n',
    'a: !b c\n',
  ]) {
    expect(plainData(one)).toBeUndefined();
  }
});

it('the places in a text that was read ahead are those of the text', () => {
  const text = 'a:\n  - b: "Hello {{ name }}"\n';
  const [ahead, read] = [readSource('a.yaml', text, plainData(text)), readSource('a.yaml', text)];
  expect(ahead.data).toEqual(read.data);
  expect(ahead.placeOf(['a', 0, 'b'], 'key')).toEqual({ file: 'a.yaml', line: 2, column: 5 });
  expect(ahead.placeIn(['a', 0, 'b'], 9)).toEqual(read.placeIn(['a', 0, 'b'], 9));
  expect(ahead.rawOf(['a', 0, 'b'])).toBe('"Hello {{ name }}"');
});

it('few texts are all left to the caller', async () => {
  const { take, data } = readAhead(['a: 1\n', 'b: 2\n']);
  expect([take(0), take(1)]).toEqual([true, true]);
  expect(await data).toEqual(new Map());
});

it('many texts are each read by one of two', async () => {
  const texts = Array.from({ length: 1_000 }, (_, index) => `a: ${index}\n`);
  const { take, data } = readAhead(texts);
  // Until the other thread begins, its share grows with every moment that this one waits.
  const mine = texts.flatMap((_, index) => (index < 10 && take(index) ? [index] : []));
  expect(mine).toHaveLength(10);
  const read = await data;
  expect([...read.keys()].toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 990 }, (_, index) => index + 10),
  );
  expect(read.get(999)).toEqual({ a: 999 });
});

it('a folder of many files is checked like one of few', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'offhook-many-'));
  try {
    const ids = Array.from({ length: 450 }, (_, index) => `d${String(index).padStart(3, '0')}`);
    for (const id of ids)
      await writeFile(path.join(folder, `${id}.dialogue.yaml`), 'inbound: { hangup: true }\n');
    await writeFile(path.join(folder, 'd000.dialogue.yaml'), 'inbound:\n  - goto: nowhere\n');
    await writeFile(path.join(folder, 'd448.dialogue.yaml'), 'inbound:\n  - sya: Hello\n');
    await writeFile(path.join(folder, 'd449.dialogue.yaml'), 'inbound: [\n');
    const { problems, dialogues } = await loadFolder(folder, {});
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(
      errors.map(
        ({ place, message }) => `${path.basename(place.file)}:${place.line}:${place.column} ${message}`,
      ),
    ).toEqual([
      'd000.dialogue.yaml:2:11 Unknown state `nowhere`.',
      'd448.dialogue.yaml:2:5 Unknown key `sya`; did you mean `say`?',
      'd449.dialogue.yaml:1:10 The `[` that opens here is not closed: a `]` is missing before the next line that is indented less.',
    ]);
    expect(dialogues.map(({ id }) => id)).toEqual(ids.slice(1, 448));
  } finally {
    await rm(folder, { recursive: true });
  }
});
