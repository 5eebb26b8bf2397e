import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isZone, offsetAt } from '../runtime/zones.ts';

const at = (iso: string): number => Date.parse(iso);

describe('the offset of a time zone', () => {
  it('follows the change of the clocks to the second', () => {
    expect(offsetAt(at('2026-03-29T00:59:59Z'), 'Europe/Prague')).toBe(60);
    expect(offsetAt(at('2026-03-29T01:00:00Z'), 'Europe/Prague')).toBe(120);
    expect(offsetAt(at('2026-10-25T00:59:59Z'), 'Europe/Prague')).toBe(120);
    expect(offsetAt(at('2026-10-25T01:00:00Z'), 'Europe/Prague')).toBe(60);
    // Half an hour, and at half past an hour of UTC.
    expect(offsetAt(at('2026-04-04T14:59:59Z'), 'Australia/Lord_Howe')).toBe(660);
    expect(offsetAt(at('2026-04-04T15:00:00Z'), 'Australia/Lord_Howe')).toBe(630);
    expect(offsetAt(at('2026-07-01T12:00:00Z'), 'Asia/Kathmandu')).toBe(345);
  });

  it('is what the zone shows, at any instant of many years, asked once or twice', () => {
    const zones = ['Europe/Prague', 'America/New_York', 'America/St_Johns', 'Asia/Tehran', 'UTC'];
    const instants = fc.integer({ min: at('1975-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z') });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (ms, zone) => {
        const shown = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
        const name = shown.formatToParts(ms).find(({ type }) => type === 'timeZoneName')!.value;
        const [, sign, hours, minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name)!;
        const offset =
          sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
        expect(offsetAt(ms, zone)).toBe(offset);
        expect(offsetAt(ms, zone)).toBe(offset);
      }),
    );
  });

  it('is that of UTC where the zone is not known', () => {
    expect(offsetAt(at('2026-07-01T12:00:00Z'), 'Atlantis/Capital')).toBe(0);
  });
});

it('a zone has a name; an offset is none', () => {
  expect(['Europe/Prague', 'UTC'].map(isZone)).toEqual([true, true]);
  expect(['Atlantis/Capital', '+01:00', ''].map(isZone)).toEqual([false, false, false]);
});
