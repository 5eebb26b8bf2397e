/**
 * What may be written of a step: the journal, the transcript, the tables and whoever follows the call get this, and
 * never what a sensitive slot holds. Pure; the engine goes on with the real state, which stays in memory.
 */
import type { Program, SlotSpec } from '../dialogue/program.ts';
import type { Effect, Event, Expectation, Scope, SlotType, Value } from '../dialogue/protocol.ts';
import type { Context, Frame, State } from '../dialogue/state.ts';
import type { JournalEntry, ToolCallRow } from '../store/store.ts';
import {
  HIDDEN,
  learn,
  maskFields,
  maskRows,
  maskText,
  maskValue,
  TELLING,
  type Secrets,
} from './secrets.ts';

/** Stands for a sensitive slot's value in a written state. Who takes it up knows that the value is lost. */
const MARKER = { sensitive: true } as const;
const HIDDEN_KEY = '•';
const NUMBER = /^[\d\s().,:/+-]+$/;

/** One step of the engine: the state before, what happened, the state after, and what follows. */
export interface Step {
  before: State;
  event: Event;
  state: State;
  effects: readonly Effect[];
}

/**
 * What is secret after the step: what was so before, and the sensitive values that it brought.
 * @param sensitive Something sensitive was expected when it happened.
 */
export function secretsAfter(program: Program, secrets: Secrets, sensitive: boolean, step: Step): Secrets {
  if (!holdsSensitive(program)) return secrets;
  const { before, event, state } = step;
  const values = [...before.contexts, ...state.contexts].flatMap((context) => {
    const names = sensitiveSlots(program, [context]);
    return names.flatMap((name) => [context.slots[name] ?? null, context.before[name] ?? null]);
  });
  if (event.kind === 'caller-spoke' && event.meaning) {
    const names = sensitiveSlots(program, before.contexts);
    values.push(...names.map((name) => event.meaning?.slots[name] ?? null));
  }
  values.push(...step.effects.flatMap(hiddenNumbers));
  if (event.kind === 'pairing-opened') values.push(event.code);
  // What was pressed may have filled a slot of a dialogue that ended with it.
  if (sensitive) values.push(entryOf(step));
  return learn(
    secrets,
    values.filter((value) => !isMarker(value)),
  );
}

/** A number that comes of something sensitive may be a part of it, such as the last digits: tools give it back. */
function hiddenNumbers(effect: Effect): Value[] {
  if (effect.kind !== 'call-tool') return [];
  const values = (effect.hidden ?? []).map((name) => effect.input[name] ?? null);
  return values.filter((value) => {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return NUMBER.test(text) && text.replace(/\D/g, '').length >= TELLING;
  });
}

/** The digits of an entry that ended with the step; null where none did. */
function entryOf({ before, event, state }: Step): string | null {
  const typed = keysOf(before) + (event.kind === 'key-pressed' ? event.key : '');
  const digits = typed.replace(/\D/g, '');
  return digits.length < TELLING || keysOf(state).startsWith(typed) ? null : digits;
}

function keysOf({ stack }: State): string {
  const memory = stack.at(-1)?.memory;
  return memory?.kind === 'listening' ? memory.keys : '';
}

/**
 * The step as it may be written.
 * @param sensitive Something sensitive was expected when it happened.
 * @param secrets As `secretsAfter` gives them.
 */
export function redact(program: Program, secrets: Secrets, sensitive: boolean, step: Step): Step {
  if (!holdsSensitive(program)) return step;
  const { before, state } = step;
  // A dialogue that was `run` may have ended with this step.
  const names = new Set(sensitiveSlots(program, [...before.contexts, ...state.contexts]));
  return {
    before,
    event: redactEvent(withoutRows(program, step.event), secrets, sensitive, names),
    state: redactState(program, state, secrets, sensitive),
    effects: step.effects.map((effect) => redactEffect(effect, secrets, names)),
  };
}

/** An entry of the journal without what has become known to be secret since. */
export function redactAgain(program: Program, secrets: Secrets, entry: JournalEntry): JournalEntry {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  const { event, state, effects } = entry as unknown as Pick<Step, 'event' | 'state' | 'effects'>;
  const names = new Set(sensitiveSlots(program, state.contexts));
  return {
    ...entry,
    event: redactEvent(event, secrets, false, names) as unknown as Value,
    state: redactState(program, state, secrets, false) as unknown as Value,
    effects: effects.map((effect) => redactEffect(effect, secrets, names)) as unknown as Value,
  };
}

/** A tool call without what is secret. */
export function redactToolCall(secrets: Secrets, row: ToolCallRow): ToolCallRow {
  return {
    ...row,
    input: maskValue(secrets, row.input, 'shown-alone'),
    output: maskValue(secrets, row.output, 'shown-alone'),
    error: row.error && { ...row.error, message: maskText(secrets, row.error.message) },
  };
}

/** The slots of a written state's first dialogue, for people. */
export function shownSlots(written: State): { [name: string]: Value } {
  const slots = Object.entries(written.contexts[0]?.slots ?? {});
  return Object.fromEntries(slots.map(([name, value]) => [name, isMarker(value) ? HIDDEN : value]));
}

/** The text that stands for what is played or pressed. */
export function shownText(effect: Extract<Effect, { kind: 'play' | 'press' }>): string {
  if (effect.kind === 'play') return `[${effect.file.split(/[\\/]/).at(-1)}]`;
  return `[keys ${[...effect.keys].join(' ')}]`;
}

/**
 * Who tells a number before it is asked for is not written down with it either, as far as its length gives it away, or
 * the slot is called by its name: "my PIN is 4711".
 */
function withoutRows({ parts }: Program, event: Event): Event {
  if (event.kind !== 'caller-spoke') return event;
  const slots = Object.values(parts).flatMap((part) =>
    Object.values(part.slots).filter(({ sensitive, type }) => sensitive && NUMBERS.has(type)),
  );
  const lengthOf = ({ length }: SlotSpec): { min: number; max: number } =>
    length ?? { min: 0, max: Infinity };
  const rows = slots.filter(({ type }) => type === 'digits').map(lengthOf);
  const named = slots.filter(({ name }) => isNamed(name, event.text)).map(lengthOf);
  return { ...event, text: maskRows(maskRows(event.text, rows), named, TELLING) };
}

const NUMBERS: ReadonlySet<SlotType> = new Set(['digits', 'integer', 'number', 'phone']);

/** `card_number` is the name of a "card number". */
function isNamed(slot: string, text: string): boolean {
  const name = slot.toLowerCase().split(/[_-]+/).join(' ');
  return ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ')} `.includes(` ${name} `);
}

function redactEvent(event: Event, secrets: Secrets, sensitive: boolean, names: ReadonlySet<string>): Event {
  switch (event.kind) {
    case 'caller-spoke': {
      const { meaning } = event;
      const told = meaning !== null && Object.keys(meaning.slots).some((name) => names.has(name));
      const hidden = event.text !== '' && (sensitive || told);
      return {
        ...event,
        text: hidden ? HIDDEN : maskText(secrets, event.text),
        meaning: meaning && {
          ...meaning,
          slots: Object.fromEntries(
            Object.entries(meaning.slots).map(([name, value]) => [
              name,
              names.has(name) ? HIDDEN : maskValue(secrets, value, 'shown-alone'),
            ]),
          ),
        },
      };
    }
    case 'call-started': {
      const { given } = event;
      const attributes = maskFields(secrets, given?.attributes ?? {}, 'shown-alone');
      return given ? { ...event, given: { ...given, attributes } } : event;
    }
    case 'key-pressed':
      return sensitive ? { ...event, key: HIDDEN_KEY } : event;
    case 'pairing-opened':
      return { ...event, code: HIDDEN };
    case 'paired': {
      const user = maskFields(secrets, event.user, 'shown-alone');
      return { ...event, user };
    }
    case 'tool-returned':
      return { ...event, output: maskValue(secrets, event.output, 'hidden-alone') };
    case 'tool-failed':
      return { ...event, message: maskText(secrets, event.message) };
    case 'model-called':
      return { ...event, input: maskValue(secrets, event.input, 'hidden-alone') };
    case 'model-spoke':
      return { ...event, text: maskText(secrets, event.text) };
    default:
      return event;
  }
}

function redactEffect(effect: Effect, secrets: Secrets, names: ReadonlySet<string>): Effect {
  switch (effect.kind) {
    case 'say': {
      const { masked, ...rest } = effect;
      return { ...rest, text: maskText(secrets, masked ?? effect.text) };
    }
    case 'press':
      return { ...effect, keys: maskText(secrets, effect.keys) };
    case 'listen':
      return { ...effect, expectation: redactExpectation(effect.expectation, secrets, names) };
    case 'converse':
      return {
        ...effect,
        instructions: maskText(secrets, effect.instructions),
        expectation: redactExpectation(effect.expectation, secrets, names),
      };
    case 'answer-model':
      return { ...effect, output: maskValue(secrets, effect.output, 'hidden-alone') };
    case 'call-tool': {
      const hidden = Object.fromEntries((effect.hidden ?? []).map((name) => [name, HIDDEN]));
      return { ...effect, input: maskFields(secrets, { ...effect.input, ...hidden }, 'hidden-alone') };
    }
    case 'remember':
      return { ...effect, value: maskValue(secrets, effect.value, 'hidden-alone') };
    case 'transfer':
      return { ...effect, brief: effect.brief === null ? null : maskText(secrets, effect.brief) };
    default:
      return effect;
  }
}

function redactExpectation(
  expectation: Expectation,
  secrets: Secrets,
  names: ReadonlySet<string>,
): Expectation {
  const slots = expectation.slots.map((wanted) => ({
    ...wanted,
    value: names.has(wanted.name) ? null : maskValue(secrets, wanted.value, 'shown-alone'),
  }));
  return { ...expectation, slots };
}

function redactState(program: Program, state: State, secrets: Secrets, sensitive: boolean): State {
  const shown = (fields: Scope): { [name: string]: Value } => maskFields(secrets, fields, 'shown-alone');
  return {
    ...state,
    stack: sensitive ? state.stack.map(withoutKeys) : state.stack,
    contexts: state.contexts.map((context) => {
      const names = new Set(sensitiveSlots(program, [context]));
      const marked = (slots: Scope): { [name: string]: Value } =>
        Object.fromEntries(
          Object.entries(slots).map(([name, value]) => {
            if (names.has(name)) return [name, value === null ? null : MARKER];
            return [name, maskValue(secrets, value, 'shown-alone')];
          }),
        );
      return {
        ...context,
        vars: shown(context.vars),
        slots: marked(context.slots),
        before: marked(context.before),
      };
    }),
    pairing: state.pairing && { ...state.pairing, code: null },
    attributes: shown(state.attributes),
    remembered: shown(state.remembered),
    transfer: state.transfer && {
      ...state.transfer,
      brief: state.transfer.brief === null ? null : maskText(secrets, state.transfer.brief),
    },
    said: state.said.map(({ text, masked }) => {
      const written = maskText(secrets, masked ?? text);
      return { text: written, masked: masked === null ? null : written };
    }),
  };
}

/** Whoever takes the call up elsewhere asks anew: half a number is worth nothing. */
function withoutKeys(frame: Frame): Frame {
  return frame.memory?.kind === 'listening' ? { ...frame, memory: { ...frame.memory, keys: '' } } : frame;
}

function sensitiveSlots(program: Program, contexts: readonly Context[]): string[] {
  return contexts.flatMap(({ dialogue }) => {
    const slots = Object.values(program.parts[dialogue]?.slots ?? {});
    return slots.filter((slot) => slot.sensitive).map((slot) => slot.name);
  });
}

const sensitivePrograms = new WeakMap<Program, boolean>();

/** Whether the caller may be asked for something sensitive. */
export const asksSensitive = (program: Program): boolean =>
  Object.values(program.parts).some(({ sensitive }) => sensitive.size > 0);

/** Most programs have nothing to hide, and pay nothing for those that do. */
export function holdsSensitive(program: Program): boolean {
  const known = sensitivePrograms.get(program);
  if (known !== undefined) return known;
  const holds = asksSensitive(program) || Object.values(program.parts).some(({ pairs }) => pairs);
  sensitivePrograms.set(program, holds);
  return holds;
}

function isMarker(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'sensitive' in value && value.sensitive === true;
}
