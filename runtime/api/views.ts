/** What the API shows of what the store keeps, and the schemas of that. Times are ISO 8601. */
import type { Event, Value } from '../dialogue/protocol.ts';
import {
  SESSION_STATUSES,
  type Initiation,
  type ScheduledCall,
  type SessionDetail,
  type SessionListItem,
  type ToolCallRow,
  type Turn,
} from '../store/store.ts';
import type { Recording } from '../store/recordings.ts';
import type { Schema } from './route.ts';

const END_REASONS = [
  'caller-hung-up',
  'agent-hung-up',
  'transferred',
  'limit',
  'error',
  'machine',
  'not-paired',
  'drained',
] as const;

const text: Schema = { type: 'string' };
const textOrNull: Schema = { type: ['string', 'null'] };
const time: Schema = { type: 'string', format: 'date-time' };
const timeOrNull: Schema = { type: ['string', 'null'], format: 'date-time' };
const status: Schema = { type: 'string', enum: SESSION_STATUSES };
const values: Schema = { type: 'object', additionalProperties: true };

/** Every property is always there: null says that there is nothing. */
function whole(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

const msOrNull: Schema = { type: ['number', 'null'] };
const costOrNull: Schema = {
  type: ['number', 'null'],
  description: 'In US dollars; null where no price is known.',
};

const SESSION: Readonly<Record<string, Schema>> = {
  id: text,
  app: text,
  dialogue: text,
  engine: { ...text, description: 'What carries it, or carried it last.' },
  cost: costOrNull,
  direction: { type: 'string', enum: ['inbound', 'outbound'] },
  isInitiated: { type: 'boolean', description: 'The server or the command line placed the call.' },
  from: textOrNull,
  to: textOrNull,
  callSid: textOrNull,
  user: textOrNull,
  status,
  endReason: { type: ['string', 'null'], enum: [...END_REASONS, null] },
  startedAt: timeOrNull,
  endedAt: timeOrNull,
  turnCount: { type: 'integer', minimum: 0 },
};

const PRICED = whole({
  vendor: text,
  model: text,
  amounts: { type: 'object', additionalProperties: { type: 'number' } },
  cost: costOrNull,
});

const TURN = whole({
  index: { type: 'integer', minimum: 0 },
  role: { type: 'string', enum: ['caller', 'agent'] },
  text,
  state: textOrNull,
  startedAt: time,
  interrupted: { type: 'boolean' },
  heardText: { type: ['string', 'null'], description: 'What was heard of it; null while it is being said.' },
  latencyMs: {
    type: ['number', 'null'],
    description: "End of the caller's speech to the first audio of the answer.",
  },
  timings: {
    anyOf: [
      whole({ meaning: msOrNull, firstToken: msOrNull, firstAudio: msOrNull, firstFrame: msOrNull }),
      { type: 'null' },
    ],
    description: "Where that time went, in milliseconds after the end of the caller's speech.",
  },
  usage: listOf(PRICED),
});

const TOOL_CALL = whole({
  name: text,
  input: {},
  output: {},
  error: {
    anyOf: [whole({ code: text, message: text }), { type: 'null' }],
  },
  durationMs: { type: ['number', 'null'], description: 'Null while it is under way.' },
});

const RECORDING = whole({
  id: text,
  url: { ...text, description: 'Where it is fetched, with the credentials of the account.' },
  status: { type: 'string', enum: ['in-progress', 'completed', 'absent'] },
  channels: { type: 'integer', enum: [1, 2] },
  durationMs: msOrNull,
  startedAt: timeOrNull,
});

const EVENT: Schema = {
  type: 'object',
  description: 'What happened, in the order in which the dialogue was told of it.',
  required: ['sequence', 'at', 'kind'],
  properties: { sequence: { type: 'integer', minimum: 1 }, at: time, kind: text },
};

export const SESSION_LIST_SCHEMA = whole({
  items: listOf(whole(SESSION)),
  next: { type: ['string', 'null'], description: 'The cursor of the next page; null: this is the last.' },
});

export const SESSION_SCHEMA = whole({
  ...SESSION,
  turns: listOf(TURN),
  slots: {
    ...values,
    description: 'What the slots of its first dialogue hold; "…" stands for what is sensitive.',
  },
  usage: { ...listOf(PRICED), description: 'What vendors were used for in all.' },
  attributes: values,
  toolCalls: listOf(TOOL_CALL),
  recordings: listOf(RECORDING),
  events: listOf(EVENT),
});

export const INITIATION_SCHEMA = whole({
  id: text,
  sessionId: { ...textOrNull, description: 'Null while it is scheduled.' },
  key: text,
  to: text,
  from: { ...textOrNull, description: 'Null: the first number of the app, when it is placed.' },
  locale: textOrNull,
  attributes: values,
  callSid: textOrNull,
  status: { type: 'string', enum: ['scheduled', ...SESSION_STATUSES] },
  error: {
    anyOf: [whole({ code: text, message: text }), { type: 'null' }],
    description: 'What Twilio said when it refused.',
  },
  at: { ...timeOrNull, description: 'When it was to be placed; null: at once.' },
  machine: { type: ['string', 'null'], enum: ['hangup', 'message', 'continue', null] },
  createdAt: time,
});

export const SCHEDULED_SCHEMA = whole({ id: text, status: { const: 'scheduled' }, at: time });

export const PLACED_SCHEMA = whole({ id: text, sessionId: text, callSid: text, status });

export function sessionView(session: SessionListItem) {
  const { id, app, dialogue, direction, isInitiated, from, to, callSid, user, endReason, turnCount } =
    session;
  return {
    id,
    app,
    dialogue,
    engine: session.engine,
    cost: session.cost,
    direction,
    isInitiated,
    from,
    to,
    callSid,
    user,
    status: session.status,
    endReason,
    startedAt: isoOrNull(session.startedAt),
    endedAt: isoOrNull(session.endedAt),
    turnCount,
  };
}

export function sessionDetailView(session: SessionDetail, recordings: readonly Recording[] = []) {
  const { turns, toolCalls, journal, slots, attributes, usage } = session;
  return {
    ...sessionView({ ...session, turnCount: turns.length }),
    turns: turns.map(turnView),
    slots,
    usage,
    attributes,
    toolCalls: toolCalls.map(toolCallView),
    recordings: recordings.map(({ id, url, status, channels, durationMs, startedAt }) => ({
      id,
      url,
      status,
      channels,
      durationMs,
      startedAt: isoOrNull(startedAt),
    })),
    events: journal.map(({ sequence, at, event }) => ({ ...fieldsOf(event), sequence, at: iso(at) })),
  };
}

export function turnView(turn: Turn) {
  const { index, role, text: words, state, interrupted, heardText, latencyMs, timings, usage } = turn;
  return {
    index,
    role,
    text: words,
    state,
    startedAt: iso(turn.startedAt),
    interrupted,
    heardText,
    latencyMs,
    timings,
    usage,
  };
}

export function toolCallView({ name, input, output, error, durationMs }: ToolCallRow) {
  return { name, input, output, error, durationMs };
}

export function eventView(event: Event) {
  return { ...event, at: iso(event.at) };
}

/** The session's status is the newer: the initiation's own says only whether the call could be placed. */
export function initiationView(
  initiation: Initiation,
  session: Pick<SessionDetail, 'status' | 'callSid'> | null,
) {
  const { id, key, to, from, locale, attributes, error } = initiation;
  return {
    id,
    sessionId: initiation.session,
    key,
    to,
    from,
    locale,
    attributes,
    callSid: initiation.callSid ?? session?.callSid ?? null,
    status: session?.status ?? initiation.status,
    error,
    at: isoOrNull(initiation.at),
    machine: initiation.machine,
    createdAt: iso(initiation.createdAt),
  };
}

/** As an initiation that has no session yet. */
export function scheduledView(call: ScheduledCall) {
  const { id, key, to, from, locale, attributes, status: state, error, machine } = call;
  return {
    id,
    sessionId: null,
    key,
    to,
    from,
    locale,
    attributes,
    callSid: null,
    status: state,
    error,
    at: iso(call.at),
    machine,
    createdAt: iso(call.createdAt),
  };
}

function fieldsOf(value: Value): { readonly [name: string]: Value } {
  return isRecord(value) ? value : {};
}

function isRecord(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
