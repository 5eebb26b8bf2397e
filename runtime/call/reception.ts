/** Where a call comes in: which app it is for, whether it is taken, and its session from the webhook on. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EndReason } from '../dialogue/protocol.ts';
import { wordsFor } from '../dialogue/words.ts';
import { OffhookError } from '../errors.ts';
import type { Initiation } from '../store/initiations.ts';
import type { Session, SessionStatus, Store } from '../store/store.ts';
import { isFinal, type Admissions, type Target } from './admissions.ts';
import type { Answer, IncomingCall, StreamStart } from './answers.ts';
import type { Casting } from './casting.ts';
import { relaySettings } from './relay-settings.ts';

/** What is done with a call. `gathers`: it has no stream, and its first exchange comes now. */
export type Admission =
  | Exclude<Answer, { kind: 'gather' }>
  | { kind: 'gathers'; session: Session; parameters: Readonly<Record<string, string>> };

export interface ReceptionParts {
  store: Store;
  clock: Clock;
  admissions: Admissions;
  find(key: string): Target | null;
  byNumber(number: string): Target | null;
  casting: Pick<Casting, 'beginning' | 'crews'>;
  /** Calls of the app that are running or on their way in, one session left aside. */
  count(app: string, except: string): number;
  isRunning(session: string): boolean;
  draining(): boolean;
}

export class Reception {
  readonly #parts: ReceptionParts;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /** A call comes in, or a call that was placed is answered: what shall the line do? */
  async incoming(call: IncomingCall): Promise<Admission> {
    const { store } = this.#parts;
    const initiation = call.initiation === null ? null : await store.initiations.find(call.initiation);
    if (call.initiation !== null && !initiation) return { kind: 'unknown' };
    const key = initiation?.key ?? call.key;
    const target = key === null ? this.#parts.byNumber(call.to ?? '') : this.#parts.find(key);
    if (!target) return { kind: 'unknown' };

    // Written down, but not asked for: nobody of ours has called.
    if (initiation?.session === null) return { kind: 'unknown' };
    const known = initiation
      ? await store.session(initiation.session)
      : await store.sessionByCall(call.callSid);
    if (known && isFinal(known.status)) return { kind: 'hang-up' };
    return this.#receive(call, target, known, initiation, key ?? target.app.id);
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
   * own. Null also where another kind of line would have to carry it.
   */
  async sessionOf(start: StreamStart, kind: 'stream' | 'relay'): Promise<Session | null> {
    const { token, appKey, initiationId, sender, deviceId, locale } = start.parameters;
    if (token !== undefined) {
      const session = await this.#parts.admissions.redeem(token, start.callSid);
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
      locale: locale?.replaceAll('_', '-') ?? null,
    });
    return answer.kind === kind ? this.#parts.store.session(answer.session) : null;
  }

  async #receive(
    call: IncomingCall,
    target: Target,
    known: Session | null,
    initiation: Initiation | null,
    key: string,
  ): Promise<Admission> {
    const { store, admissions } = this.#parts;
    const session = known ?? this.#newSession(call, target, key);
    // The network may ask again for a call that was taken, and even for one that runs: that one is not refused.
    const taken = known && (!initiation || known.startedAt !== null || this.#parts.isRunning(known.id));
    const refusal = taken ? null : this.#refuse(session, target);
    if (refusal) {
      const ended = { callSid: call.callSid, ...refusal.outcome, endedAt: this.#parts.clock.now() };
      admissions.take(session.id);
      if (known) await store.patchSession(session.id, ended);
      else await store.addSession({ ...session, ...ended });
      return refusal.answer;
    }
    // Taken before anything is waited for: webhooks that come at once must see each other.
    const welcomeMessage = initiation?.welcomeMessage ?? call.welcomeMessage;
    admissions.reserve(session.id, { target, caller: call.caller, welcomeMessage });
    try {
      if (initiation && known && known.startedAt === null) {
        const { callSid, accountSid } = call;
        // That it was answered may have been reported before.
        const status = known.status === 'queued' ? 'ringing' : known.status;
        await store.patchSession(session.id, { callSid, accountSid, status });
      } else if (!known) {
        await store.addSession(session);
      }
      return await this.admit(session);
    } catch (thrown) {
      admissions.take(session.id);
      // The same webhook at the same moment: the other one has made the session.
      const twin = thrown instanceof OffhookError && thrown.code === 'duplicate-call' && !known;
      const made = twin ? await store.sessionByCall(call.callSid) : null;
      if (made) return this.#receive(call, target, made, initiation, key);
      throw thrown;
    }
  }

  #newSession(call: IncomingCall, target: Target, key: string): Session {
    return {
      id: randomUUID(),
      app: target.app.id,
      dialogue: target.program.dialogue,
      key,
      ...this.#parts.casting.beginning(target.app),
      cost: null,
      direction: call.placed ? 'outbound' : 'inbound',
      isInitiated: call.placed,
      from: call.from,
      to: call.to,
      callSid: call.callSid,
      accountSid: call.accountSid,
      user: null,
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
    if (!app.public && !session.isInitiated) {
      return {
        answer: { kind: 'say', text: words.privateLine, locale: app.locale },
        outcome: { status: 'completed', endReason: 'not-paired' },
      };
    }
    if (app.limits.calls === null || this.#parts.count(app.id, session.id) < app.limits.calls) return null;
    // Whom we called has answered already: they get a word, not a tone.
    const answer: Admission = session.isInitiated
      ? { kind: 'say', text: words.limit, locale: app.locale }
      : { kind: 'busy' };
    return { answer, outcome: { status: session.isInitiated ? 'completed' : 'busy', endReason: 'limit' } };
  }
}
