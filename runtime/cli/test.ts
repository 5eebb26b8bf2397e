/** `offhook test`: runs the conversations of `*.test.yaml` files and tells how they went. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { watch } from 'chokidar';
import type { Loaded } from '../dialogue/load.ts';
import { formatProblem, type Problem } from '../dialogue/problem.ts';
import type { Environment } from '../dialogue/settings.ts';
import { messageOf, OffhookError } from '../errors.ts';
import { Coverage } from '../rehearsal/coverage.ts';
import { junitOf } from '../rehearsal/junit.ts';
import {
  filesAt,
  loadSuite,
  runTests,
  type SuiteParts,
  type TestFile,
  type TestResult,
} from '../rehearsal/suite.ts';
import { coverageLines, percentOfAll } from './test-coverage.ts';

export interface TestOptions {
  /** Files and folders; none means the dialogues folder. */
  paths: readonly string[];
  /** The dialogues folder: a file in it is loaded together with all the others there. */
  dialogues: string;
  env: Environment;
  /** Only tests whose names hold this. */
  filter: string;
  /** Prints what was reached of the dialogues and what was not. */
  coverage: boolean;
  /** Fewer hundredths than this reached is a failure. */
  coverageMin: number | null;
  /** The file for the results as JUnit writes them. */
  junit: string | null;
}

export interface Output {
  out: { write(text: string): unknown };
  err: { write(text: string): unknown };
}

/**
 * `--coverage-min` as it was typed; null where it was not.
 * @throws OffhookError `bad-setting`.
 */
export function percentage(text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= 0 && number <= 100) return number;
  const message = `--coverage-min is "${text}", but should be a number from 0 to 100.`;
  throw new OffhookError('bad-setting', message);
}

/**
 * Runs the tests once: a line for each on `out`, a summary on `err`.
 * @returns the exit code: 0 where all went as they are written, 1 where one did not, where a file has an error,
 * where there is no test at all or where too little was reached, 2 where a path cannot be read or written.
 */
export async function test(options: TestOptions, parts: SuiteParts, output: Output): Promise<number> {
  return tellingWrongPaths(output, async () => {
    const round = new Round(options, parts, output);
    for (const [folder, paths] of await foldersOf(options)) {
      const suite = await loadSuite(folder, options.env);
      await round.run(filesAt(suite.files, paths), suite.loaded, paths);
    }
    return round.end();
  });
}

/** Runs the tests, and again those whose files or dialogues have changed, until `ending` settles. */
export async function watchTests(
  options: TestOptions,
  parts: SuiteParts,
  output: Output,
  ending: Promise<void>,
): Promise<number> {
  return tellingWrongPaths(output, async () => {
    const folders = await foldersOf(options);
    const before = new Map<string, { loaded: Loaded; hashes: Map<string, string> }>();
    const run = async (): Promise<void> => {
      const round = new Round(options, parts, output);
      for (const [folder, paths] of folders) {
        const last = before.get(folder);
        const suite = await loadSuite(folder, options.env, last?.loaded);
        const files = filesAt(suite.files, paths);
        const affected = files.filter(({ file, hash }) => last?.hashes.get(file) !== hash);
        before.set(folder, {
          loaded: suite.loaded,
          hashes: new Map(files.map(({ file, hash }) => [file, hash])),
        });
        await round.run(affected, suite.loaded, paths);
      }
      await round.end();
    };
    await run();
    await onChange([...folders.keys()], run, output, ending);
    return 0;
  });
}

/** Calls `run` after every change of a YAML file, one at a time, until `ending` settles. */
async function onChange(
  folders: readonly string[],
  run: () => Promise<void>,
  { err }: Output,
  ending: Promise<void>,
): Promise<void> {
  const watcher = watch([...folders], { ignoreInitial: true });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const told = (thrown: unknown): void => void err.write(`${messageOf(thrown)}\n`);
  watcher.on('error', told);
  watcher.on('all', (_event, file) => {
    if (!/\.ya?ml$/.test(file)) return;
    // An editor writes a file in several steps; they are one change.
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(run).catch(told);
    }, SETTLE_MS);
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  err.write('Watching for changes.\n');
  await ending;
  clearTimeout(timer);
  await watcher.close();
  await running;
}

const SETTLE_MS = 100;

/** One run of tests, and all that is told of it. */
class Round {
  readonly #options: TestOptions;
  readonly #parts: SuiteParts;
  readonly #output: Output;
  readonly #results: TestResult[] = [];
  readonly #problems = new Set<Problem>();
  readonly #coverage = new Coverage();
  readonly #loaded: Loaded[] = [];
  readonly #from = performance.now();

  constructor(options: TestOptions, parts: SuiteParts, output: Output) {
    this.#options = options;
    this.#parts = parts;
    this.#output = output;
  }

  async run(files: readonly TestFile[], loaded: Loaded, paths: readonly string[]): Promise<void> {
    this.#loaded.push(loaded);
    this.#tellProblems(files, loaded, paths);
    const { filter } = this.#options;
    for (const file of files) {
      await runTests(file, this.#parts, { filter, coverage: this.#coverage }, (result) => {
        this.#results.push(result);
        this.#output.out.write(told(result, file.test.source.text));
      });
    }
  }

  /** The summary, the coverage and the file for others to read. Gives the exit code. */
  async end(): Promise<number> {
    const { out, err } = this.#output;
    const { coverage, coverageMin, junit } = this.#options;
    const report = this.#coverage.report((dialogue) => this.#sourceOf(dialogue));
    if (coverage) for (const line of coverageLines(report)) out.write(`${line}\n`);
    if (junit !== null) await writeJunit(junit, [...this.#results, ...[...this.#problems].map(asResult)]);

    const failed = this.#results.filter(({ failure }) => failure).length;
    const turns = this.#results.reduce((sum, one) => sum + one.turns, 0);
    const ms = Math.round(performance.now() - this.#from);
    const counts = [
      `${count(this.#results.length - failed, 'test')} passed`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(this.#problems.size > 0 ? [count(this.#problems.size, 'error')] : []),
    ];
    err.write(`${counts.join(', ')} (${count(turns, 'turn')} in ${ms} ms)\n`);
    if (this.#results.length === 0 && this.#problems.size === 0) {
      err.write(
        this.#options.filter === ''
          ? 'There is no test.\n'
          : `No test's name holds "${this.#options.filter}".\n`,
      );
      return 1;
    }
    const reached = percentOfAll(report);
    const tooLittle = coverageMin !== null && reached < coverageMin;
    if (tooLittle) err.write(`${reached} % was reached, but it should be ${coverageMin} % at least.\n`);
    return failed > 0 || this.#problems.size > 0 || tooLittle ? 1 : 0;
  }

  /** Errors of the tests that were asked for, and of what they call where that is why they cannot run. */
  #tellProblems(files: readonly TestFile[], { problems, documents }: Loaded, paths: readonly string[]): void {
    const blocked = files.some(({ program }) => program === null);
    for (const problem of problems) {
      const { file } = problem.place;
      const isTest = file.endsWith('.test.yaml');
      if (problem.severity === 'warning' || (isTest ? !isAt(file, paths) : !blocked)) continue;
      this.#problems.add(problem);
      this.#output.out.write(`${formatProblem(problem, documents.get(file)?.file.source.text)}\n`);
    }
  }

  #sourceOf(dialogue: string) {
    for (const { documents } of this.#loaded) {
      for (const { file } of documents.values()) {
        if (file.kind === 'dialogue' && file.id === dialogue) return file.source;
      }
    }
    return null;
  }
}

const isAt = (file: string, paths: readonly string[]): boolean =>
  paths.length === 0 || paths.some((one) => !path.relative(one, file).startsWith('..'));

function told({ name, suite, ms, failure }: TestResult, text: string): string {
  const line = `${failure ? '✗' : '✓'} ${suite}: ${name} (${Math.round(ms)} ms)\n`;
  if (!failure) return line;
  const { place, message, transcript } = failure;
  const problem = formatProblem({ severity: 'error', code: 'not-as-written', message, place }, text);
  return [
    line,
    ...[...problem.split('\n'), ...transcript.map((said) => `| ${said}`)].map((one) => `    ${one}\n`),
  ].join('');
}

function asResult({ message, place }: Problem): TestResult {
  const suite = path.basename(place.file);
  return { name: 'has no error', suite, place, ms: 0, turns: 0, failure: { place, message, transcript: [] } };
}

async function writeJunit(file: string, results: readonly TestResult[]): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, junitOf(results));
  } catch (cause) {
    throw new OffhookError('no-file', `${file} cannot be written: ${messageOf(cause)}.`, { cause });
  }
}

/**
 * The folders to load, each with the paths in it that were asked for: what a test calls stands beside it, or
 * anywhere in the dialogues folder.
 */
async function foldersOf({ paths, dialogues }: TestOptions): Promise<Map<string, string[]>> {
  if (paths.length === 0) return new Map([[dialogues, []]]);
  const folders = new Map<string, string[]>();
  for (const given of paths) {
    const isFolder = await stat(given).then(
      (found) => found.isDirectory(),
      (cause: unknown) => {
        throw new OffhookError('no-file', `${given} cannot be read: ${messageOf(cause)}.`, { cause });
      },
    );
    if (!isFolder && !given.endsWith('.test.yaml')) {
      throw new OffhookError('no-file', `${given} is no test: its name should end in .test.yaml.`);
    }
    const inDialogues = isAt(path.resolve(given), [path.resolve(dialogues)]);
    const folder = inDialogues ? dialogues : isFolder ? given : path.dirname(given);
    folders.set(folder, [...(folders.get(folder) ?? []), given]);
  }
  return folders;
}

async function tellingWrongPaths({ err }: Output, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof OffhookError) || thrown.code !== 'no-file') throw thrown;
    err.write(`${thrown.message}\n`);
    return 2;
  }
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
