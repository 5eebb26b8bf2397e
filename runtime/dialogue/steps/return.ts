import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `return`: ends this dialogue with a value. In the dialogue that the call began with, it ends the call. */
export const returnTo: Verb<StepOf<'return'>> = {
  enter(machine, step) {
    const value = step.value.evaluate(machine.scope, machine.env);
    if (machine.isFirst) return machine.end(machine.words.goodbye, 'agent-hung-up');
    machine.endDialogue(value);
    return 'moved';
  },
};
