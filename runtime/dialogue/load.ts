/** The apps and dialogues of a folder tree: read, checked for shape, checked for meaning. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, OffhookError } from '../errors.ts';
import { checkMeaning } from './check.ts';
import { degradesOnEmbedded } from './degrade.ts';
import { type DocumentFile, mapOf } from './document-file.ts';
import type { AppDocument, DialogueDocument } from './document.ts';
import { durationMs } from './duration.ts';
import { type Problem, sortProblems } from './problem.ts';
import type { AppFacts } from './program.ts';
import type { Value } from './protocol.ts';
import { readSource } from './read.ts';
import { type Environment, expanded } from './settings.ts';
import { checkShape, type Kind } from './shape.ts';

export interface LoadedApp {
  facts: AppFacts;
  file: string;
  /** Changes when the file's text or the environment it takes values from changes. */
  hash: string;
}

export interface LoadedDialogue {
  id: string;
  file: string;
  document: DialogueDocument;
  hash: string;
}

/** Files that have an error are in `problems` only. */
export interface Loaded {
  apps: LoadedApp[];
  dialogues: LoadedDialogue[];
  problems: Problem[];
  /** How many documents were read. */
  files: number;
  /** Every document by its file, broken ones too. */
  documents: ReadonlyMap<string, ReadDocument>;
}

/** A document before its meaning is checked. */
export interface ReadDocument {
  file: DocumentFile;
  problems: readonly Problem[];
}

const DEFAULT_DURATION = '30m';
const DOCUMENT = /^(?<id>.*)\.(?<kind>app|dialogue)\.yaml$/;
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Loads every `NAME.app.yaml` and `NAME.dialogue.yaml` below `folder`; hidden folders and node_modules are passed
 * over. All problems of all files come at once, by file, line and column. With `engine`, what would degrade on
 * that engine is a warning. Documents whose text is as it was in `last` are not parsed again.
 * @throws OffhookError `no-dialogues` where the folder cannot be read.
 */
export async function loadFolder(
  folder: string,
  env: Environment,
  { engine, last }: { engine?: 'realtime' | 'embedded'; last?: Loaded } = {},
): Promise<Loaded> {
  const problems: Problem[] = [];
  const documents = new Map<string, ReadDocument>();
  for (const file of await yamlFiles(folder)) {
    const found = DOCUMENT.exec(path.basename(file))?.groups;
    const text = found ? await readText(file, problems) : null;
    if (!found) problems.push(...misnamed(file));
    if (!found || text === null) continue;
    const known = last?.documents.get(file);
    const kind = found.kind === 'app' ? 'app' : 'dialogue';
    documents.set(
      file,
      known?.file.source.text === text ? known : readDocument(file, text, kind, found.id ?? ''),
    );
  }
  const all = [...documents.values()];
  const files = all.map(({ file }) => file);
  const readable = new Set(files.filter(({ source }) => source.data !== undefined));
  problems.push(
    ...all.flatMap((document) => document.problems),
    // A file that cannot be read at all is still there for those that name it, but means nothing itself.
    ...checkMeaning(files, readable, env),
  );
  if (engine === 'embedded') problems.push(...[...readable].flatMap(degradesOnEmbedded));

  const sorted = sortProblems(problems);
  const broken = new Set(
    sorted.filter(({ severity }) => severity === 'error').map(({ place }) => place.file),
  );
  const whole = files.filter(({ source }) => !broken.has(source.file));
  return {
    apps: whole.filter(({ kind }) => kind === 'app').map((file) => loadedApp(file, env)),
    dialogues: whole.filter(({ kind }) => kind === 'dialogue').map(loadedDialogue),
    problems: sorted,
    files: files.length,
    documents,
  };
}

function readDocument(file: string, text: string, kind: Kind, id: string): ReadDocument {
  const source = readSource(file, text);
  const shape = source.data === undefined ? { problems: [], held: [] } : checkShape(kind, source);
  const problems = [...source.problems, ...shape.problems];
  if (!ID.test(id)) problems.push(badId(file, id, kind));
  return { file: { kind, id, source, data: mapOf(source.data), held: shape.held }, problems };
}

/** Relative or absolute as `folder` is, in a fixed order. */
async function yamlFiles(folder: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    throw new OffhookError(
      'no-dialogues',
      `The dialogues folder ${folder} cannot be read: ${messageOf(cause)}.`,
      {
        cause,
      },
    );
  }
  return entries
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !path.relative(folder, file).split(path.sep).some(passedOver))
    .toSorted();
}

const passedOver = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

async function readText(file: string, problems: Problem[]): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    problems.push(atStart(file, 'unreadable-file', `The file cannot be read: ${messageOf(cause)}.`));
    return null;
  }
}

function misnamed(file: string): Problem[] {
  const name = path.basename(file);
  if (name.endsWith('.test.yaml')) return [];
  if (name === 'accounts.yaml') {
    const message =
      '`accounts.yaml` is part of the dialogue language, but this version of Offhook does not carry it out yet.';
    return [atStart(file, 'not-yet', message)];
  }
  const message = `The file is passed over: its name ends in neither .app.yaml nor .dialogue.yaml nor .test.yaml.`;
  return [{ ...atStart(file, 'passed-over', message), severity: 'warning' }];
}

function badId(file: string, id: string, kind: Kind): Problem {
  const message = `\`${id}\` cannot be an id: name the file in small letters, digits and hyphens, such as bistro-verde.${kind}.yaml.`;
  return atStart(file, 'bad-id', message);
}

const atStart = (file: string, code: string, message: string): Problem => ({
  severity: 'error',
  code,
  message,
  place: { file, line: 1, column: 1 },
});

function loadedApp({ id, source, data }: DocumentFile, env: Environment): LoadedApp {
  const facts = appFacts(id, data, env);
  return { facts, file: source.file, hash: hashOf(JSON.stringify(facts)) };
}

function loadedDialogue({ id, source, data }: DocumentFile): LoadedDialogue {
  return { id, file: source.file, document: data, hash: hashOf(source.text) };
}

/** An app with all defaults filled in and the values of the environment put in. */
export function appFacts(id: string, document: AppDocument, env: Environment): AppFacts {
  const numbers = (document.numbers ?? []).map((number) => expanded(number, env));
  return {
    id,
    name: expanded(document.name ?? id, env),
    dialogue: document.dialogue ?? id,
    public: document.public ?? false,
    locale: document.locale ?? 'en-US',
    // A variable that is not set leaves no number behind; `check` warned of it.
    numbers: [...new Set(numbers.filter((number) => number.startsWith('+')))],
    engine: document.engine ?? null,
    model: document.model ?? null,
    voice: document.voice ?? null,
    limits: {
      calls: document.limits?.calls ?? null,
      durationMs: durationMs(document.limits?.duration ?? DEFAULT_DURATION),
    },
    properties: expandedWithin(document.properties ?? {}, env) as AppFacts['properties'],
  };
}

function expandedWithin(value: Value, env: Environment): Value {
  if (typeof value === 'string') return expanded(value, env);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value) => expandedWithin(item, env));
  return Object.fromEntries(
    Object.entries<Value>(value).map(([key, item]) => [key, expandedWithin(item, env)]),
  );
}

/** The first 16 hexadecimal digits of the text's SHA-256. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
