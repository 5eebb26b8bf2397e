/** The routes, told in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1). */
import { PROBLEM_SCHEMA, PROBLEM_TYPE } from './problem.ts';
import type { Answer, Route, Schema } from './route.ts';

export function openApi(routes: readonly Route[]): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Offhook',
      version: '1',
      description: "Twilio's webhooks and sockets are not part of this document: Twilio knows them.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      schemas: { Problem: PROBLEM_SCHEMA },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(route: Route): Schema {
  const keyed = route.method === 'post' && route.auth === 'bearer';
  return {
    summary: route.summary,
    operationId: operationIdOf(route),
    security: route.auth === 'bearer' ? [{ bearer: [] }] : [],
    parameters: [
      ...parametersIn('path', route.params ?? {}),
      ...parametersIn('query', route.query ?? {}),
      ...(keyed ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: route.body } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, answer]) => [status, contentOf(answer)]),
      ),
      ...(route.auth === 'bearer' && { 401: refusal('The bearer token is missing or wrong.') }),
      default: refusal('It was refused, or it failed.'),
    },
  };
}

const IDEMPOTENCY_KEY: Schema = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A request with a key that was seen within a day is answered as the first one was.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

function parametersIn(where: 'path' | 'query', schemas: Readonly<Record<string, Schema>>): Schema[] {
  return Object.entries(schemas).map(([name, { description, ...schema }]) => ({
    name,
    in: where,
    required: where === 'path',
    ...(description !== undefined && { description }),
    schema,
  }));
}

function contentOf({ description, type, schema }: Answer): Schema {
  if (type === undefined && schema === undefined) return { description };
  return { description, content: { [type ?? 'application/json']: { schema: schema ?? { type: 'string' } } } };
}

function refusal(description: string): Schema {
  return { description, content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } } };
}

/** Such as `getApiSessionsIdLive`. */
function operationIdOf({ method, path }: Route): string {
  const words = path.match(/[a-z]+/gi) ?? [];
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}
