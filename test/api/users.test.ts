// oxlint-disable typescript/no-unsafe-type-assertion -- what comes over the wire is expected, and then held against it
/** People and their numbers over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AT, aSession, aStep, aTurn } from '../store/samples.ts';
import { aProblem, openHouse, type House } from './house.ts';

const ANA = '+420777123456';
const BOB = '+14155550111';
const NOBODY = aProblem(404, 'Not Found', 'unknown-user', 'There is no user "nobody".');

let house: House;
let ana: string;

beforeEach(async () => {
  house = await openHouse();
  const values = { last_party: 4, ':used:bistro': { a: 1 } };
  const { user } = await house.store.people.pair(ANA, { kind: 'new', name: 'Ana', values }, AT);
  ana = user.id;
  await house.store.people.meet(ANA, { city: 'Brno', country: 'CZ' }, AT + 1000);
});

afterEach(() => house.close());

const device = {
  phone: ANA,
  pairedAt: '2026-01-05T09:00:00.000Z',
  country: 'CZ',
  city: 'Brno',
  carrier: null,
  callerName: null,
  lineType: null,
  firstSeenAt: '2026-01-05T09:00:01.000Z',
  lastSeenAt: '2026-01-05T09:00:01.000Z',
  lookedUpAt: null,
};
const known = () => ({
  id: ana,
  name: 'Ana',
  paired: true,
  anonymous: false,
  createdAt: '2026-01-05T09:00:00.000Z',
  lastSeenAt: '2026-01-05T09:00:01.000Z',
});
const whole = () => ({
  ...known(),
  values: { last_party: { value: 4, expiresAt: null } },
  devices: [{ ...device, user: ana }],
});

describe('people over HTTP', () => {
  test('are listed newest first, page by page, or by a number', async () => {
    const { id: bob } = await house.store.people.meet(BOB, {}, AT + 5000);
    const first = (await house.ask('GET', '/api/users?limit=1')).body as { items: object[]; next: string };
    expect(first.items).toMatchObject([{ id: bob, name: null, anonymous: true, phones: [BOB] }]);
    const second = (await house.ask('GET', `/api/users?limit=1&cursor=${first.next}`)).body;
    expect(second).toEqual({ items: [{ ...known(), phones: [ANA] }], next: null });
    const named = (await house.ask('GET', `/api/users?phone=${encodeURIComponent(ANA)}`)).body;
    expect(named).toEqual({ items: [{ ...known(), phones: [ANA] }], next: null });
    expect((await house.ask('GET', '/api/users?cursor=x')).status).toBe(400);
  });

  test.each(['+14155550123', '14155550123', '%2B0155550123', 'Ana', ''])(
    'are not looked for by what is no number: phone=%s',
    async (phone) => {
      const { status, body } = await house.ask('GET', `/api/users?phone=${phone}`);
      const detail = '"phone" must match pattern "^\\+[1-9][0-9]{1,14}$".';
      expect([status, body]).toMatchObject([400, { code: 'bad-request', detail }]);
    },
  );

  test('are shown with their numbers, and with what is remembered but for the runtime’s own', async () => {
    expect((await house.ask('GET', `/api/users/${ana}`)).body).toEqual(whole());
    const nobody = await house.ask('GET', '/api/users/nobody');
    expect([nobody.status, nobody.body]).toEqual([404, NOBODY]);
    expect((await house.ask('GET', `/api/users/${ana}`, { token: null })).status).toBe(401);
  });

  test('are named, and have something remembered for a time, or forgotten', async () => {
    const body = {
      name: 'Anna',
      values: { last_party: null, tier: { value: { gold: true }, expiresAt: '2026-01-05T10:00:00Z' } },
    };
    const patched = await house.ask('PATCH', `/api/users/${ana}`, { body });
    const tier = { value: { gold: true }, expiresAt: '2026-01-05T10:00:00.000Z' };
    expect([patched.status, patched.body]).toEqual([200, { ...whole(), name: 'Anna', values: { tier } }]);
    house.clock.advance(3_600_000);
    expect((await house.ask('GET', `/api/users/${ana}`)).body).toMatchObject({ name: 'Anna', values: {} });
    expect((await house.ask('PATCH', '/api/users/nobody', { body })).body).toEqual(NOBODY);
  });

  test.each([
    [{}, 'The body must NOT have fewer than 1 properties.'],
    [{ nmae: 'Ana' }, '"nmae" is not known here.'],
    [{ values: { tier: 'gold' } }, '"values.tier" must be object,null.'],
    [{ values: { tier: { expiresAt: null } } }, '"values.tier.value" is missing.'],
    [
      { values: { tier: { value: 1, expiresAt: 'tomorrow' } } },
      '"values.tier.expiresAt" must match format "date-time".',
    ],
    [{ name: '' }, '"name" must NOT have fewer than 1 characters.'],
  ])('are not changed by %j', async (body, detail) => {
    const { status, body: said } = await house.ask('PATCH', `/api/users/${ana}`, { body });
    expect([status, said]).toMatchObject([400, { code: 'bad-request', detail }]);
    expect((await house.ask('GET', `/api/users/${ana}`)).body).toEqual(whole());
  });

  test.each(['name', 'paired', 'anonymous', ':used:bistro', '1st', 'a b', '__proto__x.y'])(
    'have no memory of the name %j, which is not a dialogue’s to give',
    async (name) => {
      const body = `{"values": {${JSON.stringify(name)}: {"value": 1}}}`;
      expect((await house.ask('PATCH', `/api/users/${ana}`, { body })).status).toBe(400);
    },
  );

  test('are merged into one', async () => {
    const { id: bob } = await house.store.people.meet(BOB, {}, AT);
    const merged = await house.ask('POST', `/api/users/${ana}/merge`, { body: { from: bob } });
    expect(merged.body).toMatchObject({ id: ana, devices: [{ phone: ANA }, { phone: BOB, pairedAt: null }] });
    expect((await house.ask('GET', `/api/users/${bob}`)).status).toBe(404);
    expect((await house.ask('POST', `/api/users/${ana}/merge`, { body: { from: 'nobody' } })).body).toEqual(
      NOBODY,
    );
    const self = await house.ask('POST', `/api/users/${ana}/merge`, { body: { from: ana } });
    expect([self.status, self.body]).toMatchObject([400, { code: 'same-user' }]);
  });

  test('are merged into whom the request names, also where its key was used for somebody else', async () => {
    const { id: bob } = await house.store.people.meet(BOB, {}, AT);
    const { id: eve } = await house.store.people.meet('+14155550199', {}, AT);
    const merge = (into: string) =>
      house.ask('POST', `/api/users/${into}/merge`, {
        body: { from: bob },
        headers: { 'idempotency-key': 'merge-bob' },
      });
    expect((await merge(ana)).status).toBe(200);
    expect((await merge(ana)).headers.get('idempotent-replay')).toBe('true');
    const other = await merge(eve);
    expect([other.status, other.body]).toMatchObject([422, { code: 'idempotency-mismatch' }]);
  });

  test('are given out whole, the runtime’s own memories too', async () => {
    const session = aSession({ from: ANA, user: ana, status: 'completed' });
    await house.store.addSession(session);
    await house.store.writeStep(aStep(session.id, 1, { turns: [aTurn(0)] }));
    const { status, body } = await house.ask('GET', `/api/users/${ana}/export`);
    expect([status, body]).toMatchObject([
      200,
      {
        user: { id: ana, values: { last_party: { value: 4 }, ':used:bistro': { value: { a: 1 } } } },
        sessions: [
          { id: session.id, turns: [{ text: 'line 0' }], events: [{ sequence: 1 }], recordings: [] },
        ],
        initiations: [],
      },
    ]);
    expect((await house.ask('GET', '/api/users/nobody/export')).body).toEqual(NOBODY);
  });

  test('are erased with all of theirs, though not in the middle of a call', async () => {
    const session = aSession({ from: ANA, user: ana, status: 'in-progress' });
    await house.store.addSession(session);
    const running = await house.ask('DELETE', `/api/users/${ana}`);
    expect([running.status, running.body]).toMatchObject([409, { code: 'session-running' }]);
    await house.store.patchSession(session.id, { status: 'completed' });
    expect((await house.ask('DELETE', `/api/users/${ana}`)).status).toBe(204);
    for (const path of [`/api/users/${ana}`, `/api/sessions/${session.id}`]) {
      expect([path, (await house.ask('GET', path)).status]).toEqual([path, 404]);
    }
    expect((await house.ask('DELETE', `/api/users/${ana}`)).status).toBe(404);
  });

  test('have their numbers listed, and taken from them', async () => {
    expect((await house.ask('GET', '/api/devices')).body).toEqual({
      items: [{ ...device, user: ana }],
      next: null,
    });
    const path = `/api/devices/${encodeURIComponent(ANA)}`;
    expect((await house.ask('DELETE', path)).status).toBe(204);
    expect((await house.ask('GET', `/api/users/${ana}`)).body).toMatchObject({
      anonymous: true,
      devices: [],
    });
    const again = await house.ask('DELETE', path);
    expect([again.status, again.body]).toEqual([
      404,
      aProblem(404, 'Not Found', 'unknown-device', `Nobody has the number "${ANA}".`),
    ]);
  });
});
