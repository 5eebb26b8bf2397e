/** People, and the numbers that are theirs. */
import type { Clock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import { exportOf } from '../people/export.ts';
import type { PeopleQuery, PersonPatch } from '../store/people.ts';
import type { Store } from '../store/store.ts';
import {
  DEVICE_LIST_SCHEMA,
  EXPORT_SCHEMA,
  USER_LIST_SCHEMA,
  USER_SCHEMA,
  deviceView,
  exportView,
  personItemView,
  personView,
  type GivenMemory,
} from './people-views.ts';
import { json, type Route, type Schema } from './route.ts';

interface GivenPatch {
  name?: string | null;
  values?: { readonly [name: string]: GivenMemory | null };
}

const PAGE: Readonly<Record<string, Schema>> = {
  limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  cursor: { type: 'string', maxLength: 200, description: 'The `next` of the page before.' },
};
const ID = { id: { type: 'string' } };
const PHONE: Schema = { type: 'string', description: 'E.164.' };
/** Also that of one whose + was not written as a URL has it: it came as a space, and nobody has such a number. */
const E164 = '^\\+[1-9][0-9]{1,14}$';
const ONLY_WHOSE = 'Only whose number (E.164) this is; in a URL its + is written %2B.';

const PATCH: Schema = {
  type: 'object',
  minProperties: 1,
  properties: {
    name: { type: ['string', 'null'], minLength: 1, maxLength: 200 },
    values: {
      type: 'object',
      maxProperties: 100,
      propertyNames: {
        pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$',
        not: { enum: ['name', 'paired', 'anonymous'] },
      },
      additionalProperties: {
        type: ['object', 'null'],
        required: ['value'],
        properties: {
          value: {},
          expiresAt: {
            type: ['string', 'null'],
            format: 'date-time',
            description: 'Null or none: for good.',
          },
        },
        additionalProperties: false,
      },
      description: 'By name: what is to be remembered; null forgets it. The others stay.',
    },
  },
  additionalProperties: false,
};

export function userRoutes(store: Store, clock: Clock): Route[] {
  const { people } = store;
  return [
    {
      method: 'get',
      path: '/api/users',
      auth: 'bearer',
      summary: 'People, newest first.',
      query: { ...PAGE, phone: { ...PHONE, pattern: E164, description: ONLY_WHOSE } },
      responses: { 200: { description: 'A page of them.', schema: USER_LIST_SCHEMA } },
      async handle({ query }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const { phone, ...page } = query as unknown as PeopleQuery & { phone?: string };
        const { items, next } = await people.list(page, clock.now(), phone);
        return json({ items: items.map(personItemView), next });
      },
    },
    {
      method: 'get',
      path: '/api/users/{id}',
      auth: 'bearer',
      summary: 'One person, with numbers and with what is remembered.',
      params: ID,
      responses: { 200: { description: 'The person.', schema: USER_SCHEMA } },
      async handle({ params: { id = '' } }) {
        const person = await people.detail(id, clock.now());
        if (!person) throw unknownUser(id);
        return json(personView(person));
      },
    },
    {
      method: 'patch',
      path: '/api/users/{id}',
      auth: 'bearer',
      summary: 'Names a person, or has something remembered or forgotten of them.',
      params: ID,
      body: PATCH,
      responses: { 200: { description: 'The person as it is now.', schema: USER_SCHEMA } },
      async handle({ params: { id = '' }, body }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const patched = await people.patch(id, patchOf(body as GivenPatch), clock.now());
        return json(personView(patched));
      },
    },
    {
      method: 'delete',
      path: '/api/users/{id}',
      auth: 'bearer',
      summary:
        'Erases a person with everything of theirs: sessions, calls placed and planned, numbers, memories.',
      params: ID,
      responses: { 204: { description: 'Nothing of them is left.' } },
      async handle({ params: { id = '' } }) {
        if (!(await people.erase(id))) throw unknownUser(id);
        return { status: 204, body: null };
      },
    },
    {
      method: 'get',
      path: '/api/users/{id}/export',
      auth: 'bearer',
      summary: 'All that is known of a person.',
      params: ID,
      responses: { 200: { description: 'All of it.', schema: EXPORT_SCHEMA } },
      async handle({ params: { id = '' } }) {
        const all = await exportOf(store, id, clock.now());
        if (!all) throw unknownUser(id);
        return json(exportView(all));
      },
    },
    {
      method: 'post',
      path: '/api/users/{id}/merge',
      auth: 'bearer',
      summary:
        'Makes two people one: sessions, numbers and memories of `from` become those of this one, who keeps the own where both have one.',
      params: ID,
      body: {
        type: 'object',
        required: ['from'],
        properties: {
          from: { type: 'string', minLength: 1, maxLength: 200, description: 'The other one’s id.' },
        },
        additionalProperties: false,
      },
      responses: { 200: { description: 'The person as it is now.', schema: USER_SCHEMA } },
      async handle({ params: { id = '' }, body }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const { from } = body as { from: string };
        return json(personView(await people.merge(from, id, clock.now())));
      },
    },
    {
      method: 'get',
      path: '/api/devices',
      auth: 'bearer',
      summary: 'Phone numbers, and whose they are.',
      query: PAGE,
      responses: { 200: { description: 'A page of them, by number.', schema: DEVICE_LIST_SCHEMA } },
      async handle({ query }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const { items, next } = await people.devices(query as unknown as PeopleQuery);
        return json({ items: items.map(deviceView), next });
      },
    },
    {
      method: 'delete',
      path: '/api/devices/{phone}',
      auth: 'bearer',
      summary: 'Takes a number from its person: its next caller is a stranger.',
      params: { phone: PHONE },
      responses: { 204: { description: 'It is nobody’s any more.' } },
      async handle({ params: { phone = '' } }) {
        if (!(await people.unpair(phone))) {
          throw new OffhookError('unknown-device', `Nobody has the number "${phone}".`, { status: 404 });
        }
        return { status: 204, body: null };
      },
    },
  ];
}

function patchOf({ name, values = {} }: GivenPatch): PersonPatch {
  const memories = Object.entries(values).map(
    ([memory, given]) =>
      [
        memory,
        given && {
          value: given.value,
          expiresAt: given.expiresAt == null ? null : Date.parse(given.expiresAt),
        },
      ] as const,
  );
  return { ...(name !== undefined && { name }), memories: Object.fromEntries(memories) };
}

function unknownUser(id: string): OffhookError {
  return new OffhookError('unknown-user', `There is no user "${id}".`, { status: 404 });
}
