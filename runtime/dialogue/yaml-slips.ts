/** What is wrong with a text as YAML, in sentences that name what an author did; YAML's own name its grammar. */
import { Lexer, type YAMLError } from 'yaml';

/** A sentence, and the character of the text that it is about. */
export interface YamlSlip {
  message: string;
  offset: number;
}

/** One slip has often several errors. An open quote or bracket takes the rest of the file with it. */
export function yamlSlips(errors: readonly YAMLError[], text: string): YamlSlip[] {
  const isOpen = ({ code, message }: YAMLError): boolean =>
    message.startsWith('Missing closing') || (code === 'BAD_INDENT' && message.startsWith('Flow'));
  const first = errors.find(isOpen);
  const open = first && slipOf(first, text);
  const tab = errors.find(({ code }) => code === 'TAB_AS_INDENT');
  const before = errors.filter(
    ({ code, pos }) =>
      (!open || pos[0] < open.offset) &&
      // Behind a tab no line is where it seems to be.
      !(tab && pos[0] >= tab.pos[0] && OF_INDENT.has(code)) &&
      // These only say that the line of another error is no key and no entry.
      !(
        FOLLOWING.has(code) &&
        errors.some((other) => !FOLLOWING.has(other.code) && isNear(other.pos, pos, text))
      ),
  );
  const slips = before.map((error) => slipOf(error, text));
  return [...slips, ...(open ? [open] : [])].toSorted((one, other) => one.offset - other.offset);
}

/** What is told of lines that are not indented as they should be. */
const OF_INDENT: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'MISSING_CHAR',
  'NON_STRING_KEY',
]);

const FOLLOWING: ReadonlySet<string> = new Set(['MULTILINE_IMPLICIT_KEY', 'BLOCK_IN_FLOW']);

/** Both are in one line. */
const isNear = (one: readonly number[], other: readonly number[], text: string): boolean =>
  !text.slice(Math.min(one[0]!, other[0]!), Math.max(one[0]!, other[0]!)).includes('\n');

/** Blanks that look like the spaces of an indentation and are none. */
export function strangeBlanks(text: string): YamlSlip[] {
  return [...text.matchAll(/^[ \t]*([\u00a0\u2000-\u200b\u202f\u3000])/gm)].map(({ 0: indent, index }) => ({
    message: 'A line is indented by spaces; this one has another kind of blank, as word processors write it.',
    offset: index + indent.length - 1,
  }));
}

function slipOf(error: YAMLError, text: string): YamlSlip {
  const at = error.pos[0];
  const line = text.slice(at).split('\n', 1)[0]!.trimEnd();
  const here = (message: string, offset = at): YamlSlip => ({ message, offset });
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return here(`The key \`${/^[^\s:,\]}]+/.exec(line)?.[0] ?? ''}\` stands in this map twice.`);
    case 'BAD_SCALAR_START':
      return here(`A text cannot begin with ${line[0] ?? 'this'}: put it in quotes.`);
    case 'NON_STRING_KEY':
      return here('A value that begins with { or [ is a map or a list: put a text with {{ }} in quotes.');
    case 'TAB_AS_INDENT':
      return here('A tab cannot indent a line: use spaces.');
    case 'BAD_ALIAS':
      return here('A text that begins with * or & is put in quotes.');
    case 'MULTIPLE_DOCS':
      return here('A file holds one document: remove this line and what follows.');
    case 'BAD_DQ_ESCAPE': {
      const written = line.slice(0, 2);
      return here(
        `\`${written}\` means nothing in a text in double quotes: write \`\\${written}\` for a backslash, or use single quotes.`,
      );
    }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return wrongBlock(error, text, line);
    case 'BAD_INDENT':
      return wrongIndent(error, text);
    case 'MULTILINE_IMPLICIT_KEY':
      return here(keyWithoutColon(line));
    case 'MISSING_CHAR':
      if (error.message.startsWith('Missing closing')) {
        return here('The quote that opens here is never closed.', openQuote(text));
      }
      if (error.message.startsWith('Missing , or :')) return here(colonOrComma(text, at));
      if (error.message.startsWith('Implicit map keys')) return here(keyWithoutColon(line));
      break;
    case 'BLOCK_IN_FLOW':
      return here(colonOrComma(text, at));
    case 'UNEXPECTED_TOKEN':
      if (/^[\]}]/.test(line)) {
        return here(
          `This \`${line[0]}\` closes nothing: there is no \`${line[0] === ']' ? '[' : '{'}\` before it.`,
        );
      }
      if (/^(Not a YAML token|Block scalar)/.test(error.message)) {
        return here('Behind `|` and `>` nothing else stands in the line: the text begins in the next one.');
      }
      if (error.message.includes('block-seq-ind')) {
        return here('A list begins in the line below its key, or is written in [ ].');
      }
      if (error.message.endsWith('at node end')) {
        return here(afterText(text, at));
      }
      if (opening(text, at) !== null) return here(NO_COMMA);
      break;
    default:
  }
  return here(`The YAML is wrong here: ${error.message.replace(/\.$/, '')}.`);
}

const COLON_IN_TEXT = 'A text with `: ` in it is put in quotes.';
const NO_COMMA = 'A comma is missing before this: the entries of [ ] and { } are separated by commas.';

/** Where a bare text behind a key of { } has a colon: it is part of the text, or of the next key. */
function colonOrComma(text: string, at: number): string {
  const found = /^([^\s"'[\]{},][^"'[\]{},\n]*?[^\w-])?([\w-]+): /.exec(text.slice(at));
  if (found === null || !/[{,]\s*[\w-]+:[ \t]+$/.test(text.slice(0, at))) return NO_COMMA;
  const [, before, word] = found;
  if (before === undefined) return COLON_IN_TEXT;
  return `A text with \`: \` in it is put in quotes; where \`${word}\` is the next key, a comma is missing before it.`;
}

/** Keys or a list stand where a value has ended already. */
function wrongBlock({ message, pos }: YAMLError, text: string, line: string): YamlSlip {
  const at = pos[0];
  if (message.includes('block sequence')) {
    const offset = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    return {
      message: 'A list cannot follow keys of a map: every entry, the first one too, begins with `- `.',
      offset,
    };
  }
  if (/:(\s|$)/.test(line)) {
    return { message: COLON_IN_TEXT, offset: at };
  }
  const next = at + line.length + (/^\s*/.exec(text.slice(at + line.length))?.[0].length ?? 0);
  const above = shortened(line);
  return {
    message: `This line is indented as if it belonged to \`${above}\`, which is a whole value: move it to the column of the key above.`,
    offset: next,
  };
}

function wrongIndent({ message, pos }: YAMLError, text: string): YamlSlip {
  const at = pos[0];
  if (message.startsWith('Flow')) {
    const open = opening(text, at);
    const bracket = open === null ? '[' : text[open]!;
    const closing = bracket === '[' ? ']' : '}';
    const isClosed = /^[\]}]/.test(text.slice(at));
    const advice = isClosed ? `before \`${text[at]}\`` : 'before the next line that is indented less';
    return {
      message: `The \`${bracket}\` that opens here is not closed: a \`${closing}\` is missing ${advice}.`,
      offset: open ?? at,
    };
  }
  const offset = at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
  return message.includes('sequence')
    ? {
        message: 'This entry does not begin at the column of the others in its list: indent it as they are.',
        offset,
      }
    : {
        message:
          'This line does not begin at the column of the keys that it belongs to: indent it as they are.',
        offset,
      };
}

function keyWithoutColon(line: string): string {
  if (/^(<{7}|={7}|>{7})/.test(line)) {
    return 'A mark of a merge conflict: keep one of the two versions and remove the marks.';
  }
  if (/^(\/\/|\/\*|;|--)/.test(line)) return 'A comment begins with `#`.';
  const tight = /^([\w-]+):(\S.*)$/.exec(line);
  if (tight) return `Behind the colon of a key stands a space: \`${tight[1]}: ${shortened(tight[2]!)}\`.`;
  const [word = '', rest = ''] = line.split(/\s+(.*)/s);
  return `A key is followed by a colon: \`${shortened(rest === '' ? `${word}:` : `${word}: ${rest}`)}\`.`;
}

/** Something stands behind a text that its quote has ended. */
function afterText(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trimEnd();
  if (line.endsWith("'")) {
    return "The text ended at the quote before this: inside single quotes a quote is written twice ('It''s'), or use double quotes.";
  }
  if (line.endsWith('"')) {
    return 'The text ended at the quote before this: put all of it in quotes, and write `\\"` for a quote inside.';
  }
  return 'This line belongs to nothing above it: a map has only keys, a list only entries with `- `.';
}

/** Where the last bracket before `end` opens that is not closed there, or null. */
function opening(text: string, end: number): number | null {
  const open: number[] = [];
  for (const [token, at] of tokensOf(text)) {
    if (at >= end) break;
    if (token === '[' || token === '{') open.push(at);
    const last = open.at(-1);
    if (last !== undefined && token === (text[last] === '[' ? ']' : '}')) open.pop();
  }
  return open.at(-1) ?? null;
}

/** Where the last quoted text begins that is not closed; the end of the text where every one is. */
function openQuote(text: string): number {
  let found = text.length;
  for (const [token, at] of tokensOf(text)) {
    const quote = token[0];
    if (quote !== '"' && quote !== "'") continue;
    const inside = quote === '"' ? token.replace(/\\./gs, '') : token.replaceAll("''", '');
    if (inside.length < 2 || !inside.endsWith(quote)) found = at;
  }
  return found;
}

/** Signs of the lexer's own, which are no part of the text. */
const SIGNS = new Set(['\u0002', '\u0018', '\u001f', '\ufeff']);

function* tokensOf(text: string): Generator<readonly [token: string, at: number]> {
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (SIGNS.has(token)) continue;
    yield [token, at];
    at += token.length;
  }
}

const shortened = (line: string): string => (line.length > 40 ? `${line.slice(0, 39)}…` : line);
