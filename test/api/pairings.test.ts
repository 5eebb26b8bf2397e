import { afterEach, describe, expect, it } from 'vitest';
import { OffhookError } from '../../runtime/errors.ts';
import type { Device, PairedTo, Person } from '../../runtime/store/people.ts';
import { openHouse, type House } from './house.ts';

const DEVICE: Device = {
  phone: '+14155550123',
  user: 'u1',
  pairedAt: Date.UTC(2026, 2, 3),
  firstSeenAt: null,
  lastSeenAt: null,
  lookedUpAt: null,
  country: null,
  city: null,
  carrier: null,
  callerName: null,
  lineType: null,
};
const PERSON: Person = {
  id: 'u1',
  name: 'Ana',
  paired: true,
  anonymous: false,
  values: { ':used': 1, tea: 2 },
};

let house: House;
let claims: [string, PairedTo, string][] = [];
afterEach(() => house.close());

async function open(outcome: () => Promise<{ device: Device; user: Person }>): Promise<void> {
  claims = [];
  house = await openHouse({
    pairing: {
      claim(...claim) {
        claims.push(claim);
        return outcome();
      },
    },
  });
}
const good = (): Promise<{ device: Device; user: Person }> =>
  Promise.resolve({ device: DEVICE, user: PERSON });
const claim = (body: unknown) => house.ask('POST', '/api/pairings/claim', { body });

describe('POST /api/pairings/claim', () => {
  it('pairs the phone with somebody new, of whom this is known', async () => {
    await open(good);
    const answer = await claim({ code: '471 902', user: { name: 'Ana', tea: 2 } });
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        device: { phone: '+14155550123', user: 'u1', pairedAt: '2026-03-03T00:00:00.000Z' },
        user: { id: 'u1', name: 'Ana', paired: true, anonymous: false, values: { tea: 2 } },
      },
    ]);
    expect(claims).toEqual([
      ['471 902', { kind: 'new', name: 'Ana', values: { tea: 2 } }, expect.stringMatching(/127\.0\.0\.1$/)],
    ]);
  });

  it('pairs it with somebody who is known', async () => {
    await open(good);
    await claim({ code: '471902', user: { id: 'u1' } });
    expect(claims[0]?.[1]).toEqual({ kind: 'known', user: 'u1' });
  });

  it.each([
    [404, 'unknown-code'],
    [404, 'unknown-user'],
    [429, 'too-many-tries'],
  ])('answers %i where it is refused as %s', async (status, code) => {
    await open(() => Promise.reject(new OffhookError(code, 'It is refused.', { status })));
    const answer = await claim({ code: '471902', user: { name: 'Ana' } });
    expect(answer.body).toMatchObject({ status, code, detail: 'It is refused.' });
  });

  it.each([
    [{ code: '471902' }, '"user" is missing.'],
    [{ user: {} }, '"code" is missing.'],
    [{ code: 471902, user: {} }, '"code" must be string.'],
    [{ code: '471902', user: 'Ana' }, '"user" must be object.'],
    [{ code: '471902', user: { paired: true } }, '`user.paired` is known without being told.'],
    [
      { code: '471902', user: { id: 'u1', name: 'Ana' } },
      '`user.id` stands alone: what is known of that user stays as it is.',
    ],
    [{ code: '471902', user: {}, more: 1 }, '"more" is not known here.'],
  ])('refuses %j', async (body, detail) => {
    await open(good);
    expect((await claim(body)).body).toMatchObject({ status: 400, code: 'bad-request', detail });
    expect(claims).toEqual([]);
  });
});
