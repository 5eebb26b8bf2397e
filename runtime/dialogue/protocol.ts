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
  /** It is the yes or the no of what was asked (`confirm`), in whatever words. */
  polar: 'yes' | 'no' | null;
}

export type SlotType =
  | 'text'
  | 'choice'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'digits'
  | 'date'
  | 'time'
  | 'datetime'
  | 'duration'
  | 'money'
  | 'phone'
  | 'email'
  | 'name';

/** Parts of the day that a time may be told by. */
export const DAY_PARTS = ['am', 'pm', 'morning', 'midday', 'afternoon', 'evening', 'night'] as const;
export type DayPart = (typeof DAY_PARTS)[number];

/**
 * A value that the caller may say right now. Values are JSON: `date` is `2026-03-04`, `time` `19:00` or `19:00:30` (a
 * part of the day such as `evening` alone, where its hour has not been said yet), `datetime` ISO 8601 with its offset
 * (a day alone, where its time has not been said yet), `duration` ISO 8601 such as `PT1H30M`, `money`
 * `{amount, currency}`, `phone` E.164, `digits`, `email`, `name`, `text` and `choice` text (a choice as it stands in
 * `of`).
 */
export interface Wanted {
  name: string;
  type: SlotType;
  /** What it is, for a model; null where the author wrote nothing. */
  about: string | null;
  /** The values of a choice and what callers say for each. */
  of: readonly { readonly value: string; readonly like: readonly string[] }[] | null;
  /** Of a number or of money its amount; of a date or time in the form of the value. */
  min: number | string | null;
  max: number | string | null;
  /** How many digits, at least and at most. */
  length: { readonly min: number; readonly max: number } | null;
  /** Words that a recogniser should expect. */
  hints: readonly string[];
  /** It is what the caller was asked for just now. */
  asked: boolean;
  /** It has a value: whatever the caller says of it is a correction. */
  filled: boolean;
  /** The value it has, or had before it was emptied; null: it never had one. */
  value: Value;
  /** Of a phone number: the caller's own, which "this number" means; absent where it is not known. */
  own?: string;
  /** Of a time with checks: the full hours that pass them, as far as is known now; absent where all do, or none. */
  hours?: readonly number[];
  /** Whether it may be said and whether it may be pressed. */
  speech: boolean;
  keys: boolean;
}

/** What the current step waits for: told to the recogniser, to the rules and to the model alike. */
export interface Expectation {
  id: string;
  /** BCP 47. */
  locale: string;
  choices: readonly Choice[];
  slots: readonly Wanted[];
  /** What `tomorrow` is counted from, in milliseconds since the epoch, and where: an IANA time zone. */
  now: number;
  zone: string;
  /** What is said now is written down nowhere. */
  sensitive: boolean;
}

/** What an utterance was taken to mean. `choice` is null where it was none of those expected. */
export interface Meaning {
  choice: string | null;
  /** Slots and the values that were said for them; empty for none. */
  slots: { readonly [slot: string]: Value };
  /** Those of `slots` that may well be something else, such as a time without am or pm. */
  unsure: readonly string[];
  /** 0 to 1. */
  confidence: number;
  by: 'keys' | 'like' | 'type' | 'model';
}

export type Interrupt = 'speech' | 'keys' | 'never';

/** How long a pause has to be before the caller is taken to have finished. */
export type Patience = 'quick' | 'normal' | 'patient';

/** How the caller takes turns. `words`: with fewer than so many, 1 or more, the caller has not interrupted. */
export interface Turn {
  interrupt: Interrupt;
  patience: Patience;
  words: number;
}

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
export type Event = { at: number } &
  /** `given`: how the call began, for whoever reads the journal: what the dialogue does may change it at once. */
  (
    | { kind: 'call-started'; given?: { locale: string; attributes: Scope } }
    /** `expectation` is the id the meaning was judged against; `answered` says a model is already replying. */
    | {
        kind: 'caller-spoke';
        text: string;
        meaning: Meaning | null;
        expectation: string | null;
        answered: boolean;
        /** Something that was being said was cut by it. */
        cut?: boolean;
        /** Said while the agent went on speaking, and it answers nothing: nothing follows from it. */
        aside?: boolean;
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
    | { kind: 'limit-reached'; limit: 'duration' | 'cost' }
    | { kind: 'drain' }
    /** The caller's line came back after a break (the process or the socket had died). */
    | { kind: 'line-resumed' }
    /** The caller's line came back from a transfer that did not come about; `line-closed` ends one that did. */
    | { kind: 'transfer-failed'; reason: 'busy' | 'no-answer' | 'declined' | 'failed' }
    /** A `converse` was ordered where there is no model to carry it out. */
    | { kind: 'model-missing' }
    /** A code is open for the caller's phone until then; `pairing` is that of the order. */
    | { kind: 'pairing-opened'; pairing: string; code: string; expiresAt: number }
    | { kind: 'pairing-failed'; pairing: string; code: string }
    /** The caller's phone was paired: what is known of whose it is (`user.*`). */
    | { kind: 'paired'; user: Scope }
    /** A machine answered a call out, and its message can be spoken now. */
    | { kind: 'machine-answered' }
    /** `reason` counts where the dialogue had not ended the call itself. */
    | { kind: 'line-closed'; reason: EndReason }
  );

export type Effect =
  /** Say exactly this. Utterances are said in order, after what is still being said. */
  | {
      kind: 'say';
      id: string;
      text: string;
      interrupt: Interrupt;
      /** With fewer words the caller has not interrupted it. */
      words: number;
      state: string | null;
      /** What may be written down in its place, where the text holds something sensitive. */
      masked?: string;
    }
  /** Play an audio file (an absolute path); like something said, it waits its turn and can be interrupted. */
  | { kind: 'play'; id: string; file: string; interrupt: Interrupt; words: number; state: string | null }
  /** Send keys (0-9 * # and w, half a second's wait) down the line as tones, in their turn. */
  | { kind: 'press'; id: string; keys: string; state: string | null }
  /** From now on the caller is expected to mean one of these. Replaces an earlier `listen` or `converse`. */
  | { kind: 'listen'; expectation: Expectation; turn: Turn }
  /** Let the model speak freely with these offers until it takes an exit. */
  | {
      kind: 'converse';
      id: string;
      instructions: string;
      /** The dialogue that has the tools among the offers. */
      dialogue: string;
      offers: readonly Offer[];
      /** The exits and anytimes, for whoever carries this out without a model; its `now` and `zone` too. */
      expectation: Expectation;
      /** The caller already said something that wants an answer. */
      answerNow: boolean;
      turn: Turn;
      state: string | null;
    }
  /** The result of an offer that a model called. */
  | { kind: 'answer-model'; call: string; output: Value }
  | {
      kind: 'call-tool';
      call: string;
      /** The dialogue that has the tool. */
      dialogue: string;
      tool: string;
      input: { readonly [name: string]: Value };
      /** The names of the inputs that come of something sensitive. */
      hidden?: readonly string[];
    }
  /** From now on what is said and heard is in this language (BCP 47). */
  | { kind: 'change-language'; locale: string }
  /** Keep a value of the caller's (`user.NAME`) for so long; null: for good. */
  | { kind: 'remember'; name: string; value: Value; forMs: number | null }
  /** Open a code with which somebody may pair this phone (E.164), and tell when it is. */
  | { kind: 'open-pairing'; pairing: string; phone: string }
  /** Call the caller back at this moment, milliseconds since the epoch. */
  | { kind: 'call-back'; id: string; at: number }
  /**
   * Once everything said was heard, close the line and join the caller with `to` (E.164). `brief` is said to the
   * other side before. What comes of it is `transfer-failed` on the line that comes back, or `line-closed`.
   */
  | { kind: 'transfer'; to: string; brief: string | null; ringMs: number }
  /** `time-passed` is due `afterMs` after everything said so far was heard, or after now. Speech by the caller
   * restarts a wait that counts from `heard`; a later wake with the same id replaces it. */
  | { kind: 'wake'; id: string; afterMs: number; since: 'heard' | 'now' }
  | { kind: 'cancel-wake'; id: string }
  /** Close the line once everything said was heard to its end. */
  | { kind: 'hang-up'; reason: EndReason };
