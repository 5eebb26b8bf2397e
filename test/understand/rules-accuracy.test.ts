import { describe, expect, it } from 'vitest';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { confusionOf, figuresOf, judgeAll } from './measure.ts';
import { heldBack } from './sentences-held-back.ts';
import { familiar, places } from './sentences.ts';

/** What is really reached, a little below it. `right`, `noneRecall` and `wrong` as in `Figures`. */
const floors = [
  { kind: 'familiar', corpora: familiar, right: 0.9, noneRecall: 0.94, wrong: 0.025 },
  { kind: "places'", corpora: places, right: 0.65, noneRecall: 0.9, wrong: 0.05 },
  { kind: 'held-back', corpora: heldBack, right: 0.75, noneRecall: 0.9, wrong: 0.06 },
] as const;

describe.each(floors)('of the $kind sentences', ({ corpora, right, noneRecall, wrong }) => {
  const results = judgeAll(corpora, understandByRules);
  const figures = figuresOf(results);
  /** For whoever made the figure fall. */
  const confusion = confusionOf(results).join('\n');

  it(`those that mean a choice are taken for it, ${right * 100} in 100`, () => {
    expect(figures.right < right ? confusion : '').toBe('');
  });

  it(`those that mean none are taken for none, ${noneRecall * 100} in 100`, () => {
    expect(figures.noneRecall < noneRecall ? confusion : '').toBe('');
  });

  it(`no more than ${wrong * 100} in 100 are taken for another`, () => {
    expect(figures.wrong > wrong ? confusion : '').toBe('');
  });
});

it('three hundred sentences are held back, of which a quarter mean none, and none of them is familiar', () => {
  const texts = (corpora: typeof familiar) =>
    corpora.flatMap(({ answers, none }) => [
      ...none,
      ...answers.flatMap(({ said, like }) => [...said, ...like]),
    ]);
  const held = judgeAll(heldBack, () => null);
  expect(held.length).toBeGreaterThanOrEqual(300);
  expect(held.filter(({ meant }) => meant === null).length / held.length).toBeGreaterThanOrEqual(0.25);
  const known = new Set(texts(familiar));
  const judged = new Set(held.map(({ text }) => text));
  const shared = [...judged].filter((text) => known.has(text));
  // What everybody says everywhere: a pizza, a pardon.
  expect(shared.length / judged.size).toBeLessThan(0.03);
});
