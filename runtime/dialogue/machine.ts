import type { Template } from './expression.ts';
import type { Frame, Memory, State } from './state.ts';
import type { Effect, EndReason, Event, Interrupt, Scope } from './protocol.ts';
import type { BlockId, Program, Step } from './program.ts';
import { wordsFor, type Words } from './words.ts';

/** What a verb answers: go on behind it, wait for an event, or the stack was changed and decides. */
export type Flow = 'next' | 'wait' | 'moved';

/** One file in `steps/` is one verb. */
export interface Verb<S extends Step = Step> {
  enter(machine: Machine, step: S): Flow;
  /** An event while the step waits. */
  on?(machine: Machine, step: S, event: Event): Flow;
  /** The word comes back to the waiting step: after an `anytime`, after a ladder's steps, or after a line break. */
  resume?(machine: Machine, step: S, after: 'aside' | 'rung' | 'line'): Flow;
}

/** One step being taken: a draft of the state, and the orders that come of it. Lives for one `advance`. */
export class Machine {
  readonly program: Program;
  readonly state: State;
  readonly effects: Effect[] = [];
  readonly at: number;
  readonly words: Words;
  #scope: Scope | null = null;

  constructor(program: Program, state: State, at: number) {
    this.program = program;
    this.state = state;
    this.at = at;
    this.words = wordsFor(state.facts.session.locale);
  }

  get top(): Frame {
    const frame = this.state.stack.at(-1);
    if (!frame) throw new Error('The engine has no frame to stand in.');
    return frame;
  }

  /** The step that the top frame stands at. */
  get step(): Step | null {
    return this.program.blocks[this.top.block]?.[this.top.index] ?? null;
  }

  get env(): { now: number; locale: string } {
    return { now: this.at, locale: this.state.facts.session.locale };
  }

  /** Every name an expression may use. */
  get scope(): Scope {
    this.#scope ??= {
      ...this.state.vars,
      session: { ...this.state.facts.session, attributes: this.state.attributes },
      user: this.state.facts.user,
      caller: this.state.facts.caller,
      app: this.program.app.properties,
    };
    return this.#scope;
  }

  setVariable(target: readonly string[], value: State['vars'][string]): void {
    if (target.length === 1) this.state.vars[target[0]!] = value;
    else this.state.attributes[target[2]!] = value;
    this.#scope = null;
  }

  remember(memory: Memory | null): void {
    this.top.memory = memory;
  }

  push(block: BlockId, kind: Frame['kind']): void {
    this.state.stack.push({ block, index: 0, state: this.top.state, kind, memory: null });
  }

  goto(name: string): void {
    this.state.stack = [
      { block: this.program.states[name]!.block, index: 0, state: name, kind: 'flow', memory: null },
    ];
  }

  /** Who may interrupt what the step says: the step's own word, else its state's, else the dialogue's. */
  interruptOf(step: Step | null): Interrupt {
    const state = this.top.state;
    return (
      step?.interrupt ??
      (state === null ? null : this.program.states[state]?.interrupt) ??
      this.program.dialogueTrouble.interrupt ??
      'speech'
    );
  }

  say(text: string, interrupt: Interrupt): void {
    if (text.trim() === '') return;
    const { state } = this;
    if (state.fresh) state.said = [];
    state.fresh = false;
    state.owed = false;
    state.said.push(text);
    this.effects.push({
      kind: 'say',
      id: `u${++state.counts.say}`,
      text,
      interrupt,
      state: state.stack.at(-1)?.state ?? null,
    });
  }

  /** Says something that only passes the time: it answers nothing, and is not what `repeat` repeats. */
  fill(text: string): void {
    const { state } = this;
    const id = `u${++state.counts.say}`;
    this.effects.push({
      kind: 'say',
      id,
      text,
      interrupt: 'speech',
      state: state.stack.at(-1)?.state ?? null,
    });
  }

  /** Says one of the variants, never the same as the last time. */
  sayOneOf(variants: readonly Template[], interrupt: Interrupt): void {
    const template = variants[this.#choose(variants.length)];
    if (template) this.say(template.render(this.scope, this.env), interrupt);
  }

  /** Says the last turn once more, without making a new one of it. */
  sayAgain(interrupt: Interrupt): void {
    const { state } = this;
    const texts = state.said;
    state.fresh = true;
    for (const text of texts) this.say(text, interrupt);
  }

  wake(id: string, afterMs: number, since: 'heard' | 'now'): void {
    this.effects.push({ kind: 'wake', id, afterMs, since });
  }

  /** Says the text, which cannot be interrupted, and closes the line once it was heard. */
  end(text: string | null, reason: EndReason): Flow {
    const { state } = this;
    if (text !== null) this.say(text, 'never');
    state.phase = 'ending';
    state.endReason = reason;
    state.stack = [];
    this.effects.push({ kind: 'hang-up', reason });
    return 'wait';
  }

  #choose(count: number): number {
    if (count < 2) return 0;
    const { state, top } = this;
    const place = `${top.block}:${top.index}`;
    const last = state.used[place];
    // Mulberry32: one 32-bit number of state, which is JSON.
    state.seed = (state.seed + 0x6d2b79f5) >>> 0;
    let t = state.seed;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    const random = ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    const index =
      last === undefined ? Math.floor(random * count) : (last + 1 + Math.floor(random * (count - 1))) % count;
    state.used[place] = index;
    return index;
  }
}
