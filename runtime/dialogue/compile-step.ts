/** One step of a document as the engine runs it. */
import path from 'node:path';
import type {
  Consequence,
  DialogueDocument,
  ExpressionSource,
  Ladder as LadderSource,
  Option as OptionSource,
  Step as StepSource,
  Steps,
  Turn as TurnSource,
  Variants,
} from './document.ts';
import { durationMs } from './duration.ts';
import { parseExpression, type Expression, type Template } from './expression.ts';
import type { BlockId, Ladder, Option, Step, StepOf } from './program.ts';

const DEFAULT_RING = '25s';

export interface TroubleSource {
  silence?: LadderSource;
  unclear?: LadderSource;
  turn?: TurnSource;
}

/** What a step is made of, for whoever compiles it: lists inside of it become blocks under ids below its own. */
export interface Parts {
  document: DialogueDocument;
  /** The folder of the dialogue's file. */
  folder: string;
  block(id: BlockId, steps: Steps): BlockId;
  ladder(id: BlockId, source: LadderSource | undefined): Ladder | null;
  option(id: BlockId, source: OptionSource): Option;
  template(source: string): Template;
  variants(source: Variants): Template[];
  trouble(id: BlockId, source: TroubleSource): Trouble;
}

type SourceOf<V extends Step['verb']> = Extract<StepSource, { [K in V]: unknown }>;
type Trouble = Pick<Step, 'silence' | 'unclear' | 'turn'>;
type Compile<V extends Step['verb']> = (
  source: SourceOf<V>,
  parts: Parts,
  id: BlockId,
) => Omit<StepOf<V>, keyof Trouble>;

const VERBS: { readonly [V in Step['verb']]: Compile<V> } = {
  say: ({ say }, parts) => ({ verb: 'say', variants: parts.variants(say) }),
  play: ({ play }, { folder }) => ({ verb: 'play', file: path.resolve(folder, play) }),
  press: ({ press }, parts) => ({ verb: 'press', keys: parts.template(press) }),
  wait: ({ wait }) => ({ verb: 'wait', ms: durationMs(wait) }),
  ask({ ask, answers }, parts, id) {
    const options = answers.map((option, index) => parts.option(`${id}/answers/${index}`, option));
    return { verb: 'ask', variants: parts.variants(ask), answers: options };
  },
  collect: ({ collect }) => ({ verb: 'collect', slots: listOf(collect) }),
  confirm({ confirm, rejected }, parts, id) {
    const variants = parts.variants(confirm);
    return {
      verb: 'confirm',
      variants,
      rejected: parts.ladder(`${id}/rejected`, rejected),
      slots: slotsIn(variants, parts),
    };
  },
  talk: ({ talk, tools = [], until = [], turns = null }, parts, id) => ({
    verb: 'talk',
    goal: parts.template(talk),
    tools: tools.flatMap((tool) => toolNames(tool, parts)),
    until: until.map((option, index) => parts.option(`${id}/until/${index}`, option)),
    turns,
  }),
  do: ({ do: tool, with: input, save = null, failed }, parts, id) => ({
    verb: 'do',
    tool,
    with: given(input),
    save,
    failed: parts.ladder(`${id}/failed`, failed),
  }),
  set: ({ set }) => ({
    verb: 'set',
    values: Object.entries(set).map(([target, value]) => ({
      target: target.split('.'),
      value: expression(value),
    })),
  }),
  clear: ({ clear }) => ({ verb: 'clear', slots: listOf(clear) }),
  remember: ({ remember, for: life }) => ({
    verb: 'remember',
    values: Object.entries(remember).map(([target, value]) => ({
      name: target.slice('user.'.length),
      value: expression(value),
    })),
    forMs: life === undefined ? null : durationMs(life),
  }),
  callback: ({ callback, failed }, parts, id) => ({
    verb: 'callback',
    at: expression(callback),
    failed: parts.ladder(`${id}/failed`, failed),
  }),
  pair: ({ failed }, parts, id) => ({ verb: 'pair', failed: parts.ladder(`${id}/failed`, failed) }),
  branch: ({ branch }, parts, id) => ({
    verb: 'branch',
    cases: branch.map((one, index) => {
      const block = `${id}/branch/${index}`;
      if ('else' in one) return { if: null, block: parts.block(block, one.else) };
      return { if: expression(one.if), block: parts.block(block, consequence(one) ?? []) };
    }),
  }),
  goto: ({ goto }) => ({ verb: 'goto', state: goto }),
  run: ({ run, with: input, save = null }) => ({ verb: 'run', dialogue: run, with: given(input), save }),
  return: ({ return: value }) => ({ verb: 'return', value: expression(value) }),
  repeat: () => ({ verb: 'repeat' }),
  transfer: ({ transfer, brief = false, ring = DEFAULT_RING, failed }, parts, id) => ({
    verb: 'transfer',
    to: transferTarget(transfer),
    brief: typeof brief === 'string' ? parts.template(brief) : brief ? 'summary' : null,
    ringMs: durationMs(ring),
    failed: parts.ladder(`${id}/failed`, failed),
  }),
  hangup: ({ hangup }, parts) => ({
    verb: 'hangup',
    variants: hangup === true ? [] : parts.variants(hangup),
  }),
};

export function compileStep(id: BlockId, source: StepSource, parts: Parts): Step {
  const trouble = parts.trouble(id, source as TroubleSource);
  const compile = VERBS[verbIn(source) ?? 'repeat'] as (
    source: StepSource,
    parts: Parts,
    id: BlockId,
  ) => Step;
  return Object.assign(compile(source, parts, id), trouble);
}

/** The verb among the keys of a step, or of an option or case that may hold one. */
function verbIn(source: object): Step['verb'] | null {
  for (const key of Object.keys(source)) if (Object.hasOwn(VERBS, key)) return key as Step['verb'];
  return null;
}

function slotsIn(variants: readonly Template[], { document }: Parts): string[] {
  const slots = document.slots ?? {};
  const roots = variants.flatMap(({ expressions }) =>
    expressions.flatMap(({ expression: { references } }) => references.map(({ path: [root = ''] }) => root)),
  );
  return [...new Set(roots)].filter((root) => Object.hasOwn(slots, root));
}

/** The name of an MCP server stands for all of its tools. */
function toolNames(name: string, { document }: Parts): string[] {
  const tool = document.tools?.[name];
  return tool?.mcp === undefined ? [name] : (tool.allow ?? []).map((one) => `${name}.${one}`);
}

/** The steps beside a condition: `then`, or the one verb that stands there; null for none. */
export function consequence(source: Consequence): StepSource[] | null {
  if ('then' in source) return Array.isArray(source.then) ? source.then : [source.then];
  return verbIn(source) === null ? null : [source as StepSource];
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

export function expression(source: ExpressionSource): Expression {
  return parseExpression(typeof source === 'string' ? source : JSON.stringify(source));
}
