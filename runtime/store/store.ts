/**
 * What the runtime keeps, named by what it needs of it. Every method settles only when the data is durable to
 * the store's own promise (SQLite: WAL; PostgreSQL: committed). Times are milliseconds since the epoch.
 * Failures are OffhookErrors with code `store-failed`.
 */
import type { EndReason, Value } from '../dialogue/protocol.ts';

export const SESSION_STATUSES = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export const FINAL_STATUSES: readonly SessionStatus[] = [
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
];

export interface Session {
  id: string;
  app: string;
  dialogue: string;
  /** The key it was addressed by, such as `bistro` or `:bistro`. */
  key: string;
  engine: string;
  direction: 'inbound' | 'outbound';
  isInitiated: boolean;
  from: string | null;
  to: string | null;
  callSid: string | null;
  accountSid: string | null;
  user: string | null;
  locale: string;
  attributes: { readonly [name: string]: Value };
  status: SessionStatus;
  endReason: EndReason | null;
  createdAt: number;
  /** When the caller and the dialogue were joined. */
  startedAt: number | null;
  endedAt: number | null;
  /** The initiation that placed the call. */
  initiation: string | null;
}

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

/** One step of a call, written as one transaction. */
export interface StepWrite {
  session: string;
  entry: JournalEntry;
  /** Turns by index: new ones are inserted, known ones are replaced. */
  turns: readonly Turn[];
  toolCalls: readonly ToolCallRow[];
  /** What changes on the session's row. */
  patch: Partial<
    Pick<Session, 'status' | 'endReason' | 'startedAt' | 'endedAt' | 'attributes' | 'locale'>
  > | null;
}

export interface SessionDetail extends Session {
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

export interface Initiation {
  id: string;
  session: string;
  key: string;
  to: string;
  from: string;
  locale: string | null;
  attributes: { readonly [name: string]: Value };
  welcomeMessage: string | null;
  callSid: string | null;
  status: SessionStatus;
  /** What Twilio said when it refused. */
  error: { code: string; message: string } | null;
  createdAt: number;
}

export interface Store {
  /** Adds the row; a second session for the same `callSid` is refused with `duplicate-call`. */
  addSession(session: Session): Promise<void>;
  session(id: string): Promise<Session | null>;
  sessionByCall(callSid: string): Promise<Session | null>;
  patchSession(id: string, patch: Partial<Omit<Session, 'id' | 'createdAt'>>): Promise<void>;
  /** The last journal entry, from which a call is taken up again. */
  lastEntry(session: string): Promise<JournalEntry | null>;
  writeStep(step: StepWrite): Promise<void>;
  /** Turns alone, when what was heard of them becomes known. */
  writeTurns(session: string, turns: readonly Turn[]): Promise<void>;
  sessionDetail(id: string): Promise<SessionDetail | null>;
  /** Newest first, stable under insertion. */
  listSessions(query: SessionQuery): Promise<{ items: SessionListItem[]; next: string | null }>;
  /** Erases the session and all that came from it. False where there was none. */
  eraseSession(id: string): Promise<boolean>;
  /** Sessions that are not over, for the start after a crash. */
  openSessions(): Promise<Session[]>;

  /** Keeps a single-use token's hash for a session until `expiresAt`. */
  addToken(hash: string, session: string, expiresAt: number): Promise<void>;
  /** Gives the session once; null where the token is unknown, used or expired. Atomic across processes. */
  takeToken(hash: string, now: number): Promise<string | null>;

  addInitiation(initiation: Initiation): Promise<void>;
  initiation(id: string): Promise<Initiation | null>;
  patchInitiation(
    id: string,
    patch: Partial<Pick<Initiation, 'callSid' | 'status' | 'error'>>,
  ): Promise<void>;

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

  /** Throws `store-failed` where the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
