import type { Usage } from '../speech/usage.ts';
import type { Expectation, Meaning } from '../dialogue/protocol.ts';

/**
 * Takes an utterance and what is expected, and says what was meant. Null means "cannot tell", which is not
 * "none of these": a model may be asked next. Pure: no clock, no network.
 */
export type Understand = (expectation: Expectation, text: string) => Meaning | null;

/** What helps a model to understand one utterance. Nothing sensitive may be in it. */
export interface Context {
  /** The last turns before the utterance, oldest first. */
  recent: readonly { readonly role: 'agent' | 'caller'; readonly text: string }[];
  persona: string | null;
  /** Told what the request took. */
  used?(usage: Usage): void;
}

/**
 * Asks a model, with one request. Settles by the signal at the latest; null where it cannot tell, which includes
 * every failure. Never throws, and never gives a choice, a slot or a value that was not offered.
 */
export type AskModel = (
  expectation: Expectation,
  text: string,
  context: Context,
  signal: AbortSignal,
) => Promise<Meaning | null>;
