import type { DialogueDocument } from './document.ts';

/** The dialogue and every dialogue that it runs, or that those run, by id. */
export function reachable(
  library: ReadonlyMap<string, { document: DialogueDocument }>,
  dialogue: string,
): string[] {
  const found = new Set<string>();
  const queue = [dialogue];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...runsIn(library.get(id)?.document));
  }
  return [...found];
}

function runsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(runsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'run' && typeof inner === 'string' ? [inner] : runsIn(inner),
  );
}
