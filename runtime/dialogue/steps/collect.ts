import { pressedAs } from '../keypad.ts';
import { ladderOf } from '../ladders.ts';
import {
  listen,
  memoryOf,
  NEXT_KEY_MS,
  onWhileListening,
  ROUNDS,
  takeRung,
  type Listener,
} from '../listening.ts';
import { isLost, type Flow, type Machine, type Verb } from '../machine.ts';
import type { SlotSpec, StepOf } from '../program.ts';
import type { Meaning } from '../protocol.ts';
import { hasShape } from '../slot-shapes.ts';
import { fill, isBegun, open, wantedOf } from '../slots.ts';
import { spoken, spokenByDigits } from '../spoken.ts';
import { same } from '../values.ts';

type Collect = StepOf<'collect'>;

/** Whoever types a long number looks it up between two digits. */
const NEXT_DIGIT_MS = 5_000;

/**
 * `collect`: asks for whatever is still empty, one slot after another. What the caller says may fill several,
 * in any order, and correct every one that was filled before.
 */
export const collect: Verb<Collect> = {
  enter: (machine, step) => proceed(machine, step),
  on: (machine, step, event) => onWhileListening(machine, step, listenerOf(machine, step), event),
  resume: (machine, step) => {
    machine.state.fresh = true;
    return proceed(machine, step);
  },
};

/** Reads back what is to be read back, else asks for the next slot, else is done. */
function proceed(machine: Machine, step: Collect): Flow {
  const { context, part } = machine;
  // What was known only to a process that is gone is asked for again.
  for (const name of step.slots) if (isLost(context.slots[name] ?? null)) context.slots[name] = null;
  const filled = step.slots.filter((name) => (context.slots[name] ?? null) !== null);
  const doubtful = filled.find((name) => context.unsure.includes(name)) ?? null;
  const empty = step.slots.find((name) => !filled.includes(name)) ?? null;
  if (doubtful === null && empty === null) return 'next';
  const asked = doubtful ?? empty!;
  if (machine.state.deaf && !part.slots[asked]!.keys) return machine.end(machine.words.trouble, 'error');
  const before = memoryOf(machine);
  if (before && (before.asked !== asked || before.confirming !== doubtful)) {
    machine.remember({ ...before, silence: 0, unclear: 0, asides: 0 });
  }
  if (doubtful === null) askFor(machine, step, part.slots[asked]!);
  else readBack(machine, step, part.slots[asked]!);
  return wait(machine, step, asked, doubtful);
}

function askFor(machine: Machine, step: Collect, spec: SlotSpec): void {
  const [first] = spec.ask;
  const turn = machine.turnOf(step);
  if (spec.type === 'datetime' && isBegun(machine, spec.name)) machine.say(machine.words.askTime, turn);
  else if (first && 'say' in first) machine.sayTemplate(first.say, turn);
  else
    machine.say(machine.words.askFor.replace('{name}', spec.about ?? spec.name.replaceAll('_', ' ')), turn);
}

function readBack(machine: Machine, step: Collect, spec: SlotSpec): void {
  const { words, context, env } = machine;
  const say = (value: string): string => words.readBack.replace('{value}', () => value);
  const value = context.slots[spec.name] ?? null;
  const inWords = spec.type === 'digits' ? spokenByDigits : spoken;
  const text = inWords(value, env.locale, env);
  machine.say(say(text), machine.turnOf(step), spec.sensitive ? say('…') : null);
}

function wait(machine: Machine, step: Collect, asked: string, confirming: string | null): Flow {
  const memory = memoryOf(machine);
  const flow = listen(machine, step, listenerFor(machine, step, asked, confirming));
  const now = memoryOf(machine)!;
  machine.remember({ ...now, asked, confirming, keys: memory?.asked === asked ? now.keys : '' });
  return flow;
}

function listenerOf(machine: Machine, step: Collect): Listener {
  const memory = memoryOf(machine);
  return listenerFor(machine, step, memory?.asked ?? step.slots[0]!, memory?.confirming ?? null);
}

function listenerFor(machine: Machine, step: Collect, asked: string, confirming: string | null): Listener {
  const { part, env } = machine;
  const spec = part.slots[asked]!;
  const names = (): string[] => open(machine, step.slots, asked);
  return {
    options: [],
    yesNo: confirming !== null,
    slots: () => wantedOf(machine, names(), asked),
    sensitive: spec.sensitive,
    again: () => wait(machine, step, asked, confirming),
    heard(meaning) {
      if (confirming === null) return take(machine, step, meaning, names());
      const said = meaning.slots[confirming] ?? null;
      const isSame = said === null || same(said, machine.context.slots[confirming] ?? null);
      if (meaning.choice === 'yes' && isSame) {
        agreed(machine, confirming);
        return take(machine, step, meaning, names()) ?? proceed(machine, step);
      }
      const taken = take(machine, step, meaning, names());
      if (taken !== null) return taken;
      if (meaning.choice === 'no') return refused(machine, step, confirming);
      // Whoever says the same value again agrees to it.
      if (said === null || meaning.choice !== null) return null;
      agreed(machine, confirming);
      return proceed(machine, step);
    },
    ...(confirming === null &&
      spec.keys && {
        pressed(keys) {
          const { value: read, grows } = pressedAs(spec, keys, env.locale);
          const value = hasShape(spec, read) ? read : null;
          const long = spec.type === 'digits' || spec.type === 'phone';
          const meaning = { slots: { [asked]: value }, unsure: [] };
          return {
            grows,
            waitMs: long ? NEXT_DIGIT_MS : NEXT_KEY_MS,
            take:
              value === null ? null : () => take(machine, step, meaning, [asked]) ?? proceed(machine, step),
          };
        },
      }),
    missed: (trouble) => askDifferently(machine, step, spec, confirming, trouble),
  };
}

/** The caller said yes to a value that was read back. */
function agreed(machine: Machine, slot: string): void {
  const { context } = machine;
  context.unsure = context.unsure.filter((one) => one !== slot);
  machine.remember({ ...memoryOf(machine)!, turns: 0 });
}

/** The caller said no to a value that was read back. */
function refused(machine: Machine, step: Collect, slot: string): Flow {
  const { context } = machine;
  context.unsure = context.unsure.filter((one) => one !== slot);
  machine.setSlot(slot, null);
  return nowhere(machine, step);
}

/** Null where nothing of it was a value that is wanted. */
function take(
  machine: Machine,
  step: Collect,
  meaning: Pick<Meaning, 'slots' | 'unsure'>,
  names: readonly string[],
): Flow | null {
  const { filled, begun, complaint } = fill(machine, meaning, names, step.slots);
  if (filled.length === 0 && begun.length === 0 && complaint === null) return null;
  const memory = memoryOf(machine)!;
  const isFirm = filled.some((name) => !machine.context.unsure.includes(name));
  // Something was understood: trouble is counted anew.
  if (filled.length + begun.length > 0)
    machine.remember({ ...memory, silence: 0, unclear: 0, asides: 0, turns: isFirm ? 0 : memory.turns });
  if (complaint === null) return proceed(machine, step);
  machine.say(complaint.text, machine.turnOf(step), complaint.masked);
  machine.remember({ ...memoryOf(machine)!, turns: memory.turns });
  return nowhere(machine, step);
}

/** A value was understood and is none. `turns` counts how often: three rounds of it leave by `unclear`. */
function nowhere(machine: Machine, step: Collect): Flow {
  const memory = memoryOf(machine)!;
  const again = (): Flow => proceed(machine, step);
  machine.remember({ ...memory, turns: memory.turns + 1 });
  if (memory.turns < ROUNDS) return again();
  return takeRung(machine, step, ladderOf(machine, step, 'unclear'), memory.turns - ROUNDS, again);
}

/** The next entry of the slot's own ladder; then the ladders of the step, the state and the dialogue. */
function askDifferently(
  machine: Machine,
  step: Collect,
  spec: SlotSpec,
  confirming: string | null,
  trouble: 'silence' | 'unclear',
): Flow | null {
  const memory = memoryOf(machine)!;
  const rung = confirming === null ? spec.ask[memory.silence + memory.unclear + 1] : undefined;
  if (!rung) return null;
  memory[trouble]++;
  if ('block' in rung) {
    machine.push(rung.block, 'rung');
    return 'moved';
  }
  machine.sayTemplate(rung.say, machine.turnOf(step));
  return wait(machine, step, spec.name, confirming);
}
