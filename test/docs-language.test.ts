/** The page of the language: it is what the schemas say, and every example in it is one that `check` accepts. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { examplesIn, problemsOf } from './support/doc-examples.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = await readFile(new URL('../docs/language.md', import.meta.url), 'utf8');
const examples = examplesIn(page).map((example, index) => ({
  ...example,
  name: `${index + 1}: ${example.text.split('\n')[0] ?? ''}`,
}));

describe('an example on the page of the language', () => {
  it('is there for every verb and more', () => {
    expect(examples.length).toBeGreaterThan(25);
  });

  it.each(examples)('has no problem, $name', async (example) => {
    const problems = await problemsOf(example);
    // A fragment leaves parts of what is around it unused.
    const counted =
      example.kind === 'steps' ? problems.filter(({ severity }) => severity === 'error') : problems;
    expect(counted.map(({ message }) => message)).toEqual([]);
  });

  it('would be found out if it had one', async () => {
    const [problem] = await problemsOf({ language: 'yaml', kind: 'steps', text: '- {goto: nowhere}' });
    expect(problem).toMatchObject({ severity: 'error', message: 'Unknown state `nowhere`.' });
  });
});

it('is what the schemas say', { timeout: 60_000 }, async () => {
  const run = promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'schemas/generate-docs.js', '--check'],
    {
      cwd: root,
    },
  );
  await expect(run).resolves.toMatchObject({ stderr: '' });
});
