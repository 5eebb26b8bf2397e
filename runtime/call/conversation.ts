/**
 * One call: the engine, driven. What happens enters the mailbox; each event is taken by the engine, written to
 * the journal, and only then carried out. Audio does not pass through here.
 */
import type { Clock } from '../clock.ts';
import { advance } from '../dialogue/engine.ts';
import type { Program } from '../dialogue/program.ts';
import { WAITING } from '../dialogue/protocol.ts';
import type { Effect, EndReason, Event, Expectation, Value } from '../dialogue/protocol.ts';
import type { State } from '../dialogue/state.ts';
import { wordsFor } from '../dialogue/words.ts';
import { messageOf } from '../errors.ts';
import type { Channel, ChannelEvent, ClosedReason } from '../line/line.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Session, StepWrite, Store, ToolCallRow, Turn } from '../store/store.ts';
import type { Tools } from '../tools/tools.ts';
import type { Understand } from '../understand/understand.ts';
import { Judge } from './judge.ts';
import { Mailbox } from './mailbox.ts';
import { ToolRuns } from './tool-runs.ts';
import { Transcript } from './transcript.ts';
import { Wakes } from './wakes.ts';

/** What a running call tells whoever watches it. */
export type LiveEvent =
  | { kind: 'turn'; turn: Turn }
  | { kind: 'tool'; tool: ToolCallRow }
  | { kind: 'event'; event: Event }
  | { kind: 'ended'; endReason: string | null };

export interface ConversationParts {
  store: Pick<Store, 'writeStep' | 'writeTurns'>;
  tools: Tools;
  understand: Understand;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

export interface ConversationOptions {
  session: Session;
  program: Program;
  state: State;
  /** Of the last journal entry; 0 for a new call. */
  sequence: number;
  /** The index of the first turn. */
  firstTurn: number;
  channel(on: (event: ChannelEvent) => void): Channel;
  live(event: LiveEvent): void;
  /**
   * The line is gone. Null: not because the caller or the dialogue ended the call; it may come back, and the
   * session is still open.
   */
  ended(endReason: EndReason | null): void;
}

/** An event before it is stamped with its time. */
type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

/** Nobody who has spoken waits longer than this for a sound; with the endpointing before it, under three seconds. */
const WAITING_MS = 1_900;

/** What becomes known of turns is written together with what follows within this time. */
const AMEND_MS = 250;

/** How long a goodbye may take before the line is closed all the same. */
const GOODBYE_MS = 30_000;
/** A long text before it is still heard out, within minutes. */
const GOODBYE_TRIES = 9;

export class Conversation {
  readonly #parts: ConversationParts;
  readonly #options: ConversationOptions;
  readonly #channel: Channel;
  readonly #mailbox: Mailbox<Event>;
  readonly #wakes: Wakes;
  readonly #judge: Judge;
  readonly #transcript: Transcript;
  readonly #toolRuns: ToolRuns;
  readonly #timers: (() => void)[] = [];
  #state: State;
  #sequence: number;
  #expectation: Expectation | null = null;
  /** What was expected when the caller said what is still being transcribed. */
  #expectedThen: { expectation: Expectation | null } | null = null;
  #fault = false;
  #givenUp = false;
  /** The line is gone: what is still ordered reaches nobody. */
  #over = false;
  readonly #amended = new Map<number, Turn>();
  #cancelFlush: () => void = () => undefined;
  #writes: Promise<void> = Promise.resolve();

  constructor(parts: ConversationParts, options: ConversationOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#state = options.state;
    this.#sequence = options.sequence;
    this.#transcript = new Transcript(options.firstTurn);
    this.#toolRuns = new ToolRuns(parts, options.session.id, (outcome) => this.#post(outcome));
    this.#mailbox = new Mailbox(
      (event) => this.#take(event),
      (thrown) => this.#broken(thrown),
    );
    this.#wakes = new Wakes(parts.clock, (wake) => this.#post({ kind: 'time-passed', wake }));
    this.#channel = options.channel((event) => this.#hear(event));
    this.#judge = new Judge(parts.understand, this.#channel, parts.clock);
  }

  /** Begins the dialogue, or takes it up where the journal left it. */
  begin(): void {
    const { program, session } = this.#options;
    const { clock } = this.#parts;
    this.#post({ kind: this.#state.phase === 'new' ? 'call-started' : 'line-resumed' });
    const passed = session.startedAt === null ? 0 : clock.now() - session.startedAt;
    this.#later(Math.max(0, program.app.limits.durationMs - passed), () =>
      this.#post({ kind: 'limit-reached', limit: 'duration' }),
    );
  }

  /** The process is going away: the caller is told, and the call ends. */
  drain(): void {
    this.#post({ kind: 'drain' });
  }

  /** The line is dead though nobody has said so, and the call comes back over another: this one gives way. */
  lose(): void {
    this.#givenUp = true;
    this.#channel.close();
  }

  /** Closes the line now, without a word: the call ended elsewhere. */
  close(): void {
    this.#channel.close();
  }

  #post(event: Happening): void {
    const whole: Event = { ...event, at: this.#parts.clock.now() };
    if (!this.#mailbox.post(whole))
      this.#parts.log.debug({ kind: event.kind }, 'event after the end of the call');
  }

  #hear(event: ChannelEvent): void {
    const { clock, metrics } = this.#parts;
    switch (event.kind) {
      case 'started':
        if (event.latencyMs !== null) metrics.turnLatency(event.latencyMs);
        this.#wakes.cancel(WAITING);
        this.#amend(
          this.#transcript.amend(event.utterance, { startedAt: clock.now(), latencyMs: event.latencyMs }),
          false,
        );
        return;
      case 'heard':
        this.#amend(this.#transcript.heard(event.utterance), true);
        return;
      case 'interrupted':
        this.#amend(this.#transcript.interrupted(event.utterance, event.heardText), true);
        return;
      case 'model-says':
        this.#modelSays(event);
        return;
      case 'model-called':
        this.#post({ kind: 'model-called', call: event.call, name: event.name, input: event.input });
        return;
      case 'quiet':
        this.#wakes.quiet(event.quiet);
        return;
      case 'caller-began':
        this.#wakes.cancel(WAITING);
        return;
      case 'caller-finished':
        this.#transcript.reserveCaller(event.startedAt);
        if (this.#state.phase === 'running') this.#wakes.set(WAITING, WAITING_MS, 'now');
        this.#expectedThen = { expectation: this.#expectation };
        return;
      case 'spoke':
        this.#understand(event).catch((thrown: unknown) => this.#broken(thrown));
        return;
      case 'key':
        this.#post({ kind: 'key-pressed', key: event.key });
        return;
      case 'silent':
        if (!this.#wakes.silence()) this.#channel.settled(this.#expectation !== null);
        return;
      case 'speech-lost':
      case 'speech-failed':
        this.#post({ kind: event.kind, code: event.code });
        return;
      case 'closed':
        this.#end(event.reason).catch((thrown: unknown) => {
          this.#parts.log.error({ err: thrown }, 'the end of a call broke');
          this.#options.ended(null);
        });
        return;
      default:
        event satisfies never;
    }
  }

  async #understand({
    text,
    answered,
    cut = false,
  }: Extract<ChannelEvent, { kind: 'spoke' }>): Promise<void> {
    const { expectation } = this.#expectedThen ?? { expectation: this.#expectation };
    this.#expectedThen = null;
    if (text === '') {
      this.#wakes.cancel(WAITING);
      this.#transcript.release();
    }
    if (answered || expectation === null || text === '') {
      const about = { meaning: null, expectation: expectation?.id ?? null, answered, cut };
      this.#post({ kind: 'caller-spoke', text, ...about });
      return;
    }
    const judged = await this.#judge.judge(expectation, text);
    // Null: the caller went on, and the longer utterance is judged instead.
    if (judged) {
      this.#post({ kind: 'caller-spoke', ...judged, expectation: expectation.id, answered: false });
    }
  }

  #modelSays(event: Extract<ChannelEvent, { kind: 'model-says' }>): void {
    const { text, utterance } = event;
    if (!this.#transcript.has(utterance)) {
      this.#amend(this.#transcript.agent(utterance, text, this.#stateName(), this.#parts.clock.now()), true);
    } else {
      this.#amend(this.#transcript.amend(utterance, { text }), event.complete);
    }
    if (event.complete) this.#post({ kind: 'model-spoke', text });
  }

  async #take(event: Event): Promise<void> {
    const { session, program, live } = this.#options;
    if (this.#fault && event.kind !== 'line-closed') return;
    const before = this.#state;
    const { state, effects } = advance(program, before, event);
    this.#state = state;

    const turns = this.#turnsOf(event, effects);
    const toolCalls = this.#toolRuns.rows(event, effects);
    await this.#write({
      session: session.id,
      entry: {
        sequence: ++this.#sequence,
        at: event.at,
        event: event as unknown as Value,
        state: state as unknown as Value,
        effects: effects as unknown as Value,
      },
      turns: [...this.#takeAmended(), ...turns],
      toolCalls,
      patch: patchOf(before, state, event),
    });
    live({ kind: 'event', event });
    for (const turn of turns) live({ kind: 'turn', turn: { ...turn } });
    for (const tool of toolCalls) live({ kind: 'tool', tool });
    if (this.#over) {
      for (const effect of effects) {
        if (effect.kind === 'say') this.#amend(this.#transcript.interrupted(effect.id, ''), true);
      }
      return;
    }
    for (const effect of effects) this.#perform(effect);
    this.#channel.settled(this.#expectation !== null);
  }

  #turnsOf(event: Event, effects: readonly Effect[]): Turn[] {
    const turns: Turn[] = [];
    if (event.kind === 'caller-spoke' && event.text !== '') {
      turns.push(this.#transcript.caller(event.text, this.#stateName(), event.at));
    }
    for (const effect of effects) {
      if (effect.kind === 'say')
        turns.push(this.#transcript.agent(effect.id, effect.text, effect.state, event.at));
    }
    return turns;
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'say':
        return this.#channel.say(effect);
      case 'listen':
        this.#expectation = effect.expectation;
        return this.#channel.listen(effect);
      case 'converse':
        this.#expectation = effect.expectation;
        return this.#channel.converse(effect);
      case 'answer-model':
        return this.#channel.answerModel(effect.call, effect.output);
      case 'call-tool':
        this.#expectation = null;
        void this.#toolRuns.run(effect);
        return;
      case 'wake':
        return this.#wakes.set(effect.id, effect.afterMs, effect.since);
      case 'cancel-wake':
        return this.#wakes.cancel(effect.id);
      case 'hang-up':
        this.#expectation = null;
        this.#wakes.close();
        return this.#hangUp();
      default:
        return effect satisfies never;
    }
  }

  /** A store that fails must not end a call that goes well: it is reported, and the caller is served. */
  async #write(step: StepWrite): Promise<void> {
    const { store, clock, log, metrics } = this.#parts;
    const from = clock.elapsed();
    try {
      await store.writeStep(step);
      metrics.storeWrite((clock.elapsed() - from) / 1000);
    } catch (thrown) {
      log.error({ problem: messageOf(thrown), sequence: step.entry.sequence }, 'a step could not be written');
    }
  }

  /** What was heard becomes known outside of a step: it is written with the next one, or a moment later. */
  #amend(turn: Turn | null, settled: boolean): void {
    if (!turn) return;
    const copy = { ...turn };
    this.#options.live({ kind: 'turn', turn: copy });
    if (!settled) return;
    if (this.#amended.size === 0) this.#cancelFlush = this.#parts.clock.after(AMEND_MS, () => this.#flush());
    this.#amended.set(copy.index, copy);
  }

  /** Takes what is still to be written of turns. */
  #takeAmended(): Turn[] {
    this.#cancelFlush();
    const turns = [...this.#amended.values()];
    this.#amended.clear();
    return turns;
  }

  #flush(): void {
    const turns = this.#takeAmended();
    if (turns.length === 0) return;
    const { store, log } = this.#parts;
    const write = store.writeTurns(this.#options.session.id, turns).catch((thrown: unknown) => {
      log.error({ problem: messageOf(thrown) }, 'turns could not be written');
    });
    this.#writes = this.#writes.then(() => write);
  }

  /** Hangs up when the goodbye was heard; one that never ends is cut. */
  #hangUp(): void {
    this.#channel.hangUp();
    const watch = (tries: number): void =>
      this.#later(GOODBYE_MS, () => {
        if (tries > 0 && this.#channel.remainingMs() > 0) watch(tries - 1);
        else this.#channel.close();
      });
    watch(GOODBYE_TRIES);
  }

  /** An error of ours ends this call, politely where that is still possible, and no other. */
  #broken(thrown: unknown): void {
    this.#parts.log.error({ err: thrown }, 'the call broke');
    if (this.#fault || this.#over) return this.#channel.close();
    this.#fault = true;
    this.#wakes.close();
    const { trouble } = wordsFor(this.#options.session.locale);
    this.#channel.say({ kind: 'say', id: 'fault', text: trouble, interrupt: 'never', state: null });
    this.#hangUp();
  }

  async #end(reason: ClosedReason): Promise<void> {
    const { ended, live } = this.#options;
    this.#over = true;
    const lost = (reason === 'broken' || this.#givenUp) && this.#state.phase === 'running';
    const fault = this.#fault || reason === 'misbehaved';
    if (!lost) this.#post({ kind: 'line-closed', reason: fault ? 'error' : 'caller-hung-up' });
    this.#wakes.close();
    this.#judge.close();
    this.#toolRuns.cancel();
    for (const cancel of this.#timers) cancel();
    await this.#mailbox.close();
    this.#flush();
    await this.#writes;
    if (!lost) live({ kind: 'ended', endReason: this.#state.endReason });
    ended(lost ? null : this.#state.endReason);
  }

  #stateName(): string | null {
    return this.#state.stack.at(-1)?.state ?? null;
  }

  #later(ms: number, callback: () => void): void {
    this.#timers.push(this.#parts.clock.after(ms, callback));
  }
}

function patchOf(before: State, after: State, event: Event): StepWrite['patch'] {
  if (after.phase === 'ended') {
    return { status: 'completed', endReason: after.endReason, endedAt: event.at };
  }
  if (before.phase === 'new') return { status: 'in-progress', startedAt: event.at };
  if (after.endReason !== before.endReason) return { endReason: after.endReason };
  if (after.attributes !== before.attributes && !same(after.attributes, before.attributes)) {
    return { attributes: after.attributes };
  }
  return null;
}

function same(a: State['attributes'], b: State['attributes']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
