/**
 * OpenAI's realtime API on a local port, as it is documented: real HTTP upgrades, real sockets, strict about what
 * it is sent. A test scripts what the caller's words were, what the model says, and how the vendor misbehaves.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../runtime/clock.ts';
import type { Fields } from './openai-realtime-checks.ts';
import type { Script } from './openai-realtime-script.ts';
import { RealtimeSession } from './openai-realtime-session.ts';

export { speechMs, tone } from './openai-realtime-script.ts';
export type { RealtimeSession } from './openai-realtime-session.ts';
export type { Heard, Question, Reply } from './openai-realtime-script.ts';
export { isFields, type Fields } from './openai-realtime-checks.ts';

export interface OpenAiScript extends Script {
  apiKey: string;
  models: readonly string[];
  /** The status an upgrade is refused with; null lets it through. Counts from 0. */
  refuse(attempt: number): number | null;
  /** An upgrade is not answered at all. */
  ignore(attempt: number): boolean;
  /** From where on a session is silent. */
  silentFrom: 'created' | 'never';
  /** Sessions end after 60 minutes. */
  sessionMs: number;
}

export interface OpenAiDouble {
  /** As for OPENAI_BASE_URL. */
  baseUrl: string;
  apiKey: string;
  /** The script may be changed at any time. */
  script: OpenAiScript;
  sessions: RealtimeSession[];
  /** Upgrades that were asked for, also those refused. */
  attempts: { path: string; authorization: string | undefined }[];
  /** Client events of all sessions, without the caller's audio. */
  received(type?: string): Fields[];
  /** How many sockets are open. */
  open(): number;
  close(): Promise<void>;
}

export const TEST_KEY = 'sk-test-0123456789';

export async function startOpenAi(script: Partial<OpenAiScript> = {}): Promise<OpenAiDouble> {
  const full: OpenAiScript = {
    apiKey: TEST_KEY,
    models: ['gpt-realtime-2.1', 'gpt-realtime-2.1-mini'],
    refuse: () => null,
    ignore: () => false,
    silentFrom: 'never',
    sessionMs: 60 * 60_000,
    clock: systemClock,
    heard: () => 'hello',
    reply: () => ({ say: 'Of course.' }),
    answer: ({ choices }) => ({ choice: choices.at(-1) ?? '', confidence: 0.5 }),
    read: (text) => text,
    chunkMs: 200,
    paceMs: 0,
    errorOn: () => null,
    twice: false,
    ...script,
  };
  const sessions: RealtimeSession[] = [];
  const attempts: OpenAiDouble['attempts'] = [];
  const held = new Set<Duplex>();
  const server = createServer((_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"Not found"}}');
  });
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, perMessageDeflate: false });
  const cancels = new Set<() => void>();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const attempt =
      attempts.push({ path: request.url ?? '', authorization: request.headers.authorization }) - 1;
    held.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => held.delete(socket));
    if (full.ignore(attempt)) return;
    const model = url.searchParams.get('model') ?? '';
    const status =
      full.refuse(attempt) ??
      (url.pathname !== '/v1/realtime' ? 404 : null) ??
      (request.headers.authorization !== `Bearer ${full.apiKey}` ? 401 : null) ??
      (!full.models.includes(model) ? 404 : null);
    if (status !== null) {
      const body = '{"error":{"message":"refused"}}';
      socket.end(
        `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n` +
          `connection: close\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const session = new RealtimeSession(client, full, sessions.length, model);
      sessions.push(session);
      if (full.silentFrom === 'created') return session.goSilent();
      session.begin();
      const cancel = full.clock.after(full.sessionMs, () => session.expire());
      cancels.add(cancel);
      client.on('close', cancel);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The double has no port.');
  const { port } = address;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: full.apiKey,
    script: full,
    sessions,
    attempts,
    received: (type) =>
      sessions
        .flatMap((session) => session.received)
        .filter((event) => (type ? event.type === type : event.type !== 'input_audio_buffer.append')),
    open: () => held.size,
    async close() {
      for (const cancel of cancels) cancel();
      for (const socket of held) socket.destroy();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
