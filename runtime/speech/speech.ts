import type { Expectation, Meaning, Offer, Patience, Value } from '../dialogue/protocol.ts';
import type { Usage } from './usage.ts';

/**
 * Renders exact text. `id` names vendor, model and voice, and is part of the cache key: two with the same id sound
 * the same.
 */
export interface Renderer {
  readonly id: string;
  /**
   * Gives 8 kHz mu-law samples, without a header, that say exactly `text` in `locale` (BCP 47). Throws an
   * OffhookError (`voice-failed`, `voice-inexact`, `voice-timeout`); never hangs longer than its own deadline.
   * `used` hears what the vendor counts for it, once for every try, also where the rendering fails or is given up.
   */
  render(
    text: string,
    locale: string,
    signal: AbortSignal,
    used?: (usage: Usage) => void,
  ): Promise<Uint8Array>;
}

/** A voice says texts that are known, and those that are still being written. */
export interface Voice extends Renderer {
  /** Speaks a text that is still being written. Nothing is called back before this has returned. */
  stream(locale: string, on: (event: VoiceEvent) => void): VoiceStream;
  close(): Promise<void>;
}

/** `audio` and `used` come in any number, then one of `ended` and `failed`, last. */
export type VoiceEvent =
  /** Base64 mu-law of any length. */
  | { kind: 'audio'; payload: string }
  /** Told as soon as it is known, so that what a caller interrupts is counted too. */
  | { kind: 'used'; usage: Usage }
  | { kind: 'ended' }
  | { kind: 'failed'; code: string; message: string };

/** Every method returns at once. */
export interface VoiceStream {
  /** The next piece of the text, best a whole sentence; pieces are joined as they are. */
  say(text: string): void;
  /** No more text comes. */
  end(): void;
  /** Stops at once; nothing more is called back. */
  cancel(): void;
}

/** One thing already said, for a model that joins late or again. */
export interface Said {
  role: 'agent' | 'caller';
  text: string;
}

/** What a model is asked to carry out freely (the `converse` effect); its instructions hold the persona too. */
export interface Talk {
  id: string;
  instructions: string;
  offers: readonly Offer[];
  answerNow: boolean;
  /** Whether the caller's speech stops the model. */
  interruptible: boolean;
  /**
   * With fewer words than this the caller has not interrupted. From 2 on the model neither stops nor answers by
   * itself: `heardOnly` and `reply` say when.
   */
  words: number;
}

/** Stands for what the caller said where nobody will ever know the words: they did speak, and are answered so. */
export const NOT_UNDERSTOOD = '…';

export interface SpeechOptions {
  sessionId: string;
  locale: string;
  /** Vendor's model and voice names, without the vendor, as the author wrote them; null for the default. */
  model: string | null;
  voice: string | null;
  /** Instructions that hold for the whole call. */
  persona: string;
  /** Called synchronously, in order. Audio must not wait for anything in here. */
  on(event: SpeechEvent): void;
}

export type SpeechEvent =
  /** The session is set up; what was heard before is in it. */
  | { kind: 'ready' }
  /** The caller began to speak: the barge-in point. */
  | { kind: 'caller-started' }
  | { kind: 'caller-stopped' }
  /** An utterance of the caller's is complete; `text` is empty where only noise was heard, or `NOT_UNDERSTOOD`. */
  | { kind: 'caller-said'; text: string }
  /** All the words of the utterance so far, where they are known while it is being said; they may still change. */
  | { kind: 'caller-words'; text: string }
  /** The first sign of a reply of the model's: text or sound that is still to become audio. */
  | { kind: 'first-token' }
  /** A piece of the model's own speech: base64 mu-law of any length, belonging to `item`. */
  | { kind: 'audio'; item: string; payload: string }
  /** The words of `item` so far; they run ahead of the audio. */
  | { kind: 'words'; item: string; text: string }
  /** No more audio comes for `item`. */
  | { kind: 'audio-ended'; item: string; text: string }
  | { kind: 'model-called'; call: string; name: string; input: Value }
  | { kind: 'used'; usage: Usage }
  /** The vendor is lost. `recovering`: it is being reconnected, once; otherwise this session is over. */
  | { kind: 'failed'; code: string; message: string; recovering: boolean };

/**
 * Ears, and on some engines a mind, for one call. Every method returns at once; what comes back comes through
 * `on`. After `close` nothing is called back and nothing is left running.
 */
export interface Speech {
  /** True where a model that hears the caller carries out `judge`. */
  readonly judges: boolean;
  /** True where a model carries out `converse`. */
  readonly converses: boolean;
  /** One frame of the caller: base64 mu-law, passed on as it is. Kept while the session is being set up. */
  hear(payload: string): void;
  /** The words of what the caller is saying, where the line knows them (the simulated phone). */
  caption(text: string): void;
  /** What the caller is expected to say next, and how long a pause ends their turn; null when nothing is. */
  expect(expectation: Expectation | null, patience: Patience): void;
  /**
   * What the caller said while a sensitive expectation held leaves the model's memory: here and at the vendor's. It
   * says nothing of an utterance that is still being spoken.
   */
  forget(): void;
  /** More is known to be secret than when it was said: it leaves a memory of words. What a model has heard stays. */
  hide?(mask: (text: string) => string): void;
  /** Something was said outside of the model and belongs to its memory of the call. */
  note(said: Said): void;
  /** Asks the model what the last utterance meant. Null where it cannot tell; never a choice not offered. */
  judge(expectation: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null>;
  /** Lets the model speak by itself; null ends that. */
  converse(talk: Talk | null): void;
  /**
   * In a talk with `words` of 2 and more: what the caller said last wants an answer. Comes with `caller-stopped`, or
   * with `caller-said` where only the words tell; what it does not come for was said aside. Nothing elsewhere.
   */
  reply(): void;
  /** The result of a `model-called`. */
  respond(call: string, output: Value): void;
  /** The caller interrupted: of `item` this much was heard (0 where none). Also stops what is being generated. */
  heardOnly(item: string, heardMs: number, heardText: string): void;
  close(): void;
}

/** A vendor of speech: opens ears for calls and voices for texts. */
export interface SpeechKit {
  open(options: SpeechOptions): Speech;
  voice(name: string | null, model: string | null): Voice;
  close(): Promise<void>;
}

/** A vendor of voices alone. */
export type VoiceKit = Pick<SpeechKit, 'voice' | 'close'>;
