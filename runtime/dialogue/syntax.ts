/** From an expression's text to its syntax. What cannot be read becomes one sentence with its place and advice. */
import { type Expression as Node, parseExpressionAt } from 'acorn';
import { messageOf, OffhookError } from '../errors.ts';
import { kept } from './value-memo.ts';

/**
 * Reads one expression and nothing behind it.
 * @throws OffhookError `bad-expression`, also for what is nested too deeply to be read.
 */
export function readExpression(source: string): Node {
  return kept(read, MOST_READ, source, () => parsed(source));
}

/** Each check of a document and its compilation read the same expressions again. */
const read = new Map<string, Node>();
const MOST_READ = 1_000;

function parsed(source: string): Node {
  let comment: number | null = null;
  let node: Node;
  try {
    node = parseExpressionAt(source, 0, {
      ecmaVersion: 'latest',
      preserveParens: true,
      onComment: (_block, _text, start) => (comment ??= start),
    });
  } catch (thrown) {
    throw unreadable(source, thrown);
  }
  if (comment !== null) throw bad('An expression cannot hold a comment.', comment, source.length - comment);
  const rest = source.slice(node.end);
  if (rest.trim() !== '') throw unexpected(source, node.end + (rest.length - rest.trimStart().length));
  return node;
}

function unreadable(source: string, thrown: unknown): OffhookError {
  const tooDeep = thrown instanceof RangeError || messageOf(thrown).startsWith('Not enough stack');
  if (tooDeep) return bad('An expression is nested too deeply.', 0, source.length);
  if (!(thrown instanceof SyntaxError)) throw thrown;
  const raisedAt: unknown = Reflect.get(thrown, 'pos');
  const offset = Math.min(typeof raisedAt === 'number' ? raisedAt : 0, source.length);
  if (source.slice(offset).trim() === '') {
    return bad(`"${excerpt(source)}" ends before the expression is complete.`, offset, 0);
  }
  if (thrown.message.startsWith('Unexpected')) return unexpected(source, offset);
  const duration = durationAt(source, offset);
  if (duration !== null) {
    const message = `"${excerpt(source)}" is not an expression: a duration stands in quotes, "'${duration}'".`;
    return bad(message, offset, 1);
  }
  const reason = thrown.message.replace(/ \(\d+:\d+\)$/, '');
  return bad(`"${excerpt(source)}" is not an expression: ${reason}.`, offset, 1);
}

/** The ISO 8601 duration that is meant where a number ends and its unit begins; null where none is. */
function durationAt(source: string, offset: number): string | null {
  const amount = /\d+(?:\.\d+)?$/.exec(source.slice(0, offset))?.[0];
  const unit = /^(?:s|m|h|d)(?![\p{L}\p{N}])/u.exec(source.slice(offset))?.[0];
  if (amount === undefined || unit === undefined) return null;
  return `P${unit === 'd' ? '' : 'T'}${amount}${unit.toUpperCase()}`;
}

/** What people write who think in words. */
const OPERATOR_FOR: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
  ['is', '=='],
  ['equals', '=='],
  ['then', '? :'],
]);

function unexpected(source: string, offset: number): OffhookError {
  const token = /^[\p{L}\p{N}_$]+|^./su.exec(source.slice(offset))?.[0] ?? '';
  const before = /(\p{L}+)\s+$/u.exec(source.slice(0, offset))?.[1] ?? '';
  const word = OPERATOR_FOR.has(token) ? token : before;
  const operator = OPERATOR_FOR.get(word);
  const isText = /^[\p{L}\p{N}]+(?:\s+[\p{L}\p{N}]+)+$/u.test(source.trim());
  const advice = operator
    ? `; write ${operator} for "${word}"`
    : isText
      ? `; for a text write "'${excerpt(source.trim())}'"`
      : '';
  return bad(
    `"${excerpt(source)}" is not an expression: "${token}" is not expected there${advice}.`,
    offset,
    token.length,
  );
}

/** A text that is short enough to be quoted in a sentence. */
export const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** Offset and length are in characters of the text at hand. */
export function bad(sentence: string, offset: number, length: number): OffhookError {
  return new OffhookError('bad-expression', sentence, { detail: { offset, length } });
}
