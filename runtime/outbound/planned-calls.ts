/** Looks after the calls that are written down: places each when it is time, and finds out what became of it. */
import type { Clock } from '../clock.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { SIMULATED, type Initiation, type LeftAside } from '../store/initiations.ts';
import type { Store } from '../store/store.ts';
import type { Lines, PlacingParts } from './answers.ts';
import { Aside } from './aside.ts';
import type { CallsOut } from './calls-out.ts';
import { newSessionId } from './attempts.ts';
import { CLAIM_MS, SAME_NUMBER_LATER_MS, type Placing } from './placing.ts';
import { limitReached, nextAt } from './requests.ts';
import { lookAtSimulated } from './simulated.ts';

export interface PlannedCallsParts {
  store: Store;
  clock: Clock;
  log: Log;
  lines: Lines;
  placing: Placing;
  callsOut: Pick<CallsOut, 'resolve' | 'settled'>;
  callsPerS(account: string): number;
  report: PlacingParts['report'];
}

/** Other processes may add calls too: what is written down is looked at this often at least. */
const LOOK_EVERY_MS = 15_000;
/** And at most this often. */
const LOOK_AFTER_MS = 250;
/** Calls of one account that are being placed at a time: enough for its pace, however slow the network answers. */
const LEAST_AT_ONCE = 4;
const MOST_AT_ONCE = 32;
/** A call that finds no line or no turn is tried again so much later; meanwhile no other one like it is. */
const AGAIN_MS = 2_000;
/** A call of its own for which there is no line, or nobody to place it, so long after the first try is no use any more. */
const GIVE_UP_MS = 3_600_000;
/** One of a batch waits for a line as long as it takes, and for somebody who can place it for so long. */
const GIVE_UP_BATCH_MS = 24 * 3_600_000;
/** What this process lacks, it looks for so much later; meanwhile the calls are for others. */
const LACKS_MS = 30_000;
/** The log is told of the same lack so often. */
const TELL_EVERY_MS = 3_600_000;
const TURN_WITHIN_MS = 5_000;

export class PlannedCalls {
  readonly #parts: PlannedCallsParts;
  /** By account. */
  readonly #placing = new Map<string, Set<Promise<void>>>();
  /** They have nothing free. */
  readonly #fullAccounts = new Aside();
  readonly #fullKeys = new Aside();
  /** This process cannot call for them. */
  readonly #lackingAccounts = new Aside();
  readonly #lackingKeys = new Aside();
  /** Lacks that the log knows of. */
  readonly #told = new Aside();
  #cancelTimer: () => void = () => undefined;
  #looking: Promise<void> | null = null;
  /** When the next look is. */
  #lookAt = 0;
  #runs = false;
  /** Something came while the store was being asked. */
  #changed = false;

  constructor(parts: PlannedCallsParts) {
    this.#parts = parts;
  }

  /** Looks after the calls from now on, until `stop`; first after all that the network was given before. */
  async start(): Promise<void> {
    const { store, clock, log } = this.#parts;
    this.#runs = true;
    await store.initiations.recheck(clock.now()).catch((thrown: unknown) => {
      log.error({ problem: messageOf(thrown) }, 'the calls that are placed could not be looked at');
    });
    this.#look();
  }

  /** Something was added, or a call is over: it is looked at soon. */
  nudge(): void {
    if (this.#looking) this.#changed = true;
    else if (this.#runs && this.#lookAt > this.#parts.clock.now() + LOOK_AFTER_MS)
      this.#lookIn(LOOK_AFTER_MS);
  }

  /** Whoever waits for a line may try again at once. */
  lineFreed(): void {
    const now = this.#parts.clock.now();
    if (this.#fullKeys.names(now).length === 0 && this.#fullAccounts.names(now).length === 0) return;
    this.#fullKeys.clear();
    this.#fullAccounts.clear();
    this.nudge();
  }

  /** Places nothing more; settles when what was begun is done, or left to whoever comes next. */
  async stop(): Promise<void> {
    this.#runs = false;
    this.#cancelTimer();
    this.#parts.placing.stop();
    await this.#looking;
    await Promise.all([...this.#placing.values()].flatMap((calls) => [...calls]));
    await this.#parts.callsOut.settled();
  }

  #look(): void {
    this.#cancelTimer();
    this.#changed = false;
    this.#looking = this.#lookOnce()
      .catch((thrown: unknown) => {
        this.#parts.log.error({ problem: messageOf(thrown) }, 'what is to be placed could not be read');
        return LOOK_EVERY_MS;
      })
      .then((waitMs) => {
        this.#looking = null;
        if (this.#runs) this.#lookIn(this.#changed ? LOOK_AFTER_MS : waitMs);
      });
  }

  #lookIn(ms: number): void {
    const { clock } = this.#parts;
    this.#cancelTimer();
    this.#lookAt = clock.now() + ms;
    this.#cancelTimer = clock.after(ms, () => this.#look());
  }

  /** Begins to place what is due; gives how long there is nothing to do. */
  async #lookOnce(): Promise<number> {
    const { store, clock, log } = this.#parts;
    for (const { id, status, attempt } of await store.initiations.settle()) {
      log.info({ initiation: id, status, attempt }, status === 'scheduled' ? TRIED_AGAIN : OVER);
    }
    const now = clock.now();
    const most = Math.max(LEAST_AT_ONCE, ...[...this.#placing.keys()].map((account) => this.#room(account)));
    const due = this.#runs
      ? await store.initiations.claim({ now, until: now + CLAIM_MS, most, ...this.#leftAside(now) })
      : [];
    for (const call of due) {
      if (this.#room(call.account) <= 0) {
        await this.#giveBack(call);
        continue;
      }
      const calls = this.#placing.get(call.account) ?? new Set();
      this.#placing.set(call.account, calls);
      const placing = this.#take(call).finally(() => {
        calls.delete(placing);
        // When something is due is another now, and there is room for more.
        this.nudge();
      });
      calls.add(placing);
    }
    const next = (await store.initiations.nextAt(this.#leftAside(clock.now()))) ?? Infinity;
    const asides = [this.#fullAccounts, this.#fullKeys, this.#lackingAccounts, this.#lackingKeys];
    const at = Math.min(next, ...asides.map((aside) => aside.endsAt()));
    return Math.min(LOOK_EVERY_MS, Math.max(LOOK_AFTER_MS, at - clock.now()));
  }

  /** How many more calls of the account may be placed now. */
  #room(account: string): number {
    const atOnce = Math.min(MOST_AT_ONCE, Math.max(LEAST_AT_ONCE, 2 * this.#parts.callsPerS(account)));
    return atOnce - (this.#placing.get(account)?.size ?? 0);
  }

  /** Accounts that are placing as many as they may are looked at when one of those is done. */
  #leftAside(now: number): Required<LeftAside> {
    const busy = [...this.#placing.keys()].filter((account) => this.#room(account) <= 0);
    return {
      notAccounts: [...this.#fullAccounts.names(now), ...this.#lackingAccounts.names(now), ...busy],
      notKeys: [...this.#fullKeys.names(now), ...this.#lackingKeys.names(now)],
    };
  }

  async #giveBack({ id, status, refusedAt }: Initiation): Promise<void> {
    const { store, clock } = this.#parts;
    if (status === 'scheduled') await store.initiations.postpone(id, clock.now(), refusedAt);
    else await store.initiations.extend(id, clock.now());
  }

  /** Never rejects. */
  async #take(call: Initiation): Promise<void> {
    const { log, placing } = this.#parts;
    try {
      if (call.account === SIMULATED) return await lookAtSimulated(this.#parts, call);
      switch (call.status) {
        case 'scheduled':
          return await this.#place(call);
        case 'placing':
          return void (await placing.takeUp(call));
        default:
          return await placing.look(call);
      }
    } catch (thrown) {
      // It stays claimed for a while, and is then taken up again by whoever is there.
      log.error({ initiation: call.id, err: thrown }, NOT_PLACED);
    }
  }

  async #place(call: Initiation): Promise<void> {
    const { store, clock, log, lines, placing, callsOut } = this.#parts;
    const { id, account, key, origin } = call;
    const waits = async (full: Aside, name: string, refusedAt: number | null): Promise<void> => {
      full.put(name, clock.now() + AGAIN_MS);
      await store.initiations.postpone(id, clock.now() + AGAIN_MS, refusedAt);
    };
    let found: ReturnType<CallsOut['resolve']>;
    try {
      found = callsOut.resolve(call);
      placing.means(account);
    } catch (thrown) {
      if (thrown instanceof OffhookError) return this.#lacks(call, thrown);
      throw thrown;
    }
    // Who asked to be called back has said when.
    const opening = origin === null ? nextAt(call, found.app, clock.now()) : clock.now();
    if (opening > clock.now()) return store.initiations.postpone(id, opening, null);
    // Before it takes a line, and a place in the queue of the account, from others.
    if (await store.initiations.isBeingPlaced(call.to)) {
      return store.initiations.postpone(id, clock.now() + SAME_NUMBER_LATER_MS, null);
    }

    const sessionId = newSessionId();
    const held = await lines.hold(sessionId, key);
    if (held !== 'held') {
      const refusedAt = call.refusedAt ?? clock.now();
      const isLate = call.batch === null && clock.now() >= refusedAt + GIVE_UP_MS;
      if (isLate && call.attempt === 0) return this.#fails(call, limitReached(held, found.app));
      const [full, name] = held === 'app-full' ? [this.#fullKeys, key] : [this.#fullAccounts, account];
      return waits(full, name, refusedAt);
    }
    const turn = await placing.turn(account, TURN_WITHIN_MS);
    if (turn !== 'now') {
      lines.release(sessionId);
      if (turn === 'stopping') return this.#giveBack(call);
      return waits(this.#fullAccounts, account, null);
    }
    // What the session of a call-back holds by now.
    const now = origin === null ? null : await store.session(origin);
    const attributes = { ...call.attributes, ...now?.attributes };
    const patience = { ms: 0, forAnother: true };
    const outcome = await placing.place({ ...call, attributes }, found, sessionId, patience);
    switch (outcome.kind) {
      case 'placed':
        return log.info({ initiation: id, session: outcome.sessionId }, 'a scheduled call was placed');
      case 'refused':
        return log.error({ initiation: id, problem: outcome.error.message }, NOT_PLACED);
      case 'lacking':
        return this.#lacks(call, outcome.error);
      case 'later':
        return log.warn({ initiation: id, problem: outcome.error.message }, 'a call is placed later');
      case 'unknown':
      case 'gone':
        return;
    }
  }

  /** This process cannot place the call. That is not the call's fault: another one may, or this one when it is mended. */
  async #lacks(call: Initiation, error: OffhookError): Promise<void> {
    const { store, clock, log } = this.#parts;
    const { code, message } = error;
    const now = clock.now();
    const refusedAt = call.refusedAt ?? now;
    const giveUpMs = call.batch === null ? GIVE_UP_MS : GIVE_UP_BATCH_MS;
    if (now >= refusedAt + giveUpMs) return this.#fails(call, error);
    const isOfKey = code === 'unknown-key' || code === 'no-number';
    if (isOfKey) this.#lackingKeys.put(call.key, now + LACKS_MS);
    else this.#lackingAccounts.put(call.account, now + LACKS_MS);
    if (!this.#told.names(now).includes(message)) {
      this.#told.put(message, now + TELL_EVERY_MS);
      log.error({ code, problem: message }, 'calls wait, because this process cannot place them');
    }
    await store.initiations.postpone(call.id, now + AGAIN_MS, refusedAt);
  }

  async #fails({ id }: Initiation, { code, message }: OffhookError): Promise<void> {
    const { store, clock, log } = this.#parts;
    log.error({ initiation: id, code, problem: message }, NOT_PLACED);
    await store.initiations.close(id, null, 'failed', { code, message }, clock.now());
  }
}

const NOT_PLACED = 'a scheduled call could not be placed';
const TRIED_AGAIN = 'nobody took a call: it will be tried again';
const OVER = 'a call out is over';
