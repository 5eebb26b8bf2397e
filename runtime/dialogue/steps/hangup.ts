import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `hangup`: says goodbye, which nothing interrupts, and closes the line when it was heard to its end. */
export const hangup: Verb<StepOf<'hangup'>> = {
  enter(machine, step) {
    const said = machine.effects.length;
    machine.sayOneOf(step.variants, { interrupt: 'never', words: 1 });
    // What is nothing but a value may be nothing at all: the line does not close without a word.
    const isMute = step.variants.length > 0 && machine.effects.length === said;
    return machine.end(isMute ? machine.words.goodbye : null, 'agent-hung-up');
  },
};
