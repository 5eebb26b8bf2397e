import type { Machine, Verb } from '../machine.ts';
import type { Value } from '../protocol.ts';
import type { StepOf } from '../program.ts';

type Do = StepOf<'do'>;

/** A tool that takes longer than a breath is announced, so that the line is never dead. */
const BREATH_MS = 1_800;
/** The tools keep their own deadline; this one holds even where a result is lost. */
const LOST_MS = 5_000;

/** `do`: calls a tool and waits for it; a failure goes to `failed`, without which the call ends politely. */
export const doTool: Verb<Do> = {
  enter(machine, step) {
    const input: { [name: string]: Value } = {};
    for (const { name, value } of step.with) input[name] = value.evaluate(machine.scope, machine.env);
    return callTool(machine, step, `t${++machine.state.counts.tool}`, input);
  },
  on(machine, step, event) {
    const { memory } = machine.top;
    if (memory?.kind !== 'doing') return 'wait';
    if (event.kind === 'tool-returned' && event.call === memory.call) {
      if (step.save !== null) machine.setVariable([step.save], event.output);
      machine.effects.push({ kind: 'cancel-wake', id: `breath:${memory.call}` });
      machine.effects.push({ kind: 'cancel-wake', id: `lost:${memory.call}` });
      return 'next';
    }
    const failed =
      (event.kind === 'tool-failed' && event.call === memory.call) ||
      (event.kind === 'time-passed' && event.wake === `lost:${memory.call}`);
    if (failed) {
      machine.effects.push({ kind: 'cancel-wake', id: `breath:${memory.call}` });
      machine.effects.push({ kind: 'cancel-wake', id: `lost:${memory.call}` });
      if (step.failed === null) return machine.end(machine.words.trouble, 'error');
      machine.top.index++;
      machine.remember(null);
      machine.push(step.failed, 'flow');
      return 'moved';
    }
    if (event.kind === 'time-passed' && event.wake === `breath:${memory.call}`) {
      machine.fill(machine.words.oneMoment);
    }
    return 'wait';
  },
  // The process that called the tool died: the same call is made again, under the same idempotency key.
  resume(machine, step) {
    const input: { [name: string]: Value } = {};
    for (const { name, value } of step.with) input[name] = value.evaluate(machine.scope, machine.env);
    const { memory } = machine.top;
    return callTool(
      machine,
      step,
      memory?.kind === 'doing' ? memory.call : `t${++machine.state.counts.tool}`,
      input,
    );
  },
};

function callTool(machine: Machine, step: Do, call: string, input: { [name: string]: Value }): 'wait' {
  machine.remember({ kind: 'doing', call });
  machine.effects.push({ kind: 'call-tool', call, tool: step.tool, input });
  machine.wake(`breath:${call}`, BREATH_MS, 'heard');
  machine.wake(`lost:${call}`, machine.program.tools[step.tool]!.timeoutMs + LOST_MS, 'now');
  return 'wait';
}
