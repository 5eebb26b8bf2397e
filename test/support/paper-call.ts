import { Costs } from '../../runtime/call/costs.ts';
import { Conversation, type ConversationParts, type LiveEvent } from '../../runtime/call/conversation.ts';
import { factsOf } from '../../runtime/call/facts.ts';
import type { Prices } from '../../runtime/dialogue/prices.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import type { Meaning, Value } from '../../runtime/dialogue/protocol.ts';
import { newState, type State } from '../../runtime/dialogue/state.ts';
import { OffhookError } from '../../runtime/errors.ts';
import type { Channel, ChannelEvent } from '../../runtime/line/line.ts';
import { silentLog, type Log } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import type { Session, StepWrite, Turn } from '../../runtime/store/store.ts';
import type { ToolCall } from '../../runtime/tools/tools.ts';
import type { AskModel, Understand } from '../../runtime/understand/understand.ts';
import { programOf } from './engine-driver.ts';
import { FakeClock } from './fake-clock.ts';
import type { PairingDesk } from '../../runtime/call/pairings.ts';
import { NOBODY_PAIRS } from './pairings.ts';

const PROGRAM = programOf(`
intro: {say: "Pizza."}
inbound: ask
states:
  ask:
    - ask: "Order or hours?"
      answers:
        - {when: wants to order, like: [order], keys: "1", goto: order}
        - {when: asks for hours, like: [hours], say: "Nine to five."}
    - goto: ask
  order:
    - {do: place, save: ticket, failed: {hangup: "The oven is cold."}}
    - hangup: "In {{ ticket.minutes }} minutes."
tools: {place: {about: Places an order, http: {url: "http://localhost/"}}}
`);

/** A session as it is before the call has begun. */
export const SESSION: Session = {
  id: 's1',
  app: 'test',
  dialogue: 'test',
  key: 'test',
  engine: 'embedded',
  crew: 0,
  cost: null,
  direction: 'inbound',
  isInitiated: false,
  from: '+14155550123',
  to: '+14155550100',
  callSid: 'CA1',
  accountSid: null,
  user: null,
  locale: 'en-US',
  attributes: {},
  status: 'ringing',
  endReason: null,
  createdAt: 0,
  startedAt: null,
  endedAt: null,
  initiation: null,
};

/** A meaning of the choice with that id. */
export const meant = (choice: string, by: Meaning['by']): Meaning => ({
  choice,
  slots: {},
  unsure: [],
  confidence: 1,
  by,
});

/** A channel whose orders are written down and whose events the test makes. */
class Paper implements Channel {
  readonly orders: string[];
  readonly on: (event: ChannelEvent) => void;
  judges = false;
  converses = false;
  judging: ((meaning: Meaning | null) => void)[] = [];
  judged: string[] = [];
  turns: boolean[] = [];
  aborted = 0;

  constructor(orders: string[], on: (event: ChannelEvent) => void) {
    this.orders = orders;
    this.on = on;
  }
  say(order: Parameters<Channel['say']>[0]): void {
    this.orders.push(`say ${order.id} ${order.text}`);
  }
  play(order: Parameters<Channel['play']>[0], shown: string): void {
    this.orders.push(`play ${order.id} ${shown}`);
  }
  press(order: Parameters<Channel['press']>[0], shown: string): void {
    this.orders.push(`press ${order.id} ${order.keys} ${shown}`);
  }
  giveWay(): void {
    this.orders.push('give way');
  }
  changeLanguage(locale: string): void {
    this.orders.push(`language ${locale}`);
  }
  forget(): void {
    this.orders.push('forget');
  }
  listen(order: Parameters<Channel['listen']>[0]): void {
    this.orders.push(`listen ${order.expectation.id}`);
  }
  converse(): void {
    this.orders.push('converse');
  }
  answerModel(call: string, output: Value): void {
    this.orders.push(`answer ${call} ${JSON.stringify(output)}`);
  }
  judge(_expectation: unknown, text: string, signal: AbortSignal): Promise<Meaning | null> {
    this.judged.push(text);
    return new Promise((resolve) => {
      this.judging.push(resolve);
      signal.addEventListener('abort', () => {
        this.aborted++;
        resolve(null);
      });
    });
  }
  remaining = 0;
  remainingMs(): number {
    return this.remaining;
  }
  settled(expecting: boolean): void {
    this.turns.push(expecting);
    this.orders.push('settled');
  }
  hangUp(): void {
    this.orders.push('hang up');
  }
  close(): void {
    this.orders.push('close');
    this.on({ kind: 'closed', reason: 'closed' });
  }
}

export interface SetUp {
  clock: FakeClock;
  paper: Paper;
  /** Orders and writes, as they happened. */
  log: string[];
  steps: StepWrite[];
  turns: Turn[];
  live: LiveEvent[];
  ended: (string | null)[];
  callBacks: { id: string; at: number }[];
  conversation: Conversation;
  tick(ms?: number): Promise<void>;
}

/** A conversation with a channel of paper; what else it is given is as `more` says. */
export function setUp(
  more: {
    /** `slow`: each write takes a second; a function: so many milliseconds. */
    store?: 'broken' | 'slow' | (() => number);
    understand?: 'broken' | Understand;
    log?: Log;
    tool?: (call: ToolCall) => Promise<Value>;
    state?: State;
    program?: Program;
    session?: Session;
    /** What a text is taken to mean where slots are wanted. */
    slots?: { [text: string]: { [slot: string]: Value } };
    model?: AskModel;
    pairing?: PairingDesk;
    thinks?: boolean;
    /** What vendors charge. */
    prices?: Prices;
    /** Another crew takes the call over. */
    handOver?: (code: string) => Promise<boolean>;
  } = {},
): SetUp {
  const clock = new FakeClock();
  const log: string[] = [];
  const steps: StepWrite[] = [];
  const turns: Turn[] = [];
  const live: LiveEvent[] = [];
  const ended: (string | null)[] = [];
  const callBacks: { id: string; at: number }[] = [];
  const holder: { paper?: Paper } = {};
  const parts: ConversationParts = {
    store: {
      writeStep(step) {
        if (more.store === 'broken')
          return Promise.reject(new OffhookError('store-failed', 'The disk is full.'));
        const write = (): void => {
          log.push(`write ${(step.entry.event as { kind: string }).kind}`);
          steps.push(JSON.parse(JSON.stringify(step)) as StepWrite);
        };
        const ms = typeof more.store === 'function' ? more.store() : more.store === 'slow' ? 1_000 : 0;
        if (ms === 0) return Promise.resolve(write());
        return new Promise((resolve) => clock.after(ms, () => resolve(write())));
      },
      patchSession: () => Promise.resolve(),
      maskWritten: () => Promise.resolve([]),
      writeTurns(_session, changed) {
        turns.push(...changed);
        return Promise.resolve();
      },
    },
    pairing: more.pairing ?? NOBODY_PAIRS,
    tools: {
      call: more.tool ?? (() => Promise.resolve({ minutes: 20 })),
      offer: () => null,
      close: () => Promise.resolve(),
    },
    understand: (expectation, text) => {
      if (more.understand === 'broken') throw new Error('a bug');
      if (more.understand) return more.understand(expectation, text);
      const choice = expectation.choices.find((one) => one.like.includes(text));
      if (choice) return meant(choice.id, 'like');
      const slots = more.slots?.[text];
      return slots ? { choice: null, slots, unsure: [], confidence: 1, by: 'type' } : null;
    },
    model: more.model ?? null,
    clock,
    log: more.log ?? silentLog,
    metrics: openMetrics(),
  };
  const conversation = new Conversation(parts, {
    session: more.session ?? SESSION,
    program: more.program ?? PROGRAM,
    state: more.state ?? newState('v1', factsOf(more.session ?? SESSION, 0), {}, 1),
    sequence: 0,
    firstTurn: 0,
    channel: (on) => {
      holder.paper = new Paper(log, on);
      holder.paper.judges = holder.paper.converses = more.thinks ?? false;
      return holder.paper;
    },
    live: (event) => live.push(event),
    costs: new Costs(more.prices ?? new Map(), []),
    handOver: more.handOver ?? (() => Promise.resolve(false)),
    callBack: (order) => callBacks.push(order),
    ended: (reason) => ended.push(reason),
  });
  return {
    clock,
    paper: holder.paper!,
    log,
    steps,
    turns,
    live,
    ended,
    callBacks,
    conversation,
    tick: (ms = 0) => clock.advanceAsync(ms),
  };
}
