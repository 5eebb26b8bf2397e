/** The HTTP server: who may ask what, in what form, and how it is answered when something goes wrong. */
import { randomUUID } from 'node:crypto';
import http, { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { bodyParser } from '@koa/bodyparser';
import Koa, { type Context, type Middleware, type Next } from 'koa';
import { Router, type RouterContext, type RouterMiddleware } from 'koa-router';
import { appRoutes, type AppsView } from './api/apps.ts';
import { browserPhoneRoutes, type IssuesTokens } from './api/browser-phone.ts';
import { batchRoutes, type PlacesBatches } from './api/batches.ts';
import { checkFor } from './api/check.ts';
import { once } from './api/idempotency.ts';
import { initiationRoutes, type PlacesCalls } from './api/initiations.ts';
import { liveRoutes, type LiveCalls } from './api/live.ts';
import { openApi } from './api/openapi.ts';
import { numberRoutes, type NumbersView } from './api/numbers.ts';
import { operationsRoutes } from './api/operations.ts';
import { pairingRoutes, type ClaimsCodes } from './api/pairings.ts';
import { PROBLEM_TYPE, problem, problemOf } from './api/problem.ts';
import { json, type Reply, type Route } from './api/route.ts';
import { schemaRoutes, type NamesView } from './api/schemas.ts';
import { sessionRoutes } from './api/sessions.ts';
import { sameToken } from './api/token.ts';
import { userRoutes } from './api/users.ts';
import type { Clock } from './clock.ts';
import { OffhookError } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Store } from './store/store.ts';

export interface ServerParts {
  log: Log;
  clock: Clock;
  metrics: Pick<Metrics, 'expose'>;
  /** What the API's users bear. */
  token: string;
  store: Store;
  apps: AppsView & NamesView;
  numbers: NumbersView;
  live: LiveCalls;
  callsOut: PlacesCalls;
  batches: PlacesBatches;
  pairing: ClaimsCodes;
  browserPhones: IssuesTokens;
  /** Why no call should be sent here now, in a sentence; null: all is well. */
  notReady(): string | null;
  /** The phone network's own routes. They find a parsed form in `request.body` and check who asks themselves. */
  webhooks: Router;
  /** Takes a WebSocket over, or says why not; the reason is for the log alone. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): { status: number; reason: string } | null;
}

const BODY_LIMIT = '64kb';
const SOCKET_PATHS = ['/call', '/call/', '/relay'];
/** Asked so often, and by machines, that they are worth no line at the usual level. */
const QUIET_PATHS = ['/health', '/ready', '/metrics'];

/** The server, not listening yet. Every answer to a request that fails is a problem of RFC 9457. */
export function createServer(parts: ServerParts): Server {
  const app = new Koa();
  const router = routerOf(parts);
  // For webhooks, which are forms; whatever else there is in a body was not signed as such.
  const form = bodyParser({ enableTypes: ['form'], formLimit: BODY_LIMIT });
  for (const middleware of [
    logged(parts.log),
    problems,
    router.routes(),
    router.allowedMethods(),
    form,
    flatForms,
    parts.webhooks.routes(),
  ]) {
    app.use(middleware);
  }
  app.on('error', (err: unknown) => parts.log.debug({ err }, 'an answer could not be sent'));

  const answerRequest = app.callback();
  const server = http.createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) => void answerRequest(request, response),
  );
  // Longer than the 60 s of common proxies, which otherwise send into a connection that is being closed.
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', (request, socket, head) => upgrade(parts, request, socket, head));
  return server;
}

function routerOf(parts: ServerParts): Router {
  const { apps, numbers, store, live, callsOut, batches } = parts;
  const routes: Route[] = [
    ...operationsRoutes(parts),
    ...appRoutes(apps, numbers),
    ...numberRoutes(numbers),
    ...schemaRoutes(apps),
    ...sessionRoutes(store),
    ...userRoutes(store, parts.clock),
    ...liveRoutes({ store, live, clock: parts.clock }),
    ...initiationRoutes(callsOut, store),
    ...batchRoutes(batches),
    ...pairingRoutes(parts.pairing),
    ...browserPhoneRoutes(parts.browserPhones),
  ];
  const described: Route = {
    method: 'get',
    path: '/openapi.json',
    auth: 'none',
    summary: 'This description.',
    responses: { 200: { description: 'OpenAPI 3.1.', schema: { type: 'object' } } },
    handle: () => json(document),
  };
  routes.push(described);
  const document = openApi(routes);

  const router = new Router();
  for (const route of routes) {
    const steps: RouterMiddleware[] = [];
    if (route.auth === 'bearer') steps.push(bearer(parts.token));
    if (route.body) steps.push(jsonOnly, jsonBody(route));
    router.register(
      route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      [route.method],
      [...steps, handler(route, parts)],
    );
  }
  return router;
}

function jsonBody({ bodyKiB }: Route): Middleware {
  const jsonLimit = bodyKiB === undefined ? BODY_LIMIT : `${bodyKiB}kb`;
  return bodyParser({ enableTypes: ['json'], jsonLimit });
}

function handler(route: Route, parts: ServerParts): RouterMiddleware {
  const check = checkFor(route);
  return async (context) => {
    const { log } = context.state as State;
    const { params } = context;
    const { query, body } = check(context.query, context.request.body);
    const peer = context.req.socket.remoteAddress ?? 'unknown';
    const work = async (same: string | null): Promise<Reply> =>
      route.handle({ params, query, body, once: same, peer, log });
    const key = context.headers['idempotency-key'];
    const keyed = route.method === 'post' && typeof key === 'string';
    answer(
      context,
      keyed ? await once({ ...parts, log }, route, key, { params, query, body }, work) : await work(null),
    );
  };
}

function answer(context: Context, { status, headers = {}, body }: Reply): void {
  context.status = status;
  context.set('cache-control', 'no-store');
  context.set({ ...headers });
  if (headers['etag'] !== undefined && context.fresh) {
    // Whoever asks has it.
    context.status = 304;
    return;
  }
  if (body === null) context.body = null;
  else if ('json' in body) context.body = body.json;
  else {
    context.set('content-type', body.type);
    context.body = 'text' in body ? body.text : body.stream;
  }
  // Nobody would read the stream.
  if (context.method === 'HEAD' && body && 'stream' in body) body.stream.destroy();
}

interface State {
  id: string;
  log: Log;
}

/**
 * Gives the request an id and leaves a line about it. The query stays out of it, and a number in the path: they may tell
 * of somebody.
 */
function logged(log: Log): Middleware {
  return async (context, next) => {
    const given = context.get('x-request-id');
    const id = /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    context.state = { id, log: log.child({ request: id }) } satisfies State;
    context.set('x-request-id', id);
    context.set('x-content-type-options', 'nosniff');
    const from = performance.now();
    await next();
    const level = QUIET_PATHS.includes(context.path) ? 'debug' : 'info';
    const ms = Math.round(performance.now() - from);
    log[level](
      { request: id, method: context.method, path: discreetPath(context), status: context.status, ms },
      'request',
    );
  };
}

/** The pattern of the path, also where it was asked by a method that it does not take, in the place of a number. */
function discreetPath(context: Context): string {
  const matched = context['matched'] as RouterContext['matched'];
  const withNumber = matched?.find(({ paramNames }) => paramNames.some(({ name }) => name === 'phone'));
  return withNumber ? String(withNumber.path) : context.path;
}

/** The one place where what went wrong becomes an answer. */
async function problems(context: Context, next: Next): Promise<void> {
  try {
    await next();
    if (context.body !== undefined || context.status < 400) return;
    const refused = refusalOf(context);
    send(context, refused);
  } catch (thrown) {
    const { problem: told, inside } = problemOf(thrown);
    if (inside) (context.state as State).log.error({ err: thrown }, 'a request failed');
    send(context, told);
  }
}

function refusalOf({ status, method, path }: Context) {
  if (status === 405) return problem(405, 'method-not-allowed', `${path} does not take ${method}.`);
  if (status === 501) return problem(501, 'method-not-allowed', `${method} is not known here.`);
  return problem(404, 'not-found', `There is nothing at ${path}.`);
}

function send(context: Context, told: ReturnType<typeof problem>): void {
  context.status = told.status;
  context.set('cache-control', 'no-store');
  context.set('content-type', PROBLEM_TYPE);
  context.body = JSON.stringify(told);
}

function bearer(token: string): Middleware {
  return async (context, next) => {
    const given = /^Bearer +(\S+)$/i.exec(context.get('authorization'))?.[1];
    if (given === undefined || !sameToken(given, token)) {
      const wrong = given === undefined ? '' : ', error="invalid_token"';
      context.set('www-authenticate', `Bearer realm="offhook"${wrong}`);
      const detail = given === undefined ? 'The bearer token is missing.' : 'The bearer token is wrong.';
      throw new OffhookError('unauthorized', detail, { status: 401 });
    }
    await next();
  };
}

/** A body of another type would be read as an empty one, and refused for what is missing in it. */
async function jsonOnly(context: Context, next: Next): Promise<void> {
  if (context.request.is('json') === false) {
    throw new OffhookError('unsupported-media-type', 'The body should be application/json.', { status: 415 });
  }
  await next();
}

/**
 * A form is names and values, as whoever signed it understood it: the parser would make `a[b]=1` an object.
 * A name that comes several times has a list.
 */
async function flatForms(context: Context, next: Next): Promise<void> {
  if (context.request.is('urlencoded')) {
    const form: Record<string, string | string[]> = {};
    const read = new URLSearchParams(context.request.rawBody ?? '');
    for (const name of new Set(read.keys())) {
      const all = read.getAll(name);
      Object.defineProperty(form, name, { value: all.length > 1 ? all : all[0], enumerable: true });
    }
    context.request.body = form;
  }
  await next();
}

function upgrade(parts: ServerParts, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', (err) => parts.log.debug({ err }, 'a socket broke'));
  const path = request.url?.split('?', 1)[0] ?? '';
  const refused = SOCKET_PATHS.includes(path)
    ? parts.upgrade(request, socket, head)
    : { status: 404, reason: 'there is no socket at this path' };
  if (!refused) return;
  parts.log.warn({ path, ...refused }, 'upgrade refused');
  const text = `${STATUS_CODES[refused.status] ?? 'Refused'}\n`;
  socket.end(
    `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status] ?? 'Refused'}\r\nConnection: close\r\n` +
      `Content-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
}
