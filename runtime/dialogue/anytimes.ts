/** What the caller may ask for at any time: of the dialogue that is carried out, and of those that run it. */
import type { Machine } from './machine.ts';
import type { Option } from './program.ts';
import { contextBelow, type Context, type State } from './state.ts';

export interface Anytime {
  option: Option;
  /** The dialogue that it belongs to, by the index of its context. */
  of: number;
}

/**
 * Those of the dialogue itself first, then those further out. What is said alike wins where it is nearer: an option
 * of the same `when` is not offered again, nor a key twice.
 */
export function anytimesOf(machine: Machine): readonly Anytime[] {
  if (machine.atDoor) return [];
  const { state, program } = machine;
  const found: Anytime[] = [];
  for (let of = ownContext(state); of >= 0; of = contextBelow(state.contexts, of)) {
    const inner = found.length;
    for (const option of program.parts[state.contexts[of]!.dialogue]!.anytime) {
      if (inner === 0) found.push({ option, of });
      else if (!found.slice(0, inner).some((one) => isSame(one.option.when, option.when)))
        found.push({ option: withFreeKeys(option, found.slice(0, inner)), of });
    }
  }
  return found;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function withFreeKeys(option: Option, inner: readonly Anytime[]): Option {
  const isTaken = option.keys !== null && inner.some((one) => one.option.keys === option.keys);
  // No copy, which would read all of it: who watches an option takes that for being chosen.
  return isTaken ? (Object.create(option, { keys: { value: null } }) as Option) : option;
}

/** The context whose names and steps hold now. */
const ownContext = ({ contexts }: State): number => contexts.at(-1)?.within ?? contexts.length - 1;

/** Begins the steps of an `anytime`; where they end, the step that waits has the word again. */
export function pushAside(machine: Machine, { option, of }: Anytime): void {
  const { state } = machine;
  const block = option.block ?? EMPTY;
  if (of === ownContext(state)) return machine.push(block, 'aside');
  const { dialogue } = state.contexts[of]!;
  // The names of a dialogue further out, above whatever it runs, which stays as it is.
  const aside: Context = {
    dialogue,
    base: state.stack.length,
    vars: {},
    slots: {},
    before: {},
    unsure: [],
    within: of,
  };
  const running = state.stack[state.contexts[of + 1]!.base - 1];
  machine.enterContext(aside);
  state.stack.push({ block, index: 0, state: running?.state ?? null, kind: 'flow', memory: null });
}

/** Whether the word does not come back from it to the step that it interrupts. */
export function leaves({ program, state }: Machine, { option, of }: Anytime): boolean {
  const { blocks } = program.parts[state.contexts[of]!.dialogue]!;
  const last = option.block === null ? null : blocks[option.block]?.at(-1);
  return last?.verb === 'goto' || last?.verb === 'hangup' || last?.verb === 'return';
}

/** A block that is never there: an `anytime` without steps just comes back. */
const EMPTY = '';
