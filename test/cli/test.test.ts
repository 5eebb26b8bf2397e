import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { percentage, test, type TestOptions, watchTests } from '../../runtime/cli/test.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { silentLog } from '../../runtime/log.ts';
import type { SuiteParts } from '../../runtime/rehearsal/suite.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';

const TEA = `
inbound:
  ask: "Tea?"
  answers:
    - {when: "yes", like: [sure], keys: "1", hangup: "Here it is."}
    - {when: "no", like: [nope], keys: "2", hangup: "Then not."}
`;
const RIGHT = 'tests: [{name: brings tea, turns: [{caller: sure}, {agent: Here it is}]}]\n';

let folder: string;
let text: { out: string; err: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-test-'));
  text = { out: '', err: '' };
  await write('tea.dialogue.yaml', TEA);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
  return file;
}

const output = {
  out: {
    write: (more: string) => (text.out += more.replaceAll(`${folder}/`, '').replace(/\(\d+ ms\)/, '(N ms)')),
  },
  err: {
    write: (more: string) => (text.err += more.replaceAll(`${folder}/`, '').replace(/in \d+ ms/, 'in N ms')),
  },
};

const parts: SuiteParts = {
  tools: () => ({ call: () => Promise.resolve(null), offer: () => null, close: () => Promise.resolve() }),
  understand: understandByRules,
  model: () => null,
  log: silentLog,
  metrics: openMetrics(),
};

const optionsWith = (more: Partial<TestOptions> = {}): TestOptions => ({
  paths: [],
  dialogues: folder,
  env: {},
  filter: '',
  coverage: false,
  coverageMin: null,
  junit: null,
  ...more,
});

const run = (more: Partial<TestOptions> = {}): Promise<number> => test(optionsWith(more), parts, output);

describe('offhook test', () => {
  it('tells a line for each test, and what went wrong with its place, the line and the transcript', async () => {
    await write('tea.test.yaml', RIGHT);
    await write(
      'more/tea-too.test.yaml',
      'dialogue: tea\ntests:\n  - name: wants none\n    turns: [{caller: nope}, {agent: Coffee}]\n',
    );
    expect(await run()).toBe(1);
    expect(text.out).toBe(`✗ tea-too: wants none (N ms)
    more/tea-too.test.yaml:4:37 error The agent should say "Coffee", but said "Then not.", and the call is over: agent-hung-up.
            turns: [{caller: nope}, {agent: Coffee}]
                                            ^
    | agent: Tea?
    | caller: nope
    | agent: Then not.
✓ tea: brings tea (N ms)
`);
    expect(text.err).toBe('1 test passed, 1 failed (6 turns in N ms)\n');
  });

  it('ends with 0 where all went well', async () => {
    await write('tea.test.yaml', RIGHT);
    expect(await run()).toBe(0);
    expect(text.err).toBe('1 test passed (3 turns in N ms)\n');
  });

  it('runs the files and folders that are given, which call what stands in the dialogues folder', async () => {
    const one = await write('a/one.test.yaml', RIGHT.replace('tests:', 'dialogue: tea\ntests:'));
    await write('a/two.test.yaml', RIGHT.replace('tests:', 'dialogue: tea\ntests:'));
    await write('three.test.yaml', RIGHT.replace('tests:', 'dialogue: tea\ntests:'));
    expect(await run({ paths: [one] })).toBe(0);
    expect(text.out).toBe('✓ one: brings tea (N ms)\n');
    text.out = '';
    expect(await run({ paths: [join(folder, 'a')] })).toBe(0);
    expect(text.out).toBe('✓ one: brings tea (N ms)\n✓ two: brings tea (N ms)\n');
  });

  it('runs a folder elsewhere by itself', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'offhook-elsewhere-'));
    try {
      await writeFile(join(elsewhere, 'tea.dialogue.yaml'), TEA);
      await writeFile(join(elsewhere, 'tea.test.yaml'), RIGHT);
      expect(await run({ paths: [elsewhere] })).toBe(0);
      expect(await run({ paths: [join(elsewhere, 'tea.test.yaml')] })).toBe(0);
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it('runs only the tests whose names hold the filter', async () => {
    await write(
      'tea.test.yaml',
      'tests: [{name: Brings TEA, turns: [{agent: Tea}]}, {name: brings none, turns: [{agent: Coffee}]}]',
    );
    expect(await run({ filter: 'tea' })).toBe(0);
    expect(await run({ filter: 'milk' })).toBe(1);
    expect(text.err).toContain('No test\'s name holds "milk".\n');
  });

  it('finds fault with having no test', async () => {
    expect(await run()).toBe(1);
    expect(text.err).toBe('0 tests passed (0 turns in N ms)\nThere is no test.\n');
  });

  it('tells the errors of a test file, and runs the others', async () => {
    await write('tea.test.yaml', RIGHT);
    await write('bad.test.yaml', 'dialogue: tee\ntests: [{name: a, turns: [{agnt: Tea}]}]\n');
    expect(await run()).toBe(1);
    expect(text.out).toContain('bad.test.yaml:1:11 error Unknown dialogue `tee`; did you mean `tea`?');
    expect(text.out).toContain('bad.test.yaml:2:28 error Unknown key `agnt`; did you mean `agent`?');
    expect(text.out).toContain('✓ tea: brings tea');
    expect(text.err).toBe('1 test passed, 2 errors (3 turns in N ms)\n');
  });

  it('does not call what has an error, and tells the error', async () => {
    await write('tea.test.yaml', RIGHT);
    await write('tea.dialogue.yaml', TEA.replace('ask:', 'aks:'));
    expect(await run()).toBe(1);
    expect(text.out).toContain('tea.dialogue.yaml:3:3 error Unknown key `aks`; did you mean `ask`?');
    expect(text.out).toContain(
      '✗ tea: brings tea (N ms)\n    tea.test.yaml:1:9 error What the test calls has an error',
    );
  });

  it('ends with 2 where a path is wrong', async () => {
    expect(await run({ paths: [join(folder, 'none.test.yaml')] })).toBe(2);
    expect(text.err).toMatch(/^none.test.yaml cannot be read: ENOENT/);
    text.err = '';
    expect(await run({ paths: [join(folder, 'tea.dialogue.yaml')] })).toBe(2);
    expect(text.err).toBe('tea.dialogue.yaml is no test: its name should end in .test.yaml.\n');
  });

  it('tells what was reached of a dialogue', async () => {
    await write('tea.test.yaml', RIGHT);
    expect(await run({ coverage: true })).toBe(0);
    expect(text.out).toBe(`✓ tea: brings tea (N ms)
REACHED  STATES  ANSWERS  RUNGS
tea           -   1 of 2      -  50 %
Never reached:
  tea.dialogue.yaml:6:7 answer no
`);
  });

  it('fails below the coverage that is asked for', async () => {
    await write('tea.test.yaml', RIGHT);
    expect(await run({ coverageMin: 50 })).toBe(0);
    expect(await run({ coverageMin: 51 })).toBe(1);
    expect(text.err).toContain('50 % was reached, but it should be 51 % at least.\n');
    expect(percentage('80')).toBe(80);
    expect(percentage(undefined)).toBeNull();
    for (const wrong of ['all', '', '-1', '101', '8o']) {
      expect(() => percentage(wrong)).toThrow(
        `--coverage-min is "${wrong}", but should be a number from 0 to 100.`,
      );
    }
  });

  it('writes the results for others, errors of files too', async () => {
    await write('tea.test.yaml', RIGHT);
    await write('bad.test.yaml', 'dialogue: tee\ntests: [{name: a, turns: [{agent: Tea}]}]\n');
    const junit = join(folder, 'reports', 'junit.xml');
    expect(await run({ junit })).toBe(1);
    const xml = await readFile(junit, 'utf8');
    expect(xml).toContain('<testsuites name="offhook" tests="2" failures="1"');
    expect(xml).toContain('Unknown dialogue `tee`; did you mean `tea`?');
    await write('taken', '');
    expect(await run({ junit: join(folder, 'taken', 'junit.xml') })).toBe(2);
    expect(text.err).toContain('taken/junit.xml cannot be written: ');
  });

  it('runs what is affected again when a file changes, until it is ended', async () => {
    await write('tea.test.yaml', RIGHT);
    await write('milk.dialogue.yaml', TEA.replace('Tea?', 'Milk?'));
    await write('milk.test.yaml', RIGHT.replace('tea', 'milk'));
    const ending = deferred();
    const watching = watchTests(optionsWith(), parts, output, ending.promise);
    await vi.waitFor(() => expect(text.err).toContain('Watching for changes.'), 10_000);
    expect(text.out).toBe('✓ milk: brings milk (N ms)\n✓ tea: brings tea (N ms)\n');

    text.out = '';
    await write('tea.dialogue.yaml', TEA.replace('Here it is', 'Coming up'));
    await vi.waitFor(() => expect(text.out).toContain('✗ tea: brings tea'), 10_000);
    expect(text.out).not.toContain('milk');

    text.out = '';
    await write('milk.test.yaml', RIGHT.replace('tea', 'more milk'));
    await vi.waitFor(() => expect(text.out).toContain('✓ milk: brings more milk'), 10_000);
    expect(text.out).not.toContain('tea:');
    ending.resolve();
    expect(await watching).toBe(0);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
