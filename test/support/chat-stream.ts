/**
 * A server that streams OpenAI's chat completions as documented: `chat.completion.chunk` events, fragments of tool
 * calls by index, the usage in a last chunk without choices, `[DONE]`. It checks the key and what it is asked, and
 * remembers what was against the documentation. What it says, and how it misbehaves, a test scripts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkRequest, type Fields, type StreamRequest } from './chat-stream-checks.ts';

export type { StreamRequest } from './chat-stream-checks.ts';

export interface StreamReply {
  /** Each piece is one chunk; a text is sent word by word. */
  words?: string | readonly string[];
  /** The model declines, in words of its own. */
  refusal?: string;
  /** Arguments that are a text are sent as they are, also where they are no JSON. */
  calls?: readonly { name: string; input: string | Fields; id?: string }[];
  /** By default `tool_calls` where there are any, else `stop`. */
  finish?: 'stop' | 'length' | 'content_filter' | 'tool_calls';
  usage?: { prompt: number; cached: number; completion: number };
  /** Passes before anything is answered, and between two chunks. */
  thinkMs?: number;
  paceMs?: number;
  /** Nothing is answered at all; with `after`, nothing more after so many chunks. */
  hangs?: boolean;
  stallsAfter?: number;
  /** The connection breaks after so many chunks. */
  breaksAfter?: number;
  /** Nothing more before `until` settles, after so many chunks. */
  waits?: { after: number; until: Promise<unknown> };
  /** An error event instead of what follows after so many chunks. */
  errorAfter?: number;
  /** The stream ends as if it were complete, without a reason to finish, after so many chunks. */
  endsAfter?: number;
  /** An error, as the server words it. */
  status?: number;
  message?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface StreamScript {
  reply(request: StreamRequest): StreamReply;
  /** What the server does not know is refused with 400, as by many that are compatible. */
  refuses: readonly string[];
}

export interface StreamServer {
  /** With `/v1`. */
  baseUrl: string;
  apiKey: string;
  script: StreamScript;
  /** Every request that was taken, first to last. */
  requests: readonly StreamRequest[];
  /** How many requests came, also those refused. */
  attempts(): number;
  /** What was against the documentation. */
  errors: readonly string[];
  /** Answers that are still being written. */
  open(): number;
  /** Answers that the other side gave up. */
  abandoned(): number;
  close(): Promise<void>;
}

const API_KEY = 'sk-chat-stream';

export async function startChatStream(script: Partial<StreamScript> = {}): Promise<StreamServer> {
  const whole: StreamScript = { reply: () => ({ words: 'Of course.' }), refuses: [], ...script };
  const requests: StreamRequest[] = [];
  const errors: string[] = [];
  const open = new Set<ServerResponse>();
  let [attempts, abandoned] = [0, 0];

  const server = createServer((request, response) => {
    attempts++;
    open.add(response);
    response.on('close', () => {
      open.delete(response);
      if (!response.writableFinished) abandoned++;
    });
    void readBody(request).then(
      async (text) => {
        const refused = refusalOf(request);
        if (refused) return fail(response, refused.status, refused.message);
        const { taken, problem, param } = checkRequest(text, whole.refuses);
        if (taken === null) {
          if (param === null) errors.push(problem);
          return fail(response, 400, problem, param);
        }
        requests.push(taken);
        await answer(response, taken, whole.reply(taken), requests.length);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: API_KEY,
    script: whole,
    requests,
    errors,
    attempts: () => attempts,
    open: () => open.size,
    abandoned: () => abandoned,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refusalOf({ method, url, headers }: IncomingMessage): { status: number; message: string } | null {
  if (method !== 'POST' || url !== '/v1/chat/completions') {
    return { status: 404, message: `Unknown request URL: ${method} ${url}.` };
  }
  if (headers.authorization === `Bearer ${API_KEY}`) return null;
  return { status: 401, message: `Incorrect API key provided: ${String(headers.authorization).slice(7)}.` };
}

async function answer(
  response: ServerResponse,
  request: StreamRequest,
  reply: StreamReply,
  index: number,
): Promise<void> {
  if (reply.thinkMs) await pause(reply.thinkMs);
  if (reply.hangs) return;
  if (reply.status !== undefined) {
    return fail(response, reply.status, reply.message ?? 'refused', null, reply.headers);
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', ...reply.headers });
  response.flushHeaders();
  const base = {
    id: `chatcmpl-${index}`,
    object: 'chat.completion.chunk',
    created: 1_772_528_400,
    model: request.model,
    system_fingerprint: null,
    ...(request.wantsUsage ? { usage: null } : {}),
  };
  let sent = 0;
  for (const { delta, finish_reason } of chunksOf(reply, index)) {
    if (response.destroyed) return;
    if (sent === reply.breaksAfter) {
      // What was sent before is there when it breaks.
      await pause(10);
      return void response.destroy();
    }
    if (sent === reply.waits?.after) await reply.waits.until;
    if (sent === reply.stallsAfter) return;
    if (sent === reply.endsAfter) return void response.end('data: [DONE]\n\n');
    if (sent === reply.errorAfter) {
      const error = { message: 'The server had an error.', type: 'server_error', param: null, code: null };
      return void response.end(`data: ${JSON.stringify({ error })}\n\n`);
    }
    send(response, { ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
    sent++;
    if (reply.paceMs) await pause(reply.paceMs);
  }
  if (request.wantsUsage) {
    const { prompt, cached, completion } = reply.usage ?? { prompt: 120, cached: 0, completion: 20 };
    send(response, {
      ...base,
      choices: [],
      usage: {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    });
  }
  response.end('data: [DONE]\n\n');
}

interface Chunk {
  delta: Fields;
  finish_reason: string | null;
}

function* chunksOf(reply: StreamReply, index: number): Generator<Chunk> {
  yield { delta: { role: 'assistant', content: '', refusal: null }, finish_reason: null };
  const { words = '', calls = [] } = reply;
  const pieces = typeof words === 'string' ? (words.match(/\s*\S+/g) ?? []) : words;
  for (const content of pieces) yield { delta: { content }, finish_reason: null };
  if (reply.refusal) yield { delta: { refusal: reply.refusal }, finish_reason: null };
  for (const [at, call] of calls.entries()) {
    const id = call.id ?? `call_${index}_${at}`;
    const named = { index: at, id, type: 'function', function: { name: call.name, arguments: '' } };
    yield { delta: { tool_calls: [named] }, finish_reason: null };
  }
  // The fragments of several calls take turns: only the index tells whose they are.
  const inputs = calls.map(({ input }) => (typeof input === 'string' ? input : JSON.stringify(input)));
  for (let from = 0; inputs.some((input) => from < input.length); from += 5) {
    for (const [at, input] of inputs.entries()) {
      const fragment = input.slice(from, from + 5);
      if (fragment === '') continue;
      yield {
        delta: { tool_calls: [{ index: at, function: { arguments: fragment } }] },
        finish_reason: null,
      };
    }
  }
  yield { delta: {}, finish_reason: reply.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop') };
}

function send(response: ServerResponse, chunk: Fields): void {
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

function fail(
  response: ServerResponse,
  status: number,
  message: string,
  param: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): void {
  const type = status === 429 ? 'requests' : 'invalid_request_error';
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ error: { message, type, param, code: null } }));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
