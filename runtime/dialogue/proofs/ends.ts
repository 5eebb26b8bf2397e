import { firstOf, pathOfPlace } from './places.ts';
import { problem, type DocumentFile } from '../document-file.ts';
import type { Problem } from '../problem.ts';
import { type Edge, type Flow, type FlowNode, LISTENING, type Runs } from './flow.ts';
import { reachedFrom } from './graph.ts';
import { loopsPassing, mayBeLeft } from './quiet.ts';

/** Steps that nothing leads to, though their list is reached: they stand behind one that leaves. */
export function unreachedSteps(
  { source, data }: DocumentFile,
  { nodes, starts, voicemail }: Flow,
): Problem[] {
  const reached = reachedFrom(voicemail ? [...starts, voicemail] : starts);
  const inReached = new Set([...reached].map(({ place }) => listOf(place)));
  const firsts = new Map<string, FlowNode>();
  for (const node of nodes) {
    const list = listOf(node.place);
    if (!reached.has(node) && inReached.has(list) && !firsts.has(list)) firsts.set(list, node);
  }
  return [...firsts.values()].map((node) => {
    const message = 'This step is never reached: the one before it always leads elsewhere.';
    const more = { severity: 'warning' } as const;
    return problem(source, pathOfPlace(data, node.place), 'unreached-step', message, more);
  });
}

const listOf = (place: string): string => place.slice(0, place.lastIndexOf('/'));

/** States from which no way leads to the end of the call: whoever gets there can only hang up. */
export function endlessStates({ source }: DocumentFile, { nodes, starts }: Flow): Problem[] {
  const before = new Map<FlowNode, FlowNode[]>();
  for (const node of nodes) {
    for (const { to } of node.edges) {
      if (to) before.set(to, [...(before.get(to) ?? []), node]);
    }
  }
  const ending = new Set<FlowNode>();
  const queue = nodes.filter(({ edges }) => edges.some(({ to }) => to === null));
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (ending.has(node)) continue;
    ending.add(node);
    queue.push(...(before.get(node) ?? []));
  }
  const states = new Set<string>();
  for (const node of reachedFrom(starts))
    if (!ending.has(node) && node.state !== null) states.add(node.state);
  return [...states].map((state) => {
    const message = `No way leads from the state \`${state}\` to the end of the call: add a \`hangup\`, or a \`goto\` to a state that has one.`;
    return problem(source, ['states', state], 'no-end', message, { which: 'key' });
  });
}

/** Loops in which nobody is listened to: the caller would hear them for ever, or nothing at all. */
export function deafLoops({ source, data }: DocumentFile, { starts, anytime }: Flow, runs: Runs): Problem[] {
  const deaf = ({ step }: FlowNode): boolean => {
    if (step.verb === 'wait') return !anytime;
    if (step.verb === 'run') return runs(step.dialogue).silently;
    return !LISTENING.has(step.verb) || step.verb === 'collect';
  };
  const taken = ({ why }: Edge): boolean => why === 'flow' || why === 'failed';
  return loopsPassing([...reachedFrom(starts)].filter(deaf), taken).map((loop) => {
    const first = firstOf(loop, source, data);
    const leaves = mayBeLeft(loop, taken);
    const where = statesOf(loop);
    const message = leaves
      ? `This loop${where} listens to nobody: each round must be ended by its own condition, or the caller waits for ever.`
      : `This loop${where} never ends and never listens: ask something in it, or let it lead elsewhere.`;
    const severity = leaves ? 'warning' : 'error';
    return problem(source, pathOfPlace(data, first.place), 'deaf-loop', message, { severity });
  });
}

function statesOf(loop: readonly FlowNode[]): string {
  const states = [...new Set(loop.flatMap(({ state }) => state ?? []))].map((state) => `\`${state}\``);
  if (states.length === 0) return '';
  return states.length === 1 ? ` of the state ${states[0]}` : ` of the states ${states.join(', ')}`;
}
