/** Whoever places calls, on a store, with a network that keeps records; and how it dies. */
import type { Log } from '../../runtime/log.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { silentLog } from '../../runtime/log.ts';
import { CallsOut } from '../../runtime/outbound/calls-out.ts';
import type { CallOrder, Dialler, RecordedCall } from '../../runtime/outbound/dialler.ts';
import type { Found, Lines } from '../../runtime/outbound/answers.ts';
import { Placing } from '../../runtime/outbound/placing.ts';
import { PlannedCalls } from '../../runtime/outbound/planned-calls.ts';
import type { SessionStatus, Store } from '../../runtime/store/store.ts';
import { APP } from '../support/engine-driver.ts';
import type { FakeClock } from '../support/fake-clock.ts';

/** What the network does with a question: `after`, it has made the call. */
export type Fault =
  | { kind: 'drops'; when: 'before' | 'after' }
  | { kind: 'late'; madeAfterMs: number | null }
  | { kind: 'refuses'; status: number; code: number };

export interface NetworkCall extends RecordedCall {
  account: string;
  order: CallOrder;
}

export class Network {
  readonly calls: NetworkCall[] = [];
  readonly canceled: string[] = [];
  /** How often it was asked to place a call. */
  asked = 0;
  /** Taken one by one, by one question each. */
  readonly faults: Fault[] = [];
  /** Its records cannot be read. */
  blind = false;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Who was called how often. */
  get dialled(): { [to: string]: number } {
    const counts: { [to: string]: number } = {};
    for (const { order } of this.calls) counts[order.to] = (counts[order.to] ?? 0) + 1;
    return counts;
  }

  dialler(account = 'default'): Dialler {
    const call = (sid: string): NetworkCall | undefined => this.calls.find((one) => one.sid === sid);
    return {
      create: (order) => this.#create(account, order),
      cancel: (sid) => {
        const found = call(sid);
        if (!found || !['queued', 'ringing'].includes(found.status)) return Promise.resolve(false);
        found.status = 'canceled';
        this.canceled.push(sid);
        return Promise.resolve(true);
      },
      find: ({ to, from }) => {
        if (this.blind) return Promise.reject(unanswered());
        const found = this.calls.filter(
          ({ account: of, order }) => of === account && order.to === to && order.from === from,
        );
        return Promise.resolve(found.toReversed());
      },
      look: (sid) => (this.blind ? Promise.reject(unanswered()) : Promise.resolve(call(sid)?.status ?? null)),
    };
  }

  async #create(account: string, order: CallOrder): Promise<{ sid: string }> {
    this.asked++;
    const fault = this.faults.shift();
    switch (fault?.kind) {
      case 'refuses':
        throw new OffhookError('twilio-refused', 'No.', {
          status: 502,
          detail: { twilioCode: fault.code, twilioMessage: 'No.', twilioStatus: fault.status },
        });
      case 'drops':
        if (fault.when === 'after') this.#make(account, order);
        throw unanswered();
      case 'late':
        if (fault.madeAfterMs !== null)
          this.#clock.after(fault.madeAfterMs, () => this.#make(account, order));
        await new Promise<void>((resolve) => this.#clock.after(10_000, resolve));
        throw unanswered();
      case undefined:
        return { sid: this.#make(account, order).sid };
    }
  }

  #make(account: string, order: CallOrder): NetworkCall {
    const sid = `CA${this.calls.length + 1}`;
    const call: NetworkCall = { account, order, sid, status: 'queued', createdAt: this.#clock.now() };
    this.calls.push(call);
    return call;
  }
}

function unanswered(): OffhookError {
  return new OffhookError('twilio-refused', 'Twilio could not be asked: ECONNRESET.', {
    status: 502,
    detail: { twilioCode: null, twilioMessage: null, twilioStatus: null },
  });
}

export interface Office {
  callsOut: CallsOut;
  planned: PlannedCalls;
  /** Sessions that have a line. */
  held: Set<string>;
}

export interface OfficeOptions {
  store: Store;
  clock: FakeClock;
  network: Network;
  log?: Log;
  app?: Partial<Found['app']>;
  /** Lines that are free in all. */
  lines?: number;
  callsPerS?: number | ((account: string) => number);
  knows?: () => boolean;
  dialler?: (account: string) => Dialler | null;
  origin?: () => string | null;
}

/** One process. */
export function openOffice({
  store,
  clock,
  network,
  log = silentLog,
  app = {},
  lines: most = 1000,
  callsPerS = 1000,
  knows = () => true,
  dialler = (account) => network.dialler(account),
  origin = () => 'https://voice.example.com',
}: OfficeOptions): Office {
  const held = new Set<string>();
  const lines: Lines = {
    hold(session) {
      if (held.size >= most) return Promise.resolve('app-full');
      held.add(session);
      return Promise.resolve('held');
    },
    release: (session) => void held.delete(session),
  };
  const parts = {
    store,
    clock,
    log,
    lines,
    dialler,
    callsPerS: (account: string) => (typeof callsPerS === 'number' ? callsPerS : callsPerS(account)),
    origin,
    async report(session: string, callSid: string, status: SessionStatus): Promise<void> {
      const endReason = status === 'failed' ? 'error' : null;
      await store.reportSession(session, { callSid, status, sequence: null, endReason, now: clock.now() });
      held.delete(session);
    },
  };
  const placing = new Placing(parts);
  const callsOut = new CallsOut({
    ...parts,
    placing,
    added: () => planned.nudge(),
    find: () => (knows() ? { app: { ...APP, ...app }, dialogue: 'test', engine: 'embedded', crew: 0 } : null),
  });
  const planned: PlannedCalls = new PlannedCalls({ ...parts, placing, callsOut });
  return { callsOut, planned, held };
}

/** Lets so much time pass, and everything that follows happen. */
export async function pass(clock: FakeClock, ms: number): Promise<void> {
  // Timers fire at their own time; the steps only give sockets and stores their turn.
  const step = Math.max(500, ms / 20);
  for (let left = ms; left > 0; left -= step) {
    await clock.advanceAsync(Math.min(step, left));
    await clock.advanceAsync(0);
  }
  for (let round = 0; round < 4; round++) await clock.advanceAsync(0);
}

/** How the network reports the end of a call, or a step on its way. */
export async function reports(
  store: Store,
  network: Network,
  clock: FakeClock,
  sid: string,
  status: SessionStatus,
): Promise<void> {
  const call = network.calls.find((one) => one.sid === sid)!;
  call.status = status;
  const session = new URL(call.order.statusCallback).searchParams.get('session')!;
  await store.reportSession(session, {
    callSid: sid,
    status,
    sequence: null,
    endReason: null,
    now: clock.now(),
  });
}

/** Counts what a process does with the outside, and dies at one of these moments (0: never): nothing happens after that. */
export class Death {
  steps = 0;
  readonly #at: number;
  readonly #when: 'before' | 'after';

  constructor(at: number, when: 'before' | 'after') {
    this.#at = at;
    this.#when = when;
  }

  get dead(): boolean {
    return this.#at > 0 && this.steps >= this.#at;
  }

  /** Everything that a thing can do, until death. */
  of<T extends object>(thing: T): T {
    return new Proxy(thing, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === 'object' && value !== null) return this.of(value);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (this.dead) return new Promise(() => undefined);
          this.steps++;
          const dies = this.steps === this.#at;
          if (dies && this.#when === 'before') return new Promise(() => undefined);
          const answer: unknown = Reflect.apply(value, target, given);
          if (!dies) return answer;
          // It is done, and nobody hears of it.
          if (answer instanceof Promise) answer.catch(() => undefined);
          return new Promise(() => undefined);
        };
      },
    });
  }
}
