/** What the documents show is what the program does: their examples are checked and run here. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../runtime/main.ts';

let readme: string;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'offhook-docs-'));
  await mkdir(join(folder, 'dialogues'));
  env = { OFFHOOK_DIALOGUES: join(folder, 'dialogues'), DATABASE_URL: 'sqlite::memory:' };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The README's YAML blocks, without the indentation of the list that they stand in. */
function yamlBlocks(): string[] {
  return [...readme.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)].map(([, indent, text]) =>
    text!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

async function offhook(args: string[], typed = ''): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdout.on('data', (data: Buffer) => (text.out += data.toString()));
  stderr.on('data', (data: Buffer) => (text.err += data.toString()));
  const code = await run(args, {
    env,
    stdin: Readable.from([typed]),
    stdout,
    stderr,
    ending: () => new Promise(() => undefined),
  });
  return { code, ...text };
}

describe('the README', () => {
  it('begins with the dialogue that ships as hello', async () => {
    const [first] = yamlBlocks();
    await writeFile(join(folder, 'dialogues', 'hello.dialogue.yaml'), first!);
    expect(await offhook(['talk', 'hello'], 'please do\nthat is all\n')).toEqual({
      code: 0,
      out: 'agent: Hello, this is Offhook.\nagent: Shall I say that again?\nagent: Hello, this is Offhook.\nagent: Shall I say that again?\nagent: Thank you for calling. Goodbye.\n',
      err: '',
    });
  });

  it('leads to a pizza in five minutes', async () => {
    const [, dialogue, app, test] = yamlBlocks();
    await writeFile(join(folder, 'dialogues', 'pizza.dialogue.yaml'), dialogue!);
    await writeFile(join(folder, 'dialogues', 'pizza.app.yaml'), app!);
    await writeFile(join(folder, 'dialogues', 'pizza.test.yaml'), test!);
    const { code, err } = await offhook(['check', join(folder, 'dialogues', 'pizza.dialogue.yaml')]);
    expect([code, err]).toEqual([0, '1 file, 0 errors, 0 warnings\n']);
    const { out } = await offhook(
      ['talk', 'pizza'],
      'opening hours\nI would like a pizza\na big one\nat seven in the evening\nyes\n',
    );
    expect(out.trim().split('\n')).toEqual([
      'agent: Pizza Presto.',
      'agent: Would you like to order, or to know when we are open?',
      'agent: From eleven to eleven, every day.',
      'agent: Would you like to order, or to know when we are open?',
      'agent: A small or a large one?',
      'agent: When would you like to pick it up?',
      'agent: A large pizza at 7 PM. Is that right?',
      'agent: It will be ready. Goodbye.',
    ]);
    const tested = await offhook(['test']);
    expect(tested).toMatchObject({ code: 0 });
    expect(tested.out).toMatch(/✓ .*a large pizza in one sentence, and a correction/);
  });

  it('names every command and every setting that there is, and no other', async () => {
    const { out } = await offhook(['--help']);
    const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]!);
    const named = new Set([...readme.matchAll(/^\| `offhook ([a-z]+)/gm)].map((match) => match[1]!));
    expect(new Set(commands.filter((command) => command !== 'help'))).toEqual(named);

    const config = await readFile(new URL('../runtime/config.ts', import.meta.url), 'utf8');
    const settings = new Set(
      [...config.matchAll(/'([A-Z]+(?:_[A-Z]+)+|HOST|PORT)'/g)].map((match) => match[1]!),
    );
    const section = /## Settings\n([\s\S]*?)\n## /.exec(readme)![1]!;
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const told = rows.flatMap((row) =>
      [...row.split('|')[1]!.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]!),
    );
    expect(new Set(told)).toEqual(settings);
  });
});

describe('the command', () => {
  it('prints its help on standard output and wrong usage on standard error, with 0 and 2', async () => {
    expect(await offhook(['--help'])).toMatchObject({ code: 0, err: '' });
    expect(await offhook([])).toMatchObject({ code: 2, out: '' });
    expect(await offhook(['tlak'])).toEqual({
      code: 2,
      out: '',
      err: "error: unknown command 'tlak'\n(Did you mean talk?)\n",
    });
  });

  it('ends with 2 and one sentence when a setting is wrong', async () => {
    env['PORT'] = 'http';
    expect(await offhook(['serve'])).toEqual({
      code: 2,
      out: '',
      err: 'PORT is "http", but should be a whole number from 0 to 65535.\n',
    });
    delete env['PORT'];
  });

  it('says what there is when a key is unknown', async () => {
    expect(await offhook(['talk', 'nobody'])).toEqual({
      code: 2,
      out: '',
      err: 'There is no app or dialogue "nobody"; there are hello, pizza.\n',
    });
  });

  it('shows how an utterance would be taken, and why', async () => {
    const { out } = await offhook(['understand', 'pizza'], 'order please\nquantum physics\n');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      {
        text: 'order please',
        answer: 'wants to order',
        goto: 'details',
        slots: {},
        confidence: expect.any(Number) as number,
        by: 'like',
      },
      { text: 'quantum physics', answer: null, goto: null, slots: {}, confidence: 0, by: null },
    ]);
  });
});
