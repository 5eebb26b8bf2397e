/**
 * A dialogue as a graph: a node for each step, an edge for each way on. A list of steps that hangs on one step
 * leads on behind that; one that many share (an `anytime`, a ladder of the dialogue, the gate of a tool) leads back
 * to each of them.
 */
import { DOOR, type BlockId, type Gate, type Ladder, type Option, type Part, type Step } from '../program.ts';

/**
 * Why one step follows another. `back`: a ladder's steps or an `anytime` give the word back to the step that they
 * interrupted. `return`: the dialogue ends by itself and the one that ran it goes on; `ran`: a dialogue that was
 * run ends the call.
 */
export type Why = 'flow' | 'silence' | 'unclear' | 'failed' | 'anytime' | 'back' | 'return' | 'ran';

/** `to` is null where the call, or the dialogue that is run, ends. */
export interface Edge {
  to: FlowNode | null;
  why: Why;
}

export interface FlowNode {
  /** Where it stands in the document, such as `states/welcome/0`. */
  place: string;
  step: Step;
  state: string | null;
  edges: Edge[];
}

export interface Flow {
  nodes: readonly FlowNode[];
  /** What a call or a `run` begins with. */
  starts: readonly FlowNode[];
  /** What a machine that answers hears, whatever was done before. */
  voicemail: FlowNode | null;
  /** Something may be asked for at any time. */
  anytime: boolean;
}

/** What is known of a dialogue by whoever runs it. */
export interface RunFacts {
  /** It may come to its end, and the one that ran it goes on. */
  returns: boolean;
  /** It may end the call. */
  ends: boolean;
  /** A caller who says nothing comes through it to its end. */
  silently: boolean;
  /** It may wait for the caller: what may be asked for at any time can be asked for in it. */
  listens: boolean;
}

/** What may be asked for at any time in dialogues that run this one, and so in it too. */
export interface Outer {
  anytime: boolean;
  /** Some of it leaves this dialogue. */
  leaves: boolean;
}

export const NOTHING_OUTER: Outer = { anytime: false, leaves: false };

/** Of a dialogue by its id. */
export type Runs = (dialogue: string) => RunFacts;

/** Steps that wait for the caller. */
export const LISTENING: ReadonlySet<Step['verb']> = new Set(['ask', 'collect', 'confirm', 'talk']);

/** The tools of the runtime's own that end the call from within a `talk`. */
const ENDING_TOOLS: readonly string[] = ['hang_up', 'transfer'];

/** A way on; `why` is null where that is for the step to say which takes it. */
interface Way {
  to: FlowNode | null;
  why: Why | null;
}

/** Where a list leads when it ends: back to the step on which it hangs, or on behind it. */
interface Hook {
  block: BlockId;
  index: number;
  back: boolean;
}

const END: Way = { to: null, why: null };
const RETURN: Way = { to: null, why: 'return' };

export const flowOf = (part: Part, runs: Runs, outer: Outer = NOTHING_OUTER): Flow =>
  new FlowBuilder(part, runs, outer).build();

class FlowBuilder {
  readonly #part: Part;
  readonly #runs: Runs;
  readonly #outer: Outer;
  readonly #nodes = new Map<string, FlowNode>();
  /** Of lists that many steps share there are several. */
  readonly #hooks = new Map<BlockId, Hook[]>();
  readonly #begins: BlockId[];
  /** The gates of states, by the state's block. */
  readonly #gates: ReadonlyMap<BlockId, Gate>;
  /** Lists whose end is being looked for: one that ends in itself ends nowhere. */
  readonly #open = new Set<BlockId>();

  constructor(part: Part, runs: Runs, outer: Outer) {
    this.#part = part;
    this.#runs = runs;
    this.#outer = outer;
    this.#begins = [part.inbound, part.outbound].filter((block) => block !== null);
    this.#gates = new Map(
      Object.values(part.states).flatMap(({ block, gate }) => (gate ? [[block, gate] as const] : [])),
    );
  }

  build(): Flow {
    const { blocks, states, intro, voicemail } = this.#part;
    for (const [block, steps] of Object.entries(blocks)) {
      if (block.startsWith('lost/') || block === DOOR) continue;
      const name = /^states\/([^/]+)/.exec(block)?.[1];
      const state = name !== undefined && Object.hasOwn(states, name) ? name : null;
      for (const [index, step] of steps.entries()) {
        const place = `${block}/${index}`;
        this.#nodes.set(place, { place, step, state, edges: [] });
        this.#hang(block, index, step, state);
      }
    }
    for (const [block, steps] of Object.entries(blocks)) {
      for (const index of steps.keys()) this.#connect(block, index);
    }
    const starts = [...this.#begins, intro].flatMap((block) => (block === null ? [] : this.#entry(block)));
    return {
      nodes: [...this.#nodes.values()],
      starts: starts.flatMap(({ to }) => to ?? []),
      voicemail: voicemail === null ? null : (this.#nodes.get(`${voicemail}/0`) ?? null),
      anytime: this.#part.anytime.length > 0 || this.#outer.anytime,
    };
  }

  /** Notes for each list that the step may begin where it leads when it ends. */
  #hang(block: BlockId, index: number, step: Step, state: string | null): void {
    const hook = (inner: BlockId | null, back: boolean): void => {
      if (inner === null) return;
      const hooks = this.#hooks.get(inner);
      if (hooks) hooks.push({ block, index, back });
      else this.#hooks.set(inner, [{ block, index, back }]);
    };
    const rungs = (ladder: Ladder | null, back: boolean): void => {
      for (const rung of ladder ?? []) if ('block' in rung) hook(rung.block, back);
    };
    const options = (list: readonly Option[]): void => {
      for (const option of list) hook(option.block, option.repeats);
    };
    if (LISTENING.has(step.verb)) {
      rungs(this.#ladder(step, state, 'silence'), true);
      rungs(this.#ladder(step, state, 'unclear'), true);
    }
    for (const option of this.#heard(step)) hook(option.block, true);
    if ('failed' in step) rungs(this.#ladder(step, state, 'failed'), false);
    switch (step.verb) {
      case 'ask':
        return options(step.answers);
      case 'talk':
        return options(step.until);
      case 'collect':
        return step.slots.forEach((slot) => rungs(this.#part.slots[slot]?.ask ?? null, true));
      case 'confirm':
        return rungs(step.rejected, true);
      case 'branch':
        return step.cases.forEach((one) => hook(one.block, false));
      case 'do':
        return hook(this.#part.tools[step.tool]?.gate?.else ?? null, false);
      default:
    }
  }

  /** What may be asked for at any time while the step is carried out: while a tool is at work, by keys alone. */
  #heard(step: Step): Option[] {
    return this.#part.anytime.filter(
      ({ keys }) => this.#hearsAnything(step) || (step.verb === 'do' && keys !== null),
    );
  }

  #hearsAnything(step: Step): boolean {
    if (step.verb === 'run') return this.#runs(step.dialogue).listens;
    return LISTENING.has(step.verb) || step.verb === 'wait' || step.verb === 'pair';
  }

  #connect(block: BlockId, index: number): void {
    const node = this.#nodes.get(`${block}/${index}`);
    if (!node) return;
    const { step } = node;
    const go = (ways: readonly Way[], by: Why = 'flow'): void => {
      for (const { to, why } of ways) node.edges.push({ to, why: why ?? by });
    };
    const next = (): Way[] => this.#after(block, index);
    const option = ({ block: then }: Option): Way[] => (then === null ? next() : this.#entry(then));
    if (LISTENING.has(step.verb)) {
      this.#climb(node, this.#ladder(step, node.state, 'silence'), 'silence');
      this.#climb(node, this.#ladder(step, node.state, 'unclear'), 'unclear');
    }
    for (const { block: then } of this.#heard(step)) if (then !== null) go(this.#entry(then), 'anytime');
    if (this.#hearsAnything(step) && this.#outer.leaves) go([END], 'anytime');
    if ('failed' in step) this.#climb(node, this.#ladder(step, node.state, 'failed'), 'failed');
    switch (step.verb) {
      case 'ask':
        return step.answers.forEach((answer) => go(option(answer)));
      case 'collect':
        for (const slot of step.slots) {
          for (const rung of this.#part.slots[slot]?.ask ?? []) {
            if ('block' in rung) go(this.#entry(rung.block), 'silence');
          }
        }
        return go(next());
      case 'confirm':
        if (step.rejected) this.#climb(node, step.rejected, 'flow');
        return go(next());
      case 'talk':
        step.until.forEach((exit) => go(option(exit)));
        if (step.tools.some((tool) => ENDING_TOOLS.includes(tool))) go([END], 'anytime');
        return step.turns === null ? undefined : go(next());
      case 'branch':
        step.cases.forEach((one) => go(this.#entry(one.block)));
        return step.cases.some((one) => one.if === null) ? undefined : go(next());
      case 'goto':
        return go(this.#entry(this.#part.states[step.state]?.block ?? ''));
      case 'do': {
        const gate = this.#part.tools[step.tool]?.gate?.else ?? null;
        if (gate !== null) go(this.#entry(gate));
        return go(next());
      }
      case 'run': {
        const { returns, ends } = this.#runs(step.dialogue);
        if (ends) go([END], 'ran');
        return returns ? go(next()) : undefined;
      }
      case 'transfer': {
        const ladder = this.#ladder(step, node.state, 'failed') ?? [];
        if (ladder.some((rung) => 'block' in rung && !this.#leaves(rung.block))) go(next(), 'failed');
        return go([END]);
      }
      case 'hangup':
        return go([END]);
      case 'return':
        return go([RETURN]);
      default:
        return go(next());
    }
  }

  /** The last entry, repeated three times, ends the call unless it leads elsewhere; so does having none. */
  #climb(node: FlowNode, ladder: Ladder | null, why: Why): void {
    for (const rung of ladder ?? []) {
      if (!('block' in rung)) continue;
      for (const way of this.#entry(rung.block)) node.edges.push({ to: way.to, why: way.why ?? why });
    }
    const last = ladder?.at(-1);
    const goesOn = last && 'block' in last && (why === 'failed' || this.#leaves(last.block));
    if (!goesOn) node.edges.push({ to: null, why });
  }

  #ladder(step: Step, state: string | null, trouble: 'silence' | 'unclear' | 'failed'): Ladder | null {
    const own = trouble === 'failed' ? ('failed' in step ? step.failed : null) : step[trouble];
    const ofState = state === null ? null : this.#part.states[state]?.[trouble];
    return own ?? ofState ?? this.#part.dialogueTrouble[trouble];
  }

  #entry(block: BlockId): Way[] {
    const first = this.#nodes.get(`${block}/0`);
    const ways = first ? [{ to: first, why: null }] : this.#behind(block);
    const gate = this.#gates.get(block);
    if (!gate) return ways;
    return [...ways, ...(gate.else === null ? [END] : this.#entry(gate.else))];
  }

  #after(block: BlockId, index: number): Way[] {
    const next = this.#nodes.get(`${block}/${index + 1}`);
    return next ? [{ to: next, why: null }] : this.#behind(block);
  }

  /** Where a list of steps leads when it ends by itself. */
  #behind(block: BlockId): Way[] {
    if (block === 'intro') {
      return this.#begins.length === 0 ? [RETURN] : this.#begins.flatMap((one) => this.#entry(one));
    }
    const hooks = this.#hooks.get(block);
    if (!hooks) return [RETURN];
    if (this.#open.has(block)) return [];
    this.#open.add(block);
    const ways = hooks.flatMap((hook): Way[] => {
      const node = this.#nodes.get(`${hook.block}/${hook.index}`);
      if (hook.back) return node ? [{ to: node, why: 'back' }] : [];
      // Of several, only that on which the list was begun goes on: no way leads by it from one to another.
      const ways = this.#after(hook.block, hook.index);
      return hooks.length === 1 ? ways : ways.map(({ to, why }) => ({ to, why: why ?? 'back' }));
    });
    this.#open.delete(block);
    return ways;
  }

  /** Whether the list never gives the word back. */
  #leaves(block: BlockId): boolean {
    const last = this.#part.blocks[block]?.at(-1);
    if (!last) return false;
    if (last.verb === 'branch') {
      return last.cases.some((one) => one.if === null) && last.cases.every((one) => this.#leaves(one.block));
    }
    return ['goto', 'hangup', 'return'].includes(last.verb);
  }
}
