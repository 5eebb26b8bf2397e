/**
 * A line that holds no connection: it asks what the caller shall hear and how they are listened to, and asks again
 * with what they said or pressed. One question and its answer are an exchange; everything here is JSON.
 */
import type { Interrupt, Patience } from '../dialogue/protocol.ts';

/** One thing that the caller hears. `locale` is BCP 47, `file` an absolute path, `keys` are 0-9 * # and w. */
export type Sound =
  | { kind: 'say'; text: string; locale: string; interrupt: Interrupt }
  | { kind: 'play'; file: string; interrupt: Interrupt }
  | { kind: 'press'; keys: string };

/** How the caller is listened to. */
export interface Listening {
  kind: 'listen';
  /** BCP 47. */
  locale: string;
  /** What interrupts the sounds before it. */
  interrupt: Interrupt;
  patience: Patience;
  /** Nobody speaks or presses for so long after the sounds: that is told as `nothing`. */
  silenceMs: number;
  /** So many keys are a whole answer; null: as many as come. */
  keyCount: number | null;
  /** The key # ends what was pressed, and is not told. */
  poundEnds: boolean;
  /** Words that a recogniser should expect, the likeliest first. */
  hints: readonly string[];
  /** Somebody can begin to answer while the caller still speaks. */
  partials: boolean;
}

/** Join the caller with somebody else; what comes of it is told to `transferred`. */
export interface DialOrder {
  kind: 'dial';
  session: string;
  /** Which of the session's transfers it is: what is told of an earlier one is late. */
  transfer: number;
  /** E.164. */
  to: string;
  /** The number that the other side sees; null: the caller's. */
  callerId: string | null;
  ringMs: number;
  /** The other side is told about the call before it is joined, and asked whether it takes it. */
  briefed: boolean;
}

/** The answer of an exchange: what the caller hears, and what the line does then. */
export interface Gathering {
  kind: 'gather';
  session: string;
  /** The number of the exchange that comes next. */
  turn: number;
  /** `provider/name`; null: the line's own. */
  speech: string | null;
  voice: string | null;
  sounds: readonly Sound[];
  next:
    | Listening
    /** The work goes on: the line asks again at once, with nothing new. */
    | { kind: 'ask-again' }
    /** Somebody else carries the call on: the line asks what is next. */
    | { kind: 'ask-next' }
    | { kind: 'hang-up' }
    | DialOrder;
}

/** What the line tells in an exchange. */
export type Told =
  /** The call is here, or back from wherever it was. */
  | { kind: 'here' }
  | { kind: 'spoke'; text: string }
  /** The # that ended it is not among the keys. */
  | { kind: 'pressed'; keys: string }
  /** The caller was silent. */
  | { kind: 'nothing' }
  /** As it was ordered. */
  | { kind: 'asks-again' };

/** What the caller has said so far of an utterance that still goes on. */
export interface Partial {
  session: string;
  callSid: string;
  /** The exchange that the utterance will be told in. */
  turn: number;
  /** Counts within the utterance; they may come in any order. */
  sequence: number;
  /** What will not change any more. */
  text: string;
}
