/**
 * The closed language of `if`, `set`, `with` and `{{ }}`: a subset of JavaScript's expressions, parsed by
 * acorn, admitted node by node and compiled to closures. It has no loop, no assignment and no way to anything
 * inherited; evaluating never throws.
 */
import { OffhookError } from '../errors.ts';
import { close, type Reference } from './closures.ts';
import type { Env } from './functions.ts';
import type { Scope, Value } from './protocol.ts';
import { spoken, spokenByDigits } from './spoken.ts';
import { bad, excerpt, readExpression } from './syntax.ts';

export type { Reference } from './closures.ts';
export { type Env, functions } from './functions.ts';
export { truthy } from './values.ts';

export interface Expression {
  readonly source: string;
  readonly references: readonly Reference[];
  /** What is empty, missing or of the wrong kind gives null. Never throws. */
  evaluate(scope: Scope, env: Env): Value;
}

export interface Template {
  readonly source: string;
  /** The text itself where it has no `{{ }}`, else null. */
  readonly constant: string | null;
  /** `offset` is where the expression's source begins in the template. */
  readonly expressions: readonly { expression: Expression; offset: number }[];
  /** Values are said as `spoken` says them, and never parsed again. Never throws. */
  render(scope: Scope, env: Env): string;
  /**
   * The text for a model: values that callers and tools have given stand in it as quoted JSON on one line, so that
   * none of their words can be read as an instruction. Those of the app are the author's own; of the names that
   * are `sensitive` nothing is told.
   */
  instruct(scope: Scope, env: Env, sensitive: ReadonlySet<string>): string;
  /**
   * What may be written down in its place: the same with "…" for every expression that reads one of the names.
   * Null where none does.
   */
  mask(scope: Scope, env: Env, sensitive: ReadonlySet<string>): string | null;
}

const MAX_SOURCE = 2000;
/** More of a value is not told to a model. */
const MAX_QUOTED = 500;
const MASK = '…';

/**
 * Compiles an expression.
 * @throws OffhookError `bad-expression`; `detail` is `{offset, length}` in characters of `source`.
 */
export function parseExpression(source: string): Expression {
  if (source.trim() === '') throw bad('An expression is empty.', 0, source.length);
  if (source.length > MAX_SOURCE) {
    throw bad(
      `An expression has ${source.length} characters, but may have ${MAX_SOURCE}.`,
      MAX_SOURCE,
      source.length - MAX_SOURCE,
    );
  }
  const references: Reference[] = [];
  const run = close(readExpression(source), { source, references });
  return { source, references, evaluate: (scope, env) => run(scope, env) };
}

/**
 * Compiles a text with `{{ expressions }}`. One that is only a name of `spell` has its digits said one by one.
 * @throws OffhookError `bad-expression`; `detail` is `{offset, length}` in characters of the text.
 */
export function parseTemplate(source: string, options: { spell?: ReadonlySet<string> } = {}): Template {
  if (!source.includes('{{')) return constantText(source);
  const texts: string[] = [];
  const expressions: { expression: Expression; offset: number }[] = [];
  let done = 0;
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', done)) {
    const end = closingBraces(source, open + 2);
    if (end < 0) throw bad(`"${excerpt(source.slice(open))}" opens with {{ but has no }}.`, open, 2);
    const inside = source.slice(open + 2, end);
    const offset = open + 2 + (inside.length - inside.trimStart().length);
    if (inside.trim() === '') throw bad('{{ }} holds no expression.', open, end + 2 - open);
    texts.push(source.slice(done, open));
    expressions.push({ expression: parseWithin(inside.trim(), offset), offset });
    done = end + 2;
  }
  texts.push(source.slice(done));
  const says = expressions.map(({ expression }) => sayer(expression, options.spell));
  return {
    source,
    constant: null,
    expressions,
    render: (scope, env) =>
      weave(
        texts,
        says.map((say) => say(scope, env)),
      ),
    instruct: (scope, env, sensitive) =>
      weave(
        texts,
        says.map((say, index) => {
          const { expression } = expressions[index]!;
          if (reads(expression, sensitive)) return MASK;
          const text = say(scope, env);
          const own = expression.references.every(({ path: [root] }) => root === 'app');
          return own || text === '' ? text : JSON.stringify(text.slice(0, MAX_QUOTED));
        }),
      ),
    mask: (scope, env, sensitive) => {
      const hidden = expressions.map(({ expression }) => reads(expression, sensitive));
      if (!hidden.includes(true)) return null;
      return weave(
        texts,
        says.map((say, index) => (hidden[index] ? MASK : say(scope, env))),
      );
    },
  };
}

function constantText(source: string): Template {
  const text = (): string => source;
  return { source, constant: source, expressions: [], render: text, instruct: text, mask: () => null };
}

function sayer(expression: Expression, spell?: ReadonlySet<string>): (scope: Scope, env: Env) => string {
  const say = spell?.has(expression.source) ? spokenByDigits : spoken;
  return (scope, env) => say(expression.evaluate(scope, env), env.locale, env);
}

const reads = ({ references }: Expression, names: ReadonlySet<string>): boolean =>
  references.some(({ path: [root] }) => root !== undefined && names.has(root));

/** Where the `}}` is that no quoted text contains, or -1. */
function closingBraces(source: string, from: number): number {
  let quote = '';
  for (let at = from; at < source.length; at++) {
    const char = source[at];
    if (quote) {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}' && source[at + 1] === '}') return at;
  }
  return -1;
}

function parseWithin(source: string, offset: number): Expression {
  try {
    return parseExpression(source);
  } catch (thrown) {
    if (!(thrown instanceof OffhookError)) throw thrown;
    throw bad(thrown.message, offset + Number(thrown.detail?.offset), Number(thrown.detail?.length));
  }
}

/** Where a value is nothing, the space around it closes up: "Hello {{ name }}, hi" is said "Hello, hi". */
function weave(texts: readonly string[], values: readonly string[]): string {
  let out = texts[0] ?? '';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? '';
    let text = texts[index + 1] ?? '';
    if (value === '') {
      if (/^[,.;:!?]/.test(text)) out = out.replace(/[^\S\n]$/, '');
      if (/(^|\s)$/.test(out)) text = text.replace(/^[^\S\n]/, '');
    }
    out += value + text;
  }
  return values.at(-1) === '' && texts.at(-1) === '' ? out.trimEnd() : out;
}
