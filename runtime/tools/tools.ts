import type { Offer, Scope, Value } from '../dialogue/protocol.ts';

/** More than this is no answer for a phone call: `tool-bad-output`. */
export const ANSWER_BYTES = 256 * 1024;

/** What one tool call carries. */
export interface ToolCall {
  /** The dialogue that has the tool, and the tool's name in it. */
  dialogue: string;
  tool: string;
  input: { readonly [name: string]: Value };
  /** The same for every repetition of the same call; sent along as the idempotency key. */
  key: string;
  /** What expressions see as `session`. */
  session: Scope;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** The tools of one program. */
export interface Tools {
  /**
   * Settles within the tool's timeout: gives the validated output or throws an OffhookError, whose code is one of
   * `tool-timeout`, `tool-refused` (the other side answered that it cannot), `tool-refused-host` (the app does not
   * allow the host), `tool-unreachable`, `tool-unavailable` (it failed too often just now and was not asked),
   * `tool-bad-input`, `tool-bad-output`, `tool-failed` (its code threw), `tool-canceled`, `tool-bad-setting` (the
   * environment or the settings are not usable) and `tool-unknown`. Its message never holds a header, a secret, a
   * URL's query or a value of the input.
   */
  call(call: ToolCall): Promise<Value>;
  /**
   * A tool as a model is to be shown it, where its server says more than the dialogue does; null: as the dialogue
   * says. It is what is known by now: a server that has not been reached yet says nothing.
   */
  offer(dialogue: string, tool: string): Offer | null;
  /** Leaves the servers that nobody else uses. Their calls end with `tool-unreachable`; a later one begins anew. */
  close(): Promise<void>;
}
