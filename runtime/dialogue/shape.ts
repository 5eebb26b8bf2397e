/**
 * The first check of a document: its shape, by the schemas in `schemas/`. On the way it notes where expressions,
 * texts and names stand (`x-holds`), for the check of their meaning.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PACKAGE } from '../places.ts';
import type { Problem } from './problem.ts';
import { type Path, type Source, valueAt } from './read.ts';
import type { Schema } from './schema-keys.ts';
import { tellShape } from './shape-sentences.ts';

/** What stands at a place, by the schema's `x-holds`; `name` and `input` may be keys (`x-keys-hold`). */
export type Holds =
  | 'expression'
  | 'template'
  | 'state'
  | 'tool'
  | 'name'
  | 'input'
  | 'duration'
  | 'setting'
  | 'options'
  | 'cases'
  | 'json-schema'
  | 'slot'
  | 'dialogue'
  | 'transfer'
  | 'file'
  | 'filled'
  | 'lifetime'
  | 'memory';

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

export type Kind = 'app' | 'dialogue' | 'test' | 'prices' | 'accounts';

interface Noted {
  holds: Holds;
  pointer: string;
  key: string | null;
}

/** Filled while a validation runs, which it does in one go. */
let noted: Noted[] = [];

// The schemas are held against their own meta-schema by a test, not at every start: that takes longer than the rest.
const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strictTypes: false,
  strictRequired: false,
  validateSchema: false,
  // Twice as fast to compile, which every start does; documents are small, so running it is no slower.
  code: { optimize: false },
});
ajv.addKeyword('x-should').addKeyword('x-not-yet');
ajv.addKeyword({
  keyword: 'x-holds',
  validate(holds: Holds, _data: unknown, _parent?: unknown, at?: { instancePath: string }) {
    noted.push({ holds, pointer: at?.instancePath ?? '', key: null });
    return true;
  },
});
ajv.addKeyword({
  keyword: 'x-keys-hold',
  type: 'object',
  validate(holds: Holds, data: object, _parent?: unknown, at?: { instancePath: string }) {
    for (const key of Object.keys(data)) noted.push({ holds, pointer: at?.instancePath ?? '', key });
    return true;
  },
});

function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`schemas/${name}`, PACKAGE), 'utf8')) as Schema;
}

const SCHEMAS: { readonly [kind in Kind]: Schema } = {
  app: readSchema('app.schema.json'),
  dialogue: readSchema('dialogue.schema.json'),
  test: readSchema('test.schema.json'),
  prices: readSchema('prices.schema.json'),
  accounts: readSchema('accounts.schema.json'),
};
/** A server reads no tests and need not wait for their schema. */
const validators: { [kind in Kind]?: ValidateFunction } = {};

/** Checks a document that could be read. What is noted in `held` is there even where the shape is wrong. */
export function checkShape(kind: Kind, source: Source): Shape {
  const validate = (validators[kind] ??= ajv.compile(SCHEMAS[kind]));
  noted = [];
  validate(source.data);
  return {
    problems: tellShape(SCHEMAS[kind], source, validate.errors ?? []),
    held: heldIn(source.data),
  };
}

function heldIn(data: unknown): Held[] {
  const held = new Map<string, Held>();
  const places = new Map<string, Place>([['', { path: [], value: data }]]);
  for (const { holds, pointer, key } of noted) {
    const { path, value } = placeAt(pointer, places);
    if (key === null) held.set(`${holds} ${pointer}`, { holds, path, value, isKey: false });
    else held.set(`${holds} ${pointer}/${key}`, { holds, path: [...path, key], value: key, isKey: true });
  }
  return [...held.values()];
}

interface Place {
  path: Path;
  value: unknown;
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
  const found = { path: [...above.path, step], value: valueAt(above.value, [step]) };
  places.set(pointer, found);
  return found;
}
