/** What is proved of dialogues as a whole, once they have no other mistake. */
import { dialoguesRun } from '../check-holders.ts';
import { type DocumentFile, mapOf, problem } from '../document-file.ts';
import type { Problem } from '../problem.ts';
import type { Part } from '../program.ts';
import { deafLoops, endlessStates, unreachedSteps } from './ends.ts';
import { type Flow, type FlowNode, flowOf, LISTENING, type Outer, type RunFacts } from './flow.ts';
import { reachedFrom } from './graph.ts';
import { isQuiet, UNKNOWN } from './quiet.ts';
import { endlessSilences } from './silences.ts';
import { emptyReads, shutGates } from './unset.ts';

/** Proves dialogues; those that run others know what those do. Lives as long as one check of a folder. */
export class Prover {
  readonly #files: ReadonlyMap<string, DocumentFile>;
  readonly #compile: (file: DocumentFile) => Part;
  readonly #facts = new Map<string, RunFacts>();
  /** The dialogues that run one, by its id. */
  readonly #runners = new Map<string, DocumentFile[]>();
  readonly #begun: ReadonlySet<string>;

  /**
   * @param files dialogues without a mistake, by id.
   * @param begun the ids of those that calls begin with.
   */
  constructor(
    files: ReadonlyMap<string, DocumentFile>,
    begun: ReadonlySet<string>,
    compile: (file: DocumentFile) => Part,
  ) {
    this.#files = files;
    this.#begun = begun;
    this.#compile = compile;
    for (const file of files.values()) {
      for (const id of new Set(dialoguesRun(file))) {
        const runners = this.#runners.get(id);
        if (runners) runners.push(file);
        else this.#runners.set(id, [file]);
      }
    }
  }

  /**
   * What may be asked for in the dialogue though it stands in one that runs it. Nothing where a call may begin with
   * the dialogue itself.
   */
  outerOf(id: string): Outer {
    const around = new Set<DocumentFile>();
    const queue = [id];
    for (let inner = queue.pop(); inner !== undefined; inner = queue.pop()) {
      for (const runner of this.#begun.has(inner) ? [] : (this.#runners.get(inner) ?? [])) {
        if (!around.has(runner)) queue.push(runner.id);
        around.add(runner);
      }
    }
    const options = [...around].flatMap(({ id: other, data }) =>
      other !== id && Array.isArray(data['anytime']) ? (data['anytime'] as unknown[]) : [],
    );
    return { anytime: options.length > 0, leaves: options.some(leadsOut) };
  }

  /** Every way through the dialogue: that it ends, that it listens, that its names have values, its gates open. */
  prove(file: DocumentFile, part = this.#compile(file)): Problem[] {
    const runs = (id: string): RunFacts => this.#factsOf(id);
    const flow = flowOf(part, runs, this.outerOf(file.id));
    return [
      ...this.#circles(file),
      ...unreachedSteps(file, flow),
      ...endlessStates(file, flow),
      ...deafLoops(file, flow, runs),
      ...endlessSilences(file, part, flow, runs),
      ...emptyReads(file, part, flow),
      ...shutGates(file, part, flow),
    ];
  }

  #factsOf(id: string): RunFacts {
    const known = this.#facts.get(id);
    if (known) return known;
    // Dialogues that run each other: nothing is known of the one that is being looked at.
    this.#facts.set(id, UNKNOWN);
    const file = this.#files.get(id);
    if (!file) return UNKNOWN;
    const facts = runFacts(
      flowOf(this.#compile(file), (other) => this.#factsOf(other)),
      (other) => this.#factsOf(other),
    );
    this.#facts.set(id, facts);
    return facts;
  }

  /** A dialogue that is run by one that it runs itself is held within itself, which the engine ends at last. */
  #circles({ source, id: own, held }: DocumentFile): Problem[] {
    return held.flatMap(({ holds, value, path }) => {
      if (holds !== 'dialogue' || !this.#leadsTo(String(value), own)) return [];
      const who =
        value === own ? 'The dialogue runs itself' : `\`${String(value)}\` runs this dialogue in turn`;
      const message = `${who}: each round is held within the one before, and the twentieth ends the call. Use \`return\` or \`goto\` to go back.`;
      return [problem(source, path, 'circular-run', message, { severity: 'warning' })];
    });
  }

  #leadsTo(from: string, to: string): boolean {
    const seen = new Set<string>();
    const queue = [from];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (id === to) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      const file = this.#files.get(id);
      if (file) queue.push(...dialoguesRun(file));
    }
    return false;
  }
}

/** The steps of an `anytime` that do not give the word back. */
function leadsOut(option: unknown): boolean {
  const { then } = mapOf(option);
  const last = mapOf(Array.isArray(then) ? then.at(-1) : (then ?? option));
  return LEAVING.some((verb) => verb in last);
}

const LEAVING = ['goto', 'hangup', 'return', 'transfer'];

function runFacts({ starts }: Flow, runs: (id: string) => RunFacts): RunFacts {
  const all = [...reachedFrom(starts)].flatMap(({ edges }) => edges);
  // Its slots are empty at first, so that a `collect` listens.
  const listens = ({ step }: FlowNode): boolean =>
    LISTENING.has(step.verb) || (step.verb === 'run' && !runs(step.dialogue).silently);
  const through = new Set(starts);
  for (const node of through) {
    for (const edge of node.edges) {
      if (edge.to && isQuiet(edge, node, runs) && !(listens(node) && edge.why === 'flow'))
        through.add(edge.to);
    }
  }
  return {
    returns: all.some(({ why }) => why === 'return'),
    ends: all.some(({ to, why }) => to === null && why !== 'return'),
    listens: [...reachedFrom(starts)].some(
      ({ step }) =>
        LISTENING.has(step.verb) ||
        step.verb === 'wait' ||
        (step.verb === 'run' && runs(step.dialogue).listens),
    ),
    silently: [...through].some((node) => !listens(node) && node.edges.some(({ why }) => why === 'return')),
  };
}
