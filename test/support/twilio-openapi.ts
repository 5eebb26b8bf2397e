/**
 * What Twilio's published OpenAPI description says of a request and of an answer. `twilio-openapi.json` holds the
 * operations that are used here: names, types, formats, patterns and what is required.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import description from './twilio-openapi.json' with { type: 'json' };

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  $ref?: string;
  items?: Schema;
}

export interface Operation {
  /** Twilio's own name of it, such as `CreateCall`. */
  id: string;
  method: string;
  path: string;
  /** Of an answer that refuses nothing. */
  status: number;
  path_parameters: Schema;
  query: Schema;
  form?: Schema;
  answer?: Schema;
}

type Part = 'path_parameters' | 'query' | 'form' | 'answer';

const operations = description.operations as unknown as Operation[];
const matchers = operations.map((operation) => ({
  operation,
  names: [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
  pattern: new RegExp(
    `^${operation.path
      .replaceAll('.', '\\.')
      .replaceAll('+', '\\+')
      .replace(/\{\w+\}/g, '([^/]+?)')}$`,
  ),
}));

/** Names that are not Twilio's are refused in an answer of the double: nobody may come to rely on them. */
const ANSWERS = structuredClone(description) as typeof description;
close(ANSWERS);

const requests = validators(description, (text) => /^https?:\/\/[^/\s_]+(\/\S*)?$/.test(text));
const answers = validators(ANSWERS, () => true);

export type Found =
  | { kind: 'operation'; operation: Operation; path: Record<string, string> }
  | { kind: 'no-such-path' }
  | { kind: 'no-such-method' };

export function findOperation(method: string, pathname: string): Found {
  let isPath = false;
  for (const { operation, names, pattern } of matchers) {
    const match = pattern.exec(pathname);
    if (!match) continue;
    isPath = true;
    if (operation.method !== method) continue;
    const values = match.slice(1).map((text) => decodeURIComponent(text));
    return {
      kind: 'operation',
      operation,
      path: Object.fromEntries(names.map((name, index) => [name, values[index]!])),
    };
  }
  return { kind: isPath ? 'no-such-method' : 'no-such-path' };
}

/** What the description has against a request, one sentence each. */
export function requestProblems(
  operation: Operation,
  path: Record<string, string>,
  query: URLSearchParams,
  form: URLSearchParams,
): string[] {
  return [
    ...problemsOf(requests, operation, 'path_parameters', path),
    ...parameterProblems(operation, 'query', query),
    ...(operation.form
      ? parameterProblems(operation, 'form', form)
      : [...form.keys()].map((name) => `${operation.id} takes no form, and was given ${name}`)),
  ];
}

/** What the description has against an answer of this body. */
export function answerProblems(operation: Operation, body: unknown): string[] {
  if (!operation.answer) return body === undefined ? [] : [`${operation.id} answers with nothing`];
  // The description's own examples have null where its schemas forget to say so, and numbers as text.
  return problemsOf(answers, operation, 'answer', withoutNulls(body));
}

function parameterProblems(operation: Operation, part: 'query' | 'form', given: URLSearchParams): string[] {
  const known = operation[part]?.properties ?? {};
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    const schema = known[name];
    const all = given.getAll(name);
    if (!schema) problems.push(`${operation.id} knows no parameter ${name}`);
    else if (schema.type === 'array') values[name] = all;
    else if (all.length > 1) problems.push(`${operation.id} takes ${name} once`);
    // An empty value takes a setting away.
    else if (all[0] !== '') values[name] = all[0];
  }
  return [...problems, ...problemsOf(requests, operation, part, values)];
}

function problemsOf(ajv: Ajv2020, operation: Operation, part: Part, value: unknown): string[] {
  const index = operations.indexOf(operation);
  const validate = ajv.getSchema(`twilio#/operations/${index}/${part}`) as ValidateFunction;
  // A copy: what is text on the wire is made a number where the description has one.
  if (validate(structuredClone(value))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${operation.id}: ${instancePath || part} ${message} ${JSON.stringify(params)}`,
  );
}

function validators(document: object, isUri: (text: string) => boolean): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: true });
  const formats: Record<string, RegExp | ((text: string) => boolean) | true> = {
    uri: isUri,
    'date-time-rfc-2822': /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/,
    'date-time': (text) => !Number.isNaN(Date.parse(text)),
    'iso-country-code': /^[A-Z]{2}$/,
    currency: /^[A-Za-z]{3}$/,
    'phone-number': /\S/,
    endpoint: /\S/,
  };
  for (const name of [
    'http-method',
    'twiml',
    'uri-map',
    'int32',
    'int64',
    'date',
    'phone-number-capabilities',
    'phone-number-price',
  ]) {
    formats[name] = true;
  }
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);
  ajv.addSchema(document, 'twilio');
  return ajv;
}

function close(value: unknown): void {
  if (Array.isArray(value)) value.forEach(close);
  else if (typeof value === 'object' && value !== null) {
    const schema = value as Record<string, unknown>;
    if (schema.type !== undefined && schema.properties !== undefined && !('additionalProperties' in schema)) {
      schema.additionalProperties = false;
    }
    Object.values(schema).forEach(close);
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([name, one]) => [name, withoutNulls(one)]),
  );
}
