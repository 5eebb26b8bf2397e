/** Several Twilio accounts on one server: who signs for what, and whose calls an app takes. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openHouse, type House } from '../support/house.ts';
import { makeAccountSid } from '../support/twilio-api.ts';

const PUBLIC = 'https://voice.example.com';
const DIALOGUE = 'inbound: {ask: "Press one.", answers: [{when: one, keys: "1", hangup: "Bye."}]}\n';
const MAIN = { sid: makeAccountSid(), token: 'token-of-main' };
const SHOP = { sid: makeAccountSid(), token: 'token-of-shop' };
/** A subaccount: Twilio signs its calls with a token of its own. */
const SUB = { sid: makeAccountSid(), token: 'token-of-sub' };
const LATER = { sid: makeAccountSid(), token: 'token-of-later' };
const STRANGER = { sid: makeAccountSid(), token: 'token-of-nobody' };

const FILES = {
  'accounts.yaml':
    'shop: {sid: "${SHOP_SID}", token: "${SHOP_TOKEN}"}\nsub: {sid: "${SUB_SID}", token: "${SUB_TOKEN}"}\n',
  'open.app.yaml': 'public: true\nnumbers: ["+14155550100"]\n',
  'open.dialogue.yaml': DIALOGUE,
  'shop.app.yaml': 'public: true\naccount: shop\ndialogue: open\nnumbers: ["+14155550101"]\n',
  'sub.app.yaml': 'public: true\naccount: sub\ndialogue: open\n',
  'main.app.yaml': 'public: true\naccount: default\ndialogue: open\n',
  'relayed.app.yaml': 'public: true\naccount: shop\ndialogue: open\nengine: relay\n',
};
const ENV = {
  PUBLIC_URL: PUBLIC,
  TWILIO_ACCOUNT_SID: MAIN.sid,
  TWILIO_AUTH_TOKEN: MAIN.token,
  SHOP_SID: SHOP.sid,
  SHOP_TOKEN: SHOP.token,
  SUB_SID: SUB.sid,
  SUB_TOKEN: SUB.token,
  LATER_SID: LATER.sid,
  LATER_TOKEN: LATER.token,
};

let house: House;
let calls = 0;
const callSid = (): string => `CA${String(++calls).padStart(32, '0')}`;

beforeEach(async () => {
  house = await openHouse(FILES, { env: ENV });
});
afterEach(() => house.close());

interface Asked {
  sid?: string | null;
  token: string;
  call?: string;
  to?: string;
}

async function post(
  path: string,
  { sid = null, token, call = callSid(), to = '+14155550100' }: Asked,
): Promise<{ status: number; code: string | null; text: string }> {
  const form = {
    CallSid: call,
    ...(sid !== null && { AccountSid: sid }),
    From: '+14155550123',
    To: to,
    CallStatus: 'ringing',
    Direction: 'inbound',
  };
  const response = await fetch(`${house.runtime.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { 'x-twilio-signature': getExpectedTwilioSignature(token, `${PUBLIC}${path}`, form) },
  });
  const text = await response.text();
  const code = text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : null;
  return { status: response.status, code, text };
}

/** Opens a socket that `token` signs, says what it is, and tells what became of it: the refusal, its close, or its first message. */
async function socket(
  path: '/call/' | '/relay',
  {
    token,
    sid,
    call,
    parameters,
  }: { token: string; sid: string; call: string; parameters: Record<string, string> },
): Promise<string> {
  const ws = new WebSocket(`${house.runtime.url.replace('http', 'ws')}${path}`, {
    headers: {
      'x-twilio-signature': getExpectedTwilioSignature(token, `${PUBLIC.replace('http', 'ws')}${path}`, {}),
    },
  });
  const streamSid = `MZ${'c'.repeat(32)}`;
  const start = {
    event: 'start',
    sequenceNumber: '1',
    streamSid,
    start: {
      streamSid,
      accountSid: sid,
      callSid: call,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: parameters,
    },
  };
  const setup = {
    type: 'setup',
    sessionId: `VX${'d'.repeat(32)}`,
    accountSid: sid,
    parentCallSid: '',
    callSid: call,
    from: '+14155550123',
    to: '+14155550101',
    forwardedFrom: '',
    callType: 'PSTN',
    callerName: '',
    direction: 'inbound',
    callStatus: 'RINGING',
    customParameters: parameters,
  };
  try {
    return await new Promise<string>((resolve) => {
      ws.on('error', () => undefined);
      ws.on('unexpected-response', (_, { statusCode }) => resolve(`refused with ${statusCode}`));
      ws.on('close', (code) => resolve(`closed with ${code}`));
      ws.on('message', () => resolve('answered'));
      ws.on('open', () => {
        if (path === '/relay') return ws.send(JSON.stringify(setup));
        ws.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
        ws.send(JSON.stringify(start));
      });
    });
  } finally {
    ws.terminate();
  }
}

const tokenIn = (twiml: string): string => /<Parameter name="token" value="([^"]+)"/.exec(twiml)![1]!;

describe('a webhook', () => {
  it.each([
    ['the account of the variables', MAIN],
    ['another account', SHOP],
    ['a subaccount', SUB],
  ])('of %s is checked with its own token', async (_, { sid, token }) => {
    expect((await post('/initiations/call/open', { sid, token })).status).toBe(200);
    for (const other of [MAIN, SHOP, SUB, STRANGER].filter((one) => one.token !== token)) {
      expect(await post('/initiations/call/open', { sid, token: other.token })).toMatchObject({
        status: 403,
        code: 'bad-signature',
      });
    }
  });

  it('of an account that nobody configured is refused, whoever signs it', async () => {
    for (const { token } of [MAIN, SHOP, SUB, STRANGER]) {
      const refused = await post('/initiations/call/open', { sid: STRANGER.sid, token });
      expect(refused).toMatchObject({ status: 403, code: 'bad-signature' });
    }
  });

  it('that names no account is of the one that signed it', async () => {
    expect((await post('/initiations/call/shop', { token: SHOP.token })).status).toBe(200);
    expect((await post('/initiations/call/open', { token: MAIN.token })).status).toBe(200);
    expect(await post('/initiations/call/shop', { token: MAIN.token })).toMatchObject({
      status: 403,
      code: 'other-account',
    });
    expect((await post('/initiations/call/open', { token: STRANGER.token })).status).toBe(403);
  });
});

describe('an app', () => {
  it('with an account takes the calls of that account alone', async () => {
    for (const [app, owner] of [
      ['shop', SHOP],
      ['sub', SUB],
      ['main', MAIN],
    ] as const) {
      for (const account of [MAIN, SHOP, SUB]) {
        const { status, code } = await post(`/initiations/call/${app}`, account);
        expect([app, account.token, status, code]).toEqual(
          account === owner ? [app, account.token, 200, null] : [app, account.token, 403, 'other-account'],
        );
      }
    }
    expect((await house.sessions()).map(({ app }) => app).toSorted()).toEqual(['main', 'shop', 'sub']);
  });

  it('found by the number that was called is held to the same', async () => {
    expect((await post('/twiml', { ...SHOP, to: '+14155550101' })).status).toBe(200);
    expect(await post('/twiml', { ...MAIN, to: '+14155550101' })).toMatchObject({
      status: 403,
      code: 'other-account',
    });
  });

  it('without an account takes those of any', async () => {
    for (const account of [MAIN, SHOP, SUB]) {
      expect((await post('/initiations/call/open', account)).status).toBe(200);
    }
  });
});

describe('a socket', () => {
  it('is opened by any account’s token, and is then one of that account', async () => {
    const call = callSid();
    const parameters = { token: tokenIn((await post('/initiations/call/shop', { ...SHOP, call })).text) };
    expect(await socket('/call/', { ...SHOP, token: STRANGER.token, call, parameters })).toBe(
      'refused with 403',
    );
    expect(await socket('/call/', { ...SHOP, token: MAIN.token, call, parameters })).toBe('closed with 1008');
    // The token that the call was given is still good: nobody else could use it up.
    expect(await socket('/call/', { ...SHOP, call, parameters })).toBe('answered');
  });

  it('does not get a call of another account by the token of that call', async () => {
    const call = callSid();
    const parameters = { token: tokenIn((await post('/initiations/call/open', { ...MAIN, call })).text) };
    expect(await socket('/call/', { ...SHOP, call, parameters })).toBe('closed with 1000');
  });

  it('gets an app by its key from a bin of its own account, and from no other', async () => {
    const parameters = { appKey: ':shop', sender: '+14155550123' };
    expect(await socket('/call/', { ...MAIN, call: callSid(), parameters })).toBe('closed with 1000');
    expect(await house.sessions()).toEqual([]);
    expect(await socket('/call/', { ...SHOP, call: callSid(), parameters })).toBe('answered');
  });

  it('of a relay session is held to the same', async () => {
    const call = callSid();
    const parameters = { token: tokenIn((await post('/initiations/call/relayed', { ...SHOP, call })).text) };
    expect(await socket('/relay', { ...SHOP, token: STRANGER.token, call, parameters })).toBe(
      'refused with 403',
    );
    expect(await socket('/relay', { ...SHOP, token: SUB.token, call, parameters })).toBe('closed with 1008');
    expect(await socket('/relay', { ...SHOP, call, parameters })).toBe('answered');
  });
});

describe('accounts.yaml', () => {
  it('is read again while calls come in, and a broken one changes nothing', async () => {
    const file = join(house.folder, 'dialogues', 'accounts.yaml');
    const before = await readFile(file, 'utf8');
    expect((await post('/initiations/call/open', LATER)).status).toBe(403);
    await writeFile(file, `${before}later: {sid: "\${LATER_SID}", token: "\${LATER_TOKEN}"}\n`);
    await vi.waitFor(async () => expect((await post('/initiations/call/open', LATER)).status).toBe(200), {
      timeout: 8000,
      interval: 100,
    });
    await writeFile(file, 'shop: {sid: broken}\n');
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const account of [MAIN, SHOP, SUB, LATER]) {
      expect((await post('/initiations/call/open', account)).status).toBe(200);
    }
  });
});
