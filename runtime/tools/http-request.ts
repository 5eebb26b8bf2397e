/** One HTTP tool's request, made of its settings and its input. */
import type { ToolBy, ToolSpec } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { ToolCall } from './tools.ts';
import { filled, textOf, withEnv, withValues, type Env, type Input } from './settings.ts';

export type HttpTool = ToolSpec & { call: Extract<ToolBy, { by: 'http' }> };

export interface HttpRequest {
  method: string;
  url: URL;
  headers: Headers;
  /** JSON; null: none. */
  body: string | null;
}

/** Before the first value of the input stand at least the server and the slash behind it. */
const SERVER = /^https?:\/\/[^/?#]+[/?#]/i;

/**
 * The request as it is first sent.
 * @throws OffhookError `tool-bad-setting` or `tool-bad-input`, which show no value.
 */
export function requestOf(tool: HttpTool, call: ToolCall, env: Env): HttpRequest {
  const { call: http, name } = tool;
  const { input } = call;
  const { method } = http;
  const url = urlOf(tool, env, input);
  const settings = Object.entries(http.query);
  const inQuery = method === 'GET' || method === 'DELETE' || method === 'HEAD';
  const query = settings.length > 0 ? settings : inQuery && http.body === null ? Object.entries(input) : [];
  for (const [key, setting] of query) {
    const value = settings.length > 0 ? filled(setting, env, input, name) : setting;
    if (value !== null) url.searchParams.set(key, textOf(value));
  }

  let body: string | null = null;
  if (http.body !== null) body = JSON.stringify(filled(http.body, env, input, name));
  else if (!inQuery) body = JSON.stringify(input);
  if (body !== null && (method === 'GET' || method === 'HEAD')) {
    throw new OffhookError('tool-bad-setting', `${name} is a ${method}, which cannot have a body.`);
  }
  const headers = headersOf(tool, call.key, env);
  if (body !== null && !headers.has('content-type')) headers.set('content-type', 'application/json');
  return { method, url, headers, body };
}

/** A value of the input stands in the path or the query, percent-encoded, and can leave neither. */
function urlOf(tool: HttpTool, env: Env, input: Input): URL {
  const { name, call } = tool;
  const written = call.url;
  const first = written.search(/\{\{/);
  if (first !== -1 && !SERVER.test(withEnv(written.slice(0, first), env, name))) {
    throw new OffhookError(
      'tool-bad-setting',
      `The url of ${name} takes its server from the input: write the server out, or take it from the environment.`,
    );
  }
  const queryFrom = written.search(/[?#]/);
  const spelled = (value: Value, key: string, offset: number): string => {
    const text = textOf(value);
    if (text === '' && (queryFrom === -1 || offset < queryFrom)) {
      throw new OffhookError('tool-bad-input', `The url of ${name} needs "${key}", which is empty.`);
    }
    return encodeURIComponent(Buffer.from(text).toString());
  };
  const text = withValues(written, env, input, name, spelled);
  if (!URL.canParse(text) || !/^https?:/i.test(text)) {
    throw new OffhookError('tool-bad-setting', `The url of ${name} is no http:// or https:// URL.`);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new OffhookError(
      'tool-bad-setting',
      `The url of ${name} holds a name or a password: send them in a header.`,
    );
  }
  // A value such as `.` or `..` would make another address of it.
  const plain = new URL(withValues(written, env, input, name, () => 'x')).pathname.split('/');
  const made = url.pathname.split('/');
  if (plain.length !== made.length || made.some((part, index) => part === '' && plain[index] !== '')) {
    throw new OffhookError('tool-bad-input', `The url of ${name} cannot be made of this input.`);
  }
  return url;
}

/** A value that no header can carry is told without the value, which may be a secret. */
function headersOf(tool: HttpTool, key: string, env: Env): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const [name, text] of Object.entries(tool.call.headers)) {
    setHeader(headers, name, withEnv(text, env, tool.name), tool.name);
  }
  headers.set('idempotency-key', key);
  return headers;
}

/** @throws OffhookError `tool-bad-setting`, without the value. */
export function setHeader(headers: Headers, name: string, value: string, tool: string): void {
  try {
    headers.set(name, value);
  } catch {
    throw new OffhookError(
      'tool-bad-setting',
      `The header "${name}" of ${tool} has a name or a value that HTTP does not allow.`,
    );
  }
}
