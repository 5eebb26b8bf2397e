/** The meaning of tools: what they are, what they take, where they go. */
import { existsSync } from 'node:fs';
import nodePath from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { messageOf } from '../errors.ts';
import { BUILTIN_TOOLS } from './builtin-tools.ts';
import { type DocumentFile, mapOf, problem } from './document-file.ts';
import type { Fields } from './document.ts';
import { inputSchema } from './fields.ts';
import { didYouMean, type Problem } from './problem.ts';
import { pathOf, type Path, type Source, valueAt } from './read.ts';
import { type Environment, expanded, slipsInSetting } from './settings.ts';
import type { Held } from './shape.ts';

export function checkTools(dialogue: DocumentFile, env: Environment): Problem[] {
  return Object.keys(mapOf(dialogue.data.tools)).flatMap((name) => [
    ...checkUrl(dialogue, ['tools', name, 'http', 'url'], env),
    ...checkUrl(dialogue, ['tools', name, 'mcp', 'url'], env),
    ...checkTool(dialogue, name),
  ]);
}

function checkTool({ source, data }: DocumentFile, name: string): Problem[] {
  const tool = mapOf(valueAt(data, ['tools', name]));
  const path: Path = ['tools', name];
  const problems: Problem[] = [];
  const key = { which: 'key' } as const;
  if (tool.mcp !== undefined) {
    const { url, command } = mapOf(tool.mcp);
    if ((url === undefined) === (command === undefined)) {
      const message = 'An MCP server has either a `url` or a `command`.';
      problems.push(problem(source, [...path, 'mcp'], 'bad-value', message));
    }
    if (tool.allow === undefined) {
      const message = 'Name the tools of the server that may be called, under `allow`.';
      problems.push(problem(source, [...path, 'mcp'], 'missing-key', message, key));
    }
  } else if (tool.allow !== undefined) {
    const message = '`allow` belongs to the tools of an MCP server.';
    problems.push(problem(source, [...path, 'allow'], 'wrong-key', message, key));
  }
  if (tool.about === undefined && tool.mcp === undefined) {
    const message = '`about` is missing: write what the tool does, in words.';
    problems.push(problem(source, path, 'missing-key', message));
  }
  if (tool.else !== undefined && tool.requires === undefined) {
    const message = '`else` is what is done while `requires` is not true, and there is no `requires`.';
    problems.push(problem(source, [...path, 'else'], 'wrong-key', message, key));
  }
  return problems;
}

/** Every name that a `do` may call. An MCP server NAME gives `NAME.TOOL`. */
export function toolNames(data: DocumentFile['data']): string[] {
  return Object.entries(mapOf(data.tools)).flatMap(([name, tool]) => {
    const { mcp, allow } = mapOf(tool);
    if (mcp === undefined) return [name];
    return Array.isArray(allow) ? allow.map((one) => `${name}.${String(one)}`) : [];
  });
}

/** A `talk` may offer a whole MCP server, and what the runtime can do by itself. */
export function unknownTool({ source, data }: DocumentFile, path: Path, name: unknown): Problem[] {
  if (typeof name !== 'string') return [];
  const names = toolNames(data);
  const inTalk = path.at(-1) !== 'do';
  const known = inTalk ? [...names, ...Object.keys(mapOf(data.tools)), ...BUILTIN_TOOLS] : names;
  if (known.includes(name)) return [];
  const own = names.filter((one) => one.startsWith(`${name}.`));
  const message =
    own.length > 0
      ? `\`${name}\` is an MCP server: name one of its tools, such as \`${own[0]}\`.`
      : `Unknown tool \`${name}\`${didYouMean(name, known)}`;
  return [problem(source, path, 'unknown-tool', message)];
}

/** What a tool takes, as JSON Schema; null where the tool is not known, or only its server knows. */
function inputOf({ data }: DocumentFile, tool: unknown): { [key: string]: unknown } | null {
  const spec = typeof tool === 'string' ? valueAt(data, ['tools', tool]) : undefined;
  if (typeof spec !== 'object' || spec === null) return null;
  const input: unknown = valueAt(spec, ['input']) ?? {};
  return typeof input === 'object' && !Array.isArray(input) ? inputSchema(input as Fields) : null;
}

export function unknownInput(dialogue: DocumentFile, { path, value }: Held): Problem[] {
  const tool = valueAt(dialogue.data, [...path.slice(0, -2), 'do']);
  const input = inputOf(dialogue, tool);
  const names = Object.keys(mapOf(input?.properties));
  if (!input || input.additionalProperties !== false || names.includes(String(value))) return [];
  const message =
    names.length === 0
      ? `The tool \`${String(tool)}\` takes no input.`
      : `The tool \`${String(tool)}\` takes no \`${String(value)}\`${didYouMean(String(value), names)}`;
  return [problem(dialogue.source, path, 'unknown-input', message, { which: 'key' })];
}

export function missingInputs(dialogue: DocumentFile, path: Path): Problem[] {
  const tool = valueAt(dialogue.data, path);
  const required = inputOf(dialogue, tool)?.required;
  const given = Object.keys(mapOf(valueAt(dialogue.data, [...path.slice(0, -1), 'with'])));
  const missing = (Array.isArray(required) ? required : []).filter((name) => !given.includes(String(name)));
  if (missing.length === 0) return [];
  const names = missing.map((name) => `\`${String(name)}\``).join(', ');
  const message = `The tool \`${String(tool)}\` needs ${names}: write it under \`with\`.`;
  return [problem(dialogue.source, path, 'missing-input', message)];
}

/** `{{ name }}` in a request's `query` and `body` is an input of the tool, and nothing else. */
export function unknownFilling({ source, data }: DocumentFile, { path, value }: Held): Problem[] {
  if (typeof value !== 'string') return [];
  const input = mapOf(valueAt(data, ['tools', String(path[1]), 'input']));
  const names = Object.keys(input.type === 'object' ? mapOf(input.properties) : input);
  return [...value.matchAll(/\{\{\s*(.*?)\s*\}\}/g)].flatMap(({ 1: name = '' }) => {
    if (names.includes(name)) return [];
    const message = `\`{{ ${name} }}\` is no input of the tool${didYouMean(name, names)}`;
    return [problem(source, path, 'unknown-input', message)];
  });
}

let metaSchemas: Ajv2020 | null = null;
const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** What keeps a JSON Schema from being one, at the place inside it where that stands. */
export function brokenSchema(schema: unknown, source: Source, path: Path): Problem[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const ajv = (metaSchemas ??= formats.default(
    new Ajv2020({ strict: false, logger: false, allErrors: true, addUsedSchema: false }),
  ));
  try {
    const told = new Map<string, Problem>();
    // Asked for by name: a schema that names an older draft is held against this one, as tools are called by it.
    if (ajv.validate(DRAFT, schema)) {
      const { $schema: _, ...rest } = schema as { readonly $schema?: unknown };
      ajv.compile(rest);
    }
    for (const error of ajv.errors ?? []) {
      // The first at a place says what is wrong with it; those that follow, how else it could be right.
      if (error.keyword === 'anyOf' || told.has(error.instancePath)) continue;
      const inside = pathOf(schema, error.instancePath);
      told.set(
        error.instancePath,
        schemaProblem(source, [...path, ...inside], error, valueAt(schema, inside)),
      );
    }
    return [...told.values()];
  } catch (thrown) {
    return [problem(source, path, 'bad-schema', `This is no valid JSON Schema: ${messageOf(thrown)}.`)];
  }
}

function schemaProblem(
  source: Source,
  path: Path,
  { keyword, params, message }: ErrorObject,
  value: unknown,
): Problem {
  const what = `This is no valid JSON Schema: \`${String(path.at(-1))}\``;
  const is = typeof value === 'object' ? '' : ` is ${JSON.stringify(value)}, but`;
  if (keyword === 'enum') {
    const allowed = (params.allowedValues as unknown[]).map(String);
    const sentence = `${what}${is} should be one of ${allowed.join(', ')}${didYouMean(String(value), allowed)}`;
    return problem(source, path, 'bad-schema', sentence);
  }
  const should =
    keyword === 'type'
      ? `should be ${[params.type]
          .flat()
          .map((type) => TYPES[String(type)] ?? String(type))
          .join(' or ')}`
      : (message ?? 'is wrong');
  return problem(source, path, 'bad-schema', `${what}${is} ${should}.`);
}

const TYPES: { readonly [type: string]: string } = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function checkUrl({ source, data }: DocumentFile, path: Path, env: Environment): Problem[] {
  const url = valueAt(data, path);
  if (typeof url !== 'string' || slipsInSetting(url, env).length > 0) return [];
  const full = expanded(url, env).replaceAll(/\{\{.*?\}\}/g, 'x');
  if (URL.canParse(full) && /^https?:$/.test(new URL(full).protocol)) return [];
  // The value of a variable may be a secret: only what the file says is shown.
  return [problem(source, path, 'bad-url', `${url} should be an http:// or https:// URL.`)];
}

/** A file beside the dialogue that is named by it. */
export function missingFile(source: Source, path: Path, name: unknown): Problem[] {
  if (typeof name !== 'string') return [];
  const wanted = path.at(-1) === 'play' ? ['.wav'] : ['.js', '.mjs', '.cjs'];
  if (!wanted.includes(nodePath.extname(name).toLowerCase())) {
    return [problem(source, path, 'bad-file', `${name} should end in ${wanted.join(', ')}.`)];
  }
  if (existsSync(nodePath.resolve(nodePath.dirname(source.file), name))) return [];
  return [problem(source, path, 'missing-file', `There is no file ${name} beside this one.`)];
}
