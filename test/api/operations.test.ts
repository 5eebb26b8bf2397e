// oxlint-disable typescript/no-unsafe-type-assertion -- what comes over the wire is expected, and then held against it
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { aProblem, openHouse, until, type House } from './house.ts';

describe('operations', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
  });

  afterEach(async () => {
    await house.close();
  });

  test('are told without a token', async () => {
    for (const path of ['/health', '/ready', '/metrics', '/openapi.json']) {
      expect([path, (await house.ask('GET', path, { token: null })).status]).toEqual([path, 200]);
    }
  });

  test('the process is up, whatever else is not', async () => {
    house.notReady = 'The server is draining.';
    await house.store.close();
    expect((await house.ask('GET', '/health')).body).toEqual({ status: 'up' });
  });

  test('it is ready when the store answers and nothing speaks against it', async () => {
    expect((await house.ask('GET', '/ready')).body).toEqual({ status: 'ready' });
  });

  test('it is not ready while something speaks against it, and says what', async () => {
    house.notReady = 'The server is draining.';
    const { status, body } = await house.ask('GET', '/ready');
    expect(status).toBe(503);
    expect(body).toEqual(aProblem(503, 'Service Unavailable', 'not-ready', 'The server is draining.'));
  });

  test('it is not ready without its store', async () => {
    await house.store.close();
    const { body } = await house.ask('GET', '/ready');
    expect(body).toEqual(
      aProblem(
        503,
        'Service Unavailable',
        'not-ready',
        'The store does not answer, or cannot be written to.',
      ),
    );
  });

  test('a store that hangs is waited for, but not for long', async () => {
    house.store.ping = () => new Promise(() => undefined);
    const asked = house.ask('GET', '/ready');
    await until(() => house.clock.waiting > 0);
    house.clock.advance(2000);
    expect((await asked).body).toEqual(
      aProblem(503, 'Service Unavailable', 'not-ready', 'The store does not answer in time.'),
    );
  });

  test('the metrics are what Prometheus reads', async () => {
    const { headers, body } = await house.ask('GET', '/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain('# TYPE offhook_calls_total counter');
  });

  describe('/openapi.json', () => {
    interface Document {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
      components: { securitySchemes: object };
    }
    interface Operation {
      operationId: string;
      security: object[];
      parameters: { name: string; in: string; required: boolean; schema: object }[];
      requestBody?: { content: Record<string, { schema: object }> };
      responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
    }

    async function described(): Promise<{ document: Document; operations: [string, Operation][] }> {
      const document = (await house.ask('GET', '/openapi.json')).body as Document;
      const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, one]): [string, Operation] => [`${method} ${path}`, one]),
      );
      return { document, operations };
    }

    test('has every route, and says which want a token', async () => {
      const { document, operations } = await described();
      expect(document.openapi).toBe('3.1.0');
      expect(
        operations.map(([route, { security }]) => [route, security.length === 1 ? 'bearer' : 'none']),
      ).toEqual([
        ['get /health', 'none'],
        ['get /ready', 'none'],
        ['get /metrics', 'none'],
        ['get /api/apps', 'bearer'],
        ['get /api/apps/{id}', 'bearer'],
        ['get /api/numbers', 'bearer'],
        ['get /schemas/{name}', 'none'],
        ['get /api/sessions', 'bearer'],
        ['get /api/sessions/{id}', 'bearer'],
        ['delete /api/sessions/{id}', 'bearer'],
        ['get /api/users', 'bearer'],
        ['get /api/users/{id}', 'bearer'],
        ['patch /api/users/{id}', 'bearer'],
        ['delete /api/users/{id}', 'bearer'],
        ['get /api/users/{id}/export', 'bearer'],
        ['post /api/users/{id}/merge', 'bearer'],
        ['get /api/devices', 'bearer'],
        ['delete /api/devices/{phone}', 'bearer'],
        ['get /api/sessions/{id}/live', 'bearer'],
        ['post /initiations', 'bearer'],
        ['get /initiations/{id}', 'bearer'],
        ['delete /initiations/{id}', 'bearer'],
        ['post /initiations/batch', 'bearer'],
        ['get /initiations/batch/{id}', 'bearer'],
        ['delete /initiations/batch/{id}', 'bearer'],
        ['post /api/pairings/claim', 'bearer'],
        ['get /api/twilio/access-token', 'bearer'],
        ['get /openapi.json', 'none'],
      ]);
      expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length);
    });

    test('tells the truth of the token: what wants one refuses without, what does not answers', async () => {
      const { operations } = await described();
      for (const [route, { security }] of operations) {
        const [method, path] = route.split(' ');
        const { status } = await house.ask(
          method!.toUpperCase(),
          path!.replace('{id}', 'x').replace('{name}', 'app.schema.json'),
          {
            token: null,
          },
        );
        expect([route, status]).toEqual([route, security.length === 1 ? 401 : 200]);
      }
    });

    test('declares each parameter of a path, and only schemas that are schemas', async () => {
      const { document, operations } = await described();
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
      formats.default(ajv);
      ajv.addKeyword('components');
      for (const [route, operation] of operations) {
        const named = [...route.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const declared = operation.parameters.filter((one) => one.in === 'path');
        expect([route, declared.map((one) => one.name)]).toEqual([route, named]);
        expect(declared.every((one) => one.required)).toBe(true);
        const contents = [operation.requestBody, ...Object.values(operation.responses)].flatMap((one) =>
          Object.values(one?.content ?? {}),
        );
        for (const { schema } of [...contents, ...operation.parameters]) {
          expect(() => ajv.compile({ ...schema, components: document.components })).not.toThrow();
        }
      }
    });
  });
});
