/**
 * Calls from browsers to numbers whose end nobody has told: the report is lost, or came while no server was there. As
 * with calls out, the network is asked after a while how they stand.
 */
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Session, SessionStatus, Store } from '../store/store.ts';
import { isFinal } from './admissions.ts';
import { BROWSER, LONGEST_MS } from './browser-calls.ts';

export interface BrowserEndsParts {
  store: Pick<Store, 'openSessions' | 'reportSession'>;
  clock: Clock;
  log: Log;
  /**
   * How the browser's end of a call stands by the network's own records (null: it knows of none), and whether anybody
   * whom it was to be joined with has answered.
   * @throws OffhookError where that cannot be asked.
   */
  look(
    accountSid: string | null,
    callSid: string,
  ): Promise<{ status: SessionStatus | null; answered: boolean }>;
  lines: { release(session: string): void };
}

/** It rings for a minute at most. */
const LOOK_MS = 90_000;
/** One that goes on is asked about so much later. */
const AGAIN_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 60_000;

export class BrowserEnds {
  readonly #parts: BrowserEndsParts;
  /** When those that go on are asked about next. */
  #next = new Map<string, number>();
  #cancel: () => void = () => undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: BrowserEndsParts) {
    this.#parts = parts;
  }

  /** Looks after them from now on, until `stop`. Comes back at once. */
  start(): void {
    const { clock, log } = this.#parts;
    this.#sweeping = this.#sweep()
      .catch((thrown: unknown) => log.warn({ problem: messageOf(thrown) }, 'calls of browsers are not known'))
      .then(() => {
        if (!this.#stopped) this.#cancel = clock.after(SWEEP_EVERY_MS, () => this.start());
      });
  }

  /** Settles when nothing is asked any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const open = (await store.openSessions()).filter(({ engine }) => engine === BROWSER);
    const before = this.#next;
    this.#next = new Map(open.map(({ id, createdAt }) => [id, before.get(id) ?? createdAt + LOOK_MS]));
    for (const session of open) {
      if (this.#stopped) return;
      if (this.#next.get(session.id)! > now) continue;
      this.#next.set(session.id, now + AGAIN_MS);
      await this.#look(session);
    }
  }

  async #look(session: Session): Promise<void> {
    const { clock, log, look } = this.#parts;
    const { id, callSid, accountSid, createdAt } = session;
    if (callSid === null) return;
    try {
      const { status, answered } = await look(accountSid, callSid);
      if (status === null || isFinal(status)) await this.#over(session, callSid, answered);
    } catch (thrown) {
      log.warn(
        { session: id, problem: messageOf(thrown) },
        'how a call of a browser stands could not be asked',
      );
      // Nobody can be talking any more.
      if (clock.now() - createdAt > LONGEST_MS) await this.#over(session, callSid, false);
    }
  }

  async #over({ id, startedAt }: Session, callSid: string, answered: boolean): Promise<void> {
    const { store, clock, log, lines } = this.#parts;
    const status = answered || startedAt !== null ? 'completed' : 'canceled';
    const report = { callSid, status, sequence: null, endReason: null, now: clock.now() } as const;
    if (await store.reportSession(id, report))
      log.warn({ session: id, status }, 'a call of a browser was over, and nobody had told it');
    lines.release(id);
  }
}
