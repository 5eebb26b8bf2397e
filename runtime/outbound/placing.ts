/**
 * One attempt at a call: its line, its turn, the question to the network, and what is done where the answer is lost.
 * What will be asked is in the store before it is asked, so that somebody else can find out what came of it.
 */
import { OffhookError, messageOf } from '../errors.ts';
import type { Initiation, NewInitiation } from '../store/initiations.ts';
import { FINAL_STATUSES } from '../store/store.ts';
import { Answers, noAccount, type Attempt, type Found, type PlacingParts } from './answers.ts';
import { orderOf, sessionOf } from './attempts.ts';
import { networkCodeOf, verdictOf, type Dialler } from './dialler.ts';

/**
 * What came of an attempt. `later`: it was certainly not placed, and is scheduled again; so it is where this process is
 * `lacking` what it takes, which another one may have. `unknown`: it is looked after until that is known. `gone`:
 * somebody else has it, or has cancelled it.
 */
export type Outcome =
  | { kind: 'placed'; sessionId: string; callSid: string }
  | { kind: 'refused' | 'later' | 'lacking'; error: OffhookError }
  | { kind: 'unknown' | 'gone' };

export interface Patience {
  /** Where the same number is just being called by somebody else, that is waited for this long. */
  ms: number;
  /** Where this process lacks something, the call waits for another one; else it is refused. */
  forAnother: boolean;
}

/** A claim lasts longer than the network is waited for, which is ten seconds; whoever takes longer extends it, or is dead. */
export const CLAIM_MS = 15_000;
/** An answer that was lost may still be on its way into the network's records; one that was late, for longer. */
const SETTLES_MS = 3_000;
const LATE_SETTLES_MS = 12_000;
const LATE_MS = 9_000;
/** Until a call that cannot be asked about is asked about again: longer, the longer that is so already. */
const ASK_LATER_MS = 10_000;
const ASK_MUCH_LATER_MS = 600_000;
/** What cannot be found out by then, never can. */
const NEVER_MS = 24 * 60 * 60 * 1000;
/** A call that this process cannot place is for others from then on. */
const FOR_OTHERS_MS = 2_000;
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
    if (!dialler) throw noAccount(account);
    if (!origin)
      throw new OffhookError(
        'no-public-url',
        'PUBLIC_URL is not set: Twilio could not reach this server when the call is answered.',
        { status: 409 },
      );
    return { dialler, origin };
  }

  /**
   * Waits for the account's turn to place a call. `too-many`: that would take longer than this. `stopping`: nothing is
   * placed here any more.
   */
  async turn(account: string, withinMs: number): Promise<'now' | 'too-many' | 'stopping'> {
    const { store, clock, callsPerS } = this.#parts;
    if (this.#stopped) return 'stopping';
    const everyMs = 1000 / callsPerS(account);
    const at = await store.initiations.pace(account, clock.now(), everyMs, withinMs);
    if (at === null) return 'too-many';
    await this.#pause(at - clock.now());
    return this.#stopped ? 'stopping' : 'now';
  }

  /** Places a call that is in the store and this process's own, whose line is held, and whose turn it is. */
  async place(
    initiation: NewInitiation | Initiation,
    found: Found & { from: string },
    sessionId: string,
    patience: Patience,
  ): Promise<Outcome> {
    const { store, clock, lines } = this.#parts;
    const { id, to } = initiation;
    const session = sessionOf(initiation, found, sessionId, clock.now());
    const giveUpAt = clock.now() + patience.ms;
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
          await store.initiations.postpone(id, clock.now() + SAME_NUMBER_LATER_MS, null);
          return { kind: 'later', error: sameNumber(to) };
        }
      }
    } catch (thrown) {
      lines.release(sessionId);
      throw thrown;
    }
    const attempt = { initiation, from: found.from, sessionId, since: session.createdAt, askedAt };
    return this.#ask(attempt, patience.forAnother);
  }

  /** Finds out what came of a call whose placing was begun by somebody who has not come back. */
  async takeUp(initiation: Initiation): Promise<Outcome> {
    const { store, clock, log, lines } = this.#parts;
    const { id, from, session: sessionId } = initiation;
    const session = sessionId === null ? null : await store.session(sessionId);
    // Erased meanwhile, and the call with it.
    if (!session) return { kind: 'gone' };
    const since = session.createdAt;
    const attempt = {
      initiation,
      from: session.from ?? from ?? '',
      sessionId: session.id,
      since,
      askedAt: initiation.askedAt ?? since,
    };
    const found = await this.#answers.find(attempt);
    switch (found.kind) {
      case 'placed':
        log.info({ initiation: id, callSid: found.callSid }, 'a call that somebody else placed was found');
        // Its end may have been reported while nobody was there: the network is asked at once.
        await store.initiations.extend(id, clock.now());
        return found;
      case 'unknown': {
        const waited = clock.now() - attempt.askedAt;
        if (waited < NEVER_MS) {
          const laterMs = Math.min(ASK_MUCH_LATER_MS, Math.max(ASK_LATER_MS, waited / 4));
          await store.initiations.extend(id, clock.now() + laterMs);
          return { kind: 'unknown' };
        }
        log.error({ initiation: id, ...found.error }, 'it will never be known whether a call was placed');
        if (await store.initiations.close(id, session.id, 'failed', found.error, clock.now())) {
          lines.release(session.id);
        }
        return { kind: 'gone' };
      }
      case 'absent':
        if (await this.#takeBack(attempt, 0)) {
          log.info({ initiation: id }, 'a call was not placed by whoever began to: it is scheduled again');
        }
        return { kind: 'gone' };
    }
  }

  /** Asks the network how a call stands of which nothing was heard for long. */
  async look({ id, account, session, callSid, recalled }: Initiation): Promise<void> {
    const { store, clock, log, lines, dialler, report } = this.#parts;
    await store.initiations.extend(id, clock.now() + LOOK_AGAIN_MS);
    if (session === null || callSid === null) return;
    try {
      const network = dialler(account);
      const isBack = recalled && (await network?.cancel(callSid)) === true;
      const status = isBack ? 'canceled' : await network?.look(callSid);
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

  async #ask(attempt: Attempt, forAnother: boolean): Promise<Outcome> {
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
      const verdict = verdictOf(refusal);
      switch (verdict === 'lacking' && !forAnother ? 'refused' : verdict) {
        case 'refused': {
          const error = { code: networkCodeOf(refusal), message: refusal.message };
          const closed = await store.initiations.close(id, sessionId, 'failed', error, clock.now());
          if (closed || (await this.#isGone(sessionId))) lines.release(sessionId);
          return { kind: 'refused', error: refusal };
        }
        case 'lacking':
          return (await this.#takeBack(attempt, FOR_OTHERS_MS))
            ? { kind: 'lacking', error: refusal }
            : { kind: 'gone' };
        case 'too-many': {
          const waitMs = 1000 * 2 ** (turns - 1);
          await store.initiations.extend(id, clock.now() + waitMs + 2 * CLAIM_MS);
          if (turns < TURNS) await this.#pause(waitMs);
          if (turns < TURNS && (await this.turn(account, CLAIM_MS)) === 'now') break;
          return (await this.#takeBack(attempt, TOO_MANY_MS))
            ? { kind: 'later', error: tooMany(refusal) }
            : { kind: 'gone' };
        }
        case 'unknown': {
          log.warn({ initiation: id, problem: refusal.message }, 'it is not known whether a call was placed');
          const waitMs = clock.now() - attempt.askedAt < LATE_MS ? SETTLES_MS : LATE_SETTLES_MS;
          await store.initiations.extend(id, clock.now() + waitMs + CLAIM_MS);
          await this.#pause(waitMs);
          if (this.#stopped) return { kind: 'unknown' };
          const found = await this.#answers.find(attempt);
          if (found.kind === 'placed') return found;
          if (found.kind === 'absent') {
            // The turn may take as long as a claim lasts.
            await store.initiations.extend(id, clock.now() + 2 * CLAIM_MS);
            if (turns < TURNS && (await this.turn(account, CLAIM_MS)) === 'now') break;
            return (await this.#takeBack(attempt, TOO_MANY_MS))
              ? { kind: 'later', error: refusal }
              : { kind: 'unknown' };
          }
          await store.initiations.extend(id, clock.now() + ASK_LATER_MS);
          return { kind: 'unknown' };
        }
      }
      const now = clock.now();
      if (!(await store.initiations.askAgain(id, sessionId, { now, until: now + CLAIM_MS }))) {
        // Cancelled meanwhile, and not placed; or somebody else thought us dead, and has it.
        await this.#takeBack(attempt, 0);
        return { kind: 'gone' };
      }
      attempt.askedAt = now;
    }
  }

  /** The attempt never was. False: somebody else looks after it or has taken it back, or the call has come after all. */
  async #takeBack({ initiation: { id }, sessionId, askedAt }: Attempt, laterMs: number): Promise<boolean> {
    const { store, clock, lines } = this.#parts;
    const question = { session: sessionId, askedAt };
    const taken = await store.initiations.takeBack(id, question, clock.now() + laterMs);
    // A call that has come keeps the line that was taken for it.
    if (taken || (await this.#isGone(sessionId))) lines.release(sessionId);
    return taken;
  }

  /** Somebody else has taken the attempt back. */
  async #isGone(sessionId: string): Promise<boolean> {
    return (await this.#parts.store.session(sessionId)) === null;
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

/** Until it is tried again to call a number that somebody else is just calling: while it is waited for, and else. */
const SAME_NUMBER_MS = 500;
export const SAME_NUMBER_LATER_MS = 5_000;

export function sameNumber(to: string): OffhookError {
  return new OffhookError('same-number', `${to} is just being called.`, { status: 409 });
}

/** Nothing was done: whoever asked may ask again. The refusal is the network's, and its code inside. */
function tooMany({ message, detail, cause }: OffhookError): OffhookError {
  return new OffhookError('twilio-busy', message, { status: 502, cause, ...(detail && { detail }) });
}
