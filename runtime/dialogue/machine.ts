import { type Env, type Expression, type Template, truthy } from './expression.ts';
import { type Context, contextOf, type Frame, type Memory, type State } from './state.ts';
import type { Effect, EndReason, Event, Scope, Turn, Value } from './protocol.ts';
import { DOOR, type BlockId, type Part, type Program, type Step, type TurnKeys } from './program.ts';
import { localeOf } from './locales.ts';
import { hasShape } from './slot-shapes.ts';
import { own } from './values.ts';
import { wordsFor } from './words.ts';
import type { Words } from './words/words.ts';

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

/** What a turn has to do with something that is said. */
type SayingTurn = Pick<Turn, 'interrupt' | 'words'>;

/** From what was written at each place, the nearest first. */
function turnOf(written: readonly (TurnKeys | undefined)[]): Turn {
  const first = <K extends keyof TurnKeys>(key: K): TurnKeys[K] | undefined =>
    written.find((keys) => keys && keys[key] !== null)?.[key];
  return {
    interrupt: first('interrupt') ?? 'speech',
    patience: first('patience') ?? 'normal',
    words: first('words') ?? 1,
  };
}

/** What stands in the place of a sensitive value wherever the state is written down. */
export const isLost = (value: Value): boolean =>
  typeof value === 'object' && value !== null && own(value, 'sensitive') === true;

/** One step being taken: a draft of the state, and the orders that come of it. Lives for one `advance`. */
export class Machine {
  readonly program: Program;
  readonly state: State;
  readonly effects: Effect[] = [];
  readonly at: number;
  words: Words;
  #scope: { [name: string]: Value } | null = null;

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

  /** The dialogue that is being carried out. */
  get context(): Context {
    const context = contextOf(this.state);
    if (!context) throw new Error('The engine carries out no dialogue.');
    return context;
  }

  /** How many frames belong to what is below the dialogue, or below the `anytime` that interrupts others. */
  get base(): number {
    return this.state.contexts.at(-1)?.base ?? 0;
  }

  /** The call began with this dialogue. */
  get isFirst(): boolean {
    return this.context === this.state.contexts[0];
  }

  get part(): Part {
    return this.program.parts[this.context.dialogue]!;
  }

  /** The step that the top frame stands at. */
  get step(): Step | null {
    return this.part.blocks[this.top.block]?.[this.top.index] ?? null;
  }

  get env(): Env {
    const { session, zone } = this.state.facts;
    return { now: this.at, locale: session.locale, zone };
  }

  /** Every name an expression may use. */
  get scope(): Scope {
    const { state, context } = this;
    if (this.#scope) return this.#scope;
    // Assigned one by one: this runs for nearly every step of every call.
    const scope: { [name: string]: Value } = {};
    Object.assign(scope, context.vars, context.slots);
    for (const name of this.part.sensitive) if (isLost(scope[name] ?? null)) scope[name] = null;
    scope['session'] = Object.assign({}, state.facts.session, { attributes: state.attributes });
    scope['user'] = Object.assign({}, state.facts.user, state.remembered);
    scope['caller'] = state.facts.caller;
    scope['app'] = this.program.app.properties;
    this.#scope = scope;
    return scope;
  }

  holds(condition: Expression): boolean {
    return truthy(condition.evaluate(this.scope, this.env));
  }

  setVariable(target: readonly string[], value: Value): void {
    const { context } = this;
    const [name = '', member = '', attribute = ''] = target;
    if (member === 'locale') {
      this.#changeLanguage(value);
    } else if (target.length > 1) {
      this.state.attributes[attribute] = value;
    } else if (Object.hasOwn(this.part.slots, name)) {
      // Wherever it comes from, no slot holds what its type refuses.
      this.setSlot(name, hasShape(this.part.slots[name]!, value) ? value : null);
    } else {
      context.vars[name] = value;
      if (this.#scope) this.#scope[name] = value;
    }
  }

  /** What is no language leaves the call in the one that it has. */
  #changeLanguage(value: Value): void {
    const { facts } = this.state;
    const locale = typeof value === 'string' ? localeOf(value) : null;
    if (locale === null || locale === facts.session.locale) return;
    this.state.facts = { ...facts, session: { ...facts.session, locale } };
    this.words = wordsFor(locale);
    this.#scope = null;
    this.effects.push({ kind: 'change-language', locale });
  }

  /** Null empties the slot; what it held is kept, for who says "the same day". */
  setSlot(name: string, value: Value): void {
    const { slots, before } = this.context;
    const held = slots[name] ?? null;
    if (held !== null) before[name] = held;
    slots[name] = value;
    if (this.#scope) this.#scope[name] = value;
  }

  /** The caller is known from now on: who they are, and what is known of them. */
  meet(user: Scope): void {
    this.state.facts = { ...this.state.facts, user };
    this.#scope = null;
  }

  setUser(name: string, value: Value): void {
    this.state.remembered[name] = value;
    // What is known of the user stands in an object of its own.
    this.#scope = null;
  }

  remember(memory: Memory | null): void {
    this.top.memory = memory;
  }

  push(block: BlockId, kind: Frame['kind']): void {
    this.state.stack.push({ block, index: 0, state: this.top.state, kind, memory: null });
  }

  /** Leaves everything open in this dialogue, with all that it runs, and begins the state. */
  goto(name: string): void {
    this.#leaveInner();
    this.state.stack.length = this.context.base;
    this.#begin(this.part.states[name]!.block);
  }

  /**
   * The call begins: its dialogue is given the app's properties and the call's attributes as its parameters. Who is not
   * known to a private app is paired first, and then it begins.
   */
  openCall(): void {
    const { program, state } = this;
    const given = { ...program.app.properties, ...state.attributes };
    state.contexts = [];
    state.stack = [];
    this.#scope = null;
    const { isInitiated } = state.facts.session;
    if (program.app.public || isInitiated || state.facts.user['paired'] === true) {
      return this.beginDialogue(program.dialogue, given, state.facts.welcomeMessage);
    }
    this.enterContext({ dialogue: program.dialogue, base: 0, vars: {}, slots: {}, before: {}, unsure: [] });
    state.stack.push({ block: DOOR, index: 0, state: null, kind: 'flow', memory: null });
  }

  /** The caller is not in yet: nothing of the dialogue holds. */
  get atDoor(): boolean {
    return this.state.stack.at(-1)?.block === DOOR;
  }

  /**
   * Begins a dialogue on top of what is there: its intro above the branch for who placed the call.
   * @param given the values of its parameters; one that is no value of its parameter's type is left out.
   * @param said stands in the intro's place.
   */
  beginDialogue(dialogue: string, given: Scope, said: string | null): void {
    const { state } = this;
    const base = state.stack.length;
    const vars: Context['vars'] = {};
    for (const [name, param] of Object.entries(this.program.parts[dialogue]!.params)) {
      const value = own(given, name);
      vars[name] = value !== null && hasShape(param, value) ? value : null;
    }
    this.enterContext({ dialogue, base, vars, slots: {}, before: {}, unsure: [] });
    const { inbound, outbound, intro, dialogueTrouble } = this.part;
    const { isInitiated } = state.facts.session;
    const first = isInitiated ? (outbound ?? inbound) : (inbound ?? outbound);
    if (first !== null) this.#begin(first);
    if (said !== null) this.say(said, turnOf([dialogueTrouble.turn]));
    else if (intro !== null) this.#begin(intro);
  }

  /** Ends the dialogue that was `run` and goes on behind the step that ran it. */
  endDialogue(value: Value): void {
    this.#leaveInner();
    const { state, context } = this;
    state.stack.length = context.base;
    state.contexts.pop();
    this.#scope = null;
    const { step } = this;
    if (step?.verb === 'run' && step.save !== null) this.setVariable([step.save], value);
    this.top.index++;
    this.remember(null);
  }

  enterContext(context: Context): void {
    this.state.contexts.push(context);
    this.#scope = null;
  }

  /** Ends an `anytime` that interrupted the dialogues above its own. False where none does. */
  leaveAside(): boolean {
    const { contexts } = this.state;
    if (contexts.at(-1)?.within === undefined) return false;
    contexts.pop();
    this.#scope = null;
    return true;
  }

  /** Where an `anytime` interrupts dialogues that its own runs, those are over. */
  #leaveInner(): void {
    const { contexts } = this.state;
    const { within } = contexts.at(-1)!;
    if (within !== undefined) contexts.length = within + 1;
  }

  #begin(block: BlockId): void {
    const { states } = this.part;
    const state = Object.keys(states).find((name) => states[name]!.block === block) ?? null;
    this.state.stack.push({ block, index: 0, state, kind: 'flow', memory: null });
  }

  /** Begins anew with these steps of the first dialogue, whatever was open. */
  restart(block: BlockId): void {
    this.state.contexts.length = 1;
    this.state.stack = [];
    this.#scope = null;
    this.#begin(block);
  }

  /** How the caller takes turns at the step: each key is the step's, else its state's, else the dialogue's. */
  turnOf(step: Step | null): Turn {
    const state = this.top.state === null ? undefined : this.part.states[this.top.state];
    return turnOf([step?.turn, state?.turn, this.part.dialogueTrouble.turn]);
  }

  /** `masked` is what may be written down of a text that holds something sensitive, or may turn out to. */
  say(text: string, { interrupt, words }: SayingTurn, masked: string | null = null): void {
    if (text.trim() === '') return;
    const { state } = this;
    if (state.fresh) state.said = [];
    state.fresh = false;
    state.owed = false;
    state.said.push({ text, masked });
    this.effects.push({
      kind: 'say',
      id: this.nextUtterance(),
      text,
      interrupt,
      words,
      state: this.stateName,
      ...(masked !== null && { masked }),
    });
  }

  sayTemplate(template: Template, turn: SayingTurn): void {
    if (template.constant !== null) return this.say(template.constant, turn);
    const { scope, env } = this;
    const { sensitive, slots } = this.part;
    const text = template.render(scope, env);
    if (sensitive.size === 0) return this.say(text, turn);
    // Nobody knows yet what the caller's own words hold: their sound is not kept.
    const isOwn = template.expressions.some(({ expression: { references } }) =>
      references.some(({ path: [root = ''] }) => slots[root]?.type === 'text'),
    );
    this.say(text, turn, template.mask(scope, env, sensitive) ?? (isOwn ? text : null));
  }

  /** Says something in between that is not what `repeat` repeats. */
  interject(text: string, turn: SayingTurn): void {
    const { fresh } = this.state;
    const said = [...this.state.said];
    this.say(text, turn);
    Object.assign(this.state, { said, fresh });
  }

  nextUtterance(): string {
    return `u${++this.state.counts.say}`;
  }

  get stateName(): string | null {
    return this.state.stack.at(-1)?.state ?? null;
  }

  /** Says something that only passes the time: it answers nothing, and is not what `repeat` repeats. */
  fill(text: string, masked: string | null = null): void {
    this.effects.push({
      kind: 'say',
      id: this.nextUtterance(),
      text,
      interrupt: 'speech',
      words: 1,
      state: this.stateName,
      ...(masked !== null && { masked }),
    });
  }

  /** Says one of the variants, never the same as the last time. */
  sayOneOf(variants: readonly Template[], turn: SayingTurn): void {
    const template = this.oneOf(variants);
    if (template) this.sayTemplate(template, turn);
  }

  oneOf(variants: readonly Template[]): Template | null {
    return variants[this.#choose(variants.length)] ?? null;
  }

  /** Says the last turn once more, without making a new one of it. */
  sayAgain(turn: SayingTurn): void {
    const { state } = this;
    const texts = state.said;
    state.fresh = true;
    for (const { text, masked } of texts) this.say(text, turn, masked);
  }

  wake(id: string, afterMs: number, since: 'heard' | 'now'): void {
    this.effects.push({ kind: 'wake', id, afterMs, since });
  }

  /** Says the text, which cannot be interrupted, and closes the line once it was heard. */
  end(text: string | null, reason: EndReason): Flow {
    const { state } = this;
    if (text !== null) this.say(text, { interrupt: 'never', words: 1 });
    state.phase = 'ending';
    state.endReason ??= reason;
    state.stack = [];
    this.effects.push({ kind: 'hang-up', reason: state.endReason });
    return 'wait';
  }

  #choose(count: number): number {
    if (count < 2) return 0;
    const { state, top } = this;
    const place = `${this.context.dialogue}:${top.block}:${top.index}`;
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
