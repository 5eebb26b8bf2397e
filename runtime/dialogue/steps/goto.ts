import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `goto`: the state begins from its top; whatever was open is left. */
export const goto: Verb<StepOf<'goto'>> = {
  enter(machine, step) {
    machine.goto(step.state);
    return 'moved';
  },
};
