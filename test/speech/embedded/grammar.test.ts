import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../runtime/dialogue/protocol.ts';
import { grammarOf } from '../../../runtime/speech/embedded/grammar.ts';

function grammar(...choices: Partial<Choice>[]): readonly string[] {
  return grammarOf({
    id: 'e',
    locale: 'en-US',
    choices: choices.map((choice, i) => ({
      id: `${i}`,
      when: '',
      like: [],
      keys: null,
      scope: 'step',
      ...choice,
    })),
  });
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
});
