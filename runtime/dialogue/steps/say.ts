import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `say`: exact words; a list is variants. Goes on at once, since speech is queued. */
export const say: Verb<StepOf<'say'>> = {
  enter(machine, step) {
    machine.sayOneOf(step.variants, machine.turnOf(step));
    return 'next';
  },
};
