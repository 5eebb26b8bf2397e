import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readValues } from '../../runtime/understand/values.ts';
import { heldBack } from './values-held-back.ts';
import { expecting, sentences } from './values-sentences.ts';

/** How many sentences there are at least, and what share of them must be right. */
const FLOORS: { readonly [locale: string]: { familiar: number; heldBack: number; right: number } } = {
  'en-US': { familiar: 60, heldBack: 25, right: 0.95 },
  'de-DE': { familiar: 60, heldBack: 25, right: 0.95 },
  'es-ES': { familiar: 60, heldBack: 25, right: 0.95 },
  'fr-FR': { familiar: 60, heldBack: 25, right: 0.95 },
  'cs-CZ': { familiar: 20, heldBack: 0, right: 0.9 },
};

describe.each([
  ...sentences.map((one) => ({ ...one, kind: 'familiar' as const })),
  ...heldBack.map((one) => ({ ...one, kind: 'heldBack' as const })),
])('of the $kind sentences in $locale', ({ kind, locale, groups }) => {
  const floor = FLOORS[locale];
  const results = groups.flatMap(({ slots, said }) =>
    said.map(([text, values, unsure]) => {
      const heard = readValues(expecting(locale, slots), text);
      const doubts = [...(heard?.unsure ?? [])].toSorted();
      const right =
        isDeepStrictEqual(heard?.slots ?? {}, values) &&
        (unsure === undefined || isDeepStrictEqual(doubts, [...unsure].toSorted()));
      const taken = `${JSON.stringify(heard?.slots ?? {})} (unsure: ${doubts.join(', ')})`;
      return { right, miss: `"${text}" is ${JSON.stringify(values)}, not ${taken}` };
    }),
  );
  const missed = results.filter(({ right }) => !right).map(({ miss }) => miss);

  it('there are enough to tell', () => {
    expect(results.length).toBeGreaterThanOrEqual(floor?.[kind] ?? Infinity);
  });

  it('the values of nearly all are right', async ({ annotate }) => {
    await annotate(
      [`${results.length - missed.length} of ${results.length} are right`, ...missed].join('\n'),
    );
    const share = 1 - missed.length / results.length;
    expect(share < (floor?.right ?? 1) ? missed.join('\n') : '').toBe('');
  });
});
