/** Asks a webhook as Twilio asks it: https://www.twilio.com/docs/voice/twiml. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Clock } from '../../clock.ts';
import { OffhookError, messageOf } from '../../errors.ts';

/** How the simulated network gets to the server. */
export interface Route {
  /** Signs what is asked; null: nothing is signed. */
  authToken: string | null;
  /** The origin that is written in URLs and signed, such as the server's PUBLIC_URL; null: as they are. */
  publicUrl: string | null;
  /** The origin at which the server with that `publicUrl` is really reached. */
  serverUrl: string;
  clock: Clock;
}

/** Twilio's limits for a webhook. */
const ANSWER_WITHIN_MS = 15_000;
const REDIRECTS = 10;
const ANSWER_BYTES = 64 * 1024;

interface WebhookAnswer {
  status: number;
  contentType: string;
  text: string;
}

/**
 * Sends the form (as the query of a GET), follows up to ten redirects, and gives the answer whatever its status.
 * @throws OffhookError `webhook-unreachable` with Twilio's number for it in `detail.twilioCode`.
 */
export async function askWebhook(
  route: Route,
  request: { url: string; method: string; form: Readonly<Record<string, string>> },
  hangUp?: AbortSignal,
): Promise<WebhookAnswer> {
  if (!URL.canParse(request.url)) {
    throw new OffhookError('webhook-unreachable', `The webhook "${request.url}" is not a URL.`, {
      detail: { twilioCode: 11210 },
    });
  }
  const deadline = new AbortController();
  const cancel = route.clock.after(ANSWER_WITHIN_MS, () => deadline.abort());
  const signal = hangUp ? AbortSignal.any([deadline.signal, hangUp]) : deadline.signal;
  try {
    let { url, method } = request;
    for (let redirects = 0; ; redirects++) {
      const response = await send(route, url, method, request.form, signal);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        const contentType = response.headers.get('content-type') ?? '';
        return { status: response.status, contentType, text: await textOf(response, url) };
      }
      await response.body?.cancel();
      if (redirects === REDIRECTS) {
        throw unreachable(11215, url, `it redirects more than ${REDIRECTS} times`);
      }
      url = new URL(location, url).href;
      if (response.status < 307) method = 'GET';
    }
  } catch (error) {
    if (error instanceof OffhookError) throw error;
    if (deadline.signal.aborted) {
      throw unreachable(11200, request.url, `it did not answer within ${ANSWER_WITHIN_MS / 1000} s`);
    }
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw unreachable(11205, request.url, messageOf(cause));
  } finally {
    cancel();
  }
}

/** Reports to a status callback; what that answers controls nothing. Never rejects: gives what went wrong, or null. */
export async function reportTo(
  route: Route,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<string | null> {
  try {
    const { status } = await askWebhook(route, { url, method: 'POST', form });
    return status > 299 ? `The status callback ${new URL(url).pathname} answered with ${status}.` : null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Where a URL is really reached. */
export function reach({ publicUrl, serverUrl }: Route, url: string): URL {
  const target = new URL(url);
  if (publicUrl === null || target.host !== new URL(publicUrl).host) return target;
  const server = new URL(serverUrl);
  const isSocket = target.protocol.startsWith('ws');
  return new URL(
    `${isSocket ? server.protocol.replace('http', 'ws') : server.protocol}//${server.host}${target.pathname}${target.search}`,
  );
}

/** The header that proves a request to be from the network; none without an auth token. */
export function signed(
  { authToken }: Route,
  url: string,
  form: Readonly<Record<string, string>>,
): { [header: string]: string } {
  return authToken === null ? {} : { 'X-Twilio-Signature': getExpectedTwilioSignature(authToken, url, form) };
}

async function send(
  route: Route,
  rawUrl: string,
  method: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const url = new URL(rawUrl);
  // The fragment is for Twilio itself: neither sent nor signed.
  url.hash = '';
  const isGet = method.toUpperCase() === 'GET';
  if (isGet) for (const [name, value] of Object.entries(form)) url.searchParams.append(name, value);
  return fetch(reach(route, url.href), {
    method: isGet ? 'GET' : 'POST',
    headers: { 'User-Agent': 'TwilioProxy/1.1', ...signed(route, url.href, isGet ? {} : form) },
    body: isGet ? null : new URLSearchParams(form),
    redirect: 'manual',
    signal,
  });
}

async function textOf(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES)
      throw unreachable(11200, url, `its answer is larger than ${ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function unreachable(twilioCode: number, url: string, problem: string): OffhookError {
  const { origin, pathname } = new URL(url);
  return new OffhookError(
    'webhook-unreachable',
    `The webhook ${origin}${pathname} is not reached: ${problem}.`,
    {
      detail: { twilioCode },
    },
  );
}
