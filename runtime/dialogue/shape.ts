/**
 * The first check of a document: its shape, by the schemas in `schemas/`. On the way it notes where expressions,
 * texts and names stand (`x-holds`), for the check of their meaning.
 */
import type { Problem } from './problem.ts';
import { type Path, type Source, valueAt } from './read.ts';
import { type Kind, schemaOf } from './schemas.ts';
import { tellShape } from './shape-sentences.ts';
import { type Holds, type Noted, validatorOf } from './shape-validators.ts';

export interface Held {
  holds: Holds;
  path: Path;
  /** The text of a key, or the value. */
  value: unknown;
  isKey: boolean;
}

export interface Shape {
  problems: Problem[];
  held: Held[];
}

/** Checks a document that could be read. What is noted in `held` is there even where the shape is wrong. */
export function checkShape(kind: Kind, source: Source): Shape {
  const validate = validatorOf(kind);
  const noted: Noted[] = [];
  const isRight = validate.call(noted, source.data);
  return {
    problems: isRight ? [] : tellShape(schemaOf(kind), source, validate.errors ?? []),
    held: heldIn(source.data, noted),
  };
}

/** The same may be noted of a place several times, where a schema has several ways to it. */
function heldIn(data: unknown, noted: readonly Noted[]): Held[] {
  const held: Held[] = [];
  const places = new Map<string, Place>([['', { path: [], value: data, holds: [], keysHold: [] }]]);
  for (const { holds, pointer, key } of noted) {
    const place = placeAt(pointer, places);
    if (key === null) {
      if (place.holds.includes(holds)) continue;
      place.holds.push(holds);
      held.push({ holds, path: place.path, value: place.value, isKey: false });
    } else {
      if (place.keysHold.includes(`${holds} ${key}`)) continue;
      place.keysHold.push(`${holds} ${key}`);
      held.push({ holds, path: [...place.path, key], value: key, isKey: true });
    }
  }
  return held;
}

interface Place {
  path: Path;
  value: unknown;
  /** What was noted of it, and of its keys. */
  holds: Holds[];
  keysHold: string[];
}

/** Much is noted at a place, beside it and below it: each part of a way to it is gone once. */
function placeAt(pointer: string, places: Map<string, Place>): Place {
  const known = places.get(pointer);
  if (known) return known;
  const end = pointer.lastIndexOf('/');
  const above = placeAt(pointer.slice(0, end), places);
  const part = pointer.slice(end + 1);
  const key = part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part;
  const step = Array.isArray(above.value) ? Number(key) : key;
  const found = {
    path: [...above.path, step],
    value: valueAt(above.value, [step]),
    holds: [],
    keysHold: [],
  };
  places.set(pointer, found);
  return found;
}
