/**
 * OpenAI's live transcription (`/v1/realtime?intent=transcription`) on a local port, as it is documented: strict about
 * what it is sent. A test scripts the words of each burst of sound, and how the vendor misbehaves.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../runtime/clock.ts';
import { TranscriptionSession, type TranscriptionScript } from './openai-transcription-session.ts';

export { TranscriptionSession } from './openai-transcription-session.ts';

export interface OpenAiTranscriptionScript extends TranscriptionScript {
  apiKey: string;
  /** The status an upgrade is refused with; null lets it through. Counts from 0. */
  refuse(attempt: number): number | null;
  /** An upgrade is not answered until `release`; counts from 0. */
  hold(attempt: number): boolean;
}

export interface OpenAiTranscriptionDouble {
  /** As for OPENAI_BASE_URL. */
  baseUrl: string;
  apiKey: string;
  /** The script may be changed at any time. */
  script: OpenAiTranscriptionScript;
  sessions: TranscriptionSession[];
  /** Upgrades that were asked for, also those refused. */
  attempts: { path: string; authorization: string | undefined }[];
  /** Lets the upgrades through that are held. */
  release(): void;
  /** What the client did that the documentation does not know, of all sessions. */
  problems(): string[];
  /** How many sockets are open. */
  open(): number;
  close(): Promise<void>;
}

export async function startOpenAiTranscription(
  script: Partial<OpenAiTranscriptionScript> = {},
): Promise<OpenAiTranscriptionDouble> {
  const full: OpenAiTranscriptionScript = {
    apiKey: 'sk-test-0123456789',
    clock: systemClock,
    refuse: () => null,
    hold: () => false,
    heard: () => 'hello',
    delayMs: () => 0,
    fails: () => false,
    deaf: false,
    ...script,
  };
  const sessions: TranscriptionSession[] = [];
  const attempts: OpenAiTranscriptionDouble['attempts'] = [];
  const held: (() => void)[] = [];
  const open = new Set<Duplex>();
  const counts = { burst: 0, commit: 0, event: 0 };
  const server = createServer((_, response) => {
    response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const attempt =
      attempts.push({ path: request.url ?? '', authorization: request.headers.authorization }) - 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    const status =
      full.refuse(attempt) ??
      (request.headers.authorization !== `Bearer ${full.apiKey}` ? 401 : null) ??
      (url.pathname !== '/v1/realtime' ? 404 : null) ??
      (url.search !== '?intent=transcription' ? 400 : null);
    if (status !== null) {
      socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    const accept = (): void => {
      if (socket.destroyed) return;
      sockets.handleUpgrade(request, socket, head, (client) => {
        sessions.push(new TranscriptionSession(client, full, counts));
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
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: full.apiKey,
    script: full,
    sessions,
    attempts,
    release() {
      for (const accept of held.splice(0)) accept();
    },
    problems: () => sessions.flatMap((session) => session.problems),
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
