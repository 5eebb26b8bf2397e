/** What the tests of MCP tools share: programs whose tools are those of the test server, and a clock. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import type { ToolBy, ToolSpec } from '../../runtime/dialogue/program.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { silentLog } from '../../runtime/log.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import type { Tools } from '../../runtime/tools/tools.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { programOf, SECRET, toolCall, toolSpec } from './programs.ts';

type Server = Extract<ToolBy, { by: 'mcp' }>['server'];

const PROCESS = fileURLToPath(new URL('../support/mcp-stdio.ts', import.meta.url));
const NAMES = [
  'find_customer',
  'liar',
  'long_winded',
  'broken_promise',
  'words',
  'json',
  'several',
  'nothing',
  'cannot',
  'throws',
  'slow',
  'large',
  'too_large',
  'happened',
  'environment',
  'die',
  'learn',
  'learned',
  'missing',
];

export const stdio = (...args: string[]): Server => ({
  command: process.execPath,
  args: ['--import', 'tsx', PROCESS, ...args],
  env: { CRM_TOKEN: '${CRM_TOKEN}' },
});
export const overHttp = (headers: Record<string, string> = {}): Server => ({ url: '${CRM_URL}', headers });
export const specs = (server: Server, more: Partial<ToolSpec> = {}): ToolSpec[] =>
  NAMES.map((name) => toolSpec({ by: 'mcp', server, tool: name }, { name, ...more }));

/** A clock for each test, and what is to be closed after it. */
export interface McpTests {
  clock: FakeClock;
  open: { close(): Promise<void> }[];
  /** Tools of a server, closed after the test. `url` is what `CRM_URL` stands for. */
  toolsAt(server: Server, url?: string, hosts?: readonly string[] | null): Tools;
}

export function mcpTests(): McpTests {
  const mcp: McpTests = {
    clock: new FakeClock(),
    open: [],
    toolsAt(server, url = '', hosts = null) {
      const env = { CRM_TOKEN: SECRET, CRM_URL: url };
      const { clock } = mcp;
      const tools = toolsOf(programOf(specs(server), { hosts }), env, { clock, log: silentLog });
      mcp.open.push(tools);
      return tools;
    },
  };
  beforeEach(() => {
    mcp.clock = new FakeClock();
  });
  afterEach(async () => {
    await Promise.all(mcp.open.map((one) => one.close()));
    mcp.open = [];
  });
  return mcp;
}

export const call = (tools: Tools, tool: string, signal?: AbortSignal): Promise<Value> =>
  tools.call(toolCall({ tool, input: { phone: '+14155550123' }, ...(signal && { signal }) }));
