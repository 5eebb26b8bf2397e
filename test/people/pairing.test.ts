import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { CODE_MS, Pairing } from '../../runtime/people/pairing.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { PairedTo } from '../../runtime/store/people.ts';
import type { Store } from '../../runtime/store/store.ts';
import { aSession } from '../store/samples.ts';
import { sqlitePlace, type Place } from '../store/places.ts';
import { FakeClock } from '../support/fake-clock.ts';

const PHONE = '+14155550123';
const ANA: PairedTo = { kind: 'new', name: 'Ana', values: { tea: 'green' } };

let place: Place;
let store: Store;
let clock: FakeClock;
let session: string;

beforeEach(async () => {
  place = await sqlitePlace();
  store = await openStore(place.database, silentLog);
  clock = new FakeClock(Date.UTC(2026, 2, 3, 9));
  const caller = aSession({ from: PHONE });
  await store.addSession(caller);
  session = caller.id;
});
afterEach(async () => {
  await store.close();
  await place.drop();
});

const pairing = (...codes: string[]): Pairing =>
  new Pairing({
    store,
    people: store.people,
    clock,
    ...(codes.length > 0 && { draw: () => codes.shift()! }),
  });
const refused = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (thrown: unknown) => {
      const { code, status } = thrown as { code: string; status: number };
      return [code, status];
    },
  );

describe('a code', () => {
  it('is six digits, and pairs the phone that it was told to', async () => {
    const office = pairing();
    const { code, expiresAt } = await office.open(session, PHONE);
    expect(code).toMatch(/^\d{6}$/);
    expect(expiresAt).toBe(clock.now() + CODE_MS);
    expect(await office.claim(code, ANA, 'me')).toMatchObject({
      device: { phone: PHONE, pairedAt: clock.now() },
      user: { name: 'Ana', paired: true, anonymous: false, values: { tea: 'green' } },
    });
    expect(await store.people.byPhone(PHONE, clock.now())).toMatchObject({ name: 'Ana', paired: true });
  });

  it('is claimed in any process, with spaces and hyphens in it', async () => {
    await pairing('047190').open(session, PHONE);
    expect((await pairing().claim(' 047-1 90 ', ANA, 'me')).user.name).toBe('Ana');
  });

  it('gives the phone to somebody who is known', async () => {
    const office = pairing('111111', '222222');
    await office.open(session, PHONE);
    const { user } = await office.claim('111111', ANA, 'me');
    await office.open(session, '+14155550124');
    const other = await office.claim('222222', { kind: 'known', user: user.id }, 'me');
    expect(other.user.id).toBe(user.id);
  });

  it('is good once', async () => {
    const office = pairing('111111');
    await office.open(session, PHONE);
    await office.claim('111111', ANA, 'me');
    expect(await refused(office.claim('111111', ANA, 'me'))).toEqual(['unknown-code', 404]);
  });

  it('is good for ten minutes and no longer', async () => {
    const office = pairing('111111', '222222');
    await office.open(session, PHONE);
    clock.advance(1);
    await office.open(session, PHONE);
    clock.advance(CODE_MS - 1);
    expect(await refused(office.claim('111111', ANA, 'me'))).toEqual(['unknown-code', 404]);
    expect(await refused(office.claim('222222', ANA, 'me'))).toBe('done');
  });

  it('is good again where the user that it was claimed for is not there', async () => {
    const office = pairing('111111');
    await office.open(session, PHONE);
    const nobody: PairedTo = { kind: 'known', user: 'nobody' };
    expect(await refused(office.claim('111111', nobody, 'me'))).toEqual(['unknown-user', 404]);
    expect(await refused(office.claim('111111', ANA, 'me'))).toBe('done');
  });

  it('is another one where the first that is drawn is open already', async () => {
    const office = pairing('111111', '111111', '222222');
    expect((await office.open(session, PHONE)).code).toBe('111111');
    expect((await office.open(session, '+14155550124')).code).toBe('222222');
  });

  it('stands nowhere in the database, and neither does whoever tried', async () => {
    await pairing('471902').open(session, '+420777123457');
    await refused(pairing().claim('000000', ANA, '203.0.113.7'));
    const rows = await place.dump();
    const all = JSON.stringify(rows);
    expect(all).not.toContain('471902');
    expect(all).not.toContain('203.0.113.7');
    expect(JSON.stringify(rows['pairing_tries'])).not.toContain('777123457');
    expect(rows['pairings']).toHaveLength(1);
  });
});

describe('tries', () => {
  it('of one claimer are limited, whoever asks at once, and not those of others', async () => {
    const office = pairing('111111');
    await office.open(session, PHONE);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => refused(office.claim('000000', ANA, 'one'))),
    );
    expect(answers.filter((answer) => JSON.stringify(answer) === '["unknown-code",404]')).toHaveLength(10);
    expect(answers.filter((answer) => JSON.stringify(answer) === '["too-many-tries",429]')).toHaveLength(2);
    expect(await refused(office.claim('111111', ANA, 'one'))).toEqual(['too-many-tries', 429]);
    expect(await refused(office.claim('111111', ANA, 'other'))).toBe('done');
  });

  it('of all are limited', { timeout: 60_000 }, async () => {
    const office = pairing('111111');
    await office.open(session, PHONE);
    for (let tries = 0; tries < 50; tries++) {
      expect(await refused(office.claim('000000', ANA, `claimer ${tries % 10}`))).toEqual([
        'unknown-code',
        404,
      ]);
    }
    expect(await refused(office.claim('111111', ANA, 'somebody else'))).toEqual(['too-many-tries', 429]);
    clock.advance(CODE_MS);
    expect(await refused(office.claim('000000', ANA, 'one'))).toEqual(['unknown-code', 404]);
  });

  it('that were right do not count', { timeout: 60_000 }, async () => {
    for (let times = 0; times < 15; times++) {
      const phone = `+141555502${10 + times}`;
      const office = pairing('111111');
      await office.open(session, phone);
      expect(await refused(office.claim('111111', ANA, 'me'))).toBe('done');
    }
  });

  it.each(['', '12345', '1234567', 'abcdef', '12345x'])(
    'with what can be no code guess none: "%s"',
    async (code) => {
      const office = pairing();
      for (let tries = 0; tries < 12; tries++) {
        expect(await refused(office.claim(code, ANA, 'me'))).toEqual(['unknown-code', 404]);
      }
    },
  );

  it('of one phone to get a code are limited, and it gets one again later', async () => {
    const office = pairing();
    for (let times = 0; times < 5; times++) await office.open(session, PHONE);
    expect(await refused(office.open(session, PHONE))).toEqual(['too-many-codes', 429]);
    expect(await refused(office.open(session, '+14155550124'))).toBe('done');
    clock.advance(CODE_MS);
    expect(await refused(office.open(session, PHONE))).toBe('done');
  });
});
