/** The types of the names that a dialogue's expressions read, and what is wrong by them. */
import { type DocumentFile, mapOf, problemIn } from './document-file.ts';
import type { Problem } from './problem.ts';
import type { Value } from './protocol.ts';
import { type Path, valueAt } from './read.ts';
import { isTypeName } from './types-phrases.ts';
import { eitherType, RUNTIME_TYPES, type StaticType, typeOfValue, typeSlips } from './types.ts';

/** @param holders the apps that hold the dialogue; null where none is known. */
export function checkTypes(dialogue: DocumentFile, holders: readonly DocumentFile[] | null): Problem[] {
  const types = dialogueTypes(dialogue, holders ?? []);
  const { source, held } = dialogue;
  return held.flatMap(({ holds, path, value }) => {
    if (typeof value !== 'string' || (holds !== 'expression' && holds !== 'template')) return [];
    const kind = holds === 'template' ? 'template' : isAsked(path) ? 'condition' : 'expression';
    return typeSlips(value, kind, types).map((slip) => problemIn(source, path, slip));
  });
}

/** The expression at the path is only asked whether it is true. */
export const isAsked = (path: Path): boolean => path.at(-1) === 'if' || path.at(-1) === 'requires';

/** The types of every name that the dialogue's expressions may read; `holders` are the apps that hold it. */
export function dialogueTypes(
  { data, held }: DocumentFile,
  holders: readonly DocumentFile[],
): Map<string, StaticType> {
  const types = new Map<string, StaticType>(Object.entries(RUNTIME_TYPES));
  const app = holders.map((holder) => typeOfValue(mapOf(holder.data.properties) as Value));
  if (app.length > 0)
    types.set(
      'app',
      app.reduce((one, other) => eitherType(one, other)),
    );
  // What is set by hand may be anything, and a name that is given twice may be either.
  for (const { holds, path, value } of held) {
    if (holds !== 'name' || typeof value !== 'string' || path[0] === 'slots' || path[0] === 'params')
      continue;
    types.set(value, types.has(value) ? 'value' : savedType(data, path));
  }
  for (const [name, field] of Object.entries(mapOf(data.params))) types.set(name, fieldType(field));
  for (const [name, slot] of Object.entries(mapOf(data.slots))) types.set(name, fieldType(slot));
  return types;
}

/** What a tool gives, where its `output` says so in short. */
function savedType(data: unknown, path: readonly (string | number)[]): StaticType {
  if (path.at(-1) !== 'save') return 'value';
  const tool = valueAt(data, [...path.slice(0, -1), 'do']);
  const output = typeof tool === 'string' ? mapOf(valueAt(data, ['tools', tool, 'output'])) : {};
  if (Object.keys(output).length === 0 || output.type === 'object') return 'value';
  const members = Object.entries(output).map(([name, field]) => [name, fieldType(field)] as const);
  return { members: Object.fromEntries(members), open: true };
}

/** The type of a slot, a parameter or a field of a tool, in the short form or the long one. */
export function fieldType(field: unknown): StaticType {
  const { type = field, of } = mapOf(field);
  if (type === 'choice') {
    const values: unknown[] = Array.isArray(of) ? of : Object.keys(mapOf(of));
    // That a choice has no values is told of the slot.
    return values.length === 0 ? 'choice' : { of: values.map(String) };
  }
  return isTypeName(type) ? type : 'value';
}
