import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `clear`: empties slots, so that `collect` asks for them again. */
export const clear: Verb<StepOf<'clear'>> = {
  enter(machine, step) {
    for (const name of step.slots) machine.setSlot(name, null);
    const { context } = machine;
    context.unsure = context.unsure.filter((name) => !step.slots.includes(name));
    return 'next';
  },
};
