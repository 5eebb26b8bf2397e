/**
 * What goes into the engine and what comes out of it. Everything here is JSON: events are in the past tense,
 * effects are orders. The engine sees no clock, no promise and no vendor.
 */

export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };
export type Scope = { readonly [name: string]: Value };

/** One thing the caller may mean right now. `id` is unique within its expectation. */
export interface Choice {
  id: string;
  /** The author's `when`, in words. */
  when: string;
  /** Example sentences of the author. */
  like: readonly string[];
  /** The key sequence that means it, such as `1` or `0#`. */
  keys: string | null;
  /** A choice of the step beats one that is possible at any time. */
  scope: 'step' | 'anytime';
}

/** What the current step waits for: told to the recogniser, to the rules and to the model alike. */
export interface Expectation {
  id: string;
  /** BCP 47. */
  locale: string;
  choices: readonly Choice[];
}

/** What an utterance was taken to mean. `choice` is null where it was none of those expected. */
export interface Meaning {
  choice: string | null;
  /** 0 to 1. */
  confidence: number;
  by: 'keys' | 'like' | 'type' | 'model';
}

export type Interrupt = 'speech' | 'keys' | 'never';

/** A tool or an exit as a model is shown it. `input` is JSON Schema. */
export interface Offer {
  name: string;
  about: string;
  input: { readonly [key: string]: Value };
}

export type EndReason =
  | 'caller-hung-up'
  | 'agent-hung-up'
  | 'transferred'
  | 'limit'
  | 'error'
  | 'machine'
  | 'not-paired'
  | 'drained';

/** The timer of whoever drives the engine: the caller spoke and has heard nothing since. */
export const WAITING = 'waiting';

/** Every event carries `at`, milliseconds since the epoch. */
export type Event = { at: number } & (
  | { kind: 'call-started' }
  /** `expectation` is the id the meaning was judged against; `answered` says a model is already replying. */
  | {
      kind: 'caller-spoke';
      text: string;
      meaning: Meaning | null;
      expectation: string | null;
      answered: boolean;
      /** Something that was being said was cut by it. */
      cut?: boolean;
    }
  | { kind: 'key-pressed'; key: string }
  | { kind: 'time-passed'; wake: string }
  | { kind: 'tool-returned'; call: string; output: Value }
  | { kind: 'tool-failed'; call: string; code: string; message: string }
  /** A model in a `converse` called one of the offers it was shown: a tool or an exit. */
  | { kind: 'model-called'; call: string; name: string; input: Value }
  /** A model said something of its own in a `converse`. */
  | { kind: 'model-spoke'; text: string }
  /** Speech is being reconnected; what the caller said last may be lost. */
  | { kind: 'speech-lost'; code: string }
  /** Speech failed for good; only what needs no vendor can be said now. */
  | { kind: 'speech-failed'; code: string }
  | { kind: 'limit-reached'; limit: 'duration' }
  | { kind: 'drain' }
  /** The caller's line came back after a break (the process or the socket had died). */
  | { kind: 'line-resumed' }
  /** `reason` counts where the dialogue had not ended the call itself. */
  | { kind: 'line-closed'; reason: EndReason }
);

export type Effect =
  /** Say exactly this. Utterances are said in order, after what is still being said. */
  | { kind: 'say'; id: string; text: string; interrupt: Interrupt; state: string | null }
  /** From now on the caller is expected to mean one of these. Replaces an earlier `listen` or `converse`. */
  | { kind: 'listen'; expectation: Expectation; interrupt: Interrupt }
  /** Let the model speak freely with these offers until it takes an exit. */
  | {
      kind: 'converse';
      id: string;
      instructions: string;
      offers: readonly Offer[];
      /** The exits and anytimes, for whoever carries this out without a model. */
      expectation: Expectation;
      /** The caller already said something that wants an answer. */
      answerNow: boolean;
      interrupt: Interrupt;
      state: string | null;
    }
  /** The result of an offer that a model called. */
  | { kind: 'answer-model'; call: string; output: Value }
  | { kind: 'call-tool'; call: string; tool: string; input: { readonly [name: string]: Value } }
  /** `time-passed` is due `afterMs` after everything said so far was heard, or after now. Speech by the caller
   * restarts a wait that counts from `heard`; a later wake with the same id replaces it. */
  | { kind: 'wake'; id: string; afterMs: number; since: 'heard' | 'now' }
  | { kind: 'cancel-wake'; id: string }
  /** Close the line once everything said was heard to its end. */
  | { kind: 'hang-up'; reason: EndReason };
