/**
 * Whether a request is Twilio's: https://www.twilio.com/docs/usage/webhooks/webhooks-security. Without an auth
 * token nothing can be checked, and only programs on this machine are served.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
// Not the whole SDK: that alone would take a quarter of a second of every start.
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

export type Form = Readonly<Record<string, string | readonly string[]>>;

type Verdict = { genuine: true } | { genuine: false; reason: string };

export interface Verifier {
  /**
   * A webhook of either method. `body` is what a form POST brought, or the bytes of any other body; null: none.
   * Never throws.
   */
  webhook: (request: IncomingMessage, body: Form | Uint8Array | null) => Verdict;
  /** A WebSocket upgrade. Never throws. */
  upgrade: (request: IncomingMessage) => Verdict;
}

interface VerifierOptions {
  /** Of the account that owns the calls. Null: only this machine is served. */
  authToken: string | null;
  /** The origin that Twilio was told, which is what it signs. Null: the request's own Host, without TLS. */
  publicUrl: string | null;
}

export function verifier({ authToken, publicUrl }: VerifierOptions): Verifier {
  if (authToken === null) return { webhook: fromThisMachine, upgrade: fromThisMachine };

  const signed = (request: IncomingMessage, urls: readonly string[], form: Form): Verdict => {
    const signature = request.headers['x-twilio-signature'];
    if (typeof signature !== 'string' || signature === '') return refuse('it bears no X-Twilio-Signature');
    const parameters = { ...form };
    const matches = urls.some(
      (url) => URL.canParse(url) && validateRequest(authToken, signature, url, parameters),
    );
    return matches ? GENUINE : refuse(`its X-Twilio-Signature is not the one for ${withoutQuery(urls[0]!)}`);
  };

  return {
    webhook(request, body) {
      const url = `${publicUrl ?? `http://${request.headers.host}`}${request.url}`;
      if (!(body instanceof Uint8Array)) return signed(request, [url], body ?? {});
      // Of a body that is not a form only a digest is signed, as a part of the URL.
      const verdict = signed(request, [url], {});
      if (!verdict.genuine || isDigestOf(body, new URL(url).searchParams.get('bodySHA256'))) return verdict;
      return refuse('its body is not the one that bodySHA256 tells of');
    },
    upgrade(request) {
      const origin = (publicUrl ?? `http://${request.headers.host}`).replace(/^http/, 'ws');
      return signed(request, upgradeUrls(origin, request.url ?? ''), {});
    },
  };
}

/**
 * Twilio signs the `wss` URL exactly as it stands in the TwiML. A proxy may have added or taken the slash at the
 * end, and the SDK tries a default port for `https` and `http` only.
 */
function upgradeUrls(origin: string, path: string): string[] {
  const paths = [path];
  if (!path.includes('?')) paths.push(path.endsWith('/') ? path.slice(0, -1) : `${path}/`);
  const origins = [origin];
  if (origin.startsWith('wss:') && !/:\d+$/.test(origin)) origins.push(`${origin}:443`);
  return origins.flatMap((start) => paths.map((end) => start + end));
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'cf-connecting-ip'] as const;

/**
 * A tunnel or a proxy on this machine has a local address too, and so has a browser that a strange page steers:
 * the former tells for whom it speaks, the latter tells an origin or a name that is not this machine's.
 */
function fromThisMachine(request: IncomingMessage): Verdict {
  const { headers, socket } = request;
  if (!/^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(socket.remoteAddress ?? '')) {
    return refuse('it comes from another machine, and no auth token is set to check it with');
  }
  if (FORWARDED.some((name) => headers[name] !== undefined)) {
    return refuse('it was forwarded from elsewhere, and no auth token is set to check it with');
  }
  if (headers.origin !== undefined) return refuse('it comes from a web page');
  if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(headers.host ?? '')) {
    return refuse('its Host is not this machine');
  }
  return GENUINE;
}

function isDigestOf(body: Uint8Array, told: string | null): boolean {
  const digest = Buffer.from(createHash('sha256').update(body).digest('hex'));
  const claim = Buffer.from(told ?? '');
  return claim.length === digest.length && timingSafeEqual(claim, digest);
}

const GENUINE: Verdict = { genuine: true };

function refuse(reason: string): Verdict {
  return { genuine: false, reason };
}

/** For the log: a query may hold what is nobody's business. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0]!;
}
