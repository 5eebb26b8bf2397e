import { expectation, listening, memoryOf, onWhileListening, wakeForSilence } from '../listening.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

type Ask = StepOf<'ask'>;

/** `ask`: says the question and waits until one of the answers, or an `anytime`, is meant. */
export const ask: Verb<Ask> = {
  enter(machine, step) {
    machine.sayOneOf(step.variants, machine.interruptOf(step));
    return listen(machine, step);
  },
  on: (machine, step, event) =>
    onWhileListening(machine, step, step.answers, event, () => listen(machine, step)),
  resume(machine, step, after) {
    if (after !== 'rung') {
      machine.state.fresh = true;
      machine.sayOneOf(step.variants, machine.interruptOf(step));
    }
    return listen(machine, step);
  },
};

function listen(machine: Machine, step: Ask): Flow {
  if (machine.state.deaf && !step.answers.every((answer) => answer.keys !== null)) {
    return machine.end(machine.words.trouble, 'error');
  }
  const expected = expectation(machine, step.answers);
  const memory = listening(expected.id, memoryOf(machine));
  machine.remember(memory);
  machine.effects.push({ kind: 'listen', expectation: expected, interrupt: machine.interruptOf(step) });
  wakeForSilence(machine, memory);
  return 'wait';
}
