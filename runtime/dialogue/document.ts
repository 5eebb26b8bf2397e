/** Generated from schemas/ by `npm run types`. Do not edit. */

/**
 * Who thinks, as `provider/name`: a speech-to-speech model for the engine realtime, a text model for the others.
 */
export type Model = string;
/**
 * Who listens, as `provider/name`, on the engines cascade (deepgram, openai), relay (deepgram, google) and gather (twilio, google, deepgram).
 */
export type Listener = string;
/**
 * A voice: `provider/name`, or a map with its synthesis model.
 */
export type Voice =
  | string
  | {
      /**
       * Who speaks, as `provider/name`.
       */
      use: string;
      /**
       * The vendor's synthesis model.
       */
      model?: string;
    };
/**
 * An engine, or an engine with who listens, thinks and speaks on it.
 */
export type Fallback = ('realtime' | 'cascade' | 'relay' | 'gather' | 'embedded') | FallbackEngine;
/**
 * A time of the day in quotes, with hours and minutes.
 */
export type TimeOfDay = string;
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
   * The time zone in which `tomorrow` and `at seven` are meant, such as Europe/Prague. Default: the caller's, as far as the number tells it, else the machine's.
   */
  zone?: string;
  /**
   * The phone numbers that this app answers, in quotes, with + and country code. The first is its caller id.
   *
   * Items: A phone number in quotes, with + and country code, or ${NAME} from the environment.
   */
  numbers?: string[];
  /**
   * The Twilio account whose numbers and calls these are, by its name in `accounts.yaml`; calls of another account are not let in. Default: the account `default`, and calls of any.
   */
  account?: string;
  /**
   * True, the default: where PUBLIC_URL is set, the server leads the app's `numbers` to itself when it starts, and remembers where they led before. False: they are led by hand, or by `offhook numbers attach`.
   */
  attach?: boolean;
  /**
   * True: the number of whoever calls, or is called, is looked up with Twilio Lookup, which Twilio bills for each number once a month: `caller.carrier`, and the kind of line beside the number. No call waits for it: what comes late is known with the next call. Default: false.
   */
  lookup?: boolean;
  /**
   * What carries a call. realtime: a speech-to-speech model. cascade: a recogniser, a text model and a voice. relay: Twilio ConversationRelay listens and speaks, a text model thinks. gather: Twilio's own recognition and voices, by webhooks. embedded: everything on this machine, no keys. Default: the best that the keys at hand allow.
   */
  engine?: 'realtime' | 'cascade' | 'relay' | 'gather' | 'embedded';
  model?: Model;
  speech?: Listener;
  voice?: Voice;
  /**
   * Who takes a call over, at the same step, when what carries it is lost; in this order. An engine alone takes what the app chose, as far as it fits. Such as `[cascade, gather]`.
   */
  fallback?: Fallback[];
  hours?: Hours;
  limits?: Limits;
  /**
   * What a caller hears, before the call ends, where all lines of the app or of its account are taken. `app`, `caller` and `session` may stand in `{{ }}`. Default: the busy tone; the call is not answered then, and costs nothing.
   */
  busy?: string;
  /**
   * Constants of this app: `app.NAME` in every expression. Such as `{city: Prague, max_party: 8}`.
   */
  properties?: {
    [k: string]: Property;
  };
  /**
   * Whom a `transfer` may name, and their phone numbers. Such as `{manager: "+14155550199"}`.
   */
  transfers?: {
    /**
     * A phone number in quotes, with + and country code, or ${NAME} from the environment.
     */
    [k: string]: string;
  };
  /**
   * The hosts that tools of this app may call; `*.example.com` stands for every host below it; `api.example.com:8443` allows that port alone. Default: any.
   */
  hosts?: string[];
}
/**
 * An engine, and who listens, thinks and speaks on it.
 */
export interface FallbackEngine {
  /**
   * What carries the call then.
   */
  engine: 'realtime' | 'cascade' | 'relay' | 'gather' | 'embedded';
  speech?: Listener;
  model?: Model;
  voice?: Voice;
}
/**
 * When this app may call, where whoever is called lives, as far as the number tells it. A call outside of these hours, also a repeated one, waits for the next opening; a call-back that its caller asked for does not. Default: at any time.
 */
export interface Hours {
  from: TimeOfDay;
  to: TimeOfDay;
  /**
   * The days of the week. Default: all of them.
   */
  days?: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
}
/**
 * What this app may use at most. Such as `{calls: 20, duration: 15m}`.
 */
export interface Limits {
  /**
   * How many calls may run at the same time, in all processes on one store together; one that is on its way in or rings counts. Over it a caller hears `busy`. Default: as many as the machine carries.
   */
  calls?: number;
  /**
   * How long one call may last. Default: 30m.
   */
  duration?: string;
  /**
   * What the vendors of one call may cost, in US dollars, as far as `prices.yaml` knows their prices. Beyond it the call ends politely.
   */
  cost?: number;
}

/**
 * A type, or a map of `type` and what belongs to it.
 */
export type Field = TypedField | TypeName;
/**
 * text, integer, number, boolean, date (2026-03-03), time (19:30), datetime (2026-03-03T19:30:00+01:00), duration (PT1H30M), digits, money ({amount, currency}), phone (+14155550100), email or name.
 */
export type TypeName =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'digits'
  | 'date'
  | 'time'
  | 'datetime'
  | 'duration'
  | 'money'
  | 'phone'
  | 'email'
  | 'name';
/**
 * An expression: literals, names, . and [ ], ! - + * / % < <= > >= == != && || ?? ?:, and the registered functions. A text inside it is quoted: "'gold'". A number, true, false and null may be written bare.
 */
export type ExpressionSource = string | number | boolean | null;
/**
 * A text that is said before listening again, a step, or a list of both. Each text is one entry, used one time it happens; steps in a row are one entry, done one after another. The last entry repeats if it does not leave, three times at most; then the call ends politely.
 */
export type Ladder = Rung[] | Rung;
/**
 * A text that is said before listening again, or a step.
 */
export type Rung = Text | Step;
/**
 * Words, exactly as they are spoken. {{ expression }} puts a value in.
 */
export type Text = string;
/**
 * One verb and what belongs to it: `say`, `play`, `press`, `wait`, `ask`, `collect`, `confirm`, `talk`, `do`, `set`, `clear`, `remember`, `pair`, `callback`, `branch`, `goto`, `run`, `return`, `repeat`, `transfer`, `hangup`.
 */
export type Step = Verb;
export type Verb =
  | SayStep
  | PlayStep
  | PressStep
  | WaitStep
  | AskStep
  | CollectStep
  | ConfirmStep
  | TalkStep
  | DoStep
  | SetStep
  | ClearStep
  | RememberStep
  | PairStep
  | CallbackStep
  | BranchStep
  | GotoStep
  | RunStep
  | ReturnStep
  | RepeatStep
  | TransferStep
  | HangupStep;
/**
 * Words, or a list of variants of which one is spoken.
 */
export type Variants = Text[] | Text;
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
 * One step, or a list of steps that are done in order.
 */
export type Steps = Step[] | Step;
/**
 * A slot, or a list of slots.
 */
export type SlotNames = SlotName[] | SlotName;
/**
 * The name of a slot of this dialogue.
 */
export type SlotName = string;
/**
 * The name of a tool of this dialogue.
 */
export type ToolName = string;
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
 * A whole number from 1 up.
 */
export type Count = number;
/**
 * Short, as {party: integer}, or JSON Schema with `type: object`.
 */
export type Fields = JsonSchema | ShortFields;
/**
 * A value; {{ name }} in its texts is an input of the tool, ${NAME} comes from the environment.
 */
export type Filled =
  | string
  | number
  | boolean
  | null
  | Filled[]
  | {
      [k: string]: Filled;
    };
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
   * Who speaks and how: told to the model in every `talk` and in an open conversation; most models are told it too where they judge what the caller meant. May hold {{ expressions }}.
   */
  persona?: string;
  params?: Params;
  return?: ExpressionSource;
  /**
   * What the dialogue wants to know from the caller, by name: asked for by `collect`, used in expressions and texts. Such as `{party: {type: integer, ask: "For how many people?"}}`.
   */
  slots?: {
    [k: string]: Slot;
  };
  /**
   * What the dialogue may do in the outside world, by name: used by `do` and offered to the model by `talk`. Such as `{find_table: {about: Finds a free table, http: {url: "${BOOKING_URL}/tables"}}}`.
   */
  tools?: {
    [k: string]: Tool;
  };
  intro?: Steps;
  inbound?: Start;
  outbound?: Start;
  /**
   * The parts of the call, by name. `goto` leads from one to another. Such as `{welcome: [{say: "Hello."}, {goto: bye}], bye: {hangup: "Goodbye."}}`.
   */
  states?: {
    [k: string]: State;
  };
  /**
   * What the caller may ask for at any moment. An answer that the current step expects wins over it; without a `goto` the interrupted step resumes. It also holds while this dialogue runs another: there the other's own come first, and an entry with the same `when` takes the place of this one. A `goto` leaves the dialogue that was run.
   */
  anytime?: Option[];
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
  failed?: Ladder;
  voicemail?: Steps;
}
/**
 * Names and their types.
 */
export interface Params {
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
    | 'boolean'
    | 'integer'
    | 'number'
    | 'digits'
    | 'date'
    | 'time'
    | 'datetime'
    | 'duration'
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
 * One thing the dialogue wants to know from the caller.
 */
export interface Slot {
  /**
   * text, choice (`of`), boolean, integer, number, digits (`length`), date, time, datetime, duration, money, phone, email or name.
   */
  type:
    | 'text'
    | 'choice'
    | 'boolean'
    | 'integer'
    | 'number'
    | 'digits'
    | 'date'
    | 'time'
    | 'datetime'
    | 'duration'
    | 'money'
    | 'phone'
    | 'email'
    | 'name';
  /**
   * What it is, in words to the model and to whoever reads the file.
   */
  about?: string;
  ask?: Ladder;
  /**
   * The values of a `choice`: a list of texts, or a map from each value to what callers say for it. Such as `{inside: [in the room], outside: [terrace, garden]}`.
   */
  of?: string[] | ChoiceMap;
  /**
   * The least value: a number, or for a date or time the value as text.
   */
  min?: number | string;
  /**
   * The greatest value: a number, or for a date or time the value as text.
   */
  max?: number | string;
  /**
   * How many digits: a number, or {min, max}. Such as `{min: 4, max: 6}`.
   */
  length?: Lengths | Count;
  /**
   * What must be true of a value, and what is said when it is not.
   */
  check?: Check[];
  /**
   * Whether the value is read back for a yes: always, when it is not certain (unsure), or never. Default: unsure, and never where a `confirm` of the dialogue reads it back anyway.
   */
  confirm?: 'always' | 'unsure' | 'never';
  /**
   * Words that the recogniser should expect, such as the names of your dishes.
   */
  hints?: string[];
  /**
   * How it may be given: by speech, by keys, or both (the default).
   */
  from?: ('speech' | 'keys')[];
  /**
   * True: the value never reaches a log, the transcript, a model beyond this question, or an error. It can be used in `with` of a `do` and in texts.
   */
  sensitive?: boolean;
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
  /**
   * How long a pause has to be before the caller is taken to have finished. Default: normal. While a long number, a phone number or an e-mail address is asked for, a pause may be longer, since people pause in them.
   */
  patience?: 'quick' | 'normal' | 'patient';
  /**
   * With fewer words than this, the caller has not interrupted: "uh-huh" does not stop the agent. Words that only acknowledge do not count. What was said without interrupting counts where it answers what is expected, and is left unanswered otherwise. Default: 1, and any sound of the caller's interrupts.
   */
  words?: number;
}
/**
 * Play an audio file.
 */
export interface PlayStep {
  /**
   * A WAV file, by its path from this file.
   */
  play: string;
  turn?: Turn;
}
/**
 * Press keys, as tones to the other side.
 */
export interface PressStep {
  /**
   * The keys, in quotes: digits, *, # and w for half a second's wait. May hold {{ expressions }}.
   */
  press: string;
}
/**
 * Wait a while before the next step.
 */
export interface WaitStep {
  /**
   * How long, counted from the end of what is being said.
   */
  wait: string;
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
 * Ask for whatever is still empty of some slots, until all are filled.
 */
export interface CollectStep {
  collect: SlotNames;
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
}
/**
 * Read back and wait for a yes.
 */
export interface ConfirmStep {
  confirm: Variants;
  rejected?: Ladder;
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
}
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
   * After how many turns of the caller the talk ends by itself, once the answer to the last one was heard, and the next step follows. Without a model every turn counts that is no exit. Default: no limit.
   */
  turns?: number;
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
}
/**
 * Call a tool and wait for what it gives.
 */
export interface DoStep {
  do: ToolName;
  /**
   * The tool's input: names and the expressions whose values they get. Such as `{party: party, note: "'by phone'"}`.
   */
  with?: {
    [k: string]: ExpressionSource;
  };
  /**
   * The name under which expressions find what the tool gave.
   */
  save?: string;
  failed?: Ladder;
}
/**
 * Give names a value.
 */
export interface SetStep {
  /**
   * Names and the expressions whose values they get. A name is plain, or `session.attributes.NAME`, which lives as long as the session. `session.locale` changes the language of all that is said and heard from then on: `session.locale: "'de-DE'"`. Such as `{guests: party + 1, session.attributes.source: "'phone'"}`.
   */
  set: {
    [k: string]: ExpressionSource;
  };
}
/**
 * Empty slots, so that `collect` asks for them again.
 */
export interface ClearStep {
  clear: SlotNames;
}
/**
 * Remember values of the person on the line, beyond this call.
 */
export interface RememberStep {
  /**
   * `user.NAME` and the expressions whose values they get. Such as `{user.last_party: party}`.
   */
  remember: {
    [k: string]: ExpressionSource;
  };
  /**
   * For how long. Default: for good.
   */
  for?: string;
}
/**
 * Pair the caller's phone by a code, so that they are known.
 */
export interface PairStep {
  /**
   * Always true. The caller hears a code, digit by digit, again on request, and the step is done when somebody has claimed it (`offhook pair`, `POST /api/pairings/claim`); then `user.paired` is true. A phone that is paired already goes straight on.
   */
  pair: true;
  turn?: Turn;
  failed?: Ladder;
}
/**
 * Call the caller back later.
 */
export interface CallbackStep {
  callback: ExpressionSource;
  failed?: Ladder;
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
 * Hold another dialogue, then go on.
 */
export interface RunStep {
  /**
   * The id of the dialogue.
   */
  run: string;
  /**
   * What the dialogue is given: its `params` and the expressions whose values they get.
   */
  with?: {
    [k: string]: ExpressionSource;
  };
  /**
   * The name under which expressions find the result.
   */
  save?: string;
}
/**
 * End this dialogue and give a value back to the `run` that began it.
 */
export interface ReturnStep {
  return: ExpressionSource;
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
 * Give the caller to somebody else.
 */
export interface TransferStep {
  /**
   * A name of the app's `transfers`, or a phone number in quotes with + and country code. May hold {{ expressions }}.
   */
  transfer: string;
  /**
   * True: the other side hears who is calling and what is known, and takes the call with a key. A text: these words. Default: false, the caller is just put through.
   */
  brief?: boolean | Text;
  /**
   * How long it may ring. Default: 25s.
   */
  ring?: string;
  failed?: Ladder;
}
/**
 * Say goodbye, wait until it was heard, and end the call.
 */
export interface HangupStep {
  /**
   * The goodbye, a list of variants, or true for none.
   */
  hangup: true | Variants;
}
/**
 * Each value and what callers say for it.
 */
export interface ChoiceMap {
  [k: string]: string[];
}
/**
 * How many digits at least and at most.
 */
export interface Lengths {
  min: Count;
  max: Count;
}
/**
 * An `if` that must be true, and the `else` that is said when it is not.
 */
export interface Check {
  if: ExpressionSource;
  else: Text;
}
/**
 * Something the dialogue may do in the outside world.
 */
export interface Tool {
  /**
   * What the tool does, in words to the model.
   */
  about?: string;
  input?: Fields;
  output?: Fields;
  http?: HttpRequest;
  /**
   * The tool is a function of a JavaScript module, by its path from this file: the export named like the tool, else the default export. It gets `(input, {session, signal, log})`.
   */
  code?: string;
  mcp?: McpServer;
  /**
   * The tools of the MCP server that this dialogue may call.
   */
  allow?: string[];
  /**
   * How long one call may take. Default: 8s.
   */
  timeout?: string;
  meanwhile?: Variants;
  /**
   * True: a call that is under way is not broken off when the caller hangs up. Default: false.
   */
  finish?: boolean;
  requires?: ExpressionSource;
  else?: Steps;
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
 * The tool is an HTTP request: the input goes as JSON, or in the query of a GET; the answer is JSON. Such as `{method: POST, url: "${BOOKING_URL}/tables", headers: {authorization: "Bearer ${BOOKING_TOKEN}"}}`.
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
  /**
   * What goes into the query: values, in which {{ name }} is an input of the tool. Default: the whole input for GET and DELETE. Such as `{city: "{{ city }}"}`.
   */
  query?: {
    [k: string]: Filled;
  };
  body?: Filled;
  retry?: Retry;
}
/**
 * How often a call that could not be delivered is tried, within `timeout`. Every try carries the same idempotency key. Default: once. Such as `{attempts: 3, every: 500ms}`.
 */
export interface Retry {
  /**
   * How often in all.
   */
  attempts: number;
  /**
   * How long before the second try; twice as long before each further one. Default: 300ms.
   */
  every?: string;
}
/**
 * The tools of an MCP server. Each of `allow` is a tool of this dialogue as NAME.TOOL; `talk` may offer them all as NAME. Such as `{url: "${CRM_MCP_URL}"}` or `{command: node, args: [server.js]}`.
 */
export interface McpServer {
  /**
   * Where the server is, over HTTP. ${NAME} comes from the environment.
   */
  url?: string;
  /**
   * Headers of the request. ${NAME} comes from the environment.
   */
  headers?: {
    /**
     * The value of the header. ${NAME} comes from the environment.
     */
    [k: string]: string;
  };
  /**
   * The program that is the server, over its standard input and output.
   */
  command?: string;
  /**
   * Its arguments.
   */
  args?: string[];
  /**
   * Variables of its environment.
   */
  env?: {
    [k: string]: string;
  };
}
/**
 * A state with keys of its own.
 */
export interface FullState {
  steps: Steps;
  silence?: Ladder;
  unclear?: Ladder;
  turn?: Turn;
  requires?: ExpressionSource;
  else?: Steps;
  failed?: Ladder;
}

/**
 * A phone number in quotes, with + and country code.
 */
export type PhoneNumber = string;
/**
 * A language and region, as BCP 47 writes them.
 */
export type CallLocale = string;
/**
 * A text, a number, true, false, null, a list or a map.
 */
export type TestValue =
  | string
  | number
  | boolean
  | null
  | TestValue[]
  | {
      [k: string]: TestValue;
    };
/**
 * The result of a tool. {error: CODE} lets it fail, {result: …, after: 3s} lets it take its time, a list gives one result after another (one that is itself a list stands in a list), and `live` calls the real tool. Such as `{free: true}` or `{error: tool-timeout}`.
 */
export type ToolMock =
  | string
  | number
  | boolean
  | null
  | TestValue[]
  | {
      [k: string]: TestValue;
    };
/**
 * A text, or a list of texts in their order. `/…/` is a pattern.
 */
export type TestTexts = string[] | string;

/**
 * Tests of an app or a dialogue: conversations that must go as they are written here. `NAME.test.yaml`; `offhook test` runs them without keys, without network and in simulated time.
 */
export interface TestDocument {
  /**
   * The id of the app that is called. Default: the app, else the dialogue, with the file's own id.
   */
  app?: string;
  /**
   * The id of a dialogue that is called directly, as a private app with all defaults. Instead of `app`.
   */
  dialogue?: string;
  /**
   * The conversations. Each begins anew and knows nothing of the others.
   */
  tests: Test[];
}
/**
 * One conversation: how it begins, and its turns.
 */
export interface Test {
  /**
   * What is shown of the conversation, as a sentence: `books a table in one sentence`.
   */
  name: string;
  /**
   * When the call begins: ISO 8601 with the offset. Default: Monday 5 January 2026, ten in the morning. From then on only what is said and what is silent takes time.
   */
  now?: string;
  /**
   * The caller's time zone, as IANA names it. Default: the app's, else the one that the offset of `now` tells of.
   */
  zone?: string;
  inbound?: InboundCall;
  outbound?: OutboundCall;
  /**
   * What is known of the caller from before, as `user.NAME`: what was remembered, `name`, `paired`. Who calls a private app is paired where `paired` is not false. Such as `{name: Eva, last_party: 4}`.
   */
  user?: {
    [k: string]: TestValue;
  };
  /**
   * What the dialogue's tools give in this test, by their names. A tool that is called and does not stand here fails the test. Such as `{find_table: {free: true}}`.
   */
  tools?: {
    [k: string]: ToolMock;
  };
  /**
   * What becomes of transfers, by their names in the app or by number. Default: somebody answers. Such as `{manager: busy}`.
   */
  transfers?: {
    /**
     * busy, no-answer, declined, failed or answered.
     */
    [k: string]: 'answered' | 'busy' | 'no-answer' | 'declined' | 'failed';
  };
  /**
   * What is said and what must be true, in order. A line of the agent's that stands nowhere here is fine; behind the last turn nothing is demanded.
   */
  turns: TestTurn[];
}
/**
 * The caller calls. This is the default. Such as `{from: "+14155550123"}`.
 */
export interface InboundCall {
  from?: PhoneNumber;
  locale?: CallLocale;
}
/**
 * The call is placed by this server (`session.isInitiated` is true). Such as `{to: "+14155550123", attributes: {time: 19:00}}`.
 */
export interface OutboundCall {
  to?: PhoneNumber;
  /**
   * `session.attributes`, as whoever places the call gives them.
   */
  attributes?: {
    [k: string]: TestValue;
  };
  /**
   * Said in place of the intro.
   */
  welcomeMessage?: string;
  locale?: CallLocale;
}
/**
 * One of `agent`, `caller`, `expect`, `ended`.
 */
export interface TestTurn {
  agent?: TestTexts;
  /**
   * What the caller says, as a text, or does: {keys: "1"}, {silence: 8s}, {interrupt: "wait, no", after: 300ms}, {hangup: true}, {machine: true}, {claims: {name: Ana}}.
   */
  caller?: CallerAct | string;
  expect?: Expected;
  /**
   * The call is over, and this is why. What is still being said is heard to its end before.
   */
  ended?:
    | 'caller-hung-up'
    | 'agent-hung-up'
    | 'transferred'
    | 'limit'
    | 'error'
    | 'machine'
    | 'not-paired'
    | 'drained';
}
/**
 * Something that the caller does. `after` counts from the first sound of the line that the `agent` before it names, else of the agent's turn; without it everything is heard to its end first.
 */
export interface CallerAct {
  /**
   * Keys that are pressed one after another.
   */
  keys?: string;
  /**
   * Nothing is said for so long, counted from when everything was heard.
   */
  silence?: string;
  /**
   * What is said while the agent is still speaking.
   */
  interrupt?: string;
  /**
   * How long the line has been heard when it is cut. Default of `interrupt`: 500ms.
   */
  after?: string;
  /**
   * The caller hangs up.
   */
  hangup?: true;
  /**
   * A machine answered, and its message can be spoken now.
   */
  machine?: true;
  /**
   * Somebody claims the code that the caller was told: the phone is paired, and this is what is known of its user from then on, as `user.NAME`. Such as `{name: Ana}`.
   */
  claims?: {
    [k: string]: TestValue;
  };
}
/**
 * What must be true now.
 */
export interface Expected {
  /**
   * The state that the dialogue is in, or was in last.
   */
  state?: string;
  /**
   * The values of slots; null for an empty one. Those that do not stand here may be anything.
   */
  slots?: {
    [k: string]: TestValue;
  };
  /**
   * The values of `session.attributes`.
   */
  attributes?: {
    [k: string]: TestValue;
  };
  /**
   * The values of `user`, with what the dialogue has remembered.
   */
  user?: {
    [k: string]: TestValue;
  };
  /**
   * All tools that were called until now, in order; [] for none. As a map with the input, or a part of it: {find_table: {party: 4}}.
   */
  tools?: (
    | {
        /**
         * Values of the input; those that do not stand here may be anything.
         */
        [k: string]: {
          [k: string]: TestValue;
        };
      }
    | string
  )[];
  said?: TestTexts;
  heard?: TestTexts;
}

/**
 * US dollars.
 */
export type Dollars = number;

/**
 * What vendors charge, in US dollars, by `provider/model`: `prices.yaml` in the dialogues folder. The cost of a call, and `limits.cost` of an app, come of it.
 */
export interface PricesDocument {
  [k: string]: Price;
}
/**
 * The prices of one model. Tokens and characters by the million, audio by the minute. What is used and has no price here leaves the cost of a call unknown.
 */
export interface Price {
  inputTextTokens?: Dollars;
  inputAudioTokens?: Dollars;
  cachedTextTokens?: Dollars;
  cachedAudioTokens?: Dollars;
  outputTextTokens?: Dollars;
  outputAudioTokens?: Dollars;
  minute?: Dollars;
  characters?: Dollars;
}

/**
 * The Twilio accounts and subaccounts beside the default one, by the names that apps give in `account`: `accounts.yaml` in the dialogues folder. The name `default` stands for the account of apps that name none, in the place of the variables TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.
 */
export interface AccountsDocument {
  [k: string]: Account;
}
/**
 * One Twilio account or subaccount. Such as `{sid: "${SHOP_SID}", token: "${SHOP_TOKEN}", cps: 5}`.
 */
export interface Account {
  /**
   * Its account SID, or ${NAME} from the environment.
   */
  sid: string;
  /**
   * Its auth token, as ${NAME} from the environment: never the token itself.
   */
  token: string;
  /**
   * The region whose credentials these are, such as ie1. Set together with `edge`. Default: us1.
   */
  region?: string;
  /**
   * Where Twilio is entered, such as dublin. Set together with `region`.
   */
  edge?: string;
  /**
   * How many calls a second may be placed with it. Default: 1, as Twilio has it for every account.
   */
  cps?: number;
  limits?: AccountLimits;
}
/**
 * What the apps of this account may use together. Such as `{calls: 20}`.
 */
export interface AccountLimits {
  /**
   * How many calls may run at the same time. Default: as many as the apps allow.
   */
  calls?: number;
}
