/**
 * Tools over HTTP. The same idempotency key is sent with every attempt, so that any method may be tried again.
 * Redirects are followed on the same origin only: a header with a secret never travels elsewhere.
 */
import type { Clock } from '../clock.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Circuits, Outcome } from '../circuit.ts';
import { isLate, pause } from './deadline.ts';
import { checkHost } from './hosts.ts';
import { requestOf, type HttpRequest, type HttpTool } from './http-request.ts';
import { tooMuch } from './json.ts';
import type { Env } from './settings.ts';
import { ANSWER_BYTES, type ToolCall } from './tools.ts';

const REDIRECTS = 3;
/** The other side could not for now: the same request may well go through a moment later. */
const FOR_NOW = [408, 425, 429, 502, 503, 504];

export interface HttpParts {
  env: Env;
  /** Null: any. */
  hosts: readonly string[] | null;
  circuits: Circuits;
  clock: Clock;
}

type Attempt =
  | { value: Value }
  /** `retryAfterMs`: how long the other side asks us to wait. */
  | { failure: OffhookError; down: boolean; again: boolean; retryAfterMs: number };

/**
 * Calls the tool, and calls it again where that may help. An attempt that could only begin after the tool's time
 * is over is not waited for. Where `signal` is aborted it rejects with whatever comes of that.
 */
export async function callHttp(
  tool: HttpTool,
  call: ToolCall,
  parts: HttpParts,
  signal: AbortSignal,
): Promise<Value> {
  const { clock, circuits } = parts;
  const until = clock.elapsed() + tool.timeoutMs;
  const request = requestOf(tool, call, parts.env);
  checkHost(parts.hosts, request.url, tool.name);
  const { attempts, everyMs } = tool.call.retry ?? { attempts: 1, everyMs: 0 };
  const circuit = circuits.of(request.url.origin);
  let failure = new OffhookError(
    'tool-unavailable',
    `${tool.name} was not called: ${request.url.host} has failed again and again just now.`,
  );
  for (let number = 1; ; number++) {
    const leave = circuit.enter();
    if (!leave) throw failure;
    const attempt = await watched(leave, signal, () => send(tool, request, parts, signal));
    if ('value' in attempt) return attempt.value;
    failure = attempt.failure;
    // Half of the wait is left to chance: callers who failed together do not come back together.
    const backoffMs = everyMs * 2 ** (number - 1) * (0.5 + Math.random() / 2);
    const waitMs = Math.max(backoffMs, attempt.retryAfterMs);
    if (!attempt.again || number >= attempts || clock.elapsed() + waitMs >= until) throw failure;
    await pause(clock, waitMs, signal);
  }
}

/** Makes one attempt and tells the circuit what came of it: no answer in time is a failure, a hang-up is none. */
async function watched(
  leave: (outcome: Outcome) => void,
  signal: AbortSignal,
  send: () => Promise<Attempt>,
): Promise<Attempt> {
  let outcome: Outcome = 'answered';
  try {
    const attempt = await send();
    if ('failure' in attempt && attempt.down) outcome = 'failed';
    return attempt;
  } catch (thrown) {
    if (signal.aborted) outcome = isLate(signal) ? 'failed' : 'given-up';
    throw thrown;
  } finally {
    leave(outcome);
  }
}

async function send(
  tool: HttpTool,
  request: HttpRequest,
  parts: HttpParts,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const response = await follow(tool, request, parts.hosts, signal);
    if (response.ok) return { value: await read(tool, response) };
    await response.body?.cancel();
    const { status } = response;
    return {
      failure: new OffhookError('tool-refused', `${tool.name} answered with ${status}.`),
      down: status >= 500,
      again: FOR_NOW.includes(status),
      retryAfterMs: retryAfter(response.headers.get('retry-after'), parts.clock),
    };
  } catch (thrown) {
    if (signal.aborted || thrown instanceof OffhookError) throw thrown;
    const cause = thrown instanceof Error && thrown.cause ? thrown.cause : thrown;
    const message = `${tool.name} cannot be reached: ${withoutUrls(messageOf(cause))}.`;
    const failure = new OffhookError('tool-unreachable', message, { cause: thrown });
    return { failure, down: true, again: true, retryAfterMs: 0 };
  }
}

/** Sends the request and follows where it is sent on to. */
async function follow(
  tool: HttpTool,
  request: HttpRequest,
  hosts: HttpParts['hosts'],
  signal: AbortSignal,
): Promise<Response> {
  let { method, url, body } = request;
  const headers = new Headers(request.headers);
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    if (!URL.canParse(location, url.href)) {
      throw new OffhookError('tool-refused', `${tool.name} redirects to what is no address.`);
    }
    const next = new URL(location, url);
    checkHost(hosts, next, tool.name);
    if (next.origin !== url.origin) {
      throw new OffhookError('tool-refused', `${tool.name} redirects to another server, ${next.origin}.`);
    }
    // As the Fetch standard has it ("HTTP-redirect fetch"): only 307 and 308 ask for the same request again.
    if (response.status === 303 || (response.status <= 302 && method === 'POST')) {
      method = 'GET';
      body = null;
      headers.delete('content-type');
    }
    url = next;
  }
  throw new OffhookError('tool-refused', `${tool.name} redirects without an end.`);
}

/** JSON by its content type, any other answer as text, an empty one as null. */
async function read(tool: HttpTool, response: Response): Promise<Value> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES) throw tooMuch(tool.name);
    pieces.push(piece);
  }
  const text = new TextDecoder().decode(Buffer.concat(pieces));
  if (text === '') return null;
  if (!/\bjson\b/i.test(response.headers.get('content-type') ?? '')) return text;
  try {
    const value: Value = JSON.parse(text);
    return value;
  } catch {
    throw new OffhookError('tool-bad-output', `${tool.name} gave JSON that cannot be read.`);
  }
}

/** Seconds or a date, as RFC 9110 has it; in milliseconds from now. */
function retryAfter(header: string | null, clock: Clock): number {
  if (header === null) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - clock.now());
}

/** The query of a URL may hold what nobody else is to see. */
export function withoutUrls(message: string): string {
  return message.replaceAll(/(?:https?|wss?):\/\/\S+/g, '[a URL]');
}
