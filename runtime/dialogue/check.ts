/**
 * The second check of documents: their meaning. Each rule reports only what is certain to go wrong on a call.
 * Works on whatever of a document has the right shape, so that all problems come at once.
 */
import { repeatedKeys, repeatedLikes } from './check-answers.ts';
import { checkApp, sharedNumbers } from './check-app.ts';
import { checkSlots } from './check-slots.ts';
import { checkGiven } from './check-given.ts';
import { checkText } from './check-texts.ts';
import { checkTypes, isAsked } from './check-types.ts';
import {
  brokenSchema,
  checkTools,
  missingFile,
  missingInputs,
  unknownFilling,
  unknownInput,
  unknownTool,
} from './check-tools.ts';
import { heldBy } from './check-holders.ts';
import {
  checkDurations,
  checkSettings,
  type DocumentFile,
  mapOf,
  problem,
  problemIn,
} from './document-file.ts';
import {
  type Names,
  namesGiven,
  namesRemembered,
  slipInName,
  slipsInExpression,
  slipsInTemplate,
} from './names.ts';
import { didYouMean, type Problem } from './problem.ts';
import { writtenSecrets } from './proofs/secrets.ts';
import { type Path, type Source, valueAt } from './read.ts';
import type { Environment } from './settings.ts';
import type { Held } from './shape.ts';

/**
 * Checks the documents of a folder against themselves and against each other. Of those that are not `readable`
 * only the id is known. `accounts`: the names that accounts.yaml declares; null: it cannot be read.
 */
export function checkMeaning(
  files: readonly DocumentFile[],
  readable: ReadonlySet<DocumentFile>,
  env: Environment,
  accounts: readonly string[] | null = [],
): Problem[] {
  const apps = files.filter(({ kind }) => kind === 'app');
  const dialogues = new Map(
    files.filter(({ kind }) => kind === 'dialogue').map((dialogue) => [dialogue.id, dialogue]),
  );
  const around: Surroundings = {
    dialogues,
    // Where an app cannot be read, nobody knows which dialogue it holds.
    held: apps.every((app) => readable.has(app)) ? heldBy(apps) : new Map(),
    user: new Set([...dialogues.values()].flatMap(({ held }) => namesRemembered(held))),
    env,
  };
  return [
    ...duplicateIds(files),
    ...sharedNumbers(apps, env),
    ...apps.filter((app) => readable.has(app)).flatMap((app) => checkApp(app, { dialogues, accounts, env })),
    ...files
      .filter((file) => file.kind === 'dialogue' && readable.has(file))
      .flatMap((dialogue) => checkDialogue(dialogue, around)),
  ];
}

function duplicateIds(files: readonly DocumentFile[]): Problem[] {
  const first = new Map<string, string>();
  return files.flatMap(({ kind, id, source }) => {
    const other = first.get(`${kind} ${id}`);
    if (other === undefined) {
      first.set(`${kind} ${id}`, source.file);
      return [];
    }
    return [problem(source, [], 'duplicate-id', `The ${kind} \`${id}\` is already there, in ${other}.`)];
  });
}

/** What a dialogue is held against. */
interface Surroundings {
  dialogues: ReadonlyMap<string, DocumentFile>;
  /** The apps that hold a dialogue, by its id. */
  held: ReadonlyMap<string, readonly DocumentFile[]>;
  /** What any dialogue remembers of a user. */
  user: ReadonlySet<string>;
  env: Environment;
}

function checkDialogue(dialogue: DocumentFile, around: Surroundings): Problem[] {
  const { held, id } = dialogue;
  const { dialogues, env, user } = around;
  const holders = around.held.get(id) ?? null;
  const names: Names = {
    given: namesGiven(held),
    app: holders && new Set(holders.flatMap(({ data }) => Object.keys(mapOf(data.properties)))),
    user,
  };
  return [
    ...checkSettings(dialogue, env),
    ...checkDurations(dialogue),
    ...held.flatMap((one) => checkHeld(dialogue, one, names, { dialogues, holders })),
    ...checkSlots(dialogue),
    ...checkTypes(dialogue, holders),
    ...checkGiven(dialogue, holders, dialogues),
    ...checkTools(dialogue, env),
    ...gatesWithoutCondition(dialogue),
    ...writtenSecrets(dialogue),
    ...unreachedStates(dialogue),
  ];
}

interface Others {
  dialogues: ReadonlyMap<string, DocumentFile>;
  /** The apps that hold the dialogue; null where none is known. */
  holders: readonly DocumentFile[] | null;
}

function checkHeld(dialogue: DocumentFile, one: Held, names: Names, others: Others): Problem[] {
  const { source, data } = dialogue;
  const { holds, path, value } = one;
  switch (holds) {
    case 'expression':
      return typeof value === 'string'
        ? slipsInExpression(value, names, isAsked(path)).map((slip) => problemIn(source, path, slip))
        : [];
    case 'template':
      return typeof value === 'string'
        ? [
            ...slipsInTemplate(value, names).map((slip) => problemIn(source, path, slip)),
            ...checkText(dialogue, path, value, others.dialogues),
          ]
        : [];
    case 'state':
      return unknownName('state', value, Object.keys(mapOf(data.states)), source, path);
    case 'slot':
      if (typeof value === 'string' && value.includes(',')) {
        const message = `\`${value}\` is one text, and no slot: a list is written in brackets, [${value}].`;
        return [problem(source, path, 'unknown-slot', message)];
      }
      return unknownName('slot', value, Object.keys(mapOf(data.slots)), source, path);
    case 'dialogue':
      return unknownName('dialogue', value, [...others.dialogues.keys()], source, path);
    case 'transfer':
      return checkTransfer(dialogue, one, names, others.holders);
    case 'file':
      return missingFile(source, path, value);
    case 'filled':
      return unknownFilling(dialogue, one);
    case 'tool':
      return [
        ...unknownTool(dialogue, path, value),
        ...(path.at(-1) === 'do' ? missingInputs(dialogue, path) : []),
      ];
    case 'input':
      return 'run' in mapOf(valueAt(data, path.slice(0, -2)))
        ? unknownParam(dialogue, one, others.dialogues)
        : unknownInput(dialogue, one);
    case 'name': {
      const slip = typeof value === 'string' ? slipInName(value) : null;
      return slip === null
        ? []
        : [problem(source, path, 'bad-name', slip, { which: one.isKey ? 'key' : 'value' })];
    }
    case 'options':
      return [...repeatedKeys(value, source, path), ...repeatedLikes(value, source, path)];
    case 'cases':
      return casesBehindElse(value, source, path);
    case 'json-schema':
      return brokenSchema(value, source, path);
    // Whatever else has the right shape means something.
    case 'memory':
    case 'duration':
    case 'lifetime':
    case 'setting':
    default:
      return [];
  }
}

function unknownName(
  kind: string,
  name: unknown,
  names: readonly string[],
  source: Source,
  path: Path,
): Problem[] {
  if (typeof name !== 'string' || names.includes(name)) return [];
  return [problem(source, path, `unknown-${kind}`, `Unknown ${kind} \`${name}\`${didYouMean(name, names)}`)];
}

function unknownParam(
  { source, data }: DocumentFile,
  { path, value }: Held,
  dialogues: ReadonlyMap<string, DocumentFile>,
): Problem[] {
  const id = valueAt(data, [...path.slice(0, -2), 'run']);
  const other = dialogues.get(String(id));
  const names = Object.keys(mapOf(other?.data.params));
  if (!other || names.includes(String(value))) return [];
  const message =
    names.length === 0
      ? `The dialogue \`${String(id)}\` has no \`params\`.`
      : `The dialogue \`${String(id)}\` has no parameter \`${String(value)}\`${didYouMean(String(value), names)}`;
  return [problem(source, path, 'unknown-input', message, { which: 'key' })];
}

const E164 = /^\+[1-9]\d{6,14}$/;

/** A name must be among the transfers of every app that holds the dialogue. */
function checkTransfer(
  { source }: DocumentFile,
  { path, value }: Held,
  names: Names,
  holders: readonly DocumentFile[] | null,
): Problem[] {
  if (typeof value !== 'string') return [];
  if (value.includes('{{')) return slipsInTemplate(value, names).map((slip) => problemIn(source, path, slip));
  if (E164.test(value)) return [];
  if (value.startsWith('+')) {
    const message = `${value} is no phone number with + and country code, such as "+14155550199".`;
    return [problem(source, path, 'bad-number', message)];
  }
  return (holders ?? []).flatMap(({ id, data }) => {
    const known = Object.keys(mapOf(data.transfers));
    if (known.includes(value)) return [];
    const message = `The app \`${id}\` has no \`${value}\` among its \`transfers\`${didYouMean(value, known)}`;
    return [problem(source, path, 'unknown-transfer', message)];
  });
}

function gatesWithoutCondition({ source, data }: DocumentFile): Problem[] {
  return Object.entries(mapOf(data.states)).flatMap(([name, state]) => {
    const { steps, requires, else: otherwise } = mapOf(state);
    if (steps === undefined || requires !== undefined || otherwise === undefined) return [];
    const message = '`else` is what is done while `requires` is not true, and there is no `requires`.';
    return [problem(source, ['states', name, 'else'], 'wrong-key', message, { which: 'key' })];
  });
}

function casesBehindElse(cases: unknown, source: Source, path: Path): Problem[] {
  if (!Array.isArray(cases)) return [];
  const at = cases.findIndex((one) => 'else' in mapOf(one));
  if (at < 0 || at === cases.length - 1) return [];
  const message = '`else` comes last: what stands behind it is never reached.';
  return [problem(source, [...path, at, 'else'], 'else-not-last', message, { which: 'key' })];
}

/** States that no chain of `goto` from the beginning of a call leads to. */
function unreachedStates({ source, data, held }: DocumentFile): Problem[] {
  const names = Object.keys(mapOf(data.states));
  const leads = held.filter(({ holds }) => holds === 'state');
  const reached = new Set<string>();
  const queue = leads.filter((lead) => stateOf(lead) === null).map(({ value }) => String(value));
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    for (const lead of leads) if (stateOf(lead) === state) queue.push(String(lead.value));
  }
  if (names.length > 0 && reached.size === 0) {
    const message =
      'Nothing leads to `states`: name the state where a call begins with `inbound` or `outbound`.';
    return [problem(source, ['states'], 'unreached-state', message, { severity: 'warning', which: 'key' })];
  }
  return names
    .filter((name) => !reached.has(name))
    .map((name) =>
      problem(source, ['states', name], 'unreached-state', `Nothing leads to the state \`${name}\`.`, {
        severity: 'warning',
        which: 'key',
      }),
    );
}

/** The state in which something stands, or null. */
const stateOf = ({ path }: Held): string | null => (path[0] === 'states' ? String(path[1]) : null);
