import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sarifOf } from '../../runtime/cli/check-sarif.ts';
import { check, type CheckOptions } from '../../runtime/cli/check.ts';
import type { Problem } from '../../runtime/dialogue/problem.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';

let folder: string;
const file = (name: string): string => path.join(folder, name);

async function run(options: Partial<CheckOptions> = {}): Promise<{ exit: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const exit = await check(
    {
      paths: [],
      dialogues: folder,
      engine: null,
      format: 'text',
      env: {},
      version: '1.2.3',
      understand: understandByRules,
      ...options,
    },
    { write: (text) => (written.out += text) },
    { write: (text) => (written.err += text) },
  );
  return { exit, ...written };
}

/** A dialogue with an error, and an app that holds it. */
async function writeBad(): Promise<void> {
  await writeFile(file('bad.dialogue.yaml'), 'inbound:\n  sya: Hi\n');
  await writeFile(file('bad.app.yaml'), 'public: true\n');
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'offhook-check-'));
  await writeFile(
    file('good.dialogue.yaml'),
    'inbound: { ask: Well?, answers: [{ when: x, goto: a }] }\nstates: { a: { hangup: true } }\n',
  );
  await writeFile(file('good.app.yaml'), 'public: true\n');
});
afterEach(() => rm(folder, { recursive: true }));

it('files without problems are exit 0, with nothing but the summary', async () => {
  expect(await run()).toEqual({ exit: 0, out: '', err: '2 files, 0 errors, 0 warnings\n' });
});

it('an error is exit 1, with its line and a caret on standard output', async () => {
  await writeBad();
  expect(await run()).toEqual({
    exit: 1,
    out: `${file('bad.dialogue.yaml')}:2:3 error Unknown key \`sya\`; did you mean \`say\`?\n      sya: Hi\n      ^\n`,
    err: '4 files, 1 error, 0 warnings\n',
  });
});

it('with an engine, what would degrade on it are warnings, which are exit 0', async () => {
  const { exit, out, err } = await run({ engine: 'embedded' });
  expect(exit).toBe(0);
  expect(out.split('\n')[0]).toBe(
    `${file('good.dialogue.yaml')}:1:36 warning \`x\` cannot be understood on the embedded engine: it has neither \`like\` nor \`keys\`.`,
  );
  expect(err).toBe('2 files, 0 errors, 1 warning\n');
  expect((await run({ engine: 'realtime' })).out).toBe('');
});

it('as JSON it is the list of problems, each with where it is explained', async () => {
  await writeBad();
  expect(JSON.parse((await run({ format: 'json' })).out)).toEqual([
    {
      severity: 'error',
      code: 'unknown-key',
      message: 'Unknown key `sya`; did you mean `say`?',
      place: { file: file('bad.dialogue.yaml'), line: 2, column: 3 },
      helpUri: expect.stringMatching(/^file:\/\/.*\/docs\/problems\.md#unknown-key$/) as string,
    },
  ]);
});

interface Sarif {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; version: string; rules: Rule[] } };
    columnKind: string;
    results: Result[];
  }[];
}
interface Rule {
  id: string;
  helpUri: string;
  shortDescription: { text: string };
  help: { text: string; markdown: string };
}
interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: {
    physicalLocation: {
      artifactLocation: { uri: string };
      region: { startLine: number; startColumn: number };
    };
  }[];
}

it('as SARIF it is a log of one run, with a rule for each code and the place of each problem', async () => {
  await writeFile(file('bad.dialogue.yaml'), 'inbound:\n  sya: Hi\n  yas: Hi\nstates: { a: { goto: b } }\n');
  const { out, exit } = await run({ format: 'sarif', engine: 'embedded' });
  expect(exit).toBe(1);
  const { $schema, version, runs } = JSON.parse(out) as Sarif;
  expect($schema).toMatch(/^https:.*\/sarif-schema-2\.1\.0\.json$/);
  expect(version).toBe('2.1.0');
  expect(runs).toHaveLength(1);
  const [{ tool, columnKind, results } = expect.unreachable('a run')] = runs;
  expect(columnKind).toBe('utf16CodeUnits');
  expect(tool.driver).toMatchObject({ name: 'Offhook', version: '1.2.3' });

  const problems = JSON.parse((await run({ format: 'json', engine: 'embedded' })).out) as Problem[];
  expect(problems.length).toBeGreaterThan(3);
  const ids = tool.driver.rules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(problems.map(({ code }) => code))].toSorted());
  for (const { id, helpUri, shortDescription, help } of tool.driver.rules) {
    expect(new URL(helpUri).hash).toBe(`#${id}`);
    expect(help.markdown.startsWith(shortDescription.text)).toBe(true);
    expect(help.text).toBe(help.markdown);
  }
  expect(results).toEqual(
    problems.map(({ code, severity, message, place }) => ({
      ruleId: code,
      ruleIndex: ids.indexOf(code),
      level: severity,
      message: { text: message },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: pathToFileURL(place.file).href },
            region: { startLine: place.line, startColumn: place.column },
          },
        },
      ],
    })),
  );
});

it('SARIF names a file below the working directory from there, as another machine would', () => {
  const place = { file: path.join('my dialogues', 'ä.app.yaml'), line: 1, column: 1 };
  const problem: Problem = { severity: 'warning', code: 'not-public', message: 'It is not.', place };
  const log = sarifOf([problem], { version: '1', folder: '/project', help: new Map() }) as Sarif;
  const [result] = log.runs[0]?.results ?? [];
  expect(result?.locations[0]?.physicalLocation.artifactLocation).toEqual({
    uri: 'my%20dialogues/%C3%A4.app.yaml',
  });
});

it('SARIF of nothing is a run without results', async () => {
  const { runs } = JSON.parse((await run({ format: 'sarif' })).out) as Sarif;
  expect(runs[0]?.results).toEqual([]);
  expect(runs[0]?.tool.driver.rules).toEqual([]);
});

it('tests are checked as well', async () => {
  await writeFile(file('good.test.yaml'), 'tests: [{ name: x, turns: [{ expect: { state: b } }] }]\n');
  const { out, err } = await run();
  expect(out).toContain('Unknown state `b`');
  expect(err).toBe('3 files, 1 error, 0 warnings\n');
});

it('one file is checked among its neighbours, and only its problems are told', async () => {
  await writeFile(file('one.app.yaml'), 'public: true\ndialogue: good\n');
  await writeBad();
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
  await writeBad();
  const { out, err } = await run({ paths: [folder, file('bad.dialogue.yaml')] });
  expect(out.match(/sya`/g)).toHaveLength(1);
  expect(err).toBe('4 files, 1 error, 0 warnings\n');
});

it('a path that is not there, or no dialogue file, is exit 2', async () => {
  const missing = await run({ paths: [file('no.dialogue.yaml')] });
  expect(missing.exit).toBe(2);
  expect(missing.err).toMatch(/no\.dialogue\.yaml cannot be read: ENOENT/);
  await writeFile(file('notes.txt'), 'x');
  expect(await run({ paths: [file('notes.txt')] })).toEqual({
    exit: 2,
    out: '',
    err: `${file('notes.txt')} is no dialogue file: its name should end in .app.yaml, .dialogue.yaml or .test.yaml.\n`,
  });
});
