import type { Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ToolBy } from '../../runtime/dialogue/program.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { silentLog } from '../../runtime/log.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { calls, failure, HTTP, programOf, SECRET, toolSpec } from './programs.ts';
import { listening, portOf, stop, type Seen } from './server.ts';

let server: Server;
let base = '';
let seen: Seen[] = [];

beforeAll(async () => {
  server = await listening((request, response) => {
    seen.push(request);
    const { pathname } = new URL(request.url, 'http://x');
    if (pathname === '/moved-to') {
      const to = new URL(request.url, 'http://x').searchParams.get('to') ?? '';
      response.writeHead(307, { location: to }).end();
    } else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  base = `http://127.0.0.1:${portOf(server)}`;
});
afterAll(() => stop(server));
beforeEach(() => {
  seen = [];
});

function tool(http: Partial<Extract<ToolBy, { by: 'http' }>>, hosts: readonly string[] | null = null) {
  const env = { BASE: base, TOKEN: SECRET, TRICK: '{{ party }}' };
  const program = programOf([toolSpec({ ...HTTP, ...http })], { hosts });
  return calls(toolsOf(program, env, { clock: new FakeClock(), log: silentLog }));
}

describe('the url of a tool', () => {
  it('takes values of the input, percent-encoded', async () => {
    const call = tool({
      method: 'GET',
      url: '${BASE}/tables/{{ day }}/{{party}}?q={{ note }}',
      query: { a: 1 },
    });
    await call({ day: 'Monday/Tue?', party: 4, note: 'a&b=č #"' });
    expect(seen.map(({ url }) => url)).toEqual(['/tables/Monday%2FTue%3F/4?q=a%26b%3D%C4%8D+%23%22&a=1']);
  });

  it.each([
    ['that is missing', {}],
    ['that is empty', { id: '' }],
    ['that is null', { id: null }],
  ])('is not made of a value %s', async (_, input) => {
    expect(await failure(tool({ url: '${BASE}/tables/{{ id }}' })(input))).toEqual({
      code: 'tool-bad-input',
      message: 'The url of find_table needs "id", which is empty.',
    });
    expect(seen).toEqual([]);
  });

  it.each(['.', '..', '%2e%2e'])('is not made another by a value such as %s', async (id) => {
    const calling = tool({ url: '${BASE}/tables/{{ id }}/bookings' })({ id });
    if (id.startsWith('%')) {
      await calling;
      expect(seen[0]?.url).toBe('/tables/%252e%252e/bookings');
      return;
    }
    expect(await failure(calling)).toEqual({
      code: 'tool-bad-input',
      message: 'The url of find_table cannot be made of this input.',
    });
    expect(seen).toEqual([]);
  });

  it.each(['.', '..'])('is not made another by %s at its end', async (id) => {
    for (const url of ['${BASE}/tables/{{ id }}', '${BASE}/tables/{{ id }}?q=1']) {
      expect(await failure(tool({ url })({ id }))).toMatchObject({ code: 'tool-bad-input' });
    }
    await tool({ url: '${BASE}/tables/{{ id }}/' })({ id: '...' });
    expect(seen.map(({ url }) => url)).toEqual(['/tables/.../']);
  });

  it.each([
    'http://{{ host }}/',
    'http://localhost{{ host }}/',
    '{{ host }}',
    'https://{{ host }}.example.com/',
    '${BASE}{{ host }}',
  ])('takes its server from nobody but the author: %s', async (url) => {
    expect(await failure(tool({ url })({ host: '@127.0.0.1' }))).toEqual({
      code: 'tool-bad-setting',
      message:
        'The url of find_table takes its server from the input: write the server out, or take it from the environment.',
    });
  });

  it('stays on its server and in its place, whatever the value', async () => {
    const call = tool({ method: 'GET', url: '${BASE}/tables/{{ id }}/end', query: { a: 1 } });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (id) => {
        seen = [];
        await call({ id }).catch(() => undefined);
        for (const { url } of seen) {
          expect(url).toMatch(/^\/tables\/[^/?#]+\/end\?a=1$/);
          expect(decodeURIComponent(url.split('/')[2] ?? '')).toBe(Buffer.from(id).toString());
        }
        if (seen.length === 0) expect(id).toMatch(/^\.\.?$/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the query and the body of a tool', () => {
  it('take values of the input by name, of their own type where they stand alone', async () => {
    const body = {
      table: { seats: '{{ party }}', for: 'A table for {{ party }} on {{day}}', at: null },
      list: ['{{ day }}', 7, true, '{{ nobody }}', 'x{{ nobody }}y'],
      key: '${TOKEN}',
    };
    await tool({ body })({ party: 4, day: 'Friday' });
    expect(seen.map((one) => JSON.parse(one.body) as unknown)).toEqual([
      {
        table: { seats: 4, for: 'A table for 4 on Friday', at: null },
        list: ['Friday', 7, true, null, 'xy'],
        key: SECRET,
      },
    ]);
  });

  it('send what the author names and nothing else', async () => {
    const query = { n: '{{ party }}', fixed: 'yes', none: '{{ nobody }}', list: '{{ days }}' };
    await tool({ method: 'GET', url: '${BASE}/?a=1', query })({
      party: 4,
      secret: 'x',
      days: ['mon', 'tue'],
    });
    expect(seen.map(({ url, body }) => [url, body])).toEqual([
      ['/?a=1&n=4&fixed=yes&list=%5B%22mon%22%2C%22tue%22%5D', ''],
    ]);
  });

  it('go together: a query beside the input as the body', async () => {
    await tool({ url: '${BASE}/', query: { n: '{{ party }}' } })({ party: 4, day: 'Friday' });
    expect(seen.map(({ url, body }) => [url, body])).toEqual([['/?n=4', '{"party":4,"day":"Friday"}']]);
  });

  it('are sent by a DELETE too', async () => {
    await tool({ method: 'DELETE', url: '${BASE}/', body: { id: '{{ id }}' } })({ id: 7 });
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([['DELETE', '/', '{"id":7}']]);
  });

  it('are refused where a GET would have a body', async () => {
    expect(await failure(tool({ method: 'GET', url: '${BASE}/', body: {} })())).toEqual({
      code: 'tool-bad-setting',
      message: 'find_table is a GET, which cannot have a body.',
    });
  });

  it('never read a value as a setting, whether it comes from the input or from the environment', async () => {
    const input: { [name: string]: Value } = { party: '${TOKEN}{{ day }}', day: 'Friday' };
    await tool({ body: ['{{ party }}', 'a{{ party }}', '${TRICK}'] })(input);
    expect(seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      ['${TOKEN}{{ day }}', 'a${TOKEN}{{ day }}', '{{ party }}'],
    ]);
  });

  it('know no name that the input does not have of its own', async () => {
    await tool({ body: ['{{ constructor }}', '{{ __proto__ }}', '{{ toString }}'] })({});
    expect(seen.map(({ body }) => body)).toEqual(['[null,null,null]']);
  });

  it('leave the content type to the author where a header says it', async () => {
    await tool({ headers: { 'content-type': 'application/merge-patch+json' }, method: 'PATCH' })({ a: 1 });
    expect(seen.map(({ method, headers }) => [method, headers['content-type']])).toEqual([
      ['PATCH', 'application/merge-patch+json'],
    ]);
  });
});

describe('the hosts of an app', () => {
  it.each([[['127.0.0.1']], [['example.com', '127.0.0.1']], [['*.0.0.1']]])(
    'let a tool through that they hold (%j)',
    async (hosts) => {
      await tool({ url: '${BASE}/' }, hosts)();
      expect(seen).toHaveLength(1);
    },
  );

  it.each([[[]], [['*.127.0.0.1']], [['27.0.0.1']], [['*.7.0.0.1']], [['*']], [['localhost']]])(
    'refuse one that they do not hold (%j)',
    async (hosts) => {
      expect(await failure(tool({ url: '${BASE}/?token=${TOKEN}' }, hosts)())).toEqual({
        code: 'tool-refused-host',
        message: "The app's hosts do not hold 127.0.0.1, which find_table is to reach.",
      });
      expect(seen).toEqual([]);
    },
  );

  it('may name the only port', async () => {
    const port = portOf(server);
    await tool({ url: '${BASE}/' }, [`127.0.0.1:${port}`])();
    await tool({ url: '${BASE}/' }, ['*.0.0.1:80', `*.0.0.1:${port}`])();
    expect(seen).toHaveLength(2);
    expect(await failure(tool({ url: '${BASE}/' }, ['127.0.0.1:443', '127.0.0.1:80'])())).toEqual({
      code: 'tool-refused-host',
      message: `The app's hosts do not hold 127.0.0.1:${port}, which find_table is to reach.`,
    });
  });

  it('are held against a redirect too', async () => {
    const url = '${BASE}/moved-to?to=http%3A%2F%2Flocalhost%2F%3Ftoken%3D${TOKEN}';
    expect(await failure(tool({ url }, ['127.0.0.1'])())).toEqual({
      code: 'tool-refused-host',
      message: "The app's hosts do not hold localhost, which find_table is to reach.",
    });
    expect(seen).toHaveLength(1);
  });

  it('do not help a redirect to no address at all', async () => {
    expect(await failure(tool({ url: '${BASE}/moved-to?to=http%3A%2F%2F' })())).toEqual({
      code: 'tool-refused',
      message: 'find_table redirects to what is no address.',
    });
  });
});
