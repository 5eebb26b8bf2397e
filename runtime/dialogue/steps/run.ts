import type { Verb } from '../machine.ts';
import type { Value } from '../protocol.ts';
import type { StepOf } from '../program.ts';

/** `run`: holds another dialogue with names and slots of its own, and goes on when it ends. */
export const run: Verb<StepOf<'run'>> = {
  enter(machine, step) {
    const given: { [name: string]: Value } = {};
    for (const { name, value } of step.with) given[name] = value.evaluate(machine.scope, machine.env);
    machine.remember({ kind: 'running' });
    machine.beginDialogue(step.dialogue, given, null);
    return 'moved';
  },
};
