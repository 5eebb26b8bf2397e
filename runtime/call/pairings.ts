/** The codes of one call: opened for it, and watched until somebody has claimed one. */
import type { Clock } from '../clock.ts';
import type { Event, Scope } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { People } from '../store/people.ts';
import { userFacts } from './person.ts';

/** Who pairs phones with people. */
export interface PairingDesk {
  /**
   * Opens a code for the phone (E.164) of the caller of this session.
   * @throws OffhookError `too-many-codes` where too many were opened for it lately.
   */
  open(session: string, phone: string): Promise<{ code: string; expiresAt: number }>;
  /** Whose phone it is, as `user.*` of expressions; null: it is paired with nobody. */
  paired(phone: string): Promise<Scope | null>;
}

/** The desk of a store: `codes` opens them, and people are whoever has claimed one. */
export function pairingDesk(
  codes: Pick<PairingDesk, 'open'>,
  people: Pick<People, 'byPhone' | 'device'>,
  clock: Clock,
): PairingDesk {
  return {
    open: (session, phone) => codes.open(session, phone),
    async paired(phone) {
      const device = await people.device(phone);
      if (device === null || device.pairedAt === null) return null;
      const user = userFacts({ person: await people.byPhone(phone, clock.now()), device });
      return user['paired'] === true ? user : null;
    },
  };
}

/** What comes of a code, without its time. */
type Told = Extract<Event, { kind: 'pairing-opened' | 'pairing-failed' | 'paired' }>;
type News = Told extends infer E ? (E extends Told ? Omit<E, 'at'> : never) : never;

export interface PairingsParts {
  desk: PairingDesk;
  clock: Clock;
  log: Log;
}

/** A caller hears nothing meanwhile. */
const OPEN_MS = 5_000;
/** Any process may have got the claim: the store is asked so often. */
const LOOK_MS = 1_000;

export class Pairings {
  readonly #parts: PairingsParts;
  readonly #session: string;
  readonly #tell: (news: News) => void;
  #cancel: () => void = () => undefined;
  #over = false;

  constructor(parts: PairingsParts, session: string, tell: (news: News) => void) {
    this.#parts = parts;
    this.#session = session;
    this.#tell = tell;
  }

  /** Opens a code and tells it; from then on tells once that the phone is paired, while the code holds. */
  async open(pairing: string, phone: string): Promise<void> {
    const { desk, log, clock } = this.#parts;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      const problem = `No code was opened within ${OPEN_MS} ms.`;
      cancel = clock.after(OPEN_MS, () => reject(new OffhookError('pairing-late', problem)));
    });
    try {
      const { code, expiresAt } = await Promise.race([desk.open(this.#session, phone), late]);
      if (this.#over) return;
      this.#watch(phone, expiresAt);
      this.#tell({ kind: 'pairing-opened', pairing, code, expiresAt });
    } catch (thrown) {
      const code = thrown instanceof OffhookError ? thrown.code : 'pairing-failed';
      log.warn({ code, problem: messageOf(thrown) }, 'no code was opened for a caller');
      if (!this.#over) this.#tell({ kind: 'pairing-failed', pairing, code });
    } finally {
      cancel();
    }
  }

  /** The call is over, or goes on elsewhere. */
  close(): void {
    this.#over = true;
    this.#cancel();
  }

  #watch(phone: string, until: number): void {
    const { clock, desk, log } = this.#parts;
    this.#cancel();
    let failing = false;
    let watching = true;
    const stop = (): void => {
      watching = false;
      cancelTimer();
    };
    const look = async (): Promise<void> => {
      try {
        const user = await desk.paired(phone);
        if (!watching) return;
        failing = false;
        if (user) {
          stop();
          return this.#tell({ kind: 'paired', user });
        }
      } catch (thrown) {
        if (!failing) log.warn({ problem: messageOf(thrown) }, 'it is not known whether a phone was paired');
        failing = true;
      }
      if (watching && clock.now() < until) again();
    };
    let cancelTimer: () => void = () => undefined;
    const again = (): void => {
      cancelTimer = clock.after(LOOK_MS, () => void look());
    };
    this.#cancel = stop;
    again();
  }
}
