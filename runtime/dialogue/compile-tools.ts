/** The tools of a dialogue, with every default filled in. */
import path from 'node:path';
import type { ExpressionSource, Steps, Tool, Variants } from './document.ts';
import { durationMs } from './duration.ts';
import type { Template } from './expression.ts';
import { inputSchema, outputSchema } from './fields.ts';
import type { Gate, ToolBy, ToolSpec } from './program.ts';

const DEFAULT_TIMEOUT = '8s';
const DEFAULT_RETRY = '300ms';

interface Parts {
  gate(name: string, source: { requires?: ExpressionSource; else?: Steps }): Gate | null;
  variants(source: Variants): readonly Template[];
}

/** An MCP server NAME gives one tool `NAME.TOOL` for each that is allowed. `folder` is that of the dialogue. */
export function compileTools(
  tools: { readonly [name: string]: Tool },
  folder: string,
  parts: Parts,
): { [name: string]: ToolSpec } {
  const specs: { [name: string]: ToolSpec } = {};
  for (const [name, tool] of Object.entries(tools)) {
    const gate = parts.gate(name, tool);
    const meanwhile = tool.meanwhile === undefined ? [] : parts.variants(tool.meanwhile);
    for (const [own, call] of callsOf(name, tool, folder)) {
      specs[own] = {
        name: own,
        about: tool.about ?? own,
        // What an MCP tool takes, its server says.
        input:
          tool.input === undefined && call.by === 'mcp' ? { type: 'object' } : inputSchema(tool.input ?? {}),
        output: tool.output === undefined ? null : outputSchema(tool.output),
        call,
        timeoutMs: durationMs(tool.timeout ?? DEFAULT_TIMEOUT),
        meanwhile,
        finish: tool.finish ?? false,
        gate,
      };
    }
  }
  return specs;
}

function callsOf(name: string, tool: Tool, folder: string): [name: string, call: ToolBy][] {
  const { http, code, mcp } = tool;
  if (http) {
    const { method = 'POST', url, headers = {}, query = {}, body = null, retry } = http;
    const everyMs = durationMs(retry?.every ?? DEFAULT_RETRY);
    const tries = retry ? { attempts: retry.attempts, everyMs } : null;
    return [[name, { by: 'http', method, url, headers, query, body, retry: tries }]];
  }
  if (code !== undefined) return [[name, { by: 'code', file: path.resolve(folder, code) }]];
  if (!mcp) return [];
  const { url, headers = {}, command = '', args = [], env = {} } = mcp;
  const server = url === undefined ? { command, args, env } : { url, headers };
  return (tool.allow ?? []).map((allowed) => [`${name}.${allowed}`, { by: 'mcp', server, tool: allowed }]);
}
