import type { ServerSettings } from './mcp-transport.ts';
import { McpServer, type McpServerParts } from './mcp-server.ts';

/** The MCP servers of a process: one for each settings, as long as somebody holds it. */
export class McpServers {
  readonly #parts: Omit<McpServerParts, 'hosts'>;
  readonly #held = new Map<string, { server: McpServer; holders: Set<object> }>();

  constructor(parts: Omit<McpServerParts, 'hosts'>) {
    this.#parts = parts;
  }

  /** The server of these settings, which is being reached from now on. */
  hold(settings: ServerSettings, hosts: readonly string[] | null, holder: object): McpServer {
    const key = JSON.stringify([settings, hosts]);
    const held = this.#held.get(key) ?? this.#begin(settings, hosts);
    this.#held.set(key, held);
    held.holders.add(holder);
    return held.server;
  }

  /** Ends the servers that nobody else holds. */
  async release(holder: object): Promise<void> {
    const left = [...this.#held].filter(([, { holders }]) => holders.delete(holder) && holders.size === 0);
    for (const [key] of left) this.#held.delete(key);
    await Promise.all(left.map(([, { server }]) => server.close()));
  }

  async close(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(all.map(({ server }) => server.close()));
  }

  #begin(
    settings: ServerSettings,
    hosts: readonly string[] | null,
  ): { server: McpServer; holders: Set<object> } {
    const server = new McpServer(settings, { ...this.#parts, hosts });
    server.open();
    return { server, holders: new Set() };
  }
}
