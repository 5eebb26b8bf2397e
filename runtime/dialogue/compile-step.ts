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
import type { BlockId, Ladder, Option, Step } from './program.ts';

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
  trouble(id: BlockId, source: TroubleSource): Pick<Step, 'silence' | 'unclear' | 'turn'>;
}

export function compileStep(id: BlockId, source: StepSource, parts: Parts): Step {
  const trouble = parts.trouble(id, source as TroubleSource);
  if ('say' in source) return { ...trouble, verb: 'say', variants: parts.variants(source.say) };
  if ('play' in source) return { ...trouble, verb: 'play', file: path.resolve(parts.folder, source.play) };
  if ('press' in source) return { ...trouble, verb: 'press', keys: parts.template(source.press) };
  if ('wait' in source) return { ...trouble, verb: 'wait', ms: durationMs(source.wait) };
  if ('ask' in source) {
    const answers = source.answers.map((option, index) => parts.option(`${id}/answers/${index}`, option));
    return { ...trouble, verb: 'ask', variants: parts.variants(source.ask), answers };
  }
  if ('collect' in source) return { ...trouble, verb: 'collect', slots: listOf(source.collect) };
  if ('confirm' in source) {
    const variants = parts.variants(source.confirm);
    const rejected = parts.ladder(`${id}/rejected`, source.rejected);
    return { ...trouble, verb: 'confirm', variants, rejected, slots: slotsIn(variants, parts) };
  }
  if ('talk' in source) {
    return {
      ...trouble,
      verb: 'talk',
      goal: parts.template(source.talk),
      tools: (source.tools ?? []).flatMap((tool) => toolNames(tool, parts)),
      until: (source.until ?? []).map((option, index) => parts.option(`${id}/until/${index}`, option)),
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
      failed: parts.ladder(`${id}/failed`, source.failed),
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
    const failed = parts.ladder(`${id}/failed`, source.failed);
    return { ...trouble, verb: 'callback', at: expression(source.callback), failed };
  }
  if ('pair' in source)
    return { ...trouble, verb: 'pair', failed: parts.ladder(`${id}/failed`, source.failed) };
  if ('branch' in source) {
    const cases = source.branch.map((one, index) => {
      if ('else' in one) return { if: null, block: parts.block(`${id}/branch/${index}`, one.else) };
      const steps = consequence(one) ?? [];
      return { if: expression(one.if), block: parts.block(`${id}/branch/${index}`, steps) };
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
      brief: typeof brief === 'string' ? parts.template(brief) : brief ? 'summary' : null,
      ringMs: durationMs(source.ring ?? DEFAULT_RING),
      failed: parts.ladder(`${id}/failed`, source.failed),
    };
  }
  if ('hangup' in source) {
    const variants = source.hangup === true ? [] : parts.variants(source.hangup);
    return { ...trouble, verb: 'hangup', variants };
  }
  return { ...trouble, verb: 'repeat' };
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

export function expression(source: ExpressionSource): Expression {
  return parseExpression(typeof source === 'string' ? source : JSON.stringify(source));
}
