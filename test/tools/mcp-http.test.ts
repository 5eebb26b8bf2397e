import { beforeEach, describe, expect, it } from 'vitest';
import { startMcpHttp, type McpHttp } from '../support/mcp-http.ts';
import { call, mcpTests, overHttp } from './mcp-setup.ts';
import { failure, poll, SECRET } from './programs.ts';

const mcp = mcpTests();

/** Moves the clock on in steps, with time for sockets and processes in between, until something holds. */
async function until(holds: () => boolean, stepMs: number): Promise<void> {
  await poll(async () => {
    if (!holds()) await mcp.clock.advanceAsync(stepMs);
    return holds();
  }).toBe(true);
}

describe('an MCP server over HTTP', () => {
  let web: McpHttp;
  beforeEach(async () => {
    web = await startMcpHttp(SECRET);
    mcp.open.push(web);
  });

  it('gets the headers of the dialogue, and is told when it is left', async () => {
    const tools = mcp.toolsAt(overHttp({ authorization: 'Bearer ${CRM_TOKEN}' }), web.url);
    await call(tools, 'words');
    expect(new Set(web.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${SECRET}`]),
    );
    await tools.close();
    expect(web.requests.at(-1)?.method).toBe('DELETE');
  });

  it('that does not listen any more is left after two seconds', async () => {
    const tools = mcp.toolsAt(overHttp(), web.url);
    await call(tools, 'words');
    web.instead = () => undefined;
    let left = false;
    const closing = tools.close().then(() => (left = true));
    await poll(() => web.requests.at(-1)?.method).toBe('DELETE');
    await mcp.clock.advanceAsync(1999);
    expect(left).toBe(false);
    mcp.clock.advance(1);
    await closing;
    expect(mcp.clock.waiting).toBe(0);
  });

  it.each([404, 400])('that was started anew is greeted anew within the same call (%d)', async (status) => {
    const tools = mcp.toolsAt(overHttp(), web.url);
    await call(tools, 'words');
    web.forget(status);
    expect(await call(tools, 'json')).toEqual({ free: true });
    expect(web.happened.calls.map(({ name }) => name)).toEqual(['words', 'json']);
  });

  it('that is gone cannot be reached, and is found again when it is back', async () => {
    const tools = mcp.toolsAt(overHttp(), `${web.url}?token=${SECRET}`);
    await call(tools, 'words');
    await web.close();
    const gone = await failure(call(tools, 'words'));
    expect(gone.code).toBe('tool-unreachable');
    expect(gone.message).toMatch(
      /^The MCP server cannot be reached: (connect ECONNREFUSED|other side closed)/,
    );
    const again = await startMcpHttp(SECRET, web.port);
    mcp.open.push(again);
    await mcp.clock.advanceAsync(1000);
    expect(await call(tools, 'words')).toBe('Closed on Mondays.');
  });

  it('that is not there at the start is found when it comes', async () => {
    await web.close();
    const tools = mcp.toolsAt(overHttp(), web.url);
    expect((await failure(call(tools, 'words'))).code).toBe('tool-unreachable');
    const late = await startMcpHttp(SECRET, web.port);
    mcp.open.push(late);
    await until(() => tools.offer('bistro', 'words') !== null, 100);
    expect(await call(tools, 'words')).toBe('Closed on Mondays.');
  });

  it.each([401, 403, 500, 302])('that answers %d is not reached, without its words', async (status) => {
    web.instead = (_, response) =>
      response.writeHead(status, { location: 'http://localhost:1/' }).end(SECRET);
    expect(await failure(call(mcp.toolsAt(overHttp(), web.url), 'words'))).toEqual({
      code: 'tool-unreachable',
      message: `The MCP server cannot be reached: it answered with ${status}.`,
    });
  });

  it('that finds one call wrong keeps the connection that all share', async () => {
    const tools = mcp.toolsAt(overHttp(), web.url);
    await call(tools, 'words');
    const session = web.requests.at(-1)?.headers['mcp-session-id'];
    web.instead = (_, response) => {
      web.instead = null;
      response.writeHead(400).end(SECRET);
    };
    expect(await failure(call(tools, 'words'))).toEqual({
      code: 'tool-refused',
      message: 'words answered with 400.',
    });
    expect(await call(tools, 'words')).toBe('Closed on Mondays.');
    expect(web.requests.at(-1)?.headers['mcp-session-id']).toBe(session);
    expect(web.requests.map(({ method }) => method)).not.toContain('DELETE');
  });

  it('that refuses one call is not given up for it', async () => {
    const tools = mcp.toolsAt(overHttp(), web.url);
    await call(tools, 'words');
    const before = web.requests.length;
    web.instead = (_, response) => response.writeHead(403).end(SECRET);
    expect(await failure(call(tools, 'words'))).toEqual({
      code: 'tool-refused',
      message: 'words answered with 403.',
    });
    web.instead = null;
    expect(await call(tools, 'words')).toBe('Closed on Mondays.');
    expect(web.requests.length).toBe(before + 2);
  });

  it.each([
    ['a page', 'text/html', `<p>${SECRET}</p>`],
    ['broken JSON', 'application/json', `{"${SECRET}`],
    ['another JSON', 'application/json', `{"${SECRET}": 1}`],
    ['an endless answer', 'application/json', `"${'x'.repeat(2 * 1024 * 1024)}"`],
  ])('that answers with %s gave no answer', async (_, type, body) => {
    const tools = mcp.toolsAt(overHttp(), web.url);
    await call(tools, 'words');
    web.instead = (_request, response) => response.writeHead(200, { 'content-type': type }).end(body);
    expect(await failure(call(tools, 'words'))).toEqual({
      code: 'tool-bad-output',
      message: 'words gave what is no answer.',
    });
  });

  it('that the app does not allow is not asked', async () => {
    expect(await failure(call(mcp.toolsAt(overHttp(), web.url, ['crm.example.com']), 'words'))).toEqual({
      code: 'tool-refused-host',
      message: "The app's hosts do not hold 127.0.0.1, which the MCP server is to reach.",
    });
    expect(web.requests).toEqual([]);
  });

  it.each([
    [{ url: 'crm.example.com', headers: {} }, 'The url of the MCP server is no http:// or https:// URL.'],
    [
      { url: '${CRM_URL}', headers: { 'x-bad': 'a\n${CRM_TOKEN}' } },
      'The header "x-bad" of the MCP server has a name or a value that HTTP does not allow.',
    ],
  ])('with settings that cannot be used says so (%#)', async (server, message) => {
    expect(await failure(call(mcp.toolsAt(server, web.url), 'words'))).toEqual({
      code: 'tool-bad-setting',
      message,
    });
  });
});
