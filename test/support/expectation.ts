import type { Choice, Expectation, Wanted } from '../../runtime/dialogue/protocol.ts';

/** An expectation of these choices and slots, with everything else as it mostly is. */
export function expecting(
  choices: readonly Partial<Choice>[],
  slots: readonly (Partial<Wanted> & Pick<Wanted, 'name' | 'type'>)[] = [],
  more: Partial<Expectation> = {},
): Expectation {
  return {
    id: 'e1',
    locale: 'en-US',
    // A Tuesday, at eleven in Prague.
    now: Date.UTC(2026, 2, 3, 10),
    zone: 'Europe/Prague',
    sensitive: false,
    choices: choices.map((choice, index) => ({
      id: `s${index}`,
      when: '',
      like: [],
      keys: null,
      scope: 'step',
      polar: null,
      ...choice,
    })),
    slots: slots.map((slot) => ({
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
      ...slot,
    })),
    ...more,
  };
}
