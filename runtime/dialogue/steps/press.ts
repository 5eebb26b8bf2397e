import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `press`: keys as tones to the other side; whatever is no key in what an expression gives is left out. */
export const press: Verb<StepOf<'press'>> = {
  enter(machine, step) {
    const keys = step.keys.render(machine.scope, machine.env).replace(/[^0-9*#w]/g, '');
    if (keys === '') return 'next';
    machine.effects.push({ kind: 'press', id: machine.nextUtterance(), keys, state: machine.stateName });
    return 'next';
  },
};
