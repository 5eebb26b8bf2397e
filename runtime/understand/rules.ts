/** Understanding without a model: what was chosen and what was told, joined into one meaning. */
import type { Expectation, Meaning, SlotType, Value, Wanted } from '../dialogue/protocol.ts';
import { chooseByRules, type Chosen } from './rules-choices.ts';
import type { Understand } from './understand.ts';
import { type Heard, readValues } from './values.ts';

/** From here on the sentence is what an example says, and no name or text that happens to be alike. */
const NEARLY = 0.9;
/** From here on an anytime is what the sentence is about, and the value in it is not. */
const ABOUT_IT = 0.7;
/** Almost anything can be one. */
const OPEN: ReadonlySet<SlotType> = new Set(['text', 'name']);

/**
 * Judges an utterance by the values that are wanted, by the author's examples, by yes and no, and by keys that are
 * said. A value of what was asked for beats the choices; a choice of the step takes the values of its sentence
 * with it. Null where it cannot tell; it never says that none of these was meant.
 */
export const understandByRules: Understand = (expectation, text) => {
  if (text.trim() === '') return null;
  const heard = readValues(expectation, text);
  const chosen = chooseByRules(expectation, text, heard?.rest ?? null);
  if (heard === null) return chosen && choosing(chosen);
  return chosen === null ? byValues(expectation, heard) : join(expectation, heard, chosen);
};

const isCertain = ({ confidence, by, named }: Chosen): boolean =>
  confidence >= NEARLY && (by === 'like' || named);

/** Both a choice and values were heard. */
function join(expectation: Expectation, heard: Heard, chosen: Chosen): Meaning | null {
  const { choice } = chosen;
  const names = Object.keys(heard.slots);
  const slots = expectation.slots.filter(({ name }) => names.includes(name));
  const open = slots.every(({ type }) => OPEN.has(type));
  if (open && choice.polar === null && isCertain(chosen)) return choosing(chosen);
  const isAnswer = heard.whole && slots.some(({ asked }) => asked);
  if (isAnswer) return byValues(expectation, heard);
  if (chosen.by === 'keys') {
    return listensForValues(expectation) && !chosen.named ? byValues(expectation, heard) : choosing(chosen);
  }
  if (choice.polar !== null) {
    const corrections = slots.filter((slot) => !isConfirmed(slot, heard));
    return corrections.length === 0 ? choosing(chosen) : byValues(expectation, heard);
  }
  if (choice.scope === 'anytime') {
    return heard.whole || chosen.confidence < ABOUT_IT ? byValues(expectation, heard) : choosing(chosen);
  }
  return { ...choosing(chosen), slots: heard.slots, unsure: heard.unsure };
}

/** Nothing but values was understood. */
function byValues(expectation: Expectation, { slots, unsure, confidence, whole }: Heard): Meaning | null {
  // "I was there two years ago" tells nobody who is asked something else for how many a table is.
  if (!whole && !listensForValues(expectation)) return null;
  return { choice: null, slots, unsure, confidence, by: 'type' };
}

/** The step asks for values, or reads them back. */
const listensForValues = ({ slots, choices }: Expectation): boolean =>
  slots.some(({ asked }) => asked) || choices.some(({ polar }) => polar !== null);

/** What was said is the value that the slot has: "yes, at seven" corrects nothing. */
function isConfirmed({ name, value }: Wanted, { slots, unsure }: Heard): boolean {
  const said = slots[name]!;
  if (JSON.stringify(said) === JSON.stringify(value)) return true;
  return unsure.includes(name) && halfDay(said) !== null && halfDay(said) === halfDay(value);
}

/** A time without morning or afternoon; null for what is no time. */
function halfDay(value: Value): string | null {
  const time = typeof value === 'string' ? /^(\d\d)(:\d\d)/.exec(value) : null;
  return time && `${Number(time[1]) % 12}${time[2]}`;
}

const choosing = ({ choice, confidence, by }: Chosen): Meaning => ({
  choice: choice.id,
  slots: {},
  unsure: [],
  confidence,
  by,
});
