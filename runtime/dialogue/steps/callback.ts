import { fail } from '../failing.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';
import type { Value } from '../protocol.ts';
import { own } from '../values.ts';

type Callback = StepOf<'callback'>;

/** `callback`: the caller is called back later; one without a number, or at a time that is past, cannot be. */
export const callback: Verb<Callback> = { enter: (machine, step) => order(machine, step, 0) };

function order(machine: Machine, step: Callback, times: number): Flow {
  const at = momentOf(step.at.evaluate(machine.scope, machine.env), machine.at);
  const phone = machine.state.facts.caller['phone'] ?? null;
  if (at === null || at <= machine.at || phone === null) {
    return fail(machine, step, step.failed, times, (more) => order(machine, step, more));
  }
  machine.effects.push({ kind: 'call-back', id: `c${++machine.state.counts.tool}`, at });
  return 'next';
}

/** An ISO 8601 datetime, or a duration from now. */
function momentOf(value: Value, now: number): number | null {
  if (typeof value !== 'string') return null;
  const seconds = own(value, 'seconds');
  if (typeof seconds === 'number') return now + seconds * 1000;
  const ms = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
