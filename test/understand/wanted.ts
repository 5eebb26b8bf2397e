/** Expectations for tests: with nothing in them but what counts. */
import type { Choice, Expectation, SlotType, Wanted } from '../../runtime/dialogue/protocol.ts';

export function choice(id: string, like: readonly string[], more: Partial<Choice> = {}): Choice {
  return { id, when: '', like, keys: null, scope: 'step', polar: null, ...more };
}

export function slot(name: string, type: SlotType, more: Partial<Wanted> = {}): Wanted {
  return {
    name,
    type,
    about: null,
    of: null,
    min: null,
    max: null,
    length: null,
    hints: [],
    asked: false,
    filled: false,
    value: null,
    speech: true,
    keys: true,
    ...more,
  };
}

/** It is the 3rd of March 2026, a Tuesday, ten in the morning in Prague. */
export function expecting(
  choices: readonly Choice[],
  slots: readonly Wanted[] = [],
  locale = 'en-US',
): Expectation {
  const now = Date.UTC(2026, 2, 3, 9);
  return { id: 'e1', locale, choices, slots, now, zone: 'Europe/Prague', sensitive: false };
}

/** The choices of a `confirm`. */
export const yesAndNo: readonly Choice[] = [
  choice('yes', [], { when: 'agrees', keys: '1', polar: 'yes' }),
  choice('no', [], { when: 'refuses', keys: '2', polar: 'no' }),
];
