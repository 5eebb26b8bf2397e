/** One connection to an MCP server, from its beginning to its end. The SDK is loaded with the first one. */
import type { CallToolResult, ListToolsResult } from '@modelcontextprotocol/sdk/types.js';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { atMost } from './deadline.ts';
import type { Way } from './mcp-transport.ts';

export type ListedTool = ListToolsResult['tools'][number];

/** The SDK keeps a time of its own for every request; ours is the one that counts. */
const NO_TIMEOUT = 2 ** 31 - 1;
/** More tools than are on these pages are not looked at. */
const PAGES = 20;
/** A server that does not listen any more is left without a word. */
const LEAVE_MS = 2_000;

export interface Connection {
  /** By name, as the server told them last. */
  readonly tools: ReadonlyMap<string, ListedTool>;
  call(
    request: { name: string; arguments: Record<string, unknown>; _meta: Record<string, unknown> },
    signal: AbortSignal,
  ): Promise<CallToolResult>;
  /** Whether the server still knows of the connection. */
  alive(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Connects and asks for the tools. Rejects with whatever the SDK throws, with nothing left open. `lost` is called
 * once when the server goes away, but not for a connection that was closed.
 */
export async function connect(
  way: Way,
  parts: { signal: AbortSignal; clock: Clock; log: Log; lost(): void },
): Promise<Connection> {
  const { signal, clock, log } = parts;
  const [{ Client }, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  const client = new Client({ name: 'offhook', version: '1' });
  let open = false;
  let tools: ReadonlyMap<string, ListedTool> = new Map();
  const list = async (): Promise<void> => {
    if (client.getServerCapabilities()?.tools) tools = await listTools(client, types.ListToolsResultSchema);
  };
  const close = async (): Promise<void> => {
    open = false;
    await atMost(clock, LEAVE_MS, way.leave());
    await client.close();
  };
  // What a process says by mistake, or a stream that breaks: calls that suffer from it fail by themselves.
  client.onerror = (problem) => log.debug({ kind: problem.name }, 'an MCP server misbehaves');
  client.onclose = () => {
    if (open) parts.lost();
    open = false;
  };
  const stop = (): void => void client.close();
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    await client.connect(way.transport, { timeout: NO_TIMEOUT });
    client.setNotificationHandler(types.ToolListChangedNotificationSchema, () => {
      list().catch((thrown: unknown) =>
        log.warn(
          { kind: thrown instanceof Error ? thrown.name : typeof thrown },
          'tools were not listed anew',
        ),
      );
    });
    await list();
    signal.throwIfAborted();
    open = true;
  } catch (thrown) {
    const words = way.lastWords();
    if (words !== '') log.warn({ words }, 'what an MCP server said before it failed');
    await close();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return {
    get tools() {
      return tools;
    },
    call: (params, callSignal) =>
      client.request({ method: 'tools/call', params }, types.CallToolResultSchema, {
        signal: callSignal,
        timeout: NO_TIMEOUT,
      }),
    async alive(callSignal) {
      try {
        await client.ping({ signal: callSignal, timeout: NO_TIMEOUT });
        return true;
      } catch {
        return false;
      }
    },
    close,
  };
}

type ListSchema = typeof import('@modelcontextprotocol/sdk/types.js').ListToolsResultSchema;

async function listTools(client: Client, schema: ListSchema): Promise<Map<string, ListedTool>> {
  const tools = new Map<string, ListedTool>();
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const listed = await client.request({ method: 'tools/list', params }, schema, { timeout: NO_TIMEOUT });
    for (const tool of listed.tools) tools.set(tool.name, tool);
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}
