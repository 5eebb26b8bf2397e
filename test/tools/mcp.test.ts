import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolSpec } from '../../runtime/dialogue/program.ts';
import type { Offer } from '../../runtime/dialogue/protocol.ts';
import { silentLog } from '../../runtime/log.ts';
import { Toolbox, toolsOf } from '../../runtime/tools/toolbox.ts';
import type { Tools } from '../../runtime/tools/tools.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startMcpHttp, type McpHttp } from '../support/mcp-http.ts';
import { call, mcpTests, overHttp, specs, stdio } from './mcp-setup.ts';
import { failure, poll, programOf, SECRET, toolSpec } from './programs.ts';

const mcp = mcpTests();

describe.each(['a process', 'HTTP'])('a tool of an MCP server over %s', (kind) => {
  let web: McpHttp | null = null;
  let tools: Tools;
  const time = new FakeClock();
  beforeAll(async () => {
    if (kind === 'HTTP') web = await startMcpHttp(SECRET);
    const env = { CRM_TOKEN: SECRET, CRM_URL: web?.url };
    const program = programOf(specs(web ? overHttp() : stdio()));
    tools = toolsOf(program, env, { clock: time, log: silentLog });
  });
  afterAll(async () => {
    await tools.close();
    await web?.close();
  });

  it('gives its structured content, and gets the key of the call', async () => {
    expect(await call(tools, 'find_customer')).toEqual({ name: 'Ana', phone: '+14155550123' });
    expect(await call(tools, 'happened')).toMatchObject({
      calls: [
        { name: 'find_customer', key: 's1:t1', input: { phone: '+14155550123' } },
        { name: 'happened' },
      ],
    });
  });

  it('gives its texts, as JSON where they are JSON', async () => {
    expect(await call(tools, 'words')).toBe('Closed on Mondays.');
    expect(await call(tools, 'json')).toEqual({ free: true });
    expect(await call(tools, 'several')).toBe('one\ntwo');
    expect(await call(tools, 'nothing')).toBeNull();
  });

  it('is refused by its server without the words of the server', async () => {
    expect(await failure(call(tools, 'cannot'))).toEqual({
      code: 'tool-refused',
      message: 'cannot answered that it cannot.',
    });
    expect(await failure(call(tools, 'throws'))).toEqual({
      code: 'tool-refused',
      message: 'throws answered with -32603.',
    });
  });

  it('is held against the schema that its server promises, where that is one', async () => {
    expect(await failure(call(tools, 'liar'))).toEqual({
      code: 'tool-bad-output',
      message: 'What liar gave is not what it promises: "free" must be boolean.',
    });
    expect(await call(tools, 'broken_promise')).toEqual({ a: 1 });
  });

  it('that its server does not have is unknown', async () => {
    expect(await failure(call(tools, 'missing'))).toEqual({
      code: 'tool-unknown',
      message: 'The MCP server has no tool "missing".',
    });
  });

  it('gives 256 KiB and no more', async () => {
    expect(await failure(call(tools, 'large'))).toEqual({
      code: 'tool-bad-output',
      message: 'large gave more than 256 KiB.',
    });
  });

  it('is canceled at hang-up, and its server is told', async () => {
    const hangUp = new AbortController();
    const calling = failure(call(tools, 'slow', hangUp.signal));
    await poll(async () => JSON.stringify(await call(tools, 'happened'))).toContain('"name":"slow"');
    hangUp.abort();
    expect(await calling).toEqual({ code: 'tool-canceled', message: 'The call of slow was canceled.' });
    await poll(() => call(tools, 'happened')).toMatchObject({ canceled: 1 });
  });

  it('that is too late is given up, and its server is told', async () => {
    const calling = failure(call(tools, 'slow'));
    await poll(async () => JSON.stringify(await call(tools, 'happened')).split('"name":"slow"').length).toBe(
      3,
    );
    time.advance(2000);
    expect(await calling).toEqual({ code: 'tool-timeout', message: 'slow did not answer within 2000 ms.' });
    await poll(() => call(tools, 'happened')).toMatchObject({ canceled: 2 });
  });

  it('is offered to a model as its server describes it, and no longer than a model can bear', async () => {
    await call(tools, 'words');
    expect(tools.offer('bistro', 'find_customer')).toEqual({
      name: 'find_customer',
      about: 'Finds a customer by the phone number',
      input: { type: 'object', properties: { phone: { type: 'string' } }, required: ['phone'] },
    });
    expect(tools.offer('bistro', 'long_winded')?.about).toHaveLength(2000);
    expect(tools.offer('bistro', 'missing')).toBeNull();
    expect(tools.offer('bistro', 'nobody')).toBeNull();
    expect(tools.offer('toString', 'words')).toBeNull();
  });

  it('is offered when its server has learned it', async () => {
    expect(tools.offer('bistro', 'learned')).toBeNull();
    await call(tools, 'learn');
    await poll(() => tools.offer('bistro', 'learned')?.about).toBe('New here');
    expect(await call(tools, 'learned')).toBe('it works');
  });
});

describe('an offer', () => {
  const offered = async (more: Partial<ToolSpec>): Promise<Offer> => {
    const web = await startMcpHttp(SECRET);
    mcp.open.push(web);
    const server = overHttp();
    const crm = toolSpec(
      { by: 'mcp', server, tool: 'find_customer' },
      { name: 'crm.find_customer', ...more },
    );
    const said = { 'crm.find_customer': { name: 'crm_find_customer', about: 'as said', input: {} } };
    const tools = toolsOf(
      programOf([crm], { offers: said }),
      { CRM_URL: web.url },
      { clock: mcp.clock, log: silentLog },
    );
    mcp.open.push(tools);
    const offer = (): Offer | null => tools.offer('bistro', 'crm.find_customer');
    // The server has not been reached yet: the dialogue's own words have to do.
    expect(offer()).toBeNull();
    await poll(offer).not.toBeNull();
    return offer() ?? { name: '', about: '', input: {} };
  };
  const schema = { type: 'object', properties: { phone: { type: 'string' } }, required: ['phone'] };

  it('has the name that the dialogue gives it, and the words and the input that the server does', async () => {
    expect(await offered({ about: 'crm.find_customer' })).toEqual({
      name: 'crm_find_customer',
      about: 'Finds a customer by the phone number',
      input: schema,
    });
  });

  it('has what the author says of it before what the server says, and the input that the author wrote', async () => {
    const input = { type: 'object', properties: { phone: { type: 'string', maxLength: 16 } } };
    expect(await offered({ about: 'Our guests.', input })).toEqual({
      name: 'crm_find_customer',
      about: 'Our guests.\nFinds a customer by the phone number',
      input,
    });
  });

  it('of a tool that is no MCP server’s is what the dialogue says', () => {
    const tools = toolsOf(
      programOf([toolSpec({ by: 'code', file: '/nowhere.js' })]),
      {},
      { clock: mcp.clock, log: silentLog },
    );
    expect(tools.offer('bistro', 'find_table')).toBeNull();
  });
});

describe('the tools of a process', () => {
  it('share a server between programs, and give it back when the last call of the last one must be over', async () => {
    const web = await startMcpHttp(SECRET);
    mcp.open.push(web);
    const box = new Toolbox({ CRM_URL: web.url }, { clock: mcp.clock, log: silentLog });
    mcp.open.push(box);
    const [old, other, next] = [1, 2, 3].map(() => programOf(specs(overHttp()), { durationMs: 60_000 }));
    if (!old || !other || !next) throw new Error('There are three.');
    expect(box.of(old)).toBe(box.of(old));
    await Promise.all([call(box.of(old), 'words'), call(box.of(other), 'words')]);
    const greetings = (): number => web.requests.filter(({ headers }) => !headers['mcp-session-id']).length;
    expect(greetings()).toBe(1);

    box.keep([next]);
    await mcp.clock.advanceAsync(60_000);
    await call(box.of(next), 'words');
    expect(greetings()).toBe(1);

    box.keep([]);
    await mcp.clock.advanceAsync(59_999);
    expect(web.requests.at(-1)?.method).toBe('POST');
    await mcp.clock.advanceAsync(1);
    await poll(() => web.requests.at(-1)?.method).toBe('DELETE');
  });
});
