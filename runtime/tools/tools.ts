import type { Value } from '../dialogue/protocol.ts';

/** What one tool call carries. */
export interface ToolCall {
  /** The tool's name in the dialogue. */
  tool: string;
  input: { readonly [name: string]: Value };
  /** The same for every repetition of the same call; sent along as the idempotency key. */
  key: string;
  /** Aborted at hang-up. */
  signal: AbortSignal;
}

/**
 * One dialogue's tools. `call` settles within the tool's timeout: it gives the validated output or throws an
 * OffhookError whose code is one of `tool-timeout`, `tool-refused` (the other side answered with an error
 * status), `tool-unreachable`, `tool-bad-input`, `tool-bad-output`, `tool-canceled`, `tool-bad-setting` (the
 * environment or the settings are not usable), `tool-unknown`. Its message never holds a header, a secret or a
 * URL's query.
 */
export interface Tools {
  call(call: ToolCall): Promise<Value>;
}
