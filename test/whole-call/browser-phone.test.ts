/** Calls from a page in a browser, over the simulated phone and Twilio's REST API as the double has it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import type { PhoneOptions } from '../../runtime/line/local/phone.ts';
import { openHouse, type Caller, type House, type SessionView } from '../support/house.ts';
import { makeAccountSid, TwilioApi } from '../support/twilio-api.ts';

const MAIN = { sid: makeAccountSid(), token: 'token-of-main' };
const SHOP = { sid: makeAccountSid(), token: 'token-of-shop' };
const FILES = {
  'accounts.yaml': 'shop: {sid: "${SHOP_SID}", token: "${SHOP_TOKEN}"}\n',
  'desk.app.yaml': 'numbers: ["+14155550100"]\n',
  'desk.dialogue.yaml':
    'inbound: [{say: "Hello {{ user.name }}, paired {{ user.paired }}."}, {hangup: "Goodbye."}]\n',
  'praha.app.yaml': 'dialogue: desk\nlocale: cs-CZ\nnumbers: ["+420222333444"]\n',
  'stray.app.yaml': 'dialogue: desk\nnumbers: ["+14155550199"]\n',
  'shop.app.yaml': 'dialogue: desk\naccount: shop\nnumbers: ["+14155550101"]\n',
};

/** Time is real: audio plays as long as it lasts, and the machine may be busy. */
const SLOW = { timeout: 60_000 };

let house: House;
let twilio: TwilioApi;

beforeEach(async () => {
  twilio = await TwilioApi.start({
    accountSid: MAIN.sid,
    authToken: MAIN.token,
    numbers: [{ phone_number: '+14155550100' }, { phone_number: '+420222333444' }],
    accounts: [{ sid: SHOP.sid, authToken: SHOP.token, numbers: [{ phone_number: '+14155550101' }] }],
    clock: systemClock,
    publicUrl: null,
    serverUrl: '',
  });
  house = await openHouse(FILES, {
    env: {
      TWILIO_ACCOUNT_SID: MAIN.sid,
      TWILIO_AUTH_TOKEN: MAIN.token,
      TWILIO_API_URL: twilio.url,
      SHOP_SID: SHOP.sid,
      SHOP_TOKEN: SHOP.token,
    },
  });
});

afterEach(async () => {
  await house.close();
  await twilio.close();
  expect(twilio.violations).toEqual([]);
});

interface Claims {
  sub: string;
  grants: {
    identity: string;
    voice: { outgoing: { application_sid: string; params: Record<string, string> } };
  };
}

/** A page gets its token, and calls: what Twilio then asks is what the application of the token is set to. */
async function call(
  app: string,
  parameters: Record<string, string>,
  more: Partial<PhoneOptions> = {},
): Promise<Caller> {
  const { token } = (await house.get(`/api/twilio/access-token?identity=alice&app=${app}`)) as {
    token: string;
  };
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Claims;
  const account = twilio.account(claims.sub);
  const { application_sid, params } = claims.grants.voice.outgoing;
  const application = account.applications.find(({ sid }) => sid === application_sid)!;
  const { To = '', ...others } = parameters;
  const caller = house.caller({
    authToken: account.authToken,
    accountSid: account.sid,
    from: `client:${claims.grants.identity}`,
    to: To,
    parameters: { ...params, ...others },
    ...more,
  });
  return caller.dial(application.voice_url.slice(house.runtime.url.length));
}

const twimlOf = (caller: Caller): string =>
  caller.events.flatMap((event) => (event.kind === 'asked' ? [event.twiml] : []))[0] ?? '';
const over = (caller: Caller): Promise<SessionView & { recordings: object[] }> =>
  caller.until(({ status }) => !['queued', 'ringing', 'in-progress'].includes(status)) as never;
const warningsOf = (caller: Caller): unknown[] => caller.events.filter(({ kind }) => kind === 'warning');

describe('a call from a browser to a number', () => {
  it('joins the two, tells both that they are recorded, and keeps what became of it', SLOW, async () => {
    const caller = await call('desk', { To: '(415) 555-2671' });
    expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
    const session = await over(caller);
    const at = house.runtime.url;
    const again = '#rc=5&amp;rp=ct,5xx';
    expect(twimlOf(caller)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-US">This call is recorded.</Say>' +
        `<Dial action="${at}/twilio/voice/ended?session=${session.id}${again}" method="POST" ` +
        'callerId="+14155550100" timeout="60" answerOnBridge="true" record="record-from-answer-dual" ' +
        `recordingStatusCallback="${at}/twilio/recording?session=${session.id}${again}" ` +
        'recordingStatusCallbackEvent="in-progress completed absent">' +
        `<Number url="${at}/twilio/voice/notice?locale=en-US" method="POST" ` +
        `statusCallback="${at}/twilio/call-status?session=${session.id}${again}" ` +
        'statusCallbackEvent="initiated ringing answered completed" statusCallbackMethod="POST">+14155552671</Number>' +
        '</Dial></Response>',
    );
    const happened = caller.events.flatMap((event) =>
      event.kind === 'dialled' || event.kind === 'callee-hears' || event.kind === 'joined'
        ? [{ ...event, atMs: 0 }]
        : [],
    );
    expect(happened).toEqual([
      { atMs: 0, kind: 'dialled', to: '+14155552671', callerId: '+14155550100' },
      { atMs: 0, kind: 'callee-hears', text: 'This call is recorded.', language: 'en-US' },
      { atMs: 0, kind: 'joined' },
    ]);
    expect(session).toMatchObject({
      app: 'desk',
      engine: 'browser',
      direction: 'outbound',
      isInitiated: true,
      from: '+14155550100',
      to: '+14155552671',
      status: 'completed',
      callSid: caller.phone.callSid,
      attributes: { identity: 'alice' },
    });
    const recorded = (await house.get(`/api/sessions/${session.id}`)) as { recordings: object[] };
    expect(recorded.recordings).toEqual([
      {
        id: expect.stringMatching(/^RE[0-9a-f]{32}$/),
        url: expect.stringContaining(`/Accounts/${MAIN.sid}/Recordings/RE`),
        status: 'completed',
        channels: 2,
        durationMs: expect.any(Number),
        startedAt: expect.any(String),
      },
    ]);
    expect(warningsOf(caller)).toEqual([]);
  });

  it('is announced in the language of the app, and not where the page wants no recording', async () => {
    const caller = await call('praha', { To: '+420602123456' }, { callee: 'busy' });
    await caller.over;
    expect(twimlOf(caller)).toContain('<Say language="cs-CZ">Tento hovor je nahráván.</Say>');
    expect(await over(caller)).toMatchObject({ status: 'busy', from: '+420222333444' });
    const silent = await call('praha', { To: '+420602123456', record: 'false' }, { callee: 'busy' });
    await silent.over;
    expect(twimlOf(silent)).not.toContain('<Say');
    expect(twimlOf(silent)).not.toContain('record');
    expect(await over(silent)).toMatchObject({ status: 'busy', recordings: [] });
  });

  it('may show another number of the account', async () => {
    const caller = await call('desk', { To: '+14155552671', CallerId: '+420222333444' }, { callee: 'busy' });
    await caller.over;
    expect(twimlOf(caller)).toContain('callerId="+420222333444"');
  });

  it.each([
    ['a number that is not the account’s', 'desk', { CallerId: '+14155550101' }],
    ['a number of nobody', 'desk', { CallerId: '+19995550100' }],
    ['no number at all', 'desk', { CallerId: 'anonymous' }],
    ['the app’s own number, which is not in its account', 'stray', {}],
  ])('is refused where it would show %s', async (_, app, parameters) => {
    const caller = await call(app, { To: '+14155552671', ...parameters });
    expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
    expect(twimlOf(caller)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        '<Say language="en-US">Calls from this number are not allowed. Goodbye.</Say><Hangup/></Response>',
    );
    expect(await over(caller)).toMatchObject({ app, status: 'failed', endReason: 'error' });
  });

  it.each(['911', '+1', '+14155552671;ext=1', '+999123456789'])('is refused to %s', async (To) => {
    const caller = await call('desk', { To });
    await caller.over;
    const said = twimlOf(caller);
    expect(said).toContain('This number cannot be called. Goodbye.');
    expect(caller.events.some(({ kind }) => kind === 'dialled')).toBe(false);
    expect(await over(caller)).toMatchObject({ status: 'failed' });
  });

  it('is refused while Twilio cannot say whose the number is, and asks once for many calls', async () => {
    await (
      await call('desk', { To: '+14155552671' }, { callee: 'busy' })
    ).over;
    await (
      await call('desk', { To: '+14155552671' }, { callee: 'busy' })
    ).over;
    const lists = twilio.asked.filter(
      ({ operation, query }) => operation === 'ListIncomingPhoneNumber' && query.has('PhoneNumber'),
    );
    expect(lists).toHaveLength(1);
    twilio.mishaps.push({ kind: 'drops', on: 'ListIncomingPhoneNumber' });
    const caller = await call('desk', { To: '+14155552671', CallerId: '+420222333444' });
    await caller.over;
    expect(twimlOf(caller)).toContain('I am sorry, something went wrong on our side.');
  });

  it('that is given up while it rings is cancelled', async () => {
    const caller = await call('desk', { To: '+14155552671' });
    await caller.until(({ status }) => status === 'ringing');
    caller.phone.hangUp();
    await caller.over;
    expect(await over(caller)).toMatchObject({ status: 'canceled' });
  });

  it('is of the account that its token is of', async () => {
    const caller = await call('shop', { To: '+14155552671' }, { callee: 'busy' });
    await caller.over;
    expect(await over(caller)).toMatchObject({ app: 'shop', status: 'busy', from: '+14155550101' });
    // A page that is not ours to trust names another app than its token does.
    const thief = await call('desk', { To: '+14155552671', app: 'shop' });
    expect(await thief.over).toMatchObject({ reason: 'failed' });
    const [asked] = thief.events.flatMap((event) => (event.kind === 'asked' ? [event] : []));
    expect([asked?.status, asked?.twiml]).toEqual([403, expect.stringContaining('other-account')]);
  });
});

describe('a call from a browser to an app', () => {
  it('is answered like any other, and who calls is known, also by a private app', SLOW, async () => {
    const caller = await call('desk', { To: ':desk' });
    await caller.hears('Hello alice, paired yes.', 30_000);
    await caller.over;
    const session = await over(caller);
    expect(session).toMatchObject({
      app: 'desk',
      direction: 'inbound',
      isInitiated: false,
      from: 'client:alice',
      status: 'completed',
      endReason: 'agent-hung-up',
    });
  });

  it('of which there is none is not answered', async () => {
    const caller = await call('desk', { To: 'desc' });
    await caller.over;
    expect(twimlOf(caller)).toContain('This number cannot be called.');
  });
});

describe('a token', () => {
  it('is given to who bears the API’s own, for an app that there is', async () => {
    const ask = async (query: string, headers?: Record<string, string>): Promise<unknown[]> => {
      const response = await house.request(`/api/twilio/access-token?${query}`, { headers });
      const body = (await response.json()) as { code?: string; account?: string };
      return [response.status, body.code ?? body.account];
    };
    expect(await ask('identity=alice&app=desk')).toEqual([200, 'default']);
    expect(await ask('identity=alice&app=:shop')).toEqual([200, 'shop']);
    expect(await ask('identity=alice&app=nothing')).toEqual([404, 'unknown-key']);
    expect(await ask('identity=alice%20b&app=desk')).toEqual([400, 'bad-request']);
    expect(await ask('app=desk')).toEqual([400, 'bad-request']);
    expect(await ask('identity=alice')).toEqual([400, 'bad-request']);
    expect(await ask('identity=alice&app=desk', { authorization: 'Bearer wrong' })).toEqual([
      401,
      'unauthorized',
    ]);
  });
});
