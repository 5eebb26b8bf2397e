import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { check, type CheckOptions } from '../../runtime/cli/check.ts';

let folder: string;
const file = (name: string): string => path.join(folder, name);

async function run(options: Partial<CheckOptions> = {}): Promise<{ exit: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const exit = await check(
    { paths: [], dialogues: folder, engine: null, format: 'text', env: {}, ...options },
    { write: (text) => (written.out += text) },
    { write: (text) => (written.err += text) },
  );
  return { exit, ...written };
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'offhook-check-'));
  await writeFile(
    file('good.dialogue.yaml'),
    'inbound: { ask: Well?, answers: [{ when: x, goto: a }] }\nstates: { a: { hangup: true } }\n',
  );
});
afterEach(() => rm(folder, { recursive: true }));

it('files without problems are exit 0, with nothing but the summary', async () => {
  expect(await run()).toEqual({ exit: 0, out: '', err: '1 file, 0 errors, 0 warnings\n' });
});

it('an error is exit 1, with its line and a caret on standard output', async () => {
  await writeFile(file('bad.dialogue.yaml'), 'inbound:\n  sya: Hi\n');
  expect(await run()).toEqual({
    exit: 1,
    out: `${file('bad.dialogue.yaml')}:2:3 error Unknown key \`sya\`; did you mean \`say\`?\n      sya: Hi\n      ^\n`,
    err: '2 files, 1 error, 0 warnings\n',
  });
});

it('with an engine, what would degrade on it are warnings, which are exit 0', async () => {
  const { exit, out, err } = await run({ engine: 'embedded' });
  expect(exit).toBe(0);
  expect(out.split('\n')[0]).toBe(
    `${file('good.dialogue.yaml')}:1:36 warning \`x\` cannot be understood on the embedded engine: it has neither \`like\` nor \`keys\`.`,
  );
  expect(err).toBe('1 file, 0 errors, 1 warning\n');
  expect((await run({ engine: 'realtime' })).out).toBe('');
});

it('as JSON it is the list of problems', async () => {
  await writeFile(file('bad.dialogue.yaml'), 'inbound:\n  sya: Hi\n');
  expect(JSON.parse((await run({ format: 'json' })).out)).toEqual([
    {
      severity: 'error',
      code: 'unknown-key',
      message: 'Unknown key `sya`; did you mean `say`?',
      place: { file: file('bad.dialogue.yaml'), line: 2, column: 3 },
    },
  ]);
});

it('one file is checked among its neighbours, and only its problems are told', async () => {
  await writeFile(file('one.app.yaml'), 'public: true\ndialogue: good\n');
  await writeFile(file('bad.dialogue.yaml'), 'inbound:\n  sya: Hi\n');
  expect(await run({ paths: [file('one.app.yaml')] })).toEqual({
    exit: 0,
    out: '',
    err: '1 file, 0 errors, 0 warnings\n',
  });
  expect(await run({ paths: [file('one.app.yaml')], dialogues: 'elsewhere' })).toMatchObject({
    exit: 0,
    out: '',
  });
});

it('paths that overlap are told once', async () => {
  await writeFile(file('bad.dialogue.yaml'), 'inbound:\n  sya: Hi\n');
  const { out, err } = await run({ paths: [folder, file('bad.dialogue.yaml')] });
  expect(out.match(/sya`/g)).toHaveLength(1);
  expect(err).toBe('2 files, 1 error, 0 warnings\n');
});

it('a path that is not there, or no dialogue file, is exit 2', async () => {
  const missing = await run({ paths: [file('no.dialogue.yaml')] });
  expect(missing.exit).toBe(2);
  expect(missing.err).toMatch(/no\.dialogue\.yaml cannot be read: ENOENT/);
  await writeFile(file('notes.txt'), 'x');
  expect(await run({ paths: [file('notes.txt')] })).toEqual({
    exit: 2,
    out: '',
    err: `${file('notes.txt')} is no dialogue file: its name should end in .app.yaml or .dialogue.yaml.\n`,
  });
});
