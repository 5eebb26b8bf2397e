import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../runtime/main.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-own-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function check(dialogues: string, ...paths: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdout.on('data', (data: Buffer) => (out += data.toString().replaceAll(`${folder}/`, '')));
  stderr.resume();
  const io = { stdin: Readable.from([]), stdout, stderr, ending: () => Promise.resolve() };
  const code = await run(['check', ...paths], { env: { OFFHOOK_DIALOGUES: dialogues }, ...io });
  return { code, out };
}

const EXAMPLES = 'dialogues';
const MISSING = 'warning The environment has no `BOOKING_URL`.';

describe('the settings of the examples', () => {
  test('are made up where the packaged examples are read', async () => {
    expect(await check(EXAMPLES)).toEqual({ code: 0, out: '' });
    expect(await check(folder, EXAMPLES)).toEqual({ code: 0, out: '' });
    expect(await check(folder, join(EXAMPLES, 'bistro.dialogue.yaml'))).toEqual({ code: 0, out: '' });
  });

  test('are missing where an author reads files of their own, also beside the examples', async () => {
    const own = 'tools: {book: {about: Books, http: {url: "${BOOKING_URL}/x"}}}\ninbound: {do: book}\n';
    await writeFile(join(folder, 'own.dialogue.yaml'), own);
    expect((await check(folder)).out).toContain(MISSING);
    expect((await check(EXAMPLES, folder)).out).toContain(MISSING);
    expect((await check(EXAMPLES, join(folder, 'own.dialogue.yaml'))).out).toContain(MISSING);
    await cp(EXAMPLES, join(folder, 'copy'), { recursive: true });
    expect((await check(join(folder, 'copy'))).out).toContain('BOOKING_TOKEN');
  });
});
