import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchIdOf, newBatchId } from '../../runtime/cli/batch-id.ts';
import { readPeople } from '../../runtime/cli/people-file.ts';
import type { PeopleRow, PersonRow } from '../../runtime/cli/people.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-people-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Buffer): Promise<PeopleRow[]> {
  const file = join(folder, name);
  await writeFile(file, content);
  return readPeople(file);
}

const people = async (name: string, content: string): Promise<PersonRow[]> =>
  (await read(name, content)).filter((row) => row.kind === 'person');

describe('a file of people', () => {
  test('is read by its ending', async () => {
    const csv = await people('a.CSV', 'to,name\n+14155550123,Ana\n');
    const json = await people('a.json', '[{"to": "+14155550123", "name": "Ana"}]');
    for (const rows of [csv, json]) {
      expect(rows.map(({ to, attributes }) => [to, attributes])).toEqual([['+14155550123', { name: 'Ana' }]]);
    }
  });

  test.each([
    ['a.xlsx', 'to\n+1', /a\.xlsx should be a \.csv or a \.json file\.$/],
    [
      'a.csv',
      Buffer.from('to,name\n+1,\xd8rsted\n', 'latin1'),
      /a\.csv is not in UTF-8: save it as "CSV UTF-8"/,
    ],
    ['a.csv', Buffer.from('\ufeffto\n+1\n', 'utf16le'), /a\.csv is not in UTF-8/],
    ['a.csv', 'to,name\n', /^There is nobody in .*a\.csv\.$/],
    ['a.json', '[]', /^There is nobody in .*a\.json\.$/],
    [
      'a.csv',
      `to\n${'+14155550123\n'.repeat(10_001)}`,
      /^There are 10001 people in .*, but at most 10000 go into one batch: divide it\.$/,
    ],
  ])('%s is refused where it cannot be used', async (name, content, message) => {
    await expect(read(name, content)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message),
    });
  });

  test('is refused where there is none', async () => {
    await expect(readPeople(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('none.csv cannot be read: ENOENT'),
    });
  });
});

describe('a batch of a file', () => {
  test('is the same in another spelling of numbers, languages, moments and nested attributes', async () => {
    const written = (to: string, locale: string, at: string, seats: string) =>
      people('a.json', `[{"to":"${to}","locale":"${locale}","at":"${at}","table":{"by":${seats}}}]`);
    const first = batchIdOf(
      'bistro',
      await written('+14155550123', 'en-US', '2026-03-04T17:00:00Z', '[{"x":1,"y":2}]'),
    );
    const same = [
      await written('+1 (415) 555-0123', 'en_US', '2026-03-04T17:00:00+00:00', '[{"y":2,"x":1}]'),
      await written('+1.415.555.0123', 'en-us', '2026-03-04T18:00:00+01:00', '[{"x":1,"y":2}]'),
    ];
    for (const rows of same) expect(batchIdOf('bistro', rows)).toBe(first);
    const others = [
      await written('+14155550124', 'en-US', '2026-03-04T17:00:00Z', '[{"x":1,"y":2}]'),
      await written('+14155550123', 'en-GB', '2026-03-04T17:00:00Z', '[{"x":1,"y":2}]'),
      await written('+14155550123', 'en-US', 'soon', '[{"x":1,"y":2}]'),
      await written('+14155550123', 'en-US', '2026-03-04T17:00:00Z', '[{"x":2,"y":1}]'),
    ];
    for (const rows of others) expect(batchIdOf('bistro', rows)).not.toBe(first);
  });

  test('is the same however the same people are written, and another for others, or another app', async () => {
    const first = batchIdOf(
      'bistro',
      await people('a.csv', 'to,name,city\n+14155550123,Ana,Brno\n+14155550124,,\n'),
    );
    expect(first).toMatch(/^batch-[\da-f]{32}$/);
    const same = [
      await people('b.csv', '\ufeffto;name;city\r\n"+14155550123"; Ana;Brno\r\n\r\n+14155550124;;\r\n'),
      await people('c.csv', 'city,name,to\nBrno,Ana,+14155550123\n,,+14155550124\n'),
      await people('d.json', '[{"to":"+14155550123","name":"Ana","city":"Brno"},{"to":"+14155550124"}]'),
    ];
    for (const rows of same) expect(batchIdOf(':bistro', rows)).toBe(first);
    const others = [
      batchIdOf('menu', same[0]!),
      batchIdOf('bistro', same[0]!.toReversed()),
      batchIdOf('bistro', same[0]!.slice(1)),
      batchIdOf('bistro', await people('e.csv', 'to,name,city\n+14155550123,Ann,Brno\n+14155550124,,\n')),
      newBatchId(),
      newBatchId(),
    ];
    expect(new Set([first, ...others]).size).toBe(7);
  });
});
