import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `repeat: true`: says the agent's last turn once more. */
export const repeat: Verb<StepOf<'repeat'>> = {
  enter(machine, step) {
    machine.sayAgain(machine.turnOf(step));
    return 'next';
  },
};
