/** A YAML text as data, and the way back from data to a place in the text. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import { messageOf, type Place } from '../errors.ts';
import type { Problem } from './problem.ts';
import { plainData } from './plain-yaml.ts';
import { strangeBlanks, yamlSlips } from './yaml-slips.ts';

/** Keys and indices from the root to a value. */
export type Path = readonly (string | number)[];

/** A file as it was read. `data` is undefined where the text is no YAML at all. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly data: unknown;
  readonly problems: readonly Problem[];
  /** Where a value stands, or its key. Of a path that leads nowhere, the nearest part that is there. */
  placeOf(path: Path, which?: 'key' | 'value'): Place;
  /**
   * Where the character at `offset` of a text stands. Exact for a text without escapes, in whatever style it is
   * written; for one with escapes it is where the text begins.
   */
  placeIn(path: Path, offset: number): Place;
  /** A value as it is written in the file. */
  rawOf(path: Path): string;
}

/** How the whole parser reads a document. */
export const YAML_OPTIONS = { prettyErrors: false, stringKeys: true, merge: true } as const;
const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_ALIASES = 100;

/** Reads a YAML text. Never throws: whatever is wrong is in `problems`. */
export function readSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const report = (code: string, message: string, place: Place): void => {
    problems.push({ severity: 'error', code, message, place });
  };
  const start = { file, line: 1, column: 1 };
  const nothing = (code: string, message: string): Source => {
    report(code, message, start);
    const nowhere = (): Place => start;
    return { file, text, data: undefined, problems, placeOf: nowhere, placeIn: nowhere, rawOf: () => '' };
  };

  if (Buffer.byteLength(text) > MAX_BYTES) {
    return nothing('file-too-big', 'The file is over 1 MiB, the most that is read.');
  }
  const parse = (counter?: LineCounter): Document =>
    parseDocument(text, { ...YAML_OPTIONS, lineCounter: counter });
  const plain = plainData(text);
  let document: Document | null = null;
  try {
    if (plain === undefined) document = parse(lines);
  } catch (thrown) {
    return nothing('bad-yaml', `The file cannot be read as YAML: ${messageOf(thrown)}.`);
  }

  let broken = false;
  let said = 0;
  const { errors, warnings } = document ?? { errors: [], warnings: [] };
  for (const error of errors) if (error.code !== 'DUPLICATE_KEY') broken = true;
  const blanks = document ? strangeBlanks(text) : [];
  if (blanks.length > 0) broken = true;
  for (const { message, offset } of [...yamlSlips(errors, text), ...blanks]) {
    const place = placeAt(offset);
    // One slip often has several errors; the first of a line says it best.
    if (place.line === said) continue;
    said = place.line;
    report('bad-yaml', message, place);
  }
  // Most files have none, and looking for them takes a while.
  if (document && text.includes('*')) {
    visit(document, {
      Alias: (_, alias) => {
        if (alias.source !== '' && alias.resolve(document) === undefined) {
          broken = true;
          const message = `\`*${alias.source}\` stands for nothing: there is no \`&${alias.source}\` before it. A text that begins with * is quoted.`;
          report('bad-yaml', message, placeAt(alias.range?.[0] ?? 0));
        }
      },
    });
  }
  for (const warning of warnings) {
    report(
      'bad-yaml',
      'A tag (`!…`) means nothing here; a text that begins with ! is quoted.',
      placeAt(warning.pos[0]),
    );
  }

  let data: unknown;
  if (!broken) {
    try {
      data = document ? document.toJS({ maxAliasCount: MAX_ALIASES }) : plain;
      if (depthOf(data) > MAX_DEPTH) {
        data = undefined;
        report('bad-yaml', `The file is nested deeper than ${MAX_DEPTH} levels.`, start);
      } else if (data === null || data === undefined) {
        data = undefined;
        report('empty-file', 'The file is empty.', start);
      }
    } catch (thrown) {
      report('bad-yaml', `The file cannot be read as YAML: ${messageOf(thrown)}.`, start);
    }
  }

  // The tree is many times the text and only needed to find places, which few files have a problem at.
  let tree = document && new WeakRef(document);
  let counted = document !== null;
  const find = (path: Path): Found => {
    let found = tree?.deref();
    if (!found) {
      found = parse(counted ? undefined : lines);
      counted = true;
      tree = new WeakRef(found);
    }
    return locate(found, path);
  };
  return {
    file,
    text,
    data,
    problems,
    placeOf(path, which = 'value') {
      const { node, key } = find(path);
      return placeAt(startOf(which === 'key' ? (key ?? node) : (node ?? key)));
    },
    placeIn(path, offset) {
      const { node } = find(path);
      return placeAt(isScalar(node) ? offsetInFile(node, text, offset) : startOf(node));
    },
    rawOf(path) {
      const { node } = find(path);
      return node?.range ? text.slice(node.range[0], node.range[1]).trim() : '';
    },
  };
}

const startOf = (node: Node | null): number => node?.range?.[0] ?? 0;

interface Found {
  node: Node | null;
  key: Node | null;
}

/** Follows aliases and merged maps; stops at the last part of the path that is there. */
function locate(document: Document, path: Path): Found {
  let found: Found = { node: document.contents, key: null };
  for (const step of path) {
    const inside = resolved(found.node, document);
    let next: Found | null = null;
    if (isMap(inside)) {
      const pair = pairOf(inside, String(step), document);
      if (pair) next = { node: pair.value as Node | null, key: pair.key as Node | null };
    } else if (isSeq(inside) && typeof step === 'number') {
      const item = inside.items[step];
      if (item !== undefined) next = { node: item as Node | null, key: null };
    }
    if (!next) break;
    found = next;
  }
  return found;
}

const resolved = (node: Node | null, document: Document): Node | null =>
  isAlias(node) ? (node.resolve(document) ?? null) : node;

function pairOf(map: YAMLMap, key: string, document: Document): Pair | null {
  const named = (name: string): Pair | undefined =>
    map.items.find((pair) => isScalar(pair.key) && (pair.key.source ?? String(pair.key.value)) === name);
  const own = named(key);
  if (own) return own;
  const merged = named('<<');
  if (!merged) return null;
  const from = resolved(merged.value as Node | null, document);
  for (const one of isSeq(from) ? from.items : [from]) {
    const target = resolved(one as Node | null, document);
    if (!isMap(target) || target === map) continue;
    const inherited = pairOf(target, key, document);
    if (inherited) return inherited;
  }
  return null;
}

/**
 * Styles without escapes differ from their value in white space only (indentation, folded lines), so the n-th
 * visible character of the one is the n-th of the other.
 */
function offsetInFile(scalar: Scalar, text: string, offset: number): number {
  const [start, end] = scalar.range ?? [0, 0];
  const raw = text.slice(start, end);
  const block = raw.startsWith('|') || raw.startsWith('>');
  const quoted = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE';
  const skip = block ? raw.indexOf('\n') + 1 : quoted ? 1 : 0;
  const body = raw.slice(skip, quoted ? -1 : undefined);
  const value = String(scalar.value);
  if (squeeze(body) !== squeeze(value)) return start;

  const before = squeeze(value.slice(0, offset)).length;
  const onVisible = /\S/.test(value[offset] ?? ' ');
  let seen = 0;
  for (let at = 0; at < body.length; at++) {
    if (/\s/.test(body[at]!)) continue;
    if (seen === before && onVisible) return start + skip + at;
    seen++;
    if (seen === before && !onVisible) return start + skip + at + 1;
  }
  return start + skip;
}

const squeeze = (text: string): string => text.replace(/\s+/g, '');

/** Counts a value that holds itself as endlessly deep. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return depth;
  let deepest = depth;
  for (const child of Object.values(value)) {
    deepest = Math.max(deepest, depthOf(child, depth + 1));
    if (deepest > MAX_DEPTH) break;
  }
  return deepest;
}

/** The value at a path, or undefined. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as { [key: string | number]: unknown })[step];
  }
  return value;
}

/** A JSON pointer into `data` as a path: what is an index of a list is a number. */
export function pathOf(data: unknown, pointer: string): (string | number)[] {
  const path: (string | number)[] = [];
  let value = data;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part;
    path.push(Array.isArray(value) ? Number(key) : key);
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as { [key: string]: unknown })[key]
        : undefined;
  }
  return path;
}
