import { createHash } from 'node:crypto';
import type { Prices } from '../dialogue/prices.ts';
import type { Program } from '../dialogue/program.ts';
import type { Effect, EndReason, Value } from '../dialogue/protocol.ts';
import { newState, type State } from '../dialogue/state.ts';
import { messageOf } from '../errors.ts';
import type { ChannelEvent, ClosedReason } from '../line/line.ts';
import type { Session, Store } from '../store/store.ts';
import type { Tools } from '../tools/tools.ts';
import type { AskModel } from '../understand/understand.ts';
import type { Admitted, Target } from './admissions.ts';
import type { TransferFailure } from './answers.ts';
import { Conversation, type ConversationParts, type LiveEvent } from './conversation.ts';
import { Costs } from './costs.ts';
import { factsOf } from './facts.ts';
import type { MachineOrder } from './machines.ts';
import { NOBODY, phoneOf, type Known } from './person.ts';
import { PatientChannel } from './patient-channel.ts';
import type { Casting, Crew } from './casting.ts';
import type { TakenUp } from './kept-exchange.ts';
import type { Joined, Joining } from './studio.ts';

export interface RunningCallsParts extends Omit<ConversationParts, 'tools' | 'store' | 'model'> {
  store: Store;
  casting: Casting;
  /** What vendors charge at present. */
  prices(): Prices;
  tools(program: Program): Tools;
  /** Judges for this crew what callers mean, where nobody of it can. */
  model(crew: Crew): AskModel | null;
  /** The dialogue wants the caller of this session called back; the same order may come again. */
  callBack(session: Session, order: { id: string; at: number }): void;
  /** The line of a call is gone. */
  left(session: string, target: Target, outcome: Outcome): void;
}

/**
 * How a call left its line. With a reason its session is closed. Otherwise it is open: the line broke (`lost`), the
 * caller is to be joined with somebody else (`transferring`), or would have been, had they not hung up (`gone`).
 */
export type Outcome = EndReason | 'lost' | 'transferring' | 'gone';

interface Running {
  conversation: Conversation;
  patient: PatientChannel | null;
  over: Promise<void>;
}

/** What comes over a line, whatever it is made of. */
export type LineEvent = { kind: string } & (
  { kind: 'closed'; reason: ClosedReason } | { kind: string; reason?: never }
);

/** The close of a stream and the question what is next may overtake each other by so much. */
const GRACE_MS = 2_000;
/** The network listens for half a minute to who answered, and then says that it does not know. */
const VERDICT_MS = 35_000;

/** The calls that are being held right now, each by its conversation. */
export class RunningCalls {
  readonly #parts: RunningCallsParts;
  readonly #running = new Map<string, Running>();
  readonly #listeners = new Map<string, Set<(event: LiveEvent) => void>>();

  constructor(parts: RunningCallsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#running.size;
  }

  has(session: string): boolean {
    return this.#running.has(session);
  }

  conversation(session: string): Conversation | null {
    return this.#running.get(session)?.conversation ?? null;
  }

  /** Watches a running call; null where there is none. The answer stops watching. */
  subscribe(session: string, listener: (event: LiveEvent) => void): (() => void) | null {
    if (!this.#running.has(session)) return null;
    const listeners = this.#listeners.get(session) ?? new Set();
    this.#listeners.set(session, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /**
   * Joins a line with the dialogue, from its beginning or from where the journal left it. `transferFailed`: the
   * caller comes back from a transfer. `awaitsMachine`: a machine may have answered, which would get its message;
   * the line is not closed before that is known. `takenUp`: it goes on as if nothing had been. What comes over the line goes into the function that this gives back.
   */
  async begin<E extends LineEvent>(
    session: Session,
    join: (joining: Joining) => Joined<E>,
    target: Target,
    admitted: Pick<Admitted, 'caller' | 'welcomeMessage'> | null,
    how: { transferFailed: TransferFailure | null; awaitsMachine: boolean; takenUp: TakenUp | null },
  ): Promise<(event: E) => void> {
    const { store, casting, clock, log, metrics } = this.#parts;
    const entry = await store.lastEntry(session.id);
    const detail = entry ? await store.sessionDetail(session.id) : null;
    const turns = detail?.turns ?? [];
    const startedAt = session.startedAt ?? clock.now();
    const state = entry
      ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
        (entry.state as unknown as State)
      : newState(
          target.program.version,
          factsOf(
            session,
            startedAt,
            admitted?.caller,
            admitted?.welcomeMessage,
            target.app.zone,
            await this.#known(session),
          ),
          session.attributes,
          seedOf(session.id),
        );

    const callLog = log.child({ session: session.id, app: session.app });
    let finished: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (finished = resolve));
    const crews = casting.crews(target.app);
    // The file may have changed since, and have fewer of them.
    const crew = crews[Math.min(session.crew, crews.length - 1)]!;
    let receive: (event: E) => void = () => undefined;
    let patient: PatientChannel | null = null;
    let hungUp = false;
    const conversation = new Conversation(
      {
        ...this.#parts,
        tools: this.#parts.tools(target.program),
        model: this.#parts.model(crew),
        log: callLog,
      },
      {
        session: { ...session, startedAt: session.startedAt },
        program: target.program,
        state,
        sequence: entry?.sequence ?? 0,
        firstTurn: (turns.at(-1)?.index ?? -1) + 1,
        open: (detail?.toolCalls ?? []).filter(({ durationMs }) => durationMs === null),
        ...(how.takenUp && { unheard: how.takenUp.unheard }),
        channel: (on: (event: ChannelEvent) => void) => {
          const joined = join({
            session,
            target,
            crew,
            state,
            turns,
            log: callLog,
            on,
            busy: () => conversation.busy,
            prepare: (text) => conversation.prepare(text),
          });
          ({ receive } = joined);
          if (how.awaitsMachine && hasMessage(target.program)) {
            const isForGood = (): boolean => !conversation.transferring;
            patient = new PatientChannel(
              joined.channel,
              clock,
              startedAt + VERDICT_MS - clock.now(),
              isForGood,
            );
          }
          return patient ?? joined.channel;
        },
        live: (event) => this.#tell(session.id, event),
        costs: new Costs(this.#parts.prices(), detail?.usage ?? []),
        handOver: (code) => this.handOver(session, target, code),
        callBack: (order) => this.#parts.callBack(session, order),
        ended: (endReason) => {
          const mine = this.#running.get(session.id)?.conversation === conversation;
          if (mine) {
            this.#running.delete(session.id);
            this.#listeners.delete(session.id);
          }
          const away = hungUp ? 'gone' : 'transferring';
          const outcome: Outcome = endReason ?? (conversation.transferring ? away : 'lost');
          metrics.callEnded(session.app, session.direction, outcome);
          callLog.info({ endReason }, outcome === 'lost' ? 'the line was lost' : 'call ended');
          if (mine || endReason !== null) this.#parts.left(session.id, target, outcome);
          finished();
        },
      },
    );
    this.#running.set(session.id, { conversation, patient, over });
    metrics.callStarted(session.app, session.direction);
    callLog.info(
      { engine: session.engine, direction: session.direction, resumed: entry !== null },
      'call began',
    );
    if (how.takenUp) conversation.takeUp(how.takenUp.effects);
    else conversation.begin(how.transferFailed);
    if (entry) this.#orderAgain(session, entry.effects);
    return (event) => {
      if (event.kind === 'closed') hungUp = event.reason === 'stop';
      receive(event);
    };
  }

  /** True: the session is written down as another crew's, which takes it up when the line asks what is next. */
  async handOver({ id, crew, engine }: Session, { app }: Target, code: string): Promise<boolean> {
    const { casting, store, metrics, log } = this.#parts;
    const next = casting.next(app, crew);
    if (next === null) return false;
    const to = casting.crews(app)[next]!.engine;
    try {
      await store.patchSession(id, { engine: to, crew: next });
    } catch (thrown) {
      log.error(
        { session: id, problem: messageOf(thrown) },
        'a call could not be handed over to another engine',
      );
      return false;
    }
    metrics.handedOver(engine, to);
    log.warn({ session: id, code, from: engine, to }, 'the call goes on with another engine');
    return true;
  }

  /** It is known who answered the call; null: that was told before, or is not known. */
  meet(session: string, order: MachineOrder | null): void {
    const { conversation, patient } = this.#running.get(session) ?? {};
    switch (order) {
      case 'go-on':
        return patient?.goOn();
      case 'hang-up':
        return conversation?.close('machine');
      case 'message':
        patient?.machineAnswered();
        return conversation?.machineAnswered();
      default:
        order satisfies null;
    }
  }

  /** Settles when the call does not run here any more, or after a moment: its line is dead, or nobody has closed it. */
  async settled(session: string): Promise<void> {
    const running = this.#running.get(session);
    if (running) await Promise.race([running.over, this.#pause(GRACE_MS)]);
  }

  /** The call comes over another line, or goes elsewhere: one that is still held here gives way. */
  async lose(session: string): Promise<void> {
    this.conversation(session)?.lose();
    await this.settled(session);
  }

  /** Tells all callers goodbye and settles when they are gone, or after `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    for (const { conversation } of this.#running.values()) conversation.drain();
    const over = this.#allOver();
    await Promise.race([over, this.#pause(withinMs)]);
    for (const { conversation } of this.#running.values()) conversation.close();
    await Promise.race([over, this.#pause(1_000)]);
  }

  async #allOver(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map((call) => call.over));
  }

  /** Who the other side is; a call is held without knowing it rather than not at all. */
  async #known(session: Session): Promise<Known> {
    const { store, clock, log } = this.#parts;
    const phone = phoneOf(session);
    try {
      const [person, device] = await Promise.all([
        session.user === null ? null : store.people.person(session.user, clock.now()),
        phone === null ? null : store.people.device(phone),
      ]);
      return { person, device };
    } catch (thrown) {
      const problem = messageOf(thrown);
      log.error({ session: session.id, problem }, 'nothing could be remembered of a caller');
      return NOBODY;
    }
  }

  /** The process may have died between writing the last step and ordering what followed from it. */
  #orderAgain(session: Session, effects: Value): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
    for (const effect of effects as unknown as readonly Effect[]) {
      if (effect.kind === 'call-back') this.#parts.callBack(session, effect);
    }
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

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(ms, resolve));
  }
}

/** Whether the dialogue has anything to say to a machine. */
function hasMessage({ parts, dialogue }: Program): boolean {
  return (parts[dialogue]?.voicemail ?? null) !== null;
}

/** The variants of a call follow from its id: a call told again is the same call. */
function seedOf(session: string): number {
  return createHash('sha256').update(session).digest().readUInt32LE(0);
}
