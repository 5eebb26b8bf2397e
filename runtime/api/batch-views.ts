/** What the API shows of a batch of calls. */
import type { BatchView } from '../outbound/batches.ts';
import { INITIATION_STATUSES } from '../store/initiations.ts';
import type { Schema } from './route.ts';

const count: Schema = { type: 'integer', minimum: 0 };

const REJECTED: Schema = {
  type: 'array',
  description: 'Who is not called, and why.',
  items: {
    type: 'object',
    required: ['index', 'code', 'detail'],
    properties: {
      index: { ...count, description: 'Counts from 0 in what was given.' },
      code: { type: 'string', description: 'Stable, for programs.' },
      detail: { type: 'string' },
    },
    additionalProperties: false,
  },
};

export const BATCH_ADDED_SCHEMA: Schema = {
  type: 'object',
  required: ['id', 'accepted', 'rejected'],
  properties: { id: { type: 'string' }, accepted: count, rejected: REJECTED },
  additionalProperties: false,
};

export const BATCH_SCHEMA: Schema = {
  type: 'object',
  required: ['id', 'key', 'createdAt', 'accepted', 'rejected', 'counts'],
  properties: {
    id: { type: 'string' },
    key: { type: 'string' },
    createdAt: { type: 'string', format: 'date-time' },
    accepted: { ...count, description: 'How many calls were taken into it.' },
    rejected: REJECTED,
    counts: {
      type: 'object',
      description: 'How many of its calls stand how. Calls whose session was erased are not among them.',
      required: [...INITIATION_STATUSES],
      properties: Object.fromEntries(INITIATION_STATUSES.map((status) => [status, count])),
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

export function batchView({ id, key, createdAt, accepted, rejected, counts }: BatchView) {
  return {
    id,
    key,
    createdAt: new Date(createdAt).toISOString(),
    accepted,
    rejected,
    counts: Object.fromEntries(INITIATION_STATUSES.map((status) => [status, counts[status] ?? 0])),
  };
}
