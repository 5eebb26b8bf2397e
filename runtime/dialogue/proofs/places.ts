/** From a step's place in the compiled dialogue to its path in the document, where shorthand left keys out. */
import type { Path, Source } from '../read.ts';
import type { FlowNode } from './flow.ts';

/** `states/welcome/0` as the path of the key or entry that an author sees there. */
export function pathOfPlace(data: unknown, place: string): Path {
  const path: (string | number)[] = [];
  let value: unknown = data;
  for (const part of place.split('/')) {
    if (!Array.isArray(value)) {
      // A state with keys of its own, and steps beside a condition, stand one level deeper.
      for (const hidden of ['steps', 'then']) {
        if (/^\d+$/.test(part) && isMap(value) && hidden in value) {
          path.push(hidden);
          value = value[hidden];
        }
      }
    }
    if (Array.isArray(value)) {
      const index = Number(part);
      path.push(index);
      value = value[index];
    } else if (isMap(value) && part in value) {
      path.push(part);
      value = value[part];
    } else if (isMap(value) && isMap(value['then']) && part in value['then']) {
      path.push('then', part);
      value = value['then'][part];
    }
    // Else the one step of a list stands there itself.
  }
  return path;
}

/** Of some steps, at least one, that which stands first in the file. */
export function firstOf(nodes: readonly FlowNode[], source: Source, data: unknown): FlowNode {
  const placed = nodes.map((node) => ({ node, ...source.placeOf(pathOfPlace(data, node.place)) }));
  return placed.reduce((first, one) =>
    one.line < first.line || (one.line === first.line && one.column < first.column) ? one : first,
  ).node;
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
