/** What the network did with a question to place a call, whether it answered or not. */
import type { Clock } from '../clock.ts';
import type { AppFacts } from '../dialogue/program.ts';
import { messageOf } from '../errors.ts';
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
  askedAt: number;
}

/** It rings for a minute at most; then somebody asks the network what became of it. */
const LOOK_MS = 90_000;
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
  ): Promise<{ kind: 'placed'; sessionId: string; callSid: string } | { kind: 'absent' | 'unknown' }> {
    const { store, log, dialler, report } = this.#parts;
    const { initiation, from, sessionId } = attempt;
    try {
      // Its webhook or a report may have come.
      const reported = (await store.session(sessionId))?.callSid ?? null;
      if (reported !== null) return await this.placed(attempt, reported);
      const calls = await dialler(initiation.account)?.find({ to: initiation.to, from });
      if (!calls) return { kind: 'unknown' };
      const mine = await this.#unclaimed(calls, attempt.askedAt);
      if (!mine) return { kind: 'absent' };
      const placed = await this.placed(attempt, mine.sid);
      // Its end was reported to nobody.
      if (FINAL_STATUSES.includes(mine.status)) await report(sessionId, mine.sid, mine.status);
      return placed;
    } catch (thrown) {
      log.warn(
        { initiation: initiation.id, problem: messageOf(thrown) },
        'it could not be found out whether a call was placed',
      );
      return { kind: 'unknown' };
    }
  }

  /** The oldest that was made since and that no session has. */
  async #unclaimed(calls: readonly RecordedCall[], askedAt: number): Promise<RecordedCall | null> {
    const since = calls.filter(({ createdAt }) => createdAt >= askedAt - SKEW_MS);
    const known = await this.#parts.store.initiations.known(since.map(({ sid }) => sid));
    const free = since.filter(({ sid }) => !known.has(sid));
    return free.toSorted((one, other) => one.createdAt - other.createdAt)[0] ?? null;
  }

  /** The network has taken the call, and will ring: an error of ours must not make it a call that nobody knows. */
  async placed(
    { initiation: { id, account }, sessionId }: Attempt,
    callSid: string,
  ): Promise<{ kind: 'placed'; sessionId: string; callSid: string }> {
    const { store, clock, lines, log, dialler, report } = this.#parts;
    const placed = { kind: 'placed', sessionId, callSid } as const;
    try {
      const initiation = await store.initiations.placed(id, callSid, clock.now() + LOOK_MS);
      const isOther = initiation !== null && initiation.callSid !== callSid;
      if (initiation && !isOther && !initiation.revoked) return placed;
      // Erased or cancelled meanwhile; or somebody else thought us dead, and was faster.
      if ((await dialler(account)?.cancel(callSid)) === true && !isOther) {
        await report(sessionId, callSid, 'canceled');
        lines.release(sessionId);
      }
    } catch (thrown) {
      // Whoever takes it up finds it with the network; its webhook and its reports name the session.
      log.error(
        { session: sessionId, callSid, problem: messageOf(thrown) },
        'a placed call was not written down',
      );
    }
    return placed;
  }
}
