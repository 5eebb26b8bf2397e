/** What an engine cannot carry of a dialogue, so that an author reads it before a caller hears it. */
import { castOn } from './casts.ts';
import { dialogueOf, dialoguesRun } from './check-holders.ts';
import { GAPS, stageOf, type Stage, type Use } from './degrade-gaps.ts';
import { type DocumentFile, mapOf, problem } from './document-file.ts';
import type { AppDocument } from './document.ts';
import { type Cast, type EngineName, ENGINES } from './engines.ts';
import { typeOfExpression } from './types.ts';
import { isSet } from './types-known.ts';
import { type Problem, sortProblems } from './problem.ts';
import { type Path, valueAt } from './read.ts';
import type { Environment } from './settings.ts';

/** A use, and where it stands. */
interface Found {
  use: Use;
  path: Path;
  which: 'key' | 'value';
}

/**
 * What `check` warns of: for every app that names its engine what degrades there, in the app and in the dialogues
 * that it comes to; with `engine`, what would degrade there of all there is.
 */
export function degrades(files: readonly DocumentFile[], env: Environment, engine?: EngineName): Problem[] {
  const apps = files.filter(({ kind }) => kind === 'app');
  const dialogues = new Map(files.filter(({ kind }) => kind === 'dialogue').map((one) => [one.id, one]));
  const problems = new Map<string, Problem>();
  const held = new Set<DocumentFile>();
  const add = (file: DocumentFile, stage: Stage): void => {
    held.add(file);
    for (const one of degradesOn(file, stage)) {
      const { file: name, line, column } = one.place;
      problems.set(`${name}:${line}:${column} ${one.message}`, one);
    }
  };
  for (const app of apps) {
    const on = engine ?? ENGINES.find((one) => one === app.data.engine);
    if (on === undefined) continue;
    const stage = stageOf(castOn(on, choicesIn(app.data)), env);
    for (const file of [app, ...comeTo(app, dialogues)]) add(file, stage);
  }
  if (engine !== undefined) {
    const stage = stageOf(castOn(engine, {}), env);
    for (const file of dialogues.values()) if (!held.has(file)) add(file, stage);
  }
  return [...problems.values()];
}

/** What degrades where this cast carries the app's calls, by place. */
export function degradesFor(
  app: DocumentFile,
  files: readonly DocumentFile[],
  cast: Cast,
  env: Environment,
): Problem[] {
  const dialogues = new Map(files.filter(({ kind }) => kind === 'dialogue').map((one) => [one.id, one]));
  const stage = stageOf(cast, env);
  return sortProblems([app, ...comeTo(app, dialogues)].flatMap((file) => degradesOn(file, stage)));
}

/** What the app chose, as far as it is of the right shape: the schema tells of the rest. */
function choicesIn({
  speech,
  model,
  voice,
}: DocumentFile['data']): Pick<AppDocument, 'speech' | 'model' | 'voice'> {
  const { use } = mapOf(voice);
  const speaker = typeof voice === 'string' ? voice : use;
  return {
    ...(typeof speech === 'string' && { speech }),
    ...(typeof model === 'string' && { model }),
    ...(typeof speaker === 'string' && { voice: speaker }),
  };
}

/** The dialogues that an app's calls come to. */
function comeTo(app: DocumentFile, dialogues: ReadonlyMap<string, DocumentFile>): Set<DocumentFile> {
  const found = new Set<DocumentFile>();
  const queue = [dialogueOf(app)];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const dialogue = dialogues.get(id);
    if (!dialogue || found.has(dialogue)) continue;
    found.add(dialogue);
    queue.push(...dialoguesRun(dialogue));
  }
  return found;
}

/** What degrades of one file. */
export function degradesOn(file: DocumentFile, stage: Stage): Problem[] {
  const uses = file.kind === 'app' ? usesInApp(file) : usesInDialogue(file);
  return uses.flatMap(({ use, path, which }) =>
    GAPS.filter(
      (gap) => gap.part === use.part && gap.engines.includes(stage.engine) && gap.holds(use, stage),
    ).map(({ code, says }) =>
      problem(file.source, path, code, says(use, stage), { severity: 'warning', which }),
    ),
  );
}

function usesInApp({ data }: DocumentFile): Found[] {
  const { locale } = data;
  if (typeof locale !== 'string') return [];
  return [
    { use: { part: 'language', name: locale, locale, changes: false }, path: ['locale'], which: 'value' },
  ];
}

function usesInDialogue({ data, held }: DocumentFile): Found[] {
  const uses: Found[] = [];
  const isOpen = !('states' in data) && !('inbound' in data) && !('outbound' in data);
  const talks = isOpen || held.some(({ holds, path }) => holds === 'template' && path.at(-1) === 'talk');
  if (isOpen)
    uses.push({ use: { part: 'open', name: '' }, path: 'persona' in data ? ['persona'] : [], which: 'key' });
  for (const { holds, path, value } of held) {
    if (holds === 'template' && path.at(-1) === 'talk')
      uses.push({ use: { part: 'talk', name: String(value) }, path, which: 'key' });
    if (holds === 'file' && path.at(-1) === 'play')
      uses.push({ use: { part: 'play', name: String(value) }, path, which: 'value' });
    if (holds === 'expression' && path.at(-1) === 'session.locale' && path.at(-2) === 'set')
      uses.push({ use: languageOf(value), path, which: 'value' });
    if (holds === 'options' && Array.isArray(value)) uses.push(...judged(value, path));
  }
  for (const [name, slot] of Object.entries(mapOf(data.slots))) {
    const { type, from, sensitive } = mapOf(slot);
    if (typeof type !== 'string') continue;
    const limits = Array.isArray(from) ? from.map(String) : null;
    const use: Use = { part: 'value', name, type, from: limits, sensitive: sensitive === true };
    uses.push({ use, path: ['slots', name], which: 'key' });
  }
  for (const { turn, path } of turnsIn(data, [])) {
    const { words, patience } = turn;
    if (typeof words === 'number' && words > 1)
      uses.push({
        use: { part: 'words', name: String(words), talks },
        path: [...path, 'words'],
        which: 'key',
      });
    if (typeof patience === 'string') {
      const use: Use = { part: 'patience', name: patience, inner: path.length > 1 };
      uses.push({ use, path: [...path, 'patience'], which: 'key' });
    }
  }
  return uses;
}

/** The options that nothing but judgement tells apart. */
function judged(options: readonly unknown[], path: Path): Found[] {
  return [...options.keys()].flatMap((index) => {
    const { when, like, keys } = mapOf(valueAt(options, [index]));
    if (typeof when !== 'string' || like !== undefined || keys !== undefined) return [];
    return { use: { part: 'when', name: when } as const, path: [...path, index, 'when'], which: 'key' };
  });
}

function languageOf(value: unknown): Use {
  const type = typeof value === 'string' ? typeOfExpression(value, new Map()) : 'value';
  const [only = null] = isSet(type) && type.of.length === 1 ? type.of : [];
  return { part: 'language', name: String(value), locale: only, changes: true };
}

/** Parts of a dialogue in which `turn` may be a name of the author's. */
const NAMED = new Set(['slots', 'params', 'tools', 'with', 'set', 'remember']);

/** Every `turn` of the dialogue, its states and its steps. */
function turnsIn(value: unknown, path: Path): { turn: { readonly [key: string]: unknown }; path: Path }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => turnsIn(item, [...path, index]));
  return Object.entries(mapOf(value)).flatMap(([key, inner]) => {
    const here = [...path, key];
    const isState = path.length === 1 && path[0] === 'states';
    if (!isState && NAMED.has(key)) return [];
    return !isState && key === 'turn' ? [{ turn: mapOf(inner), path: here }] : turnsIn(inner, here);
  });
}
