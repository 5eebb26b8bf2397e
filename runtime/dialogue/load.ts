/** The apps and dialogues of a folder tree: read, checked for shape, checked for meaning. */
import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, OffhookError } from '../errors.ts';
import { appFacts } from './app-facts.ts';
import { readAccounts, type DeclaredAccounts, type ReadAccounts } from './accounts.ts';
import { checkMeaning } from './check.ts';
import { heldBy, unheldDialogues } from './check-holders.ts';
import { checkTests } from './check-test.ts';
import { degrades } from './degrade.ts';
import { type DocumentFile, mapOf } from './document-file.ts';
import type { DialogueDocument, TestDocument } from './document.ts';
import type { EngineName } from './engines.ts';
import { type Prices, readPrices } from './prices.ts';
import { type Problem, sortProblems } from './problem.ts';
import { proofsOf } from './proofs/proofs.ts';
import type { Understanding } from './proofs/shadowed.ts';
import type { AppFacts } from './program.ts';
import { readSource, type Source } from './read.ts';
import type { Environment } from './settings.ts';
import type { Kind } from './schemas.ts';
import { checkShape } from './shape.ts';

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

export interface LoadedTest {
  id: string;
  source: Source;
  document: TestDocument;
}

/** Files that have an error are in `problems` only. */
export interface Loaded {
  apps: LoadedApp[];
  dialogues: LoadedDialogue[];
  problems: Problem[];
  /** Of `prices.yaml`; empty where there is none, or an error in it. */
  prices: Prices;
  /** Of `accounts.yaml`; empty where there is none, or an error in it. */
  accounts: DeclaredAccounts;
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

export interface LoadOptions {
  engine?: EngineName;
  last?: Loaded;
  tests?: boolean;
  understand?: Understanding;
}

const PRICES = 'prices.yaml';
const ACCOUNTS = 'accounts.yaml';
const DOCUMENT = /^(?<id>.*)\.(?<kind>app|dialogue|test)\.yaml$/;
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Loads every `NAME.app.yaml` and `NAME.dialogue.yaml` below `folder`; hidden folders and node_modules are passed
 * over. All problems of all files come at once, by file, line and column. With `engine`, what would degrade on
 * that engine is a warning; with `tests`, every `NAME.test.yaml` is loaded as well; with `understand`, so is an
 * example sentence that it takes for another answer. Documents whose text is as it was in `last` are not parsed
 * again.
 * @throws OffhookError `no-dialogues` where the folder cannot be read.
 */
export async function loadFolder(
  folder: string,
  env: Environment,
  { engine, last, tests = false, understand }: LoadOptions = {},
): Promise<Loaded> {
  const problems: Problem[] = [];
  const same: ReadDocument[] = [];
  const fresh: Unread[] = [];
  let prices: Prices = new Map();
  let declared: (ReadAccounts & { file: string }) | null = null;
  for (const file of await yamlFiles(folder)) {
    if (path.basename(file) === PRICES) {
      const written = readText(file, problems);
      const read = written === null ? null : readPrices(file, written);
      prices = read?.prices ?? prices;
      problems.push(...(read?.problems ?? []));
      continue;
    }
    if (path.basename(file) === ACCOUNTS) {
      if (declared)
        problems.push(atStart(file, 'duplicate-id', `The accounts are already there, in ${declared.file}.`));
      const written: string | null = declared ? null : readText(file, problems);
      if (written === null) continue;
      declared = { ...readAccounts(file, written, env), file };
      problems.push(...declared.problems);
      continue;
    }
    const found = DOCUMENT.exec(path.basename(file))?.groups;
    if (found?.kind === 'test' && !tests) continue;
    const text = found ? readText(file, problems) : null;
    if (!found) problems.push(...misnamed(file));
    if (!found || text === null) continue;
    const known = last?.documents.get(file);
    if (known?.file.source.text === text) same.push(known);
    else fresh.push({ file, text, kind: found.kind as Kind, id: found.id ?? '' });
  }
  const all = [...same, ...fresh.map(readDocument)].toSorted(({ file: one }, { file: other }) =>
    one.source.file < other.source.file ? -1 : 1,
  );
  const files = all.map(({ file }) => file);
  const readable = new Set(files.filter(({ source }) => source.data !== undefined));
  problems.push(
    ...all.flatMap((document) => document.problems),
    // A file that cannot be read at all is still there for those that name it, but means nothing itself.
    ...checkMeaning(files, readable, env, declared ? declared.names : []),
    ...checkTests(files, readable),
    ...unheldDialogues(files, readable),
    ...degrades([...readable], env, engine),
  );

  const mistaken = filesWithErrors(problems);
  const right = files.filter(({ kind, source }) => kind === 'dialogue' && !mistaken.has(source.file));
  const apps = [...readable].filter(({ kind, source }) => kind === 'app' && !mistaken.has(source.file));
  problems.push(...proofsOf(right, heldBy(apps), env, understand));
  const sorted = sortProblems(problems);
  const broken = filesWithErrors(sorted);
  const whole = files.filter(({ source }) => !broken.has(source.file));
  return {
    apps: whole.filter(({ kind }) => kind === 'app').map((file) => loadedApp(file, env)),
    dialogues: whole.filter(({ kind }) => kind === 'dialogue').map(loadedDialogue),
    problems: sorted,
    prices,
    accounts: declared?.accounts ?? new Map(),
    files: files.length,
    documents: new Map(all.map((document) => [document.file.source.file, document])),
  };
}

const filesWithErrors = (problems: readonly Problem[]): Set<string> =>
  new Set(problems.filter(({ severity }) => severity === 'error').map(({ place }) => place.file));

interface Unread {
  file: string;
  text: string;
  kind: Kind;
  id: string;
}

function readDocument({ file, text, kind, id }: Unread): ReadDocument {
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

/** The text, or null where it cannot be read. Parsing takes far longer than a read that nothing else waits for. */
function readText(file: string, problems: Problem[]): string | null {
  try {
    const bytes = readFileSync(file);
    const text = bytes.toString('utf8');
    if (!isUtf8(bytes)) problems.push(badEncoding(file, text));
    return text;
  } catch (cause) {
    problems.push(atStart(file, 'unreadable-file', `The file cannot be read: ${messageOf(cause)}.`));
    return null;
  }
}

/** `text` has a U+FFFD wherever the bytes are no UTF-8: a caller would hear it. */
function badEncoding(file: string, text: string): Problem {
  const lines = text.slice(0, text.indexOf('\uFFFD')).split('\n');
  const message = 'The file is no UTF-8 from this character on: save it in the encoding UTF-8.';
  return {
    ...atStart(file, 'bad-encoding', message),
    place: { file, line: lines.length, column: lines.at(-1)!.length + 1 },
  };
}

function misnamed(file: string): Problem[] {
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

/** The tests that were asked for and have no error, by file. */
export function loadedTests({ documents, problems }: Loaded): LoadedTest[] {
  const broken = new Set(
    problems.filter(({ severity }) => severity === 'error').map(({ place }) => place.file),
  );
  return [...documents.values()].flatMap(({ file: { kind, id, source, data } }) =>
    kind === 'test' && !broken.has(source.file)
      ? [{ id, source, document: data as unknown as TestDocument }]
      : [],
  );
}

/** The first 16 hexadecimal digits of the text's SHA-256. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
