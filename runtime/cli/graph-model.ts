/** A program as charts, one for each of its dialogues: what leads where, for people to look at. */
import type { Expression } from '../dialogue/expression.ts';
import type { BlockId, Ladder, Option, Part, Program, Step } from '../dialogue/program.ts';
import { linesOf } from './graph-lines.ts';

export interface ChartNode {
  /** Unique within its chart. */
  id: string;
  kind: 'start' | 'state' | 'anytime' | 'run' | 'transfer' | 'return' | 'end';
  title: string;
  /** What is done there, in short. */
  lines: readonly string[];
  /** A call can come here. */
  reached: boolean;
}

export interface ChartEdge {
  from: string;
  to: string;
  /** When it is taken; empty: always. */
  label: string;
}

export interface Chart {
  dialogue: string;
  nodes: readonly ChartNode[];
  edges: readonly ChartEdge[];
}

/** The chart of the dialogue that a call begins with, and then those of the dialogues that are `run`. */
export function chartsOf(program: Program): Chart[] {
  const others = Object.keys(program.parts).filter((dialogue) => dialogue !== program.dialogue);
  return [program.dialogue, ...others.toSorted()].flatMap((dialogue) => {
    const part = program.parts[dialogue];
    return part ? [new Tracer(part, dialogue === program.dialogue).chart()] : [];
  });
}

/** A place from which the steps go on, and what has been answered or found true on the way. */
interface Way {
  from: string;
  why: string;
}

const END = 'end';
const RETURN = 'return';
const ANYTIME = 'anytime';

/** Walks every list of steps of one dialogue and notes where it leads. */
class Tracer {
  readonly #part: Part;
  readonly #isFirst: boolean;
  readonly #nodes = new Map<string, Omit<ChartNode, 'reached'>>();
  readonly #edges = new Map<string, ChartEdge>();

  constructor(part: Part, isFirst: boolean) {
    this.#part = part;
    this.#isFirst = isFirst;
  }

  chart(): Chart {
    this.#starts();
    for (const [name, state] of Object.entries(this.#part.states)) {
      const from = stateId(name);
      const requires = state.gate ? [`requires ${state.gate.requires.source}`] : [];
      const lines = [...requires, ...linesOf(this.#part.blocks[state.block] ?? [])];
      this.#nodes.set(from, { id: from, kind: 'state', title: name, lines });
      if (state.gate?.else) this.#ends(this.#walk([{ from, why: 'not allowed' }], state.gate.else));
      this.#ends(this.#walk([{ from, why: '' }], state.block));
      this.#troubles([{ from, why: '' }], state);
      this.#ladder([{ from, why: '' }], state.failed, 'failed');
    }
    this.#anytime();
    const edges = [...this.#edges.values()];
    const reached = this.#reached(edges);
    const nodes = [...this.#nodes.values()].map((node) => ({ ...node, reached: reached.has(node.id) }));
    return { dialogue: this.#part.dialogue, nodes, edges };
  }

  #starts(): void {
    const { inbound, outbound, voicemail } = this.#part;
    if (!this.#isFirst || inbound === outbound || inbound === null || outbound === null) {
      const title = !this.#isFirst ? this.#part.dialogue : inbound === outbound ? 'call' : 'call in or out';
      this.#start('start', title, inbound ?? outbound);
    } else {
      this.#start('inbound', 'call in', inbound);
      this.#start('outbound', 'call out', outbound);
    }
    if (voicemail === null) return;
    this.#nodes.set('voicemail', {
      id: 'voicemail',
      kind: 'start',
      title: 'voicemail',
      lines: linesOf(this.#part.blocks[voicemail] ?? []),
    });
    this.#ends(this.#walk([{ from: 'voicemail', why: '' }], voicemail));
  }

  #start(id: string, title: string, block: BlockId | null): void {
    const { intro, blocks, states } = this.#part;
    const first = Object.entries(states).find(([, state]) => state.block === block);
    const own = first || block === null ? [] : linesOf(blocks[block] ?? []);
    const lines = [...(intro === null ? [] : linesOf(blocks[intro] ?? [])), ...own];
    this.#nodes.set(id, { id, kind: 'start', title, lines });
    const greeted = intro === null ? [{ from: id, why: '' }] : this.#walk([{ from: id, why: '' }], intro);
    if (first) this.#lead(greeted, stateId(first[0]));
    else this.#ends(block === null ? greeted : this.#walk(greeted, block));
  }

  #anytime(): void {
    const { anytime, dialogueTrouble } = this.#part;
    const from = [{ from: ANYTIME, why: '' }];
    // What only says something and gives the word back leads nowhere: it is told in the box.
    const lines = anytime.filter((option) => {
      const before = this.#edges.size;
      this.#option(from, option);
      return this.#edges.size === before;
    });
    this.#troubles(from, dialogueTrouble);
    this.#ladder(from, dialogueTrouble.failed, 'failed');
    const leads = [...this.#edges.values()].some((edge) => edge.from === ANYTIME);
    if (!leads && lines.length === 0) return;
    this.#nodes.set(ANYTIME, {
      id: ANYTIME,
      kind: 'anytime',
      title: 'at any time',
      lines: lines.map(nameOf),
    });
  }

  /** Where the steps of a block go on behind it; none where they always lead elsewhere. */
  #walk(ways: readonly Way[], id: BlockId): readonly Way[] {
    let open = ways;
    for (const [index, step] of (this.#part.blocks[id] ?? []).entries()) {
      if (open.length === 0) break;
      open = merged(this.#step(open, step, `${id}/${index}`));
    }
    return open;
  }

  #step(ways: readonly Way[], step: Step, place: string): readonly Way[] {
    this.#troubles(ways, step);
    switch (step.verb) {
      case 'goto':
        this.#lead(ways, stateId(step.state));
        return [];
      case 'hangup':
        this.#lead(ways, END);
        return [];
      case 'return':
        this.#lead(ways, RETURN);
        return [];
      case 'ask':
        return step.answers.flatMap((answer) => this.#option(ways, answer));
      case 'talk': {
        const exits = step.until.flatMap((exit) => this.#option(ways, exit));
        if (step.turns !== null) return [...exits, ...because(ways, `after ${step.turns} turns`)];
        return step.until.length === 0 ? ways : exits;
      }
      case 'collect':
        for (const slot of step.slots) this.#ladder(ways, this.#part.slots[slot]?.ask ?? null, `no ${slot}`);
        return ways;
      case 'confirm':
        this.#ladder(ways, step.rejected, 'no');
        return because(ways, 'yes');
      case 'branch': {
        const through = step.cases.flatMap((one) =>
          this.#walk(because(ways, one.if === null ? 'else' : `if ${one.if.source}`), one.block),
        );
        return step.cases.some((one) => one.if === null) ? through : [...through, ...ways];
      }
      case 'do':
        this.#ladder(ways, step.failed, `${step.tool} fails`);
        return ways;
      case 'pair':
        this.#ladder(ways, step.failed, 'not paired');
        return ways;
      case 'callback':
        this.#ladder(ways, step.failed, 'no call back');
        return ways;
      case 'run':
        return this.#through(ways, { id: `run ${place}`, kind: 'run', title: step.dialogue, lines: [] });
      case 'transfer': {
        const title = targetOf(step.to);
        const from = this.#through(ways, { id: `transfer ${place}`, kind: 'transfer', title, lines: [] });
        if (step.failed === null) return because(from, 'failed');
        return this.#ladder(from, step.failed, 'failed');
      }
      case 'say':
      case 'set':
      case 'clear':
      case 'remember':
      case 'play':
      case 'press':
      case 'wait':
      case 'repeat':
        return ways;
    }
  }

  /** An answer leads somewhere, comes back to its question, or lets the steps go on. */
  #option(ways: readonly Way[], option: Option): readonly Way[] {
    const named = because(ways, nameOf(option));
    if (option.block === null) return named;
    if (option.repeats) {
      for (const { from, why } of named) if (from !== ANYTIME) this.#lead([{ from, why }], from);
      return [];
    }
    return this.#walk(named, option.block);
  }

  #troubles(
    ways: readonly Way[],
    { silence, unclear }: { silence: Ladder | null; unclear: Ladder | null },
  ): void {
    this.#ladder(ways, silence, 'silence');
    this.#ladder(ways, unclear, 'unclear');
  }

  /** Gives the ways of those rungs that let the steps go on; whether they do is for the step to know. */
  #ladder(ways: readonly Way[], ladder: Ladder | null, why: string): readonly Way[] {
    return (ladder ?? []).flatMap((rung) =>
      'say' in rung ? because(ways, why) : this.#walk(because(ways, why), rung.block),
    );
  }

  #through(ways: readonly Way[], node: Omit<ChartNode, 'reached'>): readonly Way[] {
    this.#nodes.set(node.id, node);
    this.#lead(ways, node.id);
    return [{ from: node.id, why: '' }];
  }

  /** Where a path simply ends, a call says goodbye, and a dialogue that was `run` goes back. */
  #ends(ways: readonly Way[]): void {
    this.#lead(ways, this.#isFirst ? END : RETURN);
  }

  #lead(ways: readonly Way[], to: string): void {
    for (const { from, why } of ways)
      this.#edges.set(JSON.stringify([from, to, why]), { from, to, label: why });
    if (ways.length === 0) return;
    if (to === END) this.#nodes.set(END, { id: END, kind: 'end', title: 'hang up', lines: [] });
    if (to === RETURN) this.#nodes.set(RETURN, { id: RETURN, kind: 'return', title: 'return', lines: [] });
  }

  #reached(edges: readonly ChartEdge[]): Set<string> {
    const reached = new Set<string>();
    const queue = [...this.#nodes.values()]
      .filter(({ kind }) => kind === 'start' || kind === 'anytime')
      .map(({ id }) => id);
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      for (const edge of edges) if (edge.from === id) queue.push(edge.to);
    }
    return reached;
  }
}

const stateId = (name: string): string => `state ${name}`;

/** A name or number as it was written, or the expression that gives it. */
function targetOf({ references, source, evaluate }: Expression): string {
  const value = references.length > 0 ? null : evaluate({}, { now: 0, locale: 'en-US', zone: 'UTC' });
  return typeof value === 'string' ? value : source;
}

const nameOf = ({ when, keys }: Option): string => (keys === null ? when : `${when} [${keys}]`);

const because = (ways: readonly Way[], why: string): Way[] =>
  ways.map((way) => ({ from: way.from, why: way.why === '' ? why : `${way.why}, ${why}` }));

/** One way from each place: what always goes on needs no reason. */
function merged(ways: readonly Way[]): Way[] {
  const whys = new Map<string, Set<string>>();
  for (const { from, why } of ways) whys.set(from, (whys.get(from) ?? new Set()).add(why));
  return [...whys].map(([from, reasons]) => ({ from, why: reasons.has('') ? '' : [...reasons].join(' / ') }));
}
