/** JSON with the places of its values: what `JSON.parse` reads, and where each part of it stands. */
import type { Value } from '../dialogue/protocol.ts';

/** Offsets are in UTF-16 units. `value` is what `JSON.parse` would have given. */
export interface PlacedValue {
  offset: number;
  value: Value;
  /** Of a list. */
  items?: PlacedValue[];
  /** Of an object, in their order; a name may come twice. */
  members?: { name: string; offset: number; held: PlacedValue }[];
}

/** Something that no JSON has at this place. */
export class JsonSlip extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Deeper than anybody writes, and far from the end of the stack. */
const DEEPEST = 200;

/**
 * Reads a text of JSON (RFC 8259): exactly what `JSON.parse` takes, down to 200 levels.
 * @throws JsonSlip
 */
export function readJson(text: string): PlacedValue {
  const reader = new Reader(text);
  return reader.whole();
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON has no control characters within a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): PlacedValue {
    const value = this.#value(0);
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.#fail('There is something behind the end of the JSON.');
    return value;
  }

  #value(depth: number): PlacedValue {
    this.#take(SPACE);
    const offset = this.#at;
    if (depth > DEEPEST) this.#fail(`There are more than ${DEEPEST} levels.`);
    if (this.#skip('[')) return this.#list(offset, depth);
    if (this.#skip('{')) return this.#object(offset, depth);
    const written = this.#take(STRING) ?? this.#take(NUMBER) ?? this.#take(WORD);
    if (written === null) this.#fail(this.#unexpected('a value'));
    return { offset, value: JSON.parse(written) };
  }

  #list(offset: number, depth: number): PlacedValue {
    const items: PlacedValue[] = [];
    if (!this.#closes(']')) {
      do items.push(this.#value(depth + 1));
      while (this.#goesOn(']'));
    }
    return { offset, items, value: items.map(({ value }) => value) };
  }

  #object(offset: number, depth: number): PlacedValue {
    const members: { name: string; offset: number; held: PlacedValue }[] = [];
    if (!this.#closes('}')) {
      do {
        this.#take(SPACE);
        const begins = this.#at;
        const name = this.#take(STRING);
        if (name === null) this.#fail(this.#unexpected('a name in double quotes'));
        this.#take(SPACE);
        if (!this.#skip(':')) this.#fail(this.#unexpected('":"'));
        members.push({ name: JSON.parse(name) as string, offset: begins, held: this.#value(depth + 1) });
      } while (this.#goesOn('}'));
    }
    // Of a name that comes twice the last counts, as for `JSON.parse`.
    return {
      offset,
      members,
      value: Object.fromEntries(members.map(({ name, held }) => [name, held.value])),
    };
  }

  #closes(sign: string): boolean {
    this.#take(SPACE);
    return this.#skip(sign);
  }

  /** True behind a comma, false behind the end. */
  #goesOn(end: string): boolean {
    this.#take(SPACE);
    if (this.#skip(',')) return true;
    if (!this.#skip(end)) this.#fail(this.#unexpected(`"," or "${end}"`));
    return false;
  }

  #skip(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string): string {
    const sign = this.#text.slice(this.#at)[Symbol.iterator]().next().value;
    return sign === undefined
      ? `The file ends where ${wanted} should be.`
      : `There is ${JSON.stringify(sign)} where ${wanted} should be.`;
  }

  #fail(message: string): never {
    throw new JsonSlip(message, this.#at);
  }
}
