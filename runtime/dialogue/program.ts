/** What the engine runs: a dialogue and its app, free of all shorthand, with every expression compiled. */
import type { Expression, Template } from './expression.ts';
import type { Interrupt, Offer, Value } from './protocol.ts';

/** An app as it is loaded, defaults filled in. */
export interface AppFacts {
  id: string;
  name: string;
  dialogue: string;
  public: boolean;
  locale: string;
  /** E.164 with `+`. The first is the caller id. */
  numbers: readonly string[];
  /** Null: the best that the keys at hand allow. */
  engine: 'realtime' | 'embedded' | null;
  /** `provider/name` as written, or null. */
  model: string | null;
  voice: string | null;
  limits: { calls: number | null; durationMs: number };
  properties: { readonly [name: string]: Value };
}

/** A list of steps by its place in the document, such as `states/welcome` or `states/welcome/0/answers/1`. */
export type BlockId = string;

/** One entry of a `silence` or `unclear` ladder: a text said before listening again, or steps. */
export type Rung = { say: Template } | { block: BlockId };
export type Ladder = readonly Rung[];

/** An answer, an exit of a `talk`, or an `anytime`. */
export interface Option {
  when: string;
  like: readonly string[];
  keys: string | null;
  /** What to do when it is meant; null: just go on. */
  block: BlockId | null;
  /** True where the block is only `repeat: true`. */
  repeats: boolean;
}

interface Trouble {
  silence: Ladder | null;
  unclear: Ladder | null;
  interrupt: Interrupt | null;
}

export type Step = Trouble &
  (
    | { verb: 'say'; variants: readonly Template[] }
    | { verb: 'ask'; variants: readonly Template[]; answers: readonly Option[] }
    | {
        verb: 'talk';
        goal: Template;
        tools: readonly string[];
        until: readonly Option[];
        turns: number | null;
      }
    | { verb: 'set'; values: readonly { target: readonly string[]; value: Expression }[] }
    | { verb: 'branch'; cases: readonly { if: Expression | null; block: BlockId }[] }
    | { verb: 'goto'; state: string }
    | {
        verb: 'do';
        tool: string;
        with: readonly { name: string; value: Expression }[];
        save: string | null;
        failed: BlockId | null;
      }
    | { verb: 'hangup'; variants: readonly Template[] }
    | { verb: 'repeat' }
  );

export type StepOf<V extends Step['verb']> = Extract<Step, { verb: V }>;

export interface ToolSpec {
  name: string;
  about: string;
  /** JSON Schema of the input and the output; null where the author gave none. */
  input: { readonly [key: string]: Value };
  output: { readonly [key: string]: Value } | null;
  http: { method: string; url: string; headers: { readonly [name: string]: string } };
  timeoutMs: number;
}

export interface Program {
  app: AppFacts;
  dialogue: string;
  /** Changes when the dialogue's or the app's text changes. */
  version: string;
  persona: Template | null;
  tools: { readonly [name: string]: ToolSpec };
  blocks: { readonly [id: BlockId]: readonly Step[] };
  intro: BlockId | null;
  /** Where a call begins, by who placed it. */
  inbound: BlockId | null;
  outbound: BlockId | null;
  states: { readonly [name: string]: Trouble & { block: BlockId } };
  dialogueTrouble: Trouble;
  anytime: readonly Option[];
  /** Tools as a model is shown them. */
  offers: { readonly [tool: string]: Offer };
}
