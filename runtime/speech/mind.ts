import type { Value } from '../dialogue/protocol.ts';
import type { Said, Talk } from './speech.ts';
import type { Usage } from './usage.ts';

export interface MindOptions {
  sessionId: string;
  /** BCP 47. */
  locale: string;
  /** The vendor's model, without the vendor. */
  model: string;
  /** Instructions that hold for the whole call. */
  persona: string;
  /** Called synchronously, in order. */
  on(event: MindEvent): void;
}

export type MindEvent =
  /** More words of a reply, to be joined as they are. */
  | { kind: 'words'; reply: string; text: string }
  /** No more words come for the reply; `text` is all of it. Comes once for every reply that had words. */
  | { kind: 'ended'; reply: string; text: string }
  | { kind: 'called'; call: string; name: string; input: Value }
  | { kind: 'used'; usage: Usage }
  /** The model is lost. `recovering`: it is asked once more; otherwise this mind is over. */
  | { kind: 'failed'; code: string; message: string; recovering: boolean };

/**
 * A text model that holds the talks of one call: it gets words and gives words. It replies only while there is a
 * talk. Every method returns at once; after `close` nothing is called back or left running.
 */
export interface Mind {
  /** Something was said outside of a talk, or while this mind was not asked, and belongs to its memory of the call. */
  note(said: Said): void;
  /** Lets the model speak by itself; null ends that, and stops a reply that is being written. */
  converse(talk: Talk | null): void;
  /** The caller has probably said this: a reply is prepared, of which nothing is told before `said` confirms it. */
  prepare(text: string): void;
  /** The caller goes on: what was prepared is thrown away. */
  discard(): void;
  /** The caller said this. In a talk the model replies; a reply that is still being written is stopped. */
  said(text: string): void;
  /** The result of a `called`. The model goes on when all that it asked for is there. */
  respond(call: string, output: Value): void;
  /** The caller interrupted: of the reply only this much was heard. Also stops what is being written. */
  heardOnly(reply: string, heardText: string): void;
  /** What the caller said last leaves the memory: something sensitive was expected. */
  forget(): void;
  /** More is known to be secret than when it was said or given: it leaves the memory. */
  hide(mask: (text: string) => string): void;
  close(): void;
}

/** A vendor of text models. */
export interface MindKit {
  open(options: MindOptions): Mind;
  close(): Promise<void>;
}
