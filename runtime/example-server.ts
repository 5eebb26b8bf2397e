/** What the example dialogue `bistro` calls, a booking service and a list of customers: `npm start` brings it along. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Config } from './config.ts';
import type { Environment } from './dialogue/settings.ts';
import { isOfExamples } from './places.ts';

const BODY_BYTES = 16 * 1024;
/** Kept in no secret: it opens an example. */
const TOKEN = 'example';
const CUSTOMERS: { readonly [phone: string]: string } = { '+14155550123': 'Ana Novak' };

/** The packaged example dialogues call a booking service: where they are loaded and none is named, one is brought along. */
export async function exampleFor(
  config: Config,
  env: Environment,
): Promise<{ env: Environment; close(): Promise<void> } | null> {
  if (env['BOOKING_URL'] || !isOfExamples(config.dialogues)) return null;
  const { env: brought, close } = await startExampleServer();
  return { env: brought, close };
}

/**
 * Listens on a free port of this machine: `POST /tables` finds a table, `/mcp` is an MCP server with the tool
 * `find_customer`. `env` is what the dialogue takes from the environment.
 */
export async function startExampleServer(): Promise<{
  url: string;
  env: { [name: string]: string };
  close(): Promise<void>;
}> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const pathname = (request.url ?? '/').split('?')[0];
    if (pathname === '/mcp') {
      answerMcp(request, response).catch(() => response.writeHead(500).end());
      return;
    }
    if (request.method !== 'POST' || pathname !== '/tables') return answer(404, { error: 'not found' });
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, { error: 'not allowed' });
    bodyOf(request).then(
      (wish) => answer(200, findTable(wish)),
      () => answer(400, { error: 'The body should be JSON with party, day and time.' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The example server has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    env: { BOOKING_URL: url, BOOKING_TOKEN: TOKEN, CRM_MCP_URL: `${url}/mcp` },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Everybody finds a table, except at eight in the evening: so both ways of the dialogue can be heard. */
function findTable({ party, time }: Wish): { free: boolean; table: number | null } {
  const free = time !== '20:00';
  return { free, table: free ? party : null };
}

interface Wish {
  party: number;
  day: string;
  time: string;
}

async function bodyOf(request: IncomingMessage): Promise<Wish> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_BYTES) throw new Error('The body is too large.');
  }
  const wish: Partial<Wish> = JSON.parse(text);
  const { party, day, time } = wish;
  if (typeof party !== 'number' || typeof day !== 'string' || typeof time !== 'string') {
    throw new Error('A value is missing.');
  }
  return { party, day, time };
}

/** One server for each request: nothing is kept between two of them. Loaded only when somebody asks. */
async function answerMcp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [{ z }, { McpServer }, { StreamableHTTPServerTransport }] = await Promise.all([
    import('zod'),
    import('@modelcontextprotocol/sdk/server/mcp.js'),
    import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
  ]);
  const server = new McpServer({ name: 'bistro customers', version: '1.0.0' });
  server.registerTool(
    'find_customer',
    {
      description: 'Finds a customer by their phone number',
      inputSchema: { phone: z.string() },
      outputSchema: { name: z.string().nullable() },
    },
    ({ phone }) => {
      const found = { name: CUSTOMERS[phone] ?? null };
      return { structuredContent: found, content: [{ type: 'text', text: JSON.stringify(found) }] };
    },
  );
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => void transport.close());
  await server.connect(transport);
  await transport.handleRequest(request, response);
}
