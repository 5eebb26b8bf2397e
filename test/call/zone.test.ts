import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../runtime/call/zone.ts';

const NOW = Date.UTC(2026, 2, 3, 10);
const machine = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const hourIn = (timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(NOW);

describe('the time zone of a call', () => {
  it('is the app’s own where it has one, wherever the caller is', () => {
    expect(zoneOf('Asia/Tokyo', '+420777123456', NOW)).toBe('Asia/Tokyo');
  });

  it.each([
    ['+420777123456', 'Europe/Prague'],
    ['+442079460000', 'Europe/London'],
    ['+81312345678', 'Asia/Tokyo'],
    ['+33142685300', 'Europe/Paris'],
    ['+919876543210', 'Asia/Calcutta'],
  ])('is that of the country of %s', (phone, zone) => {
    expect(zoneOf(null, phone, NOW)).toBe(zone);
  });

  it('is that of a country with several zones that are the same now', () => {
    expect(hourIn(zoneOf(null, '+4930123456', NOW))).toBe(hourIn('Europe/Berlin'));
    expect(hourIn(zoneOf(null, '+541143211234', NOW))).toBe(hourIn('America/Argentina/Buenos_Aires'));
  });

  it.each([
    ['several times in one country', '+14155550123'],
    ['islands with another time', '+34912345678'],
    ['no number', null],
    ['a withheld number', 'anonymous'],
    ['an address', 'sip:ana@example.com'],
    ['no country’s number', '+883510000000000'],
  ])('is this machine’s with %s', (_name, phone) => {
    expect(zoneOf(null, phone, NOW)).toBe(machine);
  });
});
