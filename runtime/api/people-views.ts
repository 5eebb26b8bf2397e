/** What the API shows of people and of their numbers, and the schemas of that. Times are ISO 8601. */
import type { Value } from '../dialogue/protocol.ts';
import type { PersonExport } from '../people/export.ts';
import type { Device, Memory, PersonDetail, PersonListItem } from '../store/people.ts';
import type { Schema } from './route.ts';
import {
  INITIATION_SCHEMA,
  SESSION_DETAIL,
  initiationView,
  iso,
  isoOrNull,
  listOf,
  sessionDetailView,
  whole,
} from './views.ts';

const text: Schema = { type: 'string' };
const textOrNull: Schema = { type: ['string', 'null'] };
const time: Schema = { type: 'string', format: 'date-time' };
const timeOrNull: Schema = { type: ['string', 'null'], format: 'date-time' };

const PERSON: Readonly<Record<string, Schema>> = {
  id: text,
  name: { ...textOrNull, description: 'As it was told in a call last, else as it was given.' },
  paired: { type: 'boolean', description: 'A number is paired to them.' },
  anonymous: { type: 'boolean', description: 'None is.' },
  createdAt: time,
  lastSeenAt: { ...timeOrNull, description: 'The last call from or to one of their numbers.' },
};

export const DEVICE_SCHEMA = whole({
  phone: { ...text, description: 'E.164.' },
  user: { ...text, description: 'Whose it is.' },
  pairedAt: { ...timeOrNull, description: 'Null: known from its calls alone.' },
  country: { ...textOrNull, description: 'ISO 3166-1, two letters.' },
  city: textOrNull,
  carrier: { ...textOrNull, description: 'Whose network it is in.' },
  callerName: { ...textOrNull, description: 'As the carrier spells it.' },
  lineType: { ...textOrNull, description: 'Such as mobile or landline.' },
  firstSeenAt: timeOrNull,
  lastSeenAt: timeOrNull,
  lookedUpAt: { ...timeOrNull, description: 'When somebody was last asked about the number.' },
});

const MEMORY = whole({ value: {}, expiresAt: { ...timeOrNull, description: 'Null: for good.' } });

export const USER_SCHEMA = whole({
  ...PERSON,
  values: {
    type: 'object',
    additionalProperties: MEMORY,
    description: 'What is remembered of them, by the name below `user` in a dialogue.',
  },
  devices: { ...listOf(DEVICE_SCHEMA), description: 'Their numbers; the paired ones first.' },
});

const next: Schema = { ...textOrNull, description: 'The cursor of the next page; null: this is the last.' };
export const USER_LIST_SCHEMA = whole({
  items: listOf(whole({ ...PERSON, phones: listOf(text) })),
  next,
});
export const DEVICE_LIST_SCHEMA = whole({ items: listOf(DEVICE_SCHEMA), next });

const RECORDING = whole({
  id: text,
  url: { ...text, description: 'Fetched with the credentials of the account.' },
  status: text,
  channels: { type: 'integer' },
  durationMs: { type: ['number', 'null'] },
  startedAt: timeOrNull,
});

export const EXPORT_SCHEMA = whole({
  user: USER_SCHEMA,
  sessions: {
    ...listOf(whole({ ...SESSION_DETAIL, recordings: listOf(RECORDING) })),
    description: 'Oldest first, with all that was said and done.',
  },
  initiations: { ...listOf(INITIATION_SCHEMA), description: 'Calls placed and planned.' },
});

/** Names that begin so are the runtime's own. */
const OWN = ':';
/** It stands by itself. */
const NAME = 'name';

export function personItemView({ createdAt, lastSeenAt, ...item }: PersonListItem) {
  return { ...item, createdAt: iso(createdAt), lastSeenAt: isoOrNull(lastSeenAt) };
}

export function personView(person: PersonDetail) {
  return viewOf(
    person,
    person.memories.filter(({ name }) => !name.startsWith(OWN) && name !== NAME),
  );
}

function viewOf(
  { id, name, paired, anonymous, createdAt, devices }: PersonDetail,
  memories: readonly Memory[],
) {
  const seen = devices.flatMap((device) => device.lastSeenAt ?? []);
  return {
    id,
    name,
    paired,
    anonymous,
    createdAt: iso(createdAt),
    lastSeenAt: seen.length === 0 ? null : iso(Math.max(...seen)),
    values: Object.fromEntries(
      memories.map((memory) => [
        memory.name,
        { value: memory.value, expiresAt: isoOrNull(memory.expiresAt) },
      ]),
    ),
    devices: devices.map(deviceView),
  };
}

export function deviceView(device: Device) {
  const { pairedAt, firstSeenAt, lastSeenAt, lookedUpAt, ...facts } = device;
  return {
    ...facts,
    pairedAt: isoOrNull(pairedAt),
    firstSeenAt: isoOrNull(firstSeenAt),
    lastSeenAt: isoOrNull(lastSeenAt),
    lookedUpAt: isoOrNull(lookedUpAt),
  };
}

/** With all that is remembered, the runtime's own too: whoever asks what is known of them is told all of it. */
export function exportView({ person, sessions, initiations }: PersonExport) {
  return {
    user: viewOf(person, person.memories),
    sessions: sessions.map((session) => ({
      ...sessionDetailView(session),
      recordings: session.recordings.map((recording) => ({
        ...recording,
        startedAt: isoOrNull(recording.startedAt),
      })),
    })),
    initiations: initiations.map(initiationView),
  };
}

/** A memory as a patch gives it. */
export interface GivenMemory {
  value: Value;
  expiresAt?: string | null;
}
