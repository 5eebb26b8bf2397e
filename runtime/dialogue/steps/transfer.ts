import { fail } from '../failing.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { StepOf } from '../program.ts';
import { spoken } from '../spoken.ts';

type Transfer = StepOf<'transfer'>;

const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * `transfer`: gives the caller to somebody else. The line is closed once everything said was heard; where the
 * other side cannot be had it comes back, and `failed` says how the dialogue goes on.
 */
export const transfer: Verb<Transfer> = {
  enter: (machine, step) => dial(machine, step, 0),
  on(machine, step, event) {
    const { memory } = machine.top;
    if (event.kind !== 'transfer-failed' || memory?.kind !== 'doing') return 'wait';
    return fail(machine, step, step.failed, memory.failed, (times) => dial(machine, step, times));
  },
};

function dial(machine: Machine, step: Transfer, failed: number): Flow {
  const { program, state } = machine;
  const written = step.to.evaluate(machine.scope, machine.env);
  const named = typeof written === 'string' && Object.hasOwn(program.app.transfers, written);
  const to = named ? program.app.transfers[written]! : written;
  machine.remember({ kind: 'doing', call: `x${++state.counts.tool}`, failed });
  if (typeof to !== 'string' || !E164.test(to))
    return fail(machine, step, step.failed, failed, (times) => dial(machine, step, times));
  // The caller hears that something is done, and not just a click.
  if (state.owed) machine.fill(machine.words.oneMoment);
  const order = { to, brief: briefOf(machine, step), ringMs: step.ringMs };
  state.transfer = order;
  state.phase = 'transferring';
  machine.effects.push({ kind: 'transfer', ...order });
  return 'wait';
}

/** What the other side is told of the caller: the number, and what the dialogue has learned. */
function briefOf(machine: Machine, step: Transfer): string | null {
  const { scope, env, words, part, context, state } = machine;
  if (step.brief === null) return null;
  if (step.brief !== 'summary') return step.brief.render(scope, env);
  const { phone, name } = state.facts.caller;
  const say = (value: Parameters<typeof spoken>[0]): string => spoken(value, env.locale, env);
  const known = Object.values(part.slots).flatMap((spec) => {
    const value = context.slots[spec.name] ?? null;
    return spec.sensitive || value === null ? [] : [`${spec.name.replaceAll('_', ' ')}: ${say(value)}.`];
  });
  const who = state.remembered['name'] ?? state.facts.user['name'] ?? name ?? null;
  return [
    words.brief,
    ...(who === null ? [] : [`${say(who)}.`]),
    ...(phone ? [words.briefFrom.replace('{value}', say(phone))] : []),
    ...known,
  ].join(' ');
}
