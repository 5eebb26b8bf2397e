import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Costs } from '../../runtime/call/costs.ts';
import { USAGE_UNITS } from '../../runtime/speech/usage.ts';

const PRICES = new Map([
  [
    'openai/gpt-realtime-2.1',
    { inputTextTokens: 4, inputAudioTokens: 32, cachedAudioTokens: 0.4, outputAudioTokens: 64 },
  ],
  ['deepgram/nova-3', { minute: 0.06 }],
  ['cartesia/sonic-3.5', { characters: 30 }],
]);

describe('the cost of a call', () => {
  it('counts tokens and characters by the million, and audio by the minute', () => {
    const costs = new Costs(PRICES, []);
    const cost = (vendor: string, model: string, amounts: object): number | null =>
      costs.add({ vendor, model, amounts }).cost;
    expect(
      cost('openai', 'gpt-realtime-2.1', { inputAudioTokens: 500_000, outputAudioTokens: 250_000 }),
    ).toBe(32);
    expect(cost('deepgram', 'nova-3', { seconds: 90 })).toBeCloseTo(0.09, 10);
    expect(cost('cartesia', 'sonic-3.5', { characters: 1_000 })).toBeCloseTo(0.03, 10);
    expect(costs.total).toBeCloseTo(32.12, 10);
  });

  it('takes cached tokens as new ones where they have no price of their own', () => {
    const costs = new Costs(PRICES, []);
    const add = (amounts: object): number | null =>
      costs.add({ vendor: 'openai', model: 'gpt-realtime-2.1', amounts }).cost;
    expect(add({ cachedAudioTokens: 1_000_000 })).toBe(0.4);
    expect(add({ cachedTextTokens: 1_000_000 })).toBe(4);
  });

  it('is not known of a model, or of a unit, that has no price, and what is known is still counted', () => {
    const costs = new Costs(PRICES, []);
    expect(costs.add({ vendor: 'openai', model: 'gpt-9', amounts: { inputTextTokens: 5 } }).cost).toBeNull();
    expect(costs.total).toBeNull();
    const amounts = { inputTextTokens: 1, outputTextTokens: 1 };
    expect(costs.add({ vendor: 'openai', model: 'gpt-realtime-2.1', amounts }).cost).toBeNull();
    costs.add({ vendor: 'deepgram', model: 'nova-3', amounts: { seconds: 60 } });
    expect(costs.total).toBeCloseTo(0.06, 10);
  });

  it('goes on from what the call had used before it was taken up', () => {
    const first = new Costs(PRICES, []);
    first.add({ vendor: 'deepgram', model: 'nova-3', amounts: { seconds: 60 } });
    const second = new Costs(PRICES, first.usage);
    second.add({ vendor: 'deepgram', model: 'nova-3', amounts: { seconds: 60 } });
    expect(second.usage).toEqual([
      {
        vendor: 'deepgram',
        model: 'nova-3',
        amounts: { seconds: 120 },
        cost: expect.closeTo(0.12, 10) as number,
      },
    ]);
  });

  it('is the sum of its parts, in whatever order they come', () => {
    const usage = fc.record({
      vendor: fc.constantFrom('openai', 'deepgram', 'cartesia'),
      model: fc.constantFrom('gpt-realtime-2.1', 'nova-3', 'sonic-3.5'),
      amounts: fc.dictionary(fc.constantFrom(...USAGE_UNITS), fc.integer({ min: 0, max: 1e6 })),
    });
    fc.assert(
      fc.property(fc.array(usage), (all) => {
        const forwards = new Costs(PRICES, []);
        const backwards = new Costs(PRICES, []);
        const parts = all.map((one) => forwards.add(one).cost ?? 0);
        for (const one of all.toReversed()) backwards.add(one);
        const sum = parts.reduce((before, one) => before + one, 0);
        expect(forwards.total ?? 0).toBeCloseTo(sum, 6);
        expect(backwards.total ?? 0).toBeCloseTo(sum, 6);
      }),
    );
  });
});
