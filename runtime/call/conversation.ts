/**
 * One call: the engine, driven. What happens enters the mailbox; each event is taken by the engine, written to
 * the journal (in good time, see `Scribe.write`), and only then carried out. Audio does not pass through here.
 */
import { advance } from '../dialogue/engine.ts';
import type { Program } from '../dialogue/program.ts';
import { WAITING } from '../dialogue/protocol.ts';
import type { Effect, EndReason, Event, Expectation } from '../dialogue/protocol.ts';
import type { State } from '../dialogue/state.ts';
import { wordsFor } from '../dialogue/words.ts';
import type { Channel, ChannelEvent, ClosedReason } from '../line/line.ts';
import type { Usage } from '../speech/usage.ts';
import type { Tools } from '../tools/tools.ts';
import type { AskModel, Understand } from '../understand/understand.ts';
import type { TransferFailure } from './answers.ts';
import { onlyWaits } from './callers-turn.ts';
import { discreet } from './discreet-log.ts';
import { Hearings } from './hearings.ts';
import { Judge, type AskChat } from './judge.ts';
import { Mailbox } from './mailbox.ts';
import { Pairings, type PairingDesk } from './pairings.ts';
import { Performer } from './performer.ts';
import { asksSensitive, holdsSensitive } from './redaction.ts';
import { personaOf, sessionScope } from './scope.ts';
import { Scribe, stateNameOf, type ScribeOptions, type ScribeParts } from './scribe.ts';
import { ToolRuns, type ToolRunsOf } from './tool-runs.ts';
import { Wakes } from './wakes.ts';

export type { LiveEvent } from './scribe.ts';

export interface ConversationParts extends ScribeParts {
  tools: Tools;
  understand: Understand;
  /** Judges what the rules cannot, where the line has no model of its own; null: nobody does. */
  model: AskModel | null;
  pairing: PairingDesk;
}

export interface ConversationOptions extends ScribeOptions, Pick<ToolRunsOf, 'open'> {
  channel(on: (event: ChannelEvent) => void): Channel;
  /**
   * What listens and thinks is lost for good. True: another crew takes the call over, when the line asks what is next.
   */
  handOver(code: string): Promise<boolean>;
  /** The caller is to be called back at that moment (milliseconds since the epoch); `id` is unique in the session. */
  callBack(order: { id: string; at: number }): void;
  /**
   * The line is gone. Null: not because the caller or the dialogue ended the call; it may come back, and the
   * session is still open. That is also so while the caller is `transferring`.
   */
  ended(endReason: EndReason | null): void;
}

/** An event before it is stamped with its time. */
type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

/** An event on its way to the engine. */
interface Letter {
  event: Event;
  /** Something sensitive was expected when it happened. */
  sensitive: boolean;
}

/** Nobody who has spoken waits longer than this for a sound; with the endpointing before it, under three seconds. */
const WAITING_MS = 1_900;

export class Conversation {
  readonly #parts: ConversationParts;
  readonly #options: ConversationOptions;
  readonly #channel: Channel;
  readonly #mailbox: Mailbox<Letter>;
  readonly #wakes: Wakes;
  readonly #judge: Judge;
  readonly #scribe: Scribe;
  readonly #toolRuns: ToolRuns;
  readonly #performer: Performer;
  readonly #pairings: Pairings;
  readonly #hearings: Hearings;
  #state: State;
  #cancelLimit: () => void = () => undefined;
  #closedFor: EndReason = 'caller-hung-up';
  #fault = false;
  #tooDear = false;
  /** When the caller stopped speaking, on the monotonic clock, and how long it took from then to know what they meant. */
  #finishedAt: number | null = null;
  #meantAfterMs: number | null = null;
  /** Utterances that are being judged. */
  #understanding = 0;
  #givenUp = false;
  /** The line is gone: what is still ordered reaches nobody. */
  #over = false;

  constructor(parts: ConversationParts, options: ConversationOptions) {
    const { program, state, session } = options;
    this.#options = options;
    this.#state = state;
    const log = holdsSensitive(program) ? discreet(parts.log, (text) => this.#scribe.mask(text)) : parts.log;
    this.#parts = { ...parts, log };
    this.#scribe = new Scribe(this.#parts, options, (mask) => this.#channel.hide?.(mask));
    this.#toolRuns = new ToolRuns(
      this.#parts,
      { session: session.id, program, scope: () => sessionScope(this.#state), open: options.open ?? [] },
      (outcome) => this.#post(outcome),
    );
    this.#mailbox = new Mailbox(
      (letter) => this.#take(letter),
      (thrown) => this.#broken(thrown),
    );
    this.#wakes = new Wakes(parts.clock, (wake) => this.#post({ kind: 'time-passed', wake }));
    this.#channel = options.channel((event) => this.#hear(event));
    const { understand, model, clock } = parts;
    this.#pairings = new Pairings({ desk: parts.pairing, clock, log }, session.id, (news) => {
      // What is still being said of the code interests nobody any more.
      if (news.kind === 'paired') this.#channel.giveWay();
      this.#post(news);
    });
    this.#performer = new Performer(
      this.#channel,
      this.#wakes,
      this.#toolRuns,
      clock,
      this.#pairings,
      options.callBack,
    );
    this.#hearings = new Hearings(() => this.#performer.expected);
    const chat: AskChat | null =
      model && ((expectation, text, signal) => model(expectation, text, this.#context(program), signal));
    this.#judge = new Judge(understand, this.#channel, clock, chat);
  }

  /** The caller is with somebody else, or will be once the line is closed. */
  get transferring(): boolean {
    return this.#state.phase === 'transferring';
  }

  /**
   * Begins the dialogue, or takes it up where the journal left it. `transferFailed`: the line comes back from a
   * transfer that did not come about.
   */
  begin(transferFailed: TransferFailure | null = null): void {
    const { phase, facts, attributes } = this.#state;
    if (phase === 'new')
      this.#post({ kind: 'call-started', given: { locale: facts.session.locale, attributes } });
    else if (transferFailed === null) this.#post({ kind: 'line-resumed' });
    else this.#post({ kind: 'transfer-failed', reason: transferFailed });
    this.#limit();
  }

  #limit(): void {
    const { program, session } = this.#options;
    const { clock } = this.#parts;
    const passed = session.startedAt === null ? 0 : clock.now() - session.startedAt;
    this.#cancelLimit = clock.after(Math.max(0, program.app.limits.durationMs - passed), () =>
      this.#post({ kind: 'limit-reached', limit: 'duration' }),
    );
  }

  /**
   * In the place of `begin`: another process held the call, and it goes on here as if nothing had been. These are the
   * orders that hold, or that nobody has carried out yet.
   */
  takeUp(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performer.perform(effect, effect);
    this.#limit();
    this.#settled();
  }

  /** What was said, or happened otherwise, is still being understood, or what follows from it is still to be ordered. */
  get busy(): boolean {
    return this.#understanding > 0 || this.#mailbox.waiting > 0;
  }

  /** Of the last step in the journal; 0 before the first. */
  get sequence(): number {
    return this.#scribe.sequence;
  }

  /** The caller has probably said this, and goes on: a model that judges it begins already. */
  prepare(text: string): void {
    const { expectation, sensitive } = this.#performer.expected;
    if (expectation !== null && !sensitive) this.#judge.prepare(expectation, text);
  }

  /** A machine answered the call, and would take a message now. */
  machineAnswered(): void {
    this.#post({ kind: 'machine-answered' });
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

  /** Closes the line now, without a word: the call ended elsewhere, for this reason where no other is known. */
  close(reason: EndReason = 'caller-hung-up'): void {
    this.#closedFor = reason;
    this.#channel.close();
  }

  #post(event: Happening, sensitive = this.#performer.expected.sensitive): void {
    const whole: Event = { ...event, at: this.#parts.clock.now() };
    if (!this.#mailbox.post({ event: whole, sensitive: sensitive || this.#typesAhead(event) }))
      this.#parts.log.debug({ kind: event.kind }, 'event after the end of the call');
  }

  #hear(event: ChannelEvent): void {
    const { log } = this.#parts;
    switch (event.kind) {
      case 'started':
        this.#wakes.cancel(WAITING);
        return this.#started(event);
      case 'heard':
        return this.#scribe.heard(event.utterance);
      case 'interrupted':
        return this.#scribe.interrupted(event.utterance, event.heardText);
      case 'model-says':
        this.#scribe.modelSays(event.utterance, event.text, stateNameOf(this.#state), event.complete);
        if (event.complete) this.#post({ kind: 'model-spoke', text: event.text });
        return;
      case 'model-called':
        return this.#post({ kind: 'model-called', call: event.call, name: event.name, input: event.input });
      case 'quiet':
        return this.#wakes.quiet(event.quiet);
      case 'caller-began':
        this.#wakes.cancel(WAITING);
        this.#hearings.began();
        return this.#judge.callerBegan();
      case 'caller-finished':
        this.#scribe.reserveCaller(event.startedAt);
        if (event.aside !== true) {
          this.#finishedAt = this.#parts.clock.elapsed();
          if (this.#state.phase === 'running') this.#wakes.set(WAITING, WAITING_MS, 'now');
        }
        return this.#hearings.finished();
      case 'spoke':
        this.#understanding++;
        this.#understand(event).catch((thrown: unknown) => this.#broken(thrown));
        return;
      case 'key':
        return this.#post({ kind: 'key-pressed', key: event.key });
      case 'keys-ended':
        if (!this.#wakes.keysEnded()) this.#settled();
        return;
      case 'used':
        return this.#used(event.usage);
      case 'silent':
        if (!this.#wakes.silence()) this.#settled();
        return;
      case 'model-lost':
        log.warn({ code: event.code }, 'the talk goes on without a model');
        return this.#post({ kind: 'model-missing' });
      case 'speech-lost':
        this.#hearings.lost();
        return this.#post({ kind: 'speech-lost', code: event.code });
      case 'speech-failed':
        this.#hearings.lost();
        this.#handOver(event.code).catch((thrown: unknown) => this.#broken(thrown));
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

  #started(event: Extract<ChannelEvent, { kind: 'started' }>): void {
    const { utterance, latencyMs, firstTokenMs = null, firstAudioMs = null } = event;
    const meaning = this.#meantAfterMs;
    this.#meantAfterMs = null;
    const timings =
      latencyMs === null
        ? null
        : { meaning, firstToken: firstTokenMs, firstAudio: firstAudioMs, firstFrame: latencyMs };
    if (timings) this.#parts.metrics.turnTook(timings);
    this.#scribe.started(utterance, latencyMs, timings);
  }

  /** A call that has become too dear ends politely, once. */
  #used(usage: Usage): void {
    this.#parts.metrics.used(usage);
    const total = this.#scribe.used(usage);
    const most = this.#options.program.app.limits.cost;
    if (most === null || total === null || total <= most || this.#tooDear) return;
    this.#tooDear = true;
    this.#post({ kind: 'limit-reached', limit: 'cost' });
  }

  /** Who is saying goodbye says it without a vendor. */
  async #handOver(code: string): Promise<void> {
    const handed = this.#state.phase === 'running' && (await this.#options.handOver(code));
    if (handed) this.lose();
    else this.#post({ kind: 'speech-failed', code });
  }

  async #understand(spoke: Extract<ChannelEvent, { kind: 'spoke' }>): Promise<void> {
    try {
      await this.#judgeWords(spoke);
    } finally {
      this.#understanding--;
    }
  }

  async #judgeWords(spoke: Extract<ChannelEvent, { kind: 'spoke' }>): Promise<void> {
    const { text, answered } = spoke;
    const { expectation, sensitive, stands } = this.#hearings.spoke();
    if (spoke.aside === true) return this.#overhear(text, expectation, sensitive);
    if (text === '') {
      // A noise, while what was said before it is still judged: only the latter is an answer.
      if (this.#judge.callerSaidNothing()) return;
      this.#wakes.cancel(WAITING);
      this.#scribe.release();
    }
    if (answered || expectation === null || text === '') {
      // Where something else was asked since, what it cut is history.
      const cut = stands && spoke.cut === true;
      const about = { meaning: null, expectation: expectation?.id ?? null, answered, cut };
      this.#post({ kind: 'caller-spoke', text, ...about }, sensitive);
      return;
    }
    const judged = await this.#judge.judge(expectation, text);
    if (this.#finishedAt !== null)
      this.#meantAfterMs = Math.round(this.#parts.clock.elapsed() - this.#finishedAt);
    // Null: the caller went on, and the longer utterance is judged instead.
    if (!judged) return;
    const counts = this.#hearings.countsFor(expectation, judged.meaning);
    // It answers what is not asked any more: nothing will come of it that the caller waits for.
    if (counts !== this.#performer.expected.expectation?.id) this.#wakes.cancel(WAITING);
    this.#post({ kind: 'caller-spoke', ...judged, expectation: counts, answered: false }, sensitive);
  }

  /** Said while the agent spoke on: it counts where it clearly answers what is expected, and is only noted otherwise. */
  #overhear(text: string, expectation: Expectation | null, sensitive: boolean): void {
    // What was said before it, and is still being judged, does not wait for it.
    this.#judge.callerSaidNothing();
    const meaning = expectation && this.#judge.aside(expectation, text);
    const about = { meaning, expectation: expectation?.id ?? null, answered: false };
    if (meaning) this.#channel.giveWay();
    this.#post(
      { kind: 'caller-spoke', text, ...about, ...(meaning ? { cut: true } : { aside: true }) },
      sensitive,
    );
  }

  /** What helps a model to understand the caller. */
  #context(program: Program): Parameters<AskModel>[2] {
    const persona = personaOf(program, this.#state, this.#parts.clock.now());
    const used = (usage: Usage): void => this.#used(usage);
    return { recent: this.#scribe.recent(), persona: persona && this.#scribe.mask(persona), used };
  }

  async #take({ event, sensitive }: Letter): Promise<void> {
    if (this.#fault && event.kind !== 'line-closed') return;
    const hidden = sensitive || this.#performer.expected.sensitive || this.#typesAhead(event);
    const before = this.#state;
    const { state, effects } = advance(this.#options.program, before, event);
    this.#state = state;
    const step = { before, event, state, effects };
    const written = this.#scribe.redact(step, hidden);
    await this.#scribe.write(step, written, this.#toolRuns.rows(written.event, written.effects));
    if (this.#over) return this.#scribe.unsaid(effects);
    // Judged, and written as far as it may be: nobody needs it any more.
    if (hidden && event.kind === 'caller-spoke') this.#channel.forget();
    for (const [index, effect] of effects.entries())
      this.#performer.perform(effect, written.effects[index] ?? effect);
    if (!this.#channel.converses && effects.some(({ kind }) => kind === 'converse')) {
      // The dialogue goes on by itself before it is the caller's turn.
      return this.#post({ kind: 'model-missing' });
    }
    this.#settled();
  }

  #settled(): void {
    const { expectation } = this.#performer.expected;
    this.#channel.settled(this.#isCallersTurn(), expectation === null ? null : this.#wakes.silenceMs);
  }

  /** The caller is to say or press something now. */
  #isCallersTurn(): boolean {
    return this.#performer.expected.expectation !== null && !onlyWaits(this.#options.program, this.#state);
  }

  /** A key before its question was asked: it may be of anything, where there is something sensitive to ask. */
  #typesAhead({ kind }: Pick<Event, 'kind'>): boolean {
    return kind === 'key-pressed' && asksSensitive(this.#options.program) && !this.#isCallersTurn();
  }

  /** An error of ours ends this call, politely where that is still possible, and no other. */
  #broken(thrown: unknown): void {
    this.#parts.log.error({ err: thrown }, 'the call broke');
    if (this.#fault || this.#over) return this.#channel.close();
    this.#fault = true;
    this.#wakes.close();
    const { trouble } = wordsFor(this.#state.facts.session.locale);
    const turn = { interrupt: 'never', words: 1 } as const;
    this.#channel.say({ kind: 'say', id: 'fault', text: trouble, ...turn, state: null });
    this.#performer.hangUp();
  }

  async #end(reason: ClosedReason): Promise<void> {
    const { ended, live } = this.#options;
    this.#over = true;
    const fault = this.#fault || reason === 'misbehaved';
    const lost = (reason === 'broken' || this.#givenUp) && this.#state.phase === 'running';
    const open = lost || (this.transferring && !fault);
    if (!open) this.#post({ kind: 'line-closed', reason: fault ? 'error' : this.#closedFor });
    this.#wakes.close();
    this.#judge.close();
    this.#toolRuns.cancel();
    this.#pairings.close();
    this.#performer.close();
    this.#cancelLimit();
    await (open ? this.#mailbox.close() : this.#mailbox.emptied());
    await this.#scribe.close();
    if (!open) live({ kind: 'ended', endReason: this.#state.endReason });
    ended(open ? null : this.#state.endReason);
    if (open) return;
    // What a tool that is to finish gives is still written down.
    await this.#toolRuns.finished();
    await this.#mailbox.close();
  }
}
