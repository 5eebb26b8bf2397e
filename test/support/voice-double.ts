/**
 * What the doubles of the vendors of voices have in common: a local port, real upgrades and sockets, a key that is
 * checked, and a mouth that says a text in chunks and can be made to misbehave.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

export type Fields = Record<string, unknown>;

/** What goes wrong while a text is said, after so many bytes of it. */
export type Mishap = { kind: 'dies' | 'stalls' | 'errs' | 'ends'; afterBytes: number };

export interface VoiceScript {
  /** The status an upgrade is refused with; null lets it through. Counts from 0. */
  refuse(attempt: number): number | null;
  /** An upgrade is not answered at all. */
  ignore(attempt: number): boolean;
  /** What goes wrong with a text; `session` counts from 0. */
  mishap(text: string, session: number): Mishap | null;
  /** Until a text begins to be said. */
  thinkMs: number;
  chunkBytes: number;
  /** Between two chunks; 0: all at once. */
  paceMs: number;
  /** Pings are not answered, and nothing else either. */
  deaf(session: number): boolean;
}

export interface VoiceDouble {
  /** As for the vendor's BASE_URL. */
  baseUrl: string;
  apiKey: string;
  /** May be changed at any time. */
  script: VoiceScript;
  sessions: VoiceSession[];
  /** Upgrades that were asked for, also those refused. */
  attempts: { url: string; headers: IncomingMessage['headers'] }[];
  /** What all the sessions were sent that they should not have been. */
  errors(): string[];
  /** Messages of all sessions. */
  received(): Fields[];
  /** How many sockets are open. */
  open(): number;
  close(): Promise<void>;
}

/** What a vendor's double adds: who is let in, and what a session does with its messages. */
export interface Wire {
  apiKey: string;
  /** What is wrong with an upgrade apart from its key: its path, its query, its headers. Null: nothing. */
  wrong(url: URL, headers: IncomingMessage['headers']): string | null;
  /** The key that an upgrade carries. */
  key(headers: IncomingMessage['headers']): string | undefined;
  /** Answers what is done with each message. */
  converse(session: VoiceSession, url: URL): (message: Fields) => void;
}

export class VoiceSession {
  readonly index: number;
  readonly script: VoiceScript;
  readonly received: Fields[] = [];
  /** What it was sent that it should not have been. */
  readonly errors: string[] = [];
  /** Everything that was sent, audio as its number of bytes. */
  readonly sent: (Fields | number)[] = [];
  readonly #socket: WebSocket;
  /** Does whatever is still planned to be done later. */
  readonly timers = new Set<NodeJS.Timeout>();

  constructor(socket: WebSocket, index: number, script: VoiceScript) {
    this.#socket = socket;
    this.index = index;
    this.script = script;
    socket.on('close', () => this.timers.forEach((timer) => clearTimeout(timer)));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(message: Fields | Buffer): void {
    if (!this.isOpen || this.script.deaf(this.index)) return;
    this.sent.push(Buffer.isBuffer(message) ? message.length : message);
    this.#socket.send(Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** As it is, whatever it is. */
  sendRaw(message: string | Buffer): void {
    if (this.isOpen) this.#socket.send(message);
  }

  wrong(sentence: string): void {
    this.errors.push(sentence);
  }

  later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }

  end(code: number, reason = ''): void {
    this.#socket.close(code, reason);
  }

  die(): void {
    this.#socket.terminate();
  }
}

/** Every letter lasts 5 ms and sounds like no other; white space does not sound. Known text, known audio. */
export function audioOf(text: string): Buffer {
  const letters = [...text.replace(/\s+/g, '')];
  return Buffer.concat(letters.map((letter) => Buffer.alloc(40, letter.codePointAt(0)! % 251)));
}

/** Says texts one after another, chunk by chunk; what is planned between them is done in its turn. */
export class Mouth {
  readonly #session: VoiceSession;
  readonly #emit: (bytes: Buffer) => void;
  readonly #err: () => void;
  #plan: (() => number | null)[] = [];
  #isRunning = false;
  #isStopped = false;
  /** When something was last emitted. */
  emittedAt: number | null = null;

  /** `err`: the vendor reports an error. */
  constructor(session: VoiceSession, emit: (bytes: Buffer) => void, err: () => void) {
    this.#session = session;
    this.#emit = emit;
    this.#err = err;
  }

  get isBusy(): boolean {
    return this.#plan.length > 0;
  }

  say(text: string): void {
    const { script, index } = this.#session;
    const audio = audioOf(text);
    const mishap = script.mishap(text, index);
    const upTo = mishap ? Math.min(mishap.afterBytes, audio.length) : audio.length;
    this.#add(() => script.thinkMs);
    for (let at = 0; at < upTo; at += script.chunkBytes) {
      this.#add(() => {
        this.emittedAt = performance.now();
        this.#emit(audio.subarray(at, Math.min(at + script.chunkBytes, upTo)));
        return script.paceMs;
      });
    }
    if (mishap) this.#add(() => this.#befall(mishap));
  }

  /** Once everything so far has been said. */
  afterwards(act: () => void): void {
    this.#add(() => {
      act();
      return 0;
    });
  }

  stop(): void {
    this.#plan = [];
    this.#isStopped = true;
  }

  #befall({ kind }: Mishap): number | null {
    if (kind === 'dies') this.#session.die();
    else if (kind === 'errs') this.#err();
    else if (kind === 'ends') this.#session.end(1011, 'internal error');
    return null;
  }

  #add(step: () => number | null): void {
    if (this.#isStopped) return;
    this.#plan.push(step);
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  /** Null: nothing further is ever done. */
  #run(): void {
    for (let step = this.#plan[0]; step; step = this.#plan[0]) {
      const pauseMs = step();
      if (pauseMs === null || this.#isStopped) return;
      this.#plan.shift();
      if (pauseMs > 0) return this.#session.later(pauseMs, () => this.#run());
    }
    this.#isRunning = false;
  }
}

export async function startVoiceDouble(wire: Wire, script: Partial<VoiceScript> = {}): Promise<VoiceDouble> {
  const full: VoiceScript = {
    refuse: () => null,
    ignore: () => false,
    mishap: () => null,
    thinkMs: 0,
    chunkBytes: 333,
    paceMs: 0,
    deaf: () => false,
    ...script,
  };
  const sessions: VoiceSession[] = [];
  const attempts: VoiceDouble['attempts'] = [];
  const wrongUpgrades: string[] = [];
  const held = new Set<Duplex>();
  const server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, perMessageDeflate: false });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const attempt = attempts.push({ url: request.url ?? '', headers: request.headers }) - 1;
    held.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => held.delete(socket));
    if (full.ignore(attempt)) {
      socket.on('end', () => socket.destroy()).resume();
      return;
    }
    if (JSON.stringify(request.url).includes(wire.apiKey)) wrongUpgrades.push('the key is in the URL');
    const wrong = wire.wrong(url, request.headers);
    if (wrong) wrongUpgrades.push(wrong);
    const status =
      full.refuse(attempt) ??
      (wrong === null ? null : 400) ??
      (wire.key(request.headers) === wire.apiKey ? null : 401);
    if (status !== null) {
      socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const session = new VoiceSession(client, sessions.length, full);
      sessions.push(session);
      const receive = wire.converse(session, url);
      client.on('ping', (data) => {
        if (!full.deaf(session.index)) client.pong(data);
      });
      client.on('message', (data, isBinary) => {
        if (full.deaf(session.index)) return;
        if (isBinary) return session.wrong('a binary message');
        const message: unknown = JSON.parse((data as Buffer).toString('utf8'));
        if (!isFields(message)) return session.wrong('a message that is no object');
        session.received.push(message);
        receive(message);
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: wire.apiKey,
    script: full,
    sessions,
    attempts,
    errors: () => [...wrongUpgrades, ...sessions.flatMap((session) => session.errors)],
    received: () => sessions.flatMap((session) => session.received),
    open: () => held.size,
    async close() {
      for (const socket of held) socket.destroy();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The sentence about keys that are not allowed, or missing; null where they are as they should be. */
export function wrongKeys(
  message: Fields,
  needed: readonly string[],
  allowed: readonly string[] = [],
): string | null {
  const missing = needed.filter((key) => !(key in message));
  const odd = Object.keys(message).filter((key) => !needed.includes(key) && !allowed.includes(key));
  if (missing.length > 0) return `a message without ${missing.join(', ')}`;
  return odd.length > 0 ? `a message with ${odd.join(', ')}` : null;
}
