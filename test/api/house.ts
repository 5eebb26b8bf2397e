// oxlint-disable typescript/no-unsafe-type-assertion -- what comes over the wire is expected, and then held against it
/** A whole server on a real port and a real store; what it stands between are hands of the test. */
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { Router } from 'koa-router';
import { expect } from 'vitest';
import type { LiveEvent } from '../../runtime/call/conversation.ts';
import type { AppsView } from '../../runtime/api/apps.ts';
import type { ListedApp } from '../../runtime/catalog.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import type { NumberState } from '../../runtime/numbers/states.ts';
import { Batches } from '../../runtime/outbound/batches.ts';
import type { Answered as Outcome } from '../../runtime/outbound/calls-out.ts';
import type { CallRequest } from '../../runtime/outbound/requests.ts';
import { createServer, type ServerParts } from '../../runtime/server.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sqlitePlace } from '../store/places.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { planner } from '../support/plan-call.ts';

export const TOKEN = 'a-token-of-the-tests';

export interface House {
  url: string;
  server: Server;
  store: Store;
  clock: FakeClock;
  apps: ListedApp[];
  numbers: NumberState[];
  degrades: ReturnType<AppsView['degrades']>;
  /** What the schemas know the names of. */
  targets: ReturnType<ServerParts['apps']['targets']>;
  /** Why the server is not ready. */
  notReady: string | null;
  /** What was asked of the phone network, and what it does with it. */
  placed: CallRequest[];
  place: (request: CallRequest) => Promise<Outcome>;
  cancel: (id: string) => Promise<void>;
  /** The listeners of each call that runs; a call without an entry does not run. */
  running: Map<string, Set<(event: LiveEvent) => void>>;
  tell(session: string, event: LiveEvent): void;
  webhooks: Router;
  upgrades: IncomingMessage[];
  /** Asks with the token, and holds the answer against the description of its route. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answered>;
  close(): Promise<void>;
}

interface AskOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Null: none. */
  token?: string | null;
}

export interface Answered {
  status: number;
  headers: Headers;
  /** JSON where it is JSON, else the text. */
  body: unknown;
}

export async function openHouse(change: Partial<ServerParts> = {}): Promise<House> {
  const place = await sqlitePlace();
  const store = await openStore(place.database, silentLog);
  const clock = new FakeClock();
  const webhooks = new Router();
  const house: House = {
    url: '',
    server: null as unknown as Server,
    store,
    clock,
    apps: [],
    numbers: [],
    degrades: [],
    targets: [],
    notReady: null,
    placed: [],
    place: () => Promise.reject(new Error('no call was expected')),
    cancel: () => Promise.reject(new Error('nobody was to cancel a call')),
    running: new Map(),
    tell: (session, event) => house.running.get(session)?.forEach((listener) => listener(event)),
    webhooks,
    upgrades: [],
    ask: (method, path, options = {}) => ask(house, method, path, options),
    async close() {
      house.server.closeAllConnections();
      house.server.close();
      await store.close();
      await place.drop();
    },
  };
  house.server = createServer({
    log: silentLog,
    clock,
    metrics: openMetrics(),
    token: TOKEN,
    store,
    apps: {
      list: () => house.apps,
      targets: () => house.targets,
      degrades: ({ id }) => house.degrades.filter(({ place }) => place.file.includes(id)),
    },
    numbers: { states: () => house.numbers },
    live: {
      subscribe(session, listener) {
        const listeners = house.running.get(session);
        if (!listeners) return null;
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    callsOut: {
      place(request) {
        house.placed.push(request);
        return house.place(request);
      },
      cancel: (id) => house.cancel(id),
    },
    batches: new Batches({ store, clock, planner, wake: () => undefined }),
    pairing: { claim: () => Promise.reject(new Error('nobody was to be paired')) },
    notReady: () => house.notReady,
    webhooks,
    upgrade(request, socket) {
      house.upgrades.push(request);
      if (request.headers['x-welcome'] === undefined) return { status: 403, reason: 'not welcome' };
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\nhello');
      return null;
    },
    ...change,
  });
  house.server.listen(0, '127.0.0.1');
  await once(house.server, 'listening');
  house.url = `http://127.0.0.1:${(house.server.address() as AddressInfo).port}`;
  return house;
}

async function ask(house: House, method: string, path: string, options: AskOptions): Promise<Answered> {
  const { body, headers = {}, token = TOKEN } = options;
  const response = await fetch(house.url + path, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  const answered = {
    status: response.status,
    headers: response.headers,
    body: isJson && method !== 'HEAD' ? JSON.parse(text) : text,
  };
  await holdAgainstDescription(house, method, path, answered);
  return answered;
}

interface Described {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  components: { schemas: Record<string, object> };
}

/** Every answer of every test is one that `/openapi.json` allows. */
async function holdAgainstDescription(
  house: House,
  method: string,
  path: string,
  answered: Answered,
): Promise<void> {
  const document = (await (await fetch(`${house.url}/openapi.json`)).json()) as Described;
  const bare = path.split('?')[0]!;
  const route = Object.keys(document.paths)
    .toSorted((one, other) => one.split('{').length - other.split('{').length)
    .find((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare));
  if (method === 'HEAD') return;
  const operation = route === undefined ? undefined : document.paths[route]?.[method.toLowerCase()];
  if (!operation) return;
  const described = operation.responses[answered.status] ?? operation.responses['default']!;
  if (!described.content) {
    expect(answered.body).toBe('');
    return;
  }
  const type = answered.headers.get('content-type')!.split(';')[0]!;
  expect(Object.keys(described.content)).toEqual([type]);
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  formats.default(ajv);
  const validate = ajv.compile({ ...described.content[type]!.schema, components: document.components });
  validate(answered.body);
  expect([validate.errors, answered.body]).toEqual([null, answered.body]);
}

/** A problem as the server tells it. */
export function aProblem(
  status: number,
  title: string,
  code: string,
  detail: string,
  more: object = {},
): object {
  return { type: 'about:blank', title, status, detail, code, ...more };
}

export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 500) throw new Error('It did not come to be.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
