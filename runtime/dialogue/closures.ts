/** From an expression's syntax to a closure. A kind of node that is not admitted here is refused. */
import type { AnyNode, MemberExpression } from 'acorn';
import type { OffhookError } from '../errors.ts';
import { type Env, functions } from './functions.ts';
import type { Scope, Value } from './protocol.ts';
import { bad, excerpt } from './syntax.ts';
import { add, arithmetic, item, ordered, own, same, truthy } from './values.ts';

/** A name that an expression reads, in characters of its source. `session.attributes.time` is one reference. */
export interface Reference {
  /** Ends before a `[ ]` whose inside is worked out. */
  path: readonly string[];
  offset: number;
  length: number;
}

export type Run = (scope: Scope, env: Env) => Value;

interface Context {
  readonly source: string;
  readonly references: Reference[];
}

type Sub = (child: AnyNode) => Run;
type NodeOf<Type extends AnyNode['type']> = Extract<AnyNode, { type: Type }>;

const MAX_DEPTH = 60;

/**
 * Compiles a node and notes in `context` every name that it reads.
 * @throws OffhookError `bad-expression`, with the place of the node that is not admitted.
 */
export function close(node: AnyNode, context: Context, depth = 0): Run {
  if (depth > MAX_DEPTH) throw tooDeep(node);
  const sub: Sub = (child) => close(child, context, depth + 1);
  if (node.type === 'ParenthesizedExpression') return sub(node.expression);
  if (node.type === 'Literal') return literal(node, context);
  if (node.type === 'Identifier' || node.type === 'MemberExpression') return read(node, context, sub);
  if (node.type === 'UnaryExpression') return unary(node, context, sub);
  if (node.type === 'BinaryExpression') return binary(node, context, sub);
  if (node.type === 'LogicalExpression') return logical(node, sub);
  if (node.type === 'CallExpression') return call(node, context, sub);
  if (node.type !== 'ConditionalExpression') throw refuse(node, context);
  const [test, yes, no] = [sub(node.test), sub(node.consequent), sub(node.alternate)];
  return (scope, env) => (truthy(test(scope, env)) ? yes(scope, env) : no(scope, env));
}

function literal(node: NodeOf<'Literal'>, context: Context): Run {
  const { value } = node;
  if (value === null && !node.regex && !node.bigint) return () => null;
  if (typeof value === 'string' || typeof value === 'boolean') return () => value;
  if (typeof value === 'number' && Number.isFinite(value)) return () => value;
  throw refuse(node, context);
}

/** A name and what stands behind it: one closure for all that is fixed, one more for each `[ ]` that is not. */
function read(node: NodeOf<'Identifier' | 'MemberExpression'>, context: Context, sub: Sub): Run {
  const chain: MemberExpression[] = [];
  let root: AnyNode = node;
  while (root.type === 'MemberExpression') {
    chain.unshift(root);
    root = root.object;
  }
  if (chain.length > MAX_DEPTH) throw tooDeep(node);
  if (root.type !== 'Identifier')
    return chain.reduce((run, member) => step(run, member, context, sub), sub(root));
  if (root.name === 'undefined') throw bad('Write null for "undefined".', root.start, root.end - root.start);

  const names = chain.map(fixedName);
  const fixed = names.includes(null) ? names.indexOf(null) : names.length;
  const path = [root.name, ...names.slice(0, fixed).filter((name) => name !== null)];
  const end = chain[fixed - 1]?.end ?? root.end;
  context.references.push({ path, offset: root.start, length: end - root.start });
  return chain.slice(fixed).reduce((run, member) => step(run, member, context, sub), readPath(path));
}

function fixedName({ computed, property }: MemberExpression): string | null {
  if (!computed) return property.type === 'Identifier' ? property.name : null;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null;
}

function readPath(path: readonly string[]): Run {
  const [first = '', second = ''] = path;
  if (path.length === 1) return (scope) => own(scope, first);
  if (path.length === 2) return (scope) => own(own(scope, first), second);
  return (scope) => {
    let value: Value = scope;
    for (const name of path) value = own(value, name);
    return value;
  };
}

function step(object: Run, member: MemberExpression, context: Context, sub: Sub): Run {
  const name = fixedName(member);
  if (name !== null) return (scope, env) => own(object(scope, env), name);
  if (!member.computed) throw refuse(member.property, context);
  const key = sub(member.property);
  return (scope, env) => item(object(scope, env), key(scope, env));
}

function unary(node: NodeOf<'UnaryExpression'>, context: Context, sub: Sub): Run {
  const { operator } = node;
  const argument = sub(node.argument);
  if (operator === '!') return (scope, env) => !truthy(argument(scope, env));
  if (operator !== '-' && operator !== '+') throw refuse(node, context);
  const sign = operator === '-' ? -1 : 1;
  return (scope, env) => arithmetic(sign, argument(scope, env), (factor, number) => factor * number);
}

type Operate = (left: Value, right: Value) => Value;

const OPERATORS: ReadonlyMap<string, Operate> = new Map<string, Operate>([
  ['+', add],
  ['-', (left, right) => arithmetic(left, right, (one, other) => one - other)],
  ['*', (left, right) => arithmetic(left, right, (one, other) => one * other)],
  ['/', (left, right) => arithmetic(left, right, (one, other) => one / other)],
  ['%', (left, right) => arithmetic(left, right, (one, other) => one % other)],
  ['<', (left, right) => ordered(left, right, (order) => order < 0)],
  ['<=', (left, right) => ordered(left, right, (order) => order <= 0)],
  ['>', (left, right) => ordered(left, right, (order) => order > 0)],
  ['>=', (left, right) => ordered(left, right, (order) => order >= 0)],
  ['==', (left, right) => same(left, right)],
  ['!=', (left, right) => !same(left, right)],
]);

function binary(node: NodeOf<'BinaryExpression'>, context: Context, sub: Sub): Run {
  const operate = OPERATORS.get(node.operator);
  if (!operate || node.left.type === 'PrivateIdentifier') throw refuse(node, context);
  const [left, right] = [sub(node.left), sub(node.right)];
  return (scope, env) => operate(left(scope, env), right(scope, env));
}

function logical(node: NodeOf<'LogicalExpression'>, sub: Sub): Run {
  const [left, right] = [sub(node.left), sub(node.right)];
  if (node.operator === '??') return (scope, env) => left(scope, env) ?? right(scope, env);
  const goesOn = node.operator === '&&';
  return (scope, env) => {
    const value = left(scope, env);
    return truthy(value) === goesOn ? right(scope, env) : value;
  };
}

function call(node: NodeOf<'CallExpression'>, context: Context, sub: Sub): Run {
  const { callee } = node;
  const name = context.source.slice(callee.start, callee.end);
  const known = callee.type === 'Identifier' && Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!known || node.optional) {
    throw bad(
      `"${excerpt(name)}" cannot be called: the functions are ${Object.keys(functions).join(', ')}.`,
      callee.start,
      callee.end - callee.start,
    );
  }
  const runs = node.arguments.map(sub);
  const { usage, least, most, call: apply } = known;
  if (runs.length < least || runs.length > most) {
    const values = `${runs.length} value${runs.length === 1 ? '' : 's'}`;
    throw bad(`${name} is given ${values}: write ${usage}.`, node.start, node.end - node.start);
  }
  return (scope, env) =>
    apply(
      env,
      runs.map((run) => run(scope, env)),
    );
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['=', 'write == to compare; an expression cannot assign'],
  ['===', 'write == instead, which never converts'],
  ['!==', 'write != instead, which never converts'],
  ['ArrayExpression', 'an expression makes no lists'],
  ['ArrowFunctionExpression', 'an expression makes no functions'],
  ['AssignmentExpression', 'an expression cannot assign; use set'],
  ['ChainExpression', 'write . for ?. since . on nothing gives null'],
  ['FunctionExpression', 'an expression makes no functions'],
  ['NewExpression', 'an expression makes no objects'],
  ['ObjectExpression', 'an expression makes no objects'],
  ['SequenceExpression', 'an expression is one value'],
  ['TaggedTemplateExpression', 'join texts with +'],
  ['TemplateLiteral', 'join texts with +'],
  ['ThisExpression', 'write the name of a value'],
  ['UpdateExpression', 'an expression cannot assign; use set'],
]);

function refuse(node: AnyNode, context: Context): OffhookError {
  const operator = 'operator' in node ? node.operator : '';
  const advice =
    ADVICE.get(operator) ??
    ADVICE.get(node.type) ??
    (operator
      ? `there is no ${operator}`
      : 'write texts, numbers, true, false, null, names, operators and functions');
  const text = excerpt(context.source.slice(node.start, node.end));
  return bad(`"${text}" is not allowed in an expression: ${advice}.`, node.start, node.end - node.start);
}

function tooDeep(node: AnyNode): OffhookError {
  return bad('An expression is nested too deeply.', node.start, node.end - node.start);
}
