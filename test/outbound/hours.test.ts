import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallingHours } from '../../runtime/dialogue/program.ts';
import { nextOpening, zonesOfNumber } from '../../runtime/outbound/hours.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const EVERY_DAY = [...WEEKDAYS, 'sat', 'sun'] as const;
const hours = (from: number, to: number, days: CallingHours['days'] = EVERY_DAY): CallingHours => ({
  fromMinute: from * 60,
  toMinute: to * 60,
  days,
});
const PRAGUE = '+420601123456';
const opening = (of: CallingHours, phone: string, at: string, zone: string | null = null): string =>
  new Date(nextOpening(of, phone, zone, Date.parse(at))).toISOString();

const HALF_HOUR_MS = 30 * 60_000;

describe('the zones of a number', () => {
  it.each([
    [PRAGUE, ['Europe/Prague']],
    ['+12125550123', ['America/New_York']],
    ['+14155550123', ['America/Los_Angeles']],
    ['+14805550123', ['America/Phoenix']],
    ['+18085550123', ['Pacific/Honolulu']],
    ['+16045550123', ['America/Vancouver']],
    ['+18505550123', ['America/New_York', 'America/Chicago']],
    ['+81312345678', ['Asia/Tokyo']],
  ])('of %s are %j', (phone, zones) => {
    expect(zonesOfNumber(phone)).toEqual(zones);
  });

  it('are all of the country where the number tells no more', () => {
    const american = zonesOfNumber('+18005550123')!;
    expect(american).toEqual(expect.arrayContaining(['America/New_York', 'Pacific/Honolulu']));
    const australian = zonesOfNumber('+61412345678')!;
    expect(australian).toEqual(expect.arrayContaining(['Australia/Perth', 'Australia/Sydney']));
  });

  it('are none of a number of no country', () => {
    expect(zonesOfNumber('+999123')).toBeNull();
  });
});

describe('the next opening', () => {
  it.each([
    // Within, on both edges, before and behind.
    ['2026-03-03T12:00:00Z', '2026-03-03T12:00:00.000Z'],
    ['2026-03-03T08:00:00Z', '2026-03-03T08:00:00.000Z'],
    ['2026-03-03T18:59:59Z', '2026-03-03T18:59:59.000Z'],
    ['2026-03-03T19:00:00Z', '2026-03-04T08:00:00.000Z'],
    ['2026-03-03T07:59:59Z', '2026-03-03T08:00:00.000Z'],
    ['2026-03-02T23:30:00Z', '2026-03-03T08:00:00.000Z'],
    // Friday evening, Saturday and Sunday lead to Monday.
    ['2026-03-06T19:00:00Z', '2026-03-09T08:00:00.000Z'],
    ['2026-03-07T12:00:00Z', '2026-03-09T08:00:00.000Z'],
    ['2026-03-08T22:59:00Z', '2026-03-09T08:00:00.000Z'],
    // The clocks are changed on the last Sunday of March, and of October.
    ['2026-03-27T20:00:00Z', '2026-03-30T07:00:00.000Z'],
    ['2026-10-23T20:00:00Z', '2026-10-26T08:00:00.000Z'],
  ])('in Prague, from nine to eight on weekdays, from %s on is %s', (at, expected) => {
    expect(opening(hours(9, 20, WEEKDAYS), PRAGUE, at)).toBe(expected);
  });

  it('lets the end of the day be the end, and one day a week be enough', () => {
    expect(opening(hours(0, 24), PRAGUE, '2026-03-03T22:59:59Z')).toBe('2026-03-03T22:59:59.000Z');
    expect(opening(hours(9, 10, ['wed']), PRAGUE, '2026-03-04T09:00:00Z')).toBe('2026-03-11T08:00:00.000Z');
  });

  it('misses no day on which the clock is changed, also asked for in the last hour of a day', () => {
    const sunday = hours(4, 13, ['sun']);
    expect(opening(sunday, PRAGUE, '2026-03-27T22:00:00Z')).toBe('2026-03-29T02:00:00.000Z');
    expect(opening(sunday, PRAGUE, '2026-10-23T22:30:00Z')).toBe('2026-10-25T03:00:00.000Z');
  });

  it('is where it is open in every zone that the number may be in', () => {
    // Nine in Honolulu is two in the afternoon in New York, in winter.
    expect(opening(hours(9, 20), '+18005550123', '2026-01-06T15:00:00Z')).toBe('2026-01-06T19:00:00.000Z');
    expect(opening(hours(9, 20), '+18505550123', '2026-01-06T14:30:00Z')).toBe('2026-01-06T15:00:00.000Z');
    expect(opening(hours(9, 20), '+18505550123', '2026-01-07T01:30:00Z')).toBe('2026-01-07T15:00:00.000Z');
  });

  it('where that is never, is where it is open in the first of them', () => {
    const at = nextOpening(hours(9, 10), '+18005550123', null, Date.parse('2026-01-06T00:00:00Z'));
    expect(at).toBeGreaterThan(Date.parse('2026-01-06T00:00:00Z'));
    expect(at).toBeLessThan(Date.parse('2026-01-07T00:00:00Z'));
  });

  it('of a number of no country is that of the app', () => {
    expect(opening(hours(9, 20), '+999123', '2026-03-03T00:00:00Z', 'Asia/Tokyo')).toBe(
      '2026-03-03T00:00:00.000Z',
    );
    expect(opening(hours(9, 20), '+999123', '2026-03-03T12:00:00Z', 'Asia/Tokyo')).toBe(
      '2026-03-04T00:00:00.000Z',
    );
  });

  it('is never before what was asked, is open, and has nothing open before it', () => {
    const shown = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Prague',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const isOpen = ({ fromMinute, toMinute, days }: CallingHours, at: number): boolean => {
      const parts = Object.fromEntries(shown.formatToParts(at).map(({ type, value }) => [type, value]));
      const minute = Number(parts['hour']) * 60 + Number(parts['minute']);
      const day = parts['weekday']!.toLowerCase();
      return days.some((one) => one === day) && minute >= fromMinute && minute < toMinute;
    };
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
        fc.integer({ min: 4, max: 12 }),
        fc.integer({ min: 13, max: 24 }),
        fc.uniqueArray(fc.constantFrom(...EVERY_DAY), { minLength: 1 }),
        (at, from, to, days) => {
          const open = hours(from, to, days);
          const next = nextOpening(open, PRAGUE, null, at);
          expect([next >= at, isOpen(open, next)]).toEqual([true, true]);
          const before = Array.from(
            { length: Math.ceil((next - at) / HALF_HOUR_MS) },
            (_, index) => at + index * HALF_HOUR_MS,
          );
          expect(before.filter((one) => isOpen(open, one))).toEqual([]);
          expect(next === at || !isOpen(open, next - 1)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
