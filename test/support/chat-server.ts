/**
 * A server that speaks OpenAI's chat completions, without streaming, as documented: it checks the key and what it
 * is asked, and answers with what the test has it say. Servers that offer less are made by `offers`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = { readonly [name: string]: unknown };

/** A request that the server has taken. */
export interface ChatRequest {
  model: string;
  messages: readonly { role: string; content: string }[];
  /** `text` where none was asked for. */
  format: 'json_schema' | 'json_object' | 'text';
  /** Of `json_schema`. */
  schema: Fields | null;
  body: Fields;
}

export type ChatReply =
  /** The text of the answer; an object is written as JSON. */
  | { content: string | Fields }
  | { refusal: string }
  | { finish: 'length' | 'content_filter'; content: string | null }
  /** An error, as the server words it. */
  | { status: number; message: string; param?: string }
  /** A body as it is, with status 200. */
  | { raw: string }
  /** It never answers. */
  | 'hangs'
  /** The connection breaks. */
  | 'breaks';

export interface ChatScript {
  reply(request: ChatRequest): ChatReply;
  /** What `response_format` it takes; all of them unless told otherwise. */
  offers: readonly ChatRequest['format'][];
  /** False: the model does not reason, and `reasoning_effort` is refused. */
  reasons: boolean;
}

export interface ChatServer {
  /** With `/v1`. */
  baseUrl: string;
  apiKey: string;
  /** Every request that came, also those that were refused. */
  bodies: readonly Fields[];
  /** How many connections were given up by the other side before they had an answer. */
  abandoned(): number;
  close(): Promise<void>;
}

export async function startChatServer(script: Partial<ChatScript> = {}): Promise<ChatServer> {
  const whole: ChatScript = {
    reply: () => ({ content: '' }),
    offers: ['json_schema', 'json_object', 'text'],
    reasons: true,
    ...script,
  };
  const apiKey = 'sk-chat-server';
  const bodies: Fields[] = [];
  let abandoned = 0;
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) abandoned++;
    });
    readBody(request).then(
      (text) => {
        const refused = refusalOf(request, apiKey);
        if (refused) return send(response, refused);
        const body = JSON.parse(text) as Fields;
        bodies.push(body);
        const taken = read(body, whole);
        return send(response, 'status' in taken ? taken : whole.reply(taken));
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
    apiKey,
    bodies,
    abandoned: () => abandoned,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Refusal = Extract<ChatReply, { status: number }>;

function refusalOf(request: IncomingMessage, apiKey: string): Refusal | null {
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    return { status: 404, message: `Unknown request URL: ${request.method} ${request.url}.` };
  }
  if (request.headers.authorization !== `Bearer ${apiKey}`) {
    return { status: 401, message: 'Incorrect API key provided.' };
  }
  return null;
}

/** Takes a request apart; what the documented API refuses is refused. */
function read(body: Fields, script: ChatScript): ChatRequest | Refusal {
  const bad = (message: string, param?: string): Refusal => ({
    status: 400,
    message,
    ...(param && { param }),
  });
  const { model, messages, stream } = body;
  if (typeof model !== 'string') return bad('you must provide a model parameter');
  if (stream === true) return bad('Streaming is off on this server.', 'stream');
  if (!Array.isArray(messages) || messages.length === 0)
    return bad("Missing required parameter: 'messages'.");
  const told: { role: string; content: string }[] = [];
  for (const message of messages as readonly Fields[]) {
    const { role, content } = message;
    if (typeof role !== 'string' || !['system', 'developer', 'user', 'assistant'].includes(role))
      return bad(`Invalid value: '${String(role)}'.`, 'messages');
    if (typeof content !== 'string') return bad('Invalid content.', 'messages');
    told.push({ role, content });
  }
  if (body['reasoning_effort'] !== undefined && !script.reasons)
    return bad(`Unrecognized request argument supplied: reasoning_effort`, 'reasoning_effort');

  const wanted = isFields(body['response_format']) ? body['response_format'] : { type: 'text' };
  const format = (['json_schema', 'json_object', 'text'] as const).find((one) => one === wanted['type']);
  if (!format || !script.offers.includes(format))
    return bad(`This model does not support response_format.`, 'response_format');
  if (format === 'json_object' && !told.some(({ content }) => /json/i.test(content)))
    return bad("'messages' must contain the word 'json' in some form.", 'messages');
  let schema: Fields | null = null;
  if (format === 'json_schema') {
    const named = isFields(wanted['json_schema']) ? wanted['json_schema'] : {};
    if (typeof named['name'] !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(named['name']))
      return bad("Invalid 'response_format.json_schema.name'.");
    if (!isFields(named['schema'])) return bad('Missing schema.');
    schema = named['schema'];
    const problem = named['strict'] === true ? looseAt(schema, 'schema') : null;
    if (problem) return bad(`Invalid schema for response_format: ${problem}`, 'response_format');
  }
  return { model, messages: told, format, schema, body };
}

/** What keeps a schema from being strict: every property is required, and no other is allowed. */
function looseAt(schema: Fields, at: string): string | null {
  const types = [schema['type']].flat();
  if (types.includes('object')) {
    const properties = isFields(schema['properties']) ? schema['properties'] : {};
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    if (schema['additionalProperties'] !== false)
      return `${at}: 'additionalProperties' is required to be false`;
    for (const [name, of] of Object.entries(properties)) {
      if (!required.includes(name)) return `${at}: 'required' has to include '${name}'`;
      const problem = isFields(of) ? looseAt(of, `${at}.${name}`) : `${at}.${name} is no schema`;
      if (problem) return problem;
    }
  }
  return isFields(schema['items']) ? looseAt(schema['items'], `${at}.items`) : null;
}

function send(response: ServerResponse, reply: ChatReply): void {
  if (reply === 'hangs') return;
  if (reply === 'breaks') return void response.destroy();
  if ('raw' in reply) return end(response, 200, reply.raw);
  if ('status' in reply) {
    const { status, message, param = null } = reply;
    const type = status === 429 ? 'requests' : 'invalid_request_error';
    return end(response, status, JSON.stringify({ error: { message, type, param, code: null } }));
  }
  const finish = 'finish' in reply ? reply.finish : 'stop';
  const refusal = 'refusal' in reply ? reply.refusal : null;
  const said = 'content' in reply ? reply.content : null;
  const content = said === null || typeof said === 'string' ? said : JSON.stringify(said);
  const message = { role: 'assistant', content, refusal, annotations: [] };
  end(
    response,
    200,
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_772_528_400,
      model: 'the-model',
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
      usage: { prompt_tokens: 300, completion_tokens: 20, total_tokens: 320 },
    }),
  );
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
