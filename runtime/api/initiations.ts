/** Calls that somebody asks the server to place. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Clock } from '../clock.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { CallRequest, PlacedCall } from '../outbound/calls-out.ts';
import type { Machine, ScheduledCall, Store } from '../store/store.ts';
import { json, type Route } from './route.ts';
import {
  INITIATION_SCHEMA,
  PLACED_SCHEMA,
  SCHEDULED_SCHEMA,
  initiationView,
  scheduledView,
} from './views.ts';

/** Refusals are OffhookErrors with a status. */
export interface PlacesCalls {
  place(request: CallRequest): Promise<PlacedCall>;
  /** Keeps it until `at`, milliseconds since the epoch. */
  schedule(request: CallRequest & { at: number }): Promise<ScheduledCall>;
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
  retry?: unknown;
}

export function initiationRoutes(
  callsOut: PlacesCalls,
  store: Pick<Store, 'initiation' | 'session' | 'schedule'>,
  clock: Clock,
): Route[] {
  const viewOf = async (id: string): Promise<Value> => {
    const initiation = await store.initiation(id);
    if (initiation) return initiationView(initiation, await store.session(initiation.session));
    const scheduled = await store.schedule.find(id);
    if (scheduled) return scheduledView(scheduled);
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
          retry: { description: 'Not carried out yet.' },
        },
        additionalProperties: false,
      },
      responses: {
        201: { description: 'The call is placed.', schema: PLACED_SCHEMA },
        202: { description: 'It will be placed.', schema: SCHEDULED_SCHEMA },
      },
      async handle({ body }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const asked = body as AskedCall;
        if (asked.retry !== undefined) {
          // Of the contract, but of a later version: refused, so that nobody waits for what will not happen.
          throw new OffhookError('not-carried-out-yet', '"retry" is not carried out yet.', { status: 400 });
        }
        const { key, to, from, locale, attributes, welcomeMessage, machine } = asked;
        const at = asked.at === undefined ? null : momentOf(asked.at);
        const request = {
          key,
          to: e164(to),
          from: from === undefined ? null : e164(from),
          locale: locale === undefined ? null : bcp47(locale),
          attributes,
          welcomeMessage,
          machine,
        };
        if (at !== null && at > clock.now()) {
          const scheduled = await callsOut.schedule({ ...request, at });
          const { id, status } = scheduled;
          const kept = { id, status, at: new Date(scheduled.at).toISOString() };
          return json(kept, 202, { location: `/initiations/${id}` });
        }
        const placed = await callsOut.place(request);
        const { id, sessionId, callSid, status } = placed;
        return json({ id, sessionId, callSid, status }, 201, { location: `/initiations/${id}` });
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

/** ISO 8601 with its offset; without one it would be another moment on another server. */
function momentOf(at: string): number {
  const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(at);
  const moment = whole ? Date.parse(at) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new OffhookError(
    'bad-time',
    `"${at}" is not a moment: write it with date, time and offset, such as 2026-03-04T19:00:00+01:00.`,
    { status: 400 },
  );
}

function e164(number: string): string {
  if (/^\+\d+$/.test(number) && parsePhoneNumberFromString(number)?.isPossible() === true) return number;
  throw new OffhookError(
    'bad-number',
    `"${number}" is not a phone number in E.164 form with +, such as +14155550123.`,
    { status: 400 },
  );
}

function bcp47(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0]!;
  } catch (cause) {
    throw new OffhookError('bad-locale', `"${locale}" is not a language tag, such as en-US.`, {
      status: 400,
      cause,
    });
  }
}
