/**
 * Leads the phone numbers of the apps to their webhooks and keeps an eye on them. Nothing here is on the way of a
 * call: the phone network is asked beside everything else, and where it is down that is said and tried again.
 */
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { inOrder, lookAtNumbers, untold, type LookParts, type NumbersOfApp } from './look.ts';
import type { Allowed, NumberState, NumberStateName } from './states.ts';

interface KeeperParts extends LookParts {
  log: Log;
}

/** How often numbers are looked at. */
const LOOK_EVERY_MS = 5 * 60_000;
/** How soon again where the phone network did not answer; each time twice as long. */
const AGAIN_AFTER_MS = 5_000;
/** How long the end of the server waits for a change that was begun. */
const STOP_WITHIN_MS = 2_000;

const NEWS: Partial<Record<NumberStateName, string>> = {
  changed: 'a number no longer leads to its app',
  'not-attached': 'a number does not lead to its app',
  'not-in-account': 'a number is not in the account of its app',
  'no-account': 'the account of a number is not at hand',
  'left-behind': 'a number leads here, and no app has it',
  unknown: 'it is not known where a number leads',
};

export class NumberKeeper {
  readonly #parts: KeeperParts;
  #states = new Map<string, NumberState>();
  /** Those that were led to where this server is, or could have been: after that nothing is fought over. */
  readonly #led = new Set<string>();
  #runs = false;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  #looking: Promise<void> | null = null;
  /** The apps have changed while numbers were being looked at. */
  #again = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Leads the numbers here from now on, until `stop`. Comes back at once. */
  start(): void {
    this.#runs = true;
    this.#look();
  }

  /** The apps, their numbers or the accounts have changed. */
  changed(): void {
    this.#led.clear();
    this.#again = this.#looking !== null;
    if (this.#runs && !this.#looking) this.#look();
  }

  /** Changes nothing more; settles when what was begun is done, or soon. */
  async stop(): Promise<void> {
    this.#runs = false;
    this.#cancelTimer();
    if (!this.#looking) return;
    let cancel = (): void => undefined;
    const enough = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.after(STOP_WITHIN_MS, resolve);
    });
    await Promise.race([this.#looking, enough]);
    cancel();
  }

  /** As they were found last: the numbers of the apps, and the others of the accounts, in order. */
  states(): NumberState[] {
    const states = new Map(this.#states);
    for (const app of this.#parts.apps()) {
      for (const number of app.numbers) {
        // Loaded since the last look.
        if (states.get(number)?.app !== app.id) states.set(number, untold(number, app));
      }
    }
    return inOrder(states.values());
  }

  #look(): void {
    this.#cancelTimer();
    this.#again = false;
    this.#looking = this.#lookOnce()
      .catch((thrown: unknown) => {
        if (this.#runs)
          this.#parts.log.error({ problem: messageOf(thrown) }, 'numbers could not be looked at');
        return false;
      })
      .then((isWhole) => {
        this.#looking = null;
        if (!this.#runs) return;
        if (this.#again) return this.#look();
        this.#failures = isWhole ? 0 : this.#failures + 1;
        const soon = AGAIN_AFTER_MS * 2 ** (this.#failures - 1);
        const waitMs = isWhole ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, soon);
        this.#cancelTimer = this.#parts.clock.after(waitMs, () => this.#look());
      });
  }

  /** True where everything that was asked was answered. */
  async #lookOnce(): Promise<boolean> {
    const renewed = ({ number, app }: NumberState): void =>
      this.#parts.log.info({ number, app }, 'a number was told anew to ask again where nobody answers');
    const states = await lookAtNumbers({ ...this.#parts, renewed }, (app, number) =>
      this.#allowed(app, number),
    );
    if (!this.#runs) return false;
    const before = this.#states;
    this.#states = new Map(states.map((state) => [state.number, state]));
    for (const state of states) {
      const isToDo = state.state === 'unknown' || (state.state === 'attached' && state.problem !== null);
      if (!isToDo && !this.#again) this.#led.add(state.number);
      this.#tell(before.get(state.number) ?? null, state);
    }
    return states.every(({ state }) => state !== 'unknown');
  }

  #allowed(app: NumbersOfApp | null, number: string): Allowed {
    if (!this.#runs) return 'look';
    if (!app?.attach) return 'finish';
    return this.#led.has(number) ? 'keep' : 'lead';
  }

  /** Says what has changed, once. */
  #tell(before: NumberState | null, now: NumberState): void {
    const { number, app, state, leadsTo, problem } = now;
    if (before?.state === state && before.app === app && before.leadsTo === leadsTo) return;
    const news = this.#isWanted(now) ? NEWS[state] : undefined;
    const facts = { number, app, state, leadsTo, problem };
    if (news !== undefined) this.#parts.log.warn(facts, news);
    else if (state === 'attached')
      this.#parts.log[problem === null ? 'info' : 'warn'](facts, 'a number leads to its app');
    else if (before && state === 'detached') this.#parts.log.info(facts, 'a number was given back');
  }

  /** Nobody needs to be told that numbers lead nowhere on a machine without any account, or what an app has chosen. */
  #isWanted({ state, app }: NumberState): boolean {
    const { apps, accounts, publicUrl } = this.#parts;
    if (state === 'no-account') return publicUrl !== null || accounts().length > 0;
    return state !== 'not-attached' || apps().some((one) => one.id === app && one.attach);
  }
}
