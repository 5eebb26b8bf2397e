/**
 * The second check of documents: their meaning. Each rule reports only what is certain to go wrong on a call.
 * Works on whatever of a document has the right shape, so that all problems come at once.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { messageOf } from '../errors.ts';
import { checkApp, sharedNumbers } from './check-app.ts';
import {
  checkDurations,
  checkSettings,
  type DocumentFile,
  mapOf,
  problem,
  problemIn,
} from './document-file.ts';
import type { Fields } from './document.ts';
import { inputSchema } from './fields.ts';
import { type Names, namesGiven, slipInName, slipsInExpression, slipsInTemplate } from './names.ts';
import { didYouMean, type Problem } from './problem.ts';
import { type Path, type Source, valueAt } from './read.ts';
import { type Environment, expanded, slipsInSetting } from './settings.ts';
import type { Held } from './shape.ts';

/**
 * Checks the documents of a folder against themselves and against each other. Of those that are not `readable`
 * only the id is known.
 */
export function checkMeaning(
  files: readonly DocumentFile[],
  readable: ReadonlySet<DocumentFile>,
  env: Environment,
): Problem[] {
  const apps = files.filter(({ kind }) => kind === 'app');
  const dialogues = files.filter(({ kind }) => kind === 'dialogue');
  return [
    ...duplicateIds(files),
    ...sharedNumbers(apps, env),
    ...apps.filter((app) => readable.has(app)).flatMap((app) => checkApp(app, dialogues, env)),
    ...dialogues
      .filter((dialogue) => readable.has(dialogue))
      .flatMap((dialogue) => checkDialogue(dialogue, apps, readable, env)),
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

function checkDialogue(
  dialogue: DocumentFile,
  apps: readonly DocumentFile[],
  readable: ReadonlySet<DocumentFile>,
  env: Environment,
): Problem[] {
  const { held } = dialogue;
  const names: Names = { given: namesGiven(held), app: propertiesFor(dialogue, apps, readable) };
  return [
    ...checkSettings(dialogue, env),
    ...checkDurations(dialogue),
    ...held.flatMap((one) => checkHeld(dialogue, one, names)),
    ...checkUrls(dialogue, env),
    ...unreachedStates(dialogue),
  ];
}

/** The properties of all apps that hold this dialogue; null where none does, or where one's are not known. */
function propertiesFor(
  { id }: DocumentFile,
  apps: readonly DocumentFile[],
  readable: ReadonlySet<DocumentFile>,
): Set<string> | null {
  if (apps.some((app) => !readable.has(app))) return null;
  const holders = apps.filter(({ data, id: appId }) => (data.dialogue ?? appId) === id);
  if (holders.length === 0) return null;
  return new Set(holders.flatMap(({ data }) => Object.keys(mapOf(data.properties))));
}

function checkHeld(dialogue: DocumentFile, one: Held, names: Names): Problem[] {
  const { source, data } = dialogue;
  const { holds, path, value } = one;
  switch (holds) {
    case 'expression':
      return typeof value === 'string'
        ? slipsInExpression(value, names).map((slip) => problemIn(source, path, slip))
        : [];
    case 'template':
      return typeof value === 'string'
        ? slipsInTemplate(value, names).map((slip) => problemIn(source, path, slip))
        : [];
    case 'state':
      return unknownName('state', value, data.states, source, path);
    case 'tool':
      return [
        ...unknownName('tool', value, data.tools, source, path),
        ...(path.at(-1) === 'do' ? missingInputs(dialogue, path) : []),
      ];
    case 'input':
      return unknownInput(dialogue, one);
    case 'name': {
      const slip = typeof value === 'string' ? slipInName(value) : null;
      return slip === null
        ? []
        : [problem(source, path, 'bad-name', slip, { which: one.isKey ? 'key' : 'value' })];
    }
    case 'options':
      return repeatedKeys(value, source, path);
    case 'cases':
      return casesBehindElse(value, source, path);
    case 'json-schema':
      return brokenSchema(value, source, path);
    // Whatever else has the right shape means something.
    case 'duration':
    case 'setting':
    default:
      return [];
  }
}

function unknownName(kind: string, name: unknown, known: unknown, source: Source, path: Path): Problem[] {
  const names = Object.keys(mapOf(known));
  if (typeof name !== 'string' || names.includes(name)) return [];
  return [problem(source, path, `unknown-${kind}`, `Unknown ${kind} \`${name}\`${didYouMean(name, names)}`)];
}

/** What a tool takes, as JSON Schema; null where the tool is not known or has another shape. */
function inputOf(dialogue: DocumentFile, tool: unknown): { [key: string]: unknown } | null {
  const spec = typeof tool === 'string' ? valueAt(dialogue.data, ['tools', tool]) : undefined;
  if (typeof spec !== 'object' || spec === null) return null;
  const input: unknown = valueAt(spec, ['input']) ?? {};
  return typeof input === 'object' && !Array.isArray(input) ? inputSchema(input as Fields) : null;
}

function unknownInput(dialogue: DocumentFile, { path, value }: Held): Problem[] {
  const tool = valueAt(dialogue.data, [...path.slice(0, -2), 'do']);
  const input = inputOf(dialogue, tool);
  const names = Object.keys(mapOf(input?.properties));
  if (!input || input.additionalProperties !== false || names.includes(String(value))) return [];
  const message =
    names.length === 0
      ? `The tool \`${String(tool)}\` takes no input.`
      : `The tool \`${String(tool)}\` takes no \`${String(value)}\`${didYouMean(String(value), names)}`;
  return [problem(dialogue.source, path, 'unknown-input', message, { which: 'key' })];
}

function missingInputs(dialogue: DocumentFile, path: Path): Problem[] {
  const tool = valueAt(dialogue.data, path);
  const required = inputOf(dialogue, tool)?.required;
  const given = Object.keys(mapOf(valueAt(dialogue.data, [...path.slice(0, -1), 'with'])));
  const missing = (Array.isArray(required) ? required : []).filter((name) => !given.includes(String(name)));
  if (missing.length === 0) return [];
  const names = missing.map((name) => `\`${String(name)}\``).join(', ');
  const message = `The tool \`${String(tool)}\` needs ${names}: write it under \`with\`.`;
  return [problem(dialogue.source, path, 'missing-input', message)];
}

function repeatedKeys(options: unknown, source: Source, path: Path): Problem[] {
  const taken = new Map<string, number>();
  return (Array.isArray(options) ? options : []).flatMap((option: unknown, index) => {
    const keys = mapOf(option).keys;
    if (typeof keys !== 'string') return [];
    const first = taken.get(keys);
    taken.set(keys, first ?? index);
    if (first === undefined) return [];
    const when = String(valueAt(options, [first, 'when']));
    const message = `The keys "${keys}" already mean \`${when}\` in this list.`;
    return [problem(source, [...path, index, 'keys'], 'repeated-keys', message)];
  });
}

function casesBehindElse(cases: unknown, source: Source, path: Path): Problem[] {
  if (!Array.isArray(cases)) return [];
  const at = cases.findIndex((one) => 'else' in mapOf(one));
  if (at < 0 || at === cases.length - 1) return [];
  const message = '`else` comes last: what stands behind it is never reached.';
  return [problem(source, [...path, at, 'else'], 'else-not-last', message, { which: 'key' })];
}

function brokenSchema(schema: unknown, source: Source, path: Path): Problem[] {
  try {
    const ajv = new Ajv2020({ strict: false, logger: false });
    formats.default(ajv);
    ajv.compile(schema as object);
    return [];
  } catch (thrown) {
    return [problem(source, path, 'bad-schema', `This is no valid JSON Schema: ${messageOf(thrown)}.`)];
  }
}

function checkUrls({ source, data }: DocumentFile, env: Environment): Problem[] {
  return Object.keys(mapOf(data.tools)).flatMap((name) => {
    const path = ['tools', name, 'http', 'url'];
    const url = valueAt(data, path);
    if (typeof url !== 'string' || slipsInSetting(url, env).length > 0) return [];
    const full = expanded(url, env);
    if (URL.canParse(full) && /^https?:$/.test(new URL(full).protocol)) return [];
    // The value of a variable may be a secret: only what the file says is shown.
    return [problem(source, path, 'bad-url', `${url} should be an http:// or https:// URL.`)];
  });
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
