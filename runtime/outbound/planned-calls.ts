/** Calls to be placed later: kept in the store, placed when they are due, each once, whoever runs and restarts. */
import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { reachable } from '../phone.ts';
import type { ScheduledCall, Session, Store } from '../store/store.ts';
import { requestOf, type CallRequest, type CallsOut } from './calls-out.ts';

export interface PlannedCallsParts {
  store: Store;
  clock: Clock;
  log: Log;
  callsOut: Pick<CallsOut, 'place' | 'resolve' | 'cancel' | 'abandon'>;
}

/** Other processes may add calls too: the schedule is looked at this often at least. */
const LOOK_EVERY_MS = 15_000;
/** And at most this often. */
const LOOK_AFTER_MS = 250;
/** Calls being placed at a time; the network queues them further. */
const AT_ONCE = 4;
/** Whoever claims a call has placed it by then, or is dead. */
const CLAIM_MS = 60_000;
/** So long after its initiation was written the network has answered whoever places a call, if they live. */
const PLACING_MS = 30_000;
/** A call that finds all lines of its app taken is tried again so much later, and not for ever. */
const AGAIN_MS = 30_000;
const GIVE_UP_MS = 3_600_000;

export class PlannedCalls {
  readonly #parts: PlannedCallsParts;
  readonly #placing = new Set<Promise<void>>();
  #cancelTimer: () => void = () => undefined;
  #looking: Promise<void> | null = null;
  #runs = false;
  /** Something was added while the schedule was being read. */
  #changed = false;

  constructor(parts: PlannedCallsParts) {
    this.#parts = parts;
  }

  /** Looks after the schedule from now on, until `stop`. */
  start(): void {
    this.#runs = true;
    this.#look();
  }

  /** Places nothing more; settles when what was begun is done. */
  async stop(): Promise<void> {
    this.#runs = false;
    this.#cancelTimer();
    await this.#looking;
    await Promise.all(this.#placing);
  }

  /**
   * Keeps a call for later. What can be known to be wrong now is refused now.
   * @throws OffhookError `unknown-key` (404), `no-number` (409).
   */
  async schedule(request: CallRequest & { at: number }): Promise<ScheduledCall> {
    const { callsOut, clock } = this.#parts;
    callsOut.resolve(request);
    const { key, to, at, from = null, locale = null, attributes = {}, welcomeMessage = null } = request;
    const call: ScheduledCall = {
      id: randomUUID(),
      key,
      to,
      from,
      locale,
      attributes,
      welcomeMessage,
      machine: request.machine ?? null,
      at,
      origin: null,
      status: 'scheduled',
      error: null,
      createdAt: clock.now(),
    };
    await this.#add(call);
    return call;
  }

  /**
   * The dialogue promised to call its caller back. The same order (`id`, within its session) given again changes
   * nothing. A caller who withheld the number cannot be called.
   */
  async callBack(session: Session, { id, at }: { id: string; at: number }): Promise<void> {
    const { clock, log } = this.#parts;
    const { direction, from, to } = session;
    const caller = reachable(direction === 'inbound' ? from : to);
    if (caller === null) {
      log.warn({ session: session.id }, 'a call-back was asked for, but the caller has withheld the number');
      return;
    }
    await this.#add({
      id: idOf(session.id, id),
      key: session.key,
      to: caller,
      from: reachable(direction === 'inbound' ? to : from),
      locale: session.locale,
      attributes: session.attributes,
      welcomeMessage: null,
      machine: null,
      at,
      origin: session.id,
      status: 'scheduled',
      error: null,
      createdAt: clock.now(),
    });
  }

  /**
   * Takes back a call that is scheduled or rings; one that was taken back already stays so.
   * @throws OffhookError `unknown-initiation` (404), `too-late` (409), `twilio-refused` (502).
   */
  async cancel(id: string): Promise<void> {
    const { store, clock, callsOut } = this.#parts;
    const planned = await store.schedule.find(id);
    if (planned && (planned.status === 'canceled' || (await store.schedule.cancel(id, clock.now())))) return;
    const initiation = await store.initiation(id);
    if (initiation) return callsOut.cancel(initiation);
    if (!planned) {
      throw new OffhookError('unknown-initiation', `There is no initiation "${id}".`, { status: 404 });
    }
    const state = planned.status === 'failed' ? 'failed' : 'being placed';
    throw new OffhookError(
      'too-late',
      `The call is ${state}: only one that is scheduled or rings can be cancelled.`,
      { status: 409 },
    );
  }

  async #add(call: ScheduledCall): Promise<void> {
    await this.#parts.store.schedule.add(call);
    if (this.#looking) this.#changed = true;
    else if (this.#runs) this.#look();
  }

  #look(): void {
    this.#cancelTimer();
    this.#changed = false;
    this.#looking = this.#lookOnce()
      .catch((thrown: unknown) => {
        this.#parts.log.error({ problem: messageOf(thrown) }, 'the schedule could not be read');
        return LOOK_EVERY_MS;
      })
      .then((waitMs) => {
        this.#looking = null;
        const soon = this.#changed ? LOOK_AFTER_MS : waitMs;
        if (this.#runs) this.#cancelTimer = this.#parts.clock.after(soon, () => this.#look());
      });
  }

  /** Begins to place what is due; gives how long there is nothing to do. */
  async #lookOnce(): Promise<number> {
    const { store, clock } = this.#parts;
    const free = AT_ONCE - this.#placing.size;
    const due = free > 0 ? await store.schedule.claim(clock.now(), clock.now() + CLAIM_MS, free) : [];
    for (const call of due) {
      const placing = this.#place(call).finally(() => this.#placing.delete(placing));
      this.#placing.add(placing);
    }
    const next = await store.schedule.nextAt();
    if (next === null) return LOOK_EVERY_MS;
    return Math.min(LOOK_EVERY_MS, Math.max(LOOK_AFTER_MS, next - clock.now()));
  }

  /** Never rejects. The call becomes an initiation with its own id, which the store takes once. */
  async #place(call: ScheduledCall): Promise<void> {
    const { store, clock, log, callsOut } = this.#parts;
    try {
      const origin = call.origin === null ? null : await store.session(call.origin);
      const attributes = { ...call.attributes, ...origin?.attributes };
      try {
        const { sessionId } = await callsOut.place({ ...requestOf(call), attributes }, call.id);
        log.info({ initiation: call.id, session: sessionId }, 'a scheduled call was placed');
      } catch (thrown) {
        if (!(thrown instanceof OffhookError) || thrown.code === 'store-failed') throw thrown;
        if (thrown.code === 'limit-reached' && clock.now() < call.at + GIVE_UP_MS) {
          return await store.schedule.postpone(call.id, clock.now() + AGAIN_MS);
        }
        const initiation = await store.initiation(call.id);
        if (initiation && thrown.code === 'duplicate-initiation') {
          // Claimed a second time: whoever had it is dead, and may have died before the network was asked.
          if (clock.now() < initiation.createdAt + PLACING_MS) return;
          if (await callsOut.abandon(initiation)) log.error({ initiation: call.id }, ABANDONED);
        } else {
          log.error({ initiation: call.id, code: thrown.code, problem: thrown.message }, NOT_PLACED);
        }
        // Without an initiation of its own the network has not heard of it.
        if (!initiation) {
          return await store.schedule.fail(call.id, { code: thrown.code, message: thrown.message });
        }
      }
      await store.schedule.remove(call.id);
    } catch (thrown) {
      // It stays claimed for a while, and is then tried again by whoever is there.
      log.error({ initiation: call.id, err: thrown }, NOT_PLACED);
    }
  }
}

const NOT_PLACED = 'a scheduled call could not be placed';
const ABANDONED = 'a scheduled call is given up: a process died while it placed it';

/** The same order gives the same id, in the form of a UUID. */
function idOf(session: string, order: string): string {
  const hash = createHash('sha256').update(`${session} ${order}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join('-');
}
