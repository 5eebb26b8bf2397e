/**
 * Writes a call down: each step of it before anything follows from it, and what becomes known of its turns. What is
 * sensitive goes no further than here.
 */
import type { Clock } from '../clock.ts';
import type { Program } from '../dialogue/program.ts';
import type { Effect, Event, Value } from '../dialogue/protocol.ts';
import type { State } from '../dialogue/state.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Usage } from '../speech/usage.ts';
import type {
  Masks,
  MemoryWrite,
  Session,
  SessionPatch,
  Store,
  Timings,
  ToolCallRow,
  Turn,
} from '../store/store.ts';
import type { Costs } from './costs.ts';
import { usedName } from './person.ts';
import { masksFor } from './hindsight.ts';
import { redact, redactToolCall, secretsAfter, shownSlots, shownText, type Step } from './redaction.ts';
import { maskText, NO_SECRETS, type Secrets } from './secrets.ts';
import { StepWrites } from './step-writes.ts';
import { Transcript } from './transcript.ts';

/** What a running call tells whoever watches it. */
export type LiveEvent =
  | { kind: 'turn'; turn: Turn }
  | { kind: 'tool'; tool: ToolCallRow }
  | { kind: 'event'; event: Event }
  | { kind: 'ended'; endReason: string | null };

export interface ScribeParts {
  store: Pick<Store, 'writeStep' | 'writeTurns' | 'patchSession' | 'maskWritten'>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

export interface ScribeOptions {
  session: Session;
  program: Program;
  state: State;
  /** Of the last journal entry; 0 for a new call. */
  sequence: number;
  /** The index of the first turn. */
  firstTurn: number;
  /** Turns of the agent's that are still being said, by their utterances, where another process began them. */
  unheard?: ReadonlyMap<string, Turn>;
  live(event: LiveEvent): void;
  /** What the call has used of vendors. */
  costs: Costs;
}

/** What becomes known of turns is written together with what follows within this time. */
const AMEND_MS = 250;
/** Whoever does not call for so long has forgotten which variant it was. */
const USED_MS = 180 * 24 * 60 * 60 * 1000;

export class Scribe {
  readonly #parts: ScribeParts;
  readonly #options: ScribeOptions;
  readonly #transcript: Transcript;
  readonly #amended = new Map<number, Turn>();
  #sequence: number;
  #secrets: Secrets = NO_SECRETS;
  /** As they were written last: the slots, and the variants used. */
  #slots: string;
  #used: string;
  #cancelFlush: () => void = () => undefined;
  /** Something was used that the session's row does not say yet. */
  #unbooked = false;
  readonly #steps: StepWrites;
  readonly #hideElsewhere: (mask: (text: string) => string) => void;
  #writes: Promise<void> = Promise.resolve();

  /** `hide`: is told what has become known to be secret, for whoever else remembers what was said. */
  constructor(
    parts: ScribeParts,
    options: ScribeOptions,
    hide: (mask: (text: string) => string) => void = () => undefined,
  ) {
    this.#hideElsewhere = hide;
    this.#parts = parts;
    this.#options = options;
    this.#sequence = options.sequence;
    this.#transcript = new Transcript(options.firstTurn, options.unheard);
    this.#steps = new StepWrites(parts);
    this.#slots = JSON.stringify(shownSlots(options.state));
    this.#used = JSON.stringify(options.state.facts.used);
  }

  /** Of the last step that was handed over to be written. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The text without what is sensitive, as far as it is known by now. */
  readonly mask = (text: string): string => maskText(this.#secrets, text);

  /** The last turns, oldest first. */
  recent(): { role: Turn['role']; text: string }[] {
    return this.#transcript.recent();
  }

  /** The caller stopped speaking: the turn has its place, and its words come later. */
  reserveCaller(startedAt: number): void {
    this.#transcript.reserveCaller(startedAt);
  }

  /** What the caller said was only noise. */
  release(): void {
    this.#transcript.release();
  }

  started(utterance: string, latencyMs: number | null, timings: Timings | null): void {
    const startedAt = this.#parts.clock.now();
    this.#amend(this.#transcript.amend(utterance, { startedAt, latencyMs, timings }), false);
  }

  /** A vendor was used. Gives what the call costs by now, as far as prices are known. */
  used(usage: Usage): number | null {
    const priced = this.#options.costs.add(usage);
    this.#unbooked = true;
    this.#amend(this.#transcript.used(priced), true);
    return this.#options.costs.total;
  }

  heard(utterance: string): void {
    this.#amend(this.#transcript.heard(utterance), true);
  }

  interrupted(utterance: string, heardText: string): void {
    this.#amend(this.#transcript.interrupted(utterance, this.mask(heardText)), true);
  }

  /** A model says something of its own: the text so far, or all of it. */
  modelSays(utterance: string, text: string, state: string | null, complete: boolean): void {
    const words = this.mask(text);
    if (this.#transcript.has(utterance)) {
      this.#amend(this.#transcript.amend(utterance, { text: words }), complete);
    } else {
      this.#amend(this.#transcript.agent(utterance, words, state, this.#parts.clock.now()), true);
    }
  }

  /** The step as it may be written. `sensitive`: something sensitive was expected when it happened. */
  redact(step: Step, sensitive: boolean): Step {
    const { program } = this.#options;
    const before = this.#secrets;
    this.#secrets = secretsAfter(program, before, sensitive, step);
    if (this.#secrets !== before) this.#hide(masksFor(program, before, this.#secrets));
    return redact(program, this.#secrets, sensitive, step);
  }

  /** What was said before it was known to be secret: here at once, and in the store behind all that is on its way there. */
  #hide(masks: Masks | null): void {
    if (!masks) return;
    this.#hideElsewhere(masks.text);
    this.#transcript.mask(masks.text);
    for (const turn of this.#amended.values()) {
      turn.text = masks.text(turn.text);
      turn.heardText = turn.heardText && masks.text(turn.heardText);
    }
    this.#writes = this.#writes.then(() => this.#hideWritten(masks));
  }

  async #hideWritten(masks: Masks): Promise<void> {
    const { store, log } = this.#parts;
    const { session, live } = this.#options;
    await this.#steps.finished();
    try {
      for (const turn of await store.maskWritten(session.id, masks)) live({ kind: 'turn', turn });
    } catch (thrown) {
      const problem = messageOf(thrown);
      log.error({ problem }, 'a sensitive value that was told too early could not be masked');
    }
  }

  /**
   * Writes a step (`written` is `step` as `redact` gave it) and tells of it. Settles when it is in the journal, or
   * when the store has taken too long (`StepWrites.write`): a store that is slow or fails must not end a call that
   * goes well. What leads to nothing outside, as most turns of a `talk`, is not waited for: it goes to the disk with
   * others, still before all that comes behind it.
   */
  async write(step: Step, written: Step, rows: readonly ToolCallRow[]): Promise<void> {
    const { session, live } = this.#options;
    const { event, state, effects } = written;
    const turns = this.#turnsOf(written);
    // One that was at work already was begun when less was known.
    const toolCalls = rows.map((row) => redactToolCall(this.#secrets, row));
    const memories = this.#memoriesOf(step, written);
    const isInward = toolCalls.length === 0 && memories.length === 0 && changesNothingOutside(step);
    await this.#steps.write({
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
      memories,
      patch: this.#patchOf(step, written),
      unhurried: isInward,
    });
    live({ kind: 'event', event });
    for (const turn of turns) live({ kind: 'turn', turn: { ...turn } });
    for (const tool of toolCalls) live({ kind: 'tool', tool });
  }

  /** What was ordered for a line that is gone: nobody hears it. */
  unsaid(effects: readonly Effect[]): void {
    for (const effect of effects) {
      const text = textOf(effect);
      if (text !== null) this.interrupted(text.id, '');
    }
  }

  /** Settles when all is written. */
  async close(): Promise<void> {
    this.#flush();
    await Promise.all([this.#writes, this.#steps.finished(), this.#book()]);
  }

  /** What was used since the last step. */
  async #book(): Promise<void> {
    if (!this.#unbooked) return;
    const { store, log } = this.#parts;
    try {
      await store.patchSession(this.#options.session.id, this.#bill());
    } catch (thrown) {
      log.error({ problem: messageOf(thrown) }, 'the cost of a call could not be written');
    }
  }

  #bill(): Pick<SessionPatch, 'usage' | 'cost'> {
    this.#unbooked = false;
    return { usage: this.#options.costs.usage, cost: this.#options.costs.total };
  }

  #turnsOf({ event, state, effects }: Step): Turn[] {
    const turns: Turn[] = [];
    if (event.kind === 'caller-spoke' && event.text !== '') {
      turns.push(this.#transcript.caller(event.text, stateNameOf(state), event.at));
    }
    for (const effect of effects) {
      const text = textOf(effect);
      if (text !== null) turns.push(this.#transcript.agent(text.id, text.text, text.state, event.at));
    }
    return turns;
  }

  #memoriesOf(step: Step, written: Step): MemoryWrite[] {
    const { log } = this.#parts;
    const memories: MemoryWrite[] = [];
    for (const [index, effect] of step.effects.entries()) {
      if (effect.kind !== 'remember') continue;
      const shown = written.effects[index];
      if (shown?.kind !== 'remember' || JSON.stringify(shown.value) !== JSON.stringify(effect.value)) {
        log.warn({ name: effect.name }, 'a sensitive value is not remembered beyond the call');
        continue;
      }
      const { name, value, forMs } = effect;
      memories.push({ name, value, expiresAt: forMs === null ? null : step.event.at + forMs });
    }
    return [...memories, ...this.#usedMemory(step)];
  }

  /** Once the dialogue has said its last word, at least for now. */
  #usedMemory({ state, event }: Step): MemoryWrite[] {
    const used = JSON.stringify(state.used);
    if (state.phase === 'new' || state.phase === 'running' || used === this.#used) return [];
    this.#used = used;
    const name = usedName(this.#options.session.dialogue);
    return [{ name, value: state.used, expiresAt: event.at + USED_MS }];
  }

  #patchOf({ before, state, event }: Step, written: Step): SessionPatch | null {
    const patch: SessionPatch = {};
    if (state.phase === 'ended') {
      Object.assign(patch, { status: 'completed', endReason: state.endReason, endedAt: event.at });
    } else if (before.phase === 'new') {
      Object.assign(patch, { status: 'in-progress', startedAt: event.at });
    }
    if (state.endReason !== before.endReason) patch.endReason = state.endReason;
    const { locale } = state.facts.session;
    if (locale !== before.facts.session.locale) patch.locale = locale;
    if (!same(state.attributes, before.attributes)) patch.attributes = written.state.attributes;
    const slots = shownSlots(written.state);
    const json = JSON.stringify(slots);
    if (json !== this.#slots) {
      this.#slots = json;
      patch.slots = slots;
    }
    if (this.#unbooked) Object.assign(patch, this.#bill());
    return Object.keys(patch).length === 0 ? null : patch;
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
}

/** The state of the dialogue that the call is in; null where it is in none. */
export function stateNameOf(state: State): string | null {
  return state.stack.at(-1)?.state ?? null;
}

/** What an effect lets the caller hear, as it stands in the transcript. */
function textOf(effect: Effect): { id: string; text: string; state: string | null } | null {
  if (effect.kind === 'say') return effect;
  if (effect.kind !== 'play' && effect.kind !== 'press') return null;
  return { id: effect.id, text: shownText(effect), state: effect.state };
}

/** The call goes on, and all that follows is how long a silence may last. */
const changesNothingOutside = ({ before, state, effects }: Step): boolean =>
  before.phase === 'running' &&
  state.phase === 'running' &&
  effects.every(({ kind }) => kind === 'wake' || kind === 'cancel-wake');

function same(a: State['attributes'], b: State['attributes']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
