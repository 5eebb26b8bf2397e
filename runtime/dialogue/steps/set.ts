import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `set`: names get the values of expressions, one after another. */
export const set: Verb<StepOf<'set'>> = {
  enter(machine, step) {
    for (const { target, value } of step.values) {
      machine.setVariable(target, value.evaluate(machine.scope, machine.env));
    }
    return 'next';
  },
};
