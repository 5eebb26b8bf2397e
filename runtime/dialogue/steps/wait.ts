import { expectation, listening, memoryOf, onWhileListening, type Listener } from '../listening.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

type Wait = StepOf<'wait'>;

/** `wait`: lets time pass behind what is being said. What the caller may ask for at any time still holds. */
export const wait: Verb<Wait> = {
  enter: (machine, step) => pass(machine, step),
  on(machine, step, event) {
    const memory = memoryOf(machine);
    if (event.kind === 'time-passed' && event.wake === `wait:${memory?.expectation}`) return 'next';
    if (event.kind === 'time-passed' && event.wake === `heard:${memory?.expectation}`) {
      // From here on the time runs, whatever noise there is.
      machine.wake(`wait:${memory?.expectation}`, step.ms, 'now');
      return 'wait';
    }
    if (event.kind === 'caller-spoke' && !event.meaning?.choice) return 'wait';
    return onWhileListening(machine, step, listenerOf(machine, step), event);
  },
  resume: (machine, step) => pass(machine, step),
};

function pass(machine: Machine, step: Wait): Flow {
  const expected = expectation(machine, listenerOf(machine, step));
  machine.remember(listening(expected.id, memoryOf(machine)));
  machine.effects.push({ kind: 'listen', expectation: expected, turn: machine.turnOf(step) });
  machine.wake(`heard:${expected.id}`, 0, 'heard');
  return 'wait';
}

function listenerOf(machine: Machine, step: Wait): Listener {
  return { options: [], again: () => pass(machine, step), missed: () => 'wait' };
}
