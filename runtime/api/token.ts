/** The bearer token of the HTTP API. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { OffhookError, messageOf } from '../errors.ts';

export interface ApiToken {
  token: string;
  /** It was made just now, and nobody knows it yet. */
  fresh: boolean;
}

/**
 * The token of the configuration, else the one that is kept beside the database; where there is none, one is
 * made, in a file that only this user reads. A database in memory has a token that goes with the process.
 * @throws OffhookError `bad-token-file` where the file cannot be read, made, or holds no token.
 */
export async function openApiToken(config: Pick<Config, 'apiToken' | 'database'>): Promise<ApiToken> {
  const { apiToken, database } = config;
  if (apiToken !== null) return { token: apiToken, fresh: false };
  if (database.kind === 'sqlite' && database.path === ':memory:') return { token: newToken(), fresh: true };
  // PostgreSQL's data is elsewhere, and may be shared; the token is this server's.
  const file = join(database.kind === 'sqlite' ? dirname(database.path) : 'data', 'api-token');
  try {
    return (await readToken(file)) ?? (await makeToken(file));
  } catch (thrown) {
    if (thrown instanceof OffhookError) throw thrown;
    throw new OffhookError(
      'bad-token-file',
      `The token of the HTTP API cannot be kept in ${file}: ${messageOf(thrown)}. Set OFFHOOK_API_TOKEN, or mend it.`,
      { cause: thrown },
    );
  }
}

/** Tells whether two tokens are the same, in a time that says nothing about where they differ. */
export function sameToken(one: string, other: string): boolean {
  const [a, b] = [one, other].map((token) => createHash('sha256').update(token).digest());
  return timingSafeEqual(a!, b!);
}

async function readToken(file: string): Promise<ApiToken | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
  const token = text.trim();
  if (!/^[!-~]{16,}$/.test(token)) {
    throw new OffhookError(
      'bad-token-file',
      `${file} should hold a token of 16 characters or more, and does not.`,
    );
  }
  return { token, fresh: false };
}

/** Of two processes that start at once, both get the token of the first. */
async function makeToken(file: string): Promise<ApiToken> {
  const token = newToken();
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${token}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
    return { token, fresh: true };
  } catch (thrown) {
    const made = await readToken(file);
    if (made) return made;
    throw thrown;
  } finally {
    await rm(draft);
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}
