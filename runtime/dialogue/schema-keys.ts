/** Which keys a map may have by its schema. Knows the part of JSON Schema that the schemas here use. */

export interface Schema {
  readonly $id?: string;
  readonly title?: string;
  readonly $ref?: string;
  readonly $defs?: { readonly [name: string]: Schema };
  readonly type?: string | readonly string[];
  readonly properties?: { readonly [key: string]: Schema };
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly 'x-should'?: string;
  readonly 'x-holds'?: string;
  readonly 'x-not-yet'?: readonly string[];
}

/** The keys that `schema` gives a meaning to in `value`, down the branches that its `if`s take. */
export function keysOf(root: Schema, schema: Schema, value: object): Set<string> {
  const keys = new Set<string>();
  const collect = (part: Schema | undefined): void => {
    if (!part) return;
    for (const key of Object.keys(part.properties ?? {})) keys.add(key);
    if (part.$ref) collect(root.$defs?.[part.$ref.replace('#/$defs/', '')]);
    for (const one of part.allOf ?? []) collect(one);
    if (part.if) collect(holds(part.if, value) ? part.then : part.else);
  };
  collect(schema);
  return keys;
}

/** Every `if` that decides about the keys of a map asks which keys it has. */
function holds(condition: Schema, value: object): boolean {
  const required = (condition.required ?? []).every((key) => Object.hasOwn(value, key));
  return required && (condition.anyOf?.some((one) => holds(one, value)) ?? true);
}
