import { listen, onWhileListening, take, type Listener } from '../listening.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { Option, StepOf } from '../program.ts';
import type { Meaning } from '../protocol.ts';
import { isHalf } from '../slot-shapes.ts';
import { fill, wantedOf } from '../slots.ts';

type Ask = StepOf<'ask'>;

/** So many values in one sentence tell which answer they belong to, though it was not said. */
const TELLING = 2;

/** `ask`: says the question and waits until one of the answers, or an `anytime`, is meant. */
export const ask: Verb<Ask> = {
  enter(machine, step) {
    machine.sayOneOf(step.variants, machine.turnOf(step));
    return wait(machine, step);
  },
  on: (machine, step, event) => onWhileListening(machine, step, listenerOf(machine, step), event),
  resume(machine, step, after) {
    if (after !== 'rung') {
      machine.state.fresh = true;
      machine.sayOneOf(step.variants, machine.turnOf(step));
    }
    return wait(machine, step);
  },
};

function wait(machine: Machine, step: Ask): Flow {
  if (machine.state.deaf && !step.answers.every((answer) => answer.keys !== null)) {
    return machine.end(machine.words.trouble, 'error');
  }
  return listen(machine, step, listenerOf(machine, step));
}

/** A sentence that is an answer also fills the slots of the `collect` that the answer leads to. */
function listenerOf(machine: Machine, step: Ask): Listener {
  const again = (): Flow => wait(machine, step);
  return {
    options: step.answers,
    slots: () => wantedOf(machine, [...new Set(step.answers.flatMap(({ slots }) => slots))], null),
    again,
    heard(meaning) {
      const option = optionOf(machine, step, meaning);
      if (!option) return null;
      const { complaint } = fill(machine, meaning, option.slots, option.slots);
      if (complaint) machine.say(complaint.text, machine.turnOf(step), complaint.masked);
      return take(machine, step, { option, scope: 'step' }, again);
    },
  };
}

function optionOf({ part }: Machine, step: Ask, { choice, slots }: Meaning): Option | null {
  if (choice !== null) return choice.startsWith('s') ? (step.answers[Number(choice.slice(1))] ?? null) : null;
  const named = Object.keys(slots);
  // "Tomorrow evening" tells no more than "tomorrow".
  const telling = named.filter(
    (name) => part.slots[name]?.type !== 'time' || !isHalf({ type: 'time' }, slots[name] ?? null),
  );
  if (telling.length < TELLING) return null;
  const leading = step.answers.filter((answer) => named.every((name) => answer.slots.includes(name)));
  return leading.length === 1 ? leading[0]! : null;
}
