/** The call of a test: a conversation over a rehearsed line, moved on through simulated time. */
import { Costs } from '../call/costs.ts';
import { Conversation, type ConversationParts } from '../call/conversation.ts';
import type { Test } from '../dialogue/document.ts';
import type { Program } from '../dialogue/program.ts';
import type { Effect, EndReason, Event, Scope } from '../dialogue/protocol.ts';
import { contextOf, type State } from '../dialogue/state.ts';
import type { Session, StepWrite } from '../store/store.ts';
import type { Tools } from '../tools/tools.ts';
import { RehearsalClock } from './clock.ts';
import { sessionOf, startOf, stateOf } from './facts.ts';
import { type Line, RehearsedLine } from './line.ts';
import { RehearsedPairings } from './pairings.ts';
import { Mocks } from './tools.ts';
import { isAgentsTurn } from './whose-turn.ts';

export interface CallParts extends Omit<ConversationParts, 'store' | 'tools' | 'clock' | 'pairing'> {
  program: Program;
  /** The program's real tools. */
  live: Tools;
}

/** What a call tells on its way, as it happens. */
export interface Telling {
  said(line: Line): void;
  called(tool: string, input: Scope): void;
  /** Something else that belongs into a transcript. */
  noted(text: string): void;
}

type TransferFailure = Extract<Event, { kind: 'transfer-failed' }>['reason'];
interface Leg {
  conversation: Conversation;
  line: RehearsedLine;
}

/** Longer than a caller would wait, since nobody does. */
const MODEL_MS = 15_000;
/** A call looks so often whether its caller was paired. */
const NOTICED_MS = 1_000;
/** How long it takes to hear that a number is busy. */
const REFUSED_MS = 2_000;

export class RehearsedCall {
  readonly clock: RehearsalClock;
  readonly mocks: Mocks;
  /** Why the call is over; null while it is not. */
  over: EndReason | null = null;
  /** The state that the dialogue is in, or was in last. */
  stateName: string | null = null;
  /** What happened that the test does not provide for. */
  fault: string | null = null;
  readonly #test: Test;
  readonly #parts: CallParts;
  readonly #telling: Telling;
  readonly #session: Session;
  readonly #pairings: RehearsedPairings;
  #state: State;
  #entering = false;
  readonly #work = new Set<Promise<void>>();
  #sequence = 0;
  #leg: Leg;

  /** Begins the call. */
  constructor(test: Test, parts: CallParts, telling: Telling) {
    this.#test = test;
    this.#parts = parts;
    this.#telling = telling;
    this.clock = new RehearsalClock(startOf(test));
    this.#session = sessionOf(test, parts.program);
    this.#state = stateOf(test, this.#session, parts.program);
    this.#pairings = new RehearsedPairings(this.clock, this.#state.seed);
    this.mocks = new Mocks(test.tools ?? {}, {
      program: parts.program,
      clock: this.clock,
      live: (call) => this.#inRealTime(parts.live.call(call)),
      called: (tool, input) => telling.called(tool, input),
      fault: (message) => (this.fault ??= message),
    });
    this.#leg = this.#join();
    this.#leg.conversation.begin(null);
  }

  get slots(): Scope {
    return contextOf(this.#state)?.slots ?? {};
  }

  get attributes(): Scope {
    return this.#state.attributes;
  }

  get user(): Scope {
    return { ...this.#state.facts.user, ...this.#state.remembered };
  }

  get speaking(): boolean {
    return this.#leg.line.speaking;
  }

  /** The agent has more to do before it is the caller's turn. */
  get busy(): boolean {
    return this.over === null && isAgentsTurn(this.#parts.program, this.#state);
  }

  /** Keys were pressed that may still become more. */
  get entering(): boolean {
    return this.over === null && this.#entering;
  }

  /** The dialogue has said its last word. */
  get ending(): boolean {
    return this.over !== null || this.#state.phase === 'ending' || this.#state.phase === 'ended';
  }

  /** Why it is over, or is going to be. */
  get endReason(): EndReason | null {
    return this.over ?? this.#state.endReason;
  }

  /** Lets everything happen that needs no time, and waits for what needs real time. */
  async settle(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      if (this.#work.size === 0) return;
      await Promise.race(this.#work);
    }
  }

  /** Moves on to the next timer that is due by `until`; without one the time is `until`, and the answer false. */
  async step(until?: number): Promise<boolean> {
    const { next } = this.clock;
    if (next === null && until === undefined) return false;
    const fired = this.clock.step(until ?? next ?? 0);
    await this.settle();
    return fired;
  }

  async moveTo(at: number): Promise<void> {
    while (await this.step(at));
  }

  /** Until everything that was ordered has been heard. */
  async hearOut(): Promise<void> {
    while (this.speaking && (await this.step()));
  }

  async speak(text: string): Promise<void> {
    this.#leg.line.speak(text);
    await this.settle();
  }

  async key(key: string): Promise<void> {
    this.#leg.line.key(key);
    await this.settle();
  }

  /** The caller hangs up. */
  async leave(): Promise<void> {
    this.#leg.line.leave();
    await this.settle();
  }

  /** The caller's code is claimed, and the call learns of it. False where there is no code. */
  async claim(values: Scope): Promise<boolean> {
    if (!this.#pairings.claim(values)) return false;
    await this.moveTo(this.clock.now() + NOTICED_MS);
    return true;
  }

  async machine(): Promise<void> {
    this.#leg.conversation.machineAnswered();
    await this.settle();
  }

  #join(): Leg {
    const line = new RehearsedLine(this.clock, (said) => this.#telling.said(said));
    const conversation: Conversation = new Conversation(
      {
        ...this.#parts,
        model: this.#model(),
        clock: this.clock,
        tools: this.mocks,
        pairing: this.#pairings,
        store: {
          writeStep: (step) => Promise.resolve(this.#wrote(step)),
          writeTurns: () => Promise.resolve(),
          patchSession: () => Promise.resolve(),
          maskWritten: () => Promise.resolve([]),
        },
      },
      {
        session: this.#session,
        program: this.#parts.program,
        state: this.#state,
        sequence: this.#sequence,
        firstTurn: 0,
        channel: (on) => line.joined(on),
        live: () => undefined,
        costs: new Costs(new Map(), []),
        handOver: () => Promise.resolve(false),
        callBack: ({ at }) => this.#telling.noted(`(call back at ${new Date(at).toISOString()})`),
        ended: (reason) => this.#left(conversation, reason),
      },
    );
    return { conversation, line };
  }

  /** A model needs real time; no deadline of the call passes meanwhile, so it has one of its own. */
  #model(): CallParts['model'] {
    const { model } = this.#parts;
    if (model === null) return null;
    return (expectation, text, context, signal) => {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(MODEL_MS)]);
      return this.#inRealTime(model(expectation, text, context, deadline));
    };
  }

  /** Nothing else happens until it is over. */
  #inRealTime<T>(work: Promise<T>): Promise<T> {
    // How it ends is told to whoever asked for it.
    const over = work.then(
      () => undefined,
      () => undefined,
    );
    this.#work.add(over);
    void over.then(() => this.#work.delete(over));
    return work;
  }

  /** A rehearsal leaves nothing behind; what would be written is how it knows what happens. */
  #wrote({ entry }: StepWrite): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the conversation wrote it a moment ago
    this.#state = entry.state as unknown as State;
    this.#sequence = entry.sequence;
    const frame = this.#state.stack.at(-1);
    if (frame) this.stateName = frame.state ?? this.stateName;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    const effects = entry.effects as unknown as readonly Effect[];
    // What was pressed may be sensitive, and is then not written: only that more may come.
    this.#entering = effects.some((effect) => effect.kind === 'wake' && effect.id.startsWith('keys:'));
    if (frame) return;
    for (const effect of effects) if ('state' in effect) this.stateName = effect.state ?? this.stateName;
  }

  #left(conversation: Conversation, reason: EndReason | null): void {
    if (reason !== null || !conversation.transferring) {
      this.over = reason ?? 'error';
      return;
    }
    const { to = '', ringMs = 0 } = this.#state.transfer ?? {};
    const outcome = this.#outcomeOf(to);
    this.#telling.noted(`(transfer to ${to}: ${outcome})`);
    if (outcome === 'answered') this.over = 'transferred';
    else this.clock.after(outcome === 'no-answer' ? ringMs : REFUSED_MS, () => this.#comeBack(outcome));
  }

  #outcomeOf(to: string): 'answered' | TransferFailure {
    const { transfers } = this.#parts.program.app;
    const given = Object.entries(this.#test.transfers ?? {});
    return given.find(([name]) => name === to || transfers[name] === to)?.[1] ?? 'answered';
  }

  #comeBack(reason: TransferFailure): void {
    this.#leg = this.#join();
    this.#leg.conversation.begin(reason);
  }
}
