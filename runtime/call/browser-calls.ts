/**
 * Calls that somebody places from a page in a browser: to an app, which answers them as any other call, or to a number,
 * with which the page is joined. Those to a number have a session too, and no conversation.
 */
import { randomUUID } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Clock } from '../clock.ts';
import type { AppFacts } from '../dialogue/program.ts';
import { wordsFor } from '../dialogue/words.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Hold } from '../store/lines.ts';
import type { Recording } from '../store/recordings.ts';
import type { Session, SessionStatus, Store } from '../store/store.ts';
import { isFinal, type Target } from './admissions.ts';
import type { Answer, IncomingCall } from './answers.ts';

/** What carries a call in which nothing listens and nothing speaks. */
export const BROWSER = 'browser';

/** A call from a browser, as the network's webhook knows it. */
export interface BrowserCall {
  callSid: string;
  accountSid: string | null;
  /** `client:` and the identity that its token names. */
  from: string | null;
  /** A number, or the key of an app. */
  to: string | null;
  /** The app that its token names. */
  app: string | null;
  /** The number that the other side shall see; null: the app's first one. */
  callerId: string | null;
  record: boolean;
}

export type BrowserAnswer =
  | Answer
  | {
      kind: 'call-out';
      session: string;
      /** E.164, both. */
      to: string;
      callerId: string;
      /** What both sides are told, in this locale; null: nothing is recorded. */
      recorded: { text: string; locale: string } | null;
    };

/** How one end of a call to a number stands, as the network reports it; possibly late, twice and out of order. */
export interface BrowserReport {
  /** The end that is told of, and the browser's where that is another one. */
  callSid: string;
  parentCallSid: string | null;
  status: SessionStatus;
  /** The number of the report among those of the same end; null: it has none. */
  sequence: number | null;
}

export interface BrowserCallsParts {
  store: Pick<
    Store,
    'session' | 'sessionByCall' | 'addSession' | 'patchSession' | 'reportSession' | 'recordings'
  >;
  clock: Clock;
  log: Log;
  find(key: string): Target | null;
  byNumber(number: string): Target | null;
  takesCallsOf(app: AppFacts, accountSid: string | null): boolean;
  /**
   * Whether the account (its SID) may call from the number.
   * @throws OffhookError where the network does not tell.
   */
  ownsNumber(accountSid: string, number: string): Promise<boolean>;
  lines: {
    /** Takes a line for a call that no process carries, or keeps the one that it has, for so long at most. */
    lend(session: string, target: Target, accountSid: string | null, withinMs: number): Promise<Hold>;
    /** The call is over. */
    release(session: string): void;
  };
  /** A call that comes in. */
  incoming(call: IncomingCall): Promise<Answer>;
}

/** The network rings for a minute and joins for four hours: a line is free then, though the end was never told. */
export const LONGEST_MS = (4 * 60 + 2) * 60_000;

export class BrowserCalls {
  readonly #parts: BrowserCallsParts;

  constructor(parts: BrowserCallsParts) {
    this.#parts = parts;
  }

  /**
   * A browser calls: what shall the line do?
   * @throws OffhookError `other-account` (403) where the app is not for calls of this account.
   */
  async outgoing(call: BrowserCall): Promise<BrowserAnswer> {
    const { store, lines, find, log } = this.#parts;
    const to = call.to?.trim() ?? '';
    const called = isNumber(to) ? null : find(to);
    if (called) return this.#toApp(call, to);
    const target = this.#callsAs(call);
    if (!target) {
      log.warn({ callSid: call.callSid, code: 'unknown-key' }, 'a browser called as no app that is here');
      return { kind: 'unknown' };
    }
    const { app } = target;
    this.#refuseStrangers(app, call.accountSid);
    const refuse = (code: RefusalCode, say: string): Promise<Answer> =>
      this.#refuse(call, target, { code, say });
    const callerId = call.callerId ?? app.numbers[0] ?? null;
    const number = numberFrom(to, callerId);
    const words = wordsFor(app.locale).browser;
    if (number === null) return refuse('bad-number', words.badNumber);
    if (callerId === null) return refuse('bad-caller-id', words.badCallerId);
    const owned = await this.#owns(call.accountSid, callerId);
    if (owned === null) return refuse('caller-id-not-known', wordsFor(app.locale).trouble);
    if (!owned) return refuse('bad-caller-id', words.badCallerId);
    const session = await this.#session(call, target, { from: callerId, to: number });
    if (isFinal(session.status)) return { kind: 'hang-up' };
    // Behind the session: of webhooks of one call that come at once, each asks for the same line.
    const held = await lines.lend(session.id, target, call.accountSid, LONGEST_MS);
    if (held !== 'held') return refuse('limit', wordsFor(app.locale).limit);
    const now = await store.session(session.id);
    if (!now || isFinal(now.status)) {
      // The browser has hung up meanwhile, and nothing more will be told.
      lines.release(session.id);
      return { kind: 'hang-up' };
    }
    return {
      kind: 'call-out',
      session: session.id,
      to: number,
      callerId,
      recorded: call.record ? { text: words.recorded, locale: app.locale } : null,
    };
  }

  /** What somebody is told whose call is recorded. */
  notice(locale: string): string {
    return wordsFor(locale).browser.recorded;
  }

  /** How an end of a call stands. False where the session is none of these calls'. */
  async report(
    id: string | null,
    { callSid, parentCallSid, status, sequence }: BrowserReport,
  ): Promise<boolean> {
    const { store, clock, lines } = this.#parts;
    const session = id === null ? await store.sessionByCall(callSid) : await store.session(id);
    if (session?.engine !== BROWSER || session.callSid === null) return false;
    const own = session.callSid;
    const isBrowsers = own === callSid;
    // The browser's own end is there from the start: only its end says anything.
    if (isBrowsers ? !isFinal(status) : own !== parentCallSid) return true;
    const now = clock.now();
    if (isBrowsers) {
      const hungUp = { callSid: own, sequence: null, endReason: 'caller-hung-up', now } as const;
      // While it rang: nobody has answered. It may just be answered, and then it was not.
      const rang = { ...hungUp, status: 'canceled', from: ['queued', 'ringing'] } as const;
      if (!(await store.reportSession(session.id, rang)))
        await store.reportSession(session.id, { ...hungUp, status });
    } else {
      const report = { callSid: own, status, sequence, endReason: null, now };
      const took = await store.reportSession(session.id, report);
      // When it was answered is written behind that.
      if (took && status === 'in-progress') await store.patchSession(session.id, { startedAt: now });
      else if (!took) await this.#wasAnswered(session.id, status);
    }
    if (isFinal(status)) lines.release(session.id);
    return true;
  }

  /** The browser's hanging up was told before the other side's answer: the call was not cancelled. */
  async #wasAnswered(id: string, status: SessionStatus): Promise<void> {
    const { store } = this.#parts;
    if (status !== 'in-progress' && status !== 'completed') return;
    const session = await store.session(id);
    if (session?.status !== 'canceled') return;
    await store.patchSession(id, { status: 'completed', startedAt: session.startedAt ?? session.endedAt });
  }

  /** A recording was begun, is complete, or will not come. */
  async recorded(id: string, accountSid: string | null, recording: Recording): Promise<void> {
    const session = await this.#parts.store.session(id);
    if (!session || session.accountSid !== accountSid) return;
    await this.#parts.store.recordings.write(session.id, recording);
  }

  /** The app answers the browser as it would a phone. */
  #toApp({ callSid, accountSid, from }: BrowserCall, key: string): Promise<Answer> {
    return this.#parts.incoming({
      key,
      callSid,
      accountSid,
      from,
      to: null,
      caller: {},
      initiation: null,
      placed: false,
      welcomeMessage: null,
      locale: null,
    });
  }

  #callsAs({ app, callerId }: BrowserCall): Target | null {
    const { find, byNumber } = this.#parts;
    if (app !== null) return find(app);
    return callerId === null ? null : byNumber(callerId);
  }

  #refuseStrangers(app: AppFacts, accountSid: string | null): void {
    if (this.#parts.takesCallsOf(app, accountSid)) return;
    const message = `The app "${app.id}" takes no calls of this Twilio account.`;
    throw new OffhookError('other-account', message, { status: 403 });
  }

  /** Null where the network does not tell. Nobody is called then: the number may be anybody's. */
  async #owns(accountSid: string | null, number: string): Promise<boolean | null> {
    if (accountSid === null) return false;
    try {
      return await this.#parts.ownsNumber(accountSid, number);
    } catch (thrown) {
      this.#parts.log.warn({ problem: messageOf(thrown) }, 'whose number a caller id is could not be asked');
      return null;
    }
  }

  async #refuse(
    call: BrowserCall,
    target: Target,
    { code, say }: { code: RefusalCode; say: string },
  ): Promise<Answer> {
    const { store, clock, log } = this.#parts;
    log.warn({ callSid: call.callSid, app: target.app.id, code }, 'a call from a browser was refused');
    const session = await this.#session(call, target, { from: call.callerId, to: call.to });
    if (!isFinal(session.status)) {
      const endReason = code === 'limit' ? 'limit' : 'error';
      const ended = { status: 'failed', endReason, endedAt: clock.now() } as const;
      await store.patchSession(session.id, ended);
    }
    return { kind: 'say', text: say, locale: target.app.locale };
  }

  /** The session of the call; the network may ask twice. */
  async #session(
    { callSid, accountSid, from, app: key }: BrowserCall,
    { app, program }: Target,
    sides: Pick<Session, 'from' | 'to'>,
  ): Promise<Session> {
    const { store, clock } = this.#parts;
    const known = await store.sessionByCall(callSid);
    if (known) return known;
    const session: Session = {
      id: randomUUID(),
      app: app.id,
      dialogue: program.dialogue,
      key: key ?? app.id,
      engine: BROWSER,
      crew: 0,
      cost: null,
      direction: 'outbound',
      isInitiated: true,
      ...sides,
      callSid,
      accountSid,
      user: null,
      locale: app.locale,
      attributes: { identity: from?.replace(/^client:/, '') ?? null },
      status: 'queued',
      endReason: null,
      createdAt: clock.now(),
      startedAt: null,
      endedAt: null,
      initiation: null,
    };
    try {
      await store.addSession(session);
      return session;
    } catch (thrown) {
      const twin = thrown instanceof OffhookError && thrown.code === 'duplicate-call';
      const made = twin ? await store.sessionByCall(callSid) : null;
      if (made) return made;
      throw thrown;
    }
  }
}

type RefusalCode = 'bad-number' | 'bad-caller-id' | 'caller-id-not-known' | 'limit';

/** Whether it is meant as a number rather than as a key, which has letters. */
function isNumber(to: string): boolean {
  return /\d/.test(to) && /^[+\d\s().\-/]+$/.test(to);
}

/** E.164; one without a country code is of the country of the caller id. Null: nobody can be reached at it. */
function numberFrom(to: string, callerId: string | null): string | null {
  if (!isNumber(to)) return null;
  const country = callerId === null ? undefined : parsePhoneNumberFromString(callerId)?.country;
  const parsed = parsePhoneNumberFromString(to, country);
  return parsed?.isValid() ? parsed.number : null;
}
