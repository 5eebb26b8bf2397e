import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OffhookError } from '../../../runtime/errors.ts';
import type { Numbering } from '../../../runtime/line/numbering.ts';
import { twilioClient } from '../../../runtime/line/twilio/client.ts';
import { twilioNumbers } from '../../../runtime/line/twilio/numbers.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeAccountSid, tooMany, TwilioApi } from '../../support/twilio-api.ts';

const TOKEN = 'a-very-secret-token';
const accountSid = makeAccountSid();
const OWN = '+14155550100';
const HERE = {
  url: 'https://voice.example.com/initiations/call/desk',
  method: 'POST',
  application: null,
  trunk: null,
} as const;
const clock = new FakeClock();
let api: TwilioApi;
let numbers: Numbering;

// On a machine with other work Twilio's SDK takes its time to load.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => import('twilio').then(() => undefined), 60_000);

beforeEach(async () => {
  api = await TwilioApi.start({
    accountSid,
    authToken: TOKEN,
    numbers: [
      { phone_number: OWN, voice_url: 'https://old.example.com/voice?key=1', voice_method: 'GET' },
      // It holds the digits of the other.
      { phone_number: '+441415550100', friendly_name: 'Glasgow' },
    ],
    forSale: [
      { phone_number: '+14155550121', country: 'US', type: 'local', address_requirements: 'any' },
      { phone_number: '+14155550122', country: 'US', type: 'local', locality: 'San Francisco', region: 'CA' },
      { phone_number: '+14155550123', country: 'US', type: 'local', voice: false },
      { phone_number: '+12125550124', country: 'US', type: 'local' },
      { phone_number: '+18005550125', country: 'US', type: 'toll-free' },
      { phone_number: '+493012345678', country: 'DE', type: 'local', locality: 'Berlin' },
      { phone_number: '+498912349301', country: 'DE', type: 'local', locality: 'Munich' },
    ],
    prices: { US: { local: '1.15', 'toll-free': '2.15' } },
    clock,
    publicUrl: null,
    serverUrl: 'http://127.0.0.1:1',
  });
  numbers = open(TOKEN);
});

afterEach(() => api.close());

function open(token: string): Numbering {
  const account = {
    name: 'default',
    sid: accountSid,
    token,
    region: null,
    edge: null,
    cps: 1,
    maxCalls: null,
  };
  return twilioNumbers(twilioClient(account, { apiUrl: api.url, clock }));
}

async function refusal(work: Promise<unknown>): Promise<OffhookError> {
  const error: unknown = await work.then(
    () => new Error('It was not refused.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OffhookError)) throw error;
  return error;
}

describe('the numbers of an account', () => {
  it('are listed with where each leads, over as many pages as there are', async () => {
    const { numbers: owned } = api.account(accountSid);
    for (let index = 0; index < 1100; index++) {
      owned.push({
        ...owned[0]!,
        sid: `PN${index.toString(16).padStart(32, '0')}`,
        phone_number: `+1415556${1000 + index}`,
      });
    }
    const listed = await numbers.list();
    expect(listed).toHaveLength(1102);
    expect(new Set(listed.map(({ phone }) => phone)).size).toBe(1102);
    expect(listed.at(-1)).toEqual({
      sid: owned[0]!.sid,
      phone: OWN,
      leading: { url: 'https://old.example.com/voice?key=1', method: 'GET', application: null, trunk: null },
    });
    expect(api.asked.map(({ operation }) => operation)).toEqual([
      'ListIncomingPhoneNumber',
      'ListIncomingPhoneNumber',
    ]);
    expect(api.violations).toEqual([]);
  });

  it('are found by the whole number alone', async () => {
    expect((await numbers.find(OWN))?.phone).toBe(OWN);
    expect(await numbers.find('+1415555010')).toBeNull();
    expect(api.violations).toEqual([]);
  });

  it('are led here, and back to exactly where they led', async () => {
    const found = (await numbers.find(OWN))!;
    const here = await numbers.lead(found, HERE);
    expect(here.leading).toEqual(HERE);
    // What is not there is not spoken of.
    expect([...api.asked.at(-1)!.form.keys()].toSorted()).toEqual(['VoiceMethod', 'VoiceUrl']);
    expect((await numbers.lead(here, found.leading)).leading).toEqual(found.leading);
    expect((await numbers.find(OWN))!.leading).toEqual(found.leading);
    expect(api.violations).toEqual([]);
  });

  it('are led to a webhook of ours, of which Twilio asks again where it is not answered', async () => {
    const here = await numbers.leadHere((await numbers.find(OWN))!, HERE.url);
    expect(here.leading).toEqual({ ...HERE, url: `${HERE.url}#rc=5&rp=ct,5xx` });
    expect(api.violations).toEqual([]);
  });

  it.each(['application', 'trunk'] as const)('that an %s overrides are led here and back', async (which) => {
    const account = api.account(accountSid);
    const sid = `${which === 'trunk' ? 'TK' : 'AP'}${'1'.repeat(32)}`;
    if (which === 'trunk') account.numbers[0]!.trunk_sid = sid;
    else {
      account.numbers[0]!.voice_application_sid = sid;
      account.applications.push({ sid, voice_url: 'https://app.example.com/' } as never);
    }
    const found = (await numbers.find(OWN))!;
    expect(found.leading[which]).toBe(sid);
    const here = await numbers.lead(found, HERE);
    expect(here.leading).toEqual(HERE);
    expect((await numbers.lead(here, found.leading)).leading).toEqual(found.leading);
    expect(api.violations).toEqual([]);
  });

  it('keep what is not about where calls go', async () => {
    const owned = api.account(accountSid).numbers[0]!;
    Object.assign(owned, {
      status_callback: 'https://old.example.com/status',
      voice_fallback_url: 'https://old.example.com/fallback',
    });
    await numbers.lead((await numbers.find(OWN))!, HERE);
    expect(owned).toMatchObject({
      status_callback: 'https://old.example.com/status',
      voice_fallback_url: 'https://old.example.com/fallback',
    });
  });

  it('that are gone are refused with 20404', async () => {
    const found = (await numbers.find(OWN))!;
    api.account(accountSid).numbers.splice(0, 1);
    const error = await refusal(numbers.lead(found, HERE));
    expect(error).toMatchObject({
      code: 'twilio-refused',
      status: 502,
      detail: { twilioCode: 20404, twilioStatus: 404 },
    });
  });
});

describe('numbers for sale', () => {
  it('are found by area code, with a voice, those without an address first', async () => {
    expect(await numbers.forSale({ country: 'US', type: 'local', area: '415' }, 20)).toEqual([
      { phone: '+14155550122', place: 'San Francisco, CA', needsAddress: false },
      { phone: '+14155550121', place: null, needsAddress: true },
    ]);
    expect(await numbers.forSale({ country: 'US', type: 'toll-free', area: null }, 20)).toEqual([
      { phone: '+18005550125', place: null, needsAddress: false },
    ]);
    expect(api.violations).toEqual([]);
  });

  it('are found by their first digits where there are no area codes', async () => {
    // The other holds these digits too, but does not begin with them.
    expect(await numbers.forSale({ country: 'DE', type: 'local', area: '30' }, 20)).toEqual([
      { phone: '+493012345678', place: 'Berlin', needsAddress: false },
    ]);
    expect(api.violations).toEqual([]);
  });

  it('are none where nothing is sold', async () => {
    expect(await numbers.forSale({ country: 'AQ', type: 'local', area: null }, 20)).toEqual([]);
    expect(await numbers.forSale({ country: 'DE', type: 'mobile', area: null }, 20)).toEqual([]);
  });

  it('have a price a month by their kind, or none that is known', async () => {
    expect(await numbers.price({ country: 'US', type: 'local' })).toEqual({ amount: 1.15, currency: 'USD' });
    expect(await numbers.price({ country: 'US', type: 'toll-free' })).toEqual({
      amount: 2.15,
      currency: 'USD',
    });
    expect(await numbers.price({ country: 'US', type: 'mobile' })).toBeNull();
    expect(await numbers.price({ country: 'DE', type: 'local' })).toBeNull();
    expect(api.violations).toEqual([]);
  });

  it('are bought once', async () => {
    expect(await numbers.buy('+14155550122')).toMatchObject({ phone: '+14155550122', leading: { url: '' } });
    expect((await numbers.find('+14155550122'))?.phone).toBe('+14155550122');
    expect((await refusal(numbers.buy('+14155550122'))).message).toBe(
      'Twilio refused: +14155550122 is not available. (21422).',
    );
    expect(api.violations).toEqual([]);
  });
});

/** With how many seconds its answer is waited for. */
const OPERATIONS: [string, string, number, (of: Numbering) => Promise<unknown>][] = [
  ['a list', 'ListIncomingPhoneNumber', 30, (of) => of.list()],
  ['a search', 'ListIncomingPhoneNumber', 10, (of) => of.find(OWN)],
  [
    'a change',
    'UpdateIncomingPhoneNumber',
    10,
    (of) => of.lead({ sid: api.account(accountSid).numbers[0]!.sid, phone: OWN, leading: HERE }, HERE),
  ],
  [
    'an offer',
    'ListAvailablePhoneNumberLocal',
    10,
    (of) => of.forSale({ country: 'US', type: 'local', area: null }, 5),
  ],
  ['a price', 'FetchPhoneNumberCountry', 10, (of) => of.price({ country: 'US', type: 'local' })],
  ['a purchase', 'CreateIncomingPhoneNumber', 30, (of) => of.buy('+14155550122')],
];

describe.each(OPERATIONS)('%s that Twilio', (_name, operation, patienceS, work) => {
  it('does not know the token of says so, and gives nothing away', async () => {
    const error = await refusal(work(open('another-secret')));
    expect(error.message).toBe('Twilio refused: Authenticate (20003).');
    expect(error.cause).toBeUndefined();
    expect(JSON.stringify(error) + String(error.stack)).not.toMatch(/another-secret|very-secret/);
  });

  it('is asked for too often is refused with 20429', async () => {
    api.mishaps.push(tooMany(operation));
    expect((await refusal(work(numbers))).detail).toEqual({
      twilioCode: 20429,
      twilioMessage: 'Too Many Requests',
      twilioStatus: 429,
    });
    expect(api.asked).toHaveLength(1);
  });

  it('drops before it is done, or after it', async () => {
    for (const when of ['before', 'after'] as const) {
      api.mishaps.push({ kind: 'drops', when });
      const error = await refusal(work(numbers));
      expect(error.message).toBe('Twilio could not be asked: ECONNRESET.');
      expect(error.detail).toEqual({ twilioCode: null, twilioMessage: null, twilioStatus: null });
    }
  });

  it('answers too late is given up in its time, and not before', async () => {
    // The SDK is loaded before the clock is asked.
    await numbers.find('+10000000000');
    api.mishaps.push({ kind: 'is-slow', ms: 120_000 });
    const given = vi.fn<() => void>();
    const error = refusal(work(numbers)).finally(given);
    await vi.waitFor(() => expect(clock.waiting).toBeGreaterThan(1));
    await clock.advanceAsync(patienceS * 1000 - 1);
    expect(given).not.toHaveBeenCalled();
    await clock.advanceAsync(1);
    expect((await error).message).toBe(`Twilio could not be asked: it did not answer within ${patienceS} s.`);
  });

  it('answers with something that is not its own is an error, and no crash', async () => {
    api.mishaps.push({ kind: 'answers', status: 502, body: '<h1>Bad Gateway</h1>' });
    expect((await refusal(work(numbers))).detail).toMatchObject({ twilioCode: null, twilioStatus: 502 });
    api.mishaps.push({ kind: 'answers', status: 200, body: '<h1>Welcome</h1>' });
    const answer = await work(numbers).catch((thrown: unknown) => thrown);
    // A price that cannot be read is not known.
    if (operation === 'FetchPhoneNumberCountry' && answer === null) return;
    expect(answer).toMatchObject({ code: 'twilio-refused' });
  });
});
