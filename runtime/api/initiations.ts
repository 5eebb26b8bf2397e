/** Calls that somebody asks the server to place. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { CallRequest, PlacedCall } from '../outbound/calls-out.ts';
import type { Store } from '../store/store.ts';
import { json, type Route } from './route.ts';
import { INITIATION_SCHEMA, PLACED_SCHEMA, initiationView } from './views.ts';

export interface PlacesCalls {
  /** Refusals are OffhookErrors with a status. */
  place(request: CallRequest): Promise<PlacedCall>;
}

interface AskedCall {
  key: string;
  to: string;
  from?: string;
  locale?: string;
  attributes?: { readonly [name: string]: Value };
  welcomeMessage?: string;
  readonly [later: string]: unknown;
}

/** Of the contract, but of a later version: refused, so that nobody waits for what will not happen. */
const NOT_YET = ['at', 'machine', 'retry'];

export function initiationRoutes(
  callsOut: PlacesCalls,
  store: Pick<Store, 'initiation' | 'session'>,
): Route[] {
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
          ...Object.fromEntries(NOT_YET.map((name) => [name, { description: 'Not carried out yet.' }])),
        },
        additionalProperties: false,
      },
      responses: { 201: { description: 'The call is placed.', schema: PLACED_SCHEMA } },
      async handle({ body }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const asked = body as AskedCall;
        const later = NOT_YET.find((name) => asked[name] !== undefined);
        if (later !== undefined) {
          throw new OffhookError('not-carried-out-yet', `"${later}" is not carried out yet.`, {
            status: 400,
          });
        }
        const { key, to, from, locale, attributes, welcomeMessage } = asked;
        const placed = await callsOut.place({
          key,
          to: e164(to),
          from: from === undefined ? null : e164(from),
          locale: locale === undefined ? null : bcp47(locale),
          attributes,
          welcomeMessage,
        });
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
      async handle({ params: { id } }) {
        const initiation = await store.initiation(id!);
        if (!initiation) {
          throw new OffhookError('unknown-initiation', `There is no initiation "${id}".`, { status: 404 });
        }
        return json(initiationView(initiation, await store.session(initiation.session)));
      },
    },
  ];
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
