import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import { call, mcpTests, specs, stdio } from './mcp-setup.ts';
import { failure, poll, programOf, SECRET } from './programs.ts';

const mcp = mcpTests();

describe('a process that is an MCP server', () => {
  it('is reached before it is needed, once for all calls, with its arguments and its part of the environment', async () => {
    const tools = mcp.toolsAt(stdio('--quiet=${CRM_TOKEN}'));
    await poll(() => tools.offer('bistro', 'words')).not.toBeNull();
    const answers = await Promise.all([call(tools, 'environment'), call(tools, 'environment')]);
    expect(answers[0]).toEqual({
      token: SECRET,
      args: [`--quiet=${SECRET}`],
      pid: expect.any(Number) as number,
    });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('that dies fails the calls that wait for it, and is started again after a second', async () => {
    const tools = mcp.toolsAt(stdio());
    const { pid } = (await call(tools, 'environment')) as { pid: number };
    const waiting = failure(call(tools, 'slow'));
    const dying = failure(call(tools, 'die'));
    const gone = {
      code: 'tool-unreachable',
      message: 'The MCP server cannot be reached: it ended the connection.',
    };
    expect(await Promise.all([waiting, dying])).toEqual([gone, gone]);
    expect(await failure(call(tools, 'words'))).toEqual({
      code: 'tool-unavailable',
      message: 'The MCP server is down and is not asked again yet.',
    });
    // What it was is still what a model is shown.
    expect(tools.offer('bistro', 'words')).not.toBeNull();
    await mcp.clock.advanceAsync(1000);
    expect(await call(tools, 'environment')).toMatchObject({ token: SECRET });
    expect(((await call(tools, 'environment')) as { pid: number }).pid).not.toBe(pid);
  });

  it('that dies after a minute of good work is started again at once', async () => {
    const tools = mcp.toolsAt(stdio());
    await call(tools, 'words');
    await mcp.clock.advanceAsync(60_000);
    await failure(call(tools, 'die'));
    expect(await call(tools, 'words')).toBe('Closed on Mondays.');
  });

  it('that says what is no MCP on the way is understood all the same', async () => {
    expect(await call(mcp.toolsAt(stdio('--rude')), 'words')).toBe('Closed on Mondays.');
  });

  it('that sends more than can be read is left and started again', async () => {
    const tools = mcp.toolsAt(stdio());
    expect((await failure(call(tools, 'too_large'))).code).toBe('tool-unreachable');
    await mcp.clock.advanceAsync(1000);
    expect(await call(tools, 'words')).toBe('Closed on Mondays.');
  });

  it('that does not start tells why in the log, without a secret', async () => {
    const lines: string[] = [];
    const log = pino({ base: null }, { write: (line: string) => lines.push(line) });
    const program = programOf(specs(stdio('--broken')));
    const tools = toolsOf(program, { CRM_TOKEN: SECRET }, { clock: mcp.clock, log });
    mcp.open.push(tools);
    expect(await failure(call(tools, 'words'))).toEqual({
      code: 'tool-unreachable',
      message: 'The MCP server cannot be reached: it ended the connection.',
    });
    expect(lines.join('')).toContain('The token [hidden] is not valid.');
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('that is no program cannot be reached, and is tried ever more rarely', async () => {
    const tools = mcp.toolsAt({ command: '/no/such/program', args: [], env: {} });
    expect(await failure(call(tools, 'words'))).toEqual({
      code: 'tool-unreachable',
      message: 'The MCP server cannot be reached: spawn /no/such/program ENOENT.',
    });
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      await poll(() => mcp.clock.waiting).toBe(1);
      const from = mcp.clock.now();
      for (let after = 1000; mcp.clock.waiting === 1 && after <= 60_000; after += 1000)
        mcp.clock.advance(1000);
      waits.push((mcp.clock.now() - from) / 1000);
      await poll(() => failure(call(tools, 'words')).then(({ code }) => code)).toBe('tool-unavailable');
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('that never answers is given up by its callers, and by itself after half a minute', async () => {
    const tools = mcp.toolsAt(stdio('--deaf'));
    const calling = failure(call(tools, 'words'));
    await poll(() => mcp.clock.waiting).toBe(2);
    mcp.clock.advance(2000);
    expect((await calling).code).toBe('tool-timeout');
    await mcp.clock.advanceAsync(28_000);
    await poll(() => failure(call(tools, 'words'))).toEqual({
      code: 'tool-unavailable',
      message: 'The MCP server is down and is not asked again yet.',
    });
  });

  it('is ended with the tools that use it', async () => {
    const tools = mcp.toolsAt(stdio());
    const { pid } = (await call(tools, 'environment')) as { pid: number };
    const waiting = failure(call(tools, 'slow'));
    await poll(() => call(tools, 'happened')).toMatchObject({ calls: { length: 3 } });
    await tools.close();
    expect((await waiting).code).toBe('tool-unreachable');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(mcp.clock.waiting).toBe(0);
  });

  it('that needs what the environment does not have is a bad setting, at every call', async () => {
    const tools = toolsOf(programOf(specs(stdio())), {}, { clock: mcp.clock, log: silentLog });
    for (const _ of [1, 2]) {
      expect(await failure(call(tools, 'words'))).toEqual({
        code: 'tool-bad-setting',
        message: 'The environment has no CRM_TOKEN, which the MCP server needs.',
      });
    }
    expect(mcp.clock.waiting).toBe(0);
  });
});
