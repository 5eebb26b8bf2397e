/** Days and times that belong together: nights that go on behind midnight, days counted from others. */
import { describe, expect, it } from 'vitest';
import type { Value, Wanted } from '../../runtime/dialogue/protocol.ts';
import { type Heard, readValues } from '../../runtime/understand/values.ts';
import { expecting } from './values-sentences.ts';
import { asked, slot, stay, table } from './values-slots.ts';

const TEN = '2026-03-03T10:00:00+01:00';
const LATE = '2026-03-03T22:00:00+01:00';
const NIGHT = '2026-03-04T00:30:00+01:00';

const hear = (slots: readonly Wanted[], text: string, now = TEN, locale = 'en-US'): Heard | null =>
  readValues({ ...expecting(locale, slots), now: Date.parse(now) }, text);
const values = (...args: Parameters<typeof hear>): { readonly [slot: string]: Value } =>
  hear(...args)?.slots ?? {};

describe('the hours behind midnight', () => {
  it.each([
    [LATE, 'tonight at midnight', '2026-03-04', '00:00'],
    [LATE, 'today at midnight', '2026-03-04', '00:00'],
    [LATE, 'tonight at half past midnight', '2026-03-04', '00:30'],
    [LATE, 'tonight at ten past midnight', '2026-03-04', '00:10'],
    [LATE, 'tonight at one', '2026-03-04', '01:00'],
    [LATE, 'tonight at one in the morning', '2026-03-04', '01:00'],
    [TEN, 'tonight at one', '2026-03-04', '01:00'],
    [NIGHT, 'tonight at one', '2026-03-04', '01:00'],
    [LATE, 'tonight at quarter to midnight', '2026-03-03', '23:45'],
    [LATE, 'tonight at eleven', '2026-03-03', '23:00'],
    [TEN, 'tonight at five', '2026-03-03', '17:00'],
  ])('at %s: %s', (now, text, day, time) => {
    expect(hear(table('day'), text, now)).toMatchObject({ slots: { day, time }, unsure: [] });
    expect(values(asked('datetime'), text, now)).toEqual({ it: `${day}T${time}:00+01:00` });
  });

  it.each([
    ['de-DE', 'heute Abend um eins'],
    ['es-ES', 'esta noche a la una'],
    ['fr-FR', 'ce soir à une heure'],
    ['cs-CZ', 'dnes večer v jednu'],
  ])('in %s: %s', (locale, text) => {
    expect(values(table('day'), text, LATE, locale)).toEqual({ day: '2026-03-04', time: '01:00' });
  });

  it.each(['a table for two tonight', 'a table tonight for three', 'for two this evening'])(
    'are no number of people: %s',
    (text) => {
      expect(values(table('party'), text, TEN)).toEqual({
        party: text.includes('two') ? 2 : 3,
        day: '2026-03-03',
      });
    },
  );

  it('are of today for who says no night', () => {
    expect(values(table('day'), 'today at one', TEN)).toEqual({ day: '2026-03-03', time: '13:00' });
  });

  it('leave in doubt what is over, unless that is asked for', () => {
    expect(hear(table('day'), 'today at nine in the morning', LATE)?.unsure).toEqual(['time']);
    const past = [slot('day', 'date', { asked: true, max: '2026-03-03' }), slot('time', 'time')];
    expect(hear(past, 'today at nine in the morning', LATE)?.unsure).toEqual([]);
  });
});

describe('a day', () => {
  it.each([
    ['en-US', 'any day but monday'],
    ['en-US', 'every day but monday'],
    ['de-DE', 'jeden Tag außer Montag'],
    ['es-ES', 'cualquier día menos el lunes'],
    ['fr-FR', "n'importe quel jour sauf lundi"],
  ])('that is excepted is none: %s, %s', (locale, text) => {
    expect(hear(table('day'), text, TEN, locale)).toBeNull();
  });

  it.each([
    ['en-US', 'two weeks from tomorrow', '2026-03-18'],
    ['en-US', 'two weeks from monday', '2026-03-23'],
    ['en-US', 'a month after the fifth', '2026-04-05'],
    ['en-US', 'in a fortnight', '2026-03-17'],
    ['en-US', 'a fortnight from today', '2026-03-17'],
    ['en-US', 'the day after the fifth', '2026-03-06'],
    ['de-DE', 'zwei Wochen nach Montag', '2026-03-23'],
    ['es-ES', 'dos semanas después del lunes', '2026-03-23'],
    ['fr-FR', 'deux semaines après lundi', '2026-03-23'],
    ['cs-CZ', 'dva týdny po pondělí', '2026-03-23'],
  ])('may be counted from another: %s, %s', (locale, text, day) => {
    expect(hear(table('day'), text, TEN, locale)).toMatchObject({ slots: { day }, unsure: [] });
  });

  it('on which something begins is that day', () => {
    expect(values(table('day'), 'three nights from friday')).toEqual({ day: '2026-03-06' });
    expect(values(table('day'), 'for two weeks from friday')).toEqual({ day: '2026-03-06' });
    expect(hear(table('day'), 'three days from friday')?.unsure).toEqual(['day']);
  });

  it('has no year that may be a time, where a time is wanted', () => {
    const day = '2026-03-05';
    expect(values(table('day'), 'march fifth nineteen thirty')).toEqual({ day, time: '19:30' });
    expect(values(table('day'), 'march fifth twenty twenty seven')).toEqual({ day: '2027-03-05' });
    const born = (more: object): Heard | null => hear(asked('date', more), 'march fifth nineteen thirty');
    expect(born({})).toMatchObject({ slots: { it: '1930-03-05' }, unsure: ['it'] });
    expect(born({ max: '2026-03-03' })).toMatchObject({ slots: { it: '1930-03-05' }, unsure: [] });
  });
});

describe('a second day', () => {
  const leaving = (text: string): unknown =>
    values(
      [
        slot('arrival', 'date', { filled: true, value: '2026-03-06' }),
        slot('departure', 'date', { asked: true }),
      ],
      text,
    );

  it.each([
    ['the same day', '2026-03-06'],
    ['the next day', '2026-03-07'],
    ['two days later', '2026-03-08'],
  ])('is counted from the only other one: %s', (text, departure) => {
    expect(leaving(text)).toEqual({ departure });
  });

  it.each([
    ['arriving on friday and leaving the same day', '2026-03-06'],
    ['arriving on friday, leaving the next day', '2026-03-07'],
    ['on friday until the day after', '2026-03-07'],
    ['arriving on friday and leaving two days later', '2026-03-08'],
  ])('is counted from the one that was just said: %s', (text, departure) => {
    expect(values(stay(), text)).toEqual({ arrival: '2026-03-06', departure });
  });

  it('is counted from nothing where nothing is known', () => {
    expect(values(stay(), 'two days later')).toEqual({});
  });
});

describe('so long from now', () => {
  it('is an instant, also in the hour that the clocks show twice', () => {
    const at = (now: string): unknown => values(asked('datetime'), 'in half an hour', now);
    expect(at('2026-10-25T02:15:00+02:00')).toEqual({ it: '2026-10-25T02:45:00+02:00' });
    expect(at('2026-10-25T02:45:00+02:00')).toEqual({ it: '2026-10-25T02:15:00+01:00' });
    expect(at('2026-10-25T02:15:00+01:00')).toEqual({ it: '2026-10-25T02:45:00+01:00' });
  });
});

describe('the weekend', () => {
  const day = (text: string, now: string): unknown => values(asked('date'), text, now)['it'];

  it('of a weekend day is this one, and the next is the one behind it', () => {
    const saturday = '2026-03-07T10:00:00+01:00';
    const sunday = '2026-03-08T10:00:00+01:00';
    expect(day('this weekend', saturday)).toBe('2026-03-07');
    expect(day('this weekend', sunday)).toBe('2026-03-08');
    expect(day('next weekend', saturday)).toBe('2026-03-14');
    expect(day('next weekend', sunday)).toBe('2026-03-14');
    expect(day('next weekend', TEN)).toBe('2026-03-07');
  });
});
