import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keytermsOf } from '../../runtime/speech/keyterms.ts';
import { expecting } from '../support/expectation.ts';

const likes = (...like: string[]): readonly string[] => keytermsOf(expecting([{ like }]));

describe('what a recogniser is told to listen for', () => {
  it('is nothing while nothing is expected', () => {
    expect(keytermsOf(null)).toEqual([]);
    expect(keytermsOf(expecting([]))).toEqual([]);
  });

  it('is the hints and values of slots that may be said, those asked for first', () => {
    const expectation = expecting(
      [],
      [
        { name: 'room', type: 'choice', of: [{ value: 'garden_room', like: ['the Orangery'] }] },
        { name: 'pin', type: 'digits', hints: ['never'], speech: false },
        { name: 'who', type: 'name', hints: ['Jane Roe', 'Nguyễn'], asked: true },
      ],
    );
    expect(keytermsOf(expectation)).toEqual(['Jane Roe', 'Nguyễn', 'garden room', 'the Orangery']);
  });

  it.each([
    ['Is Chez Panisse open?', ['Chez Panisse']],
    ['I want to go to New York, Boston or back', ['New York', 'Boston']],
    ['Yes please. The WiFi is down.', ['WiFi']],
    ['WiFi', ['WiFi']],
    ["I'd like that, I think", []],
    ['a table for two', []],
    ['flight A320 to JFK', ['A320', 'JFK']],
    ['room 12', []],
    ['', []],
  ])('is the names in an example: %s', (example, names) => {
    expect(likes(example)).toEqual(names);
  });

  it('is told once, in the first spelling, and without what is no term', () => {
    const hints = ['Acme', 'ACME', ' Acme ', '', '123', 'x'.repeat(61), 'much too long to be a term'];
    expect(keytermsOf(expecting([], [{ name: 'who', type: 'name', hints }]))).toEqual(['Acme']);
  });

  it('holds no value that the caller gave', () => {
    const slot = { name: 'who', type: 'name' as const, filled: true, value: 'Secret', hints: ['Acme'] };
    expect(keytermsOf(expecting([], [slot]))).toEqual(['Acme']);
  });

  it('is bounded, whatever an author writes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 300 }),
        fc.array(fc.string({ maxLength: 200 }), { maxLength: 20 }),
        (hints, like) => {
          const terms = keytermsOf(expecting([{ like }], [{ name: 'who', type: 'name', hints }]));
          expect(terms.length).toBeLessThanOrEqual(100);
          const tokens = terms.reduce((sum, term) => sum + Math.ceil(Buffer.byteLength(term) / 2), 0);
          expect(tokens).toBeLessThanOrEqual(500);
          expect(terms.every((term) => term.trim() === term && term !== '')).toBe(true);
          expect(new Set(terms.map((term) => term.toLowerCase())).size).toBe(terms.length);
        },
      ),
    );
  });
});
