import type { Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';

/** `play`: an audio file, in its turn behind what is being said. */
export const play: Verb<StepOf<'play'>> = {
  enter(machine, step) {
    const { stateName } = machine;
    const { interrupt, words } = machine.turnOf(step);
    machine.state.owed = false;
    machine.effects.push({
      kind: 'play',
      id: machine.nextUtterance(),
      file: step.file,
      interrupt,
      words,
      state: stateName,
    });
    return 'next';
  },
};
