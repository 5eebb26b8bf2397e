/**
 * Calls that somebody asked for, each one row from the moment that it is written down to its end, however often it is
 * tried. Any number of processes may look after them; what is decided is decided in the database. Times are
 * milliseconds since the epoch.
 */
import type { Value } from '../dialogue/protocol.ts';
import type { Session, SessionStatus } from './session.ts';

/** In the place of an account: no network carries the call, the simulated phone does. No account can be called so. */
export const SIMULATED = '(simulated)';

export type Machine = 'hangup' | 'message' | 'continue';

/** What an attempt may have come to for the call to be tried again. */
export const RETRIED = ['busy', 'no-answer'] as const;
export type Retried = (typeof RETRIED)[number];

export interface Retry {
  /** How often the call is tried in all. */
  attempts: number;
  /** From the end of an attempt to the next. */
  everyMs: number;
  on: readonly Retried[];
}

/**
 * `scheduled`: it is to be placed, for the first time or again. `placing`: the network is being asked for it, or was
 * and nobody knows the answer. From then on it is as its session is, and in the end so it stays.
 */
export const INITIATION_STATUSES = [
  'scheduled',
  'placing',
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const satisfies readonly (SessionStatus | 'scheduled' | 'placing')[];
export type InitiationStatus = (typeof INITIATION_STATUSES)[number];

export interface Initiation {
  id: string;
  /** The batch that it came with. */
  batch: string | null;
  /** The name of the account that places it. */
  account: string;
  key: string;
  /** E.164. */
  to: string;
  /** Null: the first number of the app when it is placed. */
  from: string | null;
  /** Null: that of the app when it is placed. */
  locale: string | null;
  attributes: { readonly [name: string]: Value };
  welcomeMessage: string | null;
  /** What is done where a machine answers; null: nobody listens for one. */
  machine: Machine | null;
  /** Null: it is tried once. */
  retry: Retry | null;
  /** When it was to be placed; null: at once. */
  at: number | null;
  /** The session whose caller is called back; its call-backs go when it is erased. */
  origin: string | null;
  createdAt: number;

  status: InitiationStatus;
  /** Attempts that were begun. */
  attempt: number;
  /** The session of the last attempt; null before the first. */
  session: string | null;
  /** The network's own name for the last attempt. */
  callSid: string | null;
  /** Why it could not be placed. */
  error: { code: string; message: string } | null;
  /** Until it is over: when somebody may take it up (next), to place it or to ask the network how it stands. */
  nextAt: number;
  /** When the network was last asked to place it. */
  askedAt: number | null;
  /** It was cancelled: it is not placed any more. */
  revoked: boolean;
  /** It was cancelled while it was being placed: where the network has it, it is to be taken back there. */
  recalled: boolean;
  /** Since when it has found no line, or nobody who could place it; null: it has not. */
  refusedAt: number | null;
}

/** What a new one begins with. */
export type NewInitiation = Omit<
  Initiation,
  'status' | 'attempt' | 'session' | 'callSid' | 'error' | 'askedAt' | 'revoked' | 'recalled' | 'refusedAt'
>;

/** A question to the network: the attempt's session, and when it was asked. */
export interface Question {
  session: string;
  askedAt: number;
}

export interface Batch {
  id: string;
  key: string;
  /** How many calls were taken into it. */
  accepted: number;
  /** Those that were not, and why; `index` counts from 0 in what was given. */
  rejected: readonly { index: number; code: string; detail: string }[];
  createdAt: number;
}

/** These are left aside: they have no line or no place free. */
export interface LeftAside {
  notAccounts?: readonly string[];
  notKeys?: readonly string[];
}

export interface ClaimQuery extends LeftAside {
  now: number;
  /** They are this process's own until then; whoever takes longer extends. */
  until: number;
  most: number;
}

export interface Initiations {
  /** Keeps it, as scheduled; one with the same id stays as it is. */
  add(initiation: NewInitiation): Promise<void>;
  /**
   * Keeps them all or none, with their batch: nobody sees one before all are there. One with the same id stays as it is.
   * What a process that died had begun to add is found again by the same ids. False: there is a batch with that id
   * already, and nothing was added.
   */
  addBatch(batch: Batch, initiations: readonly NewInitiation[]): Promise<boolean>;
  find(id: string): Promise<Initiation | null>;
  /**
   * Those that are due, at most so many, the longest due first. One that is `placing` was being placed by somebody who
   * has not come back: what the network did is to be found out before it is asked again. One that the network has is due
   * where it was to be looked at by now: its reports may be lost.
   */
  claim(query: ClaimQuery): Promise<Initiation[]>;
  /** When there is something to claim next, but for what is left aside; null: all is over. */
  nextAt(aside?: LeftAside): Promise<number | null>;
  /** One that is being placed, or that the network has, is left alone by the others until then. */
  extend(id: string, until: number): Promise<void>;
  /** Gives a claimed, scheduled one back, to be claimed again from `until` on. */
  postpone(id: string, until: number, refusedAt: number | null): Promise<void>;
  /** A call to the number is just being placed: no other can begin. */
  isBeingPlaced(to: string): Promise<boolean>;

  /**
   * The network will be asked now: the attempt's session is added, and the initiation is `placing`, this process's own
   * until `until`, both or neither. `gone`: it is not scheduled any more. `same-number`: another call to the number is
   * just being placed; the two could not be told apart where the network's answer is lost.
   */
  begin(
    id: string,
    session: Session,
    asked: { now: number; until: number },
  ): Promise<'begun' | 'gone' | 'same-number'>;
  /** The network is asked once more for the same attempt. False: that one is not being placed any more. */
  askAgain(id: string, session: string, asked: { now: number; until: number }): Promise<boolean>;
  /**
   * The network has the attempt, under this name, which its session gets too, where it has none; from now on that one
   * tells how it stands, which is to be looked at from `lookAt` on. Gives what the initiation is by then: another process
   * may have taken the attempt back, and placed another.
   */
  placed(id: string, session: string, callSid: string, lookAt: number): Promise<Initiation | null>;
  /** All that the network has are due to be looked at. What was begun to be added a day ago, and never was, goes. */
  recheck(now: number): Promise<void>;
  /**
   * The network has certainly not taken what it was asked for: the attempt never was, its session goes, and it is
   * scheduled again; or cancelled, where it was revoked meanwhile. False, and nothing is changed: it was asked again
   * since, by whomever; or the call has come, and its session bears the network's name.
   */
  takeBack(id: string, question: Question, until: number): Promise<boolean>;
  /**
   * It will not be placed: this attempt of it, which is being placed, or none (null), which is scheduled; it is over now.
   * The attempt's session is closed with it, a failed one for the reason `error`. False, and nothing is changed: it does
   * not stand so any more.
   */
  close(
    id: string,
    session: string | null,
    status: 'failed' | 'canceled',
    error: { code: string; message: string } | null,
    now: number,
  ): Promise<boolean>;
  /**
   * It is not to be called, or not again. `canceled`: it was scheduled, and is over now, or was cancelled before.
   * `revoked`: it is being placed, and whoever does that takes it back. Else its status: the network has it, or had; it
   * is not tried again. Null: there is none.
   */
  cancel(id: string): Promise<'canceled' | 'revoked' | InitiationStatus | null>;

  /** Those whose session is over are over with it, or scheduled again. Gives what they are now; each is given once. */
  settle(): Promise<{ id: string; status: InitiationStatus; attempt: number }[]>;

  /** Which of these names of the network's a session bears. */
  known(callSids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * A place in the account's queue, `everyMs` behind the one that was given before: the moment at which a call may be
   * placed. Null: that would be more than `withinMs` from now, and no place was taken.
   */
  pace(account: string, now: number, everyMs: number, withinMs: number): Promise<number | null>;

  /** With its calls by state. `nextAt`: when one of them is to be taken up next; null: none is to be any more. */
  batch(
    id: string,
  ): Promise<
    (Batch & { counts: { readonly [S in InitiationStatus]?: number }; nextAt: number | null }) | null
  >;
  /**
   * Cancels what has not begun, also between two attempts, and revokes what is being placed. A call that the network
   * has goes on, and is not tried again. Gives how many were cancelled; null: there is no such batch.
   */
  cancelBatch(id: string): Promise<number | null>;
}
