/** What the engine runs: a dialogue and its app, free of all shorthand, with every expression compiled. */
import type { Cast, EngineName, VoiceChoice } from './engines.ts';
import type { Expression, Template } from './expression.ts';
import type { Interrupt, Offer, Patience, SlotType, Value, Wanted } from './protocol.ts';

/** An app as it is loaded, defaults filled in. */
export interface AppFacts {
  id: string;
  name: string;
  dialogue: string;
  public: boolean;
  locale: string;
  /** IANA, where what is said of days and times holds; null: the caller's, else the machine's. */
  zone: string | null;
  /** E.164 with `+`. The first is the caller id. */
  numbers: readonly string[];
  /** Whether its numbers are led here when the server starts. */
  attach: boolean;
  /** The name of its Twilio account; null: it has none of its own, and uses the default one. */
  account: string | null;
  /** The numbers of callers are looked up: carrier and kind of line. */
  lookup: boolean;
  /** When it may call; null: at any time. */
  hours: CallingHours | null;
  /** Null: the best that the keys at hand allow. */
  engine: EngineName | null;
  /** Who thinks, listens and speaks, as `provider/name`; null: the default of the engine. */
  model: string | null;
  speech: string | null;
  voice: VoiceChoice | null;
  /** Who takes a call over when what carries it is lost, in this order. */
  fallback: readonly Cast[];
  /** `cost`: US dollars for one call. */
  limits: { calls: number | null; durationMs: number; cost: number | null };
  /** The source of a text: what a caller hears over the limit of calls; null: the busy tone. */
  busy: string | null;
  properties: { readonly [name: string]: Value };
  /** Numbers to transfer to, by name; E.164. */
  transfers: { readonly [name: string]: string };
  /** Hosts that tools may call, `*.example.com` among them; null: any. */
  hosts: readonly string[] | null;
}

/** Minutes of the day, and days of the week, where whoever is called lives: from `fromMinute` until before `toMinute`. */
export interface CallingHours {
  fromMinute: number;
  toMinute: number;
  days: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
}

/** A list of steps by its place in the document, such as `states/welcome` or `states/welcome/0/answers/1`. */
export type BlockId = string;

/** One entry of a ladder: a text said before listening again, or the steps that stand there in a row. */
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
  /** The slots of the `collect` that it leads to: the same sentence may fill them. */
  slots: readonly string[];
}

export interface SlotSpec extends Pick<
  Wanted,
  'about' | 'of' | 'min' | 'max' | 'length' | 'hints' | 'speech' | 'keys'
> {
  name: string;
  type: SlotType;
  /** How it is asked for, the first time and then; empty: in the runtime's own words. */
  ask: Ladder;
  /** What must be true of a value, and what is said where it is not. */
  check: readonly { if: Expression; else: Template }[];
  confirm: 'always' | 'unsure' | 'never';
  sensitive: boolean;
}

/** What the author wrote of turns at one place; null: nothing, and the place around it decides. */
export interface TurnKeys {
  interrupt: Interrupt | null;
  patience: Patience | null;
  words: number | null;
}

interface Trouble {
  silence: Ladder | null;
  unclear: Ladder | null;
  turn: TurnKeys;
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
        failed: Ladder | null;
      }
    | { verb: 'hangup'; variants: readonly Template[] }
    | { verb: 'repeat' }
    | { verb: 'collect'; slots: readonly string[] }
    /** `slots` are those that the text mentions: "no, at eight" corrects them. */
    | { verb: 'confirm'; variants: readonly Template[]; rejected: Ladder | null; slots: readonly string[] }
    | { verb: 'clear'; slots: readonly string[] }
    | {
        verb: 'remember';
        values: readonly { name: string; value: Expression }[];
        forMs: number | null;
      }
    /** The file's absolute path. */
    | { verb: 'play'; file: string }
    | { verb: 'press'; keys: Template }
    | { verb: 'wait'; ms: number }
    | {
        verb: 'run';
        dialogue: string;
        with: readonly { name: string; value: Expression }[];
        save: string | null;
      }
    | { verb: 'return'; value: Expression }
    /** `to` gives a name of the app's transfers or a number, E.164. `brief`: null for a cold transfer. */
    | {
        verb: 'transfer';
        to: Expression;
        brief: Template | 'summary' | null;
        ringMs: number;
        failed: Ladder | null;
      }
    | { verb: 'pair'; failed: Ladder | null }
    /** A moment (ISO 8601), or a duration from now. */
    | { verb: 'callback'; at: Expression; failed: Ladder | null }
  );

export type StepOf<V extends Step['verb']> = Extract<Step, { verb: V }>;

export interface Gate {
  requires: Expression;
  /** What is done where it is not open; null: a sentence of the runtime's. */
  else: BlockId | null;
}

/** Settings of tools hold `${NAME}` still: whoever calls the tool puts the environment in. */
export type ToolBy =
  | {
      by: 'http';
      method: string;
      url: string;
      headers: { readonly [name: string]: string };
      query: { readonly [name: string]: Value };
      /** Null: the input is the body, or the query of GET and DELETE. */
      body: Value;
      /** How often in all, and how long before the second time; twice as long before every further one. */
      retry: { attempts: number; everyMs: number } | null;
    }
  /** A module's absolute path. */
  | { by: 'code'; file: string }
  /** `tool` is the server's name of it. */
  | {
      by: 'mcp';
      server:
        | { url: string; headers: { readonly [name: string]: string } }
        | { command: string; args: readonly string[]; env: { readonly [name: string]: string } };
      tool: string;
    };

export interface ToolSpec {
  name: string;
  about: string;
  /** JSON Schema of the input and the output; null where the author gave none. */
  input: { readonly [key: string]: Value };
  output: { readonly [key: string]: Value } | null;
  call: ToolBy;
  timeoutMs: number;
  /** Said when the answer takes longer than a breath; empty: the runtime's own words. */
  meanwhile: readonly Template[];
  /** It is not broken off at hang-up. */
  finish: boolean;
  gate: Gate | null;
}

/** One dialogue of a program, free of all shorthand. */
export interface Part {
  dialogue: string;
  persona: Template | null;
  slots: { readonly [name: string]: SlotSpec };
  /** The names of the sensitive ones. */
  sensitive: ReadonlySet<string>;
  /** A step of it may tell the caller a code. */
  pairs: boolean;
  /** What `run … with`, the app's properties and the call's attributes may give it. */
  params: { readonly [name: string]: Pick<SlotSpec, 'type' | 'of'> };
  /** What it gives back where it ends by itself. */
  returns: Expression | null;
  tools: { readonly [name: string]: ToolSpec };
  blocks: { readonly [id: BlockId]: readonly Step[] };
  intro: BlockId | null;
  /** Where a call begins, by who placed it. */
  inbound: BlockId | null;
  outbound: BlockId | null;
  states: { readonly [name: string]: Trouble & { block: BlockId; gate: Gate | null; failed: Ladder | null } };
  dialogueTrouble: Trouble & { failed: Ladder | null };
  anytime: readonly Option[];
  /** What is said to a machine that answers. */
  voicemail: BlockId | null;
  /** Tools as a model is shown them. */
  offers: { readonly [tool: string]: Offer };
}

/** An app's dialogue, and every dialogue that it runs, by id. */
export interface Program {
  app: AppFacts;
  /** The dialogue that a call begins with. */
  dialogue: string;
  /** Changes when the text of one of the dialogues or of the app changes. */
  version: string;
  parts: { readonly [dialogue: string]: Part };
}

/** Where a sensitive slot is asked for again whose value was lost with the process that knew it. */
export const lostBlock = (slot: string): BlockId => `lost/${slot}`;

/** Where an unknown caller of a private app waits to be paired, before anything of the dialogue. */
export const DOOR: BlockId = 'door';
