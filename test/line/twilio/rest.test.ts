import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountsOf } from '../../../runtime/accounts.ts';
import { OffhookError } from '../../../runtime/errors.ts';
import { twilioClients, type TwilioClient } from '../../../runtime/line/twilio/client.ts';
import { twilioCalls, type TwilioCalls } from '../../../runtime/line/twilio/rest.ts';
import { verifier } from '../../../runtime/line/twilio/signature.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeAccountSid, TwilioApi, type Callee } from '../../support/twilio-api.ts';
import { twimlServer, type TwimlServer } from '../../support/twiml-server.ts';

const AUTH_TOKEN = 'a-very-secret-token';
const accountSid = makeAccountSid();
const clock = new FakeClock();
let server: TwimlServer;
let api: TwilioApi;
let client: TwilioClient;
let calls: TwilioCalls;
let callee: Callee;

const PUBLIC_URL = 'https://voice.example.com';
const ORDER = {
  to: '+15550199',
  from: '+15550100',
  url: `${PUBLIC_URL}/voice?initiation=1`,
  statusCallback: `${PUBLIC_URL}/status?session=1`,
};

beforeEach(async () => {
  callee = { answers: true };
  server = await twimlServer((asked) => (asked.url.startsWith('/voice') ? '<Hangup/>' : { status: 204 }));
  api = await TwilioApi.start({
    accountSid,
    authToken: AUTH_TOKEN,
    clock,
    publicUrl: PUBLIC_URL,
    serverUrl: server.origin,
    callee: () => callee,
  });
  calls = open({});
});

afterEach(async () => {
  await api.close();
  server.close();
});

function open(more: { authToken?: string; apiUrl?: string; region?: string; edge?: string }): TwilioCalls {
  const { apiUrl = api.url, ...rest } = more;
  const settings = { accountSid, authToken: AUTH_TOKEN, region: null, edge: null, apiUrl, ...rest };
  const clients = twilioClients({ accounts: () => accountsOf(new Map(), settings), apiUrl, clock });
  client = clients(null)!;
  return twilioCalls(client);
}

async function refusal(work: Promise<unknown>): Promise<OffhookError> {
  const error: unknown = await work.then(
    () => new Error('It was not refused.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OffhookError)) throw error;
  return error;
}

const reports = (): string[] =>
  server.asked.filter(({ url }) => url.startsWith('/status')).map(({ form }) => form.CallStatus ?? '');

describe('a call placed over REST', () => {
  it('is queued by Twilio, which then asks the URL and reports what becomes of it, all signed', async () => {
    const placed = await calls.create(ORDER);
    expect(placed).toEqual({ sid: api.calls[0]!.sid, status: 'queued' });
    await api.calls[0]!.over;
    const { form } = api.calls[0]!;
    expect(form.getAll('StatusCallbackEvent')).toEqual(['initiated', 'ringing', 'answered', 'completed']);
    form.delete('StatusCallbackEvent');
    expect(Object.fromEntries(form)).toEqual({
      To: '+15550199',
      From: '+15550100',
      // Twilio asks again while this server is being started anew; a fragment is neither sent nor signed.
      Url: `${ORDER.url}#rc=5&rp=ct,5xx`,
      StatusCallback: `${ORDER.statusCallback}#rc=5&rp=ct,5xx`,
    });
    const webhook = server.asked.find(({ url }) => url.startsWith('/voice'))!;
    expect(webhook.form).toMatchObject({
      CallSid: placed.sid,
      AccountSid: accountSid,
      Direction: 'outbound-api',
      CallStatus: 'in-progress',
      From: '+15550100',
      To: '+15550199',
    });
    expect(new Set(reports())).toEqual(new Set(['completed', 'in-progress', 'initiated', 'ringing']));
    expect(reports()).toHaveLength(4);
    const check = verifier({ keys: () => [{ sid: null, token: AUTH_TOKEN }], publicUrl: PUBLIC_URL });
    for (const { url, headers, form: sent } of server.asked) {
      expect(check.webhook({ url, headers } as never, sent)).toEqual({ genuine: true, sids: null });
    }
  });

  it.each(['busy', 'no-answer', 'failed'] as const)(
    'is reported as %s where it is not answered',
    async (status) => {
      callee = { answers: false, status };
      await calls.create(ORDER);
      await api.calls[0]!.over;
      expect(server.asked.some(({ url }) => url.startsWith('/voice'))).toBe(false);
      expect(new Set(reports())).toEqual(new Set(['initiated', 'ringing', status]));
    },
  );

  it('may be reported late, twice and out of order', async () => {
    api.reports = (name) => (name === 'ringing' ? { lateMs: 5000 } : name === 'answered' ? { times: 2 } : {});
    await calls.create(ORDER);
    await vi.waitFor(() => expect(reports()).toContain('completed'));
    await vi.waitFor(() => expect(reports()).toHaveLength(4));
    await clock.advanceAsync(5000);
    await api.calls[0]!.over;
    expect(reports().at(-1)).toBe('ringing');
    expect(reports().filter((status) => status === 'in-progress')).toHaveLength(2);
    expect(server.asked.at(-1)!.form.SequenceNumber).toBe('1');
  });

  it('is taken back while it rings, and again, and not once it was answered', async () => {
    server.close();
    server = await twimlServer(() => '<Pause length="3600"/>');
    await api.close();
    api = await TwilioApi.start({
      accountSid,
      authToken: AUTH_TOKEN,
      clock,
      publicUrl: PUBLIC_URL,
      serverUrl: server.origin,
      callee: ({ form }) => ({ answers: true, ringsMs: form.get('To') === '+15550188' ? 1000 : 0 }),
    });
    calls = open({});
    const ringing = await calls.create({ ...ORDER, to: '+15550188' });
    await calls.cancel(ringing.sid);
    await calls.cancel(ringing.sid);
    await api.calls[0]!.over;
    expect(api.calls[0]!.status).toBe('canceled');
    expect(server.asked.at(-1)!.form['CallStatus']).toBe('canceled');
    const answered = await calls.create(ORDER);
    await vi.waitFor(async () => {
      await clock.advanceAsync(0);
      expect(api.calls[1]!.status).toBe('in-progress');
    });
    await calls.cancel(answered.sid);
    expect(api.calls[1]!.status).toBe('in-progress');
  });

  it.each([
    ['start', 'Enable'],
    ['end', 'DetectMessageEnd'],
  ] as const)('is listened to for the %s of a machine, beside the call', async (at, detection) => {
    callee = { answers: true, who: 'machine_end_beep' };
    const callback = `${PUBLIC_URL}/machine?session=1`;
    await calls.create({ ...ORDER, machine: { at, callback } });
    await api.calls[0]!.over;
    const { form } = api.calls[0]!;
    expect([form.get('MachineDetection'), form.get('AsyncAmd'), form.get('AsyncAmdStatusCallback')]).toEqual([
      detection,
      'true',
      `${callback}#rc=5&rp=ct,5xx`,
    ]);
    expect(server.asked.find(({ url }) => url.startsWith('/machine'))?.form).toEqual({
      CallSid: api.calls[0]!.sid,
      AccountSid: accountSid,
      AnsweredBy: 'machine_end_beep',
      MachineDetectionDuration: '0',
    });
  });

  it('goes to the API that was set, also where a region is', async () => {
    await open({ region: 'ie1', edge: 'dublin' }).create(ORDER);
    expect(api.calls).toHaveLength(1);
  });
});

describe('a call that was to be joined with another', () => {
  it.each([
    ['completed', true],
    ['in-progress', true],
    ['canceled', false],
    ['no-answer', false],
    ['ringing', false],
  ])('was joined, where that one is %s: %s', async (status, joined) => {
    const { sid } = await calls.create(ORDER);
    expect(await calls.wasJoined(sid)).toBe(false);
    const other = { ...api.calls[0]!, sid: `CA${'e'.repeat(32)}`, status };
    api.calls.push({ ...other, parentSid: sid });
    expect(await calls.wasJoined(sid)).toBe(joined);
    expect(await calls.wasJoined(`CA${'f'.repeat(32)}`)).toBe(false);
    expect(api.violations).toEqual([]);
  });
});

describe('a call that Twilio refuses', () => {
  it.each([
    [401, 20003, 'Authenticate'],
    [
      400,
      21215,
      'Account not authorized to call +15550199. Perhaps you need to enable some international permissions',
    ],
    [429, 20429, 'Too Many Requests'],
  ])('with HTTP %i and code %i says so', async (status, code, message) => {
    api.mishaps.push({ kind: 'refuses', status, code, message });
    const error = await refusal(calls.create(ORDER));
    expect(error.message).toBe(`Twilio refused: ${message} (${code}).`);
    expect(error).toMatchObject({
      code: 'twilio-refused',
      status: 502,
      detail: { twilioCode: code, twilioMessage: message, twilioStatus: status },
    });
  });

  it('because of the number says so in the words of Twilio', async () => {
    const error = await refusal(calls.create({ ...ORDER, to: '123' }));
    expect(error.message).toBe("Twilio refused: Invalid 'To' Phone Number: 123 (21211).");
  });

  it('because of the token does not give it away', async () => {
    const error = await refusal(open({ authToken: 'another-secret' }).create(ORDER));
    expect(error.message).toBe('Twilio refused: Authenticate (20003).');
    expect(error.cause).toBeUndefined();
  });

  it('with something that is not Twilio’s says so', async () => {
    api.mishaps.push({ kind: 'answers', status: 502, body: '<h1>Bad Gateway</h1>' });
    expect(await refusal(calls.create(ORDER))).toMatchObject({
      message: 'Twilio refused: [HTTP 502] Failed to execute request (HTTP 502).',
      detail: { twilioCode: null, twilioStatus: 502 },
    });
    api.mishaps.push({ kind: 'answers', status: 200, body: '<h1>Welcome</h1>' });
    expect((await refusal(calls.create(ORDER))).message).toMatch(/^Twilio could not be asked: /);
    api.mishaps.push({ kind: 'answers', status: 201, body: '{}' });
    expect((await refusal(calls.create(ORDER))).message).toBe(
      'Twilio could not be asked: the answer has no call in it.',
    );
  });
});

describe('a Twilio that is not there', () => {
  const nothing = { twilioCode: null, twilioMessage: null, twilioStatus: null };

  it('and drops the connection', async () => {
    api.mishaps.push({ kind: 'drops' });
    const error = await refusal(calls.create(ORDER));
    expect(error).toMatchObject({
      code: 'twilio-refused',
      status: 502,
      message: 'Twilio could not be asked: ECONNRESET.',
      detail: nothing,
    });
    expect(JSON.stringify(error) + String(error.stack)).not.toContain(AUTH_TOKEN);
    expect(error.cause).toBeUndefined();
  });

  it('and refuses the connection', async () => {
    const error = await refusal(open({ apiUrl: 'http://127.0.0.1:1' }).create(ORDER));
    expect(error).toMatchObject({ message: 'Twilio could not be asked: ECONNREFUSED.', detail: nothing });
  });

  it('and takes more than ten seconds', async () => {
    await client.load();
    api.mishaps.push({ kind: 'is-slow', ms: 60_000 });
    const error = refusal(calls.create(ORDER));
    await vi.waitFor(() => expect(clock.waiting).toBe(2));
    await clock.advanceAsync(10_000);
    expect((await error).message).toBe('Twilio could not be asked: it did not answer within 10 s.');
  });
});

it('there is no client without an account', () => {
  const nobody = { accountSid: null, authToken: null, region: null, edge: null, apiUrl: null };
  const accounts = () => accountsOf(new Map(), nobody);
  expect(twilioClients({ accounts, apiUrl: null, clock })(null)).toBeNull();
});
