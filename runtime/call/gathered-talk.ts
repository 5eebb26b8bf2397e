import type { Clock } from '../clock.ts';
import type { Value } from '../dialogue/protocol.ts';
import type { Channel, ChannelEvent } from '../line/line.ts';
import type { Mind, MindEvent } from '../speech/mind.ts';
import type { Said } from '../speech/speech.ts';

export interface GatheredTalkParts {
  clock: Clock;
  /** Opens who carries out talks; null: nobody does. */
  open(on: (event: MindEvent) => void): Mind | null;
  on(event: ChannelEvent): void;
  /** The model has said this, all of it. */
  say(reply: string, text: string): void;
  /** It gave nothing for so long that it is not waited for any more. */
  givenUp(): void;
}

/** A model that gives neither words nor an end is not waited for any longer. */
const REPLY_MS = 6_000;

/** Who carries out the talks of a call that collects whole answers, and what they know of the call. */
export class GatheredTalk {
  readonly #parts: GatheredTalkParts;
  #mind: Mind | null;
  #active = false;
  #replying = false;
  /** Calls of the model's that are not answered yet. */
  readonly #calls = new Set<string>();
  readonly #replies = new Set<string>();
  /** What the model has not been told of, as it may be told. */
  readonly #untold = new Map<string, string>();
  #cancelReply: () => void = () => undefined;

  constructor(parts: GatheredTalkParts) {
    this.#parts = parts;
    this.#mind = parts.open((event) => this.#hear(event));
  }

  get converses(): boolean {
    return this.#mind !== null;
  }

  /** There is a talk, and what the caller says is said to the model. */
  get active(): boolean {
    return this.#active;
  }

  /** The model has still something to say, or to be told. */
  get pending(): boolean {
    return this.#replying || this.#calls.size > 0;
  }

  start({ id, instructions, offers, answerNow, turn }: Parameters<Channel['converse']>[0]): void {
    const mind = this.#mind;
    if (!mind) return;
    this.#calls.clear();
    // What is collected will be heard before the model's own words: it must know of it.
    for (const [utterance, text] of this.#untold) this.#tell(utterance, text);
    this.#active = true;
    this.#expectReply(answerNow);
    mind.converse({
      id,
      instructions,
      offers,
      answerNow,
      interruptible: turn.interrupt === 'speech',
      words: turn.words,
    });
  }

  stop(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#calls.clear();
    this.#expectReply(false);
    this.#mind?.converse(null);
  }

  prepare(text: string): void {
    this.#mind?.prepare(text);
  }

  discard(): void {
    this.#mind?.discard();
  }

  /** The caller said this to the model. */
  said(text: string): void {
    this.#expectReply(true);
    this.#mind?.said(text);
  }

  note(said: Said): void {
    this.#mind?.note(said);
  }

  respond(call: string, output: Value): void {
    if (!this.#calls.delete(call)) return;
    if (this.#calls.size === 0) this.#expectReply(true);
    this.#mind?.respond(call, output);
  }

  forget(): void {
    this.#mind?.forget();
  }

  hide(mask: (text: string) => string): void {
    this.#mind?.hide(mask);
  }

  /** Somebody else says this; the model is told of it when it was heard. */
  saying(utterance: string, shown: string): void {
    if (!this.#replies.has(utterance)) this.#untold.set(utterance, shown);
  }

  /** Of an utterance so much was heard; null: all of it. */
  heard(utterance: string, heard: string | null): void {
    const text = this.#untold.get(utterance);
    if (text !== undefined) this.#tell(utterance, heard ?? text);
    else if (heard !== null && this.#replies.has(utterance)) this.#mind?.heardOnly(utterance, heard);
    this.#replies.delete(utterance);
  }

  close(): void {
    this.#cancelReply();
    this.#mind?.close();
    this.#mind = null;
    this.#active = false;
  }

  #tell(utterance: string, text: string): void {
    this.#untold.delete(utterance);
    if (text !== '') this.#mind?.note({ role: 'agent', text });
  }

  #expectReply(expected: boolean): void {
    this.#cancelReply();
    this.#replying = expected;
    if (!expected) return;
    this.#cancelReply = this.#parts.clock.after(REPLY_MS, () => {
      this.#replying = false;
      this.#parts.givenUp();
    });
  }

  #hear(event: MindEvent): void {
    const { on, say } = this.#parts;
    switch (event.kind) {
      case 'words':
        return;
      case 'used':
        return on({ kind: 'used', usage: event.usage });
      case 'ended':
        if (!this.#active) return;
        this.#expectReply(false);
        this.#replies.add(event.reply);
        on({ kind: 'model-says', utterance: event.reply, text: event.text, complete: true });
        return say(event.reply, event.text);
      case 'called':
        if (!this.#active) return;
        this.#expectReply(false);
        this.#calls.add(event.call);
        return on({ kind: 'model-called', call: event.call, name: event.name, input: event.input });
      case 'failed':
        if (event.recovering) return on({ kind: 'speech-lost', code: event.code });
        return this.#lost(event.code);
      default:
        event satisfies never;
    }
  }

  #lost(code: string): void {
    const wasActive = this.#active;
    this.#expectReply(false);
    this.#calls.clear();
    this.#mind = null;
    this.#active = false;
    if (wasActive) this.#parts.on({ kind: 'model-lost', code });
  }
}
