/** Many calls that somebody asks the server to place. */
import type { Value } from '../dialogue/protocol.ts';
import { unknownBatch, type BatchRequest, type BatchView } from '../outbound/batches.ts';
import { readRetry, type WrittenRetry } from '../outbound/retry.ts';
import type { Batch, Machine } from '../store/initiations.ts';
import { BATCH_ADDED_SCHEMA, BATCH_SCHEMA, batchView } from './batch-views.ts';
import { json, type Route } from './route.ts';
import { RETRY_SCHEMA } from './views.ts';

/** Refusals are OffhookErrors with a status. */
export interface PlacesBatches {
  /** The same `id` is one batch. */
  add(request: BatchRequest, id?: string): Promise<Batch>;
  find(id: string): Promise<BatchView | null>;
  /** Cancels what has not begun. */
  cancel(id: string): Promise<number>;
}

interface AskedBatch {
  key: string;
  from?: string;
  machine?: Machine;
  retry?: WrittenRetry;
  calls: {
    to: string;
    locale?: string;
    attributes?: { readonly [name: string]: Value };
    at?: string;
  }[];
}

const MOST_CALLS = 10_000;
/** A person with a few attributes takes some 200 bytes. */
const BODY_KIB = 4 * 1024;

export function batchRoutes(batches: PlacesBatches): Route[] {
  const viewOf = async (id: string) => {
    const batch = await batches.find(id);
    if (!batch) throw unknownBatch(id);
    return batchView(batch);
  };
  return [
    {
      method: 'post',
      path: '/initiations/batch',
      auth: 'bearer',
      repeatable: true,
      summary:
        'Has many people called; those whose values are wrong, or who come twice, are left out and told of.',
      bodyKiB: BODY_KIB,
      body: {
        type: 'object',
        required: ['key', 'calls'],
        properties: {
          key: { type: 'string', minLength: 1, maxLength: 200, description: 'An app or a dialogue.' },
          from: {
            type: 'string',
            description: 'E.164 with +; the first number of the app where it is not given.',
          },
          calls: {
            type: 'array',
            minItems: 1,
            maxItems: MOST_CALLS,
            items: {
              type: 'object',
              required: ['to'],
              properties: {
                to: { type: 'string', description: 'E.164 with +.' },
                locale: { type: 'string', description: 'BCP 47; that of the app where it is not given.' },
                attributes: {
                  type: 'object',
                  additionalProperties: true,
                  description: 'session.attributes in the dialogue.',
                },
                at: {
                  type: 'string',
                  description: 'ISO 8601 with an offset: when it is placed; at once where it is not given.',
                },
              },
              additionalProperties: false,
            },
          },
          machine: {
            enum: ['hangup', 'message', 'continue'],
            description: 'What is done where a machine answers: the dialogue’s voicemail is its message.',
          },
          retry: RETRY_SCHEMA,
        },
        additionalProperties: false,
      },
      responses: { 202: { description: 'They will be called.', schema: BATCH_ADDED_SCHEMA } },
      async handle({ body, once }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const { retry, ...asked } = body as AskedBatch;
        const request = { ...asked, retry: retry === undefined ? null : readRetry(retry) };
        // The same key is the same batch, whatever became of the process that was asked first.
        const own = once === null ? undefined : `batch-${once.slice(0, 32)}`;
        const { id, accepted, rejected } = await batches.add(request, own);
        return json({ id, accepted, rejected }, 202, { location: `/initiations/batch/${id}` });
      },
    },
    {
      method: 'get',
      path: '/initiations/batch/{id}',
      auth: 'bearer',
      summary: 'How far a batch is: its calls by state.',
      params: { id: { type: 'string' } },
      responses: { 200: { description: 'Its counts.', schema: BATCH_SCHEMA } },
      handle: async ({ params: { id } }) => json(await viewOf(id!)),
    },
    {
      method: 'delete',
      path: '/initiations/batch/{id}',
      auth: 'bearer',
      summary:
        'Cancels the calls of a batch that have not begun; those that ring or go on are not tried again.',
      params: { id: { type: 'string' } },
      responses: { 200: { description: 'They are cancelled.', schema: BATCH_SCHEMA } },
      async handle({ params: { id } }) {
        await batches.cancel(id!);
        return json(await viewOf(id!));
      },
    },
  ];
}
