/** The ways of a caller who says nothing and presses nothing. */
import type { Edge, FlowNode, RunFacts, Runs } from './flow.ts';
import { LISTENING } from './flow.ts';
import { loopsAmong } from './graph.ts';

/** A way that is taken without a word of the caller's. A `collect` is passed where its slots have values. */
export function isQuiet({ why }: Edge, { step }: FlowNode, runs: Runs): boolean {
  if (step.verb === 'collect') return why === 'silence' || why === 'flow';
  if (LISTENING.has(step.verb)) return why === 'silence';
  if (step.verb === 'run' && !runs(step.dialogue).silently) return false;
  return why === 'flow' || why === 'failed';
}

/**
 * Loops by ways that are taken. A `collect` is no part of one that empties its slots: there it listens again.
 */
export function loopsPassing(
  nodes: Iterable<FlowNode>,
  taken: (edge: Edge, from: FlowNode) => boolean,
  listening: ReadonlySet<FlowNode> = new Set(),
): FlowNode[][] {
  const passes = (edge: Edge, from: FlowNode): boolean =>
    taken(edge, from) && !(edge.why === 'flow' && listening.has(from));
  return loopsAmong(nodes, passes).flatMap((loop) => {
    const emptied = new Set(loop.flatMap(({ step }) => (step.verb === 'clear' ? step.slots : [])));
    const more = loop.filter(
      (node) =>
        !listening.has(node) &&
        node.step.verb === 'collect' &&
        node.step.slots.some((slot) => emptied.has(slot)),
    );
    return more.length === 0 ? [loop] : loopsPassing(loop, taken, new Set([...listening, ...more]));
  });
}

/** Whether a loop can be left by ways that are taken, for which a condition must hold or something must fail. */
export const mayBeLeft = (
  loop: readonly FlowNode[],
  taken: (edge: Edge, from: FlowNode) => boolean,
): boolean =>
  loop.some((node) =>
    node.edges.some((edge) => taken(edge, node) && (edge.to === null || !loop.includes(edge.to))),
  );

/** What a dialogue that cannot be read may do: anything but let a silent caller through. */
export const UNKNOWN: RunFacts = { returns: true, ends: true, silently: false, listens: true };
