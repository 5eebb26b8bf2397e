import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNew, type NewOptions } from '../../runtime/cli/new.ts';
import { test as runTests } from '../../runtime/cli/test.ts';
import { loadFolder } from '../../runtime/dialogue/load.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { partsWith } from '../rehearsal/house.ts';

let home: string;
let folder: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'offhook-new-'));
  folder = path.join(home, 'dialogues');
});
afterEach(() => rm(home, { recursive: true }));

/** Gives what the command printed. */
async function create(name: string, options: Partial<NewOptions> = {}): Promise<string> {
  let printed = '';
  const out = { write: (text: string) => (printed += text) };
  await createNew({ name, locale: 'en-US', folder, serverUrl: 'http://127.0.0.1:3000', ...options }, out);
  return printed;
}

/** What `offhook test` prints of the folder. */
async function tested(): Promise<string> {
  const told = { out: '', err: '' };
  const options = {
    paths: [],
    dialogues: folder,
    env: {},
    filter: '',
    coverage: false,
    coverageMin: null,
    junit: null,
  };
  await runTests(options, partsWith(), {
    out: { write: (text) => (told.out += text) },
    err: { write: (text) => (told.err += text) },
  });
  return told.out + told.err;
}

describe('a new app', () => {
  it.each(['en-US', 'de-DE', 'es-MX', 'fr', 'cs-CZ', 'it-IT'])(
    'in %s passes the check without a warning, on every engine, and its own tests',
    async (locale) => {
      await create('corner-shop', { locale });
      const { problems, apps, files } = await loadFolder(
        folder,
        {},
        {
          tests: true,
          understand: understandByRules,
        },
      );
      expect(problems).toEqual([]);
      expect(files).toBe(3);
      expect(apps[0]?.facts).toMatchObject({ id: 'corner-shop', name: 'Corner Shop', locale, public: true });
      const { problems: embedded } = await loadFolder(folder, {}, { tests: true, engine: 'embedded' });
      expect(embedded.filter(({ code }) => code !== 'embedded-locale')).toEqual([]);
      expect(await tested()).toContain('\n3 tests passed');
    },
  );

  it('is three files, which are named', async () => {
    expect(await create('hello')).toBe(
      ['app', 'dialogue', 'test'].map((kind) => `${path.join(folder, `hello.${kind}.yaml`)}\n`).join(''),
    );
    expect((await readdir(folder)).toSorted()).toEqual([
      'hello.app.yaml',
      'hello.dialogue.yaml',
      'hello.test.yaml',
    ]);
  });

  it('in a language that has no texts here says so in the file', async () => {
    await create('ciao', { locale: 'it-IT' });
    const text = await readFile(path.join(folder, 'ciao.dialogue.yaml'), 'utf8');
    expect(text).toContain('# The texts are English still: write what is said and heard in it-IT.\n');
  });

  it('names the schema by its file in this project, and by the server elsewhere', async () => {
    await create('hello');
    const first = async (kind: string): Promise<string | undefined> =>
      (await readFile(path.join(folder, `hello.${kind}.yaml`), 'utf8')).split('\n')[0];
    const schema = path.relative(folder, path.join(process.cwd(), 'schemas', 'app.schema.json'));
    expect(await first('app')).toBe(`# yaml-language-server: $schema=${schema}`);
    const cwd = process.cwd();
    process.chdir(home);
    try {
      await rm(folder, { recursive: true });
      await create('hello');
    } finally {
      process.chdir(cwd);
    }
    expect(await first('test')).toBe(
      '# yaml-language-server: $schema=http://127.0.0.1:3000/schemas/test.schema.json',
    );
  });
});

describe('what cannot be written', () => {
  it.each([
    ['Bistro Verde', 'bistro-verde'],
    ['bistroVerde', 'bistro-verde'],
    ['Müller & Söhne', 'muller-sohne'],
    ['Straße', 'strasse'],
    ['--a--', 'a'],
    ['a_b.app.yaml', 'a-b-app-yaml'],
    ['../etc', 'etc'],
  ])('is a name such as %j, and %j is offered', async (name, instead) => {
    await expect(create(name)).rejects.toMatchObject({
      code: 'bad-name',
      message: `\`${name}\` cannot be a name: it is made of small letters, digits and single hyphens between them; how about \`${instead}\`?`,
    });
    await expect(create(instead)).resolves.toContain(`${instead}.app.yaml`);
  });

  it.each(['', '日本', '***'])('is a name of nothing that could be one, such as %j', async (name) => {
    await expect(create(name)).rejects.toMatchObject({
      message: `\`${name}\` cannot be a name: it is made of small letters, digits and single hyphens between them.`,
    });
  });

  it('is an app in no language', async () => {
    await expect(create('hello', { locale: 'english!' })).rejects.toMatchObject({
      code: 'bad-locale',
      message: '`english!` is no language and region: write it like en-US, de-DE or fr.',
    });
  });

  it.each(['hello.app.yaml', 'hello.test.yaml', path.join('deeper', 'hello.dialogue.yaml')])(
    'is anything where %s is there already, and it stays as it is',
    async (file) => {
      const there = path.join(folder, file);
      await mkdir(path.dirname(there), { recursive: true });
      await writeFile(there, 'mine');
      await expect(create('hello')).rejects.toMatchObject({
        code: 'already-there',
        message: `${there} is already there: choose another name.`,
      });
      expect(await readFile(there, 'utf8')).toBe('mine');
      expect((await readdir(folder, { recursive: true })).filter((one) => one.endsWith('.yaml'))).toEqual([
        file,
      ]);
    },
  );

  it('is an app that was written before, and all of its files are named', async () => {
    await create('hello');
    const file = (kind: string): string => path.join(folder, `hello.${kind}.yaml`);
    await expect(create('hello')).rejects.toMatchObject({
      message: `${file('app')}, ${file('dialogue')} and ${file('test')} are already there: choose another name.`,
    });
  });

  it('is a folder that is none', async () => {
    await writeFile(folder, '');
    await expect(create('hello')).rejects.toMatchObject({
      code: 'not-written',
      message: expect.stringMatching(/^Nothing was written: E[A-Z]+/) as string,
    });
  });
});
