/** A real MCP server with the tools that the tests need, made with the SDK. Where it is reached is up to others. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';

/** What has happened to a server, over all of its connections. */
export interface Happened {
  calls: { name: string; key: unknown; input: unknown }[];
  canceled: number;
}

const INPUT = { type: 'object', properties: { phone: { type: 'string' } } } as const;
const FREE: Tool['outputSchema'] = {
  type: 'object',
  properties: { free: { type: 'boolean' } },
  required: ['free'],
};

const text = (...texts: string[]): CallToolResult => ({
  content: texts.map((one) => ({ type: 'text', text: one })),
});

/** One connection's server. `die` ends whatever carries it. */
export function mcpServer(happened: Happened, secret: string, die: () => void): Server {
  const server = new Server(
    { name: 'offhook-test', version: '1' },
    { capabilities: { tools: { listChanged: true } } },
  );
  const first: Tool[] = [
    {
      name: 'find_customer',
      description: 'Finds a customer by the phone number',
      inputSchema: { ...INPUT, required: ['phone'] },
      outputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    },
    { name: 'liar', inputSchema: INPUT, outputSchema: FREE },
    { name: 'long_winded', description: 'word '.repeat(1000), inputSchema: INPUT },
    {
      name: 'broken_promise',
      inputSchema: INPUT,
      outputSchema: { type: 'object', properties: { a: { type: 'nonsense' } } },
    },
  ];
  const second: Tool[] = [
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
  ].map((name) => ({ name, inputSchema: INPUT }));

  server.setRequestHandler(ListToolsRequestSchema, ({ params }) =>
    params?.cursor === 'second' ? { tools: second } : { tools: first, nextCursor: 'second' },
  );
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const { name, arguments: input, _meta } = params;
    happened.calls.push({ name, key: _meta?.['offhook/idempotency-key'], input });
    switch (name) {
      case 'find_customer':
        return { ...text('Ana'), structuredContent: { name: 'Ana', phone: input?.['phone'] } };
      case 'liar':
        return { ...text('perhaps'), structuredContent: { free: 'perhaps' } };
      case 'broken_promise':
        return { ...text('1'), structuredContent: { a: 1 } };
      case 'words':
        return text('Closed on Mondays.');
      case 'json':
        return text('{"free": true}');
      case 'several':
        return {
          content: [...text('one', 'two').content, { type: 'image', data: 'AAAA', mimeType: 'image/png' }],
        };
      case 'nothing':
        return { content: [] };
      case 'cannot':
        return { ...text(`No customer ${secret}`), isError: true };
      case 'throws':
        throw new Error(`Broken by ${secret}`);
      case 'slow':
        return new Promise<CallToolResult>(() => {
          signal.addEventListener('abort', () => happened.canceled++);
        });
      case 'large':
        return text('x'.repeat(256 * 1024));
      case 'too_large':
        return text('x'.repeat(2 * 1024 * 1024));
      case 'happened':
        return { ...text(''), structuredContent: { ...happened } };
      case 'environment':
        return {
          ...text(''),
          structuredContent: {
            token: process.env['CRM_TOKEN'] ?? null,
            args: process.argv.slice(2),
            pid: process.pid,
          },
        };
      case 'die':
        die();
        return text('never');
      case 'learn':
        first.push({ name: 'learned', description: 'New here', inputSchema: INPUT });
        await server.sendToolListChanged();
        return text('done');
      case 'learned':
        return text('it works');
      default:
        throw new Error(`There is no tool ${name}.`);
    }
  });
  return server;
}
