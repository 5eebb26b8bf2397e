/**
 * One MCP server, shared by all calls of the process: connected before it is needed, and again, ever less eagerly,
 * whenever it goes away.
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { within } from './deadline.ts';
import { withoutUrls } from './http.ts';
import { connect, type Connection, type ListedTool } from './mcp-connection.ts';
import { wayTo, type ServerSettings } from './mcp-transport.ts';
import type { Env } from './settings.ts';

/** A process may first have to be fetched; a call that waits for it has its own, shorter time. */
const CONNECT_MS = 30_000;
/** A connection that lived this long was a good one: the next is begun at once. */
const STEADY_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** What the SDK calls a connection that is closed. */
const CLOSED = -32_000;

export interface McpServerParts {
  env: Env;
  hosts: readonly string[] | null;
  clock: Clock;
  log: Log;
}

export class McpServer {
  readonly #settings: ServerSettings;
  readonly #parts: McpServerParts;
  #connection: Promise<Connection> | null = null;
  /** What is known of the server's tools, even where it is gone for now. */
  #latest: Pick<Connection, 'tools'> | null = null;
  #left = new AbortController();
  #failures = 0;
  #notBefore = 0;
  #cancelRetry: () => void = () => undefined;

  constructor(settings: ServerSettings, parts: McpServerParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  /** The tool as the server told it last; null where it has not been reached or has no such tool. */
  listed(tool: string): ListedTool | null {
    return this.#latest?.tools.get(tool) ?? null;
  }

  /** Connects in the background; what goes wrong is logged and tried again. */
  open(): void {
    this.#connected().catch(() => undefined);
  }

  /**
   * Calls a tool of the server. Rejects with `tool-unknown`, `tool-unreachable`, `tool-unavailable`,
   * `tool-bad-setting`, `tool-refused-host`, or with what the SDK throws for an answer that is not one.
   */
  async call(
    tool: string,
    input: Record<string, unknown>,
    key: string,
    signal: AbortSignal,
  ): Promise<CallToolResult> {
    const request = { name: tool, arguments: input, _meta: { 'offhook/idempotency-key': key } };
    for (let repeated = false; ; repeated = true) {
      const connecting = this.#connected();
      const connection = await connecting;
      signal.throwIfAborted();
      if (!connection.tools.has(tool)) {
        throw new OffhookError('tool-unknown', `The MCP server has no tool "${tool}".`);
      }
      try {
        return await connection.call(request, signal);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        const forgotten = !repeated && (await isForgotten(thrown, connection, signal));
        signal.throwIfAborted();
        if (forgotten) this.#drop(connecting, STEADY_MS);
        else if (thrown instanceof TypeError || this.#connection !== connecting) {
          this.#drop(connecting, 0);
          throw unreachable(thrown);
        } else throw thrown;
      }
    }
  }

  /** Ends the connection; a later call begins it again. */
  async close(): Promise<void> {
    this.#cancelRetry();
    this.#left.abort();
    this.#left = new AbortController();
    const connecting = this.#connection;
    this.#connection = null;
    this.#failures = 0;
    this.#notBefore = 0;
    if (connecting) await ended(connecting);
  }

  #connected(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    if (this.#parts.clock.elapsed() < this.#notBefore) {
      const message = 'The MCP server is down and is not asked again yet.';
      return Promise.reject(new OffhookError('tool-unavailable', message));
    }
    this.#cancelRetry();
    const from = this.#parts.clock.elapsed();
    const lost = (): void => this.#drop(connecting, this.#parts.clock.elapsed() - from);
    const connecting = this.#connect(lost);
    this.#connection = connecting;
    connecting.then(
      (connection) => {
        this.#latest = connection;
      },
      (thrown: unknown) => {
        if (this.#connection !== connecting) return;
        this.#connection = null;
        const level = this.#failures === 0 ? 'warn' : 'debug';
        this.#parts.log[level]({ problem: messageOf(thrown) }, 'an MCP server cannot be reached');
        // What is wrong in the settings stays wrong.
        if (thrown instanceof OffhookError && thrown.code === 'tool-unreachable') this.#later(0);
      },
    );
    return connecting;
  }

  async #connect(lost: () => void): Promise<Connection> {
    const { env, hosts, clock, log } = this.#parts;
    const way = await wayTo(this.#settings, 'the MCP server', env, hosts);
    const who = { name: 'The MCP server', timeoutMs: CONNECT_MS };
    try {
      return await within(clock, who, this.#left.signal, (signal) =>
        connect(way, { signal, clock, log, lost }),
      );
    } catch (thrown) {
      throw unreachable(thrown);
    }
  }

  /** The connection is worth nothing any more; the next one is begun, at once if this one had lived for long. */
  #drop(connecting: Promise<Connection>, livedMs: number): void {
    if (this.#connection !== connecting) return;
    this.#connection = null;
    void ended(connecting);
    this.#later(livedMs);
  }

  #later(livedMs: number): void {
    const { clock } = this.#parts;
    this.#failures = livedMs >= STEADY_MS ? 0 : this.#failures + 1;
    if (this.#failures === 0) return this.open();
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    this.#notBefore = clock.elapsed() + waitMs;
    this.#cancelRetry = clock.after(waitMs, () => this.open());
  }
}

/** Ends a connection, or what was to become one. */
async function ended(connecting: Promise<Connection>): Promise<void> {
  try {
    await (await connecting).close();
  } catch {
    // It never came about, or cannot be told any more: either way it is gone.
  }
}

function unreachable(thrown: unknown): OffhookError {
  const message = `The MCP server cannot be reached: ${reasonOf(thrown)}.`;
  return new OffhookError('tool-unreachable', message, { cause: thrown });
}

/** Why, in words of ours or of the system's: those of the server may say anything. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof OffhookError) return 'it does not answer';
  if (!(thrown instanceof Error)) return 'it broke off';
  const code = 'code' in thrown ? thrown.code : null;
  if (code === CLOSED) return 'it ended the connection';
  if (typeof code === 'number') return `it answered with ${code}`;
  const { cause } = thrown;
  if (thrown instanceof TypeError) return withoutUrls(messageOf(cause instanceof Error ? cause : thrown));
  return typeof code === 'string' ? withoutUrls(thrown.message) : 'it does not speak MCP';
}

/**
 * A server over HTTP that was started anew knows nothing of our session: 404, or from many 400, which may as well be
 * about this one call. Others share the connection: it is not given up for that.
 */
async function isForgotten(thrown: unknown, connection: Connection, signal: AbortSignal): Promise<boolean> {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  return code === 404 || (code === 400 && !(await connection.alive(signal)));
}
