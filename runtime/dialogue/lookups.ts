/**
 * What tools were asked with slots that the caller has not agreed to yet: "a table for four" was looked up for four, and
 * when the caller makes it five as it is read back, it is looked up for five before that is read back in turn.
 */
import type { Machine } from './machine.ts';
import type { StepOf } from './program.ts';
import type { Lookup } from './state.ts';

/** Notes a call that has come to something; one at the same place before is forgotten, with those behind it. */
export function noteLookup(machine: Machine, step: StepOf<'do'>): void {
  const frames = flowOf(machine);
  const roots = step.with.flatMap(({ value }) => value.references.map(({ path: [root = ''] }) => root));
  const slots = [...new Set(roots)].filter((root) => Object.hasOwn(machine.part.slots, root));
  if (frames === null || slots.length === 0) return;
  const { context } = machine;
  const place = frames.at(-1)!;
  const before = context.lookups ?? [];
  const known = before.findIndex(({ frames: other }) => {
    const there = other.at(-1)!;
    return there.block === place.block && there.index === place.index;
  });
  context.lookups = [...before.slice(0, known < 0 ? before.length : known), { slots, frames }];
}

/** The caller agreed to these slots as they were read back: what was looked up for them holds, as far as it goes by them. */
export function agreeToLookups({ context }: Machine, agreed: readonly string[]): void {
  if (!context.lookups) return;
  context.lookups = context.lookups
    .map(({ slots, frames }) => ({ slots: slots.filter((slot) => !agreed.includes(slot)), frames }))
    .filter(({ slots }) => slots.length > 0);
}

/**
 * Goes back to the first tool that was called with one of the slots. False where none was, or where the dialogue stands in
 * an `anytime` or in the steps of a ladder, which give the word back to another step.
 */
export function lookAgain(machine: Machine, corrected: readonly string[]): boolean {
  const { context, state, base } = machine;
  const lookups = context.lookups ?? [];
  const first = lookups.findIndex(({ slots }) => slots.some((slot) => corrected.includes(slot)));
  if (first < 0 || flowOf(machine) === null) return false;
  state.stack.length = base;
  for (const { block, index, state: name } of lookups[first]!.frames)
    state.stack.push({ block, index, state: name, kind: 'flow', memory: null });
  context.lookups = lookups.slice(0, first);
  return true;
}

/** Where the frames of the dialogue stand; null where one of them is no part of its flow. */
function flowOf({ state, base, context }: Machine): Lookup['frames'] | null {
  if (state.contexts.at(-1) !== context) return null;
  const frames = state.stack.slice(base);
  return frames.every(({ kind }) => kind === 'flow')
    ? frames.map(({ block, index, state: name }) => ({ block, index, state: name }))
    : null;
}
