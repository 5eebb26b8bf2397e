import type { Clock } from '../clock.ts';
import type { EndReason } from '../dialogue/protocol.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { isFinal, type Target } from './admissions.ts';

interface AbsencesParts {
  store: Pick<Store, 'session' | 'patchSession'>;
  clock: Clock;
  log: Log;
  /** The call runs, or is on its way in. */
  isHere(session: string): boolean;
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

/**
 * Calls whose line is gone while their session is still open: it broke, or the caller is with somebody else.
 * Each comes back to the version that it was running, or is closed when its time is over.
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
    const before = this.#away.get(session);
    before?.cancel?.();
    const cancel = this.#parts.clock.after(withinMs, () => this.#expire(session, then));
    this.#away.set(session, {
      target: target ?? before?.target ?? null,
      comebacks: before?.comebacks ?? 0,
      cancel,
    });
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
    const session = await store.session(id);
    if (!session || isFinal(session.status)) return;
    const status = session.startedAt === null ? 'failed' : 'completed';
    await store.patchSession(id, { status, endReason: session.endReason ?? endReason, endedAt: clock.now() });
  }

  close(): void {
    for (const { cancel } of this.#away.values()) cancel?.();
  }

  #expire(session: string, endReason: EndReason): void {
    this.back(session);
    if (this.#parts.isHere(session)) return;
    this.giveUp(session, endReason).catch((thrown: unknown) => {
      this.#parts.log.error({ session, problem: messageOf(thrown) }, 'a lost call could not be closed');
    });
  }
}
