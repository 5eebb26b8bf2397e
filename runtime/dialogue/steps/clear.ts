import type { Verb } from '../machine.ts';
import { isBegun } from '../slots.ts';
import type { StepOf } from '../program.ts';

/** `clear`: empties slots, so that `collect` asks for them again. */
export const clear: Verb<StepOf<'clear'>> = {
  enter(machine, step) {
    const { context } = machine;
    for (const name of step.slots) {
      if (isBegun(machine, name)) context.before[name] = null;
      machine.setSlot(name, null);
    }
    context.unsure = context.unsure.filter((name) => !step.slots.includes(name));
    return 'next';
  },
};
