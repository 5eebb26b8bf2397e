/**
 * What an expression is certain to get wrong, told before any call by the types of the names that it reads.
 * Where a type is not known, nothing is said; what cannot be read at all is reported by `names.ts`.
 */
import type { AnyNode, CallExpression, MemberExpression } from 'acorn';
import { OffhookError } from '../errors.ts';
import { functions } from './functions.ts';
import { readTemplate, type Slip } from './names.ts';
import { didYouMean } from './problem.ts';
import type { StaticType } from './static-type.ts';
import { readExpression } from './syntax.ts';
import { haveNoOrder, neverEqual, neverTaken } from './types-clash.ts';
import { classOf, eitherType, hasMembers, memberOf, PARTS } from './types-known.ts';
import {
  type Judged,
  neverEquals,
  noOrder,
  notCounted,
  notTaken,
  onlyJoined,
  phrase,
} from './types-phrases.ts';

export type { StaticType } from './static-type.ts';
export { eitherType, RUNTIME_TYPES, typeOfValue } from './types-known.ts';

type Types = ReadonlyMap<string, StaticType>;

interface Context {
  readonly source: string;
  readonly types: Types;
  readonly slips: Slip[];
}

type NodeOf<Type extends AnyNode['type']> = Extract<AnyNode, { type: Type }>;

/** Always there, and so no answer to any question. */
const ROOTS = ['session', 'user', 'caller', 'app'];
const ANY_PART = new Set(Object.values(PARTS).flatMap((parts) => Object.keys(parts)));

/**
 * What is certain to be wrong in an expression, in a `condition` (an expression that is only asked whether it is
 * true), or in a text with `{{ expressions }}`; each by the character at which it stands. Nothing where the source
 * cannot be read.
 */
export function typeSlips(
  source: string,
  kind: 'expression' | 'condition' | 'template',
  types: Types,
): Slip[] {
  return readable([], () => {
    if (kind === 'template') {
      return readTemplate(source).expressions.flatMap(({ expression, offset }) =>
        typeSlips(expression.source, 'expression', types).map((slip) => ({
          ...slip,
          offset: slip.offset + offset,
        })),
      );
    }
    const context: Context = { source, types, slips: [] };
    const node = readExpression(source);
    if (kind === 'condition') asked(node, context);
    else typeOf(node, context);
    return context.slips;
  });
}

/** What an expression gives; `value` where that is not known or the source cannot be read. */
export const typeOfExpression = (source: string, types: Types): StaticType =>
  readable<StaticType>('value', () => typeOf(readExpression(source), { source, types, slips: [] }));

function readable<Found>(otherwise: Found, find: () => Found): Found {
  try {
    return find();
  } catch (thrown) {
    if (!(thrown instanceof OffhookError)) throw thrown;
    return otherwise;
  }
}

function typeOf(node: AnyNode, context: Context): StaticType {
  switch (node.type) {
    case 'ParenthesizedExpression':
      return typeOf(node.expression, context);
    case 'Literal':
      return ofLiteral(node);
    case 'Identifier':
      return context.types.get(node.name) ?? 'value';
    case 'MemberExpression':
      return ofMember(node, context);
    case 'UnaryExpression':
      return ofUnary(node, context);
    case 'BinaryExpression':
      return ofBinary(node, context);
    case 'LogicalExpression': {
      const left = node.operator === '&&' ? asked(node.left, context) : typeOf(node.left, context);
      return eitherType(left, typeOf(node.right, context));
    }
    case 'ConditionalExpression':
      asked(node.test, context);
      return eitherType(typeOf(node.consequent, context), typeOf(node.alternate, context));
    case 'CallExpression':
      return ofCall(node, context);
    default:
      return 'value';
  }
}

/** What is only asked whether it is true should be able to be either. */
function asked(node: AnyNode, context: Context): StaticType {
  if (node.type === 'ParenthesizedExpression') return asked(node.expression, context);
  if (node.type === 'LogicalExpression' && node.operator !== '??') {
    return eitherType(asked(node.left, context), asked(node.right, context));
  }
  if (node.type === 'ConditionalExpression') {
    asked(node.test, context);
    return eitherType(asked(node.consequent, context), asked(node.alternate, context));
  }
  if (node.type === 'Literal' || (node.type === 'Identifier' && ROOTS.includes(node.name))) {
    const always = node.type === 'Identifier' || Boolean(node.value);
    const text = context.source.slice(node.start, node.end);
    const message = `\`${text}\` is always ${always ? 'true' : 'false'} here, so it decides nothing.`;
    context.slips.push({ code: 'constant-condition', message, offset: node.start });
  }
  return typeOf(node, context);
}

function ofLiteral({ value }: NodeOf<'Literal'>): StaticType {
  if (typeof value === 'string') return { of: [value] };
  return typeof value === 'number' || typeof value === 'boolean' ? { is: value } : { is: null };
}

function ofMember(node: MemberExpression, context: Context): StaticType {
  const { object, property } = node;
  const whole = typeOf(object, context);
  const name = fixedName(node);
  if (name === null) {
    if (node.computed) typeOf(property, context);
    return 'value';
  }
  if (whole === 'value' || classOf(whole) === 'null') return 'value';
  if (hasMembers(whole)) {
    const known = memberOf(whole, name);
    if (known !== null || whole.open) return known ?? 'value';
    const message = `\`${textOf(object, context)}\` has no \`${name}\`${didYouMean(name, Object.keys(whole.members))}`;
    context.slips.push({ code: 'unknown-name', message, offset: property.start });
    return 'value';
  }
  const parts = partsOf(whole);
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part !== undefined) return part;
  // Any text may have the shape of a date, unless its type gives it another.
  if (classOf(whole) === 'text' && !isShaped(whole) && ANY_PART.has(name)) return 'value';
  const what = `\`${textOf(object, context)}\` is ${phrase(whole)} and has no \`${name}\``;
  context.slips.push({
    code: 'unknown-part',
    message: what + didYouMean(name, Object.keys(parts)),
    offset: property.start,
  });
  return 'value';
}

function fixedName({ computed, property }: MemberExpression): string | null {
  if (!computed) return property.type === 'Identifier' ? property.name : null;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null;
}

function partsOf(type: StaticType): { readonly [name: string]: StaticType } {
  const own = isShaped(type) ? PARTS[type] : undefined;
  const kind = classOf(type);
  return { ...own, ...(kind === 'text' || kind === 'list' ? { length: 'integer' as const } : {}) };
}

const isShaped = (type: StaticType): type is keyof typeof PARTS =>
  typeof type === 'string' && Object.hasOwn(PARTS, type);

function ofUnary(node: NodeOf<'UnaryExpression'>, context: Context): StaticType {
  if (node.operator === '!') {
    asked(node.argument, context);
    return 'boolean';
  }
  const operand = judge(node.argument, context);
  const { type } = operand;
  counted(operand, node.operator, context);
  if (typeof type === 'object' && 'is' in type && typeof type.is === 'number') {
    return { is: node.operator === '-' ? -type.is : type.is };
  }
  return 'number';
}

function ofBinary(node: NodeOf<'BinaryExpression'>, context: Context): StaticType {
  if (node.left.type === 'PrivateIdentifier') return 'value';
  const [left, right] = [judge(node.left, context), judge(node.right, context)];
  // A sentence is about what the author named, and points to what they wrote beside it.
  const [subject, other] = left.literal && !right.literal ? [right, left] : [left, right];
  const offset = other.offset;
  const { operator } = node;
  switch (operator) {
    case '==':
    case '!=':
      if (neverEqual(left.type, right.type)) {
        context.slips.push({ code: 'wrong-type', message: neverEquals(subject, other, operator), offset });
      }
      return 'boolean';
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (haveNoOrder(left.type, right.type)) {
        context.slips.push({ code: 'wrong-type', message: noOrder(subject, other), offset });
      }
      return 'boolean';
    case '+':
      return ofSum(left, right, context);
    default:
      counted(left, operator, context);
      counted(right, operator, context);
      return left.type === 'integer' && right.type === 'integer' && operator !== '/' ? 'integer' : 'number';
  }
}

function ofSum(left: Placed, right: Placed, context: Context): StaticType {
  const [first, second] = [classOf(left.type), classOf(right.type)];
  if (first !== 'text' && second !== 'text') {
    const known = first !== null && second !== null;
    for (const operand of [left, right]) {
      const kind = classOf(operand.type);
      if (known || kind === 'object' || kind === 'list') counted(operand, '+', context);
    }
    return known ? 'number' : 'value';
  }
  for (const [text, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const kind = classOf(other.type);
    if (kind === 'object' || kind === 'list') counted(other, '+', context);
    if (kind === 'number' && isMovable(text.type)) {
      context.slips.push({ code: 'wrong-type', message: onlyJoined(text, other), offset: text.offset });
    }
  }
  return 'text';
}

const isMovable = (type: StaticType): boolean =>
  type === 'date' || type === 'time' || type === 'datetime' || type === 'duration';

function counted(operand: Placed, operator: string, context: Context): void {
  const kind = classOf(operand.type);
  if (kind === null || kind === 'number' || (kind === 'null' && !operand.literal)) return;
  context.slips.push({ code: 'wrong-type', message: notCounted(operand, operator), offset: operand.offset });
}

function ofCall(node: CallExpression, context: Context): StaticType {
  const given = node.arguments.map((argument) => judge(argument, context));
  const name = node.callee.type === 'Identifier' ? node.callee.name : '';
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!known) return 'value';
  given.forEach((argument, index) => {
    const takes = known.takes[index] ?? known.takes.at(-1) ?? 'any';
    if (!neverTaken(takes, argument.type)) return;
    const message = notTaken(name, takes, argument, known.usage);
    context.slips.push({ code: 'wrong-type', message, offset: argument.offset });
  });
  if (known.gives !== 'same') return known.gives;
  const first = given[0]?.type ?? 'value';
  return isMovable(first) ? first : 'value';
}

type Placed = Judged & { readonly offset: number };

function judge(node: AnyNode, context: Context): Placed {
  const inner = inside(node);
  return {
    source: textOf(inner, context),
    type: typeOf(inner, context),
    literal:
      inner.type === 'Literal' || (inner.type === 'UnaryExpression' && inner.argument.type === 'Literal'),
    offset: inner.start,
  };
}

const inside = (node: AnyNode): AnyNode =>
  node.type === 'ParenthesizedExpression' ? inside(node.expression) : node;

const textOf = (node: AnyNode, { source }: Context): string => source.slice(node.start, node.end);
