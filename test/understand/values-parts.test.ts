/** Parts of the day, hours and their minutes as they are told one by one, and numbers that are no days. */
import { describe, expect, it } from 'vitest';
import type { Value, Wanted } from '../../runtime/dialogue/protocol.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { type Heard, readValues } from '../../runtime/understand/values.ts';
import { expecting } from './values-sentences.ts';
import { asked, booked, slot, table } from './values-slots.ts';

const hear = (slots: readonly Wanted[], text: string, locale = 'en-US'): Heard | null =>
  readValues(expecting(locale, slots), text);
const values = (...args: Parameters<typeof hear>): { readonly [slot: string]: Value } =>
  hear(...args)?.slots ?? {};

/** Six on Friday, and the time is asked for. */
const timeAsked = (value: Value = null): Wanted[] => [
  slot('party', 'integer', { min: 1, max: 12, filled: true, value: 6 }),
  slot('day', 'date', { filled: true, value: '2026-03-06' }),
  slot('time', 'time', { asked: true, value }),
];

describe('a part of the day', () => {
  it.each([
    ['en-US', 'Friday evening', 'evening'],
    ['en-US', 'on Friday in the morning', 'morning'],
    ['en-US', 'Friday, for lunch', 'midday'],
    ['de-DE', 'Freitag Abend', 'evening'],
    ['de-DE', 'am Freitag zum Mittagessen', 'midday'],
    ['es-ES', 'el viernes por la noche', 'evening'],
    ['es-ES', 'el viernes para comer', 'midday'],
    ['fr-FR', 'vendredi soir', 'evening'],
    ['fr-FR', 'vendredi pour le déjeuner', 'midday'],
    ['cs-CZ', 'v pátek večer', 'evening'],
    ['cs-CZ', 'v pátek na oběd', 'midday'],
  ])('that is said with a day is half of the time: %s, %s', (locale, text, time) => {
    expect(hear(table('day'), text, locale)).toMatchObject({
      slots: { day: '2026-03-06', time },
      unsure: [],
      whole: true,
    });
  });

  it.each([
    ['en-US', 'eight thirty', 'evening', '20:30'],
    ['en-US', 'at ten', 'evening', '22:00'],
    ['en-US', 'at seven', 'morning', '07:00'],
    ['en-US', 'at one', 'midday', '13:00'],
    ['en-US', 'twelve thirty', 'midday', '12:30'],
    ['en-US', 'half past eleven', 'midday', '11:30'],
    ['de-DE', 'um zehn', 'evening', '22:00'],
    ['es-ES', 'a las diez', 'evening', '22:00'],
    ['fr-FR', 'à dix heures', 'evening', '22:00'],
    ['cs-CZ', 'v deset', 'evening', '22:00'],
  ])('that is known decides the half of the day: %s, %s of the %s', (locale, text, part, time) => {
    expect(hear(timeAsked(part), text, locale)).toMatchObject({ slots: { time }, unsure: [] });
  });

  it('that is said now counts more than the one that is known', () => {
    expect(values(timeAsked('evening'), 'at ten in the morning')).toEqual({ time: '10:00' });
    expect(values(timeAsked('evening'), '10:00 am')).toEqual({ time: '10:00' });
    expect(values(timeAsked('morning'), 'at 19:30')).toEqual({ time: '19:30' });
  });

  it('is half an answer to what the time is, and none to anything else', () => {
    expect(values(timeAsked(), 'in the evening')).toEqual({ time: 'evening' });
    expect(hear(table('party'), 'in the evening')).toBeNull();
    expect(hear(table(), 'what do you have for dinner')).toBeNull();
    expect(values(booked(), 'Saturday evening')).toEqual({ day: '2026-03-07' });
  });

  it('is of no time where there are several, and "más tarde" is none', () => {
    const times = [slot('day', 'date', { asked: true }), slot('from', 'time'), slot('until', 'time')];
    expect(values(times, 'Friday evening')).toEqual({ day: '2026-03-06' });
    expect(hear(timeAsked(), 'más tarde', 'es-ES')).toBeNull();
  });

  it('may be a meal', () => {
    const six = { party: 6, day: '2026-03-04', time: 'midday' };
    const said = understandByRules(expecting('en-US', table()), 'Party of six for tomorrow lunch');
    expect(said).toMatchObject({ choice: null, slots: six, unsure: [] });
    expect(values(table(), 'sechs Personen morgen zum Mittagessen', 'de-DE')).toEqual(six);
    expect(values(table(), 'para seis personas mañana para almorzar', 'es-ES')).toEqual(six);
    expect(values(table(), 'pour six personnes demain au déjeuner', 'fr-FR')).toEqual(six);
    expect(values(table(), 'dinner for two on Friday at eight')).toEqual({
      party: 2,
      day: '2026-03-06',
      time: '20:00',
    });
    expect(values(asked('datetime'), 'tomorrow for lunch')).toEqual({ it: '2026-03-04T12:00:00+01:00' });
  });
});

describe('a number, where a day is asked for', () => {
  it.each([
    ['en-US', 'for five', 'the fifth'],
    ['en-US', 'we are five', 'for the fifth'],
    ['de-DE', 'für fünf', 'am fünften'],
    ['es-ES', 'para cinco', 'para el cinco'],
    ['fr-FR', 'pour cinq', 'pour le cinq'],
    ['cs-CZ', 'pro pět', 'pátého'],
  ])('is no day where it is how many: %s, %s', (locale, count, day) => {
    const known = table('day').map((one) =>
      one.name === 'party' ? { ...one, filled: true, value: 4 } : one,
    );
    expect(values(table('day'), count, locale)).toEqual({ party: 5 });
    expect(values(known, count, locale)).toEqual({ party: 5 });
    expect(values(known, day, locale)).toEqual({ day: '2026-03-05' });
  });

  it('may be one where nothing else is counted', () => {
    expect(hear(asked('date'), 'for five')).toMatchObject({ slots: { it: '2026-03-05' }, unsure: ['it'] });
    expect(values(table('day'), 'for twenty')).toEqual({ day: '2026-03-20' });
  });
});

describe('a time in figures', () => {
  it.each([
    ['en-US', '7.30', '19:30'],
    ['en-US', '7.30.', '19:30'],
    ['en-US', '19h30', '19:30'],
    ['en-US', '19 h 30', '19:30'],
    ['en-US', '1400 hrs', '14:00'],
    ['en-US', 'fourteen hundred hours', '14:00'],
    ['en-US', 'fourteen hundred', '14:00'],
    ['en-US', 'nineteen hundred please', '19:00'],
    ['de-DE', '19.30', '19:30'],
    ['de-DE', '19 h 30', '19:30'],
    ['es-ES', '19.30', '19:30'],
    ['es-ES', '19h30', '19:30'],
    ['fr-FR', '19.30', '19:30'],
    ['fr-FR', '19 h 30', '19:30'],
  ])('is read as it is written: %s, %s', (locale, text, time) => {
    expect(values(timeAsked(), text, locale)).toEqual({ time });
  });

  it('is none where it may be a day or counts something', () => {
    expect(values(table('day'), '7.10.', 'de-DE')).toEqual({ day: '2026-10-07' });
    expect(values(timeAsked(), '7.3.2026', 'de-DE')).not.toHaveProperty('time');
    expect(values(timeAsked(), 'fourteen hundred dollars')).not.toHaveProperty('time');
  });
});

describe('minutes alone', () => {
  it.each([
    ['en-US', 'make it half past', '19:30'],
    ['en-US', 'no, quarter past', '19:15'],
    ['en-US', 'rather quarter to', '18:45'],
    ['de-DE', 'lieber Viertel nach', '19:15'],
    ['es-ES', 'mejor a y media', '19:30'],
    ['fr-FR', 'plutôt et quart', '19:15'],
  ])('are of the hour that is known: %s, %s', (locale, text, time) => {
    expect(hear(booked(), text, locale)).toMatchObject({ slots: { time }, unsure: [] });
  });

  it('are of it while something else is asked for, and of a moment too', () => {
    const askingDay = booked().map((one) =>
      one.name === 'day' ? { ...one, filled: false, asked: true } : one,
    );
    expect(values(askingDay, 'and make it half past')).toEqual({ time: '19:30' });
    const moment = asked('datetime', { filled: true, value: '2026-03-06T19:00:00+01:00' });
    expect(values(moment, 'make it half past')).toEqual({ it: '2026-03-06T19:30:00+01:00' });
  });

  it('may count from the next hour, and then are in doubt', () => {
    expect(hear(booked(), 'lieber um halb', 'de-DE')).toMatchObject({
      slots: { time: '19:30' },
      unsure: ['time'],
    });
  });

  it('are none where no hour is known, or where one is said with them', () => {
    expect(hear(timeAsked(), 'half past')).toBeNull();
    expect(values(booked(), 'half past six')).toEqual({ time: '18:30' });
    expect(hear(booked(), 'in half an hour')?.slots).not.toEqual({ time: '19:30' });
  });
});
