/** Tools of MCP servers. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ToolBy, ToolSpec } from '../dialogue/program.ts';
import type { Offer, Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import { jsonOf } from './json.ts';
import type { McpServer } from './mcp-server.ts';
import type { Schemas } from './schemas.ts';
import type { ToolCall } from './tools.ts';

export type McpTool = ToolSpec & { call: Extract<ToolBy, { by: 'mcp' }> };

/** A server describes its tools at whatever length it likes; a model pays for every word. */
const LONGEST_ABOUT = 2_000;
const LONGEST_INPUT = 20_000;

/**
 * Calls the server's tool: what it gives is its structured content, else its text, which is read as JSON where it
 * is JSON. The input goes as it is: the server judges it.
 */
export async function callMcp(
  tool: McpTool,
  call: ToolCall,
  server: McpServer,
  schemas: Schemas,
  signal: AbortSignal,
): Promise<Value> {
  const { name } = tool;
  let result: CallToolResult;
  try {
    result = await server.call(tool.call.tool, call.input, call.key, signal);
  } catch (thrown) {
    if (signal.aborted || thrown instanceof OffhookError) throw thrown;
    throw failure(name, thrown);
  }
  if (result.isError) throw new OffhookError('tool-refused', `${name} answered that it cannot.`);
  const output = jsonOf(result.structuredContent ?? textOf(result), name);
  const promised = server.listed(tool.call.tool)?.outputSchema;
  const problem = promised ? promiseBroken(schemas, promised, output) : null;
  if (problem !== null) {
    throw new OffhookError('tool-bad-output', `What ${name} gave is not what it promises: ${problem}.`);
  }
  return output;
}

/**
 * The tool with what its server says of it beside what the dialogue does (`said`); null where the server has not said
 * anything yet, or knows no such tool.
 */
export function offerOf(tool: McpTool, said: Offer | undefined, server: McpServer): Offer | null {
  const listed = server.listed(tool.call.tool);
  if (!listed) return null;
  // Where the author wrote nothing, the dialogue says the name and takes any object.
  const own = tool.about === tool.name ? '' : tool.about;
  const words = [own, listed.description ?? ''].filter((text) => text !== '').join('\n');
  const open = tool.input['properties'] === undefined;
  const fits = JSON.stringify(listed.inputSchema).length <= LONGEST_INPUT;
  return {
    name: said?.name ?? tool.name,
    about: words === '' ? tool.about : words.slice(0, LONGEST_ABOUT),
    input: open && fits ? (listed.inputSchema as Offer['input']) : tool.input,
  };
}

/** A schema of the server's that cannot be used promises nothing. */
function promiseBroken(schemas: Schemas, schema: object, output: Value): string | null {
  try {
    return schemas.problem(schema as Offer['input'], output);
  } catch {
    return null;
  }
}

function textOf(result: CallToolResult): unknown {
  const texts = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (texts.length === 0) return null;
  const text = texts.join('\n');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** An error of the protocol has a number below zero, an answer over HTTP its status; their words are the server's. */
function failure(name: string, thrown: unknown): OffhookError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  if (typeof code === 'number' && code !== -1) {
    return new OffhookError('tool-refused', `${name} answered with ${code}.`, { cause: thrown });
  }
  return new OffhookError('tool-bad-output', `${name} gave what is no answer.`, { cause: thrown });
}
