// oxlint-disable typescript/no-unsafe-type-assertion -- what comes over the wire is expected, and then held against it
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { TOKEN, aProblem, openHouse, until, type House } from './house.ts';
import { aSession } from '../store/samples.ts';

function opening(path: string, more = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`;
}

describe('the server', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
  });

  afterEach(async () => {
    await house.close();
  });

  /** The whole answer to bytes that no well-meaning client would send. */
  function raw(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(house.url).port), '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
  }

  describe('the bearer token', () => {
    test.each(['/api/apps', '/api/sessions', '/api/sessions/x', '/api/sessions/x/live', '/initiations/x'])(
      'is asked for at %s',
      async (path) => {
        const { status, headers, body } = await house.ask('GET', path, { token: null });
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toBe('Bearer realm="offhook"');
        expect(body).toEqual(aProblem(401, 'Unauthorized', 'unauthorized', 'The bearer token is missing.'));
      },
    );

    test('is asked for before a body is read', async () => {
      const { status } = await house.ask('POST', '/initiations', { token: null, body: '{' });
      expect(status).toBe(401);
    });

    test('that is wrong is told apart from one that is missing', async () => {
      const { status, headers, body } = await house.ask('GET', '/api/apps', { token: `${TOKEN}x` });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="offhook", error="invalid_token"');
      expect(body).toEqual(aProblem(401, 'Unauthorized', 'unauthorized', 'The bearer token is wrong.'));
    });

    test.each([`Basic ${TOKEN}`, TOKEN, `Bearer ${TOKEN} x`, 'Bearer', ''])(
      'is not %j',
      async (authorization) => {
        const { status } = await house.ask('GET', '/api/apps', { token: null, headers: { authorization } });
        expect(status).toBe(401);
      },
    );

    test('may be announced in any case', async () => {
      const headers = { authorization: `bearer ${TOKEN}` };
      expect((await house.ask('GET', '/api/apps', { token: null, headers })).status).toBe(200);
    });
  });

  describe('what is not there', () => {
    test('is a problem, like everything that goes wrong', async () => {
      const { status, headers, body } = await house.ask('GET', '/api/nothing');
      expect(status).toBe(404);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(body).toEqual(aProblem(404, 'Not Found', 'not-found', 'There is nothing at /api/nothing.'));
    });

    test('a method that a route does not take names those that it does', async () => {
      const { status, headers, body } = await house.ask('DELETE', '/api/sessions');
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe('HEAD, GET');
      expect(body).toEqual(
        aProblem(405, 'Method Not Allowed', 'method-not-allowed', '/api/sessions does not take DELETE.'),
      );
    });

    test('HEAD answers as GET, without the body', async () => {
      const { status, headers, body } = await house.ask('HEAD', '/health');
      expect([status, headers.get('content-length'), body]).toEqual([200, '15', '']);
    });
  });

  describe('what went wrong inside', () => {
    test('says nothing of the inside, and is in the log', async () => {
      const lines: string[] = [];
      await house.close();
      house = await openHouse({
        log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
      });
      house.store.listSessions = () => Promise.reject(new Error('secret detail of the inside'));
      const { status, headers, body } = await house.ask('GET', '/api/sessions?limit=3');
      expect(status).toBe(500);
      expect(body).toEqual(
        aProblem(500, 'Internal Server Error', 'internal', 'Something went wrong in this server.'),
      );
      const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const id = headers.get('x-request-id');
      expect(logged).toMatchObject([
        { level: 50, request: id, msg: 'a request failed', err: { message: 'secret detail of the inside' } },
        { level: 30, request: id, method: 'GET', path: '/api/sessions', status: 500, msg: 'request' },
        { level: 30, path: '/openapi.json' },
      ]);
      expect(lines[1]).not.toContain('limit');
    });

    test('a store that fails is 503, without its sentence', async () => {
      await house.store.close();
      const { status, body } = await house.ask('GET', '/api/sessions');
      expect(status).toBe(503);
      expect(body).toEqual(
        aProblem(503, 'Service Unavailable', 'store-failed', 'The server cannot do this at the moment.'),
      );
    });
  });

  describe('a body', () => {
    test('that is no JSON is refused', async () => {
      for (const body of ['{"key":', '"text"', '[1', '{"__proto__": {}}']) {
        const answer = await house.ask('POST', '/initiations', { body });
        expect(answer.body).toEqual(
          aProblem(400, 'Bad Request', 'bad-json', 'The body is not a JSON object.'),
        );
      }
    });

    test('of more than 64 KiB is refused', async () => {
      const padded = { key: 'bistro', to: '+14155550123', attributes: { pad: 'x'.repeat(65_536) } };
      const { status, body } = await house.ask('POST', '/initiations', { body: padded });
      expect(status).toBe(413);
      expect(body).toEqual(
        aProblem(413, 'Payload Too Large', 'body-too-large', 'The body is larger than 64 KiB.'),
      );
      expect(house.placed).toEqual([]);
    });

    test('of another type is refused', async () => {
      const { status, body } = await house.ask('POST', '/initiations', {
        body: 'key=bistro',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(status).toBe(415);
      expect(body).toEqual(
        aProblem(
          415,
          'Unsupported Media Type',
          'unsupported-media-type',
          'The body should be application/json.',
        ),
      );
    });

    test('in an encoding that is not known is refused', async () => {
      const { body } = await house.ask('POST', '/initiations', {
        body: '{}',
        headers: { 'content-encoding': 'secret' },
      });
      expect(body).toMatchObject({ status: 415, code: 'unsupported-media-type' });
    });
  });

  describe('a request id', () => {
    test('is given to every answer', async () => {
      const { headers } = await house.ask('GET', '/health');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });

    test('of a proxy is kept, and nonsense is not', async () => {
      const good = await house.ask('GET', '/health', { headers: { 'x-request-id': 'proxy-1.a_b' } });
      expect(good.headers.get('x-request-id')).toBe('proxy-1.a_b');
      const bad = await house.ask('GET', '/health', { headers: { 'x-request-id': 'a b' } });
      expect(bad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  describe('the phone network’s own routes', () => {
    test('find a form as it was sent: names and values, and lists of names that come again', async () => {
      const bodies: unknown[] = [];
      house.webhooks.post('/twilio/status', (context) => {
        bodies.push(context.request.body);
        context.type = 'text/xml';
        context.body = '<Response/>';
      });
      const form = 'CallSid=CA1&a%5Bb%5D=1&c.d=2&To=%2B1415&Tag=x&Tag=y&Empty=&__proto__=z';
      const response = await fetch(`${house.url}/twilio/status`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      });
      expect([response.status, await response.text()]).toEqual([200, '<Response/>']);
      expect(Object.entries(bodies[0] as object)).toEqual([
        ['CallSid', 'CA1'],
        ['a[b]', '1'],
        ['c.d', '2'],
        ['To', '+1415'],
        ['Tag', ['x', 'y']],
        ['Empty', ''],
        ['__proto__', 'z'],
      ]);
    });

    test('take no body of more than 64 KiB, and fail as all others do', async () => {
      house.webhooks.post('/twilio/status', () => {
        throw new Error('inside');
      });
      const post = (body: string) =>
        fetch(`${house.url}/twilio/status`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body,
        });
      expect(await (await post('a=1')).json()).toMatchObject({ status: 500, code: 'internal' });
      expect(await (await post(`a=${'x'.repeat(70_000)}`)).json()).toMatchObject({ code: 'body-too-large' });
      const wrong = await fetch(`${house.url}/twilio/status`, { method: 'PUT' });
      expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    });
  });

  test.each(['DELETE', 'GET'])(
    'asked by %s about a number has the path in its log without it',
    async (method) => {
      const lines: string[] = [];
      await house.close();
      house = await openHouse({
        log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
      });
      await house.ask(method, '/api/devices/+14155550123');
      await house.ask(method, '/api/devices/%2B14155550123');
      expect(lines.join('')).not.toContain('4155550123');
      const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const one = { msg: 'request', method, status: method === 'GET' ? 405 : 404 };
      expect(told.filter(({ path }) => path === '/api/devices/:phone')).toMatchObject([one, one]);
    },
  );

  describe('a socket', () => {
    test.each(['/call', '/call/', '/call?x=1'])(
      'at %s is given to the phone network’s part',
      async (path) => {
        expect(await raw(opening(path, 'X-Welcome: 1\r\n'))).toMatch(/^HTTP\/1\.1 101 [^]*hello$/);
        expect(house.upgrades.map((request) => request.url)).toEqual([path]);
      },
    );

    test('that it refuses is told the status and not the reason', async () => {
      expect(await raw(opening('/call'))).toBe(
        'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nForbidden\n',
      );
    });

    test.each(['/', '/calls', '/call/x', '/relay/', '//call', '*'])('at %s is not there', async (path) => {
      expect(await raw(opening(path))).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
      expect(house.upgrades).toEqual([]);
    });

    test('that is gone before it is answered takes nothing with it', async () => {
      const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
      socket.write(opening('/nothing'), () => socket.resetAndDestroy());
      await new Promise((resolve) => socket.on('close', resolve));
      expect((await house.ask('GET', '/health')).status).toBe(200);
    });
  });

  describe('limits', () => {
    test('of what is no HTTP, and of headers', async () => {
      expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request/);
      expect(await raw(`GET /health HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(17_000)}\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 431 /,
      );
    });

    test('of time, for who says nothing or goes on saying it', () => {
      expect(house.server).toMatchObject({
        headersTimeout: 10_000,
        requestTimeout: 30_000,
        keepAliveTimeout: 65_000,
      });
    });
  });

  test('who goes away in the middle of an answer takes nothing with him', async () => {
    for (let count = 0; count < 300; count++) await house.store.addSession(aSession());
    const asking = httpRequest(`${house.url}/api/sessions?limit=200`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    asking.on('error', () => undefined);
    asking.end();
    let closed = false;
    asking.on('response', (response) => response.destroy());
    asking.on('close', () => (closed = true));
    await until(() => closed);
    expect((await house.ask('GET', '/api/sessions')).status).toBe(200);
  });
});
