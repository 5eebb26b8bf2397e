/** A caller's phone is paired with somebody, by the code that the caller was told. */
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Device, PairedTo, Person } from '../store/people.ts';
import { PROBLEM_SCHEMA, PROBLEM_TYPE } from './problem.ts';
import { json, type Answer, type Route, type Schema } from './route.ts';

/** Refusals are OffhookErrors with a status. */
export interface ClaimsCodes {
  claim(code: string, to: PairedTo, claimer: string): Promise<{ device: Device; user: Person }>;
}

interface Claim {
  code: string;
  user: { id?: string; name?: string | null } & { readonly [name: string]: Value | undefined };
}

/** What is known of a person without being told. */
const FIXED = ['id', 'paired', 'anonymous'];
const MOST_VALUES = 50;

const textOrNull: Schema = { type: ['string', 'null'] };
const PAIRED_SCHEMA: Schema = {
  type: 'object',
  required: ['device', 'user'],
  properties: {
    device: {
      type: 'object',
      required: ['phone', 'user', 'pairedAt'],
      properties: {
        phone: { type: 'string', description: 'E.164 with +.' },
        user: { type: 'string', description: 'The id of whose it is.' },
        pairedAt: { type: 'string', format: 'date-time' },
      },
    },
    user: {
      type: 'object',
      required: ['id', 'name', 'paired', 'anonymous', 'values'],
      properties: {
        id: { type: 'string' },
        name: textOrNull,
        paired: { type: 'boolean' },
        anonymous: { type: 'boolean' },
        values: { type: 'object', description: 'What is remembered of them, by name.' },
      },
    },
  },
};

export function pairingRoutes(pairing: ClaimsCodes): Route[] {
  return [
    {
      method: 'post',
      path: '/api/pairings/claim',
      auth: 'bearer',
      summary:
        'Pairs the phone of a caller by the code that they were told; a caller who waits goes straight on.',
      body: {
        type: 'object',
        required: ['code', 'user'],
        properties: {
          code: {
            type: 'string',
            maxLength: 40,
            description: 'Six digits; spaces and hyphens are passed over.',
          },
          user: {
            type: 'object',
            maxProperties: MOST_VALUES,
            properties: {
              id: { type: 'string', maxLength: 200, description: 'Somebody who is known already; alone.' },
              name: { type: ['string', 'null'], maxLength: 200 },
            },
            propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]{0,39}$' },
            additionalProperties: true,
            description:
              'Whose phone it is: `name`, and what else is to be remembered of them; or their `id`.',
          },
        },
        additionalProperties: false,
      },
      responses: {
        200: { description: 'Whose phone it is from now on.', schema: PAIRED_SCHEMA },
        404: refusal('The code is unknown, was used already, or has expired.'),
        429: refusal('Too many codes were tried that were not open.'),
      },
      async handle({ body, peer }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const { code, user } = body as Claim;
        const { device, user: person } = await pairing.claim(code, pairedTo(user), peer);
        return json({ device: deviceView(device), user: personView(person) });
      },
    },
  ];
}

const refusal = (description: string): Answer => ({
  description,
  type: PROBLEM_TYPE,
  schema: PROBLEM_SCHEMA,
});

function pairedTo({ id, name = null, ...values }: Claim['user']): PairedTo {
  const fixed = Object.keys(values).find((one) => FIXED.includes(one));
  if (fixed !== undefined) throw wrong(`\`user.${fixed}\` is known without being told.`);
  if (id === undefined) return { kind: 'new', name, values: values as { [name: string]: Value } };
  if (name !== null || Object.keys(values).length > 0) {
    throw wrong('`user.id` stands alone: what is known of that user stays as it is.');
  }
  return { kind: 'known', user: id };
}

const wrong = (detail: string): OffhookError => new OffhookError('bad-request', detail, { status: 400 });

const deviceView = ({ phone, user, pairedAt }: Device) => ({
  phone,
  user,
  pairedAt: pairedAt === null ? null : new Date(pairedAt).toISOString(),
});

/** Names that begin with a colon are the runtime's own. */
const personView = ({ id, name, paired, anonymous, values }: Person) => ({
  id,
  name,
  paired,
  anonymous,
  values: Object.fromEntries(Object.entries(values).filter(([one]) => !one.startsWith(':'))),
});
