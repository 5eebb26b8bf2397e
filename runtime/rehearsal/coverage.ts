/** Which states, answers and ladders of a dialogue its tests have reached. */
import { mapOf } from '../dialogue/document-file.ts';
import {
  DOOR,
  type BlockId,
  type Ladder,
  type Option,
  type Part,
  type Program,
  type Rung,
  type Step,
} from '../dialogue/program.ts';
import type { Source } from '../dialogue/read.ts';
import type { Place } from '../errors.ts';

/** Something in a dialogue that a test can reach; `id` is where it stands, as blocks are named. */
interface Spot {
  kind: 'state' | 'answer' | 'rung';
  name: string;
  id: BlockId;
}

export interface Covered extends Spot {
  place: Place;
  reached: boolean;
}

/** What the tests of one run have reached, of every dialogue by its id. */
export class Coverage {
  readonly #reached = new Map<string, Set<BlockId>>();
  readonly #parts = new Map<string, Part>();

  /** The same program, which tells where it is when it is run. */
  watch(program: Program): Program {
    const parts: { [dialogue: string]: Part } = {};
    for (const [id, part] of Object.entries(program.parts)) {
      const reached = this.#reached.get(id) ?? new Set();
      this.#reached.set(id, reached);
      this.#parts.set(id, part);
      parts[id] = new Watch(part, reached).part();
    }
    return { ...program, parts };
  }

  /** Everything there is to reach, by dialogue; `sourceOf` gives a dialogue's file. */
  report(sourceOf: (dialogue: string) => Source | null): Map<string, Covered[]> {
    const report = new Map<string, Covered[]>();
    for (const [dialogue, part] of this.#parts) {
      const source = sourceOf(dialogue);
      const reached = this.#reached.get(dialogue);
      if (!source || !reached) continue;
      const spots = spotsOf(part).map((spot) => ({
        ...spot,
        place: placeOf(source, spot),
        reached: reached.has(spot.id),
      }));
      report.set(dialogue, spots);
    }
    return report;
  }
}

/** Of a hundred, rounded down, so that only all of it is 100; nothing to reach is all of it. */
export function percent(covered: readonly Covered[]): number {
  const reached = covered.filter((one) => one.reached).length;
  return covered.length === 0 ? 100 : Math.floor((100 * reached) / covered.length);
}

/** Copies a part so that whoever walks it leaves traces: a block that is entered, an option taken, a rung said. */
class Watch {
  readonly #part: Part;
  readonly #reached: Set<BlockId>;

  constructor(part: Part, reached: Set<BlockId>) {
    this.#part = part;
    this.#reached = reached;
  }

  part(): Part {
    const { blocks, states, anytime, dialogueTrouble } = this.#part;
    const watched: { [id: BlockId]: readonly Step[] } = Object.create(null);
    for (const [id, steps] of Object.entries(blocks)) {
      const copies = steps.map((step, index) => this.#step(step, stepId(this.#part, id, index)));
      this.#trace(watched, id, id, copies);
    }
    return {
      ...this.#part,
      blocks: watched,
      states: Object.fromEntries(
        Object.entries(states).map(([name, state]) => [
          name,
          { ...state, ...this.#ladders(state, `states/${name}`) },
        ]),
      ),
      anytime: this.#options(anytime, 'anytime'),
      dialogueTrouble: { ...dialogueTrouble, ...this.#ladders(dialogueTrouble, '') },
    };
  }

  #step(step: Step, id: BlockId): Step {
    const copy = { ...step, ...this.#ladders(step, id) };
    if (copy.verb === 'ask') return { ...copy, answers: this.#options(copy.answers, `${id}/answers`) };
    if (copy.verb === 'talk') return { ...copy, until: this.#options(copy.until, `${id}/until`) };
    return copy;
  }

  #options(options: readonly Option[], id: BlockId): Option[] {
    // What is asked of an option only when it is taken.
    return options.map((option, index) =>
      this.#trace({ ...option }, 'repeats', `${id}/${index}`, option.repeats),
    );
  }

  #ladders(owner: object, id: BlockId): { [trouble: string]: Ladder } {
    const copies: { [trouble: string]: Ladder } = {};
    for (const { trouble, ladder } of laddersOf(owner)) {
      const base = join(id, trouble);
      copies[trouble] = rungsOf(this.#part, ladder, base).map(({ rung, id: place }) =>
        'say' in rung ? this.#trace({ ...rung }, 'say', place, rung.say) : rung,
      );
    }
    return copies;
  }

  #trace<T extends object>(owner: T, key: string, id: BlockId, value: unknown): T {
    const reached = this.#reached;
    return Object.defineProperty(owner, key, {
      enumerable: true,
      get() {
        reached.add(id);
        return value;
      },
    });
  }
}

function spotsOf(part: Part): Spot[] {
  const spots: Spot[] = Object.entries(part.states).map(([name, { block }]) => ({
    kind: 'state',
    name,
    id: block,
  }));
  const options = (list: readonly Option[], id: BlockId): void => {
    for (const [index, { when }] of list.entries())
      spots.push({ kind: 'answer', name: when, id: `${id}/${index}` });
  };
  const ladders = (owner: object, id: BlockId): void => {
    for (const { trouble, ladder } of laddersOf(owner)) {
      const rungs = rungsOf(part, ladder, join(id, trouble));
      for (const [index, rung] of rungs.entries()) {
        spots.push({ kind: 'rung', name: `${trouble} ${index + 1}`, id: rung.id });
      }
    }
  };
  for (const [block, steps] of Object.entries(part.blocks)) {
    if (isOurs(block)) continue;
    for (const [index, step] of steps.entries()) {
      const id = stepId(part, block, index);
      if (step.verb === 'ask') options(step.answers, `${id}/answers`);
      if (step.verb === 'talk') options(step.until, `${id}/until`);
      ladders(step, id);
    }
  }
  options(part.anytime, 'anytime');
  for (const [name, state] of Object.entries(part.states)) ladders(state, `states/${name}`);
  ladders(part.dialogueTrouble, '');
  return spots;
}

/** Blocks that no author wrote. */
const isOurs = (block: BlockId): boolean => block.startsWith('lost/') || block === 'open' || block === DOOR;

const TROUBLES = ['silence', 'unclear', 'failed', 'rejected'] as const;

function laddersOf(owner: { [trouble in (typeof TROUBLES)[number]]?: Ladder | null }) {
  return TROUBLES.flatMap((trouble) => {
    const ladder = owner[trouble];
    return ladder ? [{ trouble, ladder }] : [];
  });
}

/** Steps in a row are one rung, whose block is named by the place of the first of them. */
function rungsOf(part: Part, ladder: Ladder, id: BlockId): { rung: Rung; id: BlockId }[] {
  let next = 0;
  return ladder.map((rung) => {
    const place = 'block' in rung ? rung.block : `${id}/${next}`;
    next = indexOf(place) + ('block' in rung ? (part.blocks[rung.block]?.length ?? 1) : 1);
    return { rung, id: place };
  });
}

/** Where a step stands: those of a rung stand in the ladder itself, one behind the other. */
function stepId(part: Part, block: BlockId, index: number): BlockId {
  const ladder = /^(.*(?:^|\/)(?:silence|unclear|failed|rejected|ask))\/([0-9]+)$/.exec(block);
  if (!ladder || block in part.states) return `${block}/${index}`;
  return `${ladder[1]}/${Number(ladder[2]) + index}`;
}

const indexOf = (id: BlockId): number => Number(id.slice(id.lastIndexOf('/') + 1));
const join = (id: BlockId, key: string): BlockId => (id === '' ? key : `${id}/${key}`);

/** A list of one may be written as the step itself, a state and a consequence may hold their steps under a key. */
const SHORTHANDS = ['steps', 'then', 'else'];

function placeOf(source: Source, { kind, id }: Spot): Place {
  const path: (string | number)[] = [];
  let value: unknown = source.data;
  const enter = (key: string | number): void => {
    path.push(key);
    value = Array.isArray(value) ? value[Number(key)] : mapOf(value)[key];
  };
  for (const part of id.split('/').filter((one) => one !== '')) {
    const isIndex = /^[0-9]+$/.test(part);
    if (isIndex && !Array.isArray(value)) {
      const inner = SHORTHANDS.find((key) => mapOf(value)[key] !== undefined);
      if (inner !== undefined) enter(inner);
      if (!Array.isArray(value)) continue;
    }
    enter(isIndex ? Number(part) : part);
  }
  return source.placeOf(path, kind === 'state' ? 'key' : 'value');
}
