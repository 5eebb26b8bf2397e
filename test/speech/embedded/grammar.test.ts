import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../runtime/dialogue/protocol.ts';
import { grammarOf } from '../../../runtime/speech/embedded/grammar.ts';
import { expecting } from '../../support/expectation.ts';

function grammar(...choices: Partial<Choice>[]): readonly string[] {
  return grammarOf(expecting(choices));
}

describe('what a recogniser is told to expect', () => {
  it("is the author's examples, in lower case and without signs", () => {
    expect(grammar({ like: ['A table, please!', "I'd like to book", 'What’s on?', 'drop-in'] })).toEqual([
      'a table please',
      "i'd like to book",
      "what's on",
      'drop in',
    ]);
  });

  it('has numbers in words', () => {
    const phrases = grammar({ like: ['for 2', 'room 14', 'at 30', 'at 45', 'flight 1207', 'agent 07'] });
    expect(phrases).toEqual([
      'for two',
      'room fourteen',
      'at thirty',
      'at forty five',
      'flight one two zero seven',
      'agent zero seven',
    ]);
  });

  it('is the name of a key, and then of every digit', () => {
    expect(grammar({ keys: '1' })).toEqual([
      'one',
      'press one',
      'number one',
      'zero',
      'two',
      'three',
      'four',
      'five',
      'six',
      'seven',
      'eight',
      'nine',
    ]);
    expect(grammar({ keys: '0#' })).toEqual(['zero pound', 'press zero pound', 'number zero pound']);
  });

  it.each([
    ['the caller agrees', [], true, false],
    ['the caller declines', [], false, true],
    ['', ['Yes please'], true, false],
    ['yes', ['no'], true, true],
    ['the caller wants to know more', ['nothing'], false, false],
  ])('is yes and no where "%s" (%s) asks for it', (when, like, yes, no) => {
    const phrases = grammar({ when, like });
    expect(phrases.includes('yes please')).toBe(yes);
    expect(phrases.includes('no thank you')).toBe(no);
  });

  it('is each phrase once, and not those that are not English words', () => {
    expect(
      grammar({ like: ['hello', 'Hello!', 'stůl pro dva', 'C+P', '', '...'] }, { like: ['hello'] }),
    ).toEqual(['hello']);
  });

  it('is never so much that a decoder would choke, nor anything but words', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => `take ${i % 100} of ${Math.floor(i / 100)}`);
    expect(grammar({ like: many })).toHaveLength(500);
    expect(grammar({ like: ['word '.repeat(21)] })).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.string()), (like) => {
        for (const phrase of grammar({ like, keys: '7' })) expect(phrase).toMatch(/^[a-z']+( [a-z']+)*$/);
      }),
    );
  });

  it('is yes and no where a step asks for them', () => {
    expect(grammar({ polar: 'yes' }, { polar: 'no' })).toContain('no thank you');
  });

  it('is what callers say for the slot they are asked for, and for no other', () => {
    const party = { name: 'party', type: 'integer' as const, min: 1, max: 12 };
    expect(grammarOf(expecting([], [{ ...party, asked: true }]))).toEqual(
      expect.arrayContaining(['four', 'for four', 'twelve people']),
    );
    expect(grammarOf(expecting([], [party]))).toEqual([]);
    const dish = { name: 'dish', type: 'text' as const, hints: ['Tomato soup'], asked: true };
    expect(grammarOf(expecting([], [dish]))).toEqual(['tomato soup']);
    const of = [{ value: 'inside', like: ['in the room'] }];
    expect(grammarOf(expecting([], [{ name: 'where', type: 'choice', of, asked: true }]))).toEqual([
      'inside',
      'in the room',
    ]);
    expect(grammarOf(expecting([], [{ name: 'at', type: 'time', asked: true }]))).toContain(
      'half past seven',
    );
    expect(grammarOf(expecting([], [{ name: 'on', type: 'date', asked: true }]))).toContain('on friday');
  });
});
