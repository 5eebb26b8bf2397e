/**
 * One attempt at a call: its line, its turn, the question to the network, and what is done where the answer is lost.
 * What will be asked is in the store before it is asked, so that somebody else can find out what came of it.
 */
import { randomUUID } from 'node:crypto';
import { OffhookError, messageOf } from '../errors.ts';
import type { Initiation, NewInitiation } from '../store/initiations.ts';
import { FINAL_STATUSES, type Session } from '../store/store.ts';
import { Answers, type Attempt, type Found, type PlacingParts } from './answers.ts';
import { networkCodeOf, verdictOf, type CallOrder, type Dialler } from './dialler.ts';

/**
 * What came of an attempt. `later`: it was certainly not placed, and is scheduled again. `unknown`: it is looked after
 * until that is known. `gone`: somebody else has it, or has cancelled it.
 */
export type Outcome =
  | { kind: 'placed'; sessionId: string; callSid: string }
  | { kind: 'refused' | 'later'; error: OffhookError }
  | { kind: 'unknown' | 'gone' };

/** Whoever places a call has its answer by then, or is dead: the network is waited for ten seconds. */
export const CLAIM_MS = 15_000;
/** An answer that was lost may still be on its way into the network's records; one that was late, for longer. */
const SETTLES_MS = 3_000;
const LATE_SETTLES_MS = 12_000;
const LATE_MS = 9_000;
/** Until a call that cannot be asked about is asked about again. */
const ASK_LATER_MS = 10_000;
/** "Too many requests": so often in a row, with longer pauses each time, then it is somebody else's turn. */
const TURNS = 4;
const TOO_MANY_MS = 15_000;
/** Of a call that goes on nothing may be heard for long. */
const LOOK_AGAIN_MS = 60_000;
export class Placing {
  readonly #parts: PlacingParts;
  readonly #answers: Answers;
  readonly #pauses = new Set<() => void>();
  #stopped = false;

  constructor(parts: PlacingParts) {
    this.#parts = parts;
    this.#answers = new Answers(parts);
  }

  /** Nothing is waited for any more; what was begun is looked after by others. */
  stop(): void {
    this.#stopped = true;
    for (const end of this.#pauses) end();
  }

  /** What the account's calls need. @throws OffhookError `no-account`, `no-public-url` (409). */
  means(account: string): { dialler: Dialler; origin: string } {
    const dialler = this.#parts.dialler(account);
    const origin = this.#parts.origin();
    if (!dialler) {
      const problem =
        account === 'default'
          ? 'No Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed to call out.'
          : `The credentials of the Twilio account "${account}" are not at hand.`;
      throw new OffhookError('no-account', problem, { status: 409 });
    }
    if (!origin)
      throw new OffhookError(
        'no-public-url',
        'PUBLIC_URL is not set: Twilio could not reach this server when the call is answered.',
        { status: 409 },
      );
    return { dialler, origin };
  }

  /** Waits for the account's turn to place a call. False: that would take longer than this. */
  async turn(account: string, withinMs: number): Promise<boolean> {
    const { store, clock, callsPerS } = this.#parts;
    const everyMs = 1000 / callsPerS(account);
    const at = await store.initiations.pace(account, clock.now(), everyMs, withinMs);
    if (at === null) return false;
    await this.#pause(at - clock.now());
    return !this.#stopped;
  }

  /**
   * Places a call that is in the store and this process's own, whose line is held, and whose turn it is. Where the same
   * number is just being called by somebody else, that is waited for this long.
   */
  async place(
    initiation: NewInitiation | Initiation,
    found: Found & { from: string },
    sessionId: string,
    patienceMs: number,
  ): Promise<Outcome> {
    const { store, clock, lines } = this.#parts;
    const { id, to } = initiation;
    const session = sessionOf(initiation, found, sessionId, clock.now());
    const giveUpAt = clock.now() + patienceMs;
    let askedAt = 0;
    try {
      for (;;) {
        askedAt = clock.now();
        const begun = await store.initiations.begin(id, session, { now: askedAt, until: askedAt + CLAIM_MS });
        if (begun === 'begun') break;
        const over = begun === 'gone' || askedAt >= giveUpAt || this.#stopped;
        if (!over) await this.#pause(SAME_NUMBER_MS);
        else {
          lines.release(sessionId);
          if (begun === 'gone') return { kind: 'gone' };
          await store.initiations.postpone(id, clock.now() + SAME_NUMBER_MS);
          return { kind: 'later', error: sameNumber(to) };
        }
      }
    } catch (thrown) {
      lines.release(sessionId);
      throw thrown;
    }
    return this.#ask({ initiation, from: found.from, sessionId, askedAt });
  }

  /** Finds out what came of a call whose placing was begun by somebody who has not come back. */
  async takeUp(initiation: Initiation): Promise<Outcome> {
    const { store, clock, log, lines } = this.#parts;
    const { id, from, session: sessionId, askedAt } = initiation;
    const session = sessionId === null ? null : await store.session(sessionId);
    // Erased meanwhile, and the call with it.
    if (!session) return { kind: 'gone' };
    const attempt = {
      initiation,
      from: session.from ?? from ?? '',
      sessionId: session.id,
      askedAt: askedAt ?? 0,
    };
    const found = await this.#answers.find(attempt);
    switch (found.kind) {
      case 'placed':
        log.info({ initiation: id, callSid: found.callSid }, 'a call that somebody else placed was found');
        // Its end may have been reported while nobody was there: the network is asked at once.
        await store.initiations.extend(id, clock.now());
        return found;
      case 'unknown':
        await store.initiations.extend(id, clock.now() + ASK_LATER_MS);
        return { kind: 'unknown' };
      case 'absent':
        lines.release(session.id);
        await store.initiations.takeBack(id, session.id, clock.now());
        log.info({ initiation: id }, 'a call was not placed by whoever began to: it is scheduled again');
        return { kind: 'gone' };
    }
  }

  /** Asks the network how a call stands of which nothing was heard for long. */
  async look({ id, account, session, callSid }: Initiation): Promise<void> {
    const { store, clock, log, lines, dialler, report } = this.#parts;
    await store.initiations.extend(id, clock.now() + LOOK_AGAIN_MS);
    if (session === null || callSid === null) return;
    try {
      const status = await dialler(account)?.look(callSid);
      if (status === undefined || (status !== null && !FINAL_STATUSES.includes(status))) return;
      // The network forgets what it is told to forget; a call that goes on tells so itself.
      if (status === null && (await store.session(session))?.startedAt !== null) return;
      await report(session, callSid, status ?? 'failed');
      lines.release(session);
    } catch (thrown) {
      log.warn({ initiation: id, problem: messageOf(thrown) }, 'it could not be asked how a call stands');
      await store.initiations.extend(id, clock.now() + ASK_LATER_MS);
    }
  }

  async #ask(attempt: Attempt): Promise<Outcome> {
    const { store, clock, lines, log } = this.#parts;
    const { initiation, sessionId } = attempt;
    const { id, account } = initiation;
    for (let turns = 1; ; turns++) {
      let refusal: OffhookError;
      try {
        const { dialler, origin } = this.means(account);
        const { sid } = await dialler.create(orderOf(attempt, origin));
        return await this.#answers.placed(attempt, sid);
      } catch (thrown) {
        refusal = thrown instanceof OffhookError ? thrown : new OffhookError('error', messageOf(thrown));
      }
      const verdict =
        refusal.code === 'no-account' || refusal.code === 'no-public-url' ? 'refused' : verdictOf(refusal);
      switch (verdict) {
        case 'refused': {
          lines.release(sessionId);
          const error = { code: networkCodeOf(refusal), message: refusal.message };
          await store.initiations.close(id, 'failed', error, clock.now());
          return { kind: 'refused', error: refusal };
        }
        case 'too-many': {
          const waitMs = 1000 * 2 ** (turns - 1);
          await store.initiations.extend(id, clock.now() + waitMs + 2 * CLAIM_MS);
          if (turns < TURNS) await this.#pause(waitMs);
          if (turns < TURNS && (await this.turn(account, CLAIM_MS))) break;
          lines.release(sessionId);
          await store.initiations.takeBack(id, sessionId, clock.now() + TOO_MANY_MS);
          return { kind: 'later', error: refusal };
        }
        case 'unknown': {
          log.warn({ initiation: id, problem: refusal.message }, 'it is not known whether a call was placed');
          const waitMs = clock.now() - attempt.askedAt < LATE_MS ? SETTLES_MS : LATE_SETTLES_MS;
          await store.initiations.extend(id, clock.now() + waitMs + CLAIM_MS);
          await this.#pause(waitMs);
          if (this.#stopped) return { kind: 'unknown' };
          const found = await this.#answers.find(attempt);
          if (found.kind === 'placed') return found;
          if (found.kind === 'absent' && turns < TURNS && (await this.turn(account, CLAIM_MS))) break;
          if (found.kind === 'absent') {
            lines.release(sessionId);
            await store.initiations.takeBack(id, sessionId, clock.now() + TOO_MANY_MS);
            return { kind: 'later', error: refusal };
          }
          await store.initiations.extend(id, clock.now() + ASK_LATER_MS);
          return { kind: 'unknown' };
        }
      }
      attempt.askedAt = clock.now();
      const asked = { now: attempt.askedAt, until: attempt.askedAt + CLAIM_MS };
      if (!(await store.initiations.askAgain(id, asked))) {
        lines.release(sessionId);
        // Cancelled meanwhile, and not placed.
        await store.initiations.takeBack(id, sessionId, clock.now());
        return { kind: 'gone' };
      }
    }
  }

  #pause(ms: number): Promise<void> {
    if (ms <= 0 || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = this.#parts.clock.after(ms, end);
      this.#pauses.add(end);
    });
  }
}

/** Until it is tried again to call a number that somebody else is just calling. */
const SAME_NUMBER_MS = 500;

/** A session that is to be. */
export const newSessionId = (): string => randomUUID();

/** The session of an attempt, as it is before the network was asked. */
export function sessionOf(
  { id, key, to, locale, attributes }: NewInitiation,
  { app, dialogue, engine, crew, from }: Found & { from: string },
  sessionId: string,
  createdAt: number,
): Session {
  return {
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
  };
}

function sameNumber(to: string): OffhookError {
  return new OffhookError('same-number', `${to} is just being called.`, { status: 409 });
}

function orderOf({ initiation, from, sessionId }: Attempt, origin: string): CallOrder {
  const { id, key, to } = initiation;
  const machine = initiation.machine ?? 'continue';
  return {
    to,
    from,
    url: webhookUrl(origin, key, id),
    statusCallback: `${origin}/twilio/status?session=${sessionId}`,
    machine:
      machine === 'continue'
        ? null
        : {
            // To hang up there is nothing to wait for; a message is spoken behind the beep.
            at: machine === 'hangup' ? 'start' : 'end',
            callback: `${origin}/twilio/machine?session=${sessionId}`,
          },
  };
}

/** Where the network asks for TwiML when the call is answered. */
export function webhookUrl(origin: string, key: string, initiation: string): string {
  return `${origin}/initiations/call/${encodeURIComponent(key.replace(/^:/, ''))}?initiation=${initiation}`;
}
