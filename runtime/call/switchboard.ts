/**
 * Where calls meet their dialogues: admits them, joins each with a conversation, and knows what is next when
 * a stream has closed. A session is in the store from the webhook on.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Program } from '../dialogue/program.ts';
import type { EndReason } from '../dialogue/protocol.ts';
import { newState, type CallFacts, type State } from '../dialogue/state.ts';
import { wordsFor } from '../dialogue/words.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { AudioLine, AudioLineEvent, ChannelEvent } from '../line/line.ts';
import type { Initiation, Session, SessionStatus, Store } from '../store/store.ts';
import type { Tools } from '../tools/tools.ts';
import { Admissions, isFinal, type Target } from './admissions.ts';
import { factsOf } from './facts.ts';
import { Conversation, type ConversationParts, type LiveEvent } from './conversation.ts';
import { Spoken } from './spoken.ts';
import type { Studio } from './studio.ts';

/** A call that asks what to do, as the line's webhook knows it. */
export interface IncomingCall {
  /** The app it is for; null: found by the number that was called. */
  key: string | null;
  callSid: string;
  accountSid: string | null;
  from: string | null;
  to: string | null;
  /** What is known of the caller. */
  caller: CallFacts['caller'];
  /** The initiation that placed it; null for a call that came in, or that somebody else placed. */
  initiation: string | null;
  /** The call was placed from our side, by whomever. */
  placed: boolean;
  /** Said in the place of the intro. */
  welcomeMessage: string | null;
  /** BCP 47, where the line knows better than the app. */
  locale: string | null;
}

/** What the line shall do with the call. */
export type Answer =
  | { kind: 'stream'; session: string; parameters: Readonly<Record<string, string>> }
  | { kind: 'busy' }
  | { kind: 'say'; text: string; locale: string }
  | { kind: 'hang-up' }
  | { kind: 'unknown' };

export interface SwitchboardParts extends Omit<ConversationParts, 'tools' | 'store'> {
  store: Store;
  find(key: string): Target | null;
  byNumber(number: string): Target | null;
  tools(program: Program): Tools;
  studio: Studio;
}

/** How long a call whose stream broke may take to come back. */
const LOST_MS = 30_000;
const RECONNECTS = 3;
/** The close of a stream and the question what is next may overtake each other by so much. */
const GRACE_MS = 2_000;
/** A call that was placed this long ago and never rang will not ring any more. */
const QUEUED_MS = 3_600_000;
/** Line events kept while a stream is being admitted: ten seconds of audio. */
const EARLY_EVENTS = 500;

interface Running {
  app: string;
  conversation: Conversation;
  over: Promise<void>;
}

export class Switchboard {
  readonly #parts: SwitchboardParts;
  readonly #admissions: Admissions;
  readonly #running = new Map<string, Running>();
  readonly #reconnects = new Map<string, number>();
  /** What a call that lost its line was running: it comes back to the same version. */
  readonly #lost = new Map<string, Target>();
  readonly #listeners = new Map<string, Set<(event: LiveEvent) => void>>();
  #draining = false;

  constructor(parts: SwitchboardParts) {
    this.#parts = parts;
    this.#admissions = new Admissions(parts.store, parts.clock, (session) => this.#loseUnlessBack(session));
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Calls of the app that are running or on their way in. */
  count(app: string): number {
    const running = [...this.#running.values()].filter((call) => call.app === app).length;
    return running + this.#admissions.count(app);
  }

  /** Watches a running call; null where there is none. The answer stops watching. */
  subscribe(session: string, listener: (event: LiveEvent) => void): (() => void) | null {
    if (!this.#running.has(session)) return null;
    const listeners = this.#listeners.get(session) ?? new Set();
    this.#listeners.set(session, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** A call comes in, or a call that was placed is answered: what shall the line do? */
  async incoming(call: IncomingCall): Promise<Answer> {
    const { store } = this.#parts;
    const initiation = call.initiation === null ? null : await store.initiation(call.initiation);
    if (call.initiation !== null && !initiation) return { kind: 'unknown' };
    const key = initiation?.key ?? call.key;
    const target = key === null ? this.#parts.byNumber(call.to ?? '') : this.#parts.find(key);
    if (!target) return { kind: 'unknown' };

    const known = initiation
      ? await store.session(initiation.session)
      : await store.sessionByCall(call.callSid);
    if (known && isFinal(known.status)) return { kind: 'hang-up' };
    return this.#receive(call, target, known, initiation, key ?? target.app.id);
  }

  async #receive(
    call: IncomingCall,
    target: Target,
    known: Session | null,
    initiation: Initiation | null,
    key: string,
  ): Promise<Answer> {
    const { store } = this.#parts;
    const session = known ?? this.#newSession(call, target, key);
    const refusal = known && !initiation ? null : this.#refuse(session, target);
    if (refusal) {
      const ended = {
        ...session,
        callSid: call.callSid,
        ...refusal.outcome,
        endedAt: this.#parts.clock.now(),
      };
      if (known) await store.patchSession(session.id, ended);
      else await store.addSession(ended);
      return refusal.answer;
    }
    // Taken before anything is waited for: webhooks that come at once must see each other.
    const welcomeMessage = initiation?.welcomeMessage ?? call.welcomeMessage;
    this.#admissions.reserve(session.id, { target, caller: call.caller, welcomeMessage });
    try {
      if (known?.status === 'queued') {
        const { callSid, accountSid } = call;
        await store.patchSession(session.id, { callSid, accountSid, status: 'ringing' });
      } else if (!known) {
        await store.addSession(session);
      }
      return await this.#admit(session);
    } catch (thrown) {
      this.#admissions.take(session.id);
      // The same webhook at the same moment: the other one has made the session.
      const twin = thrown instanceof OffhookError && thrown.code === 'duplicate-call' && !known;
      const made = twin ? await store.sessionByCall(call.callSid) : null;
      if (made) return this.#receive(call, target, made, initiation, key);
      throw thrown;
    }
  }

  /** A stream began. What comes over the line goes into the function that this gives back. */
  connect(
    line: AudioLine,
    start: { callSid: string; accountSid: string; parameters: Readonly<Record<string, string>> },
  ): (event: AudioLineEvent) => void {
    let sink: ((event: AudioLineEvent) => void) | null = null;
    const early: AudioLineEvent[] = [];
    const refuse = (problem: string): void => {
      this.#parts.log.warn({ callSid: start.callSid, problem }, 'stream refused');
      sink ??= () => undefined;
      line.close();
    };
    this.#sessionOf(start)
      .then(async (session) => {
        if (!session) return refuse('no valid token');
        const receive = await this.#begin(session, line);
        sink = receive;
        for (const event of early.splice(0)) receive(event);
      })
      .catch((thrown: unknown) => refuse(messageOf(thrown)));
    return (event) => {
      if (sink) sink(event);
      else if (early.length < EARLY_EVENTS || event.kind === 'closed') early.push(event);
    };
  }

  /** The stream of a session closed and the line asks what is next. */
  async next(sessionId: string, callSid: string): Promise<Answer> {
    await this.#giveWay(sessionId);
    const session = await this.#parts.store.session(sessionId);
    if (!session || session.callSid !== callSid) return { kind: 'unknown' };
    if (isFinal(session.status) || session.endReason !== null) return { kind: 'hang-up' };
    const tries = (this.#reconnects.get(sessionId) ?? 0) + 1;
    const target = this.#lost.get(sessionId) ?? this.#parts.find(session.key);
    if (tries > RECONNECTS || !target) {
      await this.#giveUp(sessionId, 'error');
      return { kind: 'say', text: wordsFor(session.locale).trouble, locale: session.locale };
    }
    this.#reconnects.set(sessionId, tries);
    this.#admissions.reserve(sessionId, { target, caller: {}, welcomeMessage: null });
    return this.#admit(session);
  }

  /** The line reports what became of a call, possibly late, twice or out of order. */
  async status(sessionId: string | null, callSid: string, status: SessionStatus): Promise<void> {
    const { store } = this.#parts;
    const session = sessionId === null ? await store.sessionByCall(callSid) : await store.session(sessionId);
    if (!session || isFinal(session.status)) return;
    if (session.callSid !== null && session.callSid !== callSid) return;
    if (!isFinal(status)) {
      // A late report must not take a running call back to ringing.
      if (status === 'ringing' && session.status === 'queued')
        await store.patchSession(session.id, { status });
      return;
    }
    const running = this.#running.get(session.id);
    if (running) return running.conversation.close();
    this.#admissions.take(session.id);
    this.#forget(session.id);
    const endReason = session.endReason ?? (session.startedAt === null ? null : 'caller-hung-up');
    await store.patchSession(session.id, { status, endReason, endedAt: this.#parts.clock.now() });
  }

  /** Takes no new calls, tells the running ones goodbye, and settles when they are over or after `withinMs`.
   * Gives how many there were. */
  async drain(withinMs: number): Promise<number> {
    this.#draining = true;
    const calls = this.#running.size;
    for (const { conversation } of this.#running.values()) conversation.drain();
    const over = this.#allOver();
    await Promise.race([over, this.#pause(withinMs)]);
    for (const { conversation } of this.#running.values()) conversation.close();
    await Promise.race([over, this.#pause(1_000)]);
    this.#admissions.close();
    return calls;
  }

  async #allOver(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map((call) => call.over));
  }

  /** A line that is still held here though the network already asks what is next: it is dead, and gives way. */
  async #giveWay(session: string): Promise<void> {
    const running = this.#running.get(session);
    if (!running) return;
    await Promise.race([running.over, this.#pause(GRACE_MS)]);
    if (this.#running.get(session) !== running) return;
    running.conversation.lose();
    await Promise.race([running.over, this.#pause(GRACE_MS)]);
  }

  /** After a crash: calls that do not come back within the time a lost stream has are closed. */
  async takeStock(): Promise<void> {
    for (const session of await this.#parts.store.openSessions()) {
      const age = this.#parts.clock.now() - session.createdAt;
      if (session.status === 'queued' && age < QUEUED_MS) continue;
      this.#parts.clock.after(LOST_MS, () => this.#loseUnlessBack(session.id));
    }
  }

  #newSession(call: IncomingCall, target: Target, key: string): Session {
    return {
      id: randomUUID(),
      app: target.app.id,
      dialogue: target.program.dialogue,
      key,
      engine: this.#parts.studio.engineOf(target.app),
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
  ): { answer: Answer; outcome: { status: SessionStatus; endReason: EndReason } } | null {
    const words = wordsFor(app.locale);
    if (this.#draining) {
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
    if (app.limits.calls === null || this.count(app.id) < app.limits.calls) return null;
    // Whom we called has answered already: they get a word, not a tone.
    const answer: Answer = session.isInitiated
      ? { kind: 'say', text: words.limit, locale: app.locale }
      : { kind: 'busy' };
    return { answer, outcome: { status: session.isInitiated ? 'completed' : 'busy', endReason: 'limit' } };
  }

  async #admit(session: Session): Promise<Answer> {
    const token = await this.#admissions.token(session.id);
    const parameters = { token, appKey: session.key, locale: session.locale };
    return { kind: 'stream', session: session.id, parameters };
  }

  /** The session that a stream belongs to: by its token, or by its app: the upgrade was the network's own. */
  async #sessionOf(start: {
    callSid: string;
    accountSid: string;
    parameters: Readonly<Record<string, string>>;
  }): Promise<Session | null> {
    const { token, appKey, initiationId, sender, deviceId, locale } = start.parameters;
    if (token !== undefined) return this.#admissions.redeem(token, start.callSid);
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
    return answer.kind === 'stream' ? this.#parts.store.session(answer.session) : null;
  }

  async #begin(session: Session, line: AudioLine): Promise<(event: AudioLineEvent) => void> {
    const { store, studio, clock, log, metrics } = this.#parts;
    await this.#giveWay(session.id);
    const admitted = this.#admissions.peek(session.id);
    const target = admitted?.target ?? this.#lost.get(session.id) ?? this.#parts.find(session.key);
    if (!target)
      throw new OffhookError('unknown-app', `There is no app or dialogue "${session.key}" any more.`);
    const entry = await store.lastEntry(session.id);
    const turns = entry ? ((await store.sessionDetail(session.id))?.turns ?? []) : [];
    const startedAt = session.startedAt ?? clock.now();
    const state = entry
      ? (entry.state as unknown as State)
      : newState(
          target.program.version,
          factsOf(session, startedAt, admitted?.caller, admitted?.welcomeMessage),
          session.attributes,
          seedOf(session.id),
        );

    const callLog = log.child({ session: session.id, app: session.app });
    let finished: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (finished = resolve));
    let spoken: Spoken | null = null;
    const conversation = new Conversation(
      { ...this.#parts, tools: this.#parts.tools(target.program), log: callLog },
      {
        session: { ...session, startedAt: session.startedAt },
        program: target.program,
        state,
        sequence: entry?.sequence ?? 0,
        firstTurn: (turns.at(-1)?.index ?? -1) + 1,
        channel: (on: (event: ChannelEvent) => void) => {
          spoken = studio.join(session, target, state, turns, line, callLog, on);
          return spoken;
        },
        live: (event) => this.#tell(session.id, event),
        ended: (endReason) => {
          const mine = this.#running.get(session.id)?.conversation === conversation;
          if (mine) {
            this.#running.delete(session.id);
            this.#listeners.delete(session.id);
          }
          metrics.callEnded(session.app, session.direction, endReason ?? 'lost');
          callLog.info({ endReason }, endReason === null ? 'the line was lost' : 'call ended');
          if (endReason !== null) this.#forget(session.id);
          else if (mine) {
            this.#lost.set(session.id, target);
            clock.after(LOST_MS, () => this.#loseUnlessBack(session.id));
          }
          finished();
        },
      },
    );
    this.#admissions.take(session.id);
    this.#running.set(session.id, { app: session.app, conversation, over });
    metrics.callStarted(session.app, session.direction);
    callLog.info(
      { engine: session.engine, direction: session.direction, resumed: entry !== null },
      'call began',
    );
    conversation.begin();
    if (this.#draining) conversation.drain();
    return (event) => spoken!.fromLine(event);
  }

  #tell(session: string, event: LiveEvent): void {
    for (const listener of this.#listeners.get(session) ?? []) {
      try {
        listener(event);
      } catch (thrown) {
        this.#parts.log.warn({ session, problem: messageOf(thrown) }, 'a follower of a call broke');
      }
    }
  }

  #forget(session: string): void {
    this.#reconnects.delete(session);
    this.#lost.delete(session);
  }

  #loseUnlessBack(session: string): void {
    if (this.#running.has(session) || this.#admissions.has(session)) return;
    this.#giveUp(session, 'error').catch((thrown: unknown) => {
      this.#parts.log.error({ session, problem: messageOf(thrown) }, 'a lost call could not be closed');
    });
  }

  async #giveUp(id: string, endReason: EndReason): Promise<void> {
    const { store, clock } = this.#parts;
    const session = await store.session(id);
    if (!session || isFinal(session.status)) return;
    const status = session.startedAt === null ? 'failed' : 'completed';
    await store.patchSession(id, { status, endReason: session.endReason ?? endReason, endedAt: clock.now() });
    this.#forget(id);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(ms, resolve));
  }
}

/** The variants of a call follow from its id: a call told again is the same call. */
function seedOf(session: string): number {
  return createHash('sha256').update(session).digest().readUInt32LE(0);
}
