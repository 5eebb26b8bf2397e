/** A checked document becomes a program: shorthand is written out, expressions and templates are parsed. */
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
  Tool,
  Variants,
} from './document.ts';
import { durationMs } from './duration.ts';
import { inputSchema, outputSchema } from './fields.ts';
import type { AppFacts, BlockId, Ladder, Option, Program, Rung, Step, ToolSpec } from './program.ts';
import type { Offer } from './protocol.ts';
import { wordsFor } from './words.ts';

const DEFAULT_TIMEOUT = '8s';

/** Expects a document that `check` found no error in. */
export function compile(
  document: DialogueDocument,
  app: AppFacts,
  dialogue: string,
  version: string,
): Program {
  const compiler = new Compiler();
  const tools: { [name: string]: ToolSpec } = {};
  for (const [name, tool] of Object.entries(document.tools ?? {})) tools[name] = toolSpec(name, tool);

  const states: { [name: string]: Program['states'][string] } = Object.create(null);
  for (const [name, state] of Object.entries(document.states ?? {}))
    states[name] = compiler.state(name, state);

  const open =
    document.states || document.inbound || document.outbound ? null : compiler.open(app, Object.keys(tools));
  return {
    app,
    dialogue,
    version,
    persona: document.persona === undefined ? null : parseTemplate(document.persona),
    tools,
    blocks: compiler.blocks,
    intro: document.intro === undefined ? null : compiler.block('intro', document.intro),
    inbound: open ?? compiler.start('inbound', document.inbound),
    outbound: open ?? compiler.start('outbound', document.outbound),
    states,
    dialogueTrouble: compiler.trouble('', document),
    anytime: (document.anytime ?? []).map((option, index) => compiler.option(`anytime/${index}`, option)),
    offers: Object.fromEntries(Object.values(tools).map((tool) => [tool.name, offerOf(tool)])),
  };
}

/** Every line of the program that is always said in the same words, the runtime's own included. */
export function constantLines(program: Program): string[] {
  const lines = new Set<string>();
  const add = (template: Template): void => {
    if (template.constant !== null) lines.add(template.constant);
  };
  const ladders = (trouble: { silence: Ladder | null; unclear: Ladder | null }): void => {
    for (const rung of [...(trouble.silence ?? []), ...(trouble.unclear ?? [])])
      if ('say' in rung) add(rung.say);
  };
  for (const block of Object.values(program.blocks)) {
    for (const step of block) {
      if ('variants' in step) step.variants.forEach(add);
      ladders(step);
    }
  }
  Object.values(program.states).forEach(ladders);
  ladders(program.dialogueTrouble);
  for (const words of Object.values(wordsFor(program.app.locale))) {
    for (const line of typeof words === 'string' ? [words] : (words as readonly string[])) lines.add(line);
  }
  return [...lines];
}

interface TroubleSource {
  silence?: LadderSource;
  unclear?: LadderSource;
  turn?: { interrupt?: 'speech' | 'keys' | 'never' };
}

class Compiler {
  readonly blocks: { [id: BlockId]: readonly Step[] } = Object.create(null);

  block(id: BlockId, steps: Steps): BlockId {
    const list = Array.isArray(steps) ? steps : [steps];
    this.blocks[id] = list.map((step, index) => this.#step(`${id}/${index}`, step));
    return id;
  }

  state(name: string, source: State): Program['states'][string] {
    const id = `states/${name}`;
    if (!Array.isArray(source) && 'steps' in source) {
      return { block: this.block(id, source.steps), ...this.trouble(id, source) };
    }
    return { block: this.block(id, source), silence: null, unclear: null, interrupt: null };
  }

  start(id: BlockId, source: Start | undefined): BlockId | null {
    if (source === undefined) return null;
    // A state's own block, so that the state's name is known from the first step on.
    return typeof source === 'string' ? `states/${source}` : this.block(id, source);
  }

  /** A dialogue without states: the model talks until the caller is done. */
  open(app: AppFacts, tools: readonly string[]): BlockId {
    const words = wordsFor(app.locale);
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

  trouble(id: BlockId, source: TroubleSource): Program['dialogueTrouble'] {
    return {
      silence: this.#ladder(`${id}/silence`, source.silence),
      unclear: this.#ladder(`${id}/unclear`, source.unclear),
      interrupt: source.turn?.interrupt ?? null,
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
    };
  }

  #ladder(id: BlockId, source: LadderSource | undefined): Ladder | null {
    if (source === undefined) return null;
    const rungs = Array.isArray(source) ? source : [source];
    return rungs.map((rung, index): Rung =>
      typeof rung === 'string' ? { say: parseTemplate(rung) } : { block: this.block(`${id}/${index}`, rung) },
    );
  }

  #step(id: BlockId, source: StepSource): Step {
    const trouble = this.trouble(id, source as TroubleSource);
    if ('say' in source) return { ...trouble, verb: 'say', variants: variants(source.say) };
    if ('ask' in source) {
      const answers = source.answers.map((option, index) => this.option(`${id}/answers/${index}`, option));
      return { ...trouble, verb: 'ask', variants: variants(source.ask), answers };
    }
    if ('talk' in source) {
      return {
        ...trouble,
        verb: 'talk',
        goal: parseTemplate(source.talk),
        tools: source.tools ?? [],
        until: (source.until ?? []).map((option, index) => this.option(`${id}/until/${index}`, option)),
        turns: source.turns ?? null,
      };
    }
    if ('set' in source) {
      const values = Object.entries(source.set).map(([target, value]) => ({
        target: target.split('.'),
        value: expression(value),
      }));
      return { ...trouble, verb: 'set', values };
    }
    if ('branch' in source) {
      const cases = source.branch.map((one, index) => {
        if ('else' in one) return { if: null, block: this.block(`${id}/branch/${index}`, one.else) };
        const steps = consequence(one) ?? [];
        return { if: expression(one.if), block: this.block(`${id}/branch/${index}`, steps) };
      });
      return { ...trouble, verb: 'branch', cases };
    }
    if ('goto' in source) return { ...trouble, verb: 'goto', state: source.goto };
    if ('do' in source) {
      const given = Object.entries(source.with ?? {});
      return {
        ...trouble,
        verb: 'do',
        tool: source.do,
        with: given.map(([name, value]) => ({ name, value: expression(value) })),
        save: source.save ?? null,
        failed: source.failed === undefined ? null : this.block(`${id}/failed`, source.failed),
      };
    }
    if ('hangup' in source) {
      return { ...trouble, verb: 'hangup', variants: source.hangup === true ? [] : variants(source.hangup) };
    }
    return { ...trouble, verb: 'repeat' };
  }
}

/** The steps beside a condition: `then`, or the one verb that stands there; null for none. */
function consequence(source: Consequence): StepSource[] | null {
  if ('then' in source) return Array.isArray(source.then) ? source.then : [source.then];
  const { when: _when, like: _like, keys: _keys, if: _if, ...rest } = source as Record<string, unknown>;
  return Object.keys(rest).length === 0 ? null : [rest as unknown as StepSource];
}

function variants(source: Variants): Template[] {
  return (Array.isArray(source) ? source : [source]).map(parseTemplate);
}

function expression(source: ExpressionSource): Expression {
  return parseExpression(typeof source === 'string' ? source : JSON.stringify(source));
}

function toolSpec(name: string, tool: Tool): ToolSpec {
  return {
    name,
    about: tool.about,
    input: inputSchema(tool.input ?? {}),
    output: tool.output === undefined ? null : outputSchema(tool.output),
    http: { method: tool.http.method ?? 'POST', url: tool.http.url, headers: tool.http.headers ?? {} },
    timeoutMs: durationMs(tool.timeout ?? DEFAULT_TIMEOUT),
  };
}

function offerOf({ name, about, input }: ToolSpec): Offer {
  return { name, about, input };
}
