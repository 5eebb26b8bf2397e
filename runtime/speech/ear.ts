import type { Expectation, Patience } from '../dialogue/protocol.ts';
import type { Usage } from './usage.ts';

export interface EarOptions {
  sessionId: string;
  /** BCP 47. */
  locale: string;
  /** The vendor's model, without the vendor, as the author wrote it; null for the default. */
  model: string | null;
  /** Called synchronously, in order. Audio must not wait for anything in here. */
  on(event: EarEvent): void;
}

/**
 * What an ear tells. An utterance begins with `caller-started` and ends with one `said`; between them come `words`,
 * `likely-done` and `goes-on` in any number, and `caller-stopped` once, before `said`.
 */
export type EarEvent =
  /** It is connected; what was heard before was passed on. */
  | { kind: 'ready' }
  /** The caller began to speak: the barge-in point. */
  | { kind: 'caller-started' }
  /** All the words of the utterance so far; they may still change. */
  | { kind: 'words'; text: string }
  /** The caller has probably finished, with these words: a reply may be prepared. */
  | { kind: 'likely-done'; text: string }
  /** They had not: what was prepared is thrown away. */
  | { kind: 'goes-on' }
  | { kind: 'caller-stopped' }
  /** The utterance is complete; `text` is empty where only noise was heard, or `NOT_UNDERSTOOD`. */
  | { kind: 'said'; text: string }
  | { kind: 'used'; usage: Usage }
  /** The vendor is lost. `recovering`: it is being reconnected, once; otherwise this ear is over. */
  | { kind: 'failed'; code: string; message: string; recovering: boolean };

/** A recogniser for one call. Every method returns at once; after `close` nothing is called back or left running. */
export interface Ear {
  /** One frame of the caller: base64 mu-law. Kept, within bounds, while the vendor is being connected. */
  hear(payload: string): void;
  /** The words of what the caller is saying, where the line knows them (the simulated phone). */
  caption(text: string): void;
  /** What the caller is expected to say next, and how long a pause ends their turn; null: nothing. */
  expect(expectation: Expectation | null, patience: Patience): void;
  close(): void;
}

/** A vendor of recognition. */
export interface EarKit {
  open(options: EarOptions): Ear;
  close(): Promise<void>;
}
