/** Looks after the calls that are written down: places each when it is time, and finds out what became of it. */
import type { Clock } from '../clock.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Initiation } from '../store/initiations.ts';
import type { Store } from '../store/store.ts';
import type { Lines } from './answers.ts';
import type { CallsOut } from './calls-out.ts';
import { limitReached, nextAt } from './requests.ts';
import { CLAIM_MS, newSessionId, type Placing } from './placing.ts';

export interface PlannedCallsParts {
  store: Store;
  clock: Clock;
  log: Log;
  lines: Lines;
  placing: Placing;
  callsOut: Pick<CallsOut, 'resolve' | 'settled'>;
  callsPerS(account: string): number;
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
/** A call of its own that was to be placed at a certain time is no use any more so much later. */
const GIVE_UP_MS = 3_600_000;
const TURN_WITHIN_MS = 5_000;

export class PlannedCalls {
  readonly #parts: PlannedCallsParts;
  /** By account. */
  readonly #placing = new Map<string, Set<Promise<void>>>();
  /** Accounts and keys that have nothing free, until then. */
  readonly #fullAccounts = new Map<string, number>();
  readonly #fullKeys = new Map<string, number>();
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
    if (this.#fullKeys.size === 0 && this.#fullAccounts.size === 0) return;
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
    const full = {
      notAccounts: this.#full(this.#fullAccounts, now),
      notKeys: this.#full(this.#fullKeys, now),
    };
    let most = LEAST_AT_ONCE;
    for (const [account, { size }] of this.#placing) {
      const free = this.#atOnce(account) - size;
      if (free <= 0) full.notAccounts.push(account);
      else most = Math.max(1, Math.min(MOST_AT_ONCE, free));
    }
    const due = this.#runs
      ? await store.initiations.claim({ now, until: now + CLAIM_MS, most, ...full })
      : [];
    for (const call of due) {
      const calls = this.#placing.get(call.account) ?? new Set();
      this.#placing.set(call.account, calls);
      const placing = this.#take(call).finally(() => {
        calls.delete(placing);
        // When something is due is another now, and there is room for more.
        this.nudge();
      });
      calls.add(placing);
    }
    const next = await store.initiations.nextAt();
    if (next === null) return LOOK_EVERY_MS;
    return Math.min(LOOK_EVERY_MS, Math.max(LOOK_AFTER_MS, next - clock.now()));
  }

  #atOnce(account: string): number {
    return Math.min(MOST_AT_ONCE, Math.max(LEAST_AT_ONCE, 2 * this.#parts.callsPerS(account)));
  }

  #full(all: Map<string, number>, now: number): string[] {
    for (const [name, until] of all) if (until <= now) all.delete(name);
    return [...all.keys()];
  }

  /** Never rejects. */
  async #take(call: Initiation): Promise<void> {
    const { log, placing } = this.#parts;
    try {
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
    const fails = async (error: OffhookError): Promise<void> => {
      log.error({ initiation: id, code: error.code, problem: error.message }, NOT_PLACED);
      await store.initiations.close(id, 'failed', { code: error.code, message: error.message }, clock.now());
    };
    const waits = async (full: Map<string, number>, name: string): Promise<void> => {
      full.set(name, clock.now() + AGAIN_MS);
      await store.initiations.postpone(id, clock.now() + AGAIN_MS);
    };
    let found: ReturnType<CallsOut['resolve']>;
    try {
      found = callsOut.resolve(call);
      placing.means(account);
    } catch (thrown) {
      if (thrown instanceof OffhookError) return fails(thrown);
      throw thrown;
    }
    // Who asked to be called back has said when.
    const opening = origin === null ? nextAt(call, found.app, clock.now()) : clock.now();
    if (opening > clock.now()) return store.initiations.postpone(id, opening);

    const sessionId = newSessionId();
    const held = await lines.hold(sessionId, key);
    if (held !== 'held') {
      const tooLate = call.batch === null && clock.now() >= (call.at ?? call.createdAt) + GIVE_UP_MS;
      if (tooLate && call.attempt === 0) return fails(limitReached(held, found.app));
      return held === 'app-full' ? waits(this.#fullKeys, key) : waits(this.#fullAccounts, account);
    }
    if (!(await placing.turn(account, TURN_WITHIN_MS))) {
      lines.release(sessionId);
      return waits(this.#fullAccounts, account);
    }
    // What the session of a call-back holds by now.
    const now = origin === null ? null : await store.session(origin);
    const attributes = { ...call.attributes, ...now?.attributes };
    const outcome = await placing.place({ ...call, attributes }, found, sessionId, 0);
    switch (outcome.kind) {
      case 'placed':
        return log.info({ initiation: id, session: outcome.sessionId }, 'a scheduled call was placed');
      case 'refused':
        return log.error({ initiation: id, problem: outcome.error.message }, NOT_PLACED);
      case 'later':
        return log.warn({ initiation: id, problem: outcome.error.message }, 'a call is placed later');
      case 'unknown':
      case 'gone':
        return;
    }
  }
}

const NOT_PLACED = 'a scheduled call could not be placed';
const TRIED_AGAIN = 'nobody took a call: it will be tried again';
const OVER = 'a call out is over';
