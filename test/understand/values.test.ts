import { describe, expect, it } from 'vitest';
import type { Expectation, Value, Wanted } from '../../runtime/dialogue/protocol.ts';
import { type Heard, readValues } from '../../runtime/understand/values.ts';
import { expecting } from './values-sentences.ts';
import { asked, booked, slot, stay, table } from './values-slots.ts';
import { expecting as expectingChoices, yesAndNo } from './wanted.ts';

const hear = (slots: readonly Wanted[], text: string, more: Partial<Expectation> = {}): Heard | null =>
  readValues({ ...expecting('en-US', slots), ...more }, text);
const values = (
  slots: readonly Wanted[],
  text: string,
  more: Partial<Expectation> = {},
): { readonly [slot: string]: Value } => hear(slots, text, more)?.slots ?? {};

describe('what is heard', () => {
  it('tells the values, what is unsure of them, and what else was said', () => {
    expect(hear(table(), 'A table for four, tomorrow at seven')).toEqual({
      slots: { party: 4, day: '2026-03-04', time: '19:00' },
      unsure: ['time'],
      confidence: 0.82,
      rest: 'A table,',
      whole: false,
    });
  });

  it('is whole where nothing but values, fillers and corrections is said', () => {
    expect(hear(booked(), 'no, I meant five, please')).toMatchObject({ slots: { party: 5 }, whole: true });
    expect(hear(booked(), 'five parking lots, perhaps')).toMatchObject({ slots: { party: 5 }, whole: false });
  });

  it('is nothing where no slot takes it', () => {
    expect(hear(table(), 'I would like to speak to somebody')).toBeNull();
    expect(hear([], 'four')).toBeNull();
    expect(hear(table('party'), '')).toBeNull();
    expect(hear(table('party'), ' … ')).toBeNull();
  });

  it('is nothing for a slot that is only pressed', () => {
    expect(
      hear([slot('card', 'digits', { asked: true, speech: false, keys: true })], 'one two three four'),
    ).toBeNull();
  });

  it('is surer, the less else is said', () => {
    const short = hear(table('party'), 'four')?.confidence ?? 0;
    const long =
      hear(table('party'), 'well four of my colleagues recommended your wonderful terrace')?.confidence ?? 0;
    expect(short).toBeGreaterThan(0.9);
    expect(long).toBeLessThan(0.75);
  });
});

describe('limits', () => {
  it('are left to the dialogue for what was asked', () => {
    expect(values(table('party'), 'forty')).toEqual({ party: 40 });
    expect(values(asked('date', { max: '2026-03-31' }), 'on the first of may')).toEqual({ it: '2026-05-01' });
    expect(values(asked('digits', { length: { min: 4, max: 4 } }), 'one two three')).toEqual({ it: '123' });
  });

  it('rule out what was not asked', () => {
    expect(values(table('day'), 'forty people tomorrow')).toEqual({ day: '2026-03-04' });
    expect(values([slot('amount', 'money', { max: 10 })], 'twenty dollars')).toEqual({});
  });

  it('choose the half of the day where only one is within them', () => {
    const evening = asked('time', { min: '17:00', max: '22:00' });
    expect(hear(evening, 'at eight')).toMatchObject({ slots: { it: '20:00' }, unsure: [] });
    expect(hear(asked('time', { min: '06:00', max: '11:00' }), 'at seven')).toMatchObject({
      slots: { it: '07:00' },
    });
  });

  it('and checks choose the half of the day where only one passes', () => {
    const evening = asked('time', { hours: [17, 18, 19, 20, 21] });
    expect(hear(evening, 'at nine')).toMatchObject({ slots: { it: '21:00' }, unsure: [] });
    expect(hear(evening, 'at eight thirty')).toMatchObject({ slots: { it: '20:30' }, unsure: [] });
    expect(hear(evening, 'at ten')).toMatchObject({ slots: { it: '10:00' }, unsure: ['it'] });
    expect(values(evening, 'at nine in the morning')).toEqual({ it: '09:00' });
    expect(hear(asked('time', { max: '12:00', hours: [21] }), 'at nine')).toMatchObject({
      slots: { it: '09:00' },
      unsure: [],
    });
  });

  it('choose the year of a date without one where only the past is within them', () => {
    expect(values(asked('date', { max: '2020-12-31' }), 'march fifth')).toEqual({ it: '2020-03-05' });
  });
});

describe('hours without a part of the day', () => {
  it('are between nine in the morning and nine in the evening, unsurely', () => {
    const hours = ['one', 'seven', 'eight', 'eight thirty', 'nine', 'eleven', 'twelve'].map((hour) =>
      hear(asked('time'), `at ${hour}`),
    );
    expect(hours.map((one) => one?.slots['it'])).toEqual([
      '13:00',
      '19:00',
      '20:00',
      '20:30',
      '09:00',
      '11:00',
      '12:00',
    ]);
    expect(hours.every((one) => one?.unsure.includes('it'))).toBe(true);
  });

  it('are later today where the other half is past', () => {
    expect(hear(table(), 'today at nine')).toMatchObject({ slots: { time: '21:00' }, unsure: [] });
  });

  it('take the part of the day that is said anywhere', () => {
    expect(hear(table(), 'tomorrow morning at seven')).toMatchObject({
      slots: { time: '07:00' },
      unsure: [],
    });
    expect(hear(table(), 'at eight on Friday evening')).toMatchObject({
      slots: { time: '20:00' },
      unsure: [],
    });
  });

  it('stay in the half of the day that it was', () => {
    expect(values(booked(), 'make it nine o’clock')).toEqual({ time: '21:00' });
  });
});

describe('days', () => {
  it('are counted in the zone of the caller', () => {
    // Ten in the morning in Prague is still yesterday evening on Hawaii.
    expect(values(table('day'), 'tomorrow', { zone: 'Pacific/Honolulu' })).toEqual({ day: '2026-03-03' });
    expect(values(table('day'), 'tomorrow', { zone: 'Pacific/Auckland' })).toEqual({ day: '2026-03-04' });
  });

  it('in figures are read as in the country of the locale', () => {
    const read = (locale: string): Value => values(asked('date'), '3/4/2026', { locale })['it'] ?? null;
    expect([read('en-US'), read('en-GB'), read('es-MX'), read('de')]).toEqual([
      '2026-03-04',
      '2026-04-03',
      '2026-04-03',
      '2026-04-03',
    ]);
    expect(values(asked('date'), '25/3')).toEqual({ it: '2026-03-25' });
  });

  it('without a year are the next that is not past', () => {
    expect(values(asked('date'), 'march third')).toEqual({ it: '2026-03-03' });
    expect(values(asked('date'), 'march second')).toEqual({ it: '2027-03-02' });
    expect(values(asked('date'), 'february 29th')).toEqual({ it: '2028-02-29' });
  });

  it('that the calendar does not have are none', () => {
    expect(values(asked('date'), 'february thirtieth 2026')).not.toEqual({ it: '2026-02-30' });
    expect(values(asked('date'), '2026-02-30')).not.toHaveProperty('it', '2026-02-30');
  });

  it('of a range end after they begin', () => {
    expect(values(stay(), 'from monday to friday')).toEqual({
      arrival: '2026-03-09',
      departure: '2026-03-13',
    });
    expect(values(stay(), 'from the twenty eighth to the third')).toEqual({
      arrival: '2026-03-28',
      departure: '2026-04-03',
    });
  });
});

describe('moments', () => {
  it('carry the offset that holds then', () => {
    expect(values(asked('datetime'), 'march 28 at noon')).toEqual({ it: '2026-03-28T12:00:00+01:00' });
    expect(values(asked('datetime'), 'march 30 at noon')).toEqual({ it: '2026-03-30T12:00:00+02:00' });
    expect(values(asked('datetime'), 'tomorrow at noon', { zone: 'America/St_Johns' })).toEqual({
      it: '2026-03-04T12:00:00-03:30',
    });
  });

  it('that the clocks skip are as much later', () => {
    expect(values(asked('datetime'), 'march 29 at 2:30 am')).toEqual({ it: '2026-03-29T03:30:00+02:00' });
  });

  it('keep what is not said of them', () => {
    const when = [slot('when', 'datetime', { filled: true, value: '2026-03-06T19:00:00+01:00' })];
    expect(values(when, 'on Saturday')).toEqual({ when: '2026-03-07T19:00:00+01:00' });
    expect(values(when, 'at eight p.m.')).toEqual({ when: '2026-03-06T20:00:00+01:00' });
  });
});

describe('a moment whose time is not said', () => {
  const when = (more: object = {}) => [slot('when', 'datetime', { asked: true, ...more })];

  it('is its day, to which a time that comes later belongs', () => {
    expect(values(when(), 'tomorrow')).toEqual({ when: '2026-03-04' });
    expect(values(when({ value: '2026-03-04' }), 'at seven pm')).toEqual({
      when: '2026-03-04T19:00:00+01:00',
    });
    expect(values(when({ value: '2026-03-04' }), 'no, on friday')).toEqual({ when: '2026-03-06' });
  });

  it('is none where a story is told and something else was asked', () => {
    const slots = [slot('party', 'integer', { asked: true }), slot('when', 'datetime')];
    expect(values(slots, 'four, tomorrow')).toEqual({ party: 4, when: '2026-03-04' });
    expect(values(slots, 'I was there yesterday')).not.toHaveProperty('when');
  });
});

describe('the number that the caller is at', () => {
  const phone = (more: object = {}) => [
    slot('phone', 'phone', { asked: true, own: '+420777123456', ...more }),
  ];

  it.each([
    ['en-US', 'this number is fine'],
    ['en-US', "the number I'm calling from"],
    ['en-US', 'on this one, please'],
    ['en-US', 'use the number I am calling from, please'],
    ['de-DE', 'unter dieser Nummer'],
    ['de-DE', 'die Nummer, von der ich anrufe'],
    ['es-ES', 'a este número'],
    ['es-ES', 'el número desde el que llamo'],
    ['fr-FR', "le numéro d'où j'appelle"],
    ['fr-FR', 'sur ce numéro, s’il vous plaît'],
    ['cs-CZ', 'na tohle číslo'],
    ['cs-CZ', 'na číslo, ze kterého volám'],
  ])('%s: %s', (locale, text) => {
    expect(readValues(expecting(locale, phone()), text)?.slots).toEqual({ phone: '+420777123456' });
  });

  it.each([
    ['my number is private', {}],
    ['not this number', {}],
    ['no, not this number, 212 555 0123', { phone: '+12125550123' }],
    ['I do not know my number', {}],
  ])('is not meant by: %s', (text, said) => {
    expect(values(phone(), text)).toEqual(said);
  });

  it('is nothing where it is not known, and no answer to another question', () => {
    expect(values([slot('phone', 'phone', { asked: true })], 'this number')).toEqual({});
    const slots = [slot('party', 'integer', { asked: true }), ...phone({ asked: false })];
    expect(values(slots, 'I called this number last week')).toEqual({});
    expect(values(slots, 'four, and this number')).toEqual({ party: 4, phone: '+420777123456' });
  });
});

describe('a name that is read back', () => {
  const told = (
    text: string,
    locale = 'en-US',
    slots = [slot('name', 'name', { filled: true, value: 'Will' })],
  ) => readValues(expectingChoices(yesAndNo, slots, locale), text)?.slots ?? {};

  it.each([
    ['en-US', 'No, Bill', 'Bill'],
    ['en-US', 'Nope, Bill Gates.', 'Bill Gates'],
    ['de-DE', 'Nein, Schmidt', 'Schmidt'],
    ['es-ES', 'No, Guillermo', 'Guillermo'],
    ['fr-FR', 'Non, Guillaume', 'Guillaume'],
    ['cs-CZ', 'Ne, Vilém', 'Vilém'],
  ])('%s: %s', (locale, text, name) => {
    expect(told(text, locale)).toEqual({ name });
  });

  it.each([
    'No',
    'No thanks',
    'No way',
    'No, that is wrong',
    'No, cancel it',
    'No, vegetarian',
    'Yes, Bill',
    'No, Monday',
  ])('is not corrected by: %s', (text) => {
    expect(told(text)).toEqual({});
  });

  it('is none of two', () => {
    const two = ['guest', 'host'].map((name) => slot(name, 'name', { filled: true, value: 'Will' }));
    expect(told('No, Bill', 'en-US', two)).toEqual({});
  });
});

describe('corrections', () => {
  it('go to what is of their kind and filled, not to what was asked', () => {
    const asks = [
      slot('party', 'integer', { filled: true, value: 4 }),
      slot('time', 'time', { asked: true }),
    ];
    expect(values(asks, 'no, five')).toEqual({ party: 5 });
    expect(values(asks, 'five')).toEqual({ time: '17:00' });
    expect(values(asks, 'no, five people, at seven pm')).toEqual({ party: 5, time: '19:00' });
  });

  it('go to what had the value that is called wrong', () => {
    expect(values(booked(), 'eight instead of seven')).toEqual({ time: '20:00' });
    expect(values(booked(), 'eight instead of four')).toEqual({ party: 8 });
  });

  it('go to what is named', () => {
    expect(values(booked(), 'change the time to nine')).toEqual({ time: '21:00' });
  });

  it('take the last of what is said', () => {
    expect(values(table(), 'for four no five')).toEqual({ party: 5 });
    expect(values(table(), 'on Friday, sorry, Saturday')).toEqual({ day: '2026-03-07' });
  });

  it('are none where something is only denied', () => {
    expect(values(booked(), 'not on Friday')).toEqual({});
    expect(values(booked(), "Friday doesn't work")).toEqual({});
  });

  it('that offer two leave it unsure', () => {
    expect(hear(table(), 'for two or three')).toMatchObject({ slots: { party: 2 }, unsure: ['party'] });
  });
});

describe('what it was before', () => {
  const last = (asks: boolean): Wanted[] => [
    slot('day', 'date', { asked: asks, value: '2026-03-06' }),
    slot('time', 'time', { value: '19:00' }),
  ];

  it('is meant by the same day and the same time', () => {
    expect(values(last(true), 'the same day please')).toEqual({ day: '2026-03-06' });
    expect(values(last(false), 'the same time on Sunday')).toEqual({ day: '2026-03-08', time: '19:00' });
    expect(values(last(true), 'the same')).toEqual({ day: '2026-03-06' });
  });

  it('is what later and earlier are counted from', () => {
    expect(values(last(false), 'half an hour earlier')).toEqual({ time: '18:30' });
    expect(values(last(false), 'a week later')).toEqual({ day: '2026-03-13' });
    expect(values(last(false), 'next week same day')).toEqual({ day: '2026-03-13' });
  });

  it('is nothing where it had no value', () => {
    expect(values(table('day'), 'the same day')).toEqual({});
    expect(values(table('time'), 'an hour later')).toEqual({});
  });
});

describe('names', () => {
  it('are no fillers, questions, yes or no', () => {
    for (const text of [
      'um',
      'yes',
      'no',
      'of course',
      'who is this',
      'is it Ana?',
      'I want to cancel',
      'four',
    ]) {
      expect(hear(asked('name'), text), text).toBeNull();
    }
  });

  it('are found among other values where they are introduced', () => {
    const slots = [slot('name', 'name'), ...table()];
    expect(values(slots, 'my name is ana novak, for two tomorrow at 7 pm')).toEqual({
      name: 'Ana Novak',
      party: 2,
      day: '2026-03-04',
      time: '19:00',
    });
    expect(values(slots, "it's urgent, for two")).toEqual({ party: 2 });
  });
});

describe('digits', () => {
  it('are put together as their length wants it', () => {
    const four = asked('digits', { length: { min: 4, max: 4 } });
    expect(values(four, 'forty two ten')).toEqual({ it: '4210' });
    expect(values(four, 'forty two seven')).toEqual({ it: '4027' });
    expect(values(four, 'oh, one two three four')).toEqual({ it: '1234' });
  });

  it('of a number that nobody can call are no phone number', () => {
    expect(hear(asked('phone'), 'one two three')).toBeNull();
    expect(hear(asked('phone'), 'call me on my mobile')).toBeNull();
  });

  it('are not taken from a time', () => {
    const slots = [slot('pin', 'digits', { length: { min: 4, max: 4 } }), ...table()];
    expect(values(slots, 'tomorrow at 19:30 for four')).toEqual({
      day: '2026-03-04',
      time: '19:30',
      party: 4,
    });
  });
});

describe('choices', () => {
  const size = (more: Partial<Wanted> = {}): Wanted[] => [
    slot('size', 'choice', {
      of: ['small', 'medium', 'large'].map((value) => ({ value, like: [] })),
      ...more,
    }),
  ];

  it('are heard unasked too, the longest first', () => {
    expect(values(size(), 'a large pizza')).toEqual({ size: 'large' });
    const of = ['coffee', 'iced coffee'].map((value) => ({ value, like: [] }));
    expect(values(asked('choice', { of }), 'an iced coffee')).toEqual({ it: 'iced coffee' });
  });

  it('are unsure where two are said, and corrected where one is taken back', () => {
    expect(hear(size({ asked: true }), 'small or large')).toMatchObject({
      slots: { size: 'small' },
      unsure: ['size'],
    });
    expect(hear(size({ asked: true }), 'small, no, large')).toMatchObject({
      slots: { size: 'large' },
      unsure: [],
    });
    expect(hear(size({ asked: true }), 'not large')).toBeNull();
  });
});

describe('texts', () => {
  it('are all that is said but the fillers before it', () => {
    expect(hear(asked('text'), 'Um, well, ring twice at seven!')).toEqual({
      slots: { it: 'ring twice at seven!' },
      unsure: [],
      confidence: 0.6,
      rest: '',
      whole: true,
    });
    expect(hear(asked('text'), 'um')).toBeNull();
  });
});

it('a sentence with five values usually takes less than 2 ms', () => {
  const slots = [...table(), slot('name', 'name'), slot('phone', 'phone')];
  const text =
    'my name is ana novak i would like a table for four tomorrow evening at half past seven my number is 415 555 2671';
  expect(Object.keys(values(slots, text))).toHaveLength(5);
  const took: number[] = [];
  for (let turn = 0; turn < 500; turn++) {
    const start = performance.now();
    hear(slots, text);
    took.push(performance.now() - start);
  }
  // The middle one: on a machine that others share, the slowest say nothing of this code.
  expect(took.toSorted((one, other) => one - other)[250]).toBeLessThan(2);
});
