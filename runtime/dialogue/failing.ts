/** What a step does that could not do its work: a tool, a transfer, a call-back. */
import { writtenLadder } from './ladders.ts';
import { ROUNDS } from './listening.ts';
import type { Flow, Machine } from './machine.ts';
import type { Ladder, Step } from './program.ts';

/**
 * Takes the next rung of `failed`: a text is said and the step is tried again, steps are done in its place.
 * Without a ladder the call ends politely.
 * @param times how often it failed before.
 */
export function fail(
  machine: Machine,
  step: Step,
  own: Ladder | null,
  times: number,
  again: (times: number) => Flow,
): Flow {
  const ladder = writtenLadder(machine, own, 'failed');
  if (ladder === null) return machine.end(machine.words.trouble, 'error');
  const last = ladder.length - 1;
  if (times >= last + ROUNDS) return machine.end(machine.words.trouble, 'error');
  const rung = ladder[Math.min(times, last)]!;
  if ('say' in rung) {
    machine.sayTemplate(rung.say, machine.turnOf(step));
    return again(times + 1);
  }
  machine.top.index++;
  machine.remember(null);
  machine.push(rung.block, 'flow');
  return 'moved';
}
