/** Where a call comes in: which app it is for, whether it is taken, and its session from the webhook on. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { localeOf } from '../dialogue/locales.ts';
import type { AppFacts } from '../dialogue/program.ts';
import type { EndReason } from '../dialogue/protocol.ts';
import { wordsFor } from '../dialogue/words.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { SIMULATED, type Initiation } from '../store/initiations.ts';
import type { Hold } from '../store/lines.ts';
import type { Contact, Person } from '../store/people.ts';
import type { Session, SessionStatus, Store } from '../store/store.ts';
import { isFinal, type Admissions, type Target } from './admissions.ts';
import type { Answer, IncomingCall, StreamStart } from './answers.ts';
import { busyText } from './busy.ts';
import type { Casting } from './casting.ts';
import type { CallLines } from './lines.ts';
import { browserIdentity, phoneOf } from './person.ts';
import { relaySettings } from './relay-settings.ts';

/** What is done with a call. `gathers`: it has no stream, and its first exchange comes now. */
export type Admission =
  | Exclude<Answer, { kind: 'gather' }>
  | { kind: 'gathers'; session: Session; parameters: Readonly<Record<string, string>> };

export interface ReceptionParts {
  store: Store;
  clock: Clock;
  log: Log;
  admissions: Admissions;
  find(key: string): Target | null;
  byNumber(number: string): Target | null;
  /** Whether a call of this account may be given to the app. */
  takesCallsOf(app: AppFacts, accountSid: string | null): boolean;
  casting: Pick<Casting, 'beginning' | 'crews'>;
  lines: Pick<CallLines, 'take' | 'keep' | 'release'>;
  isRunning(session: string): boolean;
  draining(): boolean;
  /** Somebody is asked about a number (E.164), beside the call. */
  inquire(phone: string, account: string | null): void;
}

export class Reception {
  readonly #parts: ReceptionParts;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /**
   * A call comes in, or a call that was placed is answered: what shall the line do?
   * @throws OffhookError `other-account` (403) where the app is not for calls of this account, `unknown-initiation` (404)
   * where no call was placed for the initiation that it names.
   */
  async incoming(call: IncomingCall): Promise<Admission> {
    const { store } = this.#parts;
    const initiation = call.initiation === null ? null : await store.initiations.find(call.initiation);
    // Also one that is written down, but not asked for: nobody of ours has called.
    if (call.initiation !== null && initiation?.session == null) {
      const message = `No call was placed for the initiation "${call.initiation}".`;
      throw new OffhookError('unknown-initiation', message, { status: 404 });
    }
    const key = initiation?.key ?? call.key;
    const target = key === null ? this.#parts.byNumber(call.to ?? '') : this.#parts.find(key);
    if (!target) return { kind: 'unknown' };
    if (!this.#parts.takesCallsOf(target.app, call.accountSid)) {
      const message = `The app "${target.app.id}" takes no calls of this Twilio account.`;
      throw new OffhookError('other-account', message, { status: 403 });
    }

    const { line } = call;
    if (line !== undefined && this.#beginning(target.app, line) === null) {
      const message = `Nobody carries calls of the app "${target.app.id}" over a ${line}: have the network ask /twiml for it.`;
      throw new OffhookError('wrong-line', message, { status: 409 });
    }

    const known = initiation?.session
      ? await store.session(initiation.session)
      : await store.sessionByCall(call.callSid);
    if (known && isFinal(known.status)) return { kind: 'hang-up' };
    // An earlier attempt that comes late: the session is that of another call.
    const isOther = known && known.callSid !== null && known.callSid !== call.callSid;
    if (isOther && initiation && initiation.account !== SIMULATED) return { kind: 'hang-up' };
    const side = known ?? { isInitiated: call.placed, from: call.from, to: call.to };
    const person = known?.user == null ? await this.#meet(side, call) : null;
    return this.#receive(call, target, known, initiation, key ?? target.app.id, person);
  }

  /** Who is on the other side. A call is taken without knowing it rather than not at all. */
  async #meet(
    side: Pick<Session, 'isInitiated' | 'from' | 'to'>,
    { caller }: IncomingCall,
  ): Promise<Person | null> {
    const { store, clock, log } = this.#parts;
    try {
      return await store.people.meet(phoneOf(side), contactOf(caller), clock.now());
    } catch (thrown) {
      log.error({ problem: messageOf(thrown) }, 'the store could not say who a caller is');
      return null;
    }
  }

  /**
   * Lets what carries this session in: the line is told to open a stream or a relay session, with a token that only that
   * one bears, or to be asked exchange by exchange. The call has been reserved.
   */
  async admit(session: Session, more: Readonly<Record<string, string>> = {}): Promise<Admission> {
    if (session.engine === 'gather') return { kind: 'gathers', session, parameters: more };
    const { admissions, casting } = this.#parts;
    const target = admissions.peek(session.id)?.target;
    const token = await admissions.token(session.id);
    const parameters = { token, appKey: session.key, locale: session.locale, ...more };
    if (!target || session.engine !== 'relay') return { kind: 'stream', session: session.id, parameters };
    const crews = casting.crews(target.app);
    const settings = relaySettings(session.locale, crews[Math.min(session.crew, crews.length - 1)]!, target);
    return { kind: 'relay', session: session.id, parameters, settings };
  }

  /**
   * The session that a stream or a relay session belongs to: by its token, or by its app: the upgrade was the network's
   * own, as where a TwiML bin of somebody's opens the line. Null also where another kind of line would have to carry it.
   */
  async sessionOf(start: StreamStart, kind: 'stream' | 'relay'): Promise<Session | null> {
    const { token, appKey, initiationId, sender, deviceId, locale } = start.parameters;
    if (token !== undefined) {
      const session = await this.#parts.admissions.redeem(token, start.callSid);
      // A call stays with the account that it came with.
      if (session && session.accountSid !== null && session.accountSid !== start.accountSid) return null;
      return (session?.engine === 'relay') === (kind === 'relay') ? session : null;
    }
    if (appKey === undefined && initiationId === undefined) return null;
    const answer = await this.incoming({
      key: appKey ?? null,
      callSid: start.callSid,
      accountSid: start.accountSid,
      from: sender ?? deviceId ?? null,
      to: null,
      caller: {},
      initiation: initiationId ?? null,
      placed: initiationId !== undefined,
      welcomeMessage: null,
      locale: locale === undefined ? null : localeOf(locale),
      line: kind,
    });
    return answer.kind === kind ? this.#parts.store.session(answer.session) : null;
  }

  async #receive(
    call: IncomingCall,
    target: Target,
    known: Session | null,
    initiation: Initiation | null,
    key: string,
    person: Person | null,
  ): Promise<Admission> {
    const { store, admissions } = this.#parts;
    const user = known?.user ?? person?.id ?? null;
    const session = known ? { ...known, user } : this.#newSession(call, target, key, user);
    // The network may ask again for a call that was taken, and even for one that runs: that one is not refused.
    const taken = known && (!initiation || known.startedAt !== null || this.#parts.isRunning(known.id));
    const refusal = taken ? null : this.#refuse(session, target);
    if (refusal) {
      const ended = { callSid: call.callSid, user, ...refusal.outcome, endedAt: this.#parts.clock.now() };
      admissions.take(session.id);
      if (known) await store.patchSession(session.id, ended);
      else await store.addSession({ ...session, ...ended });
      return refusal.answer;
    }
    const welcomeMessage = initiation?.welcomeMessage ?? call.welcomeMessage;
    admissions.reserve(session.id, { target, caller: call.caller, welcomeMessage });
    try {
      if (initiation && known && known.startedAt === null) {
        const { callSid, accountSid } = call;
        await store.patchSession(session.id, { callSid, accountSid, user });
        // Reports may have come before, and go on coming.
        const report = { callSid, status: 'ringing', sequence: null, endReason: null } as const;
        await store.reportSession(session.id, { ...report, now: this.#parts.clock.now() });
      } else if (!known) {
        await store.addSession(session);
      } else if (known.user !== user) {
        await store.patchSession(session.id, { user });
      }
      if (known && (known.startedAt !== null || this.#parts.isRunning(known.id))) {
        this.#parts.lines.keep(session.id, target.app, call.accountSid);
      } else {
        // Behind the session: of webhooks of one call that come at once, each asks for the same line.
        const hold = await this.#parts.lines.take(session.id, target.app, call.accountSid);
        if (hold !== 'held') return await this.#full(session, call, target, hold);
      }
      const admission = await this.admit(session);
      if (!taken) this.#inquire(session, target);
      return admission;
    } catch (thrown) {
      // What a call has that was taken before stays its own: it may be running.
      if (taken) throw thrown;
      admissions.take(session.id);
      this.#parts.lines.release(session.id);
      // The same webhook at the same moment: the other one has made the session.
      const twin = thrown instanceof OffhookError && thrown.code === 'duplicate-call' && !known;
      const made = twin ? await store.sessionByCall(call.callSid) : null;
      if (made) {
        // Of a number there is one person; whoever withholds it was met twice.
        if (person) await store.people.dismiss(person.id);
        return this.#receive(call, target, made, initiation, key, null);
      }
      throw thrown;
    }
  }

  /** Of a call that is in, and of no other: whoever is asked may want money for it. */
  #inquire(session: Session, { app }: Target): void {
    const phone = phoneOf(session);
    if (app.lookup && phone !== null) this.#parts.inquire(phone, app.account);
  }

  /** Who carries a new call, over the line that is there already, if one is; null: nobody of the app does. */
  #beginning(app: AppFacts, line?: 'stream' | 'relay'): Pick<Session, 'engine' | 'crew'> | null {
    const { casting } = this.#parts;
    const first = casting.beginning(app);
    const fits = (engine: string): boolean =>
      line === 'relay' ? engine === 'relay' : engine !== 'relay' && engine !== 'gather';
    if (line === undefined || fits(first.engine)) return first;
    const crews = casting.crews(app);
    const crew = crews.findIndex(({ engine }) => fits(engine));
    return crew < 0 ? null : { engine: crews[crew]!.engine, crew };
  }

  #newSession(call: IncomingCall, target: Target, key: string, user: string | null): Session {
    return {
      id: randomUUID(),
      app: target.app.id,
      dialogue: target.program.dialogue,
      key,
      ...this.#beginning(target.app, call.line)!,
      cost: null,
      direction: call.placed ? 'outbound' : 'inbound',
      isInitiated: call.placed,
      from: call.from,
      to: call.to,
      callSid: call.callSid,
      accountSid: call.accountSid,
      user,
      locale: call.locale ?? target.app.locale,
      attributes: {},
      status: 'ringing',
      endReason: null,
      createdAt: this.#parts.clock.now(),
      startedAt: null,
      endedAt: null,
      initiation: null,
    };
  }

  /** A call that cannot be taken: what the caller gets, and what stays in the row. */
  #refuse(
    session: Session,
    { app }: Target,
  ): { answer: Admission; outcome: { status: SessionStatus; endReason: EndReason } } | null {
    const words = wordsFor(app.locale);
    if (this.#parts.draining()) {
      return {
        answer: { kind: 'say', text: words.drained, locale: app.locale },
        outcome: { status: 'completed', endReason: 'drained' },
      };
    }
    // Whose number is not shown can be no one who is known, and has no phone that could be paired.
    const isNobody = phoneOf(session) === null && browserIdentity(session) === null;
    if (!app.public && !session.isInitiated && isNobody) {
      const { pairing, goodbye } = wordsFor(session.locale);
      return {
        answer: { kind: 'say', text: `${pairing.withheld} ${goodbye}`, locale: session.locale },
        outcome: { status: 'completed', endReason: 'not-paired' },
      };
    }
    return null;
  }

  /** All lines are taken. */
  async #full(
    session: Session,
    call: IncomingCall,
    { app }: Target,
    full: Exclude<Hold, 'held'>,
  ): Promise<Admission> {
    const { store, clock, log, admissions } = this.#parts;
    admissions.take(session.id);
    // Whom we called has answered already: they get a word, not a tone.
    const text = session.isInitiated
      ? wordsFor(app.locale).limit
      : busyText(app, session, call.caller, clock.now());
    const status = text === null ? 'busy' : 'completed';
    const { callSid } = call;
    await store.patchSession(session.id, { callSid, status, endReason: 'limit', endedAt: clock.now() });
    log.warn({ session: session.id, app: app.id, full }, 'a call found all lines taken');
    return text === null ? { kind: 'busy' } : { kind: 'say', text, locale: session.locale };
  }
}

/** What the line told of whoever calls. */
function contactOf({ country, city, name }: IncomingCall['caller']): Partial<Contact> {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { country: text(country), city: text(city), callerName: text(name) };
}
