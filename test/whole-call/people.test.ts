// oxlint-disable typescript/no-unsafe-type-assertion -- what comes over the wire is expected, and then held against it
/** Who calls, over the simulated phone: known by number, a stranger who is the same next time, erased without a trace. */
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PhoneOptions } from '../../runtime/line/local/phone.ts';
import { openHouse, openHouseWithTwilio, type Caller, type House } from '../support/house.ts';
import type { Mishap, TwilioApi } from '../support/twilio-api.ts';

const ANA = '+420777123456';
const BOB = '+14158586273';
const APP = (engine: string, more = ''): string => `public: true\nengine: ${engine}\n${more}`;
const DIALOGUE = `
intro: {say: "Hello {{ user.name ?? 'stranger' }} of {{ caller.city ?? 'no city' }}, {{ caller.country ?? 'nowhere' }}, {{ caller.carrier ?? 'no network' }}."}
inbound: all
outbound: all
states:
  all:
    - say: "Visit {{ (user.visits ?? 0) + 1 }}."
    - branch:
        - {if: user.paired, say: "Paired."}
    - remember: {user.visits: "(user.visits ?? 0) + 1"}
    - hangup: "Bye."
`;
const FAST = { charactersPerS: 60 };
/** What the network tells of a caller comes with the form; here in the query, which is signed like it. */
const FROM_BRNO = '?FromCity=BRNO&FromCountry=CZ';

let house: House;
let twilio: TwilioApi | null = null;
afterEach(async () => {
  await house.close();
  expect(twilio?.violations ?? []).toEqual([]);
  twilio = null;
});

interface UserView {
  id: string;
  name: string | null;
  anonymous: boolean;
  values: Record<string, { value: unknown }>;
  devices: { phone: string; city: string | null; carrier: string | null; lookedUpAt: string | null }[];
}

/** A whole call; gives what was said to the caller, and whose call it was. */
async function call(
  options: Partial<PhoneOptions> = {},
  query = '',
  dial: (caller: Caller) => Caller = (caller) => caller.dial(`/initiations/call/shop${query}`),
): Promise<{ said: string[]; user: string | null; id: string }> {
  const caller = dial(house.caller({ ...FAST, ...options }));
  await caller.over;
  const session = await caller.until(({ status }) => status === 'completed');
  const said = session.turns.filter(({ role }) => role === 'agent').map(({ text }) => text);
  const { user } = session as unknown as { user: string | null };
  return { said, user, id: session.id };
}

async function userOf(id: string | null): Promise<UserView> {
  return (await house.get(`/api/users/${id}`)) as UserView;
}

/** Every row of every table, as text, by table. */
function tables(): Map<string, string> {
  const db = new Libsql(join(house.folder, 'data', 'offhook.db'));
  const all = (query: string): Record<string, unknown>[] =>
    db
      .prepare(query)
      .all([])
      .map((row) => ({ ...Object(row) }));
  const names = all(`select name from sqlite_master where type = 'table'`).map(({ name }) => String(name));
  const found = new Map(names.map((name) => [name, JSON.stringify(all(`select * from "${name}"`))]));
  db.close();
  return found;
}

function placesOf(...traces: string[]): string[] {
  return [...tables()].flatMap(([table, text]) =>
    traces.filter((one) => text.includes(one)).map((one) => `${one} in ${table}`),
  );
}

describe.each(['embedded', 'gather', 'relay'])('on a public app on the engine %s', (engine) => {
  it('a stranger has an anonymous user who is the same at the next call; a known number is its known user', async () => {
    house = await openHouse({ 'shop.app.yaml': APP(engine), 'shop.dialogue.yaml': DIALOGUE });
    const first = await call({ from: ANA }, FROM_BRNO);
    expect(first.said).toEqual(['Hello stranger of BRNO, CZ, no network.', 'Visit 1.', 'Bye.']);
    // The network knows less this time, and what it knew before is still known.
    const second = await call({ from: ANA });
    expect(second.said).toEqual(['Hello stranger of BRNO, CZ, no network.', 'Visit 2.', 'Bye.']);
    expect(second.user).toBe(first.user);
    expect(await userOf(first.user)).toMatchObject({
      name: null,
      anonymous: true,
      values: { visits: { value: 2 } },
      devices: [{ phone: ANA, city: 'BRNO' }],
    });

    const other = await call({ from: BOB });
    expect(other.said).toEqual(['Hello stranger of no city, US, no network.', 'Visit 1.', 'Bye.']);
    expect(other.user).not.toBe(first.user);
    const named = await house.request(`/api/users/${first.user}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ana', values: { visits: { value: 7 } } }),
    });
    expect(named.status).toBe(200);
    const third = await call({ from: ANA });
    expect(third.said).toEqual(['Hello Ana of BRNO, CZ, no network.', 'Visit 8.', 'Bye.']);
    expect(third.user).toBe(first.user);
  }, 60_000);
});

describe('a caller who withholds the number', () => {
  it('has a user of their own for each call, who goes with the session', async () => {
    house = await openHouse({ 'shop.app.yaml': APP('gather'), 'shop.dialogue.yaml': DIALOGUE });
    const [one, two] = [await call({ from: '+266696687' }), await call({ from: '+266696687' })];
    expect([one.said, two.said]).toEqual([one.said, one.said]);
    expect(one.said[0]).toBe('Hello stranger of no city, nowhere, no network.');
    expect(two.user).not.toBe(one.user);
    expect(await userOf(one.user)).toMatchObject({ anonymous: true, devices: [] });
    expect((await house.request(`/api/sessions/${one.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await house.request(`/api/users/${one.user}`)).status).toBe(404);
    expect(await userOf(two.user)).toMatchObject({ values: { visits: { value: 1 } } });
  });
});

describe('one webhook that comes several times at once', () => {
  it('is one call of one user, shown or withheld', async () => {
    house = await openHouse({ 'shop.app.yaml': APP('embedded'), 'shop.dialogue.yaml': DIALOGUE });
    for (const [index, from] of [ANA, 'anonymous'].entries()) {
      const form = new URLSearchParams({ CallSid: `CA${index}`, From: from, Direction: 'inbound' });
      const answers = await Promise.all(
        Array.from({ length: 6 }, () =>
          fetch(`${house.runtime.url}/initiations/call/shop`, { method: 'POST', body: form }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    }
    expect((await house.sessions()).length).toBe(2);
    const { items } = (await house.get('/api/users')) as { items: object[] };
    expect(items).toHaveLength(2);
  });
});

describe('somebody who is called from here', () => {
  it('is the same person who calls, and the call is theirs', async () => {
    ({ house, twilio } = await openHouseWithTwilio({
      'shop.app.yaml': APP('gather', 'numbers: ["+14155550100"]\n'),
      'shop.dialogue.yaml': DIALOGUE,
    }));
    const { user } = await call({ from: BOB });
    const placed = await house.request('/initiations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: 'shop', to: BOB }),
    });
    expect(placed.status).toBe(201);
    const { sessionId } = (await placed.json()) as { sessionId: string };
    const session = await vi.waitFor(
      async () => {
        const found = (await house.get(`/api/sessions/${sessionId}`)) as {
          status: string;
          user: string;
          turns: { text: string }[];
        };
        expect(found.status).toBe('completed');
        return found;
      },
      { timeout: 15_000 },
    );
    expect(session.user).toBe(user);
    expect(session.turns.map(({ text }) => text)).toContain('Visit 2.');
  });
});

describe('a person who is erased', () => {
  it('leaves nothing in any table, and is a stranger at the next call', async () => {
    house = await openHouse({ 'shop.app.yaml': APP('gather'), 'shop.dialogue.yaml': DIALOGUE });
    const hers = await call({ from: ANA }, '?FromCity=BRNO&CallerName=NOVAKOVA');
    const his = await call({ from: BOB }, '?FromCity=OAKLAND');
    const traces = [ANA, ANA.slice(1), 'BRNO', 'NOVAKOVA', hers.user!, hers.id];
    for (const trace of traces) expect([trace, placesOf(trace).length]).not.toEqual([trace, 0]);

    expect((await house.request(`/api/users/${hers.user}`, { method: 'DELETE' })).status).toBe(204);

    expect(placesOf(...traces)).toEqual([]);
    expect((await house.request(`/api/sessions/${hers.id}`)).status).toBe(404);
    expect(await userOf(his.user)).toMatchObject({ devices: [{ phone: BOB, city: 'OAKLAND' }] });
    const again = await call({ from: ANA });
    expect(again.said.slice(0, 2)).toEqual(['Hello stranger of no city, CZ, no network.', 'Visit 1.']);
    expect(again.user).not.toBe(hers.user);
  });
});

describe('a number that is looked up', () => {
  const LOOKUP: Mishap['on'] = 'FetchPhoneNumber';
  async function open(engine: string, trouble: Mishap | null): Promise<TwilioApi> {
    const opened = await openHouseWithTwilio(
      { 'shop.app.yaml': APP(engine, 'lookup: true\n'), 'shop.dialogue.yaml': DIALOGUE },
      undefined,
      (phone) => (phone === BOB ? { carrier: 'A Carrier', lineType: 'mobile' } : null),
    );
    ({ house } = opened);
    twilio = opened.twilio;
    twilio.trouble = (operation) => (operation === LOOKUP ? trouble : null);
    return twilio;
  }
  const asked = (): number => twilio!.asked.filter(({ operation }) => operation === LOOKUP).length;
  const device = async (user: string | null) => (await userOf(user)).devices[0];

  it.each(['embedded', 'gather'])(
    'late is known with the next call, and this one is held without it (%s)',
    async (engine) => {
      const api = await open(engine, { kind: 'is-slow', ms: 3_000 });
      const began = Date.now();
      const caller = house.caller({ ...FAST, from: BOB }).dial('/initiations/call/shop');
      const { turns } = await caller.isTold('Hello');
      expect(turns[0]?.text).toBe('Hello stranger of no city, US, no network.');
      expect(Date.now() - began).toBeLessThan(3_000);
      await caller.over;
      const { user } = (await caller.until(({ status }) => status === 'completed')) as unknown as {
        user: string;
      };
      await vi.waitFor(async () => expect(await device(user)).toMatchObject({ carrier: 'A Carrier' }), {
        timeout: 10_000,
      });
      api.trouble = () => null;
      const next = await call({ from: BOB });
      expect(next.said[0]).toBe('Hello stranger of no city, US, A Carrier.');
      expect([next.user, asked()]).toEqual([user, 1]);
    },
  );

  it.each([
    ['never answers', { kind: 'is-slow', ms: 8_000 }],
    ['refuses', { kind: 'refuses', status: 429, code: 20429, message: 'Too Many Requests' }],
    ['is refused', { kind: 'refuses', status: 401, code: 20003, message: 'Authenticate' }],
    ['fails', { kind: 'answers', status: 502, body: '<html>' }],
    ['drops the line', { kind: 'drops' }],
  ] as const)('by a Lookup that %s stays unknown, and no call is the worse for it', async (_how, trouble) => {
    await open('gather', trouble);
    const one = await call({ from: BOB });
    expect(one.said).toEqual(['Hello stranger of no city, US, no network.', 'Visit 1.', 'Bye.']);
    expect(await device(one.user)).toMatchObject({ carrier: null, lookedUpAt: null });
    const two = await call({ from: BOB });
    expect(two.said).toEqual(['Hello stranger of no city, US, no network.', 'Visit 2.', 'Bye.']);
    expect(asked()).toBeGreaterThan(0);
  });

  it('is none where the app does not say so', async () => {
    ({ house, twilio } = await openHouseWithTwilio({
      'shop.app.yaml': APP('gather'),
      'shop.dialogue.yaml': DIALOGUE,
    }));
    await call({ from: BOB });
    expect(asked()).toBe(0);
  });
});
