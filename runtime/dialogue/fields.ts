/** What a tool takes and gives, in the short form of the language, as JSON Schema. */
import type { Field, Fields, TypedField, ShortFields } from './document.ts';
import type { Value } from './protocol.ts';

type Schema = { readonly [key: string]: Value };

const TYPES: { readonly [type in TypedField['type']]: Schema } = {
  text: { type: 'string' },
  choice: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date', description: 'A date such as 2026-03-03.' },
  time: {
    type: 'string',
    pattern: '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$',
    description: 'A time of day such as 19:30.',
  },
  datetime: {
    type: 'string',
    format: 'date-time',
    description: 'A date and time with its offset, such as 2026-03-03T19:30:00+01:00.',
  },
  duration: {
    type: 'string',
    pattern: '^P(?=[0-9T])([0-9.]+W|([0-9.]+D)?(T([0-9.]+H)?([0-9.]+M)?([0-9.]+S)?)?)$',
    description: 'A duration as ISO 8601 writes it, such as PT1H30M.',
  },
  digits: { type: 'string', pattern: '^[0-9]+$', description: 'Digits only.' },
  money: {
    type: 'object',
    properties: { amount: { type: 'number' }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
    required: ['amount', 'currency'],
    additionalProperties: false,
    description: 'An amount and the three letters of its currency.',
  },
  phone: {
    type: 'string',
    pattern: '^\\+[1-9][0-9]{6,14}$',
    description: 'A phone number with + and country code, such as +14155550100.',
  },
  email: { type: 'string', format: 'email' },
  name: { type: 'string', description: 'The name of a person.' },
};

/**
 * JSON Schema (draft 2020-12) of a tool's `input`. What is JSON Schema already (`type: object`) is given back
 * as it stands; of the short form every field is required and no other is let in.
 */
export function inputSchema(fields: Fields): Schema {
  return isJsonSchema(fields) ? (fields as Schema) : { ...short(fields), additionalProperties: false };
}

/** The same of a tool's `output`, but more than the author asked for may come back. */
export function outputSchema(fields: Fields): Schema {
  return isJsonSchema(fields) ? (fields as Schema) : short(fields);
}

function short(fields: ShortFields): Schema {
  const properties: { [name: string]: Value } = {};
  for (const [name, field] of Object.entries<Field>(fields)) properties[name] = fieldSchema(field);
  return { type: 'object', properties, required: Object.keys(fields) };
}

/** The short form has no type called `object`, so this tells the two apart. */
function isJsonSchema(fields: Fields): fields is Exclude<Fields, ShortFields> {
  return (fields as { type?: unknown }).type === 'object';
}

function fieldSchema(field: Field): Schema {
  if (typeof field === 'string') return TYPES[field];
  return {
    ...TYPES[field.type],
    ...(field.of && { enum: field.of }),
    ...(field.min !== undefined && { minimum: field.min }),
    ...(field.max !== undefined && { maximum: field.max }),
    ...(field.about !== undefined && { description: field.about }),
  };
}
