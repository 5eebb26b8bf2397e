import { describe, expect, it } from 'vitest';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { sentences } from './sentences.ts';

/**
 * What is really reached, a little below it. `right`: of those that mean a choice. `quiet`: of those that mean
 * none, the share that is taken for none. `wrong`: of all, the share that is taken for another choice.
 */
const floors = [
  { kind: 'familiar', right: 0.97, quiet: 0.98, wrong: 0.015 },
  { kind: 'held-back', right: 0.83, quiet: 1, wrong: 0.02 },
] as const;

describe.each(floors)('of the $kind sentences', ({ kind, right, quiet, wrong }) => {
  const results = sentences
    .filter((group) => group.kind === kind)
    .flatMap(({ name, locale, choices, sentences: said }) =>
      said.map(([text, meant]) => {
        const found = understandByRules({ id: 'e', locale, choices }, text);
        return { name, text, meant, taken: found?.choice ?? null, confidence: found?.confidence ?? 0 };
      }),
    );
  const meaning = results.filter(({ meant }) => meant !== null);
  const nothing = results.filter(({ meant }) => meant === null);
  const correct = (some: typeof results): number =>
    some.filter(({ meant, taken }) => meant === taken).length / some.length;
  /** For whoever made the figure fall. */
  const confusion = results
    .filter(({ meant, taken }) => meant !== taken)
    .map(
      ({ name, text, meant, taken, confidence }) =>
        `${name}: "${text}" is ${meant}, not ${taken} (${confidence})`,
    )
    .join('\n');

  it(`those that mean a choice are taken for it, ${right * 100} in 100`, () => {
    expect(correct(meaning) < right ? confusion : '').toBe('');
  });

  it(`those that mean none are taken for none, ${quiet * 100} in 100`, () => {
    expect(correct(nothing) < quiet ? confusion : '').toBe('');
  });

  it(`no more than ${wrong * 100} in 100 are taken for another`, () => {
    const others = results.filter(({ meant, taken }) => taken !== null && taken !== meant);
    expect(others.length / results.length > wrong ? confusion : '').toBe('');
  });
});
