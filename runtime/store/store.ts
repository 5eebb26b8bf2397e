/**
 * What the runtime keeps, named by what it needs of it. Every method settles only when the data is durable to
 * the store's own promise (SQLite: WAL; PostgreSQL: committed). Times are milliseconds since the epoch.
 * Failures are OffhookErrors with code `store-failed`.
 */
import type { EndReason, Value } from '../dialogue/protocol.ts';
import type { KeptNumbers } from './numbers.ts';
import type { People } from './people.ts';
import type { Pairings } from './pairings.ts';
import type { BrowserPhones } from './browser-phones.ts';
import type { Recordings } from './recordings.ts';
import type { Initiations } from './initiations.ts';
import type { Lines } from './lines.ts';
import type { Session, SessionStatus } from './session.ts';

export {
  FINAL_STATUSES,
  OPEN_STATUSES,
  SESSION_STATUSES,
  type Session,
  type SessionStatus,
} from './session.ts';

export interface Turn {
  index: number;
  role: 'caller' | 'agent';
  text: string;
  /** The dialogue's state at that time. */
  state: string | null;
  startedAt: number;
  interrupted: boolean;
  /** What was heard of `text`; null while it is still being said; for a caller's turn the text itself. */
  heardText: string | null;
  /** End of the caller's speech to the first audio of the answer; agent turns only. */
  latencyMs: number | null;
  /** Where that time went; null where nothing is known of it. */
  timings: Timings | null;
  /** What vendors were used for it. */
  usage: readonly Priced[];
}

/** All in milliseconds after the end of the caller's speech; null: not known, or there was none. */
export interface Timings {
  /** It was known what the caller meant. */
  meaning: number | null;
  /** The model began to answer. */
  firstToken: number | null;
  /** The first audio of the answer was there. */
  firstAudio: number | null;
  /** Its first frame left for the line. */
  firstFrame: number | null;
}

/** What a vendor was used for, and what it cost in US dollars; null: its price is not known. */
export interface Priced {
  vendor: string;
  model: string;
  amounts: { readonly [unit: string]: number };
  cost: number | null;
}

export interface ToolCallRow {
  id: string;
  name: string;
  input: Value;
  output: Value;
  error: { code: string; message: string } | null;
  startedAt: number;
  durationMs: number | null;
}

/** One entry of the journal: what happened and what the conversation was after it. */
export interface JournalEntry {
  /** Counts from 1 within the session, without gaps. */
  sequence: number;
  at: number;
  event: Value;
  state: Value;
  effects: Value;
}

/** Something to be remembered of the person whose session it is; of nobody, where it is nobody's. */
export interface MemoryWrite {
  name: string;
  value: Value;
  /** Null: for good. */
  expiresAt: number | null;
}

/** One step of a call, written as one transaction. */
export interface StepWrite {
  session: string;
  entry: JournalEntry;
  /** Turns by index: new ones are inserted, known ones are replaced. */
  turns: readonly Turn[];
  toolCalls: readonly ToolCallRow[];
  /** By name: what is known under a name is replaced. Each goes with the session that wrote it last. */
  memories: readonly MemoryWrite[];
  /** What changes on the session's row. */
  patch: SessionPatch | null;
  /** Nobody waits for it: it is written with what comes next, or a tenth of a second later. */
  unhurried?: boolean;
}

/** How what is secret leaves what was written. Pure: each may be asked more than once. */
export interface Masks {
  text(text: string): string;
  fields(fields: { readonly [name: string]: Value }): { [name: string]: Value };
  entry(entry: JournalEntry): JournalEntry;
  toolCall(row: ToolCallRow): ToolCallRow;
  /** Of an exchange. */
  answer(answer: Value): Value;
}

export type SessionPatch = Partial<
  Pick<
    SessionDetail,
    | 'status'
    | 'endReason'
    | 'startedAt'
    | 'endedAt'
    | 'attributes'
    | 'locale'
    | 'slots'
    | 'engine'
    | 'crew'
    | 'cost'
    | 'usage'
  >
>;

export interface SessionDetail extends Session {
  /** The slots of the dialogue that the call began with, as they may be shown; empty before its first step. */
  slots: { readonly [name: string]: Value };
  /** What every vendor was used for in all, by vendor and model. */
  usage: readonly Priced[];
  turns: Turn[];
  toolCalls: ToolCallRow[];
  journal: JournalEntry[];
}

export type SessionListItem = Session & { turnCount: number };

export interface SessionQuery {
  app?: string;
  status?: SessionStatus;
  limit: number;
  /** As the page before gave it as `next`. A cursor that is not one: OffhookError `bad-cursor`. */
  cursor?: string;
}

/**
 * The exchanges of calls whose line holds no connection but asks again and again: each is numbered within its session,
 * carried out once, by whichever process claims it, and answered the same however often it is asked for. They go
 * with their session.
 */
export interface Exchanges {
  /**
   * Claims an exchange. Null: it is new, or whoever had it has not touched it since `aliveSince`, and is dead; whoever
   * claims it carries it out, touches it meanwhile, and keeps its answer.
   */
  claim(
    session: string,
    turn: number,
    now: number,
    aliveSince: number,
  ): Promise<{ answer: Value } | 'pending' | null>;
  /** It is still being carried out. */
  touch(session: string, turn: number, now: number): Promise<void>;
  keep(session: string, turn: number, answer: Value, now: number): Promise<void>;
  /** The last one that was answered. */
  last(session: string): Promise<{ turn: number; answer: Value } | null>;
}

export interface Store {
  readonly people: People;
  readonly initiations: Initiations;
  readonly exchanges: Exchanges;
  readonly numbers: KeptNumbers;
  readonly lines: Lines;
  readonly pairings: Pairings;
  readonly browserPhones: BrowserPhones;
  readonly recordings: Recordings;
  /** Adds the row; a second session for the same `callSid` is refused with `duplicate-call`. */
  addSession(session: Session): Promise<void>;
  session(id: string): Promise<Session | null>;
  sessionByCall(callSid: string): Promise<Session | null>;
  /**
   * The network reports how a call stands, under its own name for it and with the report's number, which counts up
   * within the call (null: it has none). Carried out only where it is newer than what was reported before and leads on: a
   * call that is over stays over, one that was answered does not ring again. Gives whether it was. `endReason`: why it is
   * over, where nobody has said so yet.
   */
  reportSession(
    id: string,
    report: {
      callSid: string;
      status: SessionStatus;
      sequence: number | null;
      endReason: EndReason | null;
      now: number;
      /** Only where it stands so until now. */
      from?: readonly SessionStatus[];
    },
  ): Promise<boolean>;
  patchSession(id: string, patch: Partial<Omit<Session, 'id' | 'createdAt'>>): Promise<void>;
  /** The last journal entry, from which a call is taken up again. */
  lastEntry(session: string): Promise<JournalEntry | null>;
  writeStep(step: StepWrite): Promise<void>;
  /** Turns alone, when what was heard of them becomes known. Unhurried. */
  writeTurns(session: string, turns: readonly Turn[]): Promise<void>;
  /**
   * Ends the tool calls that are still open in sessions that are over, where nobody is left who could tell what came of
   * them: in this session; or (null) in all that no living process holds, or that have been over for an hour. What is
   * written of one all the same takes its place. Gives how many there were.
   */
  endLostToolCalls(session: string | null, now: number): Promise<number>;
  /**
   * Masks what was written of a session before it was known to be secret, all of it or nothing: its journal, turns, tool
   * calls, attributes and slots, and the answers of its exchanges. What it had remembered of it is forgotten. Gives the
   * turns that were changed.
   */
  maskWritten(session: string, masks: Masks): Promise<Turn[]>;
  sessionDetail(id: string): Promise<SessionDetail | null>;
  /** Newest first, stable under insertion. */
  listSessions(query: SessionQuery): Promise<{ items: SessionListItem[]; next: string | null }>;
  /** Erases the session and all that came from it. False where there was none. */
  eraseSession(id: string): Promise<boolean>;
  /** Sessions that are not over, for the start after a crash. */
  openSessions(): Promise<Session[]>;

  /** The process lives, at least until then. */
  beat(process: string, until: number): Promise<void>;
  /** The process takes its leave: nobody knows any more who holds its calls. */
  leave(process: string): Promise<void>;
  /** The call of the session is carried by this process; by no other any more. */
  holdSession(session: string, process: string): Promise<void>;
  /** The process that holds the session, and until when it is known to live; null where none is known. */
  holder(session: string): Promise<{ process: string; aliveUntil: number } | null>;

  /** Keeps a single-use token's hash for a session until `expiresAt`. */
  addToken(hash: string, session: string, expiresAt: number): Promise<void>;
  /** Gives the session once; null where the token is unknown, used or expired. Atomic across processes. */
  takeToken(hash: string, now: number): Promise<string | null>;

  /**
   * Claims an idempotency key. Gives null where it is new (the caller then does the work and calls
   * `keepAnswer`), the kept answer where the work was done, and `pending` where it is under way. The same key
   * with another fingerprint is refused with `idempotency-mismatch`.
   */
  claimKey(
    key: string,
    fingerprint: string,
    now: number,
  ): Promise<{ status: number; body: Value } | 'pending' | null>;
  keepAnswer(key: string, answer: { status: number; body: Value } | null): Promise<void>;

  /** Throws `store-failed` where the store does not answer, or refuses writes since one has failed. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
