import { climb, listen, memoryOf, onWhileListening, ROUNDS, takeRung, type Listener } from '../listening.ts';
import { agreeToLookups, lookAgain } from '../lookups.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';
import { fill, open, wantedOf } from '../slots.ts';

type Confirm = StepOf<'confirm'>;

/**
 * `confirm`: reads back and waits for a yes. "No, at eight" corrects the slot and is read back again, once every tool that
 * was called with the slot has been called anew.
 */
export const confirm: Verb<Confirm> = {
  enter(machine, step) {
    machine.sayOneOf(step.variants, machine.turnOf(step));
    return wait(machine, step);
  },
  on: (machine, step, event) => onWhileListening(machine, step, listenerOf(machine, step), event),
  resume(machine, step) {
    machine.state.fresh = true;
    machine.sayOneOf(step.variants, machine.turnOf(step));
    return wait(machine, step);
  },
};

function wait(machine: Machine, step: Confirm): Flow {
  return listen(machine, step, listenerOf(machine, step));
}

function listenerOf(machine: Machine, step: Confirm): Listener {
  const names = (): string[] => open(machine, step.slots, null);
  const turn = machine.turnOf(step);
  const again = (): Flow => wait(machine, step);
  return {
    options: [],
    yesNo: true,
    sensitive: step.slots.some((name) => machine.part.sensitive.has(name)),
    slots: () => wantedOf(machine, names(), null),
    again,
    heard(meaning) {
      // Nothing is asked for here: what would empty another slot is not let in.
      const { filled, complaint } = fill(machine, meaning, names(), []);
      if (filled.length > 0 || complaint) {
        // What was corrected is read back with the rest.
        machine.context.unsure = machine.context.unsure.filter((name) => !filled.includes(name));
        if (!complaint && lookAgain(machine, filled)) return 'moved';
        const memory = memoryOf(machine)!;
        if (complaint) {
          machine.say(complaint.text, turn, complaint.masked);
          memory.asides++;
          if (memory.asides > ROUNDS) return climb(machine, step, 'unclear', again);
        } else {
          machine.remember({ ...memory, unclear: 0 });
        }
        machine.sayOneOf(step.variants, turn);
        return again();
      }
      if (meaning.choice === 'yes') {
        agreeToLookups(machine, step.slots);
        return 'next';
      }
      return meaning.choice === 'no' ? rejected(machine, step, again) : null;
    },
  };
}

/** `turns` counts the times the caller said no. */
function rejected(machine: Machine, step: Confirm, again: () => Flow): Flow {
  const memory = memoryOf(machine)!;
  machine.remember({ ...memory, turns: memory.turns + 1 });
  const { whatElse, cannotUnderstand } = machine.words;
  const ladder = step.rejected ?? [{ say: whatElse }, { say: whatElse }, { end: cannotUnderstand }];
  return takeRung(machine, step, ladder, memory.turns, again);
}
