/** What the network did with a question to place a call, whether it answered or not. */
import type { Clock } from '../clock.ts';
import type { AppFacts } from '../dialogue/program.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Initiation } from '../store/initiations.ts';
import type { Hold } from '../store/lines.ts';
import { FINAL_STATUSES, type Session, type SessionStatus, type Store } from '../store/store.ts';
import type { Dialler, RecordedCall } from './dialler.ts';

/** The app's and the account's lines, as whoever holds the calls knows them. */
export interface Lines {
  /** Keeps one for a call that is about to be placed; a session that has one keeps it. */
  hold(session: string, key: string): Promise<Hold>;
  /** The call was not placed, or was taken back. */
  release(session: string): void;
}

/** What a key stands for, and who of the app's crews would carry a call. */
export interface Found extends Pick<Session, 'engine' | 'crew'> {
  app: AppFacts;
  dialogue: string;
}

export interface PlacingParts {
  store: Store;
  clock: Clock;
  log: Log;
  lines: Lines;
  /** Null: there is no such account to place calls with. */
  dialler(account: string): Dialler | null;
  /** How many calls a second the account may place. */
  callsPerS(account: string): number;
  /** The origin at which the network reaches this server; null: none. */
  origin(): string | null;
  /** How a call stands by the network's own records, where it did not report it. */
  report(session: string, callSid: string, status: SessionStatus): Promise<void>;
}

/** A call that the network was asked to place. */
export interface Attempt {
  initiation: Pick<Initiation, 'id' | 'account' | 'key' | 'to' | 'machine'>;
  from: string;
  sessionId: string;
  /** When it was asked first. */
  since: number;
  /** When it was asked last. */
  askedAt: number;
}

/** It rings for a minute at most; then somebody asks the network what became of it. */
const LOOK_MS = 90_000;
/** Until it is tried again to take a call back. */
const RECALL_AGAIN_MS = 5_000;
/** The network's clock and ours. */
const SKEW_MS = 30_000;

export class Answers {
  readonly #parts: PlacingParts;

  constructor(parts: PlacingParts) {
    this.#parts = parts;
  }

  /** What the network did with a question whose answer is lost. */
  async find(
    attempt: Attempt,
  ): Promise<
    | { kind: 'placed'; sessionId: string; callSid: string }
    | { kind: 'absent' }
    | { kind: 'unknown'; error: { code: string; message: string } }
  > {
    const { store, log, dialler, report } = this.#parts;
    const { initiation, from, sessionId } = attempt;
    try {
      // Its webhook or a report may have come.
      const reported = (await store.session(sessionId))?.callSid ?? null;
      if (reported !== null) return await this.placed(attempt, reported);
      const calls = await dialler(initiation.account)?.find({ to: initiation.to, from });
      if (!calls) throw noAccount(initiation.account);
      const mine = await this.#unclaimed(calls, attempt.since);
      if (!mine) return { kind: 'absent' };
      const placed = await this.placed(attempt, mine.sid);
      // Its end was reported to nobody.
      if (FINAL_STATUSES.includes(mine.status)) await report(sessionId, mine.sid, mine.status);
      return placed;
    } catch (thrown) {
      const message = messageOf(thrown);
      log.warn(
        { initiation: initiation.id, problem: message },
        'it could not be found out whether a call was placed',
      );
      return {
        kind: 'unknown',
        error: { code: thrown instanceof OffhookError ? thrown.code : 'error', message },
      };
    }
  }

  /** The oldest that was made since and that no session has. */
  async #unclaimed(calls: readonly RecordedCall[], since: number): Promise<RecordedCall | null> {
    const made = calls.filter(({ createdAt }) => createdAt >= since - SKEW_MS);
    const known = await this.#parts.store.initiations.known(made.map(({ sid }) => sid));
    const free = made.filter(({ sid }) => !known.has(sid));
    return free.toSorted((one, other) => one.createdAt - other.createdAt)[0] ?? null;
  }

  /** The network has taken the call, and will ring: an error of ours must not make it a call that nobody knows. */
  async placed(
    { initiation: { id, account }, sessionId }: Attempt,
    callSid: string,
  ): Promise<{ kind: 'placed'; sessionId: string; callSid: string }> {
    const { store, clock, log } = this.#parts;
    const placed = { kind: 'placed', sessionId, callSid } as const;
    const about = { session: sessionId, callSid };
    let initiation: Initiation | null;
    try {
      initiation = await store.initiations.placed(id, sessionId, callSid, clock.now() + LOOK_MS);
    } catch (thrown) {
      // Whoever takes it up finds it with the network; its webhook and its reports name the session.
      log.error({ ...about, problem: messageOf(thrown) }, 'a placed call was not written down');
      return placed;
    }
    const isOther = initiation !== null && initiation.callSid !== callSid;
    if (initiation && !isOther && !initiation.revoked) return placed;
    // Erased or cancelled meanwhile; or somebody else thought us dead, and was faster.
    try {
      await this.#recall(account, sessionId, callSid, isOther);
    } catch (thrown) {
      log.error(
        { ...about, problem: messageOf(thrown) },
        'a call that is not wanted could not be taken back',
      );
      if (!isOther) await this.#lookSoon(id);
    }
    return placed;
  }

  /** Whoever looks at it tries again to take it back. Else that is done when it is looked at anyway. */
  async #lookSoon(id: string): Promise<void> {
    const { store, clock, log } = this.#parts;
    try {
      await store.initiations.extend(id, clock.now() + RECALL_AGAIN_MS);
    } catch (thrown) {
      log.error({ initiation: id, problem: messageOf(thrown) }, 'a call will only be looked at later');
    }
  }

  async #recall(account: string, sessionId: string, callSid: string, isOther: boolean): Promise<void> {
    const { store, lines, dialler, report } = this.#parts;
    if ((await dialler(account)?.cancel(callSid)) !== true) return;
    if (!isOther) await report(sessionId, callSid, 'canceled');
    // Another call may have the session, and the line with it.
    if (!isOther || (await store.session(sessionId)) === null) lines.release(sessionId);
  }
}

export function noAccount(account: string): OffhookError {
  const problem =
    account === 'default'
      ? 'No Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed to call out.'
      : `The credentials of the Twilio account "${account}" are not at hand.`;
  return new OffhookError('no-account', problem, { status: 409 });
}
