/** An MCP server over streamable HTTP, with sessions, that can be started anew and told to misbehave. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { mcpServer, type Happened } from './mcp-tools.ts';

export interface McpHttp {
  readonly url: string;
  readonly port: number;
  readonly happened: Happened;
  /** Requests as `METHOD status`, and the headers of each. */
  readonly requests: { method: string; headers: IncomingMessage['headers'] }[];
  /** Answers in the place of the server, where it is set. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** Forgets every session, as a server that is started anew does, and answers so to who speaks of one. */
  forget(status?: number): void;
  close(): Promise<void>;
}

export async function startMcpHttp(secret: string, port = 0): Promise<McpHttp> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const happened: Happened = { calls: [], canceled: 0 };
  const requests: McpHttp['requests'] = [];
  let unknown = 404;
  const server: Server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', headers: request.headers });
    if (mcp.instead) mcp.instead(request, response);
    else handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known) return known.handleRequest(request, response);
    if (id !== undefined) {
      response.writeHead(unknown, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (session) => void sessions.set(session, transport),
      onsessionclosed: (session) => void sessions.delete(session),
    });
    await mcpServer(happened, secret, () => server.closeAllConnections()).connect(transport);
    await transport.handleRequest(request, response);
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  const mcp: McpHttp = {
    url: `http://127.0.0.1:${bound}/mcp`,
    port: bound,
    happened,
    requests,
    instead: null,
    forget(status = 404) {
      unknown = status;
      sessions.clear();
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return mcp;
}
