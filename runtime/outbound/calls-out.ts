/** Calls that somebody asks for: placed at once, or written down to be placed when it is time. */
import { createHash, randomUUID } from 'node:crypto';
import { messageOf, OffhookError } from '../errors.ts';
import { reachable } from '../phone.ts';
import { SIMULATED, type Initiation } from '../store/initiations.ts';
import type { Session, SessionStatus } from '../store/store.ts';
import { noAccount, type Found, type PlacingParts } from './answers.ts';
import { newSessionId } from './attempts.ts';
import { e164 } from './phone-numbers.ts';
import { CLAIM_MS, type Outcome, type Placing } from './placing.ts';
import { accountOf, limitReached, newInitiation, nextAt, type CallRequest } from './requests.ts';
import { beginSimulated } from './simulated.ts';

/** What became of a request. `kept`: the call will be placed, not before `at`. */
export type Answered =
  | { kind: 'placed'; id: string; sessionId: string; callSid: string; status: SessionStatus }
  | { kind: 'kept'; id: string; at: number };

export interface CallsOutParts extends Omit<PlacingParts, 'dialler' | 'callsPerS' | 'report'> {
  placing: Placing;
  find(key: string): Found | null;
  /** Something is to be placed that was not known before. */
  added(): void;
  dialler: PlacingParts['dialler'];
}

/** Whoever asks for a call at once waits for the account's turn for so long, */
const TURN_WITHIN_MS = 10_000;
/** and in all for so long; then it is known that the call will be placed, but not yet whether it is. */
const ANSWER_WITHIN_MS = 25_000;
/** A call that is cancelled while it is being placed is taken back by then, or later by whoever places it. */
const REVOKED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

export class CallsOut {
  readonly #parts: CallsOutParts;
  readonly #under = new Set<Promise<unknown>>();

  constructor(parts: CallsOutParts) {
    this.#parts = parts;
  }

  /** Settles when nothing is being placed here any more. */
  async settled(): Promise<void> {
    while (this.#under.size > 0) await Promise.allSettled(this.#under);
  }

  /**
   * Places the call, or keeps it: for later, where it is to be placed later or the app may not call now; and where nobody
   * knows whether the network has it, which is found out. The same `id` is taken once. What is wrong is refused before
   * anything is written.
   * @throws OffhookError `unknown-key` (404), `bad-number` (400), `no-number`, `limit-reached`, `no-account`,
   * `no-public-url`, `same-number`, `too-many-calls` (409), `draining` (503), `twilio-busy`, `twilio-refused`
   * (502).
   */
  async place(given: CallRequest, id: string = randomUUID()): Promise<Answered> {
    const { clock, store, lines, placing } = this.#parts;
    const { request, found } = this.check(given);
    const now = clock.now();
    const at = nextAt(request, found.app, Math.max(now, request.at ?? now));
    if (at > now) return this.#keep(request, found, id, at);
    const account = accountOf(found.app);
    placing.means(account);

    const sessionId = newSessionId();
    // Taken before anything is written: calls that are placed at once must see each other.
    const held = await lines.hold(sessionId, request.key);
    if (held !== 'held') {
      if (request.wait) return this.#keep(request, found, id, now);
      throw limitReached(held, found.app);
    }
    const initiation = newInitiation(request, found, id, now, now);
    try {
      const turn = await placing.turn(account, TURN_WITHIN_MS);
      if (turn !== 'now') {
        lines.release(sessionId);
        if (request.wait) return await this.#keep(request, found, id, now);
        throw turn === 'stopping' ? draining() : tooFast(account);
      }
      await store.initiations.add({ ...initiation, nextAt: clock.now() + CLAIM_MS });
    } catch (thrown) {
      lines.release(sessionId);
      throw thrown;
    }
    const waits = request.wait ?? false;
    const attempt = placing.place(initiation, found, sessionId, { ms: TURN_WITHIN_MS, forAnother: waits });
    return this.#answer(id, await this.#within(attempt), waits);
  }

  /** What a request would be placed with. @throws OffhookError `unknown-key` (404), `bad-number` (400), `no-number` (409). */
  check(request: CallRequest): { request: CallRequest; found: Found & { from: string } } {
    const found = this.resolve(request);
    const [near = null] = found.app.numbers;
    e164(request.to, near);
    if (request.from) e164(request.from, near);
    return { request, found };
  }

  /** @throws OffhookError `unknown-key` (404), `no-number` (409). */
  resolve({ key, from: given = null }: Pick<CallRequest, 'key' | 'from'>): Found & { from: string } {
    const target = this.#parts.find(key);
    if (!target) {
      throw new OffhookError('unknown-key', `There is no app or dialogue "${key}".`, { status: 404 });
    }
    const from = given ?? target.app.numbers[0];
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
   * The dialogue promised to call its caller back. The same order (`id`, within its session) given again changes
   * nothing. False: the caller has withheld the number, and cannot be called.
   */
  async callBack(session: Session, { id, at }: { id: string; at: number }): Promise<boolean> {
    const { store, clock, find } = this.#parts;
    const { direction, from, to, key } = session;
    const caller = reachable(direction === 'inbound' ? from : to);
    if (caller === null) return false;
    const app = find(key)?.app;
    await store.initiations.add({
      id: idOf(session.id, id),
      batch: null,
      account: app ? accountOf(app) : 'default',
      key,
      to: caller,
      from: reachable(direction === 'inbound' ? to : from),
      locale: session.locale,
      attributes: session.attributes,
      welcomeMessage: null,
      machine: null,
      retry: null,
      at,
      origin: session.id,
      createdAt: clock.now(),
      nextAt: at,
    });
    this.#parts.added();
    return true;
  }

  /**
   * Takes back a call that is scheduled, between two attempts, being placed or ringing; one that was taken back already
   * stays so. It is not tried again in any case.
   * @throws OffhookError `unknown-initiation` (404), `too-late` (409), `twilio-refused` (502).
   */
  async cancel(id: string): Promise<void> {
    const { store } = this.#parts;
    const canceled = await store.initiations.cancel(id);
    if (canceled === 'canceled') return;
    const initiation = canceled === 'revoked' ? await this.#revoked(id) : await store.initiations.find(id);
    if (!initiation) {
      throw new OffhookError('unknown-initiation', `There is no initiation "${id}".`, { status: 404 });
    }
    switch (initiation.status) {
      case 'canceled':
      case 'scheduled':
      case 'placing':
        return;
      case 'queued':
      case 'ringing':
        if (await this.#cancelThere(initiation)) return;
        break;
      default:
        break;
    }
    const now = (await store.initiations.find(id))?.status ?? initiation.status;
    if (now === 'canceled') return;
    // Nobody has told us yet.
    const stands = now === 'queued' || now === 'ringing' ? 'answered or over by now' : now;
    throw new OffhookError(
      'too-late',
      `The call is ${stands}: only one that is scheduled or rings can be cancelled.`,
      { status: 409 },
    );
  }

  /** True: the network has taken it back. @throws OffhookError `no-account` (409). */
  async #cancelThere({ account, session, callSid }: Initiation): Promise<boolean> {
    const { store, clock, lines, dialler } = this.#parts;
    if (session === null || callSid === null) return false;
    if (account !== SIMULATED) {
      const asked = dialler(account);
      if (!asked) throw noAccount(account);
      if (!(await asked.cancel(callSid))) return false;
    }
    lines.release(session);
    const report = {
      callSid,
      status: 'canceled',
      sequence: null,
      endReason: null,
      now: clock.now(),
    } as const;
    await store.reportSession(session, report);
    return true;
  }

  /** A call that is being placed is taken back by whoever does: waits for that, for a while. */
  async #revoked(id: string): Promise<Initiation | null> {
    const { store, clock } = this.#parts;
    const until = clock.now() + REVOKED_WITHIN_MS;
    for (;;) {
      const initiation = await store.initiations.find(id);
      if (initiation?.status !== 'placing' || clock.now() >= until) return initiation;
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  /**
   * Writes down a call that the simulated phone will hold.
   * @throws OffhookError as `check`; `same-number` (409).
   */
  async prepare(given: CallRequest): Promise<{ id: string; from: string }> {
    const { store, clock } = this.#parts;
    const { request, found } = this.check(given);
    return { id: await beginSimulated({ store, clock }, request, found), from: found.from };
  }

  async #keep(
    request: CallRequest,
    found: Found & { from: string },
    id: string,
    at: number,
  ): Promise<Answered> {
    const { store, clock, added } = this.#parts;
    await store.initiations.add(newInitiation(request, found, id, clock.now(), at));
    added();
    return { kind: 'kept', id, at };
  }

  /** What is not known by then goes on being found out. */
  async #within(attempt: Promise<Outcome>): Promise<Outcome> {
    this.#under.add(attempt);
    let isLate = false;
    void attempt
      .catch((thrown: unknown) => {
        // Whoever asked has the failure, unless they were answered before it.
        if (isLate) this.#parts.log.error({ problem: messageOf(thrown) }, 'a call could not be placed');
      })
      .finally(() => this.#under.delete(attempt));
    let cancel: () => void = () => undefined;
    const late = new Promise<Outcome>((resolve) => {
      cancel = this.#parts.clock.after(ANSWER_WITHIN_MS, () => {
        isLate = true;
        resolve({ kind: 'unknown' });
      });
    });
    return Promise.race([attempt, late]).finally(() => cancel());
  }

  /** The first report may have been faster than the answer; where the store fails, the call rings all the same. */
  async #statusOf(sessionId: string): Promise<SessionStatus> {
    const { store, log } = this.#parts;
    try {
      return (await store.session(sessionId))?.status ?? 'queued';
    } catch (thrown) {
      log.warn({ session: sessionId, problem: messageOf(thrown) }, 'how a placed call stands is not known');
      return 'queued';
    }
  }

  async #answer(id: string, outcome: Outcome, waits: boolean): Promise<Answered> {
    const { store, clock, added } = this.#parts;
    switch (outcome.kind) {
      case 'placed': {
        const { sessionId, callSid } = outcome;
        return { kind: 'placed', id, sessionId, callSid, status: await this.#statusOf(sessionId) };
      }
      case 'refused':
        throw outcome.error;
      case 'later':
      case 'lacking':
        if (!waits) {
          // It is the asker's to ask again.
          const error = { code: outcome.error.code, message: outcome.error.message };
          await store.initiations.close(id, null, 'failed', error, clock.now());
          throw outcome.error;
        }
        added();
        return { kind: 'kept', id, at: clock.now() };
      case 'unknown':
      case 'gone':
        added();
        return { kind: 'kept', id, at: clock.now() };
    }
  }
}

function draining(): OffhookError {
  return new OffhookError('draining', 'The server is about to end, and places no more calls.', {
    status: 503,
  });
}

function tooFast(account: string): OffhookError {
  return new OffhookError(
    'too-many-calls',
    `More calls wait for the account "${account}" than it places within ${TURN_WITHIN_MS / 1000} seconds: ask again later, or with "wait".`,
    { status: 409 },
  );
}

/** The same order gives the same id, in the form of a UUID. */
function idOf(session: string, order: string): string {
  const hash = createHash('sha256').update(`${session} ${order}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join('-');
}
