/** Generated from schemas/ by `npm run types`. Do not edit. */

/**
 * A text, a number, true, false, null, a list or a map. ${NAME} in a text comes from the environment.
 */
export type Property =
  | string
  | number
  | boolean
  | null
  | Property[]
  | {
      [k: string]: Property;
    };

/**
 * An app: a dialogue put on the phone, with its numbers, its engine and its limits. `NAME.app.yaml`; the id is NAME.
 */
export interface AppDocument {
  /**
   * What the app is called where people read it. Default: its id.
   */
  name?: string;
  /**
   * The id of the dialogue that is held. Default: the dialogue with the app's own id.
   */
  dialogue?: string;
  /**
   * True: everybody may call. False, the default: a caller who is not known is paired first.
   */
  public?: boolean;
  /**
   * The language and region of the call, as BCP 47 writes it. Default: en-US.
   */
  locale?: string;
  /**
   * The phone numbers that this app answers, in quotes, with + and country code. The first is its caller id.
   *
   * Items: A phone number in quotes, with + and country code, or ${NAME} from the environment.
   */
  numbers?: string[];
  /**
   * What listens, thinks and speaks. realtime: a speech-to-speech model. embedded: everything on this machine, no keys. Default: the best that the keys at hand allow.
   */
  engine?: 'realtime' | 'embedded';
  /**
   * Who thinks, as `provider/name`.
   */
  model?: string;
  /**
   * Who speaks, as `provider/name`.
   */
  voice?: string;
  limits?: Limits;
  /**
   * Constants of this app: `app.NAME` in every expression.
   */
  properties?: {
    [k: string]: Property;
  };
}
/**
 * What this app may use at most.
 */
export interface Limits {
  /**
   * How many calls may run at the same time. Default: as many as the machine carries.
   */
  calls?: number;
  /**
   * How long one call may last. Default: 30m.
   */
  duration?: string;
}

/**
 * Short, as {party: integer}, or JSON Schema with `type: object`.
 */
export type Fields = JsonSchema | ShortFields;
/**
 * A type, or a map of `type` and what belongs to it.
 */
export type Field = TypedField | TypeName;
/**
 * text, integer, number, boolean, date (2026-03-03), time (19:30), datetime (2026-03-03T19:30:00+01:00), digits, money ({amount, currency}), phone (+14155550100), email or name.
 */
export type TypeName =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'digits'
  | 'money'
  | 'phone'
  | 'email'
  | 'name';
/**
 * One step, or a list of steps that are done in order.
 */
export type Steps = Step[] | Step;
/**
 * One verb and what belongs to it: `say`, `ask`, `talk`, `set`, `branch`, `goto`, `do`, `hangup`, `repeat`.
 */
export type Step = Verb;
/**
 * A verb and what belongs to it.
 */
export type Verb =
  SayStep | AskStep | TalkStep | SetStep | BranchStep | GotoStep | DoStep | HangupStep | RepeatStep;
/**
 * Words, or a list of variants of which one is spoken.
 */
export type Variants = Text[] | Text;
/**
 * Words, exactly as they are spoken. {{ expression }} puts a value in.
 */
export type Text = string;
/**
 * Something the caller may mean, and what is done then: `then` with steps, one verb beside it, or nothing.
 */
export type Option = {
  /**
   * What the caller means, in words. Examples are tried first, then a model judges.
   */
  when: string;
  /**
   * Example sentences of callers who mean it. They work without a model.
   */
  like?: string[];
  /**
   * The keys on the phone that mean it, in quotes: digits, * and #.
   */
  keys?: string;
} & Consequence;
/**
 * `then` with steps, one verb, or nothing.
 */
export type Consequence = ThenOrVerb | Nothing;
/**
 * `then` with steps, or one verb.
 */
export type ThenOrVerb = Then | Verb;
/**
 * A text that is said before listening again, a step, or a list of both: one entry a time it happens.
 */
export type Ladder = Rung[] | Rung;
/**
 * A text that is said before listening again, or a step.
 */
export type Rung = Text | Step;
/**
 * The name of a tool of this dialogue.
 */
export type ToolName = string;
/**
 * An expression: literals, names, . and [ ], ! - + * / % < <= > >= == != && || ?? ?:, and the registered functions. A text inside it is quoted: "'gold'". A number, true, false and null may be written bare.
 */
export type ExpressionSource = string | number | boolean | null;
/**
 * An `if` with steps, or the last `else`.
 */
export type Case = ElseCase | IfCase;
/**
 * An expression, and what is done when it is true: `then` with steps, or one verb beside it.
 */
export type IfCase = {
  if: ExpressionSource;
} & Consequence;
/**
 * The name of a state of this dialogue.
 */
export type StateName = string;
/**
 * The name of a state, or steps.
 */
export type Start = StateName | Steps;
/**
 * A list of steps, one step, or a map of `steps` and what holds for all of them.
 */
export type State = FullState | Steps;

/**
 * A dialogue: what is said on a call, what is understood and what is done. `NAME.dialogue.yaml`; the id is NAME. Without `states` it is an open conversation: `intro`, then `persona` and `tools` until the caller is done.
 */
export interface DialogueDocument {
  /**
   * Who speaks and how: told to the model in every `talk`, in every judgement and in an open conversation. May hold {{ expressions }}.
   */
  persona?: string;
  /**
   * What the dialogue may do in the outside world, by name: used by `do` and offered to the model by `talk`.
   */
  tools?: {
    [k: string]: Tool;
  };
  intro?: Steps;
  inbound?: Start;
  outbound?: Start;
  /**
   * The parts of the call, by name. `goto` leads from one to another.
   */
  states?: {
    [k: string]: State;
  };
  /**
   * What the caller may ask for at any moment. An answer that the current step expects wins over it; without a `goto` the interrupted step resumes.
   */
  anytime?: Option[];
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
}
/**
 * Something the dialogue may do in the outside world.
 */
export interface Tool {
  /**
   * What the tool does, in words to the model.
   */
  about: string;
  input?: Fields;
  output?: Fields;
  http: HttpRequest;
  /**
   * How long one call may take. Default: 8s.
   */
  timeout?: string;
}
/**
 * JSON Schema, draft 2020-12.
 */
export interface JsonSchema {
  /**
   * The input or output of a tool is an object.
   */
  type: 'object';
  [k: string]: unknown;
}
/**
 * Names and their types.
 */
export interface ShortFields {
  [k: string]: Field;
}
/**
 * A type and what belongs to it.
 */
export interface TypedField {
  /**
   * The type; `choice` takes its values from `of`.
   */
  type:
    | 'text'
    | 'choice'
    | 'integer'
    | 'number'
    | 'boolean'
    | 'date'
    | 'time'
    | 'datetime'
    | 'digits'
    | 'money'
    | 'phone'
    | 'email'
    | 'name';
  /**
   * What it means, in words to the model.
   */
  about?: string;
  /**
   * The values of a `choice`.
   */
  of?: string[];
  /**
   * The smallest number.
   */
  min?: number;
  /**
   * The largest number.
   */
  max?: number;
}
/**
 * The tool is an HTTP request: the input goes as JSON, or in the query of a GET; the answer is JSON.
 */
export interface HttpRequest {
  /**
   * The HTTP method. Default: POST.
   */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Where the request goes. ${NAME} comes from the environment.
   */
  url: string;
  /**
   * Headers of the request. ${NAME} comes from the environment.
   */
  headers?: {
    /**
     * The value of the header. ${NAME} comes from the environment.
     */
    [k: string]: string;
  };
}
/**
 * Say exact words.
 */
export interface SayStep {
  say: Variants;
  turn?: Turn;
}
/**
 * How the caller takes turns.
 */
export interface Turn {
  /**
   * What interrupts the speaking: speech (and keys), keys only, or nothing. Default: speech.
   */
  interrupt?: 'speech' | 'keys' | 'never';
}
/**
 * Ask, and wait for one of the answers.
 */
export interface AskStep {
  ask: Variants;
  /**
   * What the caller may answer. The next step follows an answer that does not lead elsewhere.
   */
  answers: Option[];
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
}
/**
 * Steps beside a condition.
 */
export interface Then {
  then: Steps;
}
/**
 * Nothing beside a condition: the dialogue goes on with the next step.
 */
export interface Nothing {}
/**
 * Let a model speak freely until the caller means one of the exits.
 */
export interface TalkStep {
  talk: Text;
  /**
   * The tools that the model may call here. It sees no others.
   */
  tools?: ToolName[];
  /**
   * The exits: what the caller means when this talk is over.
   */
  until?: Option[];
  /**
   * After how many turns of the caller the talk ends by itself and the next step follows. Default: no limit.
   */
  turns?: number;
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
}
/**
 * Give names a value.
 */
export interface SetStep {
  /**
   * Names and the expressions whose values they get. A name is plain, or `session.attributes.NAME`, which lives as long as the session.
   */
  set: {
    [k: string]: ExpressionSource;
  };
}
/**
 * Go on by the first condition that is true. Code decides here, no model.
 */
export interface BranchStep {
  /**
   * Entries with `if`, tried from top to bottom; a last entry with `else` holds when none was true.
   */
  branch: Case[];
}
/**
 * What is done when no `if` was true.
 */
export interface ElseCase {
  else: Steps;
}
/**
 * Go to a state and stay there.
 */
export interface GotoStep {
  goto: StateName;
}
/**
 * Call a tool and wait for what it gives.
 */
export interface DoStep {
  do: ToolName;
  /**
   * The tool's input: names and the expressions whose values they get.
   */
  with?: {
    [k: string]: ExpressionSource;
  };
  /**
   * The name under which expressions find what the tool gave.
   */
  save?: string;
  failed?: Steps;
}
/**
 * Say goodbye, wait until it was heard, and end the call.
 */
export interface HangupStep {
  /**
   * The goodbye, a list of variants, or true for none.
   */
  hangup: true | Variants;
  turn?: Turn;
}
/**
 * Say again what was said last.
 */
export interface RepeatStep {
  /**
   * Always true.
   */
  repeat: true;
}
/**
 * A state with keys of its own.
 */
export interface FullState {
  steps: Steps;
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
}
