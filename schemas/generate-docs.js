/**
 * Writes docs/language.md from the schemas beside this file, the tables of functions and engines, and the words
 * between them in language.template.md; and the table of engines in README.md. `npm run docs -- --check` writes nothing
 * and exits 1 when one of them has drifted.
 *
 * A line of the template that is a comment is a place: `<!-- keys dialogue#slot -->` is a table of the keys of a
 * part of a schema, `<!-- verb say -->` a verb's heading, meaning and keys, `<!-- functions -->` the functions, `<!-- engines -->` what each engine makes of it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { capabilityTable } from '../runtime/dialogue/capabilities.ts';
import { functions } from '../runtime/dialogue/functions.ts';

/** @typedef {{ [key: string]: any }} Schema */

const PAGE = new URL('../docs/language.md', import.meta.url);
const README = new URL('../README.md', import.meta.url);
/** @param {string} name */
const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
/** @type {{ [name: string]: Schema }} */
const SCHEMAS = Object.fromEntries(
  ['app', 'dialogue', 'test', 'prices', 'accounts'].map((name) => [
    name,
    JSON.parse(read(`${name}.schema.json`)),
  ]),
);

/** How a part of the schemas is called in the middle of a sentence, and where the page explains it. */
const PARTS = new Map([
  ['text', '[text](#texts)'],
  ['variants', '[text](#texts) or a list of variants'],
  ['expression', '[expression](#expressions)'],
  ['ladder', '[ladder](#ladders)'],
  ['turn', '[turn](#turns)'],
  ['steps', '[step](#steps) or a list of steps'],
  ['start', 'the name of a state, or [steps](#steps)'],
  ['stateName', 'the name of a state'],
  ['toolName', 'the name of a tool'],
  ['slotName', 'the name of a slot'],
  ['slotNames', 'a slot or a list of slots'],
  ['option', '[answer](#answers)'],
  ['state', '[state](#states)'],
  ['slot', '[slot](#slots)'],
  ['tool', '[tool](#tools)'],
  ['case', 'an `if` or `else`'],
  ['check', '`if` and `else`'],
  ['fields', 'names and types, or JSON Schema'],
  ['params', 'names and types'],
  ['count', 'a whole number'],
  ['filled', 'any value'],
  ['property', 'any value'],
  ['json', 'any value'],
  ['mock', 'a result'],
  ['texts', 'a text or a list of texts'],
  ['test', '[test](#a-test)'],
  ['turn/test', '[turn](#the-turns-of-a-test)'],
  ['expected', '[what is expected](#what-is-expected)'],
  ['number', 'a phone number in quotes'],
  ['locale', 'a language and region'],
  ['voice', '`provider/name`, or `use` and `model`'],
  ['fallback', 'an engine, or [a map](#an-app)'],
  ['model', '`provider/name`'],
  ['speech', '`provider/name`'],
  ['dollars', 'US dollars'],
]);

/**
 * @param {Schema} root
 * @param {Schema} schema
 * @returns {Schema}
 */
const resolved = (root, schema) => (schema.$ref ? root.$defs[nameOf(schema)] : schema);
/** @param {Schema} schema */
const nameOf = (schema) => schema.$ref.replace('#/$defs/', '');

/**
 * What may stand at a place, in a few words.
 * @param {Schema} root
 * @param {Schema} schema
 * @returns {string}
 */
function valueOf(root, schema) {
  if (schema.$ref) {
    const name = nameOf(schema);
    const isTest = root === SCHEMAS['test'];
    return PARTS.get(isTest ? `${name}/test` : name) ?? PARTS.get(name) ?? valueOf(root, root.$defs[name]);
  }
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ one) => `\`${String(one)}\``).join(', ');
  if ('const' in schema) return `\`${String(schema.const)}\``;
  if (schema.if && schema.then && schema.else) {
    const both = [valueOf(root, schema.then), valueOf(root, schema.else)];
    return [...new Set(both)].join(', or ');
  }
  if (schema.type === 'array' && schema.items) return `a list: ${valueOf(root, schema.items)}`;
  if (schema.additionalProperties?.$ref) return `a map: ${valueOf(root, schema.additionalProperties)}`;
  const should = schema['x-should']?.replace(/,? such as .*$/, '');
  return (
    should ?? { boolean: 'true or false', object: 'a map', string: 'a text' }[schema.type] ?? 'any value'
  );
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/**
 * The rows of a table, maps within maps included: `http.url`.
 * @param {Schema} root
 * @param {Schema} schema
 * @param {string} before
 * @returns {string[]}
 */
function rowsOf(root, schema, before = '') {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const inner = resolved(root, value);
    const must = schema.required?.includes(key) ? ' (needed)' : '';
    const description = value.description || inner.description || '';
    const plain = (value.examples ?? []).filter((/** @type {unknown} */ one) => typeof one !== 'object');
    const examples = plain.map((/** @type {unknown} */ one) => `\`${yamlOf(one)}\``).join(', ');
    const more = examples && !description.includes('Such as') ? ` Such as ${examples}.` : '';
    const cells = [`\`${before}${key}\`${must}`, valueOf(root, value), description + more];
    const row = `| ${cells.map(cell).join(' | ')} |`;
    const nested = !value.$ref && value.type === 'object' && value.properties;
    return nested ? [row, ...rowsOf(root, value, `${before}${key}.`)] : [row];
  });
}

/**
 * A plain value as it stands in YAML.
 * @param {unknown} value
 */
function yamlOf(value) {
  const text = String(value);
  const bare = typeof value !== 'string' || /^([A-Za-z./][\w ./'’?!-]*|\d+(ms|s|m|h|d))$/.test(text);
  return bare ? text : JSON.stringify(text);
}

/**
 * @param {Schema} root
 * @param {Schema} schema
 */
function tableOf(root, schema) {
  const head = '| Key | What stands there | What it means |\n| --- | --- | --- |';
  const later = (schema['x-not-yet'] ?? []).filter((/** @type {string} */ one) => !one.endsWith('/'));
  const note =
    later.length === 0
      ? ''
      : `\n\nPart of the language, but not carried out by this version, which says so: ${later.map((/** @type {string} */ one) => `\`${one}\``).join(', ')}.`;
  return `${head}\n${rowsOf(root, schema).join('\n')}${note}`;
}

/** @type {Map<string, Schema>} Each verb and the part of the schema that it is. */
const VERBS = new Map(
  SCHEMAS['dialogue']?.$defs.verb.allOf.map((/** @type {Schema} */ one) => [
    one.if.required[0],
    SCHEMAS['dialogue']?.$defs[nameOf(one.then)],
  ]),
);

/** @type {{ [kind: string]: (what: string) => string }} */
const PLACES = {
  keys(what) {
    const [name = '', part] = what.split('#');
    const root = SCHEMAS[name];
    const schema = part === undefined ? root : root?.$defs[part];
    if (!root || !schema) throw new Error(`There is no ${what} in the schemas.`);
    return tableOf(root, schema);
  },
  verb(what) {
    const schema = VERBS.get(what);
    if (!schema || !SCHEMAS['dialogue']) throw new Error(`There is no verb ${what}.`);
    return `### ${what}\n\n${schema.description}\n\n${tableOf(SCHEMAS['dialogue'], schema)}`;
  },
  engines: () => capabilityTable('problems.md'),
  functions() {
    const rows = Object.values(functions).map(({ usage, about }) => `| \`${usage}\` | ${cell(about)} |`);
    return `| Function | What it gives |\n| --- | --- |\n${rows.join('\n')}`;
  },
};

/** @type {Set<string>} */
const told = new Set();
const body = read('language.template.md').replaceAll(/^<!-- (\w+)(?: (\S+))? -->$/gm, (_, kind, what) => {
  const place = PLACES[kind];
  if (!place) throw new Error(`There is no ${kind} to put in.`);
  told.add(`${kind} ${what}`);
  return place(what);
});
for (const verb of VERBS.keys()) {
  if (!told.has(`verb ${verb}`)) throw new Error(`language.template.md has no place for the verb ${verb}.`);
}

const page = await format(
  `<!-- Generated from schemas/ by \`npm run docs\`. Do not edit: write in schemas/language.template.md. -->\n\n${body}`,
  { parser: 'markdown', printWidth: 110, embeddedLanguageFormatting: 'off' },
);
/** The README with its table: what stands between the two comments is written anew. */
async function readmeWithTable() {
  const now = readFileSync(README, 'utf8');
  const place = /(<!-- engines[^>]*-->\n)[\s\S]*?(<!-- \/engines -->)/;
  if (!place.test(now)) throw new Error('README.md has no place for the table of engines.');
  const table = capabilityTable('docs/problems.md');
  const file = fileURLToPath(README);
  const options = await resolveConfig(file);
  return format(
    now.replace(place, (_, before, after) => `${before}\n${table}\n\n${after}`),
    { ...options, filepath: file },
  );
}

/** @type {[URL, string, string][]} */
const pages = [
  [PAGE, 'docs/language.md', page],
  [README, 'README.md', await readmeWithTable()],
];
for (const [target, name, text] of pages) {
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text);
    continue;
  }
  let current = '';
  try {
    current = readFileSync(target, 'utf8');
  } catch {
    // A missing page has drifted as well.
  }
  if (current !== text) {
    process.stderr.write(`${name} does not match its sources: run \`npm run docs\`.\n`);
    process.exitCode = 1;
  }
}
