import { afterEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { openHouse, type House } from '../support/house.ts';

const DIALOGUE = `
intro: {say: "Hi {{ session.locale }}."}
inbound: {ask: "Press one.", answers: [{when: one, keys: "1", hangup: "Bye."}]}
outbound: {hangup: "We called you. Bye."}
`;
const FILES = {
  'desk.app.yaml': 'public: true\nnumbers: ["+14155550100"]\nlimits: {calls: 1}\n',
  'desk.dialogue.yaml': DIALOGUE,
  'secret.app.yaml': 'dialogue: desk\n',
};
const PUBLIC = 'https://voice.example.com';
const TOKEN = '12345';
const CALL = {
  CallSid: `CA${'a'.repeat(32)}`,
  AccountSid: `AC${'b'.repeat(32)}`,
  From: '+14155550123',
  To: '+14155550100',
  CallStatus: 'ringing',
  Direction: 'inbound',
};

let house: House;
afterEach(() => house.close());

const signedHouse = (): Promise<House> =>
  openHouse(FILES, { env: { PUBLIC_URL: PUBLIC, TWILIO_AUTH_TOKEN: TOKEN } });

function post(path: string, form: Record<string, string>, signature?: string): Promise<Response> {
  return fetch(`${house.runtime.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: {
      'x-twilio-signature': signature ?? getExpectedTwilioSignature(TOKEN, `${PUBLIC}${path}`, form),
    },
  });
}

/** The parameters of the `<Stream>` in a TwiML. */
function parametersOf(twiml: string): Record<string, string> {
  const all = twiml.matchAll(/<Parameter name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries([...all].map((match) => [match[1]!, match[2]!]));
}

/** Opens a stream and sends `start`; tells what became of it. */
async function stream(
  path: string,
  customParameters: Record<string, string>,
  more: { callSid?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number } | { closed: number } | { media: string; close(): void }> {
  const socket = new WebSocket(`${house.runtime.url.replace('http', 'ws')}${path}`, {
    headers: more.headers,
  });
  const refused = new Promise<{ status: number }>((resolve) => {
    socket.on('unexpected-response', (_, response) => resolve({ status: response.statusCode! }));
    socket.on('error', () => undefined);
  });
  const opened = new Promise<'open'>((resolve) => socket.on('open', () => resolve('open')));
  const first = await Promise.race([refused, opened]);
  if (first !== 'open') return first;
  const streamSid = `MZ${'c'.repeat(32)}`;
  socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
  socket.send(
    JSON.stringify({
      event: 'start',
      sequenceNumber: '1',
      streamSid,
      start: {
        streamSid,
        accountSid: CALL.AccountSid,
        callSid: more.callSid ?? CALL.CallSid,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        customParameters,
      },
    }),
  );
  return new Promise((resolve) => {
    socket.on('close', (closed) => resolve({ closed }));
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as { event: string; media?: { payload: string } };
      if (frame.media) resolve({ media: frame.media.payload, close: () => socket.close() });
    });
  });
}

const upgradeHeaders = (path: string): Record<string, string> => ({
  'x-twilio-signature': getExpectedTwilioSignature(TOKEN, `${PUBLIC.replace('https', 'wss')}${path}`, {}),
});

describe('the webhook', () => {
  it('answers a call that comes in with a stream, and asks what is next behind it', async () => {
    house = await signedHouse();
    const answer = await post('/initiations/call/desk', CALL);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8']);
    const twiml = await answer.text();
    const session = (await house.sessions())[0]!;
    const { token } = parametersOf(twiml);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(twiml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Connect>' +
        `<Stream url="wss://voice.example.com/call/" statusCallback="${PUBLIC}/twilio/stream">` +
        `<Parameter name="token" value="${token}"/><Parameter name="appKey" value="desk"/>` +
        '<Parameter name="locale" value="en-US"/></Stream></Connect>' +
        `<Redirect method="POST">${PUBLIC}/twilio/next?session=${session.id}#rc=5&amp;rp=ct,5xx</Redirect></Response>`,
    );
    expect(session).toMatchObject({
      status: 'ringing',
      isInitiated: false,
      direction: 'inbound',
      callSid: CALL.CallSid,
    });
  });

  it('answers GET as it answers POST, and the same call asked twice with the same session', async () => {
    house = await signedHouse();
    const path = `/initiations/call/desk?${new URLSearchParams(CALL).toString()}`;
    const headers = { 'x-twilio-signature': getExpectedTwilioSignature(TOKEN, `${PUBLIC}${path}`, {}) };
    expect((await fetch(`${house.runtime.url}${path}`, { headers })).status).toBe(200);
    expect((await post('/initiations/call/desk', CALL)).status).toBe(200);
    expect(await house.sessions()).toHaveLength(1);
  });

  it('finds the app by the number that was called, or by the query of a call that was placed', async () => {
    house = await signedHouse();
    expect(parametersOf(await (await post('/twiml', CALL)).text())['appKey']).toBe('desk');
    const placed = { ...CALL, CallSid: `CA${'d'.repeat(32)}`, Direction: 'outbound-api' };
    const answer = await post('/twiml?assistant_id=secret&welcome_message=Hello%20you', placed);
    expect(parametersOf(await answer.text())['appKey']).toBe('secret');
    expect((await house.sessions())[0]).toMatchObject({
      app: 'secret',
      isInitiated: true,
      direction: 'outbound',
    });
    expect((await post('/twiml', { ...CALL, To: '+14155550999' })).status).toBe(404);
  });

  it('refuses a wrong signature with 403 and an unknown app with 404, each as a problem', async () => {
    house = await signedHouse();
    const forged = await post('/initiations/call/desk', CALL, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=');
    expect([forged.status, forged.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
    expect(await forged.json()).toMatchObject({ code: 'bad-signature', status: 403 });
    const unknown = await post('/initiations/call/nobody', CALL);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 'unknown-app', detail: 'There is no app "nobody".' });
    expect(await house.sessions()).toEqual([]);
  });

  it('is refused everybody where PUBLIC_URL is set without an auth token, which is said at the start', async () => {
    const told: string[] = [];
    const write = (line: string): void => void told.push((JSON.parse(line) as { msg: string }).msg);
    const log = pino({ level: 'warn' }, { write });
    house = await openHouse(FILES, { env: { PUBLIC_URL: PUBLIC }, log });
    expect(told).toContain(
      'PUBLIC_URL is set, and there is no auth token: every request of Twilio is refused. Set TWILIO_AUTH_TOKEN, or give an account in accounts.yaml.',
    );
    const refused = await post('/initiations/call/desk', CALL);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: 'bad-signature',
      detail:
        'PUBLIC_URL is set, and there is no auth token to check requests with: set TWILIO_AUTH_TOKEN, or leave PUBLIC_URL out.',
    });
    expect(await stream('/call/', {})).toEqual({ status: 403 });
    expect(await house.sessions()).toEqual([]);
  });

  it('is asked by GET or POST alone: what other methods bring is not signed', async () => {
    house = await signedHouse();
    for (const path of ['/initiations/call/desk', '/twiml']) {
      const url = `${PUBLIC}${path}`;
      const asked = await fetch(`${house.runtime.url}${path}`, {
        method: 'PUT',
        body: new URLSearchParams(CALL),
        headers: { 'x-twilio-signature': getExpectedTwilioSignature(TOKEN, url, {}) },
      });
      expect([asked.status, asked.headers.get('allow')]).toEqual([405, 'HEAD, GET, POST']);
    }
    expect(await house.sessions()).toEqual([]);
  });

  it('takes nothing from a body that is no form, and is not signed as one', async () => {
    house = await signedHouse();
    const asked = await fetch(`${house.runtime.url}/initiations/call/desk`, {
      method: 'POST',
      body: JSON.stringify(CALL),
      headers: {
        'content-type': 'application/json',
        'x-twilio-signature': getExpectedTwilioSignature(TOKEN, `${PUBLIC}/initiations/call/desk`, {}),
      },
    });
    expect(asked.status).toBe(400);
    expect(await asked.json()).toMatchObject({ code: 'bad-request', detail: 'CallSid is missing.' });
  });

  it('says that it is the initiation which nobody knows, and not the app', async () => {
    house = await signedHouse();
    for (const path of ['/initiations/call/desk?initiation=nobody', '/twiml?initiation=nobody']) {
      const unknown = await post(path, CALL);
      expect(unknown.status).toBe(404);
      expect(await unknown.json()).toMatchObject({
        code: 'unknown-initiation',
        detail: 'No call was placed for the initiation "nobody".',
      });
    }
  });

  it('tells a caller whose number is withheld that a private app cannot let them in', async () => {
    house = await signedHouse();
    const twiml = await (await post('/initiations/call/secret', { ...CALL, From: 'anonymous' })).text();
    expect(twiml).toContain(
      'Your number is not shown, so this phone cannot be paired. Goodbye.</Say><Hangup/>',
    );
    expect((await house.sessions())[0]).toMatchObject({ status: 'completed', endReason: 'not-paired' });
  });

  it('gives a busy line over limits.calls', async () => {
    house = await signedHouse();
    await post('/initiations/call/desk', CALL);
    const second = await post('/initiations/call/desk', { ...CALL, CallSid: `CA${'e'.repeat(32)}` });
    expect(await second.text()).toContain('<Reject reason="busy"/>');
    expect((await house.sessions())[0]).toMatchObject({ status: 'busy', endReason: 'limit' });
  });

  it('closes a session by the status callback, and never revives it by a late one', async () => {
    house = await signedHouse();
    await post('/initiations/call/desk', CALL);
    const [session] = await house.sessions();
    const path = `/twilio/status?session=${session!.id}`;
    expect((await post(path, { ...CALL, CallStatus: 'no-answer' })).status).toBe(204);
    await post(path, { ...CALL, CallStatus: 'ringing' });
    expect((await house.sessions())[0]).toMatchObject({ status: 'no-answer' });
    expect(await (await post('/twilio/next?session=x', CALL)).text()).toContain('<Hangup/>');
  });
});

describe('the socket', () => {
  it('is opened by a signed upgrade on both of its paths', async () => {
    house = await signedHouse();
    for (const path of ['/call', '/call/']) {
      const callSid = `CA${path.length.toString().repeat(32)}`;
      const twiml = await (
        await post('/initiations/call/secret?initiation=', {
          ...CALL,
          CallSid: callSid,
          Direction: 'outbound-api',
        })
      ).text();
      const opened = await stream(path, parametersOf(twiml), { callSid, headers: upgradeHeaders(path) });
      expect(opened).toHaveProperty('media');
      if ('close' in opened) opened.close();
    }
  });

  it('refuses an upgrade without the signature with 403, and another path with 404', async () => {
    house = await signedHouse();
    expect(await stream('/call/', {})).toEqual({ status: 403 });
    expect(await stream('/call/', {}, { headers: upgradeHeaders('/elsewhere') })).toEqual({ status: 403 });
    expect(await stream('/elsewhere', {}, { headers: upgradeHeaders('/elsewhere') })).toEqual({
      status: 404,
    });
  });

  it('takes a token once, and for its own call only', async () => {
    house = await openHouse(FILES);
    const twiml = await (
      await fetch(`${house.runtime.url}/initiations/call/desk`, {
        method: 'POST',
        body: new URLSearchParams(CALL),
      })
    ).text();
    const parameters = parametersOf(twiml);
    expect(await stream('/call/', { ...parameters, token: 'guessed' })).toEqual({ closed: 1000 });
    expect(await stream('/call/', parameters, { callSid: `CA${'f'.repeat(32)}` })).toEqual({ closed: 1000 });
    // The attempt with another call has used it up.
    expect(await stream('/call/', parameters)).toEqual({ closed: 1000 });
  });

  it('serves a TwiML bin that names the app, without a token, where the upgrade is Twilio’s', async () => {
    house = await signedHouse();
    const opened = await stream(
      '/call/',
      { appKey: 'desk', locale: 'de_DE', sender: '+14155550123' },
      { headers: upgradeHeaders('/call/') },
    );
    expect(opened).toHaveProperty('media');
    const [session] = await house.sessions();
    expect(session).toMatchObject({ app: 'desk', from: '+14155550123' });
    const { turns } = (await house.get(`/api/sessions/${session!.id}`)) as { turns: { text: string }[] };
    expect(turns[0]?.text).toBe('Hi de-DE.');
    if ('close' in opened) opened.close();
  });

  it('is not opened for a web page, though it runs on this machine', async () => {
    house = await openHouse(FILES);
    expect(
      await stream('/call/', { appKey: 'desk' }, { headers: { origin: 'http://evil.example' } }),
    ).toEqual({ status: 403 });
  });
});
