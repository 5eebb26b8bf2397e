import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadedTests, loadFolder } from '../../runtime/dialogue/load.ts';
import { patternOf } from '../../runtime/dialogue/test-text.ts';

const TEA = `
slots: {cups: {type: integer}}
tools:
  brew: {about: Brews, http: {url: "http://localhost/"}}
  shop: {mcp: {url: "http://localhost/"}, allow: [find_milk]}
inbound: order
states:
  order:
    - collect: [cups]
    - {do: brew, save: pot}
    - run: payment
    - hangup: "Here. {{ pot }}"
`;
const PAYMENT = 'slots: {tip: {type: integer}}\ninbound: pay\nstates: {pay: [{collect: [tip]}]}\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-check-test-'));
  await writeFile(join(folder, 'tea.dialogue.yaml'), TEA);
  await writeFile(join(folder, 'payment.dialogue.yaml'), PAYMENT);
  await writeFile(join(folder, 'house.app.yaml'), 'dialogue: tea\ntransfers: {manager: "+14155550199"}\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What is wrong with `house.test.yaml`, as `line:column message`. */
async function problemsOf(text: string): Promise<string[]> {
  await writeFile(join(folder, 'house.test.yaml'), text);
  const { problems } = await loadFolder(folder, {}, { tests: true });
  return problems
    .filter(({ place }) => place.file.endsWith('.test.yaml'))
    .map(({ message, place }) => `${place.line}:${place.column} ${message}`);
}

const turns = (...lines: string[]): string =>
  `app: house\ntests:\n- name: one\n  turns:\n${lines.map((line) => `  - ${line}\n`).join('')}`;

describe('a test', () => {
  it('may use everything of the format', async () => {
    const text = `
app: house
tests:
  - name: everything
    now: 2026-03-03T10:00:00+01:00
    zone: Europe/Prague
    inbound: {from: "+14155550123", locale: de-DE}
    user: {name: Eva, visits: 3}
    tools: {brew: [{error: tool-timeout}, {result: 1, after: 3s}, [1]], shop.find_milk: live}
    transfers: {manager: busy, "+14155550198": answered}
    turns:
      - agent: Tea
      - agent: [Tea, /coffee|milk/]
      - caller: yes
      - caller: {keys: "12#", after: 1s}
      - caller: {silence: 8s}
      - caller: {interrupt: "no, wait"}
      - caller: {hangup: true, after: 0ms}
      - caller: {machine: true}
      - expect: {state: pay, slots: {cups: null, tip: 2}, attributes: {a: [1]}, user: {b: 2}, said: Tea, heard: [T]}
      - expect: {tools: [brew, shop.find_milk: {fat: 3.5}]}
      - ended: transferred
  - name: outbound
    outbound: {to: "+14155550123", attributes: {a: {b: c}}, welcomeMessage: Hi., locale: en-US}
    turns: [{agent: Hi}]
`;
    expect(await problemsOf(text)).toEqual([]);
  });

  it('is loaded where it is asked for only', async () => {
    expect(await problemsOf(turns('agent: Tea'))).toEqual([]);
    expect(loadedTests(await loadFolder(folder, {}))).toEqual([]);
    const loaded = await loadFolder(folder, {}, { tests: true });
    expect(loadedTests(loaded).map(({ id, document }) => [id, document.tests[0]?.name])).toEqual([
      ['house', 'one'],
    ]);
  });

  it('calls an app or a dialogue that is there, else the one with its own id', async () => {
    const rest = 'tests: [{name: one, turns: [{agent: Tea}]}]';
    expect(await problemsOf(rest)).toEqual([]);
    expect(await problemsOf(`dialogue: payment\n${rest}`)).toEqual([]);
    expect(await problemsOf(`app: hous\n${rest}`)).toEqual(['1:6 Unknown app `hous`; did you mean `house`?']);
    expect(await problemsOf(`dialogue: teas\n${rest}`)).toEqual([
      '1:11 Unknown dialogue `teas`; did you mean `tea`?',
    ]);
    expect(await problemsOf(`app: house\ndialogue: tea\n${rest}`)).toEqual([
      '2:1 A test calls an app or a dialogue: write `app` or `dialogue`, not both.',
    ]);
    await rm(join(folder, 'house.app.yaml'));
    expect(await problemsOf(rest)).toEqual([
      '1:1 There is neither an app nor a dialogue `house`: write `app` or `dialogue`.',
    ]);
  });

  it('names states, slots, tools and transfers that are there, also of the dialogues that are run', async () => {
    const text = `
app: house
tests:
  - name: one
    tools: {bruw: 1, find_milk: 2}
    transfers: {manger: busy}
    turns:
      - expect: {state: ordr, slots: {cup: 1, tip: 1}, tools: [brow, {shop.find_silk: {}}]}
`;
    expect(await problemsOf(text)).toEqual([
      '5:13 Unknown tool `bruw`; did you mean `brew`?',
      '5:22 Unknown tool `find_milk`.',
      '6:17 The app has no transfer `manger`; did you mean `manager`?',
      '8:25 Unknown state `ordr`; did you mean `order`?',
      '8:39 Unknown slot `cup`; did you mean `cups`?',
      '8:64 Unknown tool `brow`; did you mean `brew`?',
      '8:70 Unknown tool `shop.find_silk`; did you mean `shop.find_milk`?',
    ]);
  });

  it('has values that can be', async () => {
    const text = `
app: house
tests:
  - name: one
    now: 2026-13-03T10:00:00Z
    zone: Mars/Olympus
    inbound: {}
    outbound: {}
    turns: [{agent: "/(/"}, {agent: [Tea, "/[/"]}, {caller: {silence: 25h}}, {caller: {machine: true, after: 1s}}]
  - name: one
    turns: [{agent: Tea}]
`;
    expect(await problemsOf(text)).toEqual([
      '5:10 `now` is "2026-13-03T10:00:00Z", but the calendar has no such moment.',
      '6:11 `zone` is "Mars/Olympus", but should be a time zone, such as Europe/Prague.',
      '8:5 A call is inbound or outbound, not both.',
      expect.stringMatching(/^9:21 "\/\(\/" is no pattern: .*[^.]\.$/) as string,
      expect.stringMatching(/^9:43 "\/\[\/" is no pattern: .*[^.]\.$/) as string,
      '9:71 `silence` is 25h, but may be 24h at most.',
      '9:103 `after` belongs to `interrupt`, `keys`, `hangup` or `claims`.',
      '10:11 There are two tests with the name "one".',
    ]);
  });

  it('has one verb in each turn, with a value of its kind', async () => {
    expect(await problemsOf(turns('{agent: Tea, caller: tea}'))).toEqual([
      '5:18 A step has one verb, but this one has `agent` and `caller`: write two steps.',
    ]);
    expect(await problemsOf(turns('{agnt: Tea}'))).toEqual(['5:6 Unknown key `agnt`; did you mean `agent`?']);
    expect(await problemsOf(turns('caller: 4'))).toEqual([
      '5:13 `caller` is a number without quotes: write "4".',
    ]);
    expect(await problemsOf(turns('caller: {keys: 1}'))).toEqual([
      '5:20 `keys` is a number without quotes: write "1".',
    ]);
    expect(await problemsOf(turns('caller: {silence: 8}'))).toEqual([
      '5:23 `silence` is 8, but should be a duration with a unit, such as 8s (units: ms, s, m, h).',
    ]);
    expect(await problemsOf(turns('ended: agent-hung-upp'))).toEqual([
      '5:12 `ended` is "agent-hung-upp", but should be one of caller-hung-up, agent-hung-up, transferred, limit, error, machine, not-paired, drained; did you mean `agent-hung-up`?',
    ]);
    expect(await problemsOf('app: house\ntests: [{name: one}]\n')).toEqual([
      '2:9 `turns` is missing: write a map such as {name: books a table, turns: […]}.',
    ]);
  });
});

describe('the schema of tests', () => {
  const url = new URL('../../schemas/test.schema.json', import.meta.url);
  const schema = JSON.parse(readFileSync(url, 'utf8')) as object;

  it('is JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
  });

  it('describes every key, for hover texts and the reference', () => {
    const bare: string[] = [];
    const visit = (part: unknown, where: string): void => {
      if (typeof part !== 'object' || part === null) return;
      for (const [key, value] of Object.entries(part) as [string, object][]) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(value) as [string, object][]) {
            if (!('description' in property)) bare.push(`${where}/${name}`);
          }
        }
        visit(value, `${where}/${key}`);
      }
    };
    visit(schema, '');
    expect(bare).toEqual([]);
  });
});

describe('a text of a test', () => {
  it('is found whatever the case, the white space, the quotes and the signs in it', () => {
    expect(patternOf('Is that  RIGHT?').test('So: is that right? Yes.')).toBe(true);
    expect(patternOf('a+b (c) [d] {e} ^f$ g|h \\ i/j').test('A+B (c) [d] {e} ^f$ g|h \\ i/j')).toBe(true);
    expect(patternOf("it's “so”").test('it\'s "so"')).toBe(true);
    expect(patternOf('a.c').test('abc')).toBe(false);
  });

  it('is a pattern between slashes', () => {
    expect(patternOf('/^a .* right\\?$/').test('A table, right?')).toBe(true);
    expect(patternOf('/').test('yes / no')).toBe(true);
    expect(patternOf('/ a').test('1 / a')).toBe(true);
  });
});
