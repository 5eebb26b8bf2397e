/** Reads the chunks of a streamed reply. Compatible servers are not all careful: what comes is looked at. */
import type { Usage } from '../usage.ts';

/** A function that the model called, as it wrote it. */
export interface Made {
  /** The server's; empty where it gave none. */
  id: string;
  name: string;
  input: string;
}

/** What one chunk brought. */
export interface Piece {
  words: string;
  /** The model has begun: it says, calls or thinks something. */
  began: boolean;
  finish: string | null;
  amounts: Usage['amounts'] | null;
}

/** A model that calls more functions at once than this is lost. */
const MAX_CALLS = 16;
const MAX_INPUT = 20_000;

/** Puts together the fragments of the functions that a reply calls. */
export class Chunks {
  readonly #made = new Map<number, Made>();

  /** The functions called so far, by their index. */
  get made(): Made[] {
    return [...this.#made].toSorted(([a], [b]) => a - b).map(([, made]) => made);
  }

  read(chunk: unknown): Piece {
    const usage = field(chunk, 'usage');
    const choice = list(field(chunk, 'choices')).find((one) => (field(one, 'index') ?? 0) === 0);
    const delta = field(choice, 'delta');
    const finish = field(choice, 'finish_reason');
    const fragments = list(field(delta, 'tool_calls'));
    for (const fragment of fragments) this.#add(fragment);
    // What a model declines, it says in words that may be spoken.
    const words = text(field(delta, 'content')) + text(field(delta, 'refusal'));
    const thought = text(field(delta, 'reasoning_content')) + text(field(delta, 'reasoning'));
    return {
      words,
      began: words !== '' || thought !== '' || fragments.length > 0,
      finish: typeof finish === 'string' && finish !== '' ? finish : null,
      amounts: isFields(usage) ? amountsOf(usage) : null,
    };
  }

  #add(fragment: unknown): void {
    const index = field(fragment, 'index');
    // Servers that send whole calls may leave the index out.
    const at = typeof index === 'number' ? index : this.#made.size;
    const made = this.#made.get(at) ?? { id: '', name: '', input: '' };
    if (!this.#made.has(at) && this.#made.size >= MAX_CALLS) return;
    this.#made.set(at, made);
    const called = field(fragment, 'function');
    made.id ||= text(field(fragment, 'id'));
    made.name ||= text(field(called, 'name'));
    const input = text(field(called, 'arguments'));
    if (made.input.length + input.length <= MAX_INPUT) made.input += input;
  }
}

/** Cached tokens are a part of the prompt's. Source: chat completions, `usage.prompt_tokens_details`. */
function amountsOf(usage: unknown): Usage['amounts'] {
  const prompt = count(field(usage, 'prompt_tokens'));
  const cached = Math.min(prompt, count(field(field(usage, 'prompt_tokens_details'), 'cached_tokens')));
  return {
    inputTextTokens: prompt - cached,
    cachedTextTokens: cached,
    outputTextTokens: count(field(usage, 'completion_tokens')),
  };
}

function field(of: unknown, name: string): unknown {
  return isFields(of) ? Reflect.get(of, name) : undefined;
}

const isFields = (value: unknown): value is object => typeof value === 'object' && value !== null;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.floor(value) : 0);
