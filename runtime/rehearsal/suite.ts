/** The tests of a folder: found, joined with the programs that they call, and run one after another. */
import path from 'node:path';
import { compile } from '../dialogue/compile.ts';
import { reachable } from '../dialogue/reachable.ts';
import { appFacts } from '../dialogue/app-facts.ts';
import { hashOf, type Loaded, loadedTests, type LoadedTest, loadFolder } from '../dialogue/load.ts';
import type { Problem } from '../dialogue/problem.ts';
import type { Program } from '../dialogue/program.ts';
import type { Path, Source } from '../dialogue/read.ts';
import type { Environment } from '../dialogue/settings.ts';
import type { Place } from '../errors.ts';
import type { Tools } from '../tools/tools.ts';
import type { CallParts } from './call.ts';
import type { Coverage } from './coverage.ts';
import { rehearse } from './rehearsal.ts';

/** One file of tests, ready to be run. */
export interface TestFile {
  file: string;
  test: LoadedTest;
  /** Null where what it calls has an error. */
  program: Program | null;
  /** Changes when the file, or anything that it calls, does. */
  hash: string;
}

export interface Suite {
  files: TestFile[];
  /** Of every document of the folder. */
  problems: readonly Problem[];
  loaded: Loaded;
}

export interface TestResult {
  name: string;
  /** The id of the file. */
  suite: string;
  place: Place;
  /** Real time. */
  ms: number;
  turns: number;
  failure: { place: Place; message: string; transcript: string[] } | null;
}

export interface SuiteParts extends Omit<CallParts, 'program' | 'live' | 'model'> {
  tools(program: Program): Tools;
  /** Null: the rules alone understand. */
  model(program: Program): CallParts['model'];
}

/**
 * Loads the folder with its tests; files whose text is as it was in `last` are not parsed again.
 * @throws OffhookError `no-dialogues` where the folder cannot be read.
 */
export async function loadSuite(folder: string, env: Environment, last?: Loaded): Promise<Suite> {
  const loaded = await loadFolder(folder, env, { tests: true, ...(last && { last }) });
  const programs = new Map<string, Program | null>();
  const files = loadedTests(loaded).map((test): TestFile => {
    const { file, text } = test.source;
    const called = calledBy(test, loaded);
    const key = JSON.stringify(called);
    const program = programs.get(key) ?? programOf(loaded, called, env);
    programs.set(key, program);
    return { file, test, program, hash: hashOf(`${program?.version ?? ''} ${text}`) };
  });
  return { files, problems: loaded.problems, loaded };
}

/**
 * The program of an app, or of a dialogue that is called directly. Null where it is not there, or has an error.
 */
export function programOf(
  loaded: Loaded,
  called: { app: string } | { dialogue: string },
  env: Environment,
): Program | null {
  const app = 'app' in called ? loaded.apps.find(({ facts }) => facts.id === called.app) : null;
  if (app === undefined) return null;
  const facts = app?.facts ?? ('dialogue' in called ? appFacts(called.dialogue, {}, env) : null);
  if (!facts) return null;
  const library = new Map(loaded.dialogues.map((dialogue) => [dialogue.id, dialogue]));
  const hashes = reachable(library, facts.dialogue).map((one) => library.get(one)?.hash ?? null);
  if (hashes.includes(null)) return null;
  return compile(library, facts, facts.dialogue, hashOf(`${hashes.join(' ')} ${app?.hash ?? ''}`));
}

/** Whom the tests of a file call: its `app` or its `dialogue`, else who has the file's own id. */
function calledBy(
  { id, document }: LoadedTest,
  { documents }: Loaded,
): { app: string } | { dialogue: string } {
  if (document.app !== undefined) return { app: document.app };
  if (document.dialogue !== undefined) return { dialogue: document.dialogue };
  const isApp = [...documents.values()].some(({ file }) => file.kind === 'app' && file.id === id);
  return isApp ? { app: id } : { dialogue: id };
}

/**
 * Runs the tests whose names hold `filter`, in their order; every result is given to `on` as it comes. Tests know
 * nothing of each other and run one after another: the same files give the same results.
 */
export async function runTests(
  { test, program }: TestFile,
  parts: SuiteParts,
  { filter, coverage }: { filter: string; coverage: Coverage },
  on: (result: TestResult) => void,
): Promise<void> {
  const { tools, model, ...more } = parts;
  const watched = program && coverage.watch(program);
  for (const [index, one] of test.document.tests.entries()) {
    if (!one.name.toLowerCase().includes(filter.toLowerCase())) continue;
    const at = (where: Path): Place => placeOf(test.source, ['tests', index, ...where]);
    const about = { name: one.name, suite: test.id, place: at([]) };
    if (!program || !watched) {
      const message = 'What the test calls has an error, and cannot be called.';
      on({ ...about, ms: 0, turns: 0, failure: { place: about.place, message, transcript: [] } });
      continue;
    }
    const from = performance.now();
    const { miss, transcript, turns } = await rehearse(one, {
      ...more,
      program: watched,
      live: tools(program),
      model: model(program),
    });
    const failure = miss && { place: at(miss.path), message: miss.message, transcript };
    on({ ...about, ms: performance.now() - from, turns, failure });
  }
}

const placeOf = (source: Source, where: Path): Place => source.placeOf(where);

/** The files that stand at one of the paths or below it; all of them where there is none. */
export function filesAt(files: readonly TestFile[], paths: readonly string[]): TestFile[] {
  if (paths.length === 0) return [...files];
  return files.filter(({ file }) => paths.some((one) => isWithin(file, one)));
}

function isWithin(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}
