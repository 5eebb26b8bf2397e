import { describe, expect, it } from 'vitest';
import { factsOf } from '../../runtime/call/facts.ts';
import { phoneOf } from '../../runtime/call/person.ts';
import type { Device } from '../../runtime/store/people.ts';
import { AT, aDevice, aSession } from '../store/samples.ts';

describe('what a dialogue knows of its call', () => {
  it('is the call itself where nobody is known', () => {
    const session = aSession({ id: 's1', from: '+420777123456' });
    expect(factsOf(session, AT)).toEqual({
      session: {
        id: 's1',
        isInitiated: false,
        direction: 'inbound',
        locale: 'en-US',
        from: '+420777123456',
        to: '+14155550100',
        startedAt: '2026-01-05T09:00:00.000Z',
      },
      user: { name: null, paired: false, anonymous: true },
      caller: { phone: '+420777123456', country: 'CZ', city: null, name: null, carrier: null },
      zone: 'Europe/Prague',
      used: {},
      welcomeMessage: null,
    });
  });

  it('is what is remembered of the person too, but for what only the runtime remembers', () => {
    const values = {
      last_party: 4,
      paired: true,
      anonymous: false,
      name: 'Eve',
      ':used:bistro': { 'bistro:intro:0': 1, 'bistro:states/welcome:0': 'x' },
      ':used:menu': { 'menu:intro:0': 0 },
    };
    const person = { id: 'u1', name: 'Ana', paired: false, anonymous: true, values };
    const known = { person, device: null };
    const facts = factsOf(aSession(), AT, { city: 'Brno' }, 'Hello.', 'Asia/Tokyo', known);
    expect(facts).toMatchObject({
      zone: 'Asia/Tokyo',
      used: { 'bistro:intro:0': 1 },
      welcomeMessage: 'Hello.',
    });
    expect(facts.user).toEqual({ name: 'Ana', last_party: 4, paired: false, anonymous: true });
    expect(facts.used).toEqual({ 'bistro:intro:0': 1 });
    expect(facts.caller['city']).toBe('Brno');
  });

  it('is what is known of the number, and what the line tells now is newer', () => {
    const device = aDevice({ city: 'Brno', callerName: 'NOVAKOVA ANA', carrier: 'O2', country: 'SK' });
    const caller = { city: 'Praha', name: null };
    expect(
      factsOf(aSession({ from: device.phone }), AT, caller, null, null, { person: null, device }).caller,
    ).toEqual({
      phone: '+420777123456',
      country: 'SK',
      city: 'Praha',
      name: 'NOVAKOVA ANA',
      carrier: 'O2',
    });
  });

  it('counts the caller as paired by a paired number of their own, not by one of their others', () => {
    const person = { id: 'u1', name: 'Ana', paired: true, anonymous: false, values: {} };
    const user = (device: Device | null) => factsOf(aSession(), AT, {}, null, null, { person, device }).user;
    expect(user(aDevice({ pairedAt: AT }))).toEqual({ name: 'Ana', paired: true, anonymous: false });
    expect(user(aDevice({ pairedAt: null }))).toEqual({ name: 'Ana', paired: false, anonymous: false });
    expect(user(aDevice({ pairedAt: AT, user: 'u2' }))).toMatchObject({ paired: false });
    expect(user(null)).toMatchObject({ paired: false });
  });

  it('is of the one who was called, where the call was placed from here', () => {
    const session = aSession({ isInitiated: true, from: '+14155550100', to: '+81312345678' });
    expect(factsOf(session, AT)).toMatchObject({ caller: { phone: '+81312345678' }, zone: 'Asia/Tokyo' });
    expect(phoneOf(session)).toBe('+81312345678');
  });

  it.each([null, 'anonymous', 'sip:ana@example.com', 'client:ana', '+266696687', '+7378742833', '12', '+1'])(
    'of %j is of nobody who could be remembered',
    (from) => {
      const session = aSession({ from });
      expect(phoneOf(session)).toBeNull();
      expect(factsOf(session, AT)).toMatchObject({ caller: { phone: null }, session: { from } });
    },
  );
});
