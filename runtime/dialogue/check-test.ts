/** The meaning of tests: what they name is there, and what they ask for can be true. */
import { OffhookError } from '../errors.ts';
import { checkDurations, type DocumentFile, mapOf, problem } from './document-file.ts';
import { didYouMean, type Problem } from './problem.ts';
import type { Path } from './read.ts';
import { patternOf } from './test-text.ts';
import { isZone } from '../zones.ts';

/** Names that a test may use, of the dialogue that is called and of those that it runs. */
interface Known {
  states: ReadonlySet<string>;
  slots: ReadonlySet<string>;
  tools: ReadonlySet<string>;
  transfers: ReadonlySet<string>;
}

/** Checks the tests among the documents. Of those that are not `readable` only the id is known. */
export function checkTests(files: readonly DocumentFile[], readable: ReadonlySet<DocumentFile>): Problem[] {
  return files.flatMap((file) => {
    if (file.kind !== 'test' || !readable.has(file)) return [];
    const target = targetOf(file, files);
    const known = 'dialogue' in target ? namesOf(target.dialogue, target.app, files, readable) : null;
    return [
      ...('problem' in target ? [target.problem] : []),
      ...checkDurations(file),
      ...listOf(file.data.tests).flatMap((test, index) =>
        checkTest(file, mapOf(test), ['tests', index], known),
      ),
      ...repeatedNames(file),
    ];
  });
}

type Target = { problem: Problem } | { dialogue: DocumentFile; app: DocumentFile | null };

/** Whom the tests of a file call: its `app` or its `dialogue`, else who has the file's own id. */
function targetOf({ source, id: own, data }: DocumentFile, files: readonly DocumentFile[]): Target {
  const all = (kind: DocumentFile['kind']) => files.filter((file) => file.kind === kind);
  const find = (kind: DocumentFile['kind'], id: unknown) => all(kind).find((file) => file.id === id);
  if (data.app !== undefined && data.dialogue !== undefined) {
    const message = 'A test calls an app or a dialogue: write `app` or `dialogue`, not both.';
    return { problem: problem(source, ['dialogue'], 'two-targets', message, { which: 'key' }) };
  }
  for (const kind of ['app', 'dialogue'] as const) {
    const id = data[kind];
    if (typeof id !== 'string' || find(kind, id)) continue;
    const message = `Unknown ${kind} \`${id}\`${didYouMean(
      id,
      all(kind).map((file) => file.id),
    )}`;
    return { problem: problem(source, [kind], `unknown-${kind}`, message) };
  }
  const app = data.dialogue === undefined ? find('app', data.app ?? own) : undefined;
  const dialogue = find('dialogue', app ? (app.data.dialogue ?? app.id) : (data.dialogue ?? own));
  if (dialogue) return { dialogue, app: app ?? null };
  // That the app has no dialogue is told of the app.
  const message = app
    ? `The app \`${app.id}\` has no dialogue to test.`
    : `There is neither an app nor a dialogue \`${own}\`: write \`app\` or \`dialogue\`.`;
  return { problem: problem(source, [], 'unknown-app', message) };
}

/** Null where one of the dialogues cannot be read, so that its names are not known. */
function namesOf(
  dialogue: DocumentFile,
  app: DocumentFile | null,
  files: readonly DocumentFile[],
  readable: ReadonlySet<DocumentFile>,
): Known | null {
  const parts = [dialogue];
  for (const part of parts) {
    for (const id of idsRunIn(part.data)) {
      const run = files.find((file) => file.kind === 'dialogue' && file.id === id);
      if (run && !parts.includes(run)) parts.push(run);
    }
  }
  if (parts.some((part) => !readable.has(part))) return null;
  const keys = (name: string): Set<string> =>
    new Set(parts.flatMap(({ data }) => Object.keys(mapOf(data[name]))));
  return {
    states: keys('states'),
    slots: keys('slots'),
    tools: new Set(parts.flatMap(({ data }) => Object.entries(mapOf(data.tools)).flatMap(toolNames))),
    transfers: new Set(Object.keys(mapOf(app?.data.transfers))),
  };
}

/** An MCP server NAME gives one tool `NAME.TOOL` for each that is allowed. */
function toolNames([name, tool]: [string, unknown]): string[] {
  const { mcp, allow } = mapOf(tool);
  return mcp === undefined ? [name] : listOf(allow).map((allowed) => `${name}.${String(allowed)}`);
}

/** What stands behind every `run` of a dialogue. */
function idsRunIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === 'run' && typeof inner === 'string' ? [inner] : idsRunIn(inner),
  );
}

function repeatedNames({ source, data }: DocumentFile): Problem[] {
  const names = new Set<unknown>();
  return listOf(data.tests).flatMap((test, index) => {
    const { name } = mapOf(test);
    if (typeof name !== 'string' || !names.has(name)) {
      names.add(name);
      return [];
    }
    const message = `There are two tests with the name ${JSON.stringify(name)}.`;
    return [problem(source, ['tests', index, 'name'], 'duplicate', message)];
  });
}

const MOMENT = /^\d{4}-\d\d-\d\dT/;

function checkTest(file: DocumentFile, test: Data, path: Path, known: Known | null): Problem[] {
  const { source } = file;
  const { inbound, outbound, now, zone } = test;
  const problems: Problem[] = [];
  const report = (where: Path, code: string, message: string, which: 'key' | 'value' = 'value'): void => {
    problems.push(problem(source, [...path, ...where], code, message, { which }));
  };
  const names = (kind: string, where: Path, known: ReadonlySet<string> | undefined): void => {
    for (const name of Object.keys(mapOf(valueIn(test, where)))) {
      if (!known || known.has(name)) continue;
      report(
        [...where, name],
        `unknown-${kind}`,
        `Unknown ${kind} \`${name}\`${didYouMean(name, known)}`,
        'key',
      );
    }
  };

  if (inbound !== undefined && outbound !== undefined) {
    report(['outbound'], 'two-directions', 'A call is inbound or outbound, not both.', 'key');
  }
  // What has another shape than a moment is told by the schema.
  if (typeof now === 'string' && MOMENT.test(now) && Number.isNaN(Date.parse(now))) {
    report(['now'], 'bad-value', `\`now\` is ${JSON.stringify(now)}, but the calendar has no such moment.`);
  }
  if (typeof zone === 'string' && !isZone(zone)) {
    const message = `\`zone\` is ${JSON.stringify(zone)}, but should be a time zone, such as Europe/Prague.`;
    report(['zone'], 'bad-value', message);
  }
  names('tool', ['tools'], known?.tools);
  for (const name of Object.keys(mapOf(test.transfers))) {
    if (!known || known.transfers.has(name) || name.startsWith('+')) continue;
    const message = `The app has no transfer \`${name}\`${didYouMean(name, known.transfers)}`;
    report(['transfers', name], 'unknown-transfer', message, 'key');
  }
  listOf(test.turns).forEach((given, index) => {
    const turn = mapOf(given);
    const at: Path = ['turns', index];
    const expected = mapOf(turn.expect);
    names('slot', [...at, 'expect', 'slots'], known?.slots);
    if (typeof expected.state === 'string' && known && !known.states.has(expected.state)) {
      const message = `Unknown state \`${expected.state}\`${didYouMean(expected.state, known.states)}`;
      report([...at, 'expect', 'state'], 'unknown-state', message);
    }
    listOf(expected.tools).forEach((tool, position) => {
      const name = typeof tool === 'string' ? tool : Object.keys(mapOf(tool))[0];
      if (name === undefined || !known || known.tools.has(name)) return;
      const message = `Unknown tool \`${name}\`${didYouMean(name, known.tools)}`;
      report([...at, 'expect', 'tools', position], 'unknown-tool', message);
    });
    const act = mapOf(turn.caller);
    if (act.after !== undefined && (act.silence !== undefined || act.machine !== undefined)) {
      const message = '`after` belongs to `interrupt`, `keys`, `hangup` or `claims`.';
      report([...at, 'caller', 'after'], 'misplaced', message, 'key');
    }
    for (const where of [['agent'], ['expect', 'said'], ['expect', 'heard']]) {
      const texts = valueIn(turn, where);
      for (const [position, text] of (Array.isArray(texts) ? texts : [texts]).entries()) {
        const slip = typeof text === 'string' ? slipInText(text) : null;
        if (slip !== null)
          report([...at, ...where, ...(Array.isArray(texts) ? [position] : [])], 'bad-pattern', slip);
      }
    }
  });
  return problems;
}

function slipInText(text: string): string | null {
  try {
    patternOf(text);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof OffhookError)) throw thrown;
    return thrown.message;
  }
}

type Data = { readonly [key: string]: unknown };

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function valueIn(data: Data, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : mapOf(value)[step]),
    data,
  );
}
