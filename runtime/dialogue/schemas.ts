/** The schemas of documents, as they stand in `schemas/`. */
import { readFileSync } from 'node:fs';
import { PACKAGE } from '../places.ts';
import type { Schema } from './schema-keys.ts';

export type Kind = 'app' | 'dialogue' | 'test' | 'prices' | 'accounts';

const read = new Map<Kind, Schema>();

export function schemaOf(kind: Kind): Schema {
  const known = read.get(kind);
  if (known) return known;
  const text = readFileSync(new URL(`schemas/${kind}.schema.json`, PACKAGE), 'utf8');
  const schema = JSON.parse(text) as Schema;
  read.set(kind, schema);
  return schema;
}
