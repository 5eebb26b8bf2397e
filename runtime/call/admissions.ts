import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AppFacts, Program } from '../dialogue/program.ts';
import type { CallFacts } from '../dialogue/state.ts';
import { FINAL_STATUSES, type Session, type SessionStatus, type Store } from '../store/store.ts';

/** What a call runs: it keeps the version that it was admitted with. */
export interface Target {
  app: AppFacts;
  program: Program;
}

/** A call that was told to open its stream. */
export interface Admitted {
  target: Target;
  caller: CallFacts['caller'];
  welcomeMessage: string | null;
}

/** The token in the TwiML is used within seconds; a call whose stream never comes is given up. */
const TOKEN_MS = 60_000;

/** A call that is placed may wait in the network's queue and then ring; after this long it will not any more. */
export const RINGING_MS = 3_600_000;

/**
 * Calls on their way: from the moment that they are placed, or that the webhook comes, until their stream is here.
 * Each bears a token that opens one stream, of its own call only.
 */
export class Admissions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #expired: (session: string) => void;
  readonly #coming = new Map<string, Admitted & { cancel: () => void }>();

  /** `expired` is told of a call whose stream never came. */
  constructor(store: Store, clock: Clock, expired: (session: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#expired = expired;
  }

  has(session: string): boolean {
    return this.#coming.has(session);
  }

  /** From now on the call is on its way, for so long at most. Comes before its token, and waits for nothing. */
  reserve(session: string, admitted: Admitted, withinMs: number = TOKEN_MS): void {
    this.take(session);
    const cancel = this.#clock.after(withinMs, () => {
      this.#coming.delete(session);
      this.#expired(session);
    });
    this.#coming.set(session, { ...admitted, cancel });
  }

  /** Gives the token that the stream of this session will bear. Only its hash is kept. */
  async token(session: string): Promise<string> {
    const token = randomBytes(24).toString('base64url');
    await this.#store.addToken(hashOf(token), session, this.#clock.now() + TOKEN_MS);
    return token;
  }

  /** The session that the token opens: once, in time, and for the call it was made for. */
  async redeem(token: string, callSid: string): Promise<Session | null> {
    const id = await this.#store.takeToken(hashOf(token), this.#clock.now());
    const session = id === null ? null : await this.#store.session(id);
    return session && session.callSid === callSid && !isFinal(session.status) ? session : null;
  }

  /** What the call was admitted with; null where it is not on its way. */
  peek(session: string): Admitted | null {
    return this.#coming.get(session) ?? null;
  }

  /** The stream is here, or will never be needed. */
  take(session: string): void {
    this.#coming.get(session)?.cancel();
    this.#coming.delete(session);
  }

  close(): void {
    for (const session of this.#coming.keys()) this.take(session);
  }
}

export function isFinal(status: SessionStatus): boolean {
  return FINAL_STATUSES.includes(status);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
