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
  /** What the caller has said in a `talk`. */
  turns: number;
  /** Tool calls that a model waits for. */
  calls: readonly string[];
}

export type Memory = Listening | { kind: 'doing'; call: string };

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

/** The whole conversation, as JSON: it can be written down after any event and taken up by another process. */
export interface State {
  version: 1;
  /** The program it belongs to. */
  program: string;
  phase: 'new' | 'running' | 'ending' | 'ended';
  endReason: EndReason | null;
  facts: CallFacts;
  stack: Frame[];
  vars: { [name: string]: Value };
  attributes: { [name: string]: Value };
  /** The texts of the agent's last turn, for `repeat`. */
  said: string[];
  /** The next thing said begins a new turn. */
  fresh: boolean;
  /** The caller said something that nobody has answered. */
  owed: boolean;
  /** Speech is lost for good: only keys are heard. */
  deaf: boolean;
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
    vars: {},
    attributes: { ...attributes },
    said: [],
    fresh: true,
    owed: false,
    deaf: false,
    used: {},
    counts: { say: 0, listen: 0, tool: 0 },
    seed: seed >>> 0,
  };
}

/** A copy that may be changed without changing the original; values are never changed in place. */
export function copyState(state: State): State {
  return {
    ...state,
    stack: state.stack.map((frame) => ({ ...frame, memory: frame.memory && { ...frame.memory } })),
    vars: { ...state.vars },
    attributes: { ...state.attributes },
    said: [...state.said],
    used: { ...state.used },
    counts: { ...state.counts },
  };
}
