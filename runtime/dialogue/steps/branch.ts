import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `branch`: the first case whose `if` holds is taken, else `else`, else none. */
export const branch: Verb<StepOf<'branch'>> = {
  enter(machine, step) {
    const taken = step.cases.find((one) => one.if === null || machine.holds(one.if));
    if (!taken) return 'next';
    machine.top.index++;
    machine.push(taken.block, 'flow');
    return 'moved';
  },
};
