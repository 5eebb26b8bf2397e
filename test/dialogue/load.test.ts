import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Loaded, loadFolder } from '../../runtime/dialogue/load.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { BROKEN_FILES } from './broken-files.ts';

const BROKEN = path.relative(process.cwd(), fileURLToPath(new URL('broken', import.meta.url)));
const EXAMPLES = fileURLToPath(new URL('../../dialogues', import.meta.url));

const said = (loaded: Loaded, file?: string): string[] =>
  loaded.problems
    .filter(({ place }) => file === undefined || place.file === file)
    .map(({ place, severity, message }) => `${place.line}:${place.column} ${severity} ${message}`);

const folders: string[] = [];
async function folderOf(files: { [name: string]: string }): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'offhook-load-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const NOT_HELD =
  '1:1 warning No app holds the dialogue `a` and no other dialogue runs it: no number is answered by it. Write a.app.yaml beside it, or `dialogue: a` in an app.';
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const HANGUP = 'inbound: { hangup: true }\n';

/** Codes of which no file in `broken/` can be an example, and whose test is elsewhere. */
const TOLD_ELSEWHERE = [
  'circular-run', // below
  'file-too-big', // read.test.ts
  'gather-open', // degrade.test.ts
  'gather-talk', // degrade.test.ts
  'gemini-words', // degrade.test.ts
  'no-dialogues', // below: thrown, and no problem of a file
  'not-held', // below
  'shadowed-like', // shadowed.test.ts
  'unclear-like', // shadowed.test.ts
  'unreadable-file', // below
];

/** In quotes like a code, and none. */
const NO_CODES = [
  'ajv-formats',
  'block-seq-ind',
  'json-schema',
  'x-holds',
  'x-keys-hold',
  'x-not-yet',
  'x-should',
];

describe('files with mistakes', () => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await loadFolder(BROKEN, {}, { tests: true });
  });

  it.each(BROKEN_FILES)('$what: $file', ({ file, problems }) => {
    expect(said(loaded, path.join(BROKEN, file))).toEqual(problems);
  });

  it('are at least fifty, and the files of the folder are all of them', async () => {
    expect(BROKEN_FILES.length).toBeGreaterThanOrEqual(50);
    const there = (await readdir(BROKEN)).filter((name) => name.endsWith('.yaml'));
    expect(
      new Set([
        ...BROKEN_FILES.map(({ file }) => file),
        'cascade.app.yaml',
        'claims.app.yaml',
        'gather.app.yaml',
      ]),
    ).toEqual(new Set(there));
  });

  it('come all at once, by file, line and column, and none with an error is loaded', () => {
    const places = loaded.problems.map(({ place }) => place);
    expect(new Set(places.map(({ file }) => path.relative(BROKEN, file)))).toEqual(
      new Set<string>(BROKEN_FILES.map(({ file }) => file)),
    );
    expect(places).toEqual(
      places.toSorted(
        (one, other) =>
          (one.file < other.file ? -1 : one.file > other.file ? 1 : 0) ||
          one.line - other.line ||
          one.column - other.column,
      ),
    );
    const mistaken = BROKEN_FILES.filter(({ problems }) => problems.some((one) => / error /.test(one)));
    const used = [...loaded.apps, ...loaded.dialogues].map(({ file }) => path.relative(BROKEN, file));
    expect(used.filter((file) => mistaken.some((one) => one.file === file))).toEqual([]);
    expect(used).toContain(path.join('deeper', 'right.dialogue.yaml'));
  });

  it('are there for every code that a check reports', async () => {
    const folder = fileURLToPath(new URL('../../runtime/dialogue', import.meta.url));
    const sources = (await readdir(folder, { recursive: true })).filter((name) =>
      /^(check|load|read|shape|names|settings|types|document-file|degrade|syntax|proofs)[\w/-]*\.ts$/.test(
        name,
      ),
    );
    const texts = await Promise.all(sources.map((name) => readFile(path.join(folder, name), 'utf8')));
    const hyphened = texts.flatMap((text) => text.match(/'[a-z]+(-[a-z]+)+'/g) ?? []);
    const codes = new Set([...hyphened, "'duplicate'", "'misplaced'", "'secret'"]);
    const told = new Set(loaded.problems.map(({ code }) => code));
    const expected = [...codes].map((code) => code.slice(1, -1)).filter((code) => !NO_CODES.includes(code));
    expect(expected).toEqual(expect.arrayContaining(['bad-value', 'no-end', 'wrong-type', 'missing-input']));
    expect(expected.filter((code) => !told.has(code) && !TOLD_ELSEWHERE.includes(code))).toEqual([]);
    expect(TOLD_ELSEWHERE.filter((code) => told.has(code))).toEqual([]);
  });
});

describe('files without mistakes', () => {
  it('of the examples give no problem at all', async () => {
    const env = { BOOKING_URL: 'http://127.0.0.1', BOOKING_TOKEN: 'x', CRM_MCP_URL: 'http://127.0.0.1' };
    const loaded = await loadFolder(EXAMPLES, env, { tests: true, understand: understandByRules });
    expect(loaded.files).toBeGreaterThan(0);
    expect(said(loaded)).toEqual([]);
  });

  it('describe their tools in any draft of JSON Schema, under a name too, however often they are read', async () => {
    const tool = (schema: string): string =>
      `${HANGUP}tools: {x: {about: X, input: ${schema}, http: {url: "http://localhost/"}}}\n`;
    const folder = await folderOf({
      'a.app.yaml': 'public: true\n',
      'a.dialogue.yaml': tool(
        '{$schema: "http://json-schema.org/draft-07/schema#", $id: "https://x.example/a", type: object}',
      ),
      'b.app.yaml': 'public: true\n',
      'b.dialogue.yaml': tool('{$schema: 7, type: object}'),
    });
    const wrong = '2:40 error This is no valid JSON Schema: `$schema` is 7, but should be a text.';
    expect(said(await loadFolder(folder, {}))).toEqual([wrong]);
    expect(said(await loadFolder(folder, {}))).toEqual([wrong]);
  });

  it('give a hangup no turn: its goodbye is heard to its end, whatever the caller does', async () => {
    const folder = await folderOf({
      'a.app.yaml': 'public: true\n',
      'a.dialogue.yaml': 'inbound: {hangup: "Bye.", turn: {interrupt: speech}}\n',
    });
    expect(said(await loadFolder(folder, {}))).toEqual([
      expect.stringMatching(/^1:27 error .*`turn`/) as string,
    ]);
  });

  it('are found in nested folders, but not in hidden ones, and tests are left to `test`', async () => {
    const folder = await folderOf({
      'a.dialogue.yaml': HANGUP,
      'deep/er/b.dialogue.yaml': HANGUP,
      '.hidden/c.dialogue.yaml': HANGUP,
      'node_modules/d.dialogue.yaml': HANGUP,
      'a.test.yaml': 'app: a',
      'notes.txt': 'not ours',
      'a.app.yaml': 'public: true\n',
      'b.app.yaml': 'public: true\n',
    });
    const loaded = await loadFolder(folder, {});
    expect(loaded.problems).toEqual([]);
    expect(loaded.dialogues.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(loaded.files).toBe(4);
  });

  it.each([
    ['{from: "09:00", to: "20:00"}', { fromMinute: 540, toMinute: 1200, days: EVERY_DAY }],
    [
      '{from: "00:30", to: "24:00", days: [sat, mon]}',
      { fromMinute: 30, toMinute: 1440, days: ['sat', 'mon'] },
    ],
  ])('have calling hours: %s', async (hours, facts) => {
    const files = { 'a.app.yaml': `public: true\nhours: ${hours}\n`, 'a.dialogue.yaml': HANGUP };
    const loaded = await loadFolder(await folderOf(files), {});
    expect(loaded.problems).toEqual([]);
    expect(loaded.apps[0]?.facts.hours).toEqual(facts);
  });

  it.each([
    ['{from: "20:00", to: "09:00"}', 'bad-value', 28],
    ['{from: "09:00", to: "09:00"}', 'bad-value', 28],
    ['{from: "9:00", to: "20:00"}', 'bad-value', 15],
    ['{from: "09:00"}', 'missing-key', 8],
    ['{from: "09:00", to: "20:00", days: [monday]}', 'bad-value', 44],
  ])('tell what is wrong with their calling hours, and where: %s', async (hours, code, column) => {
    const files = { 'a.app.yaml': `public: true\nhours: ${hours}\n`, 'a.dialogue.yaml': HANGUP };
    const { problems } = await loadFolder(await folderOf(files), {});
    expect(problems.map((one) => [one.code, one.place.line, one.place.column])).toEqual([[code, 2, column]]);
  });

  it('become an app with every default filled in', async () => {
    const folder = await folderOf({ 'a.app.yaml': 'public: true\n', 'a.dialogue.yaml': HANGUP });
    const loaded = await loadFolder(folder, {});
    expect(loaded.problems).toEqual([]);
    expect(loaded.apps[0]?.facts).toEqual({
      id: 'a',
      name: 'a',
      dialogue: 'a',
      public: true,
      locale: 'en-US',
      numbers: [],
      engine: null,
      model: null,
      voice: null,
      speech: null,
      fallback: [],
      limits: { calls: null, durationMs: 1_800_000, cost: null },
      properties: {},
      attach: true,
      account: null,
      hours: null,
      busy: null,
      lookup: false,
      transfers: {},
      hosts: null,
      zone: null,
    });
  });

  it('take values of the environment in the settings of an app, at any depth', async () => {
    const folder = await folderOf({
      'a.app.yaml':
        'public: true\nname: "${NAME}"\nnumbers: ["${ONE}", "${TWO}"]\nproperties: { a: { b: ["${NAME}!", 1] } }\n',
      'a.dialogue.yaml': HANGUP,
    });
    const loaded = await loadFolder(folder, { NAME: 'Verde', ONE: '+14155550100' });
    expect(said(loaded)).toEqual(['3:22 warning The environment has no `TWO`.']);
    expect(loaded.apps[0]?.facts).toMatchObject({
      name: 'Verde',
      numbers: ['+14155550100'],
      properties: { a: { b: ['Verde!', 1] } },
    });
  });
});

describe('what files mean to each other', () => {
  it('an app is not blamed for a dialogue that is there but broken', async () => {
    const folder = await folderOf({ 'a.app.yaml': 'public: true\n', 'a.dialogue.yaml': 'inbound: [\n' });
    const loaded = await loadFolder(folder, {});
    expect(loaded.problems.map(({ place }) => path.basename(place.file))).toEqual(['a.dialogue.yaml']);
    expect(loaded.apps).toHaveLength(1);
    expect(loaded.dialogues).toEqual([]);
  });

  it('a property that no app of a dialogue has is an error, one that some have is not', async () => {
    const files = {
      'a.app.yaml': 'public: true\nproperties: { city: Prague }\n',
      'b.app.yaml': 'public: true\ndialogue: a\nproperties: { town: Brno }\n',
      'a.dialogue.yaml': 'inbound: { hangup: "{{ app.city }} {{ app.town }} {{ app.ciyt }}" }\n',
    };
    expect(said(await loadFolder(await folderOf(files), {}))).toEqual([
      '1:58 error `app` has no `ciyt`; did you mean `city`?',
    ]);
  });

  it('a dialogue that no app holds may use any property', async () => {
    const folder = await folderOf({ 'a.dialogue.yaml': 'inbound: { hangup: "{{ app.city }}" }\n' });
    expect(said(await loadFolder(folder, {}))).toEqual([NOT_HELD]);
  });

  it('a dialogue that no app holds is a warning, unless another runs it or a file cannot be read', async () => {
    const run = 'inbound: { run: a }\n';
    expect(said(await loadFolder(await folderOf({ 'a.dialogue.yaml': HANGUP }), {}))).toEqual([NOT_HELD]);
    const held = { 'a.dialogue.yaml': HANGUP, 'b.dialogue.yaml': run, 'b.app.yaml': 'public: true\n' };
    expect(said(await loadFolder(await folderOf(held), {}))).toEqual([]);
    const named = { 'a.dialogue.yaml': HANGUP, 'c.app.yaml': 'public: true\ndialogue: a\n' };
    expect(said(await loadFolder(await folderOf(named), {}))).toEqual([]);
    const itself = { 'a.dialogue.yaml': run };
    expect(said(await loadFolder(await folderOf(itself), {}))).toEqual([
      NOT_HELD,
      '1:17 warning The dialogue runs itself: each round is held within the one before, and the twentieth ends the call. Use `return` or `goto` to go back.',
    ]);
    const unread = { 'a.dialogue.yaml': HANGUP, 'b.app.yaml': 'dialogue: [' };
    expect(said(await loadFolder(await folderOf(unread), {}))).toEqual([
      '1:11 error The `[` that opens here is not closed: a `]` is missing before the next line that is indented less.',
    ]);
  });

  it('an app and a dialogue may have the same id, two apps may not', async () => {
    const folder = await folderOf({
      'a.dialogue.yaml': HANGUP,
      'a.app.yaml': 'public: true\n',
      'b/a.app.yaml': 'public: true\n',
    });
    const loaded = await loadFolder(folder, {});
    expect(said(loaded)).toEqual([
      `1:1 error The app \`a\` is already there, in ${path.join(folder, 'a.app.yaml')}.`,
    ]);
  });

  it('a YAML file of another name is passed over with a warning', async () => {
    const folder = await folderOf({ 'a.dialog.yaml': HANGUP, 'b.dialogue.yml': HANGUP });
    const message =
      'The file is passed over: its name ends in neither .app.yaml nor .dialogue.yaml nor .test.yaml.';
    expect(said(await loadFolder(folder, {}))).toEqual([`1:1 warning ${message}`, `1:1 warning ${message}`]);
  });
});

describe('loading again', () => {
  it('keeps the hash of a document whose text is the same, and changes it with the text', async () => {
    const folder = await folderOf({ 'a.dialogue.yaml': HANGUP, 'b.dialogue.yaml': HANGUP });
    const first = await loadFolder(folder, {});
    await writeFile(path.join(folder, 'b.dialogue.yaml'), 'inbound: { hangup: "Bye." }\n');
    const second = await loadFolder(folder, {}, { last: first });
    expect(second.dialogues[0]?.document).toBe(first.dialogues[0]?.document);
    expect(second.dialogues[0]?.hash).toBe(first.dialogues[0]?.hash);
    expect(second.dialogues[1]?.hash).not.toBe(first.dialogues[1]?.hash);
  });

  it('finds what a changed app makes wrong in an unchanged dialogue', async () => {
    const folder = await folderOf({
      'a.app.yaml': 'public: true\nproperties: { city: Prague }\n',
      'a.dialogue.yaml': 'inbound: { hangup: "{{ app.city }}" }\n',
    });
    const first = await loadFolder(folder, {});
    expect(said(first)).toEqual([]);
    await writeFile(path.join(folder, 'a.app.yaml'), 'public: true\n');
    expect(said(await loadFolder(folder, {}, { last: first }))).toEqual(['1:28 error `app` has no `city`.']);
  });
});

it('a folder that is not there is one clear sentence', async () => {
  await expect(loadFolder('no/such/folder', {})).rejects.toMatchObject({
    code: 'no-dialogues',
    message: expect.stringMatching(/^The dialogues folder no\/such\/folder cannot be read: ENOENT/) as string,
  });
});

describe('an app whose choices are wrong', () => {
  it('is told of every one of them, with the nearest right thing', async () => {
    const folder = await folderOf({
      'desk.dialogue.yaml': 'inbound: {hangup: "Bye."}\n',
      'desk.app.yaml': `public: true
engine: casade
speech: deepgrm/nova-3
voice: {use: cartesia/ana, modl: x}
fallback: [gater, {engine: relay, voice: openai/marin}, 5, {engine: relay, voic: x}]
limits: {cost: -1}
`,
    });
    expect(said(await loadFolder(folder, {}))).toEqual([
      '2:9 error `engine` is "casade", but should be one of realtime, cascade, relay, gather, embedded; did you mean `cascade`?',
      '3:9 error `speech` is "deepgrm/nova-3", but should be deepgram/NAME, openai/NAME, google/NAME, twilio/NAME or embedded/NAME.',
      '4:28 error Unknown key `modl`; did you mean `model`?',
      '5:12 error An entry of `fallback` is "gater", but should be one of realtime, cascade, relay, gather, embedded; did you mean `gather`?',
      '5:42 error The relay engine cannot speak with openai/marin: its voices are elevenlabs/NAME, google/NAME or amazon/NAME.',
      '5:57 error An entry of `fallback` is 5, but should be an engine, such as cascade, or {engine: cascade, speech: deepgram/nova-3}.',
      '5:76 error Unknown key `voic`; did you mean `voice`?',
      '6:16 error `cost` is -1, but should be a number of US dollars, such as 0.50.',
    ]);
  });

  it('breaks nothing, whatever stands where a choice should', async () => {
    for (const odd of ['5', '[]', '{}', 'null', '{use: 5}', 'x', '"/"']) {
      for (const key of ['engine', 'speech', 'model', 'voice', 'fallback']) {
        const text = `engine: gather\npublic: true\n${key}: ${odd}\n`.replace(
          /^engine: gather\n(?=[\s\S]*^engine)/m,
          '',
        );
        const folder = await folderOf({
          'desk.dialogue.yaml': 'inbound: {hangup: "Bye."}\n',
          'desk.app.yaml': text,
        });
        const { problems } = await loadFolder(folder, {}, { engine: 'relay' });
        expect([text, problems.some(({ severity }) => severity === 'error')]).toEqual([text, true]);
      }
    }
  });
});
