/** What the contract speaks of, to rows and back. */
import type { Selectable, Updateable } from 'kysely';
import { memoryChange, type MemoryChange } from './memory-rows.ts';
import { clean, cleanOrNull, json, parse, roundOrNull } from './plain.ts';
import type { JournalEntry, Session, SessionDetail, StepWrite, ToolCallRow, Turn } from './store.ts';
import type { JournalTable, SessionTable, ToolCallTable, TurnTable } from './tables.ts';

/** A step as rows that still want their session's number. */
export interface Change {
  session: string;
  entry: Omit<JournalTable, 'session'> | null;
  turns: readonly Omit<TurnTable, 'session'>[];
  toolCalls: readonly Omit<ToolCallTable, 'session'>[];
  memories: readonly MemoryChange[];
  patch: Updateable<SessionTable> | null;
}

/** Made when the step is handed over, so that what its owner changes afterwards is not written with it. */
export function changeOf(step: StepWrite): Change {
  const { entry, patch } = step;
  return {
    session: step.session,
    entry: {
      sequence: entry.sequence,
      at: Math.round(entry.at),
      event: json(entry.event),
      state: json(entry.state),
      effects: json(entry.effects),
    },
    turns: step.turns.map(turnRow),
    toolCalls: step.toolCalls.map(toolCallRow),
    memories: step.memories.map((memory) => memoryChange(memory, entry.at)),
    patch: patch && sessionPatch(patch),
  };
}

export function turnsChange(session: string, turns: readonly Turn[]): Change {
  return { session, entry: null, turns: turns.map(turnRow), toolCalls: [], memories: [], patch: null };
}

/** Columns that a session is not given with. */
type Elsewhere = 'no' | 'slots' | 'usage' | 'holder' | 'reported';

export function sessionRow(session: Session): Omit<SessionTable, Elsewhere> {
  return {
    id: clean(session.id),
    app: clean(session.app),
    dialogue: clean(session.dialogue),
    key: clean(session.key),
    engine: clean(session.engine),
    crew: session.crew,
    cost: session.cost,
    direction: session.direction,
    is_initiated: session.isInitiated ? 1 : 0,
    from_number: cleanOrNull(session.from),
    to_number: cleanOrNull(session.to),
    call_sid: cleanOrNull(session.callSid),
    account_sid: cleanOrNull(session.accountSid),
    user_id: cleanOrNull(session.user),
    locale: clean(session.locale),
    attributes: json(session.attributes),
    status: session.status,
    end_reason: session.endReason,
    created_at: Math.round(session.createdAt),
    started_at: roundOrNull(session.startedAt),
    ended_at: roundOrNull(session.endedAt),
    initiation: cleanOrNull(session.initiation),
  };
}

/** Only what the patch names, `null` included. */
export function sessionPatch(
  patch: Partial<Omit<Session, 'id' | 'createdAt'> & Pick<SessionDetail, 'slots' | 'usage'>>,
): Updateable<SessionTable> {
  const named = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const whole = sessionRow({ ...NOBODY, ...named });
  const row: { [column: string]: unknown } = {};
  for (const [name, column] of Object.entries(COLUMNS)) {
    if (name in named) row[column] = whole[column];
  }
  if (patch.slots !== undefined) row['slots'] = json(patch.slots);
  if (patch.usage !== undefined) row['usage'] = JSON.stringify(patch.usage);
  return row;
}

const COLUMNS = {
  app: 'app',
  dialogue: 'dialogue',
  key: 'key',
  engine: 'engine',
  crew: 'crew',
  cost: 'cost',
  direction: 'direction',
  isInitiated: 'is_initiated',
  from: 'from_number',
  to: 'to_number',
  callSid: 'call_sid',
  accountSid: 'account_sid',
  user: 'user_id',
  locale: 'locale',
  attributes: 'attributes',
  status: 'status',
  endReason: 'end_reason',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  initiation: 'initiation',
} as const satisfies Record<keyof Omit<Session, 'id' | 'createdAt'>, keyof Omit<SessionTable, Elsewhere>>;

const NOBODY: Session = {
  id: '',
  app: '',
  dialogue: '',
  key: '',
  engine: '',
  crew: 0,
  cost: null,
  direction: 'inbound',
  isInitiated: false,
  from: null,
  to: null,
  callSid: null,
  accountSid: null,
  user: null,
  locale: '',
  attributes: {},
  status: 'queued',
  endReason: null,
  createdAt: 0,
  startedAt: null,
  endedAt: null,
  initiation: null,
};

export function sessionOf(row: Omit<Selectable<SessionTable>, 'no' | 'slots' | 'usage'>): Session {
  return {
    id: row.id,
    app: row.app,
    dialogue: row.dialogue,
    key: row.key,
    engine: row.engine,
    crew: row.crew,
    cost: row.cost,
    direction: row.direction,
    isInitiated: row.is_initiated === 1,
    from: row.from_number,
    to: row.to_number,
    callSid: row.call_sid,
    accountSid: row.account_sid,
    user: row.user_id,
    locale: row.locale,
    attributes: parse(row.attributes),
    status: row.status,
    endReason: row.end_reason,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    initiation: row.initiation,
  };
}

function turnRow(turn: Turn): Omit<TurnTable, 'session'> {
  return {
    position: turn.index,
    role: turn.role,
    words: clean(turn.text),
    state: cleanOrNull(turn.state),
    started_at: Math.round(turn.startedAt),
    interrupted: turn.interrupted ? 1 : 0,
    heard: cleanOrNull(turn.heardText),
    latency_ms: turn.latencyMs,
    timings: turn.timings && JSON.stringify(turn.timings),
    usage: turn.usage.length === 0 ? null : JSON.stringify(turn.usage),
  };
}

export function turnOf(row: Selectable<TurnTable>): Turn {
  return {
    index: row.position,
    role: row.role,
    text: row.words,
    state: row.state,
    startedAt: row.started_at,
    interrupted: row.interrupted === 1,
    heardText: row.heard,
    latencyMs: row.latency_ms,
    timings: row.timings === null ? null : parse(row.timings),
    usage: row.usage === null ? [] : parse(row.usage),
  };
}

function toolCallRow(call: ToolCallRow): Omit<ToolCallTable, 'session'> {
  return {
    id: clean(call.id),
    name: clean(call.name),
    input: json(call.input),
    output: json(call.output),
    error: call.error && json(call.error),
    started_at: Math.round(call.startedAt),
    duration_ms: call.durationMs,
  };
}

export function toolCallOf(row: Selectable<ToolCallTable>): ToolCallRow {
  return {
    id: row.id,
    name: row.name,
    input: parse(row.input),
    output: parse(row.output),
    error: row.error === null ? null : parse(row.error),
    startedAt: row.started_at,
    durationMs: row.duration_ms,
  };
}

export function entryOf(row: Selectable<JournalTable>): JournalEntry {
  return {
    sequence: row.sequence,
    at: row.at,
    event: parse(row.event),
    state: parse(row.state),
    effects: parse(row.effects),
  };
}
