import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import { ANSWER_BYTES } from './tools.ts';

const DEPTH = 50;
/** A value that holds itself many times over is small in memory and endless on paper. */
const ENTRIES = ANSWER_BYTES / 2;

/**
 * A copy of a value that came out of somebody's code, as JSON: what is undefined is left out of objects, and
 * elsewhere it is null. `who` gave it.
 * @throws OffhookError `tool-bad-output`, which says what is no JSON in it, and where.
 */
export function jsonOf(value: unknown, who: string): Value {
  let entries = 0;
  const copy = (one: unknown, path: readonly string[]): Value => {
    if (one === undefined || one === null) return null;
    if (typeof one === 'boolean' || typeof one === 'string') return one;
    if (typeof one === 'number' && Number.isFinite(one)) return one;
    if (path.length > DEPTH || ++entries > ENTRIES) throw notJson(who, path.slice(0, 1), 'holds too much');
    if (Array.isArray(one)) return one.map((item, index) => copy(item, [...path, `${index}`]));
    if (!isPlain(one)) throw notJson(who, path, `is ${nameOf(one)}`);
    return Object.fromEntries(
      Object.entries(one).flatMap(([key, item]) =>
        item === undefined ? [] : [[key, copy(item, [...path, key])]],
      ),
    );
  };
  const json = copy(value, []);
  if (Buffer.byteLength(JSON.stringify(json)) > ANSWER_BYTES) throw tooMuch(who);
  return json;
}

export function tooMuch(who: string): OffhookError {
  return new OffhookError('tool-bad-output', `${who} gave more than ${ANSWER_BYTES / 1024} KiB.`);
}

function notJson(who: string, path: readonly string[], problem: string): OffhookError {
  const where = path.length === 0 ? 'it' : `"${path.join('.')}"`;
  return new OffhookError('tool-bad-output', `What ${who} gave is no JSON: ${where} ${problem}.`);
}

/** An object of no class, whatever realm it comes from. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return `a ${value.constructor.name}`;
}
