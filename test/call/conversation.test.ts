import { describe, expect, it } from 'vitest';
import { Conversation, type ConversationParts, type LiveEvent } from '../../runtime/call/conversation.ts';
import { factsOf } from '../../runtime/call/facts.ts';
import type { Meaning, Value } from '../../runtime/dialogue/protocol.ts';
import { newState, type State } from '../../runtime/dialogue/state.ts';
import { OffhookError } from '../../runtime/errors.ts';
import type { Channel, ChannelEvent } from '../../runtime/line/line.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import type { Session, StepWrite, Turn } from '../../runtime/store/store.ts';
import type { ToolCall } from '../../runtime/tools/tools.ts';
import { programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

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

const SESSION: Session = {
  id: 's1',
  app: 'test',
  dialogue: 'test',
  key: 'test',
  engine: 'embedded',
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

/** A channel whose orders are written down and whose events the test makes. */
class Paper implements Channel {
  readonly orders: string[];
  readonly on: (event: ChannelEvent) => void;
  thinks = false;
  judging: ((meaning: Meaning | null) => void)[] = [];
  judged: string[] = [];
  aborted = 0;

  constructor(orders: string[], on: (event: ChannelEvent) => void) {
    this.orders = orders;
    this.on = on;
  }
  say(order: Parameters<Channel['say']>[0]): void {
    this.orders.push(`say ${order.id} ${order.text}`);
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
  settled(): void {
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

interface SetUp {
  clock: FakeClock;
  paper: Paper;
  /** Orders and writes, as they happened. */
  log: string[];
  steps: StepWrite[];
  turns: Turn[];
  live: LiveEvent[];
  ended: (string | null)[];
  conversation: Conversation;
  tick(ms?: number): Promise<void>;
}

function setUp(
  more: {
    store?: 'broken' | 'slow';
    understand?: 'broken';
    tool?: (call: ToolCall) => Promise<Value>;
    state?: State;
    thinks?: boolean;
  } = {},
): SetUp {
  const clock = new FakeClock();
  const log: string[] = [];
  const steps: StepWrite[] = [];
  const turns: Turn[] = [];
  const live: LiveEvent[] = [];
  const ended: (string | null)[] = [];
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
        if (more.store !== 'slow') return Promise.resolve(write());
        return new Promise((resolve) => clock.after(1000, () => resolve(write())));
      },
      writeTurns(_session, changed) {
        turns.push(...changed);
        return Promise.resolve();
      },
    },
    tools: { call: more.tool ?? (() => Promise.resolve({ minutes: 20 })) },
    understand: (expectation, text) => {
      if (more.understand === 'broken') throw new Error('a bug');
      const choice = expectation.choices.find((one) => one.like.includes(text));
      return choice ? { choice: choice.id, confidence: 1, by: 'like' } : null;
    },
    clock,
    log: silentLog,
    metrics: openMetrics(),
  };
  const conversation = new Conversation(parts, {
    session: SESSION,
    program: PROGRAM,
    state: more.state ?? newState('v1', factsOf(SESSION, 0), {}, 1),
    sequence: 0,
    firstTurn: 0,
    channel: (on) => {
      holder.paper = new Paper(log, on);
      holder.paper.thinks = more.thinks ?? false;
      return holder.paper;
    },
    live: (event) => live.push(event),
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
    conversation,
    tick: (ms = 0) => clock.advanceAsync(ms),
  };
}

describe('one call', () => {
  it('writes every event and the state after it before anything is done for it', async () => {
    const call = setUp({ store: 'slow' });
    call.conversation.begin();
    await call.tick(999);
    expect(call.log).toEqual([]);
    await call.tick(1);
    expect(call.log).toEqual([
      'write call-started',
      'say u1 Pizza.',
      'say u2 Order or hours?',
      'listen e1',
      'settled',
    ]);
    expect(call.steps[0]).toMatchObject({
      session: 's1',
      entry: { sequence: 1, event: { kind: 'call-started' }, state: { phase: 'running' } },
      patch: { status: 'in-progress', startedAt: call.clock.now() - 1000 },
      turns: [
        { index: 0, role: 'agent', text: 'Pizza.', heardText: null },
        { index: 1, role: 'agent', text: 'Order or hours?', state: 'ask', heardText: null },
      ],
    });
  });

  it('goes on when the store fails', async () => {
    const call = setUp({ store: 'broken' });
    call.conversation.begin();
    await call.tick();
    expect(call.log).toContain('say u2 Order or hours?');
  });

  it('keeps what was heard of an interrupted line, and the rest out of the transcript', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'started', utterance: 'u1', latencyMs: null });
    call.paper.on({ kind: 'heard', utterance: 'u1' });
    call.paper.on({ kind: 'interrupted', utterance: 'u2', heardText: 'Order' });
    await call.tick(250);
    expect(call.turns).toMatchObject([
      { index: 0, text: 'Pizza.', heardText: 'Pizza.', interrupted: false },
      { index: 1, text: 'Order or hours?', heardText: 'Order', interrupted: true },
    ]);
  });

  it('runs a tool, tells the caller, hangs up and is over when the line is', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.log.length = 0;
    call.paper.on({ kind: 'spoke', text: 'order', answered: false });
    await call.tick();
    expect(call.log).toEqual([
      'write caller-spoke',
      'settled',
      'write tool-returned',
      'say u3 In 20 minutes.',
      'hang up',
      'settled',
    ]);
    expect(call.steps.at(-1)).toMatchObject({
      patch: { endReason: 'agent-hung-up' },
      toolCalls: [{ id: 't1', name: 'place', output: { minutes: 20 }, error: null, durationMs: 0 }],
    });
    call.paper.on({ kind: 'closed', reason: 'closed' });
    await call.tick();
    expect(call.steps.at(-1)?.patch).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
    expect(call.ended).toEqual(['agent-hung-up']);
    expect(call.clock.waiting).toBe(0);
  });

  it('cancels the tool that is running when the caller hangs up', async () => {
    const signals: AbortSignal[] = [];
    const call = setUp({
      tool: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'order', answered: false });
    await call.tick();
    call.paper.on({ kind: 'closed', reason: 'stop' });
    await call.tick();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    expect(call.ended).toEqual(['caller-hung-up']);
  });

  it('counts silence only while it is quiet', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'quiet', quiet: false });
    await call.tick(60_000);
    expect(call.log).not.toContain('write time-passed');
    call.paper.on({ kind: 'quiet', quiet: true });
    await call.tick(6_999);
    expect(call.log).not.toContain('write time-passed');
    await call.tick(1);
    expect(call.log).toContain('say u3 Are you still there?');
  });

  it('ends at the limit of its duration with a spoken line', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'quiet', quiet: false });
    await call.tick(1_800_000);
    expect(call.log).toContain('say u3 I am sorry, I have to end our call here. Goodbye.');
    expect(call.log).toContain('hang up');
  });

  it('closes the line when the goodbye is not heard within half a minute', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.conversation.drain();
    await call.tick(29_999);
    expect(call.log).not.toContain('close');
    await call.tick(1);
    expect(call.log).toContain('close');
    expect(call.ended).toEqual(['drained']);
  });

  it('hears out a long goodbye', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.remaining = 40_000;
    call.conversation.drain();
    await call.tick(59_999);
    expect(call.log).not.toContain('close');
    call.paper.remaining = 0;
    await call.tick(1);
    expect(call.log).toContain('close');
  });

  it('performs nothing more when the line has gone while a step was being written', async () => {
    const call = setUp({ store: 'slow' });
    call.conversation.begin();
    await call.tick(500);
    call.paper.on({ kind: 'closed', reason: 'stop' });
    await call.tick(5_000);
    expect(call.log.filter((line) => line.startsWith('say'))).toEqual([]);
    expect(call.steps.at(-1)?.turns).toMatchObject([
      { text: 'Pizza.', interrupted: true, heardText: '' },
      { text: 'Order or hours?', interrupted: true, heardText: '' },
    ]);
    expect(call.clock.waiting).toBe(0);
  });

  it('is told goodbye when something of ours breaks', async () => {
    const call = setUp({ understand: 'broken' });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'order', answered: false });
    await call.tick();
    expect(call.log.slice(-2)).toEqual([
      'say fault I am sorry, something went wrong on our side. Please call again later. Goodbye.',
      'hang up',
    ]);
    call.paper.on({ kind: 'closed', reason: 'closed' });
    await call.tick();
    expect(call.steps.at(-1)?.patch).toMatchObject({ status: 'completed', endReason: 'error' });
  });

  it('says no filler over a caller who goes on', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'caller-finished', startedAt: 0 });
    await call.tick(500);
    call.paper.on({ kind: 'caller-began' });
    await call.tick(3_000);
    expect(call.log).not.toContain('say u3 One moment, please.');
  });

  it('leaves the session open when the line breaks without a word', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'closed', reason: 'broken' });
    await call.tick();
    expect(call.ended).toEqual([null]);
    expect(call.steps.at(-1)?.entry.event).toMatchObject({ kind: 'call-started' });
    const resumed = setUp({ state: call.steps.at(-1)!.entry.state as unknown as State });
    resumed.conversation.begin();
    await resumed.tick();
    expect(resumed.log).toEqual(['write line-resumed', 'say u3 Order or hours?', 'listen e2', 'settled']);
  });
});

describe('what was meant', () => {
  it('is asked of the model only where the rules cannot tell', async () => {
    const call = setUp({ thinks: true });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'hours', answered: false });
    await call.tick();
    expect(call.paper.judged).toEqual([]);
    expect(call.log).toContain('say u3 Nine to five.');
    call.paper.on({ kind: 'spoke', text: 'I fancy something with cheese', answered: false });
    await call.tick();
    call.paper.judging[0]!({ choice: 's0', confidence: 0.9, by: 'model' });
    await call.tick();
    expect(call.log).toContain('say u5 In 20 minutes.');
  });

  it('is unclear when the model does not answer within two and a half seconds', async () => {
    const call = setUp({ thinks: true });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'mumble', answered: false });
    await call.tick(2_499);
    expect(call.log).not.toContain('say u3 Sorry, I did not understand that.');
    await call.tick(1);
    expect(call.paper.aborted).toBe(1);
    expect(call.log).toContain('say u3 Sorry, I did not understand that.');
  });

  it('is judged by all that was said when the caller goes on', async () => {
    const call = setUp({ thinks: true });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'well I would', answered: false });
    await call.tick(500);
    call.paper.on({ kind: 'spoke', text: 'like to eat', answered: false });
    await call.tick();
    expect(call.paper.judged).toEqual(['well I would', 'well I would like to eat']);
    call.paper.judging[1]!({ choice: 's0', confidence: 1, by: 'model' });
    await call.tick();
    const heard = call.steps.flatMap((step) => step.turns).filter((turn) => turn.role === 'caller');
    expect(heard.map((turn) => turn.text)).toEqual(['well I would like to eat']);
  });

  it('keeps a caller’s turn in its place though its words come late', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    const startedAt = call.clock.now();
    call.paper.on({ kind: 'caller-finished', startedAt });
    call.paper.on({ kind: 'model-says', utterance: 'item_1', text: 'Sure', complete: false });
    call.paper.on({ kind: 'spoke', text: 'soup please', answered: true });
    await call.tick();
    const caller = call.steps.flatMap((step) => step.turns).find((turn) => turn.role === 'caller');
    expect(caller).toMatchObject({ index: 2, startedAt, text: 'soup please' });
    const agent = call.live
      .filter((event) => event.kind === 'turn')
      .find((event) => event.turn.text === 'Sure');
    expect(agent).toMatchObject({ turn: { index: 3 } });
  });
});
