/**
 * Where calls meet their dialogues: admits them, joins each with a conversation, and knows what is next when
 * a stream has closed. A session is in the store from the webhook on.
 */
import type { AppFacts } from '../dialogue/program.ts';
import { wordsFor } from '../dialogue/words.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Partial, Told } from '../line/gathering.ts';
import type { AudioLine, AudioLineEvent, WordLine, WordLineEvent } from '../line/line.ts';
import type { Hold } from '../store/lines.ts';
import type { Session, SessionStatus, Store } from '../store/store.ts';
import { Absences, LOST_MS } from './absences.ts';
import { Admissions, RINGING_MS, isFinal, type Target } from './admissions.ts';
import type {
  Answer,
  BriefAnswer,
  DialOutcome,
  IncomingCall,
  StreamStart,
  TransferFailure,
} from './answers.ts';
import { BROWSER } from './browser-calls.ts';
import type { LiveEvent } from './conversation.ts';
import { Exchanges, type Ending } from './exchanges.ts';
import { CallLines, type LineAccount } from './lines.ts';
import type { TakenUp } from './kept-exchange.ts';
import { LostToolCalls } from './lost-tool-calls.ts';
import { Machines } from './machines.ts';
import { Presence } from './presence.ts';
import { Reception, type Admission } from './reception.ts';
import { RunningCalls, type LineEvent, type Outcome, type RunningCallsParts } from './running-calls.ts';
import type { Joined, Joining, Studio } from './studio.ts';
import { Transfers } from './transfers.ts';

export interface SwitchboardParts extends Omit<RunningCallsParts, 'store' | 'left' | 'callBack'> {
  store: Store;
  find(key: string): Target | null;
  byNumber(number: string): Target | null;
  /** The account that carries a call of the app; `sid`: as the network names it, null where the app decides. */
  account(app: AppFacts, sid: string | null): LineAccount;
  /** Whether a call of this account (its SID) may be given to the app. */
  takesCallsOf(app: AppFacts, accountSid: string | null): boolean;
  /** Has the caller of this session called back; the same order (`id`) may come again. */
  callBack(session: Session, order: { id: string; at: number }): Promise<void>;
  /** Somebody is asked about a number (E.164) with this account, beside the call. */
  inquire(phone: string, account: string | null): void;
  studio: Pick<Studio, 'join' | 'joinWords' | 'gather'>;
}

/** Line events kept while a stream is being admitted: ten seconds of audio. */
const EARLY_EVENTS = 500;
/** The parameter of a stream that tells why the caller comes back. */
const TRANSFER_FAILED = 'transferFailed';
/** What a line is told that belongs to no call. */
const REFUSED = JSON.stringify({ reason: 'refused' });
const FAILURES: readonly TransferFailure[] = ['busy', 'no-answer', 'declined', 'failed'];

export class Switchboard {
  readonly #parts: SwitchboardParts;
  readonly #admissions: Admissions;
  readonly #absences: Absences;
  readonly #running: RunningCalls;
  readonly #reception: Reception;
  readonly #transfers: Transfers;
  readonly #machines: Machines;
  readonly #exchanges: Exchanges;
  readonly #presence: Presence;
  readonly #lines: CallLines;
  readonly #lostToolCalls: LostToolCalls;
  #draining = false;

  constructor(parts: SwitchboardParts) {
    const { store, clock, log } = parts;
    this.#parts = parts;
    this.#presence = new Presence({ store, clock, log });
    this.#lines = new CallLines({
      lines: store.lines,
      clock,
      log,
      process: this.#presence.process,
      account: (app, sid) => parts.account(app, sid),
    });
    this.#lostToolCalls = new LostToolCalls({ store, clock, log });
    this.#absences = new Absences({
      store,
      clock,
      log,
      isHere: (session) => this.#running.has(session) || this.#admissions.has(session),
      heldUntil: (session) => this.#presence.heldElsewhere(session),
      awayMs: (session) => this.#transfers.awayMs(session),
      over: (session) => this.#lines.over(session),
      closed: (session) => this.#lostToolCalls.endOf(session),
    });
    this.#admissions = new Admissions(store, clock, (session) => this.#absences.missed(session));
    this.#running = new RunningCalls({
      ...parts,
      callBack: (session, order) => {
        parts.callBack(session, order).catch((thrown: unknown) => {
          log.error({ session: session.id, problem: messageOf(thrown) }, 'a call-back could not be arranged');
        });
      },
      left: (session, target, outcome) => this.#left(session, target, outcome),
    });
    this.#reception = new Reception({
      ...parts,
      admissions: this.#admissions,
      lines: this.#lines,
      isRunning: (session) => this.#running.has(session),
      draining: () => this.#draining,
    });
    this.#transfers = new Transfers({ store, clock, log, target: (session) => this.#targetOf(session) });
    this.#machines = new Machines(store);
    this.#exchanges = new Exchanges({
      store,
      clock,
      log,
      open: (joining) => parts.studio.gather(joining),
      begin: async (session, join, { transferFailed, takenUp }) => {
        await this.#begin(session, join, transferFailed, takenUp);
        return this.#running.conversation(session.id)!;
      },
      settled: (session) => this.#running.settled(session),
      behind: (session) => this.#behind(session),
      draining: () => this.#draining,
    });
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Keeps a line for a call that is about to be placed, where its app and its account have one left.
   * @throws OffhookError `store-failed`.
   */
  async hold(session: string, target: Target): Promise<Hold> {
    const hold = await this.#lines.take(session, target.app, null, RINGING_MS);
    if (hold === 'held') this.#expect(session, target, RINGING_MS);
    return hold;
  }

  /** As `hold`, for a call that is carried nowhere here: its end alone, or so much time, frees its line. */
  lend(session: string, { app }: Target, accountSid: string | null, withinMs: number): Promise<Hold> {
    return this.#lines.lend(session, app, accountSid, withinMs);
  }

  /** The call was not placed, was taken back, or is over elsewhere. */
  release(session: string): void {
    if (this.#running.has(session)) return;
    this.#forget(session);
    this.#lines.over(session);
  }

  /** Is told whenever this process has freed a line. The answer stops it. */
  onFree(listener: () => void): () => void {
    return this.#lines.onFree(listener);
  }

  /** Watches a running call; null where there is none. The answer stops watching. */
  subscribe(session: string, listener: (event: LiveEvent) => void): (() => void) | null {
    return this.#running.subscribe(session, listener);
  }

  /** A call comes in, or a call that was placed is answered: what shall the line do? */
  async incoming(call: IncomingCall): Promise<Answer> {
    return this.#admitted(await this.#reception.incoming(call));
  }

  /** A line without a stream tells what became of its last answer. */
  async gather(sessionId: string, callSid: string, turn: number, told: Told): Promise<Answer> {
    const session = await this.#parts.store.session(sessionId);
    if (!session || session.callSid !== callSid) return { kind: 'unknown' };
    const over = isFinal(session.status) || (session.endReason !== null && !this.#running.has(session.id));
    if (over) return (await this.#exchanges.again(session, turn)) ?? { kind: 'hang-up' };
    this.#lines.extend(session.id);
    return (await this.#exchanges.told(session, turn, told)) ?? { kind: 'unknown' };
  }

  /** The caller of a line without a stream is speaking. */
  async partial(partial: Partial): Promise<void> {
    const session = await this.#parts.store.session(partial.session);
    if (session?.callSid === partial.callSid) this.#exchanges.partial(partial);
  }

  /** A stream began. What comes over the line goes into the function that this gives back. */
  connect(line: AudioLine, start: StreamStart): (event: AudioLineEvent) => void {
    return this.#connect('stream', line, start, (joining) => this.#parts.studio.join(joining, line));
  }

  /** As `connect`, for a line that listens and speaks by itself. */
  connectWords(line: WordLine, start: StreamStart): (event: WordLineEvent) => void {
    const closing = { close: () => line.end(REFUSED) };
    return this.#connect('relay', closing, start, (joining) => this.#parts.studio.joinWords(joining, line));
  }

  #connect<E extends LineEvent>(
    kind: 'stream' | 'relay',
    line: Pick<AudioLine, 'close'>,
    start: StreamStart,
    join: (joining: Joining) => Joined<E>,
  ): (event: E) => void {
    let sink: ((event: E) => void) | null = null;
    const early: E[] = [];
    const refuse = (problem: string): void => {
      this.#parts.log.warn({ callSid: start.callSid, problem }, 'stream refused');
      sink ??= () => undefined;
      line.close();
    };
    this.#reception
      .sessionOf(start, kind)
      .then(async (session) => {
        if (!session) return refuse('no valid token');
        const told = start.parameters[TRANSFER_FAILED];
        const receive = await this.#begin(session, join, FAILURES.find((one) => one === told) ?? null);
        sink = receive;
        for (const event of early.splice(0)) receive(event);
      })
      .catch((thrown: unknown) => refuse(messageOf(thrown)));
    return (event) => {
      if (sink) sink(event);
      else if (early.length < EARLY_EVENTS || event.kind === 'closed') early.push(event);
    };
  }

  /**
   * The stream of a session closed and the line asks what is next. `failure`: the line cannot carry the call as it was
   * told to, and this is its code; another crew takes it over, where there is one.
   */
  async next(sessionId: string, callSid: string, failure: string | null = null): Promise<Answer> {
    await this.#running.settled(sessionId);
    const session = await this.#parts.store.session(sessionId);
    if (!session || session.callSid !== callSid) return { kind: 'unknown' };
    if (isFinal(session.status) || session.endReason !== null) return { kind: 'hang-up' };
    const order = await this.#transfers.order(session);
    if (order) {
      await this.#running.lose(sessionId);
      await this.#awayFor(sessionId);
      return order;
    }
    if (!this.#absences.mayComeBack(sessionId)) return this.#sorry(session);
    const target = failure === null ? null : this.#targetOf(session);
    const handed = target !== null && (await this.#running.handOver(session, target, failure!));
    return this.#takeBack(handed ? ((await this.#parts.store.session(sessionId)) ?? session) : session);
  }

  /** The other side of a transfer has answered (`key` undefined), or has pressed a key behind the brief. */
  brief(session: string, transfer: number, key?: string | null): Promise<BriefAnswer> {
    return key === undefined
      ? this.#transfers.brief(session, transfer)
      : this.#transfers.pressed(session, transfer, key);
  }

  /** The line tells what became of a transfer, and asks what is next. */
  async transferred(told: DialOutcome): Promise<Answer> {
    const verdict = await this.#transfers.outcome(told);
    if (verdict.kind === 'unknown') return verdict;
    if (verdict.kind === 'back') {
      const { session, failure } = verdict;
      // Of an earlier transfer: where the line means it, its stream takes over from the one that is here.
      return this.#takeBack(session, failure === null ? {} : { [TRANSFER_FAILED]: failure });
    }
    if (!this.#running.has(told.session)) {
      this.#forget(told.session);
      await this.#lostToolCalls.endOf(told.session);
    }
    return { kind: 'hang-up' };
  }

  /** The line has listened to who answered a call that we placed; possibly late or twice. */
  async answeredBy(sessionId: string, callSid: string, who: string): Promise<void> {
    if (await this.#machines.answeredBy(sessionId, callSid, who)) this.#meetMachine(sessionId);
  }

  /**
   * The line reports what became of a call, possibly late, twice or out of order. `sequence` counts a call's reports; null:
   * it was not reported, but found out.
   */
  async status(
    sessionId: string | null,
    callSid: string,
    status: SessionStatus,
    sequence: number | null = null,
  ): Promise<void> {
    const { store, clock } = this.#parts;
    const session = sessionId === null ? await store.sessionByCall(callSid) : await store.session(sessionId);
    if (!session || isFinal(session.status)) return;
    if (session.callSid !== null && session.callSid !== callSid) return;
    if (!isFinal(status)) {
      await store.reportSession(session.id, { callSid, status, sequence, endReason: null, now: clock.now() });
      return;
    }
    const conversation = this.#running.conversation(session.id);
    if (conversation) {
      const { transferring } = conversation;
      conversation.close();
      if (!transferring) return;
      // It leaves its session open for the caller to come back, who will not.
      await this.#running.settled(session.id);
    }
    const over = session.startedAt === null ? null : this.#transfers.endReason(session);
    const endReason = over ?? (status === 'failed' ? 'error' : null);
    const report = { callSid, status, sequence, endReason, now: clock.now() };
    if (!(await store.reportSession(session.id, report))) return;
    this.#forget(session.id);
    this.#lines.over(session.id);
    // Another process that held the call to its end tells of its tool calls itself.
    const heldUntil = await this.#presence.heldElsewhere(session.id);
    if (heldUntil === null || heldUntil < clock.now()) await this.#lostToolCalls.endOf(session.id);
  }

  /** Takes no new calls, tells the running ones goodbye, and settles when they are over or after `withinMs`.
   * Gives how many there were. */
  async drain(withinMs: number): Promise<number> {
    this.#draining = true;
    const calls = this.#running.size;
    this.#exchanges.release();
    await this.#running.drain(withinMs);
    this.#admissions.close();
    this.#absences.close();
    this.#lostToolCalls.close();
    await this.#lines.close();
    await this.#presence.close();
    return calls;
  }

  /**
   * After a crash: calls that do not come back in time are closed where nobody else holds them; those that ring count.
   * What the tool calls of dead processes came to is not known.
   */
  async takeStock(): Promise<void> {
    const { store, clock } = this.#parts;
    for (const session of await store.openSessions()) {
      if (this.#running.has(session.id) || this.#admissions.has(session.id)) continue;
      // Nobody here carries it: the network tells of its end, or is asked for it (`browser-ends.ts`).
      if (session.engine === BROWSER) continue;
      const ringsMs = session.createdAt + RINGING_MS - clock.now();
      const target = this.#targetOf(session);
      const rings = session.isInitiated && session.startedAt === null && ringsMs > 0;
      if (rings && target) {
        this.#lines.keep(session.id, target.app, session.accountSid, ringsMs);
        this.#expect(session.id, target, ringsMs);
      } else await this.#absences.watch(session.id);
    }
    await this.#lostToolCalls.sweep();
  }

  async #admitted(admission: Admission): Promise<Answer> {
    if (admission.kind !== 'gathers') return admission;
    const told = admission.parameters[TRANSFER_FAILED];
    return this.#exchanges.here(admission.session, FAILURES.find((one) => one === told) ?? null);
  }

  /** What a line without a stream does when its conversation is over. */
  async #behind(sessionId: string): Promise<Ending> {
    const session = await this.#parts.store.session(sessionId);
    if (!session || isFinal(session.status)) return { kind: 'hang-up' };
    const order = await this.#transfers.order(session);
    if (!order) return { kind: 'ask-next' };
    await this.#awayFor(sessionId);
    return order;
  }

  /** The caller is with somebody else from now on. */
  async #awayFor(sessionId: string): Promise<void> {
    this.#lines.release(sessionId);
    const awayMs = await this.#transfers.awayMs(sessionId);
    this.#absences.left(sessionId, null, awayMs ?? LOST_MS, 'transferred');
  }

  async #begin<E extends LineEvent>(
    session: Session,
    join: (joining: Joining) => Joined<E>,
    transferFailed: TransferFailure | null,
    takenUp: TakenUp | null = null,
  ): Promise<(event: E) => void> {
    await this.#running.settled(session.id);
    await this.#running.lose(session.id);
    const admitted = this.#admissions.peek(session.id);
    const target = admitted?.target ?? this.#targetOf(session);
    if (!target)
      throw new OffhookError('unknown-app', `There is no app or dialogue "${session.key}" any more.`);
    this.#lines.keep(session.id, target.app, session.accountSid);
    const awaitsMachine = await this.#machines.awaits(session);
    const how = { transferFailed, awaitsMachine, takenUp };
    const receive = await this.#running.begin(session, join, target, admitted, how);
    this.#admissions.take(session.id);
    this.#absences.back(session.id);
    this.#presence.hold(session.id);
    this.#transfers.forget(session.id);
    this.#meetMachine(session.id);
    if (this.#draining && session.engine !== 'gather') this.#running.conversation(session.id)?.drain();
    return receive;
  }

  /** A machine may be known before the call has its stream: it is met then. */
  #meetMachine(session: string): void {
    if (this.#running.has(session)) this.#running.meet(session, this.#machines.take(session));
  }

  /** The caller is still there and is joined with the dialogue again. */
  async #takeBack(session: Session, parameters: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const target = this.#targetOf(session);
    if (!target) return this.#sorry(session);
    this.#lines.keep(session.id, target.app, session.accountSid);
    this.#expect(session.id, target);
    return this.#admitted(await this.#reception.admit(session, parameters));
  }

  async #sorry(session: Session): Promise<Answer> {
    await this.#absences.giveUp(session.id, 'error');
    this.#forget(session.id);
    return { kind: 'say', text: wordsFor(session.locale).trouble, locale: session.locale };
  }

  #expect(session: string, target: Target, withinMs?: number): void {
    this.#admissions.reserve(session, { target, caller: {}, welcomeMessage: null }, withinMs);
  }

  #targetOf(session: Session): Target | null {
    return this.#absences.target(session.id) ?? this.#parts.find(session.key);
  }

  #left(session: string, target: Target, outcome: Outcome): void {
    switch (outcome) {
      case 'lost':
        return this.#absences.left(session, target, LOST_MS);
      case 'transferring':
      case 'gone':
        // The line has asked already, and this one was dead.
        if (this.#absences.has(session)) return;
        // It asks what is next in a moment; where it does not, the caller has hung up.
        return this.#absences.left(session, target, outcome === 'gone' ? 0 : LOST_MS, 'caller-hung-up');
      default:
        return this.#forget(session);
    }
  }

  #forget(session: string): void {
    this.#admissions.take(session);
    this.#absences.forget(session);
    this.#transfers.forget(session);
    this.#machines.forget(session);
    this.#lines.release(session);
  }
}
