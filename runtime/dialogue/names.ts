/** The names that expressions and texts of a dialogue may use, and what is wrong with those they do use. */
import { OffhookError } from '../errors.ts';
import {
  type Expression,
  parseExpression,
  parseTemplate,
  type Reference,
  type Template,
} from './expression.ts';
import { didYouMean, nearestName } from './problem.ts';
import type { Held } from './shape.ts';

/** What stands under `session`, `user` and `caller` in every expression. */
export const RUNTIME_NAMES: { readonly [root: string]: readonly string[] } = {
  session: ['id', 'isInitiated', 'direction', 'locale', 'from', 'to', 'startedAt', 'attributes'],
  user: ['paired', 'anonymous', 'name'],
  caller: ['phone', 'country', 'city', 'name', 'carrier'],
};
const RESERVED = [...Object.keys(RUNTIME_NAMES), 'app'];

/** Something wrong at a character of a text. */
export interface Slip {
  code: string;
  message: string;
  offset: number;
}

/** Names by which expressions reach a value; `app` is null where no app is known that would say. */
export interface Names {
  given: ReadonlySet<string>;
  app: ReadonlySet<string> | null;
  /** What some dialogue remembers of a user. */
  user: ReadonlySet<string>;
}

/** The names that `remember` gives below `user`. */
export function namesRemembered(held: readonly Held[]): string[] {
  return held.flatMap(({ holds, value }) =>
    holds === 'memory' && typeof value === 'string' ? [value.replace(/^user\./, '')] : [],
  );
}

/** The names that the dialogue itself gives: slots, parameters, every plain target of a `set` and every `save`. */
export function namesGiven(held: readonly Held[]): Set<string> {
  const given = new Set<string>();
  for (const { holds, value } of held) {
    if (holds === 'name' && typeof value === 'string' && !value.includes('.')) given.add(value);
  }
  return given;
}

/** Why a `set` or a `save` cannot use this name, or null. */
export function slipInName(name: string): string | null {
  // What is no plain name is told by the schema.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return null;
  if (RESERVED.includes(name)) return `\`${name}\` belongs to the runtime: choose another name.`;
  try {
    if (parseExpression(name).references[0]?.path[0] === name) return null;
  } catch (thrown) {
    if (!(thrown instanceof OffhookError)) throw thrown;
  }
  return `\`${name}\` cannot be a name, because an expression reads it as something else.`;
}

/** What is wrong in an expression, by the column in its source; `asked`: it is a condition. */
export function slipsInExpression(source: string, names: Names, asked = false): Slip[] {
  return sayingWhatThrows(() => slipsInReferences(parseExpression(source), names, 0, asked));
}

/** The same of a text with `{{ expressions }}`. */
export function slipsInTemplate(source: string, names: Names): Slip[] {
  const { expressions, slips } = readTemplate(source);
  return [
    ...slips,
    ...expressions.flatMap(({ expression, offset }) => slipsInReferences(expression, names, offset, true)),
  ];
}

const LOOSE = /(?<![{$])\$?\{[ ]*([A-Za-z_][\w.]*)[ ]*\}(?!\})/g;

/** What looks as if it were put into the text, and is spoken as it is written. */
export function spokenBraces(source: string): Slip[] {
  const text = source.replaceAll(/\{\{.*?\}\}/gs, (inside) => ' '.repeat(inside.length));
  return [...text.matchAll(LOOSE)].map(({ 0: written, 1: name, index: offset }) => {
    const advice = written.startsWith('$')
      ? 'variables of the environment are for the settings of apps and tools'
      : `write {{ ${name} }} for the value`;
    return { code: 'spoken-braces', message: `\`${written}\` is said as it is written: ${advice}.`, offset };
  });
}

/** The expressions of a text that can be read, and what is wrong with each of the others. */
export function readTemplate(source: string): Pick<Template, 'expressions'> & { slips: Slip[] } {
  const slips: Slip[] = [];
  let text = source;
  for (;;) {
    try {
      return { expressions: parseTemplate(text).expressions, slips };
    } catch (thrown) {
      const slip = slipOf(thrown);
      slips.push(slip);
      const open = text.lastIndexOf('{{', slip.offset);
      const end = text.indexOf('}}', slip.offset);
      if (open < 0) return { expressions: [], slips };
      // What is behind it stays where it is; behind what is never closed nothing is told apart.
      const rest = end < 0 ? '' : ' '.repeat(end + 2 - open) + text.slice(end + 2);
      text = text.slice(0, open) + rest;
    }
  }
}

function sayingWhatThrows(find: () => Slip[]): Slip[] {
  try {
    return find();
  } catch (thrown) {
    return [slipOf(thrown)];
  }
}

function slipOf(thrown: unknown): Slip {
  if (!(thrown instanceof OffhookError)) throw thrown;
  return { code: thrown.code, message: thrown.message, offset: Number(thrown.detail?.offset ?? 0) };
}

function slipsInReferences(expression: Expression, names: Names, offset: number, asked: boolean): Slip[] {
  return expression.references.flatMap((reference) => {
    const slip = slipInReference(reference, names, expression.source, asked);
    return slip ? [{ ...slip, offset: slip.offset + offset }] : [];
  });
}

function slipInReference(
  { path, offset }: Reference,
  names: Names,
  source: string,
  asked: boolean,
): Slip | null {
  const [root = '', member] = path;
  if (!RESERVED.includes(root)) {
    if (names.given.has(root)) return null;
    const known = [...names.given, ...RESERVED];
    const advice =
      (nearestName(root, known) === null && path.length === 1 && quotedFor(root, offset, source, asked)) ||
      didYouMean(root, known);
    return { code: 'unknown-name', message: `Unknown name \`${root}\`${advice}`, offset };
  }
  const members = membersOf(root, names);
  if (member === undefined || members === null || members.has(member)) return null;
  const behindRoot = offset + root.length;
  return {
    code: 'unknown-name',
    message: `\`${root}\` has no \`${member}\`${didYouMean(member, members)}`,
    offset: Math.max(behindRoot, source.indexOf(member, behindRoot)),
  };
}

/** A word that stands alone, or behind `==`, is most likely meant as a text. */
function quotedFor(word: string, offset: number, source: string, asked: boolean): string | null {
  if (!asked && source.trim() === word) return `; for a text write "'${word}'".`;
  return /[=!]=\s*$/.test(source.slice(0, offset)) ? `; for a text write '${word}'.` : null;
}

function membersOf(root: string, { app, user }: Names): ReadonlySet<string> | null {
  if (root === 'app') return app;
  const own = RUNTIME_NAMES[root] ?? [];
  return new Set(root === 'user' ? [...own, ...user] : own);
}
