/** The schemas in an editor, by the language server that VS Code's YAML extension runs. */
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEditor, type Editor } from '../support/language-server.ts';
import { openHouse, type House } from './house.ts';

const folder = new URL('../../dialogues/', import.meta.url).href;
let editor: Editor;

beforeAll(async () => {
  editor = await openEditor(folder);
}, 30_000);
afterAll(() => editor.close());

const headed = (kind: string, text: string): string =>
  `# yaml-language-server: $schema=../schemas/${kind}.schema.json\n${text}`;
const problems = (kind: string, text: string): Promise<string[]> =>
  editor.problems(`a.${kind}.yaml`, headed(kind, text));
const hover = (kind: string, text: string): Promise<string> =>
  editor.hover(`a.${kind}.yaml`, headed(kind, text));
const complete = (kind: string, text: string): Promise<string[]> =>
  editor.complete(`a.${kind}.yaml`, headed(kind, text));

const steps = (text: string): string => `inbound:\n${text.replaceAll(/^/gm, '  ')}`;

describe('an editor underlines', () => {
  it('nothing in the examples', async () => {
    const files = (await readdir(new URL(folder))).filter((file) =>
      /\.(app|dialogue|test)\.yaml$/.test(file),
    );
    expect(files.length).toBeGreaterThan(5);
    const found = await Promise.all(
      files.map(async (file) => [
        file,
        ...(await editor.problems(file, await readFile(new URL(file, folder), 'utf8'))),
      ]),
    );
    expect(found).toEqual(files.map((file) => [file]));
  });

  it('an unknown key, in a step too', async () => {
    expect(await problems('app', 'nmae: Bistro\n')).toEqual(['2:1 Property nmae is not allowed.']);
    expect(await problems('dialogue', steps('- say: Hello\n  loud: true'))).toEqual([
      '4:5 Property loud is not allowed.',
    ]);
  });

  it('a value that is none', async () => {
    expect(await problems('app', 'engine: psychic\n')).toEqual([
      '2:9 Value is not accepted. Valid values: "realtime", "cascade", "relay", "gather", "embedded".',
    ]);
    expect(await problems('app', 'numbers: [14155550100]\n')).toEqual([
      '2:11 Incorrect type. Expected "string".',
    ]);
  });

  it('no name of another file, whether it is there or not', async () => {
    expect(await problems('app', 'dialogue: not-written-yet\n')).toEqual([]);
    expect(
      await problems('dialogue', steps('- run: not-written-yet\n- transfer: nobody\n- goto: nowhere')),
    ).toEqual([]);
    expect(
      await problems('test', 'app: not-written-yet\ntests: [{name: x, turns: [{caller: hi}]}]\n'),
    ).toEqual([]);
  });

  it('a step that has no verb yet once or twice, not once for each verb', async () => {
    expect((await problems('dialogue', steps('- '))).length).toBeLessThanOrEqual(2);
  });
});

describe('an editor explains', () => {
  // The pointer rests where the mark is.
  it.concurrent.each([
    ['app', '¦name: Bistro', 'What the app is called where people read it.'],
    ['app', 'lim¦its: {calls: 20}', 'What this app may use at most. Such as `{calls: 20, duration: 15m}`.'],
    [
      'app',
      'limits: {cal¦ls: 20}',
      'How many calls may run at the same time, in all processes on one store together; one that is on its way in or rings counts.',
    ],
    ['dialogue', 'per¦sona: You are Ana.', 'Who speaks and how:'],
    ['dialogue', 'int¦ro: {say: Hello}', 'The greeting, before anything else'],
    ['dialogue', 'inbo¦und: welcome', 'Where a call begins that the caller placed'],
    ['dialogue', 'slots: {day: {ty¦pe: date}}', 'text, choice (`of`), boolean'],
    ['dialogue', 'slots: {day: {type: date, as¦k: "Which day?"}}', 'How it is asked for.'],
    ['dialogue', 'silen¦ce: "Are you there?"', 'What to do when the caller says nothing.'],
    ['dialogue', 'silen¦ce: [{hangup: true}]', 'What to do when the caller says nothing.'],
    ['dialogue', steps('- sa¦y: Hello'), 'Exactly these words, or one of a list of variants.'],
    ['dialogue', steps('- sa¦y: [Hello, Hi]'), 'Exactly these words, or one of a list of variants.'],
    ['dialogue', steps('- as¦k: Well?\n  answers: [{when: x}]'), 'The question, or a list of variants.'],
    ['dialogue', steps('- ask: Well?\n  ans¦wers: [{when: x}]'), 'What the caller may answer.'],
    ['dialogue', steps('- ask: Well?\n  answers: [{wh¦en: x}]'), 'What the caller means, in words.'],
    ['dialogue', steps('- ask: Well?\n  answers: [{when: x, go¦to: y}]'), 'The state to go to.'],
    ['dialogue', steps('- go¦to: bye'), 'The state to go to.'],
    ['dialogue', steps('- hang¦up: Goodbye.'), 'The goodbye, a list of variants, or true for none.'],
    ['dialogue', steps('- do: x\n  fai¦led: {goto: y}'), 'What to do when it fails:'],
    ['dialogue', steps('- transfer: x\n  bri¦ef: true'), 'True: the other side hears who is calling'],
    ['dialogue', steps('- col¦lect: day'), 'The slots, in the order in which they are asked for.'],
    ['dialogue', steps('- branch: [{i¦f: "true", goto: x}]'), 'True or false. No model is asked.'],
    ['test', 'ap¦p: bistro', 'The id of the app that is called.'],
    ['test', 'tests: [{name: x, turns: [{cal¦ler: yes}]}]', 'What the caller says, as a text, or does:'],
    ['test', 'tests: [{name: x, turns: [{expect: {sta¦te: a}}]}]', 'The state that the dialogue is in'],
  ])('%s: %s', async (kind, text, explanation) => {
    const [, ...shown] = (await hover(kind, text)).split('\n').filter((line) => line !== '');
    expect(shown.join('\n')).toMatch(new RegExp(`^${explanation.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  });
});

describe('an editor offers', () => {
  it('the keys of a file that is still empty', async () => {
    expect(await complete('app', '¦')).toEqual(
      expect.arrayContaining(['name', 'dialogue', 'public', 'numbers']),
    );
    expect(await complete('dialogue', '¦')).toEqual(
      expect.arrayContaining(['intro', 'slots', 'states', 'anytime']),
    );
    expect(await complete('test', '¦')).toEqual(expect.arrayContaining(['app', 'tests']));
  });

  it('every verb where a step begins, and beside a condition', async () => {
    const verbs = ['say', 'ask', 'collect', 'confirm', 'talk', 'do', 'branch', 'goto', 'transfer', 'hangup'];
    expect(await complete('dialogue', steps('- ¦'))).toEqual(expect.arrayContaining(verbs));
    const beside = steps('- ask: Well?\n  answers:\n    - when: x\n      ¦');
    expect(await complete('dialogue', beside)).toEqual(
      expect.arrayContaining([...verbs, 'then', 'like', 'keys']),
    );
    const condition = steps('- branch:\n    - if: "true"\n      ¦');
    expect(await complete('dialogue', condition)).toEqual(expect.arrayContaining([...verbs, 'then']));
  });

  it('what belongs to the verb that is there, and nothing of another', async () => {
    const offered = await complete('dialogue', steps('- do: find_table\n  ¦'));
    expect(offered).toEqual(expect.arrayContaining(['with', 'save', 'failed']));
    expect(offered).not.toContain('answers');
  });

  it('the values of a key that has only some', async () => {
    expect(await complete('app', 'engine: ¦')).toEqual([
      'realtime',
      'cascade',
      'relay',
      'gather',
      'embedded',
    ]);
    expect(await complete('dialogue', 'slots:\n  day:\n    type: ¦')).toEqual(
      expect.arrayContaining(['date', 'money', 'digits']),
    );
  });
});

describe('an editor that takes the schemas from a server', () => {
  let house: House;

  beforeAll(async () => {
    house = await openHouse();
    const parts = { bistro: {}, survey: {} } as unknown as House['targets'][number]['program']['parts'];
    house.targets = [{ app: { id: 'bistro', transfers: { manager: '+14155550199' } }, program: { parts } }];
  });
  afterAll(() => house.close());

  it('offers the names that are loaded, and underlines none that is not', async () => {
    const served = (kind: string, text: string): string =>
      `# yaml-language-server: $schema=${house.url}/schemas/${kind}.schema.json\n${text}`;
    expect(await editor.complete('a.app.yaml', served('app', 'dialogue: ¦'))).toEqual(['bistro', 'survey']);
    expect(await editor.complete('a.test.yaml', served('test', 'app: ¦'))).toEqual(['bistro']);
    const dialogue = served('dialogue', steps('- transfer: ¦'));
    expect(await editor.complete('a.dialogue.yaml', dialogue)).toContain('manager');
    expect(await editor.problems('a.app.yaml', served('app', 'dialogue: another'))).toEqual([]);
  });
});
