/** Which ladder holds: the step's, its state's, the dialogue's, else the runtime's own words. */
import type { Machine } from './machine.ts';
import type { Ladder, Rung, Step } from './program.ts';

/** The runtime's own entries are words already; `end` says goodbye with them. */
export type AnyRung = Rung | { say: string } | { end: string };

export function ladderOf(machine: Machine, step: Step, trouble: 'silence' | 'unclear'): readonly AnyRung[] {
  const { words } = machine;
  const written = writtenLadder(machine, step[trouble], trouble);
  if (written) return written;
  return trouble === 'silence'
    ? [{ say: words.stillThere }, { end: words.cannotHear }]
    : [{ say: words.unclear[0] }, { say: words.unclear[1] }, { end: words.cannotUnderstand }];
}

/** The ladder that the author wrote for it nearest to the step; null: none. */
export function writtenLadder(
  machine: Machine,
  own: Ladder | null,
  trouble: 'silence' | 'unclear' | 'failed',
): Ladder | null {
  const { part, top } = machine;
  // Who is not in yet is not led into the dialogue by its ladders.
  if (machine.atDoor) return null;
  return (
    own ?? (top.state === null ? null : part.states[top.state]?.[trouble]) ?? part.dialogueTrouble[trouble]
  );
}
