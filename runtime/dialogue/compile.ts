/** A checked document becomes a program: shorthand is written out, expressions and templates are parsed. */
import path from 'node:path';
import { parseExpression, parseTemplate, type Expression, type Template } from './expression.ts';
import type {
  Consequence,
  DialogueDocument,
  ExpressionSource,
  Ladder as LadderSource,
  Option as OptionSource,
  Start,
  State,
  Step as StepSource,
  Steps,
  Variants,
} from './document.ts';
import { compileSlots, readBackSlots } from './compile-slots.ts';
import { compileTools } from './compile-tools.ts';
import { durationMs } from './duration.ts';
import {
  type AppFacts,
  type BlockId,
  type Gate,
  type Ladder,
  lostBlock,
  type Option,
  type Part,
  type Program,
  type Rung,
  type Step,
} from './program.ts';
import type { SlotType } from './protocol.ts';
import { wordsFor } from './words.ts';

const DEFAULT_RING = '25s';

/** A dialogue by its id, as it is compiled: where its file is, and what stands in it. */
export interface Compilable {
  file: string;
  document: DialogueDocument;
}

/**
 * Compiles a dialogue and all that it runs. Expects documents that `check` found no error in.
 * @throws Error where a dialogue that is run is not there.
 */
export function compile(
  library: ReadonlyMap<string, Compilable>,
  app: AppFacts,
  dialogue: string,
  version: string,
): Program {
  const parts: { [id: string]: Part } = Object.create(null);
  for (const id of reachable(library, dialogue)) {
    const found = library.get(id);
    if (!found) throw new Error(`There is no dialogue "${id}".`);
    parts[id] = compilePart(app, id, found);
  }
  return { app, dialogue, version, parts };
}

/** Compiles one dialogue by itself, whatever it runs. */
export function compilePart(app: AppFacts, id: string, dialogue: Compilable): Part {
  return new Compiler(app, id, dialogue).part();
}

/** The dialogue and every dialogue that it runs, or that those run, by id. */
export function reachable(
  library: ReadonlyMap<string, { document: DialogueDocument }>,
  dialogue: string,
): string[] {
  const found = new Set<string>();
  const queue = [dialogue];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...runsIn(library.get(id)?.document));
  }
  return [...found];
}

function runsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(runsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'run' && typeof inner === 'string' ? [inner] : runsIn(inner),
  );
}

interface TroubleSource {
  silence?: LadderSource;
  unclear?: LadderSource;
  turn?: { interrupt?: 'speech' | 'keys' | 'never' };
}

class Compiler {
  readonly #app: AppFacts;
  readonly #id: string;
  readonly #document: DialogueDocument;
  readonly #folder: string;
  readonly #blocks: { [id: BlockId]: readonly Step[] } = Object.create(null);
  /** Slots whose values are said digit by digit. */
  readonly #spell: ReadonlySet<string>;

  constructor(app: AppFacts, id: string, { file, document }: Compilable) {
    this.#app = app;
    this.#id = id;
    this.#document = document;
    this.#folder = path.dirname(path.resolve(file));
    const slots = Object.entries(document.slots ?? {});
    this.#spell = new Set(slots.filter(([, { type }]) => type === 'digits').map(([name]) => name));
  }

  part(): Part {
    const document = this.#document;
    const tools = compileTools(document.tools ?? {}, this.#folder, {
      gate: (name, source) => this.#gate(`tools/${name}`, source),
      variants: (source) => this.#variants(source),
    });
    const states: { [name: string]: Part['states'][string] } = Object.create(null);
    for (const [name, state] of Object.entries(document.states ?? {}))
      states[name] = this.#state(name, state);
    const open =
      document.states || document.inbound || document.outbound ? null : this.#open(Object.keys(tools));
    const intro = document.intro === undefined ? null : this.#block('intro', document.intro);
    const inbound = open ?? this.#start('inbound', document.inbound);
    const outbound = open ?? this.#start('outbound', document.outbound);
    const anytime = (document.anytime ?? []).map((option, index) => this.#option(`anytime/${index}`, option));
    const voicemail = document.voicemail === undefined ? null : this.#block('voicemail', document.voicemail);
    const dialogueTrouble = {
      ...this.#trouble('', document),
      failed: this.#ladder('failed', document.failed),
    };
    const slots = compileSlots(document.slots ?? {}, {
      ladder: (id, source) => this.#ladder(id, source),
      template: (source) => this.#template(source),
      readBack: readBackSlots(this.#blocks, document.slots ?? {}),
    });
    const part: Part = {
      dialogue: this.#id,
      persona: document.persona === undefined ? null : this.#template(document.persona),
      slots,
      sensitive: new Set(Object.values(slots).flatMap(({ name, sensitive }) => (sensitive ? name : []))),
      params: paramTypes(document.params ?? {}),
      returns: document.return === undefined ? null : expression(document.return),
      tools,
      blocks: this.#blocks,
      intro,
      inbound,
      outbound,
      states,
      dialogueTrouble,
      anytime,
      voicemail,
      offers: Object.fromEntries(
        Object.values(tools).map(({ name, about, input }) => [name, { name: offerName(name), about, input }]),
      ),
    };
    for (const [name, { sensitive }] of Object.entries(slots))
      if (sensitive) this.#blocks[lostBlock(name)] = [{ ...NO_TROUBLE, verb: 'collect', slots: [name] }];
    leadOptionsToSlots(part);
    return part;
  }

  #block(id: BlockId, steps: Steps): BlockId {
    const list = Array.isArray(steps) ? steps : [steps];
    this.#blocks[id] = list.map((step, index) => this.#step(`${id}/${index}`, step));
    return id;
  }

  #state(name: string, source: State): Part['states'][string] {
    const id = `states/${name}`;
    if (!Array.isArray(source) && 'steps' in source) {
      return {
        block: this.#block(id, source.steps),
        ...this.#trouble(id, source),
        failed: this.#ladder(`${id}/failed`, source.failed),
        gate: this.#gate(id, source),
      };
    }
    return { ...NO_TROUBLE, failed: null, gate: null, block: this.#block(id, source) };
  }

  #gate(id: BlockId, source: { requires?: ExpressionSource; else?: Steps }): Gate | null {
    if (source.requires === undefined) return null;
    return {
      requires: expression(source.requires),
      else: source.else === undefined ? null : this.#block(`${id}/else`, source.else),
    };
  }

  #start(id: BlockId, source: Start | undefined): BlockId | null {
    if (source === undefined) return null;
    // A state's own block, so that the state's name is known from the first step on.
    return typeof source === 'string' ? `states/${source}` : this.#block(id, source);
  }

  /** A dialogue without states: the model talks until the caller is done. */
  #open(tools: readonly string[]): BlockId {
    const words = wordsFor(this.#app.locale);
    return this.#block('open', [
      {
        talk: 'Help the caller with what they ask for, until they need nothing more.',
        tools: [...tools],
        until: [
          {
            when: 'the caller needs nothing more or says goodbye',
            like: [words.goodbye],
            hangup: words.goodbye,
          },
        ],
      },
    ]);
  }

  #trouble(id: BlockId, source: TroubleSource): typeof NO_TROUBLE {
    return {
      silence: this.#ladder(`${id}/silence`, source.silence),
      unclear: this.#ladder(`${id}/unclear`, source.unclear),
      interrupt: source.turn?.interrupt ?? null,
    };
  }

  #option(id: BlockId, source: OptionSource): Option {
    const { when, like = [], keys = null } = source;
    const steps = consequence(source);
    return {
      when,
      like,
      keys,
      block: steps === null ? null : this.#block(id, steps),
      repeats: steps?.length === 1 && 'repeat' in steps[0]!,
      slots: [],
    };
  }

  /** Texts are entries; steps in a row are one entry, in the block of the first of them. */
  #ladder(id: BlockId, source: LadderSource | undefined): Ladder | null {
    if (source === undefined) return null;
    const rungs: Rung[] = [];
    let steps: StepSource[] = [];
    for (const [index, rung] of (Array.isArray(source) ? source : [source]).entries()) {
      if (typeof rung === 'string') {
        steps = [];
        rungs.push({ say: this.#template(rung) });
        continue;
      }
      if (steps.length === 0) rungs.push({ block: `${id}/${index}` });
      steps.push(rung);
      const block = `${id}/${index - steps.length + 1}`;
      this.#blocks[block] = [
        ...(this.#blocks[block] ?? []).slice(0, steps.length - 1),
        this.#step(`${id}/${index}`, rung),
      ];
    }
    return rungs;
  }

  #template(source: string): Template {
    return parseTemplate(source, { spell: this.#spell });
  }

  #variants(source: Variants): Template[] {
    return (Array.isArray(source) ? source : [source]).map((one) => this.#template(one));
  }

  #step(id: BlockId, source: StepSource): Step {
    const trouble = this.#trouble(id, source as TroubleSource);
    if ('say' in source) return { ...trouble, verb: 'say', variants: this.#variants(source.say) };
    if ('play' in source) return { ...trouble, verb: 'play', file: path.resolve(this.#folder, source.play) };
    if ('press' in source) return { ...trouble, verb: 'press', keys: this.#template(source.press) };
    if ('wait' in source) return { ...trouble, verb: 'wait', ms: durationMs(source.wait) };
    if ('ask' in source) {
      const answers = source.answers.map((option, index) => this.#option(`${id}/answers/${index}`, option));
      return { ...trouble, verb: 'ask', variants: this.#variants(source.ask), answers };
    }
    if ('collect' in source) return { ...trouble, verb: 'collect', slots: listOf(source.collect) };
    if ('confirm' in source) {
      const variants = this.#variants(source.confirm);
      const rejected = this.#ladder(`${id}/rejected`, source.rejected);
      return { ...trouble, verb: 'confirm', variants, rejected, slots: this.#slotsIn(variants) };
    }
    if ('talk' in source) {
      return {
        ...trouble,
        verb: 'talk',
        goal: this.#template(source.talk),
        tools: (source.tools ?? []).flatMap((tool) => this.#toolNames(tool)),
        until: (source.until ?? []).map((option, index) => this.#option(`${id}/until/${index}`, option)),
        turns: source.turns ?? null,
      };
    }
    if ('do' in source) {
      return {
        ...trouble,
        verb: 'do',
        tool: source.do,
        with: given(source.with),
        save: source.save ?? null,
        failed: this.#ladder(`${id}/failed`, source.failed),
      };
    }
    if ('set' in source) {
      const values = Object.entries(source.set).map(([target, value]) => ({
        target: target.split('.'),
        value: expression(value),
      }));
      return { ...trouble, verb: 'set', values };
    }
    if ('clear' in source) return { ...trouble, verb: 'clear', slots: listOf(source.clear) };
    if ('remember' in source) {
      const values = Object.entries(source.remember).map(([target, value]) => ({
        name: target.slice('user.'.length),
        value: expression(value),
      }));
      return {
        ...trouble,
        verb: 'remember',
        values,
        forMs: source.for === undefined ? null : durationMs(source.for),
      };
    }
    if ('callback' in source) {
      const failed = this.#ladder(`${id}/failed`, source.failed);
      return { ...trouble, verb: 'callback', at: expression(source.callback), failed };
    }
    if ('branch' in source) {
      const cases = source.branch.map((one, index) => {
        if ('else' in one) return { if: null, block: this.#block(`${id}/branch/${index}`, one.else) };
        const steps = consequence(one) ?? [];
        return { if: expression(one.if), block: this.#block(`${id}/branch/${index}`, steps) };
      });
      return { ...trouble, verb: 'branch', cases };
    }
    if ('goto' in source) return { ...trouble, verb: 'goto', state: source.goto };
    if ('run' in source) {
      const { run: dialogue, save = null } = source;
      return { ...trouble, verb: 'run', dialogue, with: given(source.with), save };
    }
    if ('return' in source) return { ...trouble, verb: 'return', value: expression(source.return) };
    if ('transfer' in source) {
      const { brief = false } = source;
      return {
        ...trouble,
        verb: 'transfer',
        to: transferTarget(source.transfer),
        brief: typeof brief === 'string' ? this.#template(brief) : brief ? 'summary' : null,
        ringMs: durationMs(source.ring ?? DEFAULT_RING),
        failed: this.#ladder(`${id}/failed`, source.failed),
      };
    }
    if ('hangup' in source) {
      const variants = source.hangup === true ? [] : this.#variants(source.hangup);
      return { ...trouble, verb: 'hangup', variants };
    }
    return { ...trouble, verb: 'repeat' };
  }

  #slotsIn(variants: readonly Template[]): string[] {
    const slots = this.#document.slots ?? {};
    const roots = variants.flatMap(({ expressions }) =>
      expressions.flatMap(({ expression: { references } }) =>
        references.map(({ path: [root = ''] }) => root),
      ),
    );
    return [...new Set(roots)].filter((root) => Object.hasOwn(slots, root));
  }

  /** The name of an MCP server stands for all of its tools. */
  #toolNames(name: string): string[] {
    const tool = this.#document.tools?.[name];
    return tool?.mcp === undefined ? [name] : (tool.allow ?? []).map((one) => `${name}.${one}`);
  }
}

const NO_TROUBLE: Pick<Step, 'silence' | 'unclear' | 'interrupt'> = {
  silence: null,
  unclear: null,
  interrupt: null,
};

/** A tool as a model is shown it: functions of models have no dots in their names. */
export const offerName = (tool: string): string => tool.replaceAll('.', '_');

function paramTypes(params: NonNullable<DialogueDocument['params']>): Part['params'] {
  const types: { [name: string]: SlotType } = {};
  for (const [name, field] of Object.entries(params))
    types[name] = typeof field === 'string' ? field : field.type;
  return types;
}

/** A sentence that is an answer may already hold what the `collect` behind the answer asks for. */
function leadOptionsToSlots(part: Part): void {
  for (const steps of Object.values(part.blocks)) {
    for (const step of steps) {
      if (step.verb !== 'ask') continue;
      for (const option of step.answers)
        if (option.block !== null)
          (option as { slots: readonly string[] }).slots = slotsBehind(part, option.block);
    }
  }
}

/** The slots of the first `collect` on the way, where nothing else listens or decides before it. */
function slotsBehind(part: Part, first: BlockId): readonly string[] {
  const seen = new Set<BlockId>();
  for (let block: BlockId | null = first; block !== null && !seen.has(block);) {
    seen.add(block);
    let next: BlockId | null = null;
    for (const step of part.blocks[block] ?? []) {
      if (step.verb === 'collect') return step.slots.filter((slot) => !part.slots[slot]?.sensitive);
      if (step.verb === 'goto') {
        next = part.states[step.state]?.block ?? null;
        break;
      }
      if (!PASSING.has(step.verb)) return [];
    }
    block = next;
  }
  return [];
}

const PASSING: ReadonlySet<Step['verb']> = new Set(['say', 'play', 'set', 'remember', 'wait']);

/** The steps beside a condition: `then`, or the one verb that stands there; null for none. */
function consequence(source: Consequence): StepSource[] | null {
  if ('then' in source) return Array.isArray(source.then) ? source.then : [source.then];
  const { when: _when, like: _like, keys: _keys, if: _if, ...rest } = source as Record<string, unknown>;
  return Object.keys(rest).length === 0 ? null : [rest as unknown as StepSource];
}

const listOf = (names: string | readonly string[]): readonly string[] =>
  typeof names === 'string' ? [names] : names;

const given = (source: { [name: string]: ExpressionSource } | undefined) =>
  Object.entries(source ?? {}).map(([name, value]) => ({ name, value: expression(value) }));

/** `{{ expression }}`, or the name or number itself. */
export function transferTarget(source: string): Expression {
  const inside = /^\s*\{\{(.*)\}\}\s*$/s.exec(source)?.[1];
  return parseExpression(inside ?? JSON.stringify(source));
}

function expression(source: ExpressionSource): Expression {
  return parseExpression(typeof source === 'string' ? source : JSON.stringify(source));
}
