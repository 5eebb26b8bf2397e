/** Requests, held against the schemas of their routes. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { OffhookError } from '../errors.ts';
import type { Route, Schema } from './route.ts';

const bodies = withFormats(new Ajv2020({ allErrors: true, validateSchema: false }));
/** What stands in a URL is text, whatever it means. */
const queries = withFormats(
  new Ajv2020({
    allErrors: true,
    coerceTypes: true,
    useDefaults: true,
    validateSchema: false,
  }),
);

function withFormats(ajv: Ajv2020): Ajv2020 {
  formats.default(ajv);
  return ajv;
}

/**
 * Gives the query with its defaults and the body, both as the route's schemas have them.
 * @throws OffhookError `bad-request` (400), with all that is wrong in `errors`.
 */
export type Check = (
  query: Readonly<Record<string, unknown>>,
  body: unknown,
) => { query: Readonly<Record<string, unknown>>; body: unknown };

export function checkFor(route: Route): Check {
  let compiled: { query: ValidateFunction; body: ValidateFunction | null } | null = null;
  return (givenQuery, givenBody) => {
    // With the first request: a start should not wait for routes that nobody asks.
    compiled ??= {
      query: queries.compile(objectOf(route.query ?? {})),
      body: route.body ? bodies.compile(route.body) : null,
    };
    const { query, body } = compiled;
    const wholeQuery = { ...givenQuery };
    refuseUnless(query, wholeQuery, 'query');
    if (body) refuseUnless(body, givenBody, 'body');
    return { query: wholeQuery, body: body ? givenBody : null };
  };
}

/** Strict: a name that is not known is more likely a slip than meant for nobody. */
function objectOf(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, additionalProperties: false };
}

/** A list of thousands may be wrong in each of its entries. */
const MOST_ERRORS = 20;

function refuseUnless(validate: ValidateFunction, value: unknown, where: 'query' | 'body'): void {
  if (validate(value)) return;
  const all = validate.errors ?? [];
  const errors = all.slice(0, MOST_ERRORS).map((error) => ({
    in: where,
    pointer: error.instancePath,
    message: sentenceOf(error, where),
  }));
  const more = all.length > MOST_ERRORS ? [`And ${all.length - MOST_ERRORS} more.`] : [];
  const detail = [...errors.map((error) => error.message), ...more].join(' ');
  throw new OffhookError('bad-request', detail, { status: 400, detail: { errors } });
}

function sentenceOf(error: ErrorObject, where: 'query' | 'body'): string {
  const { instancePath, keyword, params, message } = error;
  const name = instancePath === '' ? `The ${where}` : `"${instancePath.slice(1).replaceAll('/', '.')}"`;
  const inside = (property: unknown): string =>
    `"${[...instancePath.split('/').slice(1), String(property)].join('.')}"`;
  if (keyword === 'required') return `${inside(params['missingProperty'])} is missing.`;
  if (keyword === 'additionalProperties') return `${inside(params['additionalProperty'])} is not known here.`;
  if (keyword === 'enum')
    return `${name} must be one of ${String(params['allowedValues']).replaceAll(',', ', ')}.`;
  return `${name} ${message ?? 'is not right'}.`;
}
