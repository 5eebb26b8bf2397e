/** Slots as the engine keeps them: what is asked of the caller, which values are let in, what is wrong with one. */
import type { Machine } from './machine.ts';
import type { SlotSpec } from './program.ts';
import type { Meaning, Value, Wanted } from './protocol.ts';
import { spoken } from './spoken.ts';
import { ordered, same, truthy } from './values.ts';
import { hasShape, isHalf } from './slot-shapes.ts';

/** Why a value is not let in, as it is said to the caller; with what may be written down of it. */
export interface Complaint {
  slot: string;
  text: string;
  masked: string | null;
}

/**
 * The slots that what is said now may give a value to: those of the step, and every other that has one, since
 * anything may be corrected. A sensitive one only while it is asked for.
 */
export function open(machine: Machine, names: readonly string[], asked: string | null): string[] {
  const { part, context } = machine;
  const found: string[] = [];
  for (const name of Object.keys(part.slots)) {
    if (part.sensitive.has(name) && name !== asked) continue;
    if (names.includes(name) || (context.slots[name] ?? null) !== null) found.push(name);
  }
  return found;
}

/** Slots as whoever understands the caller is told of them. */
export function wantedOf(machine: Machine, names: readonly string[], asked: string | null): Wanted[] {
  const { part, context } = machine;
  return names.map((name) => {
    const { type, about, of, min, max, length, hints, speech, keys, sensitive } = part.slots[name]!;
    const held = context.slots[name] ?? null;
    const value = sensitive ? null : (held ?? context.before[name] ?? null);
    const [isAsked, filled] = [name === asked, held !== null];
    const own = type === 'phone' ? ownNumber(machine) : null;
    const hours = type === 'time' ? hoursOf(machine, part.slots[name]!) : null;
    return {
      name,
      type,
      about,
      of,
      min,
      max,
      length,
      hints,
      asked: isAsked,
      filled,
      value,
      ...(own !== null && { own }),
      ...(hours !== null && { hours }),
      speech,
      keys,
    };
  });
}

/** "At nine" is in the evening for who opens at five: which hours are refused is known before they are said. */
function hoursOf({ scope, env }: Machine, { name, check }: SlotSpec): number[] | null {
  if (check.length === 0) return null;
  const passing = ALL_HOURS.filter((hour) => {
    const supposed = { ...scope, [name]: `${String(hour).padStart(2, '0')}:00` };
    return check.every((one) => truthy(one.if.evaluate(supposed, env)));
  });
  return passing.length === 0 || passing.length === ALL_HOURS.length ? null : passing;
}

const ALL_HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** The number that the caller is at: of a call that we placed, the one that was called. */
function ownNumber({ state: { facts } }: Machine): string | null {
  const { direction, from, to } = facts.session;
  const number = direction === 'inbound' ? from : to;
  return number !== null && hasShape({ type: 'phone', of: null }, number) ? number : null;
}

/** The day that was said of a moment, and the part of the day of a time, are kept where the former value would be. */
export const isBegun = ({ context, part }: Machine, name: string): boolean =>
  (context.slots[name] ?? null) === null && isHalf(part.slots[name]!, context.before[name] ?? null);

/**
 * Lets the values in that their types admit; the others are as if they had not been said. What was only just
 * understood is put on the list of what is to be read back.
 * @param asked the slots that are asked for again where they come to be empty. A value that makes one of the others
 * wrong is not let in.
 * @returns the slots that have a new value, those of which a half is known now, and what is wrong with the first
 * that was not let in.
 */
export function fill(
  machine: Machine,
  { slots, unsure }: Pick<Meaning, 'slots' | 'unsure'>,
  names: readonly string[],
  asked: readonly string[],
): { filled: string[]; begun: string[]; complaint: Complaint | null } {
  const { context, part } = machine;
  const held = { slots: { ...context.slots }, before: { ...context.before }, unsure: context.unsure };
  const filled: string[] = [];
  const begun: string[] = [];
  let complaint: Complaint | null = null;
  for (const name of Object.keys(part.slots)) {
    const spec = part.slots[name]!;
    const value = Object.hasOwn(slots, name) ? (slots[name] ?? null) : null;
    if (value === null || !names.includes(name)) continue;
    const former = held.slots[name] ?? null;
    if (isHalf(spec, value) && former === null && !same(context.before[name] ?? null, value)) {
      context.before[name] = value;
      context.unsure = [
        ...context.unsure.filter((one) => one !== name),
        ...(unsure.includes(name) ? [name] : []),
      ];
      begun.push(name);
    }
    if (!hasShape(spec, value)) continue;
    // What is only said again corrects nothing.
    if (same(former, value)) continue;
    const guessed = unsure.includes(name) || (isBegun(machine, name) && context.unsure.includes(name));
    machine.setSlot(name, value);
    const wrong = complaintOf(machine, spec, value);
    if (wrong) {
      machine.setSlot(name, former);
      complaint ??= wrong;
      continue;
    }
    filled.push(name);
    context.unsure = context.unsure.filter((one) => one !== name);
    const doubtful = spec.confirm === 'always' || (spec.confirm === 'unsure' && guessed);
    if (doubtful) context.unsure = [...context.unsure, name];
  }
  // A check may look at several slots: a later value can make an earlier one wrong.
  for (const name of names) {
    const spec = part.slots[name];
    const value = context.slots[name] ?? null;
    if (!spec || value === null || complaint || filled.length === 0) continue;
    complaint = complaintOf(machine, spec, value);
    if (!complaint) continue;
    if (asked.includes(name)) {
      machine.setSlot(name, null);
      continue;
    }
    for (const one of filled) machine.setSlot(one, held.slots[one] ?? null);
    Object.assign(context, { before: held.before, unsure: held.unsure });
    return { filled: [], begun: [], complaint };
  }
  return { filled, begun, complaint };
}

function complaintOf(machine: Machine, spec: SlotSpec, value: Value): Complaint | null {
  const { words, scope, env } = machine;
  const say = (sentence: string, limits: { [name: string]: Value }): Complaint => ({
    slot: spec.name,
    text: sentence.replace(/\{(\w+)\}/g, (_, name: string) => spoken(limits[name] ?? null, env.locale, env)),
    masked: null,
  });
  const { min, max } = spec;
  const amount = amountOf(value);
  const tooLittle = min !== null && ordered(amount, min, (order) => order < 0);
  const tooMuch = max !== null && ordered(amount, max, (order) => order > 0);
  if (tooLittle || tooMuch) {
    if (min !== null && max !== null) return say(words.between, { from: min, to: max });
    return tooLittle ? say(words.atLeast, { value: min }) : say(words.atMost, { value: max });
  }
  if (spec.type === 'digits' && spec.length !== null && typeof value === 'string') {
    const { min: least, max: most } = spec.length;
    if (value.length < least || value.length > most) {
      return least === most
        ? say(words.digitCount, { value: least })
        : say(words.digitRange, { from: least, to: most });
    }
  }
  const failed = spec.check.find((check) => !machine.holds(check.if));
  if (!failed) return null;
  return {
    slot: spec.name,
    text: failed.else.render(scope, env),
    masked: failed.else.mask(scope, env, machine.part.sensitive),
  };
}

/** What `min` and `max` are held against. */
function amountOf(value: Value): number | string | null {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const amount = (value as { readonly [name: string]: Value })['amount'];
  return typeof amount === 'number' ? amount : null;
}
