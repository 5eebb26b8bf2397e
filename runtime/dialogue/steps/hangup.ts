import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `hangup`: says goodbye, which nothing interrupts, and closes the line when it was heard to its end. */
export const hangup: Verb<StepOf<'hangup'>> = {
  enter(machine, step) {
    machine.sayOneOf(step.variants, { interrupt: 'never', words: 1 });
    return machine.end(null, 'agent-hung-up');
  },
};
