/** Numbers of callers are looked up beside their calls, by a real client of Twilio's Lookup. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { Writable } from 'node:stream';
import { twilioClient } from '../../runtime/line/twilio/client.ts';
import { twilioLookup } from '../../runtime/line/twilio/lookup.ts';
import { silentLog } from '../../runtime/log.ts';
import { Enquiries } from '../../runtime/people/enquiries.ts';
import type { Device } from '../../runtime/store/people.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { AT } from '../store/samples.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { TwilioApi, makeAccountSid } from '../support/twilio-api.ts';

const ANA = '+14158586273';
const UNKNOWN = '+14158586274';
const TOKEN = 'a-secret-token';
const DAY = 24 * 60 * 60 * 1000;

let store: Store;
let api: TwilioApi;
let clock: FakeClock;
let logged: string;
let enquiries: Enquiries;

beforeEach(async () => {
  logged = '';
  clock = new FakeClock(AT);
  store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
  const accountSid = makeAccountSid();
  api = await TwilioApi.start({
    accountSid,
    authToken: TOKEN,
    clock,
    publicUrl: null,
    serverUrl: 'http://127.0.0.1',
    callee: () => ({ answers: true }),
    on: () => undefined,
    known: (phone) => (phone === ANA ? { carrier: 'A Carrier', lineType: 'mobile' } : null),
  });
  const client = twilioClient(
    { name: 'default', sid: accountSid, token: TOKEN, region: null, edge: null, cps: 1, maxCalls: null },
    { apiUrl: api.url, clock },
  );
  await client.load();
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString();
        done();
      },
    }),
  );
  enquiries = new Enquiries({
    people: store.people,
    clock,
    log,
    lookup: (account) => (account === 'nobody' ? null : twilioLookup(client)),
  });
});

afterEach(async () => {
  await enquiries.close();
  await store.close();
  await api.close();
  expect(api.violations).toEqual([]);
  expect(logged).not.toContain(TOKEN);
});

const device = async (phone = ANA): Promise<Device | null> => store.people.device(phone);
const asked = (): number => api.asked.length;
/** Until nothing more comes of what was asked. */
async function told(phone = ANA): Promise<Device> {
  return vi.waitFor(async () => {
    const found = await device(phone);
    if (found?.lookedUpAt == null) throw new Error('not yet');
    return found;
  }, 5_000);
}

describe('a number of a caller', () => {
  it('is looked up once, and not again for a month', async () => {
    await store.people.meet(ANA, { city: 'San Francisco' }, AT);
    for (let call = 0; call < 3; call++) enquiries.about(ANA, null);
    expect(await told()).toMatchObject({
      city: 'San Francisco',
      country: 'US',
      carrier: 'A Carrier',
      lineType: 'mobile',
      lookedUpAt: AT,
    });
    expect(api.asked.map(({ operation, query }) => [operation, query.get('Fields')])).toEqual([
      ['FetchPhoneNumber', 'line_type_intelligence'],
    ]);
    clock.advance(30 * DAY - 1);
    enquiries.about(ANA, null);
    await enquiries.close();
    expect(asked()).toBe(1);
  });

  it('is looked up again after a month', async () => {
    await store.people.meet(ANA, {}, AT);
    enquiries.about(ANA, null);
    await told();
    clock.advance(30 * DAY);
    await vi.waitFor(async () => {
      enquiries.about(ANA, null);
      expect((await device())?.lookedUpAt).toBe(AT + 30 * DAY);
    });
    expect(asked()).toBe(2);
  });

  it('of which nothing is known counts as looked up', async () => {
    await store.people.meet(UNKNOWN, {}, AT);
    enquiries.about(UNKNOWN, null);
    expect(await told(UNKNOWN)).toMatchObject({ carrier: null, lineType: null });
  });

  it('that nobody has any more, or without an account, is not asked about', async () => {
    enquiries.about(ANA, null);
    await store.people.meet(UNKNOWN, {}, AT);
    enquiries.about(UNKNOWN, 'nobody');
    await enquiries.close();
    expect(asked()).toBe(0);
    expect(logged).toBe('');
  });

  it('about which Twilio refuses to say anything stays as it was, and is asked about with the next call', async () => {
    await store.people.meet(ANA, {}, AT);
    api.mishaps.push({ kind: 'refuses', status: 429, code: 20429, message: 'Too Many Requests' });
    enquiries.about(ANA, null);
    await vi.waitFor(() => expect(logged).toContain('"code":"lookup-failed"'));
    expect(logged).toContain('Twilio refused: Too Many Requests (20429).');
    expect((await device())?.lookedUpAt).toBeNull();
    enquiries.about(ANA, null);
    expect(await told()).toMatchObject({ carrier: 'A Carrier' });
  });

  it('is given up where no answer comes within five seconds', async () => {
    await store.people.meet(ANA, {}, AT);
    api.mishaps.push({ kind: 'is-slow', ms: 60_000 });
    enquiries.about(ANA, null);
    await vi.waitFor(() => expect(asked()).toBe(1));
    clock.advance(5_000);
    await vi.waitFor(() => expect(logged).toContain('it did not answer within 5 s'));
    expect((await device())?.lookedUpAt).toBeNull();
  });

  it('is asked about by no more than three calls in a row while nobody answers, and later again', async () => {
    await store.people.meet(ANA, {}, AT);
    api.trouble = () => ({ kind: 'drops' });
    for (let call = 0; call < 5; call++) {
      enquiries.about(ANA, null);
      const failures = Math.min(call + 1, 3);
      await vi.waitFor(() => expect(logged.split('lookup-failed')).toHaveLength(failures + 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(asked()).toBe(3);
    api.trouble = () => null;
    clock.advance(10_000);
    enquiries.about(ANA, null);
    expect(await told()).toMatchObject({ carrier: 'A Carrier' });
  });
});
