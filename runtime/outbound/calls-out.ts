/** Calls that the runtime places: written down first, then asked of the phone network. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AppFacts } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Hold } from '../store/lines.ts';
import type { Initiation, Machine, ScheduledCall, Session, SessionStatus, Store } from '../store/store.ts';

export interface CallRequest {
  key: string;
  /** E.164 with `+`. */
  to: string;
  from?: string | null;
  locale?: string | null;
  attributes?: { readonly [name: string]: Value };
  welcomeMessage?: string | null;
  machine?: Machine | null;
  /** When it is to be placed; a moment that has passed is now. */
  at?: number | null;
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
    /** Told whether a machine has answered: as soon as that is known, or when its message is over. */
    machine?: { at: 'start' | 'end'; callback: string } | null;
  }): Promise<{ sid: string; status: string }>;
  /** Takes a call back that nobody has answered; another stays as it is. */
  cancel(callSid: string): Promise<void>;
}

/** The app's lines, as whoever holds the calls knows them. */
export interface Lines {
  /** Keeps one for a call that is about to be placed, unless its app or its account has as many calls as it may. */
  hold(session: string, key: string): Promise<Hold>;
  /** The call was not placed, or was taken back. */
  release(session: string): void;
}

/** What a key stands for, and who of the app's crews would carry a call. */
export interface Found extends Pick<Session, 'engine' | 'crew'> {
  app: AppFacts;
  dialogue: string;
}

export interface CallsOutParts {
  store: Store;
  clock: Clock;
  log: Log;
  find(key: string): Found | null;
  lines: Lines;
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
   * Places the call. The session and the initiation are in the store before the network hears of it. `id`: the
   * initiation's; where there is one with that id already, nothing is placed.
   * @throws OffhookError `unknown-key` (404), `no-number`, `limit-reached`, `no-account`, `no-public-url`,
   * `duplicate-initiation` (409), `twilio-refused` (502).
   */
  async place(request: CallRequest, id: string = randomUUID()): Promise<PlacedCall> {
    const { dialler, origin } = this.#means();
    const { sessionId, from } = await this.prepare(request, id);
    const { store, clock, lines } = this.#parts;
    const machine = request.machine ?? 'continue';
    let sid: string;
    try {
      ({ sid } = await dialler.create({
        to: request.to,
        from,
        url: webhookUrl(origin, request.key, id),
        statusCallback: `${origin}/twilio/status?session=${sessionId}`,
        machine:
          machine === 'continue'
            ? null
            : {
                // To hang up there is nothing to wait for; a message is spoken behind the beep.
                at: machine === 'hangup' ? 'start' : 'end',
                callback: `${origin}/twilio/machine?session=${sessionId}`,
              },
      }));
    } catch (thrown) {
      lines.release(sessionId);
      const code = thrown instanceof OffhookError ? networkCodeOf(thrown) : 'error';
      await store.patchInitiation(id, { status: 'failed', error: { code, message: messageOf(thrown) } });
      await store.patchSession(sessionId, { status: 'failed', endReason: 'error', endedAt: clock.now() });
      throw thrown;
    }
    return { id, sessionId, callSid: sid, status: await this.#placed(id, sessionId, sid) };
  }

  /** Writes the session and the initiation of a call that somebody else will place. */
  async prepare(
    request: CallRequest,
    id: string = randomUUID(),
  ): Promise<{ id: string; sessionId: string; from: string }> {
    const { store, clock, lines } = this.#parts;
    const { app, dialogue, engine, crew, from } = this.resolve(request);
    const sessionId = randomUUID();
    const hold = await lines.hold(sessionId, request.key);
    if (hold !== 'held') {
      const full =
        hold === 'app-full'
          ? `The app "${app.id}" already has ${app.limits.calls} calls, its limit.`
          : `The account of the app "${app.id}" already has as many calls as it may.`;
      throw new OffhookError('limit-reached', full, { status: 409 });
    }
    const {
      key,
      to,
      locale = null,
      attributes = {},
      welcomeMessage = null,
      machine = null,
      at = null,
    } = request;
    const createdAt = clock.now();
    let added = false;
    try {
      await store.addSession({
        id: sessionId,
        app: app.id,
        dialogue,
        key,
        engine,
        crew,
        cost: null,
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
      added = true;
      await store.addInitiation({
        id,
        session: sessionId,
        key,
        to,
        from,
        locale,
        attributes,
        welcomeMessage,
        callSid: null,
        status: 'queued',
        error: null,
        machine,
        at,
        createdAt,
      });
    } catch (thrown) {
      lines.release(sessionId);
      if (added) await store.eraseSession(sessionId);
      throw thrown;
    }
    return { id, sessionId, from };
  }

  /**
   * What a request would be placed with.
   * @throws OffhookError `unknown-key` (404), `no-number` (409).
   */
  resolve(request: CallRequest): Found & { from: string } {
    const target = this.#parts.find(request.key);
    if (!target)
      throw new OffhookError('unknown-key', `There is no app or dialogue "${request.key}".`, { status: 404 });
    const from = request.from ?? target.app.numbers[0];
    if (from === undefined) {
      throw new OffhookError(
        'no-number',
        `The app "${target.app.id}" has no number to call from: give "from", or add it to its numbers.`,
        { status: 409 },
      );
    }
    return { ...target, from };
  }

  /**
   * Takes back a call that nobody has answered yet; one that was taken back already stays so.
   * @throws OffhookError `too-late` (409), `twilio-refused` (502).
   */
  async cancel(initiation: Initiation): Promise<void> {
    const { store, clock, dialler, lines } = this.#parts;
    const session = await store.session(initiation.session);
    if (session?.status === 'canceled') return;
    const waits = session?.status === 'queued' || session?.status === 'ringing';
    if (!session || !waits || session.startedAt !== null) {
      throw new OffhookError(
        'too-late',
        `The call is ${session?.status ?? initiation.status}: only one that is scheduled or rings can be cancelled.`,
        { status: 409 },
      );
    }
    const callSid = session.callSid ?? initiation.callSid;
    if (callSid !== null) await dialler?.cancel(callSid);
    lines.release(session.id);
    await store.patchSession(session.id, { status: 'canceled', endedAt: clock.now() });
  }

  /**
   * Closes a call of which nobody knows whether the network was asked for it: whoever placed it is gone, and nothing
   * was heard of it since. It is not asked for again, lest the other side be called twice. False where it is known.
   */
  async abandon(initiation: Initiation): Promise<boolean> {
    const { store, clock, lines } = this.#parts;
    const session = await store.session(initiation.session);
    const heardOf = initiation.callSid ?? session?.callSid ?? null;
    if (!session || heardOf !== null || session.status !== 'queued' || initiation.status !== 'queued')
      return false;
    lines.release(session.id);
    const message = 'The process ended while it placed the call; whether the network was asked is not known.';
    await store.patchInitiation(initiation.id, { status: 'failed', error: { code: 'interrupted', message } });
    await store.patchSession(session.id, { status: 'failed', endReason: 'error', endedAt: clock.now() });
    return true;
  }

  /** The network has taken the call, and will ring: an error of ours must not make it a call that nobody knows. */
  async #placed(id: string, sessionId: string, callSid: string): Promise<SessionStatus> {
    const { store, log } = this.#parts;
    try {
      await store.patchInitiation(id, { callSid });
      const session = await store.session(sessionId);
      // Twilio's first report may have been faster than its answer.
      if (session?.callSid === null) await store.patchSession(sessionId, { callSid });
      return session?.status ?? 'queued';
    } catch (thrown) {
      // Its webhook and its reports name the session, and bring the CallSid again.
      log.error(
        { session: sessionId, callSid, problem: messageOf(thrown) },
        'a placed call was not written down',
      );
      return 'queued';
    }
  }

  #means(): { dialler: Dialler; origin: string } {
    const { dialler } = this.#parts;
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
    return { dialler, origin };
  }
}

/** The request that a scheduled call stands for. */
export function requestOf(call: ScheduledCall): CallRequest {
  const { key, to, from, locale, attributes, welcomeMessage, machine, at } = call;
  return { key, to, from, locale, attributes, welcomeMessage, machine, at };
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
