/**
 * Whether a request is Twilio's, and of which account: https://www.twilio.com/docs/usage/webhooks/webhooks-security.
 * Every account signs with its own auth token. Without any token nothing can be checked: only programs on this machine are
 * served then, and nobody at all where strangers have been told an address.
 */
import type { IncomingMessage } from 'node:http';
// Not the whole SDK: that alone would take a quarter of a second of every start.
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

export type Form = Readonly<Record<string, string | readonly string[]>>;

/**
 * `sids`: the accounts whose token has signed it; null: nobody knows which account's it is. `reason` is for the log;
 * `hint` for whoever asks, where there is something to be done about it that is no secret.
 */
type Verdict =
  { genuine: true; sids: readonly string[] | null } | { genuine: false; reason: string; hint?: string };

export interface Verifier {
  /**
   * A webhook of either method. `form` is what a POST brought; null: nothing. One that names its account is checked
   * with the token of that account. Never throws.
   */
  webhook: (request: IncomingMessage, form: Form | null) => Verdict;
  /** A WebSocket upgrade, which names no account: with any token. Never throws. */
  upgrade: (request: IncomingMessage) => Verdict;
}

/** Signs the requests of an account; `sid` null: of whichever account has the token. */
export interface SigningKey {
  sid: string | null;
  token: string;
}

interface VerifierOptions {
  /** Of every account that owns calls, asked each time. */
  keys(): readonly SigningKey[];
  /**
   * The origin that Twilio was told, which is what it signs. Null: the request's own Host, without TLS, and without any
   * key this machine is served.
   */
  publicUrl: string | null;
}

export function verifier({ keys, publicUrl }: VerifierOptions): Verifier {
  const signed = (
    request: IncomingMessage,
    { urls, form, account }: { urls: readonly string[]; form: Form; account: string | null },
    all: readonly SigningKey[],
  ): Verdict => {
    const signature = request.headers['x-twilio-signature'];
    if (typeof signature !== 'string' || signature === '') return refuse('it bears no X-Twilio-Signature');
    const owners = all.filter(({ sid }) => account === null || sid === null || sid === account);
    if (owners.length === 0) return refuse('it names an account of which no auth token is set');
    const parameters = { ...form };
    const right = owners.filter(({ token }) =>
      urls.some((url) => URL.canParse(url) && validateRequest(token, signature, url, parameters)),
    );
    if (right.length === 0)
      return refuse(`its X-Twilio-Signature is not the one for ${withoutQuery(urls[0]!)}`);
    const sids = right.flatMap(({ sid }) => sid ?? []);
    return { genuine: true, sids: sids.length === right.length ? sids : null };
  };

  // What stands before a public address, and need not tell for whom it speaks, is on this machine too.
  const unsigned = (request: IncomingMessage): Verdict =>
    publicUrl === null ? fromThisMachine(request) : UNCHECKED;

  return {
    webhook(request, body) {
      const all = keys();
      if (all.length === 0) return unsigned(request);
      const url = `${publicUrl ?? `http://${request.headers.host}`}${request.url}`;
      const form = body ?? {};
      return signed(request, { urls: [url], form, account: accountIn(form, url) }, all);
    },
    upgrade(request) {
      const all = keys();
      if (all.length === 0) return unsigned(request);
      const origin = (publicUrl ?? `http://${request.headers.host}`).replace(/^http/, 'ws');
      return signed(request, { urls: upgradeUrls(origin, request.url ?? ''), form: {}, account: null }, all);
    },
  };
}

/** Whether a socket that opened so may be one of this account: what is said on it is not signed. */
export function mayBeOf(verdict: { sids: readonly string[] | null }, accountSid: string): boolean {
  return verdict.sids === null || verdict.sids.includes(accountSid);
}

/** The account that a request says it is of. */
function accountIn(form: Form, url: string): string | null {
  const told = form['AccountSid'] ?? (URL.canParse(url) ? new URL(url).searchParams.get('AccountSid') : null);
  return (typeof told === 'string' ? told : told?.[0]) ?? null;
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

const GENUINE: Verdict = { genuine: true, sids: null };
const UNCHECKED: Verdict = {
  genuine: false,
  reason: 'PUBLIC_URL is set, and there is no auth token to check it with',
  hint: 'PUBLIC_URL is set, and there is no auth token to check requests with: set TWILIO_AUTH_TOKEN, or leave PUBLIC_URL out.',
};

function refuse(reason: string): Verdict {
  return { genuine: false, reason };
}

/** For the log: a query may hold what is nobody's business. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0]!;
}
