/**
 * What the map has under a key, else what `make` gives, which is kept. A map that holds `most` starts over, so
 * that what callers and tools send cannot make it grow.
 */
export function kept<Made>(map: Map<string, Made>, most: number, key: string, make: () => Made): Made {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (map.size >= most) map.clear();
  map.set(key, made);
  return made;
}
