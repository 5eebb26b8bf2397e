/**
 * Deepgram's recognisers on a local port, as they are documented: `/v1/listen` (Nova) and `/v2/listen` (Flux), strict
 * about what they are sent. A test scripts the words of each burst of sound, and how the vendor misbehaves.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../runtime/clock.ts';
import { checkQuery } from './deepgram-checks.ts';
import { DeepgramSession, type SessionScript } from './deepgram-session.ts';

export { DeepgramSession } from './deepgram-session.ts';

export interface DeepgramScript extends SessionScript {
  apiKey: string;
  /** The status an upgrade is refused with; null lets it through. Counts from 0. */
  refuse(attempt: number): number | null;
  /** An upgrade is not answered until `release`; counts from 0. */
  hold(attempt: number): boolean;
}

export interface DeepgramDouble {
  /** As for DEEPGRAM_BASE_URL. */
  baseUrl: string;
  apiKey: string;
  /** The script may be changed at any time. */
  script: DeepgramScript;
  sessions: DeepgramSession[];
  /** Upgrades that were asked for, also those refused. */
  attempts: { path: string; authorization: string | undefined }[];
  /** Lets the upgrades through that are held. */
  release(): void;
  /** What the client did that the documentation does not know, of all connections. */
  problems(): string[];
  /** How many sockets are open. */
  open(): number;
  close(): Promise<void>;
}

export const DEEPGRAM_KEY = 'dg-test-0123456789';

export async function startDeepgram(script: Partial<DeepgramScript> = {}): Promise<DeepgramDouble> {
  const full: DeepgramScript = {
    apiKey: DEEPGRAM_KEY,
    clock: systemClock,
    refuse: () => null,
    hold: () => false,
    heard: () => 'hello',
    noisy: false,
    configure: () => 'success',
    turnEndMs: 500,
    deaf: false,
    ...script,
  };
  const sessions: DeepgramSession[] = [];
  const attempts: DeepgramDouble['attempts'] = [];
  const problems: string[] = [];
  const held: (() => void)[] = [];
  const open = new Set<Duplex>();
  const server = createServer((_, response) => {
    response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({ noServer: true, autoPong: true, perMessageDeflate: false });
  let bursts = 0;

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const attempt =
      attempts.push({ path: request.url ?? '', authorization: request.headers.authorization }) - 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    const api = url.pathname === '/v1/listen' ? 'nova' : url.pathname === '/v2/listen' ? 'flux' : null;
    const wrong = api === null ? ['no such path'] : checkQuery(api, url.searchParams);
    problems.push(...wrong);
    const status =
      full.refuse(attempt) ??
      (request.headers.authorization !== `Token ${full.apiKey}` ? 401 : null) ??
      (api === null ? 404 : null) ??
      (wrong.length > 0 ? 400 : null);
    if (status !== null) {
      const body = JSON.stringify({ err_code: 'REFUSED', err_msg: 'refused', request_id: 'r1' });
      socket.end(
        `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ndg-error: ${wrong[0] ?? 'refused'}\r\n` +
          `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
      return;
    }
    const accept = (): void => {
      if (socket.destroyed || api === null) return;
      sockets.handleUpgrade(request, socket, head, (client) => {
        sessions.push(new DeepgramSession(client, full, api, url.searchParams, () => bursts++));
      });
    };
    if (full.hold(attempt)) held.push(accept);
    else accept();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The double has no port.');
  const { port } = address;

  return {
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: full.apiKey,
    script: full,
    sessions,
    attempts,
    release() {
      for (const accept of held.splice(0)) accept();
    },
    problems: () => [...problems, ...sessions.flatMap((session) => session.problems)],
    open: () => open.size,
    async close() {
      for (const socket of open) socket.destroy();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
