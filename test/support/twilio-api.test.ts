/** The double of Twilio's REST API, asked through Twilio's own SDK: it refuses what Twilio refuses. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import twilio, { type Twilio } from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import { FakeClock } from './fake-clock.ts';
import { makeAccountSid, tooMany, TwilioApi } from './twilio-api.ts';
import { twimlServer, type TwimlServer } from './twiml-server.ts';

const accountSid = makeAccountSid();
const subSid = makeAccountSid();
const OWN = '+14155550100';
const FREE = '+14155550111';
const clock = new FakeClock();
let api: TwilioApi;
let server: TwimlServer;
let client: Twilio;

beforeEach(async () => {
  server = await twimlServer(() => '<Hangup/>');
  api = await TwilioApi.start({
    accountSid,
    authToken: 'token',
    numbers: [
      { phone_number: OWN, voice_url: 'https://old.example.com/voice' },
      { phone_number: '+14155550101' },
    ],
    accounts: [
      {
        sid: subSid,
        authToken: 'sub-token',
        ownerSid: accountSid,
        numbers: [{ phone_number: '+14155550200' }],
      },
      { sid: makeAccountSid(), authToken: 'stranger', numbers: [] },
    ],
    forSale: [
      { phone_number: FREE, country: 'US', type: 'local', locality: 'San Francisco', region: 'CA' },
      { phone_number: '+12125550112', country: 'US', type: 'local', voice: false },
      { phone_number: '+18005550113', country: 'US', type: 'toll-free' },
      { phone_number: '+420910880100', country: 'CZ', type: 'mobile', address_requirements: 'local' },
    ],
    prices: { US: { local: '1.15', 'toll-free': '2.15' } },
    known: (phone) =>
      phone === '+14158586273' ? { callerName: 'ANA', carrier: 'A Carrier', lineType: 'mobile' } : null,
    forbidden: ['+881'],
    clock,
    publicUrl: null,
    serverUrl: server.origin,
    callee: ({ to }) => ({ answers: true, ...(to.endsWith('99') && { ringsMs: 60_000 }) }),
  });
  client = open(accountSid, 'token');
});

afterEach(async () => {
  await api.close();
  server.close();
});

function open(user: string, password: string, account = user): Twilio {
  class Local extends twilio.RequestClient {
    override request<T>(options: RequestClient.RequestOptions<T>) {
      const { pathname, search } = new URL(options.uri);
      return super.request<T>({ ...options, uri: `${api.url}${pathname}${search}` });
    }
  }
  return twilio(user, password, { accountSid: account, httpClient: new Local() });
}

async function refusal(work: Promise<unknown>): Promise<[unknown, unknown]> {
  const error = (await work.then(
    () => new Error('It was not refused.'),
    (thrown: unknown) => thrown,
  )) as { status?: number; code?: number; message: string };
  if (error.status === undefined) throw error;
  return [error.status, error.code];
}

async function post(
  path: string,
  form: string,
  headers: Record<string, string> = {},
): Promise<[number, unknown]> {
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${accountSid}:token`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: form,
  });
  return [response.status, ((await response.json()) as { code: unknown }).code];
}

const order = (more: object = {}) => ({
  to: '+14155550123',
  from: OWN,
  url: `${server.origin}/voice`,
  ...more,
});

describe('who asks', () => {
  it('is refused with the wrong token, without one, and for an account that is not theirs', async () => {
    expect(await refusal(open(accountSid, 'wrong').calls.list())).toEqual([401, 20003]);
    expect(await refusal(open(accountSid, 'sub-token').calls.list())).toEqual([401, 20003]);
    expect(await refusal(open(subSid, 'sub-token', accountSid).calls.list())).toEqual([401, 20003]);
    const stranger = api.accounts[2]!.sid;
    expect(await refusal(open(accountSid, 'token', stranger).calls.list())).toEqual([401, 20003]);
    expect((await fetch(`${api.url}/2010-04-01/Accounts.json`)).status).toBe(401);
    expect(api.violations).toEqual([]);
  });

  it('may speak for a subaccount, whose resources are its own', async () => {
    const numbers = await open(accountSid, 'token', subSid).incomingPhoneNumbers.list();
    expect(numbers.map(({ phoneNumber }) => phoneNumber)).toEqual(['+14155550200']);
    const call = await client.calls.create(order());
    expect(await refusal(open(accountSid, 'token', subSid).calls(call.sid).fetch())).toEqual([404, 20404]);
  });

  it('is refused while the account is suspended', async () => {
    await client.api.accounts(subSid).update({ status: 'suspended' });
    expect(await refusal(open(subSid, 'sub-token').calls.list())).toEqual([401, 20003]);
    await client.api.accounts(subSid).update({ status: 'active' });
    expect(await open(subSid, 'sub-token').calls.list()).toEqual([]);
  });

  it('may use a key until it is deleted, which manages neither keys nor accounts', async () => {
    const made = await client.newKeys.create({ friendlyName: 'phone' });
    const byKey = open(made.sid, made.secret, accountSid);
    expect(await byKey.incomingPhoneNumbers.list()).toHaveLength(2);
    expect(await refusal(byKey.keys.list())).toEqual([401, 20003]);
    expect(await refusal(byKey.api.accounts.list())).toEqual([401, 20003]);
    expect((await client.keys.list()).map(({ sid, friendlyName }) => [sid, friendlyName])).toEqual([
      [made.sid, 'phone'],
    ]);
    await client.keys(made.sid).remove();
    expect(await refusal(byKey.incomingPhoneNumbers.list())).toEqual([401, 20003]);
    expect(api.violations).toEqual([]);
  });

  it('makes a subaccount with a token of its own, and a subaccount makes none', async () => {
    const { sid, authToken, ownerAccountSid } = await client.api.accounts.create({ friendlyName: 'Prague' });
    expect(ownerAccountSid).toBe(accountSid);
    expect(await open(sid, authToken).incomingPhoneNumbers.list()).toEqual([]);
    expect(await refusal(open(sid, authToken).api.accounts.create({}))).toEqual([403, 20403]);
    const listed = await client.api.accounts.list({ friendlyName: 'Prague' });
    expect(listed.map((one) => one.sid)).toEqual([sid]);
    expect(api.violations).toEqual([]);
  });
});

describe('a request', () => {
  it('to what does not exist is 20404, by the wrong method 20004, in the wrong form 20415', async () => {
    expect(await post(`/2010-04-01/Accounts/${accountSid}/Nothing.json`, '')).toEqual([404, 20404]);
    // Without the suffix Twilio would answer in XML; nobody here asks for that.
    expect(await post(`/2010-04-01/Accounts/${accountSid}/Calls`, '')).toEqual([404, 20404]);
    expect(await post(`/2010-04-01/Accounts/${accountSid}/Recordings.json`, '')).toEqual([405, 20004]);
    expect(
      await post(`/2010-04-01/Accounts/${accountSid}/Calls.json`, '{}', {
        'content-type': 'application/json',
      }),
    ).toEqual([415, 20415]);
    expect(await refusal(client.calls(`CA${'0'.repeat(32)}`).fetch())).toEqual([404, 20404]);
    expect(await refusal(client.incomingPhoneNumbers(`PN${'0'.repeat(32)}`).update({}))).toEqual([
      404, 20404,
    ]);
    expect(api.violations).toEqual([]);
  });

  it('with what the description does not know, or allow, is remembered', async () => {
    const path = `/2010-04-01/Accounts/${accountSid}/Calls.json`;
    const form = `To=%2B14155550123&From=${encodeURIComponent(OWN)}`;
    expect((await post(path, `${form}&Url=${server.origin}/&Colour=green`))[0]).toBe(201);
    expect(await post(path, `${form}&Url=not-a-url`)).toEqual([400, 21402]);
    expect(await post(path, `${form}&Url=${server.origin}/&Method=PATCH`)).toEqual([400, 21403]);
    expect(await post(path, `${form}&Url=${server.origin}/&Timeout=soon`)).toEqual([400, 20001]);
    expect(await post(path, `${form}&Url=${server.origin}/&Timeout=5&Timeout=6`)).toEqual([400, 20001]);
    expect(await post(path, 'From=%2B14155550100')).toEqual([400, 21201]);
    expect(api.violations).toHaveLength(6);
    expect(api.violations[0]).toBe('CreateCall knows no parameter Colour');
    expect(api.calls).toHaveLength(1);
  });

  it('may be one too many, slow, dropped before or after, and only where that is said', async () => {
    api.mishaps.push(tooMany('CreateCall'));
    expect(await client.incomingPhoneNumbers.list()).toHaveLength(2);
    expect(await refusal(client.calls.create(order()))).toEqual([429, 20429]);
    api.mishaps.push({ kind: 'drops' });
    await expect(client.calls.create(order())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(api.calls).toHaveLength(0);
    api.mishaps.push({ kind: 'drops', when: 'after' });
    await expect(client.calls.create(order())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(api.calls).toHaveLength(1);
    expect([...api.dialled]).toEqual([['+14155550123', 1]]);
    api.mishaps.push({ kind: 'is-slow', ms: 9_000, when: 'after' });
    const slow = client.calls.create(order());
    await vi.waitFor(() => expect(api.calls).toHaveLength(2));
    await vi.waitFor(() => expect(clock.waiting).toBeGreaterThan(0));
    await clock.advanceAsync(9_000);
    expect((await slow).sid).toBe(api.calls[1]!.sid);
    api.trouble = (operation) => (operation === 'CreateCall' ? tooMany() : null);
    expect(await refusal(client.calls.create(order()))).toEqual([429, 20429]);
    expect(api.asked.at(-1)).toMatchObject({ operation: 'CreateCall', status: 429 });
  });
});

describe('a call', () => {
  it.each([
    [{ to: '4155550123' }, 21211],
    [{ from: '4155550100' }, 21212],
    [{ from: '+14155550200' }, 21210],
    [{ to: '+881612345678' }, 21215],
    [{ url: undefined }, 21205],
    [{ timeout: 601 }, 21208],
    [{ machineDetection: 'Maybe' }, 21604],
    [{ statusCallback: 'https://h.example.com/s', statusCallbackEvent: ['finished'] }, 21626],
  ])('is refused: %j with %i', async (more, code) => {
    expect(await refusal(client.calls.create(order(more)))).toEqual([400, code]);
    expect(api.calls).toEqual([]);
  });

  it('with TwiML of its own is answered by it', async () => {
    const { sid } = await client.calls.create({
      to: '+14155550123',
      from: OWN,
      twiml: '<Response><Reject/></Response>',
    });
    await api.calls[0]!.over;
    expect(server.asked).toEqual([]);
    const call = await client.calls(sid).fetch();
    expect(call).toMatchObject({ status: 'completed', direction: 'outbound-api', duration: '0' });
    expect(api.violations).toEqual([]);
  });

  it('is found by who was called, by its state and by its start, the newest first, over pages', async () => {
    const sids: string[] = [];
    for (const to of ['+14155550123', '+14155550124', '+14155550123', '+14155550199']) {
      sids.push((await client.calls.create(order({ to }))).sid);
      if (to !== '+14155550199') await api.calls.at(-1)!.over;
      await clock.advanceAsync(60_000 - (to === '+14155550199' ? 59_999 : 0));
    }
    const found = async (query: object): Promise<string[]> =>
      (await client.calls.list(query)).map(({ sid }) => sid);
    expect(await found({})).toEqual([...sids].reverse());
    expect(await found({ pageSize: 1 })).toEqual([...sids].reverse());
    expect(await found({ to: '+14155550123' })).toEqual([sids[2], sids[0]]);
    expect(await found({ to: '+14155550123', from: '+14155550101' })).toEqual([]);
    expect(await found({ status: 'ringing' })).toEqual([sids[3]]);
    expect(await found({ startTimeAfter: new Date(api.calls[2]!.startedAt!) })).toEqual([sids[3], sids[2]]);
    expect(await found({ startTimeBefore: new Date(api.calls[0]!.startedAt!) })).toEqual([sids[0]]);
    expect(api.violations).toEqual([]);
  });

  it('is taken back while it waits in the queue of the account’s pace', async () => {
    api.account(accountSid).callsPerS = 1;
    const first = await client.calls.create(order());
    const second = await client.calls.create(order({ to: '+14155550124' }));
    const third = await client.calls.create(order({ to: '+14155550125' }));
    await api.calls[0]!.over;
    expect((await client.calls(second.sid).fetch()).status).toBe('queued');
    expect((await client.calls(second.sid).fetch()).startTime).toBeNull();
    await client.calls(third.sid).update({ status: 'canceled' });
    await clock.advanceAsync(1000);
    await api.calls[1]!.over;
    await api.calls[2]!.over;
    expect(await client.calls(first.sid).fetch()).toMatchObject({ status: 'completed', queueTime: '0' });
    expect(await client.calls(second.sid).fetch()).toMatchObject({ status: 'completed', queueTime: '1000' });
    expect(await client.calls(third.sid).fetch()).toMatchObject({ status: 'canceled' });
    expect(await refusal(client.calls(third.sid).update({ status: 'completed' }))).toEqual([404, 20404]);
  });

  it('that nobody takes is given up after its timeout', async () => {
    const { sid } = await client.calls.create(order({ to: '+14155550199', timeout: 20 }));
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    await clock.advanceAsync(19_999);
    expect((await client.calls(sid).fetch()).status).toBe('ringing');
    await clock.advanceAsync(1);
    await api.calls[0]!.over;
    expect((await client.calls(sid).fetch()).status).toBe('no-answer');
  });

  it('that is over reports once, where no events were asked for', async () => {
    await client.calls.create(order({ statusCallback: `${server.origin}/status` }));
    await api.calls[0]!.over;
    const reports = server.asked.filter(({ url }) => url === '/status');
    expect(reports.map(({ form }) => [form.CallStatus, form.SequenceNumber])).toEqual([['completed', '0']]);
    expect(api.unheard).toEqual([]);
  });
});

describe('a number', () => {
  it('is found by some of its digits, changed, cleared and given back', async () => {
    const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: '*5550100' });
    expect(number).toMatchObject({
      phoneNumber: OWN,
      voiceUrl: 'https://old.example.com/voice',
      voiceMethod: 'POST',
    });
    const changed = await client.incomingPhoneNumbers(number!.sid).update({
      voiceUrl: 'https://new.example.com/voice',
      voiceMethod: 'GET',
      statusCallback: '',
    });
    expect(changed).toMatchObject({
      voiceUrl: 'https://new.example.com/voice',
      voiceMethod: 'GET',
      statusCallback: '',
    });
    expect(
      await refusal(client.incomingPhoneNumbers(number!.sid).update({ voiceUrl: 'new.example.com' })),
    ).toEqual([400, 21402]);
    await client.incomingPhoneNumbers(number!.sid).remove();
    expect(await client.incomingPhoneNumbers.list({ phoneNumber: OWN })).toEqual([]);
    expect(api.violations).toHaveLength(1);
  });

  it('is led by one of an application and a trunk, which override its address', async () => {
    const { sid } = api.account(accountSid).numbers[0]!;
    const application = await client.applications.create({
      voiceUrl: `${server.origin}/app`,
      friendlyName: 'A',
    });
    await client.incomingPhoneNumbers(sid).update({ voiceApplicationSid: application.sid });
    await api.callIn('+14155550123', OWN).over;
    expect(server.asked.map(({ url }) => url)).toEqual(['/app']);
    const trunk = `TK${'1'.repeat(32)}`;
    const trunked = await client.incomingPhoneNumbers(sid).update({ trunkSid: trunk });
    expect(trunked).toMatchObject({ trunkSid: trunk, voiceApplicationSid: null });
    expect(() => api.callIn('+14155550123', OWN)).toThrow('leads to a trunk');
    const cleared = await client
      .incomingPhoneNumbers(sid)
      .update({ trunkSid: '', voiceUrl: `${server.origin}/own` });
    expect(cleared.trunkSid).toBeNull();
    await api.callIn('+14155550123', OWN).over;
    expect(server.asked.at(-1)).toMatchObject({ url: '/own', form: { Direction: 'inbound', To: OWN } });
    expect(
      await refusal(client.incomingPhoneNumbers(sid).update({ voiceApplicationSid: `AP${'0'.repeat(32)}` })),
    ).toEqual([400, 21407]);
    expect(api.violations).toEqual([]);
  });

  it('is bought once, by itself or by area, and not where an address is wanted', async () => {
    const us = client.availablePhoneNumbers('US');
    const local = await us.local.list({ areaCode: 415, voiceEnabled: true, limit: 5 });
    expect(local.map(({ phoneNumber, locality }) => [phoneNumber, locality])).toEqual([
      [FREE, 'San Francisco'],
    ]);
    expect(await us.local.list({ areaCode: 212, voiceEnabled: true })).toEqual([]);
    expect((await us.tollFree.list()).map(({ phoneNumber }) => phoneNumber)).toEqual(['+18005550113']);
    expect(await refusal(us.mobile.list())).toEqual([404, 20404]);
    expect(await refusal(client.availablePhoneNumbers('CZ').mobile.list({ areaCode: 910 }))).toEqual([
      400, 21451,
    ]);
    const bought = await client.incomingPhoneNumbers.create({
      phoneNumber: FREE,
      voiceUrl: `${server.origin}/own`,
    });
    expect(bought).toMatchObject({ phoneNumber: FREE, voiceUrl: `${server.origin}/own` });
    expect(await us.local.list({ areaCode: 415 })).toEqual([]);
    expect(await refusal(client.incomingPhoneNumbers.create({ phoneNumber: FREE }))).toEqual([400, 21422]);
    expect(await refusal(client.incomingPhoneNumbers.create({ areaCode: '415' }))).toEqual([400, 21452]);
    expect(await refusal(client.incomingPhoneNumbers.create({ phoneNumber: '415' }))).toEqual([400, 21421]);
    expect(await refusal(client.incomingPhoneNumbers.create({ phoneNumber: '+420910880100' }))).toEqual([
      400, 21631,
    ]);
    expect((await client.incomingPhoneNumbers.create({ areaCode: '212' })).phoneNumber).toBe('+12125550112');
    expect(api.violations).toEqual([]);
  });

  it('has a price by country and type, and none where nothing is sold', async () => {
    const { phoneNumberPrices, priceUnit } = await client.pricing.v1.phoneNumbers.countries('US').fetch();
    expect(priceUnit).toBe('USD');
    expect(phoneNumberPrices.map((one) => [one.numberType, one.currentPrice])).toEqual([
      ['local', '1.15'],
      ['toll free', '2.15'],
    ]);
    expect(await refusal(client.pricing.v1.phoneNumbers.countries('AQ').fetch())).toEqual([404, 20404]);
    expect(api.violations).toEqual([]);
  });

  it('of anybody is looked up: what was asked, and what is known', async () => {
    const look = (phone: string, fields?: string) =>
      client.lookups.v2.phoneNumbers(phone).fetch(fields ? { fields } : {});
    expect(await look('+14158586273', 'caller_name,line_type_intelligence')).toMatchObject({
      valid: true,
      countryCode: 'US',
      callerName: { callerName: 'ANA' },
      lineTypeIntelligence: { carrierName: 'A Carrier', type: 'mobile', errorCode: null },
    });
    expect(await look('+14158586273')).toMatchObject({ callerName: null, lineTypeIntelligence: null });
    expect((await look('+14158586274', 'line_type_intelligence')).lineTypeIntelligence).toMatchObject({
      type: null,
      errorCode: 60600,
    });
    expect(await look('+1415858627300000')).toMatchObject({ valid: false, validationErrors: ['TOO_LONG'] });
    expect(api.violations).toEqual([]);
  });
});

it('a call that goes on is recorded, and a call that is over is not', async () => {
  server.close();
  server = await twimlServer(() => '<Pause length="3600"/>');
  const { sid } = await client.calls.create(order());
  await vi.waitFor(async () => {
    await clock.advanceAsync(0);
    expect(api.calls[0]!.status).toBe('in-progress');
  });
  const recording = await client.calls(sid).recordings.create({ recordingChannels: 'dual' });
  expect(recording).toMatchObject({ channels: 2, status: 'in-progress', callSid: sid });
  await client.calls(sid).recordings(recording.sid).update({ status: 'paused' });
  expect((await client.recordings(recording.sid).fetch()).status).toBe('paused');
  expect(await client.recordings.list({ callSid: sid })).toHaveLength(1);
  await client.calls(sid).update({ status: 'completed' });
  await api.calls[0]!.over;
  expect(await refusal(client.calls(sid).recordings.create())).toEqual([400, 21220]);
  await client.recordings(recording.sid).remove();
  expect(await client.calls(sid).recordings.list()).toEqual([]);
  expect(api.violations).toEqual([]);
});
