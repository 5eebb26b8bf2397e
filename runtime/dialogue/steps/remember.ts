import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `remember`: values of the person on the line, for this call at once and for later ones as long as it says. */
export const remember: Verb<StepOf<'remember'>> = {
  enter(machine, step) {
    for (const { name, value: expression } of step.values) {
      const value = expression.evaluate(machine.scope, machine.env);
      machine.setUser(name, value);
      machine.effects.push({ kind: 'remember', name, value, forMs: step.forMs });
    }
    return 'next';
  },
};
