import { anytimesOf, leaves, pushAside } from '../anytimes.ts';
import type { Expression } from '../expression.ts';
import { fail } from '../failing.ts';
import { noteLookup } from '../lookups.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { Value } from '../protocol.ts';
import type { StepOf } from '../program.ts';

type Do = StepOf<'do'>;

/** A tool that takes longer than a breath is announced, so that the line is never dead. */
const BREATH_MS = 1_800;
const NEXT_BREATH_MS = 5_000;
/** The tools keep their own deadline; this one holds even where a result is lost. */
const LOST_MS = 5_000;

/** `do`: calls a tool and waits for it; a failure goes to `failed`, without which the call ends politely. */
export const doTool: Verb<Do> = {
  enter(machine, step) {
    const gate = machine.part.tools[step.tool]?.gate ?? null;
    if (gate === null || machine.holds(gate.requires)) return callTool(machine, step, nextCall(machine), 0);
    if (gate.else === null) return failed(machine, step, 0);
    machine.top.index++;
    machine.push(gate.else, 'flow');
    return 'moved';
  },
  on(machine, step, event) {
    const { memory } = machine.top;
    if (memory?.kind !== 'doing') return 'wait';
    const { call } = memory;
    if (event.kind === 'key-pressed') return press(machine, call, `${memory.keys ?? ''}${event.key}`);
    if (event.kind === 'tool-returned' && event.call === call) {
      if (step.save !== null) machine.setVariable([step.save], event.output);
      settle(machine, call);
      noteLookup(machine, step);
      return goOn(machine, memory.keys ?? '');
    }
    const lost = event.kind === 'time-passed' && event.wake === `lost:${call}`;
    if (lost || (event.kind === 'tool-failed' && event.call === call)) {
      settle(machine, call);
      return failed(machine, step, memory.failed);
    }
    if (event.kind === 'time-passed' && event.wake === `breath:${call}`) {
      sayMeanwhile(machine, step.tool);
      // However long it takes, the line is never dead.
      machine.wake(`breath:${call}`, NEXT_BREATH_MS, 'heard');
    }
    return 'wait';
  },
  // The process that called the tool died: the same call is made again, under the same idempotency key.
  resume(machine, step) {
    const { memory } = machine.top;
    return memory?.kind === 'doing'
      ? callTool(machine, step, memory.call, memory.failed)
      : callTool(machine, step, nextCall(machine), 0);
  },
};

const nextCall = (machine: Machine): string => `t${++machine.state.counts.tool}`;

function callTool(machine: Machine, step: Do, call: string, times: number): 'wait' {
  const { scope, env, part } = machine;
  const input: { [name: string]: Value } = {};
  for (const { name, value } of step.with) input[name] = value.evaluate(scope, env);
  machine.remember({ kind: 'doing', call, failed: times });
  const { sensitive } = part;
  const reads = (value: Expression): boolean =>
    value.references.some(({ path: [root = ''] }) => sensitive.has(root));
  const hidden = step.with.flatMap(({ name, value }) => (reads(value) ? name : []));
  machine.effects.push({
    kind: 'call-tool',
    call,
    dialogue: part.dialogue,
    tool: step.tool,
    input,
    ...(hidden.length > 0 && { hidden }),
  });
  machine.wake(`breath:${call}`, BREATH_MS, 'heard');
  machine.wake(`lost:${call}`, part.tools[step.tool]!.timeoutMs + LOST_MS, 'now');
  return 'wait';
}

/**
 * Nobody is listened to while a tool is at work, but keys are: what leads elsewhere is done at once, and the tool's
 * result is let go. What comes back here waits until the tool has answered.
 */
function press(machine: Machine, call: string, pressed: string): Flow {
  const { top } = machine;
  if (top.memory?.kind !== 'doing') return 'wait';
  const anytimes = anytimesOf(machine);
  const begins = (keys: string): boolean => anytimes.some(({ option }) => option.keys?.startsWith(keys));
  // A key that goes on with nothing may begin something.
  const keys = begins(pressed) ? pressed : begins(pressed.slice(-1)) ? pressed.slice(-1) : '';
  machine.remember({ ...top.memory, keys });
  const found = anytimes.find(({ option }) => option.keys === keys);
  if (!found || !leaves(machine, found)) return 'wait';
  settle(machine, call);
  pushAside(machine, found);
  return 'moved';
}

function goOn(machine: Machine, keys: string): Flow {
  const found = anytimesOf(machine).find(({ option }) => option.keys === keys);
  if (!found) return 'next';
  machine.top.index++;
  machine.remember(null);
  pushAside(machine, found);
  return 'moved';
}

function failed(machine: Machine, step: Do, times: number): Flow {
  return fail(machine, step, step.failed, times, (more) => callTool(machine, step, nextCall(machine), more));
}

function settle(machine: Machine, call: string): void {
  machine.effects.push({ kind: 'cancel-wake', id: `breath:${call}` });
  machine.effects.push({ kind: 'cancel-wake', id: `lost:${call}` });
}

/** The tool's own `meanwhile`, else that it takes a moment. */
export function sayMeanwhile(machine: Machine, tool: string): void {
  const { part, scope, env, words } = machine;
  const template = machine.oneOf(part.tools[tool]?.meanwhile ?? []);
  const masked = template?.mask(scope, env, part.sensitive) ?? null;
  machine.fill(template?.render(scope, env) ?? words.oneMoment, masked);
}
