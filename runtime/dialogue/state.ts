import type { EndReason, Scope, Value } from './protocol.ts';

/** What is known of a call before its dialogue begins; constant for the whole call. */
export interface CallFacts {
  session: {
    id: string;
    isInitiated: boolean;
    direction: 'inbound' | 'outbound';
    locale: string;
    from: string | null;
    to: string | null;
    /** ISO 8601. */
    startedAt: string;
  };
  user: Scope;
  caller: Scope;
  /** IANA: where what the caller says of days and times holds. */
  zone: string;
  /** The variant of each line that this caller heard last, by place. */
  used: { readonly [place: string]: number };
  /** Said in the place of the intro, where whoever placed the call gave one. */
  welcomeMessage: string | null;
}

/** What a listening step remembers between two events. */
export interface Listening {
  kind: 'listening';
  expectation: string;
  /** How often each trouble has come since something was understood. */
  silence: number;
  unclear: number;
  /** How often an `anytime` came back here without getting anywhere. */
  asides: number;
  /** Keys pressed that may still become an answer. */
  keys: string;
  /** What the caller has said in a `talk`; the times a `confirm` was refused, a `collect` got values that are none. */
  turns: number;
  /** The slot that was asked for, and the one that is read back for a yes. */
  asked: string | null;
  confirming: string | null;
  /** Tool calls that a model waits for. */
  calls: readonly string[];
}

export type Memory =
  | Listening
  /**
   * A tool is at work, or the caller is with somebody else; `failed` counts the times it came to nothing. `keys` are
   * those pressed meanwhile.
   */
  | { kind: 'doing'; call: string; failed: number; keys?: string }
  /** A `run`: the dialogue above gives its result to this step. */
  | { kind: 'running' };

/** A tool was called with these slots, at the place where the frames of its dialogue stood. */
export interface Lookup {
  slots: readonly string[];
  frames: readonly { readonly block: string; readonly index: number; readonly state: string | null }[];
}

/** One dialogue being carried out: the one the call began with, and above it those that were `run`. */
export interface Context {
  dialogue: string;
  /** How many frames belong to the contexts below. */
  base: number;
  /** Parameters, and what `set` and `save` gave. */
  vars: { [name: string]: Value };
  slots: { [name: string]: Value };
  /** What a slot held before it was emptied. */
  before: { [name: string]: Value };
  /** Slots whose value is to be read back for a yes. */
  unsure: string[];
  /** In the order in which they were made. */
  lookups?: readonly Lookup[];
  /**
   * An `anytime` of a dialogue further out interrupts the ones above it: the index of that dialogue's context, whose
   * names hold. This context has none of its own.
   */
  within?: number;
}

/** The context whose names hold; null before the call begins. */
export function contextOf({ contexts }: State): Context | null {
  const top = contexts.at(-1);
  return (top?.within === undefined ? top : contexts[top.within]) ?? null;
}

/** The context of the dialogue that runs the one of a context, both by index; -1 where a call began with it. */
export const contextBelow = (contexts: readonly Context[], index: number): number =>
  contexts[index - 1]?.within ?? index - 1;

/**
 * One list of steps being walked. `flow` goes on with the frame below when it ends, `aside` (an `anytime`)
 * and `rung` (a ladder's steps) give the word back to the step that they interrupted.
 */
export interface Frame {
  block: string;
  index: number;
  state: string | null;
  kind: 'flow' | 'aside' | 'rung';
  memory: Memory | null;
}

/** Of a `pair`. The code is known to the process alone that opened it: it is never written down. */
export interface Pairing {
  /** The order that opened it. */
  id: string;
  /** Null: it is not open yet, or whoever knew it is gone. */
  code: string | null;
  /** How often it came to nothing. */
  failed: number;
}

/** The whole conversation, as JSON: it can be written down after any event and taken up by another process. */
export interface State {
  version: 1;
  /** The program it belongs to. */
  program: string;
  /** `transferring`: the line is closed, or will be, and the caller is with somebody else. */
  phase: 'new' | 'running' | 'transferring' | 'ending' | 'ended';
  endReason: EndReason | null;
  facts: CallFacts;
  stack: Frame[];
  contexts: Context[];
  attributes: { [name: string]: Value };
  /** `user.NAME`, beside what is known of the user from before. */
  remembered: { [name: string]: Value };
  /** Where the caller is being transferred to. */
  transfer: { to: string; brief: string | null; ringMs: number } | null;
  /** The code that the caller's phone can be paired with; null where the caller does not wait for that. */
  pairing: Pairing | null;
  /** The texts of the agent's last turn, for `repeat`. */
  said: { text: string; masked: string | null }[];
  /** The next thing said begins a new turn. */
  fresh: boolean;
  /** The caller said something that nobody has answered. */
  owed: boolean;
  /** Speech is lost for good: only keys are heard. */
  deaf: boolean;
  /** When the last key came that completed a value or chose something, or that meant nothing. */
  lastKey: { at: number; as: 'entered' | 'chosen' | 'nothing' } | null;
  /** The last variant taken, by step. */
  used: { [place: string]: number };
  counts: { say: number; listen: number; tool: number };
  /** For choosing variants: the engine has no randomness of its own. */
  seed: number;
}

/** A conversation that has not begun. `seed` may be any 32-bit number; the same seed gives the same call. */
export function newState(
  program: string,
  facts: CallFacts,
  attributes: { readonly [name: string]: Value },
  seed: number,
): State {
  return {
    version: 1,
    program,
    phase: 'new',
    endReason: null,
    facts,
    stack: [],
    contexts: [],
    attributes: { ...attributes },
    remembered: {},
    transfer: null,
    pairing: null,
    said: [],
    fresh: true,
    owed: false,
    deaf: false,
    lastKey: null,
    used: { ...facts.used },
    counts: { say: 0, listen: 0, tool: 0 },
    seed: seed >>> 0,
  };
}

/** A copy that may be changed without changing the original; values are never changed in place. */
export function copyState(state: State): State {
  // Written out, field by field: this is done for every event of every call.
  return {
    version: state.version,
    program: state.program,
    phase: state.phase,
    endReason: state.endReason,
    facts: state.facts,
    stack: state.stack.map(copyFrame),
    contexts: state.contexts.map(copyContext),
    attributes: { ...state.attributes },
    remembered: { ...state.remembered },
    transfer: state.transfer,
    pairing: state.pairing && { ...state.pairing },
    said: state.said.slice(),
    fresh: state.fresh,
    owed: state.owed,
    deaf: state.deaf,
    lastKey: state.lastKey,
    used: { ...state.used },
    counts: { say: state.counts.say, listen: state.counts.listen, tool: state.counts.tool },
    seed: state.seed,
  };
}

function copyFrame({ block, index, state, kind, memory }: Frame): Frame {
  return { block, index, state, kind, memory: memory && { ...memory } };
}

function copyContext({ dialogue, base, vars, slots, before, unsure, lookups, within }: Context): Context {
  return {
    dialogue,
    base,
    vars: { ...vars },
    slots: { ...slots },
    before: { ...before },
    unsure: unsure.slice(),
    ...(lookups !== undefined && { lookups }),
    ...(within !== undefined && { within }),
  };
}
