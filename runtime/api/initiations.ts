/** Calls that somebody asks the server to place. */
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Answered } from '../outbound/calls-out.ts';
import type { CallRequest } from '../outbound/requests.ts';
import { readRetry, type WrittenRetry } from '../outbound/retry.ts';
import { bcp47, momentOf } from '../outbound/written.ts';
import type { Machine } from '../store/initiations.ts';
import type { Store } from '../store/store.ts';
import { json, type Route } from './route.ts';
import { INITIATION_SCHEMA, PLACED_SCHEMA, RETRY_SCHEMA, SCHEDULED_SCHEMA, initiationView } from './views.ts';

/** Refusals are OffhookErrors with a status. */
export interface PlacesCalls {
  /** Places it, or keeps it where it cannot be placed now. */
  place(request: CallRequest): Promise<Answered>;
  /** Takes back a call that is scheduled or rings. */
  cancel(id: string): Promise<void>;
}

interface AskedCall {
  key: string;
  to: string;
  from?: string;
  locale?: string;
  attributes?: { readonly [name: string]: Value };
  welcomeMessage?: string;
  at?: string;
  machine?: Machine;
  retry?: WrittenRetry;
  wait?: boolean;
}

export function initiationRoutes(callsOut: PlacesCalls, store: Pick<Store, 'initiations'>): Route[] {
  const viewOf = async (id: string): Promise<Value> => {
    const initiation = await store.initiations.find(id);
    if (initiation) return initiationView(initiation);
    throw new OffhookError('unknown-initiation', `There is no initiation "${id}".`, { status: 404 });
  };
  return [
    {
      method: 'post',
      path: '/initiations',
      auth: 'bearer',
      summary: 'Places a call.',
      body: {
        type: 'object',
        required: ['key', 'to'],
        properties: {
          key: { type: 'string', minLength: 1, maxLength: 200, description: 'An app or a dialogue.' },
          to: { type: 'string', description: 'E.164 with +.' },
          from: {
            type: 'string',
            description: 'E.164 with +; the first number of the app where it is not given.',
          },
          locale: { type: 'string', description: 'BCP 47; that of the app where it is not given.' },
          attributes: {
            type: 'object',
            additionalProperties: true,
            description: 'session.attributes in the dialogue.',
          },
          welcomeMessage: {
            type: 'string',
            minLength: 1,
            maxLength: 4096,
            description: 'In the place of the intro.',
          },
          at: {
            type: 'string',
            description: 'ISO 8601 with an offset: when it is placed; at once where it is not given.',
          },
          machine: {
            enum: ['hangup', 'message', 'continue'],
            description: 'What is done where a machine answers: the dialogue’s voicemail is its message.',
          },
          retry: RETRY_SCHEMA,
          wait: {
            type: 'boolean',
            description:
              'Where no line is free, or too many calls wait: it is placed when it can be, not refused.',
          },
        },
        additionalProperties: false,
      },
      responses: {
        201: { description: 'The call is placed.', schema: PLACED_SCHEMA },
        202: { description: 'It will be placed, not before `at`.', schema: SCHEDULED_SCHEMA },
      },
      async handle({ body }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const asked = body as AskedCall;
        const { locale, at, retry, ...request } = asked;
        const answered = await callsOut.place({
          ...request,
          locale: locale === undefined ? null : bcp47(locale),
          retry: retry === undefined ? null : readRetry(retry),
          at: at === undefined ? null : momentOf(at),
        });
        const location = `/initiations/${answered.id}`;
        if (answered.kind === 'kept') {
          const { id } = answered;
          const kept = { id, status: 'scheduled', at: new Date(answered.at).toISOString() };
          return json(kept, 202, { location });
        }
        const { id, sessionId, callSid, status } = answered;
        return json({ id, sessionId, callSid, status }, 201, { location });
      },
    },
    {
      method: 'get',
      path: '/initiations/{id}',
      auth: 'bearer',
      summary: 'What became of a call that was asked for.',
      params: { id: { type: 'string' } },
      responses: { 200: { description: 'Its state.', schema: INITIATION_SCHEMA } },
      handle: async ({ params: { id } }) => json(await viewOf(id!)),
    },
    {
      method: 'delete',
      path: '/initiations/{id}',
      auth: 'bearer',
      summary: 'Takes back a call that is scheduled or rings.',
      params: { id: { type: 'string' } },
      responses: { 200: { description: 'It is cancelled.', schema: INITIATION_SCHEMA } },
      async handle({ params: { id } }) {
        await callsOut.cancel(id!);
        return json(await viewOf(id!));
      },
    },
  ];
}
