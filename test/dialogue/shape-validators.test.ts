import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSource } from '../../runtime/dialogue/read.ts';
import type { Kind } from '../../runtime/dialogue/schemas.ts';
import {
  validatorOf,
  validatorsSource,
  type Noted,
  type Validator,
} from '../../runtime/dialogue/shape-validators.ts';

const HOME = fileURLToPath(new URL('../../', import.meta.url));

/** Documents of every kind, right ones and broken ones. */
const files = ['dialogues', 'test/dialogue/broken', 'test/support'].flatMap((folder) =>
  readdirSync(`${HOME}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(app|dialogue|test)\.yaml$|(^|\/)(prices|accounts)\.yaml$/.test(name))
    .map((name) => `${HOME}${folder}/${name}`),
);

const kindOf = (file: string): Kind => basename(file).split('.').at(-2) as Kind;

let written: { [kind in Kind]: Validator };

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: validatorsSource(), resolveDir: HOME },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  written = (await import(
    `data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`
  )) as typeof written;
});

describe('the validators that the build writes', () => {
  it.each(files.map((file) => [file.slice(HOME.length), file]))('say the same of %s', (_, file) => {
    const { data } = readSource(file, readFileSync(file, 'utf8'));
    const [validator, other] = [validatorOf(kindOf(file)), written[kindOf(file)]];
    const [noted, others]: [Noted[], Noted[]] = [[], []];
    expect(other.call(others, data)).toBe(validator.call(noted, data));
    expect(other.errors).toEqual(validator.errors);
    expect(others).toEqual(noted);
  });

  it('are of every kind, and find what is wrong', () => {
    expect(new Set(files.map(kindOf)).size).toBeGreaterThanOrEqual(3);
    expect(written.accounts.call([], { shop: 1 })).toBe(false);
    expect(written.prices.call([], [])).toBe(false);
  });
});
