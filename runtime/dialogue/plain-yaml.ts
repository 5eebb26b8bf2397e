/**
 * The data of YAML as nearly every author writes it, several times faster than the whole language takes: maps and
 * lists by indentation, `[ ]` and `{ }`, texts within a line, comments. It gives up at whatever else it meets, and
 * at every slip: then the whole parser reads the text, and knows what to say about it. A property test holds the two
 * against each other.
 */

/** Blanks at the beginning of a line that look like the spaces of an indentation and are none. */
export const STRANGE_BLANK = /^[ \t]*[\u00a0\u2000-\u200b\u202f\u3000]/m;

// Tabs, other line ends and control characters, wherever they stand, and what a `__proto__` would do to a map.
const NOT_PLAIN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff]|__proto__|^---|^\.\.\./mu;
const MAX_DEPTH = 60;
/** YAML's own limit for a key is 1024 characters. */
const MAX_KEY = 500;

const DOUBLE = /"((?:[^"\\\n]|\\["\\/nt])*)"/y;
const SINGLE = /'((?:[^'\n]|'')*)'/y;
/** A text without quotes may begin so: not like anything else. */
const BEGINS = /[^\s,[\]{}#&*!|>'"%@`?:-]|-(?=[^\s,[\]{}])/y;
const REST_OF_LINE = /[^\n]*/y;
/** A text without quotes within brackets, up to what may end it. */
const REST_IN_FLOW = /[^,[\]{}\n]*/y;
const KEY = /(?:"(?:[^"\\\n]|\\["\\/nt])*"|'(?:[^'\n]|'')*'|[^\s"'][^\n]*?):(?=[ \n]|$)/y;
const KEY_IN_FLOW = /(?:"(?:[^"\\\n]|\\["\\/nt])*"|'(?:[^'\n]|'')*'|[^\s"'][^\n,[\]{}]*?):(?=[ \n])/y;
const SPACES = / */y;

const GIVEN_UP = new Error('The text is not plain YAML.');
const giveUp = (): never => {
  throw GIVEN_UP;
};

/** What a text means, or undefined where it takes the whole of YAML to say so. Never throws. */
export function plainData(text: string): unknown {
  if (NOT_PLAIN.test(text) || STRANGE_BLANK.test(text)) return undefined;
  try {
    return new Reader(text).read();
  } catch (thrown) {
    if (thrown === GIVEN_UP) return undefined;
    throw thrown;
  }
}

interface Data {
  [key: string]: unknown;
}

class Reader {
  readonly #text: string;
  #at = 0;
  /** Where the line begins, and the column of its first character; -1 at the end of the text. */
  #line = 0;
  #indent = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    this.#toContent();
    if (this.#indent !== 0) giveUp();
    const data = this.#block();
    if (this.#indent !== -1) giveUp();
    return data;
  }

  /** From the beginning of a line to the next that holds more than a comment. */
  #toContent(): void {
    for (;;) {
      this.#line = this.#at;
      this.#skip(SPACES);
      const next = this.#text[this.#at];
      if (next === undefined) {
        this.#indent = -1;
        return;
      }
      if (next === '#') this.#skip(REST_OF_LINE);
      else if (next !== '\n') {
        this.#indent = this.#at - this.#line;
        return;
      }
      if (this.#text[this.#at] === '\n') this.#at++;
    }
  }

  /** Over what may stand behind a value, to the next line with content. */
  #toNextLine(): void {
    const from = this.#at;
    this.#skip(SPACES);
    if (this.#text[this.#at] === '#' && this.#at > from) this.#skip(REST_OF_LINE);
    if (this.#at < this.#text.length) {
      if (this.#text[this.#at] !== '\n') giveUp();
      this.#at++;
    }
    this.#toContent();
  }

  /** The map or list that begins at this line's indentation. */
  #block(): unknown {
    return this.#isEntry() ? this.#list(this.#indent) : this.#map(this.#indent);
  }

  /** Whether an entry of a list begins here. */
  #isEntry(): boolean {
    if (this.#text[this.#at] !== '-') return false;
    const next = this.#text[this.#at + 1];
    return next === ' ' || next === '\n' || next === undefined;
  }

  #deeper(): void {
    if (++this.#depth > MAX_DEPTH) giveUp();
  }

  #map(indent: number): Data {
    this.#deeper();
    const map: Data = {};
    do {
      const key = this.#key(KEY);
      if (Object.hasOwn(map, key)) giveUp();
      map[key] = this.#endsLine() ? this.#below(indent, true) : this.#beside(indent);
      if (this.#indent > indent) giveUp();
    } while (this.#indent === indent);
    this.#depth--;
    return map;
  }

  #list(indent: number): unknown[] {
    this.#deeper();
    const list: unknown[] = [];
    do {
      this.#at++;
      list.push(this.#endsLine() ? this.#below(indent, false) : this.#entry(indent));
      if (this.#indent > indent) giveUp();
    } while (this.#indent === indent && this.#isEntry());
    this.#depth--;
    return list;
  }

  /** The value of a key or entry with nothing behind it in its line. */
  #below(indent: number, ofKey: boolean): unknown {
    this.#toNextLine();
    if (this.#indent > indent) return this.#block();
    return ofKey && this.#indent === indent && this.#isEntry() ? this.#list(indent) : null;
  }

  /** The value of a key that stands in its line. */
  #beside(indent: number): unknown {
    this.#skip(SPACES);
    const value = this.#value(indent);
    this.#toNextLine();
    return value;
  }

  /** What stands behind the `-` of an entry in its line: a value, or a map that begins there. */
  #entry(indent: number): unknown {
    this.#skip(SPACES);
    KEY.lastIndex = this.#at;
    if (!'[{'.includes(this.#text[this.#at]!) && KEY.test(this.#text)) {
      return this.#map(this.#at - this.#line);
    }
    return this.#beside(indent);
  }

  /** Whether nothing but a comment follows in this line. */
  #endsLine(): boolean {
    SPACES.lastIndex = this.#at;
    SPACES.test(this.#text);
    const next = this.#text[SPACES.lastIndex];
    return next === undefined || next === '\n' || (next === '#' && SPACES.lastIndex > this.#at);
  }

  #key(pattern: RegExp): string {
    const whole = this.#take(pattern);
    if (whole.length > MAX_KEY) giveUp();
    const written = whole.slice(0, -1);
    if (written[0] === '"' || written[0] === "'") return unquoted(written);
    if (written === '<<' || written.endsWith(' ') || written.includes(' #')) giveUp();
    BEGINS.lastIndex = 0;
    if (!BEGINS.test(written)) giveUp();
    return written;
  }

  #value(indent: number): unknown {
    switch (this.#text[this.#at]) {
      case '"':
        return unquoted(this.#take(DOUBLE));
      case "'":
        return unquoted(this.#take(SINGLE));
      case '[':
        return this.#flowList(indent);
      case '{':
        return this.#flowMap(indent);
      default:
        return this.#plain(REST_OF_LINE);
    }
  }

  /** A text without quotes, as far as `rest` goes. */
  #plain(rest: RegExp): unknown {
    BEGINS.lastIndex = this.#at;
    if (!BEGINS.test(this.#text)) giveUp();
    const from = this.#at;
    this.#skip(rest);
    let text = this.#text.slice(from, this.#at);
    const comment = text.indexOf(' #');
    if (comment !== -1) {
      if (rest === REST_IN_FLOW) giveUp();
      text = text.slice(0, comment);
    }
    const end = text.length - (/ +$/.exec(text)?.[0].length ?? 0);
    text = text.slice(0, end);
    this.#at = from + end;
    if (text.includes(': ') || text.endsWith(':')) giveUp();
    return meant(text);
  }

  #flowList(indent: number): unknown[] {
    this.#deeper();
    const list: unknown[] = [];
    this.#at++;
    this.#toFlow(indent);
    if (this.#text[this.#at] !== ']') {
      do list.push(this.#flowValue(indent));
      while (this.#separated(']', indent));
    }
    this.#at++;
    this.#depth--;
    return list;
  }

  #flowMap(indent: number): Data {
    this.#deeper();
    const map: Data = {};
    this.#at++;
    this.#toFlow(indent);
    if (this.#text[this.#at] !== '}') {
      do {
        const key = this.#key(KEY_IN_FLOW);
        if (Object.hasOwn(map, key)) giveUp();
        this.#toFlow(indent);
        map[key] = this.#flowValue(indent);
      } while (this.#separated('}', indent));
    }
    this.#at++;
    this.#depth--;
    return map;
  }

  #flowValue(indent: number): unknown {
    return '"\'[{'.includes(this.#text[this.#at] ?? giveUp())
      ? this.#value(indent)
      : this.#plain(REST_IN_FLOW);
  }

  /** Whether another entry follows; stands at it, or at the bracket. */
  #separated(bracket: string, indent: number): boolean {
    this.#toFlow(indent);
    const next = this.#text[this.#at];
    if (next === bracket) return false;
    if (next !== ',') giveUp();
    this.#at++;
    this.#toFlow(indent);
    return true;
  }

  /** Over blanks and line ends within brackets, whose lines are indented more than what they belong to. */
  #toFlow(indent: number): void {
    this.#skip(SPACES);
    while (this.#text[this.#at] === '\n') {
      this.#at++;
      this.#line = this.#at;
      this.#skip(SPACES);
      if (this.#text[this.#at] !== '\n' && this.#at - this.#line <= indent) giveUp();
    }
    if (this.#text[this.#at] === '#') giveUp();
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.test(this.#text);
    this.#at = pattern.lastIndex;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? giveUp();
    this.#at += found.length;
    return found;
  }
}

function unquoted(written: string): string {
  const inside = written.slice(1, -1);
  if (written[0] === "'") return inside.replaceAll("''", "'");
  return inside.includes('\\') ? (JSON.parse(written) as string) : inside;
}

const PLAIN_NUMBER = /^(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,8}[1-9])$/;
const NUMBER =
  /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|nan))$/i;

/** A text without quotes may be a number, a truth value or nothing, by YAML's core schema. */
function meant(text: string): unknown {
  switch (text) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
    case '~':
      return null;
    default:
  }
  if (/^[-+.\d]/.test(text)) {
    if (PLAIN_NUMBER.test(text)) return Number(text);
    return NUMBER.test(text) ? giveUp() : text;
  }
  return /^(?:true|false|null)$/i.test(text) ? giveUp() : text;
}
