/** The meaning of slots: what belongs to which type, and where a sensitive value may go. */
import { repeatedPhrases } from './check-answers.ts';
import { BY_KEYS } from './compile-slots.ts';
import type { Slot } from './document.ts';
import { type DocumentFile, mapOf, problem } from './document-file.ts';
import { parseExpression, parseTemplate } from './expression.ts';
import type { Problem } from './problem.ts';
import type { SlotType } from './protocol.ts';
import { type Path, valueAt } from './read.ts';
import { hasShape } from './slot-shapes.ts';

/** Which keys of a slot only some types have. */
const OWN_KEYS: { readonly [key: string]: readonly SlotType[] } = {
  of: ['choice'],
  length: ['digits'],
  min: ['integer', 'number', 'money', 'date', 'time', 'datetime'],
  max: ['integer', 'number', 'money', 'date', 'time', 'datetime'],
};
const NUMBERS: readonly string[] = ['integer', 'number', 'money'];

export function checkSlots(dialogue: DocumentFile): Problem[] {
  return [
    ...Object.keys(mapOf(dialogue.data.slots)).flatMap((name) => checkSlot(dialogue, name)),
    ...unaskedSlots(dialogue),
    ...leakedValues(dialogue),
  ];
}

function checkSlot({ source, data }: DocumentFile, name: string): Problem[] {
  const slot = mapOf(valueAt(data, ['slots', name]));
  const { type } = slot;
  if (typeof type !== 'string') return [];
  const at = (key: string): Path => ['slots', name, key];
  const problems = repeatedPhrases(slot.of, source, at('of'));
  for (const [key, types] of Object.entries(OWN_KEYS)) {
    if (slot[key] === undefined || types.some((one) => one === type)) continue;
    const message = `\`${key}\` says nothing about the type ${type}: it belongs to ${types.join(', ')}.`;
    problems.push(problem(source, at(key), 'wrong-key', message, { which: 'key' }));
  }
  if (type === 'choice' && slot.of === undefined) {
    const message = 'A choice needs its values: write them under `of`, such as [inside, outside].';
    problems.push(problem(source, at('type'), 'missing-key', message));
  }
  for (const key of ['min', 'max'] as const) {
    const limit = slot[key];
    if (
      (typeof limit !== 'number' && typeof limit !== 'string') ||
      !OWN_KEYS[key]!.some((one) => one === type)
    )
      continue;
    const right = NUMBERS.includes(type)
      ? typeof limit === 'number'
      : hasShape({ type: type as SlotType, of: null }, limit);
    if (right) continue;
    const quotes = typeof limit === 'string' ? ',' : ' in quotes,';
    const wanted = NUMBERS.includes(type) ? 'a number' : `a ${type}${quotes} such as ${EXAMPLES[type]}`;
    const is = typeof limit === 'string' ? ` is "${limit}", but` : '';
    const message = `\`${key}\` of ${withArticle(type)}${is} should be ${wanted}.`;
    problems.push(problem(source, at(key), 'bad-value', message));
  }
  const { min, max, length, from, ask } = slot as Partial<Slot>;
  if (typeof min === typeof max && min !== undefined && max !== undefined && min > max) {
    problems.push(problem(source, at('max'), 'empty-range', `No ${type} is from ${min} to ${max}.`));
  }
  if (typeof length === 'object' && length.min > length.max) {
    const message = `No text of digits has ${length.min} to ${length.max} of them.`;
    problems.push(problem(source, [...at('length'), 'max'], 'empty-range', message));
  }
  if (Array.isArray(from) && from.length === 1 && from[0] === 'keys' && !BY_KEYS.has(type as SlotType)) {
    const message = `${type === 'email' ? 'An' : 'A'} ${type} cannot be given by keys: those that can are ${[...BY_KEYS].join(', ')}.`;
    problems.push(problem(source, at('from'), 'no-keys', message));
  }
  const first: unknown = Array.isArray(ask) ? ask[0] : ask;
  if (typeof first === 'object' && first !== null) {
    const message = 'The first entry of `ask` is the question, so it should be a text.';
    problems.push(problem(source, Array.isArray(ask) ? [...at('ask'), 0] : at('ask'), 'bad-value', message));
  }
  return problems;
}

/** Slots of a `collect` for which there is no question. */
function unaskedSlots({ source, data, held }: DocumentFile): Problem[] {
  const slots = mapOf(data.slots);
  const collected = held.flatMap(({ holds, path, value }) =>
    holds === 'slot' && (path.at(-1) === 'collect' || path.at(-2) === 'collect') ? [String(value)] : [],
  );
  return Object.keys(slots).flatMap((name) => {
    const { ask, about, type } = mapOf(slots[name]);
    if (!collected.includes(name) || ask !== undefined || about !== undefined || typeof type !== 'string')
      return [];
    const message = `The slot \`${name}\` is collected without a question: write it under \`ask\`, since the caller hears only the slot’s name.`;
    return [problem(source, ['slots', name], 'no-ask', message, { severity: 'warning', which: 'key' })];
  });
}

/** `an integer`, `a date`. */
const withArticle = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;

const EXAMPLES: { readonly [type: string]: string } = {
  date: '"2026-03-04"',
  time: '"19:00"',
  datetime: '"2026-03-04T19:00:00+01:00"',
};

/** Where the value of an expression is kept, sent on or written down. */
const KEPT: ReadonlySet<string> = new Set([
  'set',
  'remember',
  'return',
  'callback',
  'transfer',
  'brief',
  'persona',
  'talk',
  'press',
]);

/** Sensitive values may be tested, spoken and given to a tool, but go nowhere else. */
function leakedValues({ source, data, held }: DocumentFile): Problem[] {
  const slots = mapOf(data.slots);
  const sensitive = new Set(Object.keys(slots).filter((name) => mapOf(slots[name]).sensitive === true));
  if (sensitive.size === 0) return [];
  return held.flatMap(({ holds, path, value }) => {
    const place = keptIn(path, data);
    if (typeof value !== 'string' || place === null) return [];
    const roots = rootsIn(holds, value);
    const leaked = roots.find((root) => sensitive.has(root));
    if (leaked === undefined) return [];
    const message = `The slot \`${leaked}\` is sensitive: its value cannot go into \`${place}\`.`;
    return [problem(source, path, 'sensitive-value', message)];
  });
}

/** The key that keeps what stands at the path, or null where nothing is kept. */
function keptIn(path: Path, data: unknown): string | null {
  const [last, before] = [path.at(-1), path.at(-2)];
  if (typeof last === 'string' && KEPT.has(last)) return last;
  if (before === 'set' || before === 'remember') return before;
  // What is given to a tool stays between the dialogue and the tool; another dialogue would keep it.
  return before === 'with' && 'run' in mapOf(valueAt(data, path.slice(0, -2))) ? 'with' : null;
}

function rootsIn(holds: string, value: string): string[] {
  try {
    if (holds === 'expression') return parseExpression(value).references.map(({ path: [root = ''] }) => root);
    if (holds !== 'template' && holds !== 'transfer') return [];
    return parseTemplate(value).expressions.flatMap(({ expression }) =>
      expression.references.map(({ path: [root = ''] }) => root),
    );
  } catch {
    // That it is no expression is told elsewhere.
    return [];
  }
}
