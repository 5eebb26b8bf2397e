import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { EngineName } from '../dialogue/engines.ts';
import { loadFolder, type ReadDocument } from '../dialogue/load.ts';
import { formatProblem, type Problem } from '../dialogue/problem.ts';
import type { Understanding } from '../dialogue/proofs/shadowed.ts';
import type { Environment } from '../dialogue/settings.ts';
import { messageOf, OffhookError } from '../errors.ts';
import { helpUri, readHelp } from './check-help.ts';
import { sarifOf } from './check-sarif.ts';

export type CheckFormat = 'text' | 'json' | 'sarif';

export interface CheckOptions {
  /** Files and folders; none means the dialogues folder. */
  paths: readonly string[];
  /** The dialogues folder: a file in it is checked together with all the others there. */
  dialogues: string;
  /** What would degrade on this engine is reported as well. */
  engine: EngineName | null;
  format: CheckFormat;
  env: Environment;
  /** Of this command, for whoever reads its report. */
  version: string;
  /** Shows which example sentence would be taken for another answer. */
  understand: Understanding;
}

interface Out {
  write(text: string): unknown;
}

/**
 * `offhook check`: every problem of every file on `out`, a summary on `err`.
 * @returns the exit code: 0 where there is no error (warnings are none), 1 where there is one, 2 where a path
 * cannot be read.
 */
export async function check(options: CheckOptions, out: Out, err: Out): Promise<number> {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const documents = new Map<string, ReadDocument>();
  for (const given of options.paths.length > 0 ? options.paths : [options.dialogues]) {
    try {
      const found = await problemsOf(given, options);
      for (const [file, document] of found.documents) documents.set(file, document);
      // Two paths may hold the same file.
      problems.push(...found.problems.filter(({ place }) => !seen.has(path.resolve(place.file))));
      for (const file of found.files) seen.add(path.resolve(file));
    } catch (thrown) {
      if (!(thrown instanceof OffhookError)) throw thrown;
      err.write(`${thrown.message}\n`);
      return 2;
    }
  }

  const errors = problems.filter(({ severity }) => severity === 'error').length;
  switch (options.format) {
    case 'json':
      out.write(jsonOf(problems.map((problem) => ({ ...problem, helpUri: helpUri(problem.code) }))));
      break;
    case 'sarif':
      out.write(
        jsonOf(sarifOf(problems, { version: options.version, folder: process.cwd(), help: readHelp() })),
      );
      break;
    case 'text':
      for (const problem of problems)
        out.write(`${formatProblem(problem, documents.get(problem.place.file)?.file.source.text)}\n`);
  }
  const counts = [
    count(seen.size, 'file'),
    count(errors, 'error'),
    count(problems.length - errors, 'warning'),
  ];
  err.write(`${counts.join(', ')}\n`);
  return errors > 0 ? 1 : 0;
}

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

interface Found {
  problems: Problem[];
  files: string[];
  documents: ReadonlyMap<string, ReadDocument>;
}

async function problemsOf(
  given: string,
  { dialogues, env, engine, understand }: CheckOptions,
): Promise<Found> {
  const isFolder = await stat(given).then(
    (found) => found.isDirectory(),
    (cause: unknown) => {
      throw new OffhookError('no-file', `${given} cannot be read: ${messageOf(cause)}.`, { cause });
    },
  );
  const more = { tests: true, understand, ...(engine !== null && { engine }) };
  if (isFolder) {
    const { problems, documents } = await loadFolder(given, env, more);
    return { problems, files: filesOf(problems, documents), documents };
  }
  // What a file means depends on its neighbours: an app on its dialogue, a dialogue on the apps that hold it.
  const folder = isWithin(given, dialogues) ? dialogues : path.dirname(given);
  const { problems, documents } = await loadFolder(folder, env, more);
  const isGiven = (file: string): boolean => path.resolve(file) === path.resolve(given);
  const files = filesOf(problems, documents).filter(isGiven);
  if (files.length === 0) {
    const message = `${given} is no dialogue file: its name should end in .app.yaml, .dialogue.yaml or .test.yaml.`;
    throw new OffhookError('no-file', message);
  }
  return { problems: problems.filter(({ place }) => isGiven(place.file)), files, documents };
}

const filesOf = (problems: readonly Problem[], documents: ReadonlyMap<string, ReadDocument>): string[] => [
  ...new Set([...documents.keys(), ...problems.map(({ place }) => place.file)]),
];

function isWithin(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
