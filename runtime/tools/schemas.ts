import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Value } from '../dialogue/protocol.ts';

export type Schema = { readonly [key: string]: Value };

/** JSON Schemas, compiled when they are first needed and once. */
export class Schemas {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false, addUsedSchema: false, logger: false });
  readonly #compiled = new WeakMap<Schema, ValidateFunction>();

  constructor() {
    formats.default(this.#ajv);
  }

  /** What the schema has against the value, without the value; null: nothing. Throws where it is no schema. */
  problem(schema: Schema, value: Value): string | null {
    let validate = this.#compiled.get(schema);
    if (!validate) {
      // Older drafts name themselves here; what they share with 2020-12 is what tools are described with.
      const { $schema: _, ...rest } = schema;
      validate = this.#ajv.compile(rest);
      this.#compiled.set(schema, validate);
    }
    if (validate(value)) return null;
    const error = validate.errors?.[0];
    const where = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    return `${where === '' ? 'it' : `"${where}"`} ${error?.message ?? 'is wrong'}`;
  }
}
