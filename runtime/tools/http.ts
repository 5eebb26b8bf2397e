import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Program, ToolSpec } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { ToolCall, Tools } from './tools.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Tool extends ToolSpec {
  accepts: ValidateFunction;
  gives: ValidateFunction | null;
}

const ANSWER_BYTES = 256 * 1024;
const REDIRECTS = 3;

/**
 * A dialogue's tools over HTTP. The input goes into the query of GET and DELETE and into a JSON body otherwise;
 * both input and output are held against their schemas. Redirects are followed on the same origin only, so that
 * a header with a secret never travels elsewhere.
 */
export function httpTools(specs: Program['tools'], env: Env): Tools {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  formats.default(ajv);
  const tools = new Map<string, Tool>(
    Object.values(specs).map((spec) => [
      spec.name,
      {
        ...spec,
        accepts: ajv.compile(spec.input),
        gives: spec.output === null ? null : ajv.compile(spec.output),
      },
    ]),
  );
  return {
    async call(call: ToolCall): Promise<Value> {
      const tool = tools.get(call.tool);
      if (!tool) throw new OffhookError('tool-unknown', `There is no tool "${call.tool}".`);
      if (!tool.accepts(call.input)) {
        throw new OffhookError(
          'tool-bad-input',
          `The input of ${tool.name} is not what it takes: ${problemOf(tool.accepts)}.`,
        );
      }
      const output = await withDeadline(tool, call.signal, (signal) => request(tool, call, env, signal));
      if (tool.gives && !tool.gives(output)) {
        throw new OffhookError(
          'tool-bad-output',
          `What ${tool.name} gave is not what it promises: ${problemOf(tool.gives)}.`,
        );
      }
      return output;
    },
  };
}

/** The reason of a failure is one of ours: by whom the request was ended, else that nobody could be reached. */
async function withDeadline(
  tool: Tool,
  canceled: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const late = AbortSignal.timeout(tool.timeoutMs);
  try {
    return await work(AbortSignal.any([late, canceled]));
  } catch (thrown) {
    if (thrown instanceof OffhookError) throw thrown;
    if (canceled.aborted) throw new OffhookError('tool-canceled', `The call of ${tool.name} was canceled.`);
    if (late.aborted) {
      throw new OffhookError('tool-timeout', `${tool.name} did not answer within ${tool.timeoutMs} ms.`);
    }
    const cause = thrown instanceof Error && thrown.cause ? thrown.cause : thrown;
    throw new OffhookError(
      'tool-unreachable',
      `${tool.name} cannot be reached: ${hideUrl(messageOf(cause))}.`,
    );
  }
}

async function request(tool: Tool, call: ToolCall, env: Env, signal: AbortSignal): Promise<Value> {
  let { method } = tool.http;
  const inQuery = method === 'GET' || method === 'DELETE';
  const headers = headersOf(tool, call, env);
  let body = inQuery ? null : JSON.stringify(call.input);
  if (body !== null) headers.set('content-type', 'application/json');

  let url = urlOf(tool, env);
  for (const [name, value] of inQuery ? Object.entries(call.input) : []) {
    if (value !== null) url.searchParams.set(name, textOf(value));
  }
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      const next = new URL(location, url);
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
      continue;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new OffhookError('tool-refused', `${tool.name} answered with ${response.status}.`);
    }
    return read(tool, response);
  }
  throw new OffhookError('tool-refused', `${tool.name} redirects without an end.`);
}

async function read(tool: Tool, response: Response): Promise<Value> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES) {
      throw new OffhookError('tool-bad-output', `${tool.name} gave more than ${ANSWER_BYTES / 1024} KiB.`);
    }
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

function urlOf(tool: Tool, env: Env): URL {
  const text = expand(tool.http.url, env, tool);
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new OffhookError('tool-bad-setting', `The url of ${tool.name} is no http:// or https:// URL.`);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new OffhookError(
      'tool-bad-setting',
      `The url of ${tool.name} holds a name or a password: send them in a header.`,
    );
  }
  return url;
}

/** A value that no header can carry is told without the value, which may be a secret. */
function headersOf(tool: Tool, call: ToolCall, env: Env): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const [name, text] of Object.entries(tool.http.headers)) {
    const value = expand(text, env, tool);
    try {
      headers.set(name, value);
    } catch {
      throw new OffhookError(
        'tool-bad-setting',
        `The header "${name}" of ${tool.name} has a name or a value that HTTP does not allow.`,
      );
    }
  }
  headers.set('idempotency-key', call.key);
  return headers;
}

/** `${NAME}` from the environment; its value is never shown. */
function expand(text: string, env: Env, tool: Tool): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = env[name];
    if (!value) {
      throw new OffhookError(
        'tool-bad-setting',
        `${tool.name} needs ${name}, which is not in the environment.`,
      );
    }
    return value;
  });
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function problemOf(validate: ValidateFunction): string {
  const error = validate.errors?.[0];
  const where = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  return `${where === '' ? 'it' : `"${where}"`} ${error?.message ?? 'is wrong'}`;
}

function hideUrl(message: string): string {
  return message.replaceAll(/https?:\/\/\S+/g, '[a URL]');
}
