/** What the API shows of what the store keeps, and the schemas of that. Times are ISO 8601. */
import type { Event, Value } from '../dialogue/protocol.ts';
import { RETRIED, type Initiation } from '../store/initiations.ts';
import {
  SESSION_STATUSES,
  type SessionDetail,
  type SessionListItem,
  type ToolCallRow,
  type Turn,
} from '../store/store.ts';
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
export function whole(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

export function listOf(items: Schema): Schema {
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

export const SESSION_DETAIL: Readonly<Record<string, Schema>> = {
  ...SESSION,
  turns: listOf(TURN),
  slots: {
    ...values,
    description: 'What the slots of its first dialogue hold; "…" stands for what is sensitive.',
  },
  usage: { ...listOf(PRICED), description: 'What vendors were used for in all.' },
  attributes: values,
  toolCalls: listOf(TOOL_CALL),
  events: listOf(EVENT),
};

export const SESSION_SCHEMA = whole(SESSION_DETAIL);

export const INITIATION_SCHEMA = whole({
  id: text,
  batch: { ...textOrNull, description: 'The batch that it came with.' },
  account: { ...text, description: 'The Twilio account that places it.' },
  sessionId: { ...textOrNull, description: 'Of the last attempt; null before the first.' },
  key: text,
  to: text,
  from: { ...textOrNull, description: 'Null: the first number of the app, when it is placed.' },
  locale: textOrNull,
  attributes: values,
  callSid: { ...textOrNull, description: 'Of the last attempt.' },
  status: { type: 'string', enum: ['scheduled', ...SESSION_STATUSES] },
  attempt: { type: 'integer', minimum: 0, description: 'Attempts that were begun.' },
  error: {
    anyOf: [whole({ code: text, message: text }), { type: 'null' }],
    description: 'Why it could not be placed: what Twilio said when it refused.',
  },
  at: { ...timeOrNull, description: 'When it was to be placed; null: at once.' },
  nextAt: { ...timeOrNull, description: 'While it is scheduled: when it is tried, or tried again.' },
  retry: {
    anyOf: [
      whole({
        attempts: { type: 'integer', minimum: 1 },
        every: { ...text, description: 'A duration, such as 900s.' },
        on: listOf({ enum: RETRIED }),
      }),
      { type: 'null' },
    ],
  },
  machine: { type: ['string', 'null'], enum: ['hangup', 'message', 'continue', null] },
  createdAt: time,
});

/** As it is asked for. */
export const RETRY_SCHEMA: Schema = {
  type: 'object',
  properties: {
    attempts: {
      type: 'integer',
      minimum: 1,
      maximum: 10,
      description: 'How often it is tried in all; 3 where it is not given.',
    },
    every: {
      type: 'string',
      description:
        'From the end of an attempt to the next, such as 15m, which is what it is where it is not given.',
    },
    on: {
      type: 'array',
      items: { enum: RETRIED },
      minItems: 1,
      uniqueItems: true,
      description: 'What an attempt came to for there to be another; both where it is not given.',
    },
  },
  additionalProperties: false,
  description: 'Whether it is tried again where nobody takes it; once only where it is not given.',
};

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

export function sessionDetailView(session: SessionDetail) {
  const { turns, toolCalls, journal, slots, attributes, usage } = session;
  return {
    ...sessionView({ ...session, turnCount: turns.length }),
    turns: turns.map(turnView),
    slots,
    usage,
    attributes,
    toolCalls: toolCalls.map(toolCallView),
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

export function initiationView(initiation: Initiation) {
  const { id, batch, account, key, to, from, locale, attributes, callSid, attempt, error, retry } =
    initiation;
  return {
    id,
    batch,
    account,
    sessionId: initiation.session,
    key,
    to,
    from,
    locale,
    attributes,
    callSid,
    status: initiation.status === 'placing' ? ('queued' as const) : initiation.status,
    attempt,
    error,
    at: isoOrNull(initiation.at),
    nextAt: initiation.status === 'scheduled' ? iso(initiation.nextAt) : null,
    retry: retry && { attempts: retry.attempts, every: `${retry.everyMs / 1000}s`, on: [...retry.on] },
    machine: initiation.machine,
    createdAt: iso(initiation.createdAt),
  };
}

function fieldsOf(value: Value): { readonly [name: string]: Value } {
  return isRecord(value) ? value : {};
}

function isRecord(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
