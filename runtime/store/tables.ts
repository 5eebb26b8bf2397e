/** The tables as kysely sees them. JSON is text in both databases, flags are 0 or 1, times are milliseconds. */
import type { Generated } from 'kysely';
import type { EndReason } from '../dialogue/protocol.ts';
import type { NumberStage } from './numbers.ts';
import type { InitiationStatus, Machine } from './initiations.ts';
import type { Session, SessionStatus, Turn } from './store.ts';

/** A session's rows elsewhere point to `no`: small and growing, where ids are long and random. */
export interface SessionTable {
  no: Generated<number>;
  id: string;
  app: string;
  dialogue: string;
  key: string;
  engine: string;
  crew: number;
  cost: number | null;
  usage: Generated<string>;
  direction: Session['direction'];
  is_initiated: number;
  from_number: string | null;
  to_number: string | null;
  call_sid: string | null;
  account_sid: string | null;
  user_id: string | null;
  locale: string;
  attributes: string;
  slots: Generated<string>;
  status: SessionStatus;
  end_reason: EndReason | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  initiation: string | null;
  /** The process that carries the call. */
  holder: Generated<string | null>;
  /** The number of the network's last report. */
  reported: Generated<number | null>;
}

/** `alive_until`: the process said so; later it is dead. */
interface ProcessTable {
  id: string;
  alive_until: number;
}

export interface JournalTable {
  session: number;
  sequence: number;
  at: number;
  event: string;
  state: string;
  effects: string;
}

export interface TurnTable {
  session: number;
  position: number;
  role: Turn['role'];
  words: string;
  state: string | null;
  started_at: number;
  interrupted: number;
  heard: string | null;
  latency_ms: number | null;
  timings: string | null;
  usage: string | null;
}

export interface ToolCallTable {
  session: number;
  id: string;
  name: string;
  input: string;
  output: string;
  error: string | null;
  started_at: number;
  duration_ms: number | null;
}

interface TokenTable {
  hash: string;
  session: number;
  expires_at: number;
}

/**
 * `status` is `adding` while its batch is being written, and `placed` while the session tells. `next_at`: when somebody
 * may take it up; whoever does moves it on.
 */
export interface InitiationTable {
  id: string;
  batch: string | null;
  account: string;
  key: string;
  to_number: string;
  from_number: string | null;
  locale: string | null;
  attributes: string;
  welcome_message: string | null;
  machine: Machine | null;
  retry_attempts: number;
  retry_every: number;
  /** Separated by spaces. */
  retry_on: string;
  due_at: number | null;
  origin: number | null;
  created_at: number;
  status: 'adding' | 'placed' | InitiationStatus;
  attempt: number;
  session: number | null;
  call_sid: string | null;
  error: string | null;
  next_at: number;
  asked_at: number | null;
  revoked: number;
  refused_at: number | null;
}

interface BatchTable {
  id: string;
  key: string;
  accepted: number;
  rejected: string;
  created_at: number;
}

/** `free_at`: when the account may place its next call. */
interface PaceTable {
  account: string;
  free_at: number;
}

/** `status` and `answer` are null while the request is under way. */
interface IdempotencyTable {
  key: string;
  fingerprint: string;
  status: number | null;
  answer: string | null;
  created_at: number;
}

interface UserTable {
  id: string;
  name: string | null;
  created_at: number;
}

/** `paired_at` is null where the number is only known from its calls. */
export interface DeviceTable {
  phone: string;
  user_id: string;
  paired_at: number | null;
  country: Generated<string | null>;
  city: Generated<string | null>;
  carrier: Generated<string | null>;
  caller_name: Generated<string | null>;
  line_type: Generated<string | null>;
  first_seen_at: Generated<number | null>;
  last_seen_at: Generated<number | null>;
  looked_up_at: Generated<number | null>;
}

/** `session` is the one that wrote it last; null: it came from no call. */
interface MemoryTable {
  user_id: string;
  name: string;
  value: string;
  expires_at: number | null;
  session: number | null;
}

/** `answer` is null while it is under way; `alive_at`: whoever carries it out was alive then. */
interface ExchangeTable {
  session: number;
  turn: number;
  alive_at: number;
  answer: string | null;
}

/** `before` is where it led, as JSON. */
export interface NumberTable {
  phone: string;
  account_sid: string;
  app: string;
  stage: NumberStage;
  url: string;
  before: string;
  since: number;
  version: number;
}

/** `held_until`: beyond it the line is held as long as its process lives. */
export interface LineTable {
  session: string;
  app: string;
  account: string;
  process: string;
  held_until: number;
}

/** `hash`: of a code that is open. */
interface PairingTable {
  hash: string;
  session: number;
  phone: string;
  expires_at: number;
}

/** How often `subject` has tried in the window that began at `since`. */
interface PairingTryTable {
  subject: string;
  since: number;
  tries: number;
}

/** By the account's SID. `edition` 0: nothing was made yet. */
interface BrowserPhoneTable {
  account: string;
  application: string;
  voice_url: string;
  key: string;
  sealed_secret: string;
  edition: number;
  claimed_by: string | null;
  claimed_until: number;
}

interface RecordingTable {
  id: string;
  session: number;
  url: string;
  status: 'in-progress' | 'completed' | 'absent';
  channels: 1 | 2;
  duration_ms: number | null;
  started_at: number | null;
}

export interface Tables {
  browser_phones: BrowserPhoneTable;
  recordings: RecordingTable;
  processes: ProcessTable;
  sessions: SessionTable;
  journal: JournalTable;
  turns: TurnTable;
  tool_calls: ToolCallTable;
  tokens: TokenTable;
  initiations: InitiationTable;
  batches: BatchTable;
  paces: PaceTable;
  idempotency_keys: IdempotencyTable;
  users: UserTable;
  devices: DeviceTable;
  memories: MemoryTable;
  exchanges: ExchangeTable;
  numbers: NumberTable;
  lines: LineTable;
  pairings: PairingTable;
  pairing_salt: { salt: string };
  pairing_tries: PairingTryTable;
}
