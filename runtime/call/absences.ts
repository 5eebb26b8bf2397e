import type { Clock } from '../clock.ts';
import type { Effect, EndReason } from '../dialogue/protocol.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { JournalEntry, Store } from '../store/store.ts';
import { isFinal, type Target } from './admissions.ts';

interface AbsencesParts {
  store: Pick<Store, 'session' | 'patchSession' | 'lastEntry'>;
  clock: Clock;
  log: Log;
  /** The call runs, or is on its way in. */
  isHere(session: string): boolean;
  /** Until when another process that holds it is known to live; null: none is known to. */
  heldUntil(session: string): Promise<number | null>;
  /** How long its caller may be with somebody else, in ms; null: they are not. */
  awayMs(session: string): Promise<number | null>;
  /** The call is over: its session is closed, by whomever. */
  over(session: string): void;
  /** The session was closed here, without a word of its conversation. */
  closed(session: string): Promise<void>;
}

interface Absence {
  target: Target | null;
  comebacks: number;
  /** Ends the wait; null: the call is here. */
  cancel: (() => void) | null;
}

/** How long a call whose stream broke may take to come back. */
export const LOST_MS = 30_000;
const COMEBACKS = 3;
/** A call of which nobody knows who holds it may be quiet for so long; then it is nobody's any more. */
const QUIET_MS = 180_000;

/** What tells that a call goes on elsewhere. */
interface Signs {
  /** Where its journal stands; 0: it has none. */
  sequence: number;
  heldUntil: number | null;
}

/**
 * Calls whose line is gone while their session is still open: it broke, or the caller is with somebody else.
 * Each comes back to the version that it was running, or is closed when its time is over. It may have come back to
 * another process on the same store, or have been there all along: its journal tells, or that process, and it is left alone. One
 * whose process has died is closed within a minute and a half, where nobody has taken it up.
 */
export class Absences {
  readonly #parts: AbsencesParts;
  readonly #away = new Map<string, Absence>();

  constructor(parts: AbsencesParts) {
    this.#parts = parts;
  }

  /**
   * The call is away from now on, for so long at most; a second word about it counts anew. `then` is what its
   * session ends with where it does not come back. `target` null: as known, else as the catalog has it then.
   */
  left(session: string, target: Target | null, withinMs: number, then: EndReason = 'error'): void {
    this.#wait(session, target, withinMs, then, this.#signs(session));
  }

  /** An open call that is not here: it comes back, or another process holds it, for as long as that one lives. */
  async watch(id: string): Promise<void> {
    const { store, clock, isHere, awayMs } = this.#parts;
    const [session, entry, withinMs, heldUntil] = await Promise.all([
      store.session(id),
      store.lastEntry(id),
      awayMs(id),
      this.#parts.heldUntil(id),
    ]);
    if (!session || isFinal(session.status)) return this.forget(id);
    if (isHere(id) || this.has(id)) return;
    const movedAt = entry?.at ?? session.startedAt ?? session.createdAt;
    const still = movedAt + QUIET_MS + dueIn(entry);
    // A line without a stream asks only when it has said its text: that its process is dead shows later.
    const streams = session.engine !== 'gather';
    const quietUntil = heldUntil === null ? still : Math.max(heldUntil + LOST_MS, streams ? 0 : still);
    const quietMs = Math.max(LOST_MS, quietUntil - clock.now());
    const then = withinMs === null ? 'error' : 'transferred';
    const signs = { sequence: entry?.sequence ?? 0, heldUntil };
    this.#wait(id, null, withinMs ?? quietMs, then, Promise.resolve(signs));
  }

  /** The stream that was to come has not come here; where the call never had one before, it has none anywhere. */
  missed(session: string): void {
    this.#signs(session)
      .then((signs) => (signs?.sequence === 0 ? this.left(session, null, 0) : this.watch(session)))
      .catch((thrown: unknown) => this.#failed(session, thrown));
  }

  /** The call is away, and when that ends is settled. */
  has(session: string): boolean {
    return (this.#away.get(session)?.cancel ?? null) !== null;
  }

  /** What the call was running when it left; null where that is not known. */
  target(session: string): Target | null {
    return this.#away.get(session)?.target ?? null;
  }

  /** The line wants to come back after a break. False where that was too often. */
  mayComeBack(session: string): boolean {
    const absence = this.#away.get(session) ?? { target: null, comebacks: 0, cancel: null };
    absence.comebacks++;
    this.#away.set(session, absence);
    return absence.comebacks <= COMEBACKS;
  }

  /** The call is back, for now. */
  back(session: string): void {
    const absence = this.#away.get(session);
    absence?.cancel?.();
    if (absence) absence.cancel = null;
  }

  /** The call is over. */
  forget(session: string): void {
    this.back(session);
    this.#away.delete(session);
  }

  /** Closes the session of a call that did not come back; one that is over stays as it is. */
  async giveUp(id: string, endReason: EndReason): Promise<void> {
    const { store, clock } = this.#parts;
    this.forget(id);
    this.#parts.over(id);
    const session = await store.session(id);
    if (!session || isFinal(session.status)) return;
    const status = session.startedAt === null ? 'failed' : 'completed';
    await store.patchSession(id, { status, endReason: session.endReason ?? endReason, endedAt: clock.now() });
    await this.#parts.closed(id);
  }

  close(): void {
    for (const { cancel } of this.#away.values()) cancel?.();
  }

  /** `signs` are as they were when the wait began. */
  #wait(
    session: string,
    target: Target | null,
    withinMs: number,
    then: EndReason,
    signs: Promise<Signs | null>,
  ): void {
    const before = this.#away.get(session);
    before?.cancel?.();
    const cancel = this.#parts.clock.after(withinMs, () => {
      this.back(session);
      this.#expire(session, then, signs).catch((thrown: unknown) => this.#failed(session, thrown));
    });
    this.#away.set(session, {
      target: target ?? before?.target ?? null,
      comebacks: before?.comebacks ?? 0,
      cancel,
    });
  }

  async #expire(session: string, endReason: EndReason, signs: Promise<Signs | null>): Promise<void> {
    const [before, now] = await Promise.all([signs, this.#signs(session)]);
    if (this.#parts.isHere(session) || this.has(session)) return;
    // Its clock may be another: what counts is that the other process has said anything since.
    const stands = before !== null && now?.sequence === before.sequence && now.heldUntil === before.heldUntil;
    if (!stands) return this.watch(session);
    await this.giveUp(session, endReason);
  }

  /** Null: that cannot be known now. Never rejects. */
  async #signs(session: string): Promise<Signs | null> {
    const { store, heldUntil } = this.#parts;
    try {
      const [entry, until] = await Promise.all([store.lastEntry(session), heldUntil(session)]);
      return { sequence: entry?.sequence ?? 0, heldUntil: until };
    } catch (thrown) {
      this.#parts.log.warn(
        { session, problem: messageOf(thrown) },
        'the journal of a lost call could not be read',
      );
      return null;
    }
  }

  #failed(session: string, thrown: unknown): void {
    this.#parts.log.error({ session, problem: messageOf(thrown) }, 'a lost call could not be closed');
  }
}

/** How long the dialogue itself may wait behind this entry, in ms: nothing is written meanwhile. */
function dueIn(entry: JournalEntry | null): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  const effects = (entry?.effects ?? []) as unknown as readonly Effect[];
  return effects.reduce((ms, effect) => (effect.kind === 'wake' ? Math.max(ms, effect.afterMs) : ms), 0);
}
