/** Names that an expression reads before anything can have given them a value, and gates that stay shut. */
import { type DocumentFile, problem } from '../document-file.ts';
import { type Expression, type Template, truthy } from '../expression.ts';
import type { Problem } from '../problem.ts';
import type { Part, Step } from '../program.ts';
import type { Path } from '../read.ts';
import type { Flow, FlowNode } from './flow.ts';
import { pathOfPlace } from './places.ts';

/** A read of a name at a step, with the key under which it stands. */
interface Read {
  key: string;
  names: readonly string[];
}

/** Slots and saved names that are read where, on every way that leads there, they are still empty. */
export function emptyReads({ source, data }: DocumentFile, part: Part, flow: Flow): Problem[] {
  const tracked = trackedNames(part, flow.nodes);
  const problems: Problem[] = [];
  for (const [node, set] of mayBeSet(flow)) {
    for (const { key, names } of readsOf(node.step)) {
      for (const empty of new Set(names.filter((name) => tracked.has(name) && !set.has(name)))) {
        const what = Object.hasOwn(part.slots, empty) ? 'The slot' : 'The name';
        const path: Path = [...pathOfPlace(data, node.place), key];
        const message = `${what} \`${empty}\` is always empty here: nothing on the way gives it a value.`;
        problems.push(problem(source, path, 'empty-name', message, { severity: 'warning' }));
      }
    }
  }
  return problems;
}

/** Gates whose condition is false whatever happens before them. */
export function shutGates({ source }: DocumentFile, part: Part, flow: Flow): Problem[] {
  const states = Object.entries(part.states).filter(([, { gate }]) => gate !== null);
  const tools = Object.entries(part.tools).filter(([, { gate }]) => gate !== null);
  if (states.length === 0 && tools.length === 0) return [];
  const may = mayBeSet(flow);
  const tracked = trackedNames(part, flow.nodes);
  const shut = (requires: Expression, set: ReadonlySet<string>): boolean => {
    const open = requires.references.some(({ path: [root = ''] }) => !tracked.has(root) || set.has(root));
    // What a function gives, such as the time of day, is known on the call only.
    const asks = /[\w$]\s*\(/.test(requires.source);
    return !open && !asks && !truthy(requires.evaluate({}, { now: 0, locale: 'en-US', zone: 'UTC' }));
  };
  const problems: Problem[] = [];
  const report = (where: 'states' | 'tools', name: string, what: string, requires: Expression): void => {
    const message = `The gate of ${what} never opens: \`${requires.source}\` is never true.`;
    problems.push(problem(source, [where, name, 'requires'], 'shut-gate', message));
  };
  for (const [name, { gate, block }] of states) {
    const before = [...may.keys()].filter(({ edges }) => edges.some(({ to }) => to?.place === `${block}/0`));
    const set = new Set(before.flatMap((node) => [...(may.get(node) ?? []), ...givenBy(node.step)]));
    if (gate && shut(gate.requires, set)) report('states', name, `\`${name}\``, gate.requires);
  }
  const ever = new Set([...may.keys()].flatMap(({ step }) => givenBy(step)));
  for (const [name, { gate }] of tools) {
    // The tools of one server share one gate, which stands at the server.
    const [written = name] = name.split('.');
    if (gate && shut(gate.requires, ever)) report('tools', written, `the tool \`${written}\``, gate.requires);
  }
  return problems;
}

/** Names that only steps of this dialogue give a value to. */
function trackedNames(part: Part, nodes: readonly FlowNode[]): ReadonlySet<string> {
  const given = nodes.flatMap(({ step }) => givenBy(step));
  return new Set([...Object.keys(part.slots), ...given].filter((name) => !Object.hasOwn(part.params, name)));
}

/** For every node that is reached: the names that some way to it has given a value. */
function mayBeSet({ nodes, starts, voicemail }: Flow): Map<FlowNode, ReadonlySet<string>> {
  const may = new Map<FlowNode, Set<string>>(starts.map((node) => [node, new Set()]));
  // A machine may answer at any moment.
  if (voicemail) may.set(voicemail, new Set(nodes.flatMap(({ step }) => givenBy(step))));
  const queue = [...may.keys()];
  for (let node = queue.pop(); node; node = queue.pop()) {
    const out = [...may.get(node)!, ...givenBy(node.step)];
    for (const { to } of node.edges) {
      if (!to) continue;
      const known = may.get(to);
      const before = known?.size ?? -1;
      const merged = known ?? new Set<string>();
      for (const name of out) merged.add(name);
      may.set(to, merged);
      if (merged.size > before) queue.push(to);
    }
  }
  return may;
}

function givenBy(step: Step): readonly string[] {
  switch (step.verb) {
    case 'ask':
      return step.answers.flatMap(({ slots }) => slots);
    case 'collect':
    case 'confirm':
      return step.slots;
    case 'set':
      return step.values.flatMap(({ target }) => (target.length === 1 ? target : []));
    case 'do':
    case 'run':
      return step.save === null ? [] : [step.save];
    default:
      return [];
  }
}

function readsOf(step: Step): Read[] {
  const roots = (expression: Expression): string[] =>
    expression.references.map(({ path: [root = ''] }) => root);
  const template = (one: Template): string[] =>
    one.expressions.flatMap(({ expression }) => roots(expression));
  switch (step.verb) {
    case 'say':
    case 'hangup':
    case 'ask':
    case 'confirm':
      return [{ key: step.verb, names: step.variants.flatMap(template) }];
    case 'talk':
      return [{ key: 'talk', names: template(step.goal) }];
    case 'press':
      return [{ key: 'press', names: template(step.keys) }];
    case 'do':
    case 'run':
      return [{ key: 'with', names: step.with.flatMap(({ value }) => roots(value)) }];
    case 'remember':
      return [{ key: 'remember', names: step.values.flatMap(({ value }) => roots(value)) }];
    case 'callback':
      return [{ key: 'callback', names: roots(step.at) }];
    default:
      // `set` may count from nothing, and a `branch` may ask whether there is a value.
      return [];
  }
}
