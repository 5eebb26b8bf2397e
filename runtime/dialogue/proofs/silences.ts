import { problem, type DocumentFile } from '../document-file.ts';
import { SILENCE_MS } from '../listening.ts';
import type { Problem } from '../problem.ts';
import type { Ladder, Part } from '../program.ts';
import { type Edge, type Flow, type FlowNode, LISTENING, type Runs } from './flow.ts';
import { behindFirst, reachedFrom } from './graph.ts';
import { firstOf, pathOfPlace } from './places.ts';
import { isQuiet, loopsPassing, mayBeLeft } from './quiet.ts';

/** A caller who has said nothing for so long is not kept on the line without a warning to the author. */
const LONG_MS = 180_000;
/** A short line of the agent's takes about so long to say. */
const LINE_MS = 3_000;
const ROUNDS = 3;

/**
 * Every silence ends: whoever says nothing at all comes to the end of the call, within a time that can be told.
 */
export function endlessSilences(
  file: DocumentFile,
  part: Part,
  { starts, anytime }: Flow,
  runs: Runs,
): Problem[] {
  const { source, data } = file;
  const reached = reachedFrom(starts);
  const quiet = (edge: Edge, from: FlowNode): boolean => isQuiet(edge, from, runs);
  const holds = (node: FlowNode, loop: readonly FlowNode[]): boolean =>
    LISTENING.has(node.step.verb)
      ? node.edges.some(({ to, why }) => why === 'silence' && to !== null && loop.includes(to))
      : node.step.verb === 'wait' && anytime;
  const loops = loopsPassing(reached, quiet).filter((loop) => loop.some((node) => holds(node, loop)));
  if (loops.length > 0) {
    return loops.map((loop) => {
      // A silence that leads out is one way of a ladder of several; only a condition may end the loop.
      const conditions = (edge: Edge, from: FlowNode): boolean =>
        !LISTENING.has(from.step.verb) && quiet(edge, from);
      const left = mayBeLeft(loop, conditions);
      const asks = firstOf(
        loop.filter((node) => holds(node, loop)),
        source,
        data,
      );
      const how =
        asks.step.verb === 'wait'
          ? 'A caller who says nothing waits here for ever: this loop does not end by itself.'
          : 'A caller who says nothing is asked for ever: the `silence` of this step leads back to it.';
      const advice = left ? 'Only a condition on the way may end it.' : 'Let it end in a `hangup`.';
      const severity = left ? 'warning' : 'error';
      return problem(source, pathOfPlace(data, asks.place), 'endless-silence', `${how} ${advice}`, {
        severity,
      });
    });
  }
  const longest = longestSilences(part, reached, quiet);
  const [worst] = [...longest]
    .filter(([{ step }]) => LISTENING.has(step.verb))
    .toSorted(([, one], [, other]) => other - one);
  if (!worst || worst[1] <= LONG_MS) return [];
  const minutes = Math.round(worst[1] / 6_000) / 10;
  const message = `A caller who says nothing here is kept on the line for about ${minutes} minutes: shorten the \`silence\` ladders on the way.`;
  const more = { severity: 'warning' } as const;
  return [problem(source, pathOfPlace(data, worst[0].place), 'long-silence', message, more)];
}

/** How long a caller who says nothing is kept on the line from each step on, at most. There is no loop. */
function longestSilences(
  part: Part,
  reached: ReadonlySet<FlowNode>,
  quiet: (edge: Edge, from: FlowNode) => boolean,
): Map<FlowNode, number> {
  const waysOf = (node: FlowNode): Edge[] => node.edges.filter((edge) => quiet(edge, node));
  const longest = new Map<FlowNode, number>();
  const order = behindFirst(reached, (node) => waysOf(node).flatMap(({ to }) => to ?? []));
  for (const node of order) {
    const { step } = node;
    const own = LISTENING.has(step.verb) ? silenceOf(part, node) : step.verb === 'wait' ? step.ms : 0;
    const ways = waysOf(node).map(({ to, why }) => {
      const passed = LISTENING.has(step.verb) && why === 'flow';
      return (passed ? 0 : own) + (to === null ? 0 : (longest.get(to) ?? 0));
    });
    longest.set(node, Math.max(own, ...ways));
  }
  return longest;
}

/** How long the ladder of one step keeps a silent caller, at most. */
function silenceOf(part: Part, { step, state }: FlowNode): number {
  const ladder: Ladder | null =
    step.silence ?? (state === null ? null : part.states[state]?.silence) ?? part.dialogueTrouble.silence;
  const asked =
    step.verb === 'collect'
      ? Math.max(0, ...step.slots.map((slot) => (part.slots[slot]?.ask.length ?? 1) - 1))
      : 0;
  const last = ladder?.at(-1);
  const repeats = last && 'say' in last ? ROUNDS : 0;
  const rungs = (ladder?.length ?? 2) + repeats + asked;
  return rungs * (SILENCE_MS + LINE_MS);
}
