/** The functions that a chat model is offered, and what it makes of them. */
import { randomUUID } from 'node:crypto';
import type { ChatCompletionFunctionTool } from 'openai/resources/chat/completions';
import type { Offer, Value } from '../../dialogue/protocol.ts';
import type { Made } from './chat-chunks.ts';
import type { MadeCall } from './chat-memory.ts';

const LONGEST_NAME = 64;

/** A call that was read: for the runtime where it has an `input`; otherwise it is answered already. */
export interface ReadCall {
  /** Unique, also among the calls of other sessions of this call. */
  call: string;
  /** As the offer has it. */
  name: string;
  input: Value | null;
  made: MadeCall;
}

/** Names that the vendor takes for the offers of a talk, and back. */
export class ChatOffers {
  readonly tools: ChatCompletionFunctionTool[];
  readonly #names = new Map<string, string>();

  constructor(offers: readonly Offer[]) {
    this.tools = offers.map(({ name, about, input }) => {
      const sent = this.#free(name);
      this.#names.set(sent, name);
      // Not strict: an author's schema, or a foreign one, rarely is.
      return { type: 'function', function: { name: sent, description: about, parameters: { ...input } } };
    });
  }

  /** `known` holds the ids that were used before. */
  read({ id, name, input }: Made, known: ReadonlySet<string>): ReadCall {
    const call = id !== '' && !known.has(id) ? id : `call_${randomUUID().replaceAll('-', '')}`;
    const offer = this.#names.get(name);
    const parsed = parse(input);
    const problem =
      offer === undefined
        ? `There is no function "${name}".`
        : parsed === null
          ? `The arguments of "${name}" were not a JSON object.`
          : null;
    return {
      call,
      name: offer ?? name,
      input: problem === null ? parsed : null,
      made: {
        id: call,
        // What is told to the server again has to be what it takes.
        name: offer === undefined ? validName(name) : name,
        input: parsed === null ? '{}' : JSON.stringify(parsed),
        output: problem === null ? null : JSON.stringify({ error: problem }),
      },
    };
  }

  #free(name: string): string {
    const wanted = validName(name);
    for (let count = 2, free = wanted; ; count++) {
      if (!this.#names.has(free)) return free;
      const suffix = `_${count}`;
      free = wanted.slice(0, LONGEST_NAME - suffix.length) + suffix;
    }
  }
}

/** Source: chat completions, `tools.function.name`. */
function validName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, LONGEST_NAME) || 'function';
}

/** Null: it is no JSON object. Of a function without arguments some servers send nothing. */
function parse(input: string): { readonly [name: string]: Value } | null {
  if (input.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(input);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** What was parsed from JSON holds nothing but values. */
function isObject(parsed: unknown): parsed is { readonly [name: string]: Value } {
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
}
