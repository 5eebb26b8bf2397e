/**
 * The schemas of documents as functions. Compiling them takes a fifth of a start, so that `npm run build` puts in the
 * place of this module what `validatorsSource` writes: the same functions, compiled.
 */
import { _, Ajv2020, type ErrorObject, type KeywordCxt } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { type Kind, schemaOf } from './schemas.ts';

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

/** What a validation came by: what stands at the pointer, or the key there, by `x-holds` and `x-keys-hold`. */
export interface Noted {
  holds: Holds;
  pointer: string;
  key: string | null;
}

/** Called with the list that takes what it comes by; its `errors` are those of the last call. */
export interface Validator {
  (this: Noted[], data: unknown): boolean;
  errors?: ErrorObject[] | null;
}

const KINDS: readonly Kind[] = ['app', 'dialogue', 'test', 'prices', 'accounts'];

// The schemas are held against their own meta-schema by a test, not at every start: that takes longer than the rest.
const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strictTypes: false,
  strictRequired: false,
  validateSchema: false,
  passContext: true,
  // Twice as fast to compile; documents are small, so running it is no slower.
  code: { optimize: false, source: true, esm: true },
});
ajv.addKeyword('x-should').addKeyword('x-not-yet');
ajv.addKeyword({
  keyword: 'x-holds',
  code({ gen, schema, it }: KeywordCxt) {
    gen.code(_`this.push({ holds: ${schema}, pointer: instancePath + ${it.errorPath}, key: null })`);
  },
});
ajv.addKeyword({
  keyword: 'x-keys-hold',
  type: 'object',
  code({ gen, schema, data, it }: KeywordCxt) {
    gen.forIn('key', data, (key) =>
      gen.code(_`this.push({ holds: ${schema}, pointer: instancePath + ${it.errorPath}, key: ${key} })`),
    );
  },
});

const validators = new Map<Kind, Validator>();

/** A server reads no tests and need not wait for their schema. */
export function validatorOf(kind: Kind): Validator {
  const known = validators.get(kind);
  if (known) return known;
  const compiled = ajv.compile(schemaOf(kind)) as Validator;
  validators.set(kind, compiled);
  return compiled;
}

/** A module that exports the validators of all kinds by their names. */
export function validatorsSource(): string {
  for (const kind of KINDS) validatorOf(kind);
  return standalone.default(ajv, Object.fromEntries(KINDS.map((kind) => [kind, schemaOf(kind).$id])));
}
