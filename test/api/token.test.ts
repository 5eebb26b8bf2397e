import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openApiToken, sameToken } from '../../runtime/api/token.ts';
import type { Config } from '../../runtime/config.ts';

describe('the token of the API', () => {
  let folder: string;
  let config: Pick<Config, 'apiToken' | 'database'>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'offhook-token-'));
    config = { apiToken: null, database: { kind: 'sqlite', path: join(folder, 'data', 'offhook.db') } };
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (): string => join(folder, 'data', 'api-token');

  test('is the one that was set, and then nothing is written', async () => {
    expect(await openApiToken({ ...config, apiToken: 'set' })).toEqual({ token: 'set', fresh: false });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is made at the first start, for this user alone, and kept', async () => {
    const first = await openApiToken(config);
    expect(first.fresh).toBe(true);
    expect(first.token).toMatch(/^[\w-]{43}$/);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'data'))).toEqual(['api-token']);
    expect(await openApiToken(config)).toEqual({ token: first.token, fresh: false });
  });

  test('is one, however many processes start at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => openApiToken(config)));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
    expect(tokens.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(readFileSync(file(), 'utf8').trim()).toBe(tokens[0]!.token);
  });

  test('goes with the process where the database does', async () => {
    const memory = { apiToken: null, database: { kind: 'sqlite', path: ':memory:' } } as const;
    const [one, other] = [await openApiToken(memory), await openApiToken(memory)];
    expect(one.fresh && other.fresh && one.token !== other.token).toBe(true);
  });

  test.each(['', 'short', 'with a space in the middle of it', 'ünïcödé-is-not-a-token'])(
    'is not %j, and the file that holds that is named',
    async (text) => {
      mkdirSync(join(folder, 'data'));
      writeFileSync(file(), text);
      await expect(openApiToken(config)).rejects.toMatchObject({
        code: 'bad-token-file',
        message: `${file()} should hold a token of 16 characters or more, and does not.`,
      });
    },
  );

  test('may be written by hand, with a line break at its end', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(file(), 'correct-horse-battery-staple\n');
    expect(await openApiToken(config)).toEqual({ token: 'correct-horse-battery-staple', fresh: false });
  });

  test('that cannot be kept stops the start with a sentence', async () => {
    writeFileSync(join(folder, 'data'), 'a file where the folder should be');
    await expect(openApiToken(config)).rejects.toMatchObject({
      code: 'bad-token-file',
      message: expect.stringMatching(
        /^The token of the HTTP API cannot be kept in .*api-token: .*\. Set OFFHOOK_API_TOKEN, or mend it\.$/,
      ),
    });
  });

  test('is compared whole', () => {
    expect(sameToken('abc', 'abc')).toBe(true);
    for (const other of ['', 'ab', 'abd', 'abcd', 'ABC'])
      expect([other, sameToken('abc', other)]).toEqual([other, false]);
  });
});
