import type { Initiation, Session, Store } from '../store/store.ts';
import { isFinal } from './admissions.ts';

/** What is done about a machine that answered. */
export type MachineOrder = 'hang-up' | 'message';

/**
 * Machines that answer calls out. The network tells of them late, twice, or before the call's own stream is here;
 * each call is told once.
 */
export class Machines {
  readonly #store: Pick<Store, 'session' | 'initiation'>;
  /** By session; null: the call has been told. */
  readonly #orders = new Map<string, MachineOrder | null>();

  constructor(store: Pick<Store, 'session' | 'initiation'>) {
    this.#store = store;
  }

  /** The network has listened to who answered. Gives the session that has something to do now, if any. */
  async answeredBy(sessionId: string, callSid: string, who: string): Promise<Session | null> {
    const session = await this.#store.session(sessionId);
    if (!session || isFinal(session.status) || session.endReason !== null) return null;
    if (session.callSid !== null && session.callSid !== callSid) return null;
    const initiation = session.initiation === null ? null : await this.#store.initiation(session.initiation);
    const order = orderFor(who, initiation?.machine ?? null);
    if (order === null || this.#orders.has(sessionId)) return null;
    this.#orders.set(sessionId, order);
    return session;
  }

  /** What is still to be done about the machine of this session; from now on it is done. */
  take(session: string): MachineOrder | null {
    const order = this.#orders.get(session) ?? null;
    if (order !== null) this.#orders.set(session, null);
    return order;
  }

  /** The call is over. */
  forget(session: string): void {
    this.#orders.delete(session);
  }
}

/** `who` is Twilio's word: `human`, `machine_start`, `machine_end_beep`, `fax`, `unknown`, … */
function orderFor(who: string, machine: Initiation['machine']): MachineOrder | null {
  if (machine === null || machine === 'continue') return null;
  // Nobody will ever hear what is said to a fax.
  if (who === 'fax') return 'hang-up';
  if (!who.startsWith('machine')) return null;
  return machine === 'hangup' ? 'hang-up' : 'message';
}
