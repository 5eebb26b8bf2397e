import type { Server, ServerResponse } from 'node:http';
import { createServer as createRudeServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolBy, ToolSpec } from '../../runtime/dialogue/program.ts';
import { silentLog } from '../../runtime/log.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { calls, failure, HTTP, poll, programOf, SECRET, toolCall, toolSpec } from './programs.ts';
import { listening, portOf, stop, type Seen } from './server.ts';

const input = {
  type: 'object',
  properties: {
    party: { type: 'integer', minimum: 1 },
    day: { type: 'string' },
    when: { type: ['object', 'null'] },
  },
  required: ['party'],
  additionalProperties: false,
} as const;

let server: Server;
let other: Server;
let base = '';
let seen: Seen[] = [];
let closed = 0;

const json = (response: ServerResponse, body: string, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
};
const away = (response: ServerResponse, location: string, status: number): void => {
  response.writeHead(status, { location }).end('moved');
};

/** What the other side does, by path. `slow` and `stalls` never end by themselves. */
const paths: { readonly [path: string]: (response: ServerResponse) => void } = {
  '/tables': (response) => json(response, '{"free": true, "time": "19:00"}'),
  '/text': (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('čtyři stoly'),
  '/nothing': (response) => response.writeHead(204).end(),
  '/empty-json': (response) => json(response, ''),
  '/problem': (response) =>
    response.writeHead(200, { 'content-type': 'application/problem+json' }).end('[1]'),
  '/broken-json': (response) => json(response, '{"free": tru'),
  '/wrong': (response) => json(response, '{"free": "perhaps"}'),
  '/500': (response) => json(response, `{"error": "${SECRET}"}`, 500),
  '/404': (response) => json(response, '{}', 404),
  '/slow': () => undefined,
  '/stalls': (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).write('{"free":'),
  '/dropped': (response) => response.socket?.destroy(),
  '/cut': (response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      .write('{"free":');
    response.socket?.end();
  },
  '/huge': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const piece = Buffer.alloc(64 * 1024, 0x20);
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  },
  '/just-fits': (response) => json(response, JSON.stringify('x'.repeat(256 * 1024 - 2))),
  '/moved-307': (response) => away(response, '/tables?hop=1', 307),
  '/moved-303': (response) => away(response, '/tables', 303),
  '/moved-away': (response) =>
    away(response, `http://127.0.0.1:${portOf(other)}/tables?token=${SECRET}`, 307),
  '/round': (response) => away(response, '/round', 307),
  '/304': (response) => response.writeHead(304).end(),
};

beforeAll(async () => {
  other = await listening((request, response) => {
    seen.push(request);
    json(response, '{"free": true}');
  });
  server = await listening((request, response) => {
    seen.push(request);
    response.on('close', () => closed++);
    paths[new URL(request.url, 'http://x').pathname]?.(response);
  });
  base = `http://127.0.0.1:${portOf(server)}`;
});

afterAll(() => Promise.all([stop(server), stop(other)]));

type Setting = Partial<Extract<ToolBy, { by: 'http' }>> & Partial<Pick<ToolSpec, 'output' | 'timeoutMs'>>;

let clock = new FakeClock();

function tool(path: string, { output = null, timeoutMs = 2000, ...http }: Setting = {}) {
  seen = [];
  clock = new FakeClock();
  const spec = toolSpec({ ...HTTP, url: `\${BASE}${path}`, ...http }, { input, output, timeoutMs });
  const env = { BASE: base, TOKEN: SECRET, BROKEN: `${SECRET}\nx: y`, EMPTY: '' };
  return calls(toolsOf(programOf([spec]), env, { clock, log: silentLog }));
}

describe('a tool over HTTP', () => {
  it('sends its input as a JSON body, with the key of the call and the headers of the dialogue', async () => {
    const headers = { authorization: 'Bearer ${TOKEN}', 'x-two': '${TOKEN}/${BASE}' };
    const output = await tool('/tables', { headers })({ party: 4, day: 'Friday' });
    expect(output).toEqual({ free: true, time: '19:00' });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/tables',
        body: '{"party":4,"day":"Friday"}',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': 's1:t1',
          authorization: `Bearer ${SECRET}`,
          'x-two': `${SECRET}/${base}`,
        },
      },
    ]);
  });

  it.each(['GET', 'DELETE'])(
    'sends its input in the query of a %s, leaving out what is nothing',
    async (method) => {
      await tool('/tables?a=1', { method })({ party: 4, day: 'Friday & then', when: null });
      expect(seen).toMatchObject([{ method, url: '/tables?a=1&party=4&day=Friday+%26+then', body: '' }]);
      expect(seen[0]?.headers['content-type']).toBeUndefined();
    },
  );

  it('gives JSON by its content type, any other answer as text, and an empty one as nothing', async () => {
    expect(await tool('/text')()).toBe('čtyři stoly');
    expect(await tool('/problem')()).toEqual([1]);
    expect(await tool('/nothing')()).toBeNull();
    expect(await tool('/empty-json')()).toBeNull();
  });

  it('refuses an input that its schema does not let in, before anything is sent', async () => {
    expect(await failure(tool('/tables')({ party: 0 }))).toEqual({
      code: 'tool-bad-input',
      message: 'The input of find_table is not what it takes: "party" must be >= 1.',
    });
    expect(await failure(tool('/tables')({}))).toEqual({
      code: 'tool-bad-input',
      message: "The input of find_table is not what it takes: it must have required property 'party'.",
    });
    expect(seen).toEqual([]);
  });

  it('refuses an output that its schema does not promise', async () => {
    const output = { type: 'object', properties: { free: { type: 'boolean' } }, required: ['free'] };
    expect(await tool('/tables', { output })()).toEqual({ free: true, time: '19:00' });
    expect(await failure(tool('/wrong', { output })())).toEqual({
      code: 'tool-bad-output',
      message: 'What find_table gave is not what it promises: "free" must be boolean.',
    });
    expect((await failure(tool('/nothing', { output })())).code).toBe('tool-bad-output');
  });

  it('reads JSON that cannot be read as a bad output', async () => {
    expect(await failure(tool('/broken-json')())).toEqual({
      code: 'tool-bad-output',
      message: 'find_table gave JSON that cannot be read.',
    });
  });

  it('takes 256 KiB and no more', async () => {
    expect(await tool('/just-fits')()).toHaveLength(256 * 1024 - 2);
    expect(await failure(tool('/huge')())).toEqual({
      code: 'tool-bad-output',
      message: 'find_table gave more than 256 KiB.',
    });
  });
});

describe('the other side', () => {
  it.each([
    ['/500', 500],
    ['/404', 404],
    ['/304', 304],
  ])('that answers %s is a refusal with the status and nothing of the answer', async (path, status) => {
    expect(await failure(tool(path)())).toEqual({
      code: 'tool-refused',
      message: `find_table answered with ${status}.`,
    });
  });

  it.each(['/slow', '/stalls'])(
    'that is too late (%s) is given up at the deadline, and the connection closed',
    async (path) => {
      const before = closed;
      const calling = failure(tool(path)());
      await poll(() => seen.length).toBe(1);
      await clock.advanceAsync(1999);
      expect(closed).toBe(before);
      clock.advance(1);
      expect(await calling).toEqual({
        code: 'tool-timeout',
        message: 'find_table did not answer within 2000 ms.',
      });
      await poll(() => closed).toBe(before + 1);
      expect(clock.waiting).toBe(0);
    },
  );

  it.each(['/dropped', '/cut'])('that drops the connection (%s) cannot be reached', async (path) => {
    expect(await failure(tool(path)())).toMatchObject({
      code: 'tool-unreachable',
      message: expect.stringMatching(/^find_table cannot be reached: .+\.$/),
    });
  });

  it('that nobody is cannot be reached', async () => {
    const gone = await listening(() => undefined);
    const port = portOf(gone);
    await stop(gone);
    const url = `http://127.0.0.1:${port}/?token=\${TOKEN}`;
    expect(await failure(tool('', { method: 'GET', url })())).toEqual({
      code: 'tool-unreachable',
      message: `find_table cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}.`,
    });
  });

  it('that does not speak HTTP cannot be reached', async () => {
    const rude = createRudeServer((socket) => socket.end('220 mail ready\r\n'));
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    const port = portOf(rude);
    const url = `http://127.0.0.1:${port}`;
    expect((await failure(tool('', { url })())).code).toBe('tool-unreachable');
    rude.close();
  });
});

describe('a call that ends', () => {
  it.each(['/slow', '/stalls'])('cancels its tool at once (%s)', async (path) => {
    const hangUp = new AbortController();
    const before = closed;
    const calling = failure(tool(path)({ party: 1 }, { signal: hangUp.signal }));
    await poll(() => seen.length).toBe(1);
    hangUp.abort();
    expect(await calling).toEqual({ code: 'tool-canceled', message: 'The call of find_table was canceled.' });
    await poll(() => closed).toBe(before + 1);
  });

  it('before its tool is called sends nothing', async () => {
    expect((await failure(tool('/tables')({ party: 1 }, { signal: AbortSignal.abort() }))).code).toBe(
      'tool-canceled',
    );
    expect(seen).toEqual([]);
  });
});

describe('a redirect', () => {
  it('on the same server is followed, with the same request where the status asks for it', async () => {
    expect(await tool('/moved-307')()).toEqual({ free: true, time: '19:00' });
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/moved-307', '{"party":4}'],
      ['POST', '/tables?hop=1', '{"party":4}'],
    ]);
    await tool('/moved-303')();
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/moved-303', '{"party":4}'],
      ['GET', '/tables', ''],
    ]);
  });

  it('to another server is refused, so that no header travels there', async () => {
    expect(await failure(tool('/moved-away', { headers: { authorization: '${TOKEN}' } })())).toEqual({
      code: 'tool-refused',
      message: `find_table redirects to another server, http://127.0.0.1:${portOf(other)}.`,
    });
    expect(seen).toHaveLength(1);
  });

  it('without an end is refused', async () => {
    expect(await failure(tool('/round')())).toEqual({
      code: 'tool-refused',
      message: 'find_table redirects without an end.',
    });
    expect(seen).toHaveLength(4);
  });
});

describe('a setting of a tool', () => {
  it.each([
    [
      { headers: { authorization: '${MISSING_TOKEN}' } },
      'The environment has no MISSING_TOKEN, which find_table needs.',
    ],
    [{ headers: { authorization: '${EMPTY}' } }, 'The environment has no EMPTY, which find_table needs.'],
    [
      { headers: { authorization: '${BROKEN}' } },
      'The header "authorization" of find_table has a name or a value that HTTP does not allow.',
    ],
    [{ url: '${TOKEN}' }, 'The url of find_table is no http:// or https:// URL.'],
    [
      { url: 'http://me:${TOKEN}@localhost/' },
      'The url of find_table holds a name or a password: send them in a header.',
    ],
  ])('that cannot be used is told without its value (%#)', async (more, message) => {
    expect(await failure(tool('/tables', more)())).toEqual({ code: 'tool-bad-setting', message });
    expect(seen).toEqual([]);
  });

  it('of a tool that the dialogue does not have is told', async () => {
    const tools = toolsOf(programOf([]), {}, { clock, log: silentLog });
    const calling = tools.call(toolCall({ tool: 'toString' }));
    expect(await failure(calling)).toEqual({ code: 'tool-unknown', message: 'There is no tool "toString".' });
  });
});
