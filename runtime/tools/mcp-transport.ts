/** How an MCP server is spoken to: a process of ours, or a server over HTTP. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { ToolBy } from '../dialogue/program.ts';
import { OffhookError } from '../errors.ts';
import { checkHost } from './hosts.ts';
import { setHeader } from './http-request.ts';
import { withEnv, type Env } from './settings.ts';

export type ServerSettings = Extract<ToolBy, { by: 'mcp' }>['server'];

/** What one answer of a server may take up; it is read no further. */
const MESSAGE_BYTES = 1024 * 1024;
const LAST_WORDS = 2_000;

export interface Way {
  transport: Transport;
  /** Tells the server that it is left; settles when it knows or cannot be told. */
  leave(): Promise<void>;
  /** What a process has said on standard error until now, without the values of the environment it was given. */
  lastWords(): string;
}

/** @throws OffhookError `tool-bad-setting` or `tool-refused-host`; `who` is how its message names the server. */
export async function wayTo(
  settings: ServerSettings,
  who: string,
  env: Env,
  hosts: readonly string[] | null,
): Promise<Way> {
  return 'url' in settings ? overHttp(settings, who, env, hosts) : asProcess(settings, who, env);
}

async function asProcess(
  settings: Extract<ServerSettings, { command: string }>,
  who: string,
  env: Env,
): Promise<Way> {
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const given = Object.entries(settings.env).map(([name, text]) => [name, withEnv(text, env, who)] as const);
  const transport = new StdioClientTransport({
    command: withEnv(settings.command, env, who),
    args: settings.args.map((text) => withEnv(text, env, who)),
    env: Object.fromEntries(given),
    stderr: 'pipe',
    maxBufferSize: MESSAGE_BYTES,
  });
  let words = '';
  // It is read to the end: a process whose standard error nobody reads stands still.
  transport.stderr?.on('data', (piece: Buffer) => {
    words = (words + piece.toString()).slice(-LAST_WORDS);
  });
  const secrets = [settings.command, ...settings.args, ...Object.values(settings.env)].flatMap((text) =>
    [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => env[name] ?? ''),
  );
  return {
    transport,
    leave: () => Promise.resolve(),
    lastWords: () =>
      secrets.reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '[hidden]')), words),
  };
}

async function overHttp(
  settings: Extract<ServerSettings, { url: string }>,
  who: string,
  env: Env,
  hosts: readonly string[] | null,
): Promise<Way> {
  const text = withEnv(settings.url, env, who);
  if (!URL.canParse(text) || !/^https?:/i.test(text)) {
    throw new OffhookError('tool-bad-setting', `The url of ${who} is no http:// or https:// URL.`);
  }
  const url = new URL(text);
  checkHost(hosts, url, who);
  const headers = new Headers();
  for (const [name, value] of Object.entries(settings.headers)) {
    setHeader(headers, name, withEnv(value, env, who), who);
  }
  const { StreamableHTTPClientTransport } =
    await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers }, fetch: bounded });
  return {
    transport,
    leave: () => transport.terminateSession().catch(() => undefined),
    lastWords: () => '',
  };
}

/** The SDK reads an answer to its end, and goes on when nobody waits for it any more. */
async function bounded(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.body || init?.method !== 'POST') return response;
  let bytes = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.length;
      if (bytes > MESSAGE_BYTES) controller.error(new Error('The answer is too long.'));
      else controller.enqueue(piece);
    },
  });
  return new Response(response.body.pipeThrough(count), response);
}
