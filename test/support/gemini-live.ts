/**
 * Gemini Live on a local port, as it is documented: real HTTP upgrades, real sockets, JSON in binary frames, strict
 * about what it is sent. A test scripts what the caller's words were, what the model does, and how the vendor
 * misbehaves.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import type { Fields } from './gemini-live-checks.ts';
import { GeminiSession, type Seen } from './gemini-live-session.ts';

export type { GeminiSession } from './gemini-live-session.ts';
export { at, list, str, type Fields } from './gemini-live-checks.ts';

/** What a turn consists of. */
export interface Reply {
  /** Spoken, for `ms` (by default as long as it takes to read). */
  say?: string;
  ms?: number;
  /** What the transcription makes of it, where that is something else. */
  words?: string;
  calls?: readonly { name: string; args: unknown }[];
  thinkMs?: number;
  /** Thinks aloud first. */
  thought?: boolean;
  /** Nothing ever comes. */
  hangs?: boolean;
}

export interface Request {
  session: GeminiSession;
  /** The words of the activity that is to be answered; null: something else asked. */
  heard: string | null;
  instructions: string;
  functions: readonly string[];
  context: readonly Seen[];
}

type Heard = string | { text: string; fragments?: readonly string[]; delayMs?: number };

export interface GeminiScript {
  apiKey: string;
  models: readonly string[];
  clock: Clock;
  /** The status an upgrade is refused with; null lets it through. Counts from 0. */
  refuse(attempt: number): number | null;
  /** An upgrade is not answered at all. */
  ignore(attempt: number): boolean;
  silentFrom: 'setup' | 'never';
  setupMs: number;
  /** The words of the caller's activities, and how their transcription comes. */
  heard(activity: { index: number; samples: Int16Array; durationMs: number; session: GeminiSession }): Heard;
  reply(request: Request): Reply;
  /** Closes the session over a message. */
  refuses(message: Fields, session: GeminiSession): { code: number; reason: string } | null;
  chunkMs: number;
  /** Between two chunks; 0: all at once. */
  paceMs: number;
  /** From the end of generating to the end of the turn: the server takes it to be heard meanwhile. */
  playbackMs: number;
  /** An interruption is told as such, and not only by the end of the turn. */
  saysInterrupted: boolean;
  /** A handle comes after every turn. */
  saves: boolean;
  usage: Fields;
}

export interface GeminiDouble {
  /** As for GOOGLE_GEMINI_BASE_URL. */
  baseUrl: string;
  apiKey: string;
  /** The script may be changed at any time. */
  script: GeminiScript;
  sessions: GeminiSession[];
  /** Upgrades that were asked for, also those refused. */
  attempts: { path: string; key: string | undefined }[];
  /** Client messages of all sessions, without the caller's audio; of one kind. */
  received(kind?: string): Fields[];
  /** What no session should have been sent. */
  problems(): string[];
  /** How many sockets are open. */
  open(): number;
  close(): Promise<void>;
}

export const GEMINI_TEST_KEY = 'AIza-test-0123456789';
const PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';

/** Listens as it is told; speaks where it may. */
export const obliging = ({ functions }: Request): Reply =>
  functions.includes('heard')
    ? { calls: [{ name: 'heard', args: { choice: 'none', confidence: 0.5 } }] }
    : { say: 'Of course.' };

export async function startGemini(script: Partial<GeminiScript> = {}): Promise<GeminiDouble> {
  const full: GeminiScript = {
    apiKey: GEMINI_TEST_KEY,
    models: ['gemini-3.8-live'],
    clock: systemClock,
    refuse: () => null,
    ignore: () => false,
    silentFrom: 'never',
    setupMs: 0,
    heard: () => 'hello',
    reply: obliging,
    refuses: () => null,
    chunkMs: 100,
    paceMs: 0,
    playbackMs: 5,
    saysInterrupted: true,
    saves: false,
    usage: {
      promptTokenCount: 900,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 700 }],
      responseTokenCount: 80,
      responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 80 }],
      totalTokenCount: 980,
    },
    ...script,
  };
  const sessions: GeminiSession[] = [];
  const attempts: GeminiDouble['attempts'] = [];
  const handles = new Map<string, Seen[]>();
  const held = new Set<Duplex>();
  const server = createServer((_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"code":404}}');
  });
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, perMessageDeflate: false });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const header = request.headers['x-goog-api-key'];
    const key = typeof header === 'string' ? header : (url.searchParams.get('key') ?? undefined);
    const attempt = attempts.push({ path: request.url ?? '', key }) - 1;
    held.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => held.delete(socket));
    if (full.ignore(attempt)) return;
    const status = full.refuse(attempt) ?? (url.pathname !== PATH ? 404 : null);
    if (status !== null) {
      const body = '{"error":{"message":"refused"}}';
      socket.end(
        `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n` +
          `connection: close\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      // A wrong key is let in and told so with the close.
      if (key !== full.apiKey) {
        client.on('error', () => {});
        return client.close(1007, 'API key not valid. Please pass a valid API key.');
      }
      sessions.push(new GeminiSession(client, full, sessions.length, handles));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The double has no port.');

  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    apiKey: full.apiKey,
    script: full,
    sessions,
    attempts,
    received: (kind) =>
      sessions.flatMap(({ received }) => received).filter((message) => kind === undefined || kind in message),
    problems: () => sessions.flatMap(({ problems }) => problems),
    open: () => held.size,
    async close() {
      for (const session of sessions) session.kill();
      for (const socket of held) socket.destroy();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
