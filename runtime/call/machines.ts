import type { Machine } from '../store/initiations.ts';
import type { Session, Store } from '../store/store.ts';
import { isFinal } from './admissions.ts';

/** What is done now that it is known who answered; `go-on`: no machine did, as far as anybody can tell. */
export type MachineOrder = 'hang-up' | 'message' | 'go-on';

/**
 * Machines that answer calls out. The network tells of them late, twice, or before the call's own stream is here;
 * each call is told once.
 */
export class Machines {
  readonly #store: Pick<Store, 'session' | 'initiations'>;
  /** By session; null: the call has been told. */
  readonly #orders = new Map<string, MachineOrder | null>();

  constructor(store: Pick<Store, 'session' | 'initiations'>) {
    this.#store = store;
  }

  /** The network has listened to who answered. Gives whether there is something to do now (`take`). */
  async answeredBy(sessionId: string, callSid: string, who: string): Promise<boolean> {
    const session = await this.#store.session(sessionId);
    if (!session || isFinal(session.status)) return false;
    if (session.callSid !== null && session.callSid !== callSid) return false;
    const order = orderFor(who, await this.#wanted(session));
    if (order === null || this.#orders.has(sessionId)) return false;
    // It is saying goodbye already, and ends by itself.
    if (order === 'hang-up' && session.endReason !== null) return false;
    this.#orders.set(sessionId, order);
    return true;
  }

  /** A machine is to be left a message, and the network has not told yet who answered. */
  async awaits(session: Session): Promise<boolean> {
    return (await this.#wanted(session)) === 'message' && !this.#orders.has(session.id);
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

  async #wanted({ initiation }: Session): Promise<Machine | null> {
    return initiation === null ? null : ((await this.#store.initiations.find(initiation))?.machine ?? null);
  }
}

/** `who` is Twilio's word: `human`, `machine_start`, `machine_end_beep`, `fax`, `unknown`, … */
function orderFor(who: string, machine: Machine | null): MachineOrder | null {
  if (machine === null || machine === 'continue') return null;
  // Nobody will ever hear what is said to a fax.
  if (who === 'fax') return 'hang-up';
  if (!who.startsWith('machine')) return 'go-on';
  return machine === 'hangup' ? 'hang-up' : 'message';
}
