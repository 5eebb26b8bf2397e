import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expectation, Meaning } from '../../runtime/dialogue/protocol.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { choice, expecting, slot, yesAndNo } from './wanted.ts';

const person = choice('person', ['speak to a human', 'operator'], { scope: 'anytime', keys: '0' });
const repeat = choice('repeat', ['say that again', 'pardon'], { scope: 'anytime', keys: '*' });
const table = choice('table', ["I'd like to book a table", 'a table for four', 'reservation please'], {
  when: 'wants a table',
  keys: '1',
});
const food = choice('food', ['what is on the menu', 'when are you open'], {
  when: 'asks about food, prices or opening hours',
  keys: '2',
});

const party = slot('party', 'integer', { min: 1, max: 12 });
const day = slot('day', 'date');
const time = slot('time', 'time');

const asked = <S extends object>(one: S): S & { asked: true } => ({ ...one, asked: true });

/** The choice and the values of what was meant, which is all that counts here. */
function meant(expectation: Expectation, text: string): Pick<Meaning, 'choice' | 'slots' | 'by'> | null {
  const meaning = understandByRules(expectation, text);
  return meaning && { choice: meaning.choice, slots: meaning.slots, by: meaning.by };
}

describe('an answer that leads to a collect', () => {
  const welcome = expecting([table, food, person, repeat], [party, day, time]);

  it('takes the values of its sentence with it', () => {
    expect(meant(welcome, 'a table for four tomorrow at seven pm')).toEqual({
      choice: 'table',
      slots: { party: 4, day: '2026-03-04', time: '19:00' },
      by: 'like',
    });
    expect(meant(welcome, "I'd like to book for Friday at half past seven in the evening, a table")).toEqual({
      choice: 'table',
      slots: { day: '2026-03-06', time: '19:30' },
      by: 'like',
    });
  });

  it('is taken for it in the words of an example, and the values of the example are values', () => {
    expect(meant(welcome, 'a table for four')).toEqual({
      choice: 'table',
      slots: { party: 4 },
      by: 'like',
    });
  });

  it('has none where none was said', () => {
    expect(meant(welcome, 'reservation please')).toEqual({ choice: 'table', slots: {}, by: 'like' });
  });

  it('chosen by a key that is said takes the number for the key alone', () => {
    expect(meant(welcome, 'two')).toEqual({ choice: 'food', slots: {}, by: 'keys' });
    expect(meant(welcome, 'press one please')).toEqual({ choice: 'table', slots: {}, by: 'keys' });
  });

  it('is not chosen by a number in passing', () => {
    expect(meant(welcome, 'my wife was in hospital two years ago')).toBeNull();
  });

  it('gives way to an anytime that the sentence is about', () => {
    expect(meant(welcome, 'I want to speak to a human at once')).toMatchObject({ choice: 'person' });
  });
});

describe('a value that was asked for', () => {
  const people = expecting([person, repeat], [asked(party), day, time]);

  it.each([
    ['four', { party: 4 }],
    ['for five please', { party: 5 }],
    ['four people, tomorrow', { party: 4, day: '2026-03-04' }],
  ])('beats the choices: "%s"', (text, slots) => {
    expect(meant(people, text)).toEqual({ choice: null, slots, by: 'type' });
  });

  it('beats the key of an anytime, unless the key is named', () => {
    const nine = expecting([{ ...person, keys: '9' }], [asked(party)]);
    expect(meant(nine, 'nine')).toEqual({ choice: null, slots: { party: 9 }, by: 'type' });
    expect(meant(nine, 'press nine')).toEqual({ choice: 'person', slots: {}, by: 'keys' });
  });

  it.each(['operator please', 'pardon', 'could you say that again'])(
    'gives way to an anytime where none was said: "%s"',
    (text) => {
      expect(meant(people, text)).toMatchObject({ slots: {}, by: 'like' });
    },
  );

  it('may be corrected together with others that were not asked for', () => {
    const corrected = expecting([person], [{ ...party, filled: true, value: 4 }, asked(time)]);
    expect(meant(corrected, 'no, five')).toMatchObject({ choice: null, slots: { party: 5 } });
  });

  it('is none where the sentence holds none', () => {
    expect(meant(people, 'the weather is nice')).toBeNull();
    expect(meant(people, '   ')).toBeNull();
  });
});

describe('a name or a text that was asked for', () => {
  const name = expecting(
    [choice('person', ['manager', 'operator'], { scope: 'anytime' }), repeat],
    [asked(slot('name', 'name'))],
  );
  const note = expecting([person, repeat], [asked(slot('note', 'text'))]);

  it('is a name, though the anytime has a word of it', () => {
    expect(meant(name, 'manager jones')).toMatchObject({ choice: null, by: 'type' });
  });

  it('is an anytime where the sentence is nearly an example of it', () => {
    expect(meant(name, 'operator please')).toEqual({ choice: 'person', slots: {}, by: 'like' });
    expect(meant(name, 'manager')).toEqual({ choice: 'person', slots: {}, by: 'like' });
    expect(meant(note, 'pardon')).toEqual({ choice: 'repeat', slots: {}, by: 'like' });
  });

  it('is the whole of what was said, with numbers and all', () => {
    expect(meant(note, 'the bell is broken, knock twice and ask for the operator of flat 7')).toEqual({
      choice: null,
      slots: { note: 'the bell is broken, knock twice and ask for the operator of flat 7' },
      by: 'type',
    });
    expect(meant(note, 'zero')).toMatchObject({ slots: { note: 'zero' }, by: 'type' });
  });
});

describe('a confirm', () => {
  const said = [
    { ...party, filled: true, value: 4 },
    { ...day, filled: true, value: '2026-03-04' },
    { ...time, filled: true, value: '19:00' },
  ];
  const agree = expecting([...yesAndNo, person, repeat], said);

  it.each([
    ['yes', 'yes'],
    ['that is right, thank you', 'yes'],
    ['sounds good', 'yes'],
    ['no', 'no'],
    ['no, that is wrong', 'no'],
    ["I don't think so", 'no'],
  ])('knows yes and no without an example: "%s"', (text, answer) => {
    expect(meant(agree, text)).toEqual({ choice: answer, slots: {}, by: 'like' });
  });

  it.each([
    ['yes, but at eight pm', { time: '20:00' }],
    ['no, at eight in the evening', { time: '20:00' }],
    ['no, for five people', { party: 5 }],
    ['make it Friday', { day: '2026-03-06' }],
  ])('is neither where something is corrected: "%s"', (text, slots) => {
    expect(meant(agree, text)).toEqual({ choice: null, slots, by: 'type' });
  });

  it.each(['yes, at seven pm', 'yes, tomorrow', 'yes, for four'])(
    'is a yes where what was read back is said again: "%s"',
    (text) => {
      expect(meant(agree, text)).toEqual({ choice: 'yes', slots: {}, by: 'like' });
    },
  );

  it('can be left by an anytime, and answered by a key that is named', () => {
    expect(meant(agree, 'let me talk to an operator')).toMatchObject({ choice: 'person' });
    expect(meant(agree, 'press two')).toMatchObject({ choice: 'no', by: 'keys' });
  });

  it.each(['I am not sure', 'maybe', 'what do you mean'])('is none of both: "%s"', (text) => {
    expect(meant(agree, text)).toBeNull();
  });

  it.each([
    ['de-DE', 'ja, das stimmt', 'nein, leider nicht', 'nein, um acht Uhr abends'],
    ['es-ES', 'sí, correcto', 'no, gracias', 'no, a las ocho de la tarde'],
    ['fr-FR', "oui, c'est exact", 'non merci', 'non, à vingt heures'],
    ['cs-CZ', 'ano, přesně tak', 'ne, to ne', 'ne, v osm večer'],
  ])('is understood in %s', (locale, yes, no, correction) => {
    const there = expecting(yesAndNo, said, locale);
    expect(meant(there, yes)).toMatchObject({ choice: 'yes', slots: {} });
    expect(meant(there, no)).toMatchObject({ choice: 'no', slots: {} });
    expect(meant(there, correction)).toMatchObject({ choice: null, slots: { time: '20:00' } });
  });
});

it('whatever is said, only what was offered is understood, and the same the next time', () => {
  const words = fc.constantFrom(
    ...'yes no but not at eight for four tomorrow a table operator'.split(' '),
    ...'press two zero my name is Smith , pm monday # __proto__'.split(' '),
  );
  const sentence = fc.oneof(
    fc.array(words, { maxLength: 12 }).map((some) => some.join(' ')),
    fc.string({ unit: 'binary', maxLength: 100 }),
  );
  const expectations = [
    expecting([table, food, person], [party, day, time]),
    expecting([person, repeat], [asked(party), day, slot('name', 'name')]),
    expecting([...yesAndNo, person], [{ ...time, filled: true, value: '19:00' }]),
    expecting([], [asked(slot('card', 'digits', { length: { min: 16, max: 16 } }))]),
  ];
  fc.assert(
    fc.property(sentence, fc.constantFrom(...expectations), (text, expectation) => {
      const meaning = understandByRules(expectation, text);
      expect(understandByRules(structuredClone(expectation), text)).toEqual(meaning);
      if (meaning === null) return;
      const ids = expectation.choices.map(({ id }) => id);
      const names = expectation.slots.map(({ name }) => name);
      expect([null, ...ids]).toContain(meaning.choice);
      expect(names).toEqual(expect.arrayContaining(Object.keys(meaning.slots)));
      expect(Object.keys(meaning.slots)).toEqual(expect.arrayContaining([...meaning.unsure]));
      expect(meaning.choice !== null || Object.keys(meaning.slots).length > 0).toBe(true);
      expect(meaning.confidence).toBeGreaterThan(0);
      expect(meaning.confidence).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1000 },
  );
});
