/** A checked document becomes a program: shorthand is written out, expressions and templates are parsed. */
import path from 'node:path';
import { parseTemplate, type Template } from './expression.ts';
import type {
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
import { compileStep, consequence, expression, type Parts, type TroubleSource } from './compile-step.ts';
import { compileTools } from './compile-tools.ts';
import { leadOptionsToSlots } from './leads.ts';
import {
  type AppFacts,
  type BlockId,
  type Gate,
  type Ladder,
  DOOR,
  lostBlock,
  type Option,
  type Part,
  type Program,
  type Rung,
  type Step,
  type TurnKeys,
} from './program.ts';
import { reachable } from './reachable.ts';
import { wordsFor } from './words.ts';

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

/** What of an app a dialogue is compiled for: who is paired first, and the language of the runtime's own words. */
type Around = Pick<AppFacts, 'public' | 'locale'>;

/** Compiles one dialogue by itself, whatever it runs. */
export function compilePart(app: Around, id: string, dialogue: Compilable): Part {
  return new Compiler(app, id, dialogue).part();
}

class Compiler implements Parts {
  readonly #app: Around;
  readonly #id: string;
  readonly document: DialogueDocument;
  readonly folder: string;
  readonly #blocks: { [id: BlockId]: readonly Step[] } = Object.create(null);
  /** Slots whose values are said digit by digit. */
  readonly #spell: ReadonlySet<string>;

  constructor(app: Around, id: string, { file, document }: Compilable) {
    this.#app = app;
    this.#id = id;
    this.document = document;
    this.folder = path.dirname(path.resolve(file));
    const slots = Object.entries(document.slots ?? {});
    this.#spell = new Set(slots.filter(([, { type }]) => type === 'digits').map(([name]) => name));
  }

  part(): Part {
    const document = this.document;
    const tools = compileTools(document.tools ?? {}, this.folder, {
      gate: (name, source) => this.#gate(`tools/${name}`, source),
      variants: (source) => this.variants(source),
    });
    const states: { [name: string]: Part['states'][string] } = Object.create(null);
    for (const [name, state] of Object.entries(document.states ?? {}))
      states[name] = this.#state(name, state);
    const open =
      document.states || document.inbound || document.outbound ? null : this.#open(Object.keys(tools));
    const intro = document.intro === undefined ? null : this.block('intro', document.intro);
    const inbound = open ?? this.#start('inbound', document.inbound);
    const outbound = open ?? this.#start('outbound', document.outbound);
    const anytime = (document.anytime ?? []).map((option, index) => this.option(`anytime/${index}`, option));
    const voicemail = document.voicemail === undefined ? null : this.block('voicemail', document.voicemail);
    const dialogueTrouble = {
      ...this.trouble('', document),
      failed: this.ladder('failed', document.failed),
    };
    const slots = compileSlots(document.slots ?? {}, {
      ladder: (id, source) => this.ladder(id, source),
      template: (source) => this.template(source),
      readBack: readBackSlots(this.#blocks, document.slots ?? {}),
    });
    if (!this.#app.public) this.#blocks[DOOR] = [{ ...NO_TROUBLE, verb: 'pair', failed: null }];
    const part: Part = {
      dialogue: this.#id,
      persona: document.persona === undefined ? null : this.template(document.persona),
      slots,
      sensitive: new Set(Object.values(slots).flatMap(({ name, sensitive }) => (sensitive ? name : []))),
      pairs: Object.values(this.#blocks).some((steps) => steps.some(({ verb }) => verb === 'pair')),
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

  block(id: BlockId, steps: Steps): BlockId {
    const list = Array.isArray(steps) ? steps : [steps];
    this.#blocks[id] = list.map((step, index) => compileStep(`${id}/${index}`, step, this));
    return id;
  }

  #state(name: string, source: State): Part['states'][string] {
    const id = `states/${name}`;
    if (!Array.isArray(source) && 'steps' in source) {
      return {
        block: this.block(id, source.steps),
        ...this.trouble(id, source),
        failed: this.ladder(`${id}/failed`, source.failed),
        gate: this.#gate(id, source),
      };
    }
    return { ...NO_TROUBLE, failed: null, gate: null, block: this.block(id, source) };
  }

  #gate(id: BlockId, source: { requires?: ExpressionSource; else?: Steps }): Gate | null {
    if (source.requires === undefined) return null;
    return {
      requires: expression(source.requires),
      else: source.else === undefined ? null : this.block(`${id}/else`, source.else),
    };
  }

  #start(id: BlockId, source: Start | undefined): BlockId | null {
    if (source === undefined) return null;
    // A state's own block, so that the state's name is known from the first step on.
    return typeof source === 'string' ? `states/${source}` : this.block(id, source);
  }

  /** A dialogue without states: the model talks until the caller is done. */
  #open(tools: readonly string[]): BlockId {
    const words = wordsFor(this.#app.locale);
    return this.block('open', [
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

  trouble(id: BlockId, source: TroubleSource): typeof NO_TROUBLE {
    return {
      silence: this.ladder(`${id}/silence`, source.silence),
      unclear: this.ladder(`${id}/unclear`, source.unclear),
      turn: source.turn ? { ...NO_TURN, ...source.turn } : NO_TURN,
    };
  }

  option(id: BlockId, source: OptionSource): Option {
    const { when, like = [], keys = null } = source;
    const steps = consequence(source);
    return {
      when,
      like,
      keys,
      block: steps === null ? null : this.block(id, steps),
      repeats: steps?.length === 1 && 'repeat' in steps[0]!,
      slots: [],
    };
  }

  /** Texts are entries; steps in a row are one entry, in the block of the first of them. */
  ladder(id: BlockId, source: LadderSource | undefined): Ladder | null {
    if (source === undefined) return null;
    const rungs: Rung[] = [];
    let steps: StepSource[] = [];
    for (const [index, rung] of (Array.isArray(source) ? source : [source]).entries()) {
      if (typeof rung === 'string') {
        steps = [];
        rungs.push({ say: this.template(rung) });
        continue;
      }
      if (steps.length === 0) rungs.push({ block: `${id}/${index}` });
      steps.push(rung);
      const block = `${id}/${index - steps.length + 1}`;
      this.#blocks[block] = [
        ...(this.#blocks[block] ?? []).slice(0, steps.length - 1),
        compileStep(`${id}/${index}`, rung, this),
      ];
    }
    return rungs;
  }

  template(source: string): Template {
    return parseTemplate(source, { spell: this.#spell });
  }

  variants(source: Variants): Template[] {
    return (Array.isArray(source) ? source : [source]).map((one) => this.template(one));
  }
}

const NO_TURN: TurnKeys = { interrupt: null, patience: null, words: null };

const NO_TROUBLE: Pick<Step, 'silence' | 'unclear' | 'turn'> = {
  silence: null,
  unclear: null,
  turn: NO_TURN,
};

/** A tool as a model is shown it: functions of models have no dots in their names. */
export const offerName = (tool: string): string => tool.replaceAll('.', '_');

function paramTypes(params: NonNullable<DialogueDocument['params']>): Part['params'] {
  const types: { [name: string]: Part['params'][string] } = {};
  for (const [name, field] of Object.entries(params)) {
    const { type, of } = typeof field === 'string' ? { type: field, of: undefined } : field;
    types[name] = { type, of: of?.map((value) => ({ value, like: [] })) ?? null };
  }
  return types;
}
