import { randomUUID } from 'node:crypto';
import type { NewInitiation } from '../../runtime/store/initiations.ts';
import type { Device } from '../../runtime/store/people.ts';
import type { Session, StepWrite, Store, ToolCallRow, Turn } from '../../runtime/store/store.ts';

export const AT = Date.UTC(2026, 0, 5, 9, 0, 0);

export function aSession(change: Partial<Session> = {}): Session {
  const id = change.id ?? randomUUID();
  return {
    id,
    app: 'bistro',
    dialogue: 'bistro',
    key: ':bistro',
    engine: 'embedded',
    crew: 0,
    cost: null,
    direction: 'inbound',
    isInitiated: false,
    from: '+14155550111',
    to: '+14155550100',
    callSid: `CA${id.replaceAll('-', '')}`,
    accountSid: null,
    user: null,
    locale: 'en-US',
    attributes: {},
    status: 'ringing',
    endReason: null,
    createdAt: AT,
    startedAt: null,
    endedAt: null,
    initiation: null,
    ...change,
  };
}

export function aTurn(index: number, change: Partial<Turn> = {}): Turn {
  return {
    index,
    role: 'agent',
    text: `line ${index}`,
    state: 'welcome',
    startedAt: AT + index * 1000,
    interrupted: false,
    heardText: null,
    latencyMs: null,
    timings: null,
    usage: [],
    ...change,
  };
}

export function aToolCall(id: string, change: Partial<ToolCallRow> = {}): ToolCallRow {
  return {
    id,
    name: 'find_table',
    input: { party: 4 },
    output: null,
    error: null,
    startedAt: AT,
    durationMs: null,
    ...change,
  };
}

export function aStep(session: string, sequence: number, change: Partial<StepWrite> = {}): StepWrite {
  return {
    session,
    entry: {
      sequence,
      at: AT + sequence,
      event: { kind: 'caller-spoke', text: `utterance ${sequence}`, at: AT + sequence },
      state: { phase: 'running', vars: { party: sequence } },
      effects: [{ kind: 'say', id: `u${sequence}`, text: 'Hello.' }],
    },
    turns: [],
    toolCalls: [],
    memories: [],
    patch: null,
    ...change,
  };
}

export function anInitiation(change: Partial<NewInitiation> = {}): NewInitiation {
  return {
    id: randomUUID(),
    batch: null,
    account: 'default',
    key: 'bistro',
    to: '+14155550111',
    from: '+14155550100',
    locale: null,
    attributes: { time: '19:00' },
    welcomeMessage: 'Hello from the bistro.',
    machine: null,
    retry: null,
    at: null,
    origin: null,
    createdAt: AT,
    nextAt: change.at ?? AT,
    ...change,
  };
}

/** An initiation as it is once the network was asked for it: its session is added with it. */
export async function beingPlaced(
  store: Store,
  session: Session,
  change: Partial<NewInitiation> = {},
): Promise<NewInitiation> {
  const initiation = anInitiation({ id: session.initiation ?? randomUUID(), ...change });
  await store.initiations.add(initiation);
  const begun = await store.initiations.begin(initiation.id, session, { now: AT, until: AT + 15_000 });
  if (begun !== 'begun') throw new Error(`It could not be placed: ${begun}.`);
  return initiation;
}

export function aDevice(change: Partial<Device> = {}): Device {
  return {
    phone: '+420777123456',
    user: 'u1',
    pairedAt: null,
    country: null,
    city: null,
    carrier: null,
    callerName: null,
    lineType: null,
    firstSeenAt: AT,
    lastSeenAt: AT,
    lookedUpAt: null,
    ...change,
  };
}
