import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Loaded, loadFolder } from '../../runtime/dialogue/load.ts';

const BROKEN = path.relative(process.cwd(), fileURLToPath(new URL('broken', import.meta.url)));
const EXAMPLES = fileURLToPath(new URL('../../dialogues', import.meta.url));

/** Every problem of every file of `broken/`, as `check` prints it. */
const EXPECTED = [
  {
    file: 'Not_Kebab.dialogue.yaml',
    what: 'a file whose name cannot be an id',
    problems: [
      '1:1 error `Not_Kebab` cannot be an id: name the file in small letters, digits and hyphens, such as bistro-verde.dialogue.yaml.',
    ],
  },
  {
    file: 'empty.dialogue.yaml',
    what: 'an empty file',
    problems: ['1:1 error The file is empty.'],
  },
  {
    file: 'expressions.dialogue.yaml',
    what: 'expressions that do not parse, with their column inside the text',
    problems: [
      '2:22 error "4 +" ends before the expression is complete.',
      '2:31 error "party = 3" is not allowed in an expression: write == to compare; an expression cannot assign.',
      '4:14 error "party === 4" is not allowed in an expression: write == instead, which never converts.',
      '5:15 error "{{ party" opens with {{ but has no }}.',
      '6:14 error "spel" cannot be called: the functions are contains, days, digits, len, lower, max, min, now, number, round, spell, upper.',
    ],
  },
  {
    file: 'keys.dialogue.yaml',
    what: 'two answers with the same key, and states that nothing leads to',
    problems: [
      '5:34 error The keys "1" already mean `wants one` in this list.',
      '6:1 warning Nothing leads to `states`: name the state where a call begins with `inbound` or `outbound`.',
    ],
  },
  {
    file: 'later.app.yaml',
    what: 'settings of the language that this version does not carry out',
    problems: [
      '3:9 error `engine: cascade` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      '4:1 error `speech` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      '5:8 error `voice: cartesia/some-voice` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      '6:21 error `cost` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
    ],
  },
  {
    file: 'later.dialogue.yaml',
    what: 'keys and verbs of the language that this version does not carry out',
    problems: [
      '1:1 error `slots` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      '3:5 error `collect` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      '4:5 error `confirm` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      '6:28 error `patience` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      '8:36 error `code` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
    ],
  },
  {
    file: 'list.dialogue.yaml',
    what: 'a list where a map should be',
    problems: [
      '1:1 error The file is a list, but should be a map of keys such as `intro`, `inbound` and `states`.',
    ],
  },
  {
    file: 'missing.dialogue.yaml',
    what: 'what a step, an answer, a case or a tool lacks',
    problems: [
      '2:5 error `ask` needs `answers` beside it.',
      '5:9 error `when` is missing: write an option, such as {when: wants to book, goto: booking}.',
      '7:15 error `like` is an empty list, but should be a list of example sentences.',
      '9:9 error `if` is missing: write an entry with `if` or `else`.',
      '11:8 error `end` is an empty list, but should be a list with at least one entry.',
      '13:31 error `url` is missing: write a map such as {url: "${BOOKING_URL}/tables"}.',
      '13:57 error `timeout` is 5, but should be a duration with a unit, such as 4s (units: ms, s, m, h, d).',
    ],
  },
  {
    file: 'names.dialogue.yaml',
    what: 'names that do not exist, in every style a text is written in',
    problems: [
      '1:10 error Unknown state `welcom`; did you mean `welcome`?',
      '5:3 warning Nothing leads to the state `welcome`.',
      '6:11 error Unknown tool `find_tabel`.',
      '8:24 error `user` belongs to the runtime: choose another name.',
      '9:43 error Unknown name `tiem`.',
      '9:63 error `session` has no `isInitated`; did you mean `isInitiated`?',
      '12:16 error Unknown name `prty`; did you mean `party`?',
      '14:28 error Unknown name `day`.',
      '17:21 error `user` has no `nam`; did you mean `name`?',
      '18:11 error `else` comes last: what stands behind it is never reached.',
    ],
  },
  {
    file: 'nowhere.app.yaml',
    what: 'an app whose dialogue, locale and voice do not exist',
    problems: [
      '1:1 warning `public` is not true: callers unknown to the app are paired first, and pairing is not carried out yet, so only calls out and known callers get in.',
      '1:11 error There is no dialogue `rihgt`; did you mean `right`?',
      '2:9 error `locale` is "en_US", but should be a language and region, such as en-US or cs-CZ.',
      '4:8 error The embedded engine cannot speak with openai/marin: its voices are embedded/NAME.',
    ],
  },
  {
    file: 'right.dialogue.yaml',
    what: 'an id that is taken in another folder',
    problems: [
      '1:1 error The dialogue `right` is already there, in test/dialogue/broken/deeper/right.dialogue.yaml.',
    ],
  },
  {
    file: 'syntax.dialogue.yaml',
    what: 'what is no YAML',
    problems: [
      '1:9 error A value that begins with { or [ is a map or a list: put a text with {{ }} in quotes.',
      '3:10 error A value cannot go on like this: a text with `: ` in it is put in quotes, and the lines of a map begin at the same column.',
      '4:1 error A tab cannot indent a line: use spaces.',
    ],
  },
  {
    file: 'taken.app.yaml',
    what: 'a number that another app answers',
    problems: [
      '3:11 error +14155550100 is already answered by the app `claims`, in test/dialogue/broken/claims.app.yaml.',
    ],
  },
  {
    file: 'tools.dialogue.yaml',
    what: 'tools that cannot be called as they are',
    problems: [
      '2:76 error ftp://example.com should be an http:// or https:// URL.',
      '3:39 warning The environment has no `PING_URL`.',
      '6:12 error This is no valid JSON Schema: schema is invalid: data/properties/party/minimum must be number.',
      '7:36 error `${PING URL}` is no variable of the environment: write ${NAME}.',
      '9:9 error The tool `find` needs `day`: write it under `with`.',
      '10:23 error The tool `find` takes no `dya`; did you mean `day`?',
      '12:13 error The tool `ping` takes no input.',
    ],
  },
  {
    file: 'twice.dialogue.yaml',
    what: 'a key that is there twice',
    problems: ['3:1 error The key `intro` stands in this map twice.'],
  },
  {
    file: 'two-verbs.dialogue.yaml',
    what: 'a step with two verbs and one with none',
    problems: [
      '3:5 error A step has one verb, but this one has `say` and `goto`: write two steps.',
      '4:5 error A step needs one of `say`, `ask`, `talk`, `set`, `branch`, `goto`, `do`, `hangup`, `repeat`.',
      '12:11 error What follows a condition has one verb, but this one has `say` and `goto`: write them as a list under `then`.',
    ],
  },
  {
    file: 'unknown-key.dialogue.yaml',
    what: 'unknown keys with the nearest valid one',
    problems: [
      '2:3 error Unknown key `sya`; did you mean `say`?',
      '5:5 error Unknown key `sillence`; did you mean `silence`?',
      '7:5 error Unknown key `interupt`; did you mean `interrupt`?',
      '8:1 error Unknown key `voicemial`; what may stand here: `persona`, `tools`, `intro`, `inbound`, `outbound`, `states`, `anytime`, `silence`, `unclear`, `turn`.',
    ],
  },
  {
    file: 'unquoted.app.yaml',
    what: 'numbers without quotes and durations without a unit',
    problems: [
      '2:9 error `public` is "yes", but should be true or false.',
      '3:11 error An entry of `numbers` is a number without quotes: write "+420777123456".',
      '3:26 error An entry of `numbers` is "+1415", but should be a phone number in quotes with + and country code, such as "+14155550100".',
      '3:35 error An entry of `numbers` is "12345", but should be a phone number in quotes with + and country code, such as "+14155550100".',
      '4:21 error `duration` is 15, but should be a duration with a unit, such as 15m (units: ms, s, m, h, d).',
    ],
  },
  {
    file: 'unquoted.dialogue.yaml',
    what: 'keys and texts without quotes',
    problems: [
      '4:34 error `keys` is a number without quotes: write "1".',
      '5:34 error `keys` is "two", but should be keys in quotes, such as "1", "0" or "12#".',
      '6:10 error `say` is a number without quotes: write "12".',
    ],
  },
];

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

const HANGUP = 'inbound: { hangup: true }\n';

describe('files with mistakes', () => {
  it.each(EXPECTED)('$what: $file', async ({ file, problems }) => {
    expect(said(await loadFolder(BROKEN, {}), path.join(BROKEN, file))).toEqual(problems);
  });

  it('come all at once, by file, line and column, and none of them is loaded', async () => {
    const loaded = await loadFolder(BROKEN, {});
    const places = loaded.problems.map(({ place }) => place);
    expect(new Set(places.map(({ file }) => path.relative(BROKEN, file)))).toEqual(
      new Set(EXPECTED.map(({ file }) => file)),
    );
    expect(places).toEqual(
      places.toSorted(
        (one, other) =>
          (one.file < other.file ? -1 : one.file > other.file ? 1 : 0) ||
          one.line - other.line ||
          one.column - other.column,
      ),
    );
    expect(loaded.apps.map(({ facts }) => facts.id)).toEqual(['claims']);
    expect(loaded.dialogues.map(({ file }) => path.relative(BROKEN, file))).toEqual([
      path.join('deeper', 'right.dialogue.yaml'),
    ]);
  });
});

describe('files without mistakes', () => {
  it('of the examples give no problem at all', async () => {
    const loaded = await loadFolder(EXAMPLES, {});
    expect(loaded.files).toBeGreaterThan(0);
    expect(loaded.problems.filter(({ code }) => code !== 'missing-variable')).toEqual([]);
  });

  it('are found in nested folders, but not in hidden ones, and tests are left to `test`', async () => {
    const folder = await folderOf({
      'a.dialogue.yaml': HANGUP,
      'deep/er/b.dialogue.yaml': HANGUP,
      '.hidden/c.dialogue.yaml': HANGUP,
      'node_modules/d.dialogue.yaml': HANGUP,
      'a.test.yaml': 'app: a',
      'notes.txt': 'not ours',
    });
    const loaded = await loadFolder(folder, {});
    expect(loaded.problems).toEqual([]);
    expect(loaded.dialogues.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(loaded.files).toBe(2);
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
      limits: { calls: null, durationMs: 1_800_000 },
      properties: {},
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
    expect(said(await loadFolder(folder, {}))).toEqual([]);
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

  it('a YAML file of another name is passed over with a warning, and accounts.yaml is of a later version', async () => {
    const folder = await folderOf({ 'a.dialog.yaml': HANGUP, 'b.dialogue.yml': HANGUP, 'accounts.yaml': '' });
    const message =
      'The file is passed over: its name ends in neither .app.yaml nor .dialogue.yaml nor .test.yaml.';
    expect(said(await loadFolder(folder, {}))).toEqual([
      `1:1 warning ${message}`,
      '1:1 error `accounts.yaml` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
      `1:1 warning ${message}`,
    ]);
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
