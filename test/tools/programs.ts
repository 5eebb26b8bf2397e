/** Programs that are nothing but tools, made without reading YAML. */
import { expect } from 'vitest';
import type { Part, Program, ToolBy, ToolSpec } from '../../runtime/dialogue/program.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { OffhookError } from '../../runtime/errors.ts';
import type { ToolCall, Tools } from '../../runtime/tools/tools.ts';

/** A value that no message may ever hold. */
export const SECRET = 'hush-hush-secret';

export const HTTP: Extract<ToolBy, { by: 'http' }> = {
  by: 'http',
  method: 'POST',
  url: '${BASE}/',
  headers: {},
  query: {},
  body: null,
  retry: null,
};

export function toolSpec(call: ToolBy, more: Partial<ToolSpec> = {}): ToolSpec {
  return {
    name: 'find_table',
    about: '',
    input: { type: 'object' },
    output: null,
    call,
    timeoutMs: 2000,
    meanwhile: [],
    finish: false,
    gate: null,
    ...more,
  };
}

export function programOf(
  tools: readonly ToolSpec[],
  more: { hosts?: readonly string[] | null; durationMs?: number; offers?: Part['offers'] } = {},
): Program {
  const part: Part = {
    dialogue: 'bistro',
    persona: null,
    slots: {},
    sensitive: new Set(),
    pairs: false,
    params: {},
    returns: null,
    tools: Object.fromEntries(tools.map((tool) => [tool.name, tool])),
    blocks: {},
    intro: null,
    inbound: null,
    outbound: null,
    states: {},
    dialogueTrouble: {
      silence: null,
      unclear: null,
      turn: { interrupt: null, patience: null, words: null },
      failed: null,
    },
    anytime: [],
    voicemail: null,
    offers: more.offers ?? {},
  };
  return {
    app: {
      id: 'bistro',
      name: 'Bistro',
      dialogue: 'bistro',
      public: false,
      locale: 'en-US',
      attach: true,
      account: null,
      lookup: false,
      hours: null,
      zone: null,
      numbers: [],
      engine: null,
      model: null,
      voice: null,
      speech: null,
      fallback: [],
      limits: { calls: null, durationMs: more.durationMs ?? 900_000, cost: null },
      busy: null,
      properties: {},
      transfers: {},
      hosts: more.hosts ?? null,
    },
    dialogue: 'bistro',
    version: '1',
    parts: { bistro: part },
  };
}

export function toolCall(more: Partial<ToolCall> = {}): ToolCall {
  return {
    dialogue: 'bistro',
    tool: 'find_table',
    input: { party: 4 },
    key: 's1:t1',
    session: { id: 's1', attributes: {} },
    signal: new AbortController().signal,
    ...more,
  };
}

export function calls(
  tools: Tools,
): (input?: { [name: string]: Value }, more?: Partial<ToolCall>) => Promise<Value> {
  return (input = { party: 4 }, more = {}) => tools.call(toolCall({ input, ...more }));
}

/** Waits for something that processes and sockets of this machine bring about, however busy it is. */
export const poll = <Result>(look: () => Result) => expect.poll(look, { timeout: 12_000, interval: 10 });

/** The code and the sentence of a failure, which never hold a secret. */
export async function failure(calling: Promise<unknown>): Promise<{ code: string; message: string }> {
  const thrown: unknown = await calling.then(
    (value) => new Error(`It gave ${JSON.stringify(value)}.`),
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof OffhookError)) throw thrown;
  expect(thrown.message).not.toContain(SECRET);
  return { code: thrown.code, message: thrown.message };
}
