/** Calls that the runtime places: written down first, then asked of the phone network. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AppFacts } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { SessionStatus, Store } from '../store/store.ts';

export interface CallRequest {
  key: string;
  /** E.164 with `+`. */
  to: string;
  from?: string | null;
  locale?: string | null;
  attributes?: { readonly [name: string]: Value };
  welcomeMessage?: string | null;
}

export interface PlacedCall {
  id: string;
  sessionId: string;
  callSid: string;
  status: SessionStatus;
}

/** A network that can place calls. Refusals are OffhookErrors with status 502 and the network's own code. */
export interface Dialler {
  create(call: {
    to: string;
    from: string;
    /** Asked for TwiML when the call is answered. */
    url: string;
    statusCallback: string;
  }): Promise<{ sid: string; status: string }>;
}

export interface CallsOutParts {
  store: Store;
  clock: Clock;
  find(key: string): { app: AppFacts; dialogue: string; engine: string } | null;
  /** Calls of an app that are running. */
  count(app: string): number;
  /** Null: there is no account to place calls with. */
  dialler: Dialler | null;
  /** The origin at which the network reaches this server; null: none. */
  origin(): string | null;
}

export class CallsOut {
  readonly #parts: CallsOutParts;

  constructor(parts: CallsOutParts) {
    this.#parts = parts;
  }

  /**
   * Places the call. The session and the initiation are in the store before the network hears of it.
   * @throws OffhookError `unknown-key` (404), `no-number`, `limit-reached`, `no-account`, `no-public-url` (409),
   * `twilio-refused` (502).
   */
  async place(request: CallRequest): Promise<PlacedCall> {
    const { store, clock, dialler } = this.#parts;
    const origin = this.#parts.origin();
    if (!dialler)
      throw new OffhookError(
        'no-account',
        'No Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed to call out.',
        { status: 409 },
      );
    if (!origin)
      throw new OffhookError(
        'no-public-url',
        'PUBLIC_URL is not set: Twilio could not reach this server when the call is answered.',
        { status: 409 },
      );
    const { id, sessionId, from } = await this.prepare(request);
    try {
      const { sid } = await dialler.create({
        to: request.to,
        from,
        url: webhookUrl(origin, request.key, id),
        statusCallback: `${origin}/twilio/status?session=${sessionId}`,
      });
      await store.patchInitiation(id, { callSid: sid });
      const session = await store.session(sessionId);
      // Twilio's first report may have been faster than its answer.
      if (session?.callSid === null) await store.patchSession(sessionId, { callSid: sid });
      return { id, sessionId, callSid: sid, status: session?.status ?? 'queued' };
    } catch (thrown) {
      const code = thrown instanceof OffhookError ? networkCodeOf(thrown) : 'error';
      await store.patchInitiation(id, { status: 'failed', error: { code, message: messageOf(thrown) } });
      await store.patchSession(sessionId, { status: 'failed', endReason: 'error', endedAt: clock.now() });
      throw thrown;
    }
  }

  /** Writes the session and the initiation of a call that somebody else will place. */
  async prepare(request: CallRequest): Promise<{ id: string; sessionId: string; from: string }> {
    const { store, clock } = this.#parts;
    const target = this.#parts.find(request.key);
    if (!target)
      throw new OffhookError('unknown-key', `There is no app or dialogue "${request.key}".`, { status: 404 });
    const { app } = target;
    const from = request.from ?? app.numbers[0];
    if (from === undefined) {
      throw new OffhookError(
        'no-number',
        `The app "${app.id}" has no number to call from: give "from", or add it to its numbers.`,
        { status: 409 },
      );
    }
    if (app.limits.calls !== null && this.#parts.count(app.id) >= app.limits.calls) {
      throw new OffhookError(
        'limit-reached',
        `The app "${app.id}" already has ${app.limits.calls} calls, its limit.`,
        { status: 409 },
      );
    }
    const id = randomUUID();
    const sessionId = randomUUID();
    const { to, locale = null, attributes = {}, welcomeMessage = null } = request;
    const createdAt = clock.now();
    await store.addSession({
      id: sessionId,
      app: app.id,
      dialogue: target.dialogue,
      key: request.key,
      engine: target.engine,
      direction: 'outbound',
      isInitiated: true,
      from,
      to,
      callSid: null,
      accountSid: null,
      user: null,
      locale: locale ?? app.locale,
      attributes,
      status: 'queued',
      endReason: null,
      createdAt,
      startedAt: null,
      endedAt: null,
      initiation: id,
    });
    await store.addInitiation({
      id,
      session: sessionId,
      key: request.key,
      to,
      from,
      locale,
      attributes,
      welcomeMessage,
      callSid: null,
      status: 'queued',
      error: null,
      createdAt,
    });
    return { id, sessionId, from };
  }
}

/** The network's own number for a refusal, where it gave one. */
function networkCodeOf(error: OffhookError): string {
  const code = error.detail?.['twilioCode'];
  return typeof code === 'number' ? `${code}` : error.code;
}

/** Where the network asks for TwiML when the call is answered. */
export function webhookUrl(origin: string, key: string, initiation: string): string {
  return `${origin}/initiations/call/${encodeURIComponent(key.replace(/^:/, ''))}?initiation=${initiation}`;
}
