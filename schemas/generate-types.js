/**
 * Writes runtime/dialogue/document.ts from the schemas beside this file.
 * `node schemas/generate-types.js --check` writes nothing and exits 1 when the file has drifted.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const target = new URL('../runtime/dialogue/document.ts', import.meta.url);
const BANNER = '/** Generated from schemas/ by `npm run types`. Do not edit. */';

/** @typedef {{ [key: string]: any }} Schema */

/** @param {unknown} schema */
const isChoiceOfRequired = (schema) =>
  Array.isArray(schema) && schema.every((one) => Object.keys(one).join() === 'required');

/**
 * The schemas choose by `if` so that one mistake gives one error; the compiler of types knows unions only.
 * Here an `if` becomes the union of its outcomes, and closed objects are closed.
 * @param {any} schema
 * @returns {any}
 */
function asUnions(schema) {
  if (Array.isArray(schema)) return schema.map(asUnions);
  if (typeof schema !== 'object' || schema === null) return schema;

  /** @type {Schema} */
  const {
    if: condition,
    then,
    else: otherwise,
    unevaluatedProperties: _open,
    propertyNames: _names,
    ...kept
  } = schema;
  if (isChoiceOfRequired(kept.oneOf)) delete kept.oneOf;
  if (Array.isArray(kept.allOf) && kept.allOf.every((/** @type {Schema} */ one) => 'if' in one)) {
    kept.anyOf = kept.allOf.map((/** @type {Schema} */ one) => asUnions(one.then));
    delete kept.allOf;
  }
  if (condition && then && otherwise) {
    kept.anyOf = [asUnions(then), asUnions(otherwise)];
    delete kept.type;
  }
  // A list of one or more is written as a plain list: tuples are no help to who reads a document.
  if (kept.type === 'array') delete kept.minItems;

  const { $ref, $defs, title, description, ...rest } = kept;
  const walked = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      key === 'properties'
        ? eachValue(withValues(value))
        : key === 'const' || key === 'enum'
          ? value
          : asUnions(value),
    ]),
  );
  const head = { ...(title && { title }), ...($defs && { $defs: eachValue($defs) }) };
  if (!$ref) return { ...head, ...(description && { description }), ...walked };
  if (walked.properties) return { ...head, description, allOf: [{ ...walked }, { $ref }] };
  return title ? { ...head, description, allOf: [{ $ref }] } : { $ref };
}

/** @param {Schema} map */
const eachValue = (map) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, asUnions(value)]));

/**
 * Without the keys that only have a description: editors offer them where another branch gives them a value.
 * @param {Schema} properties
 */
const withValues = (properties) =>
  Object.fromEntries(
    Object.entries(properties).filter(([, value]) => Object.keys(value).join() !== 'description'),
  );

/** @param {string} name */
async function typesOf(name) {
  const schema = JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
  return compile(asUnions(schema), schema.title, {
    additionalProperties: false,
    bannerComment: '',
    style: { singleQuote: true, printWidth: 110 },
  });
}

const SCHEMAS = [
  'app.schema.json',
  'dialogue.schema.json',
  'test.schema.json',
  'prices.schema.json',
  'accounts.schema.json',
];
const parts = [BANNER];
for (const name of SCHEMAS) parts.push(await typesOf(name));
const types = parts.map((part) => part.trim()).join('\n\n') + '\n';

if (process.argv.includes('--check')) {
  let current = '';
  try {
    current = readFileSync(target, 'utf8');
  } catch {
    // A missing file has drifted as well.
  }
  if (current !== types) {
    process.stderr.write('runtime/dialogue/document.ts does not match schemas/: run `npm run types`.\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, types);
}
