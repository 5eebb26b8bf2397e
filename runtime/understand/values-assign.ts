/** Which mention is the value of which slot. */
import type { Value, Wanted } from '../dialogue/protocol.ts';
import { cuesOf, isNamed, nearOf } from './values-cues.ts';
import { readDay, readTime } from './values-calendar.ts';
import { type Judged } from './values-doubts.ts';
import type { Part } from './values-lexicon.ts';
import { inRange, join, type Offer, offerOf, type Sentence } from './values-offers.ts';
import type { Token } from './values-tokens.ts';

export interface Given {
  slot: string;
  value: Value;
  unsure: boolean;
}

export interface Assigned {
  given: Given[];
  /** The mentions that became values, or are spoken of as such, by index. */
  used: ReadonlySet<number>;
}

const ASKED = 100;
const NAMED = 160;
const DENIED = 150;
const RETRACTED = 90;
const OPEN = 30;
const SIDE = 15;
const RANGE = 160;

interface Held {
  mention: number;
  offer: Offer;
  unsure: boolean;
}

/** Gives every mention that is meant to the slot that fits it best; at most one to a slot. */
export function assign(
  slots: readonly Wanted[],
  tokens: readonly Token[],
  mentions: readonly Judged[],
  sentence: Sentence,
  locale: string,
): Assigned {
  const held = new Map<string, Held>();
  const used = new Set<number>();
  /** By the index of a mention, which slot has it. */
  const owners = new Map<number, { key: string; slot: Wanted }>();
  const cues = slots.map((slot) => cuesOf(slot, locale, sentence.language));
  const nears = mentions.map((_, index) => nearOf(tokens, mentions, index, sentence.language));
  const isRange = nears.some(({ from }) => from) && nears.some(({ to }) => to);
  const denied = deniedSlots(slots, mentions, sentence);
  const { asks } = sentence;
  const dated = mentions.some(({ readings }) => readings.some(({ kind }) => kind === 'date'));
  for (const [index, mention] of mentions.entries()) {
    if (mention.negated) {
      used.add(index);
      continue;
    }
    const near = nears[index]!;
    const corrected = slots.some((slot) => slot.filled && offersOf(slot, mention, sentence).length > 0);
    let best: { key: string; slot: Wanted; offer: Offer; score: number; unsure: boolean } | null = null;
    if (repeatsWrong(owners.get(index - 1)?.slot, mention, sentence)) {
      used.add(index);
      continue;
    }
    const previous = mention.joined && !isCounted(mention) ? owners.get(index - 1) : undefined;
    for (const [place, slot] of slots.entries()) {
      if (previous && slot.type !== previous.slot.type) continue;
      for (const offer of offersOf(slot, mention, sentence)) {
        const fits = offer.half !== null || inRange(slot, offer.value);
        if (!fits && !slot.asked) continue;
        const named = isNamed(cues[place]!, near);
        const counted = (near.counts && slot.type === 'integer') || isCounted(mention);
        if (!slot.asked && !named && isCountOfSpan(slot, mention)) continue;
        // "For five" is a party, though a day was asked for, which would be "the fifth".
        const forced = slot.type === 'date' && offer.weight < 15;
        if (forced && near.counts && takesCount(slots, mention, sentence)) continue;
        const key = `${slot.name}/${offer.half ?? ''}`;
        const before = held.get(key);
        const sameType = slots.filter(({ type }) => type === slot.type);
        const isFirst = sameType[0] === slot;
        let score = offer.weight - place * 0.5;
        // "No, five" is no answer to the question of when, if there is something that was five or four before.
        const isAnswer =
          slot.asked && !(mention.surely && slot.value === null && offer.weight < 15 && corrected);
        if (isAnswer) score += fits ? ASKED : ASKED / 2;
        if (named) score += NAMED;
        if (denied.has(slot.name)) score += DENIED;
        score += mention.corrects ? (slot.filled ? OPEN : 0) : slot.filled ? 0 : OPEN;
        if (slot.type === 'integer' && near.counts) score += SIDE;
        const isSide = sameType.length > 1 && (isFirst ? near.from : near.to);
        if (isSide) score += isRange ? RANGE : SIDE;
        const retracted = mention.retracts && owners.get(index - 1)?.key === key;
        if (retracted) score += RETRACTED;
        else if (before) score -= 1000;
        const guess =
          (slot.type === 'integer' || slot.type === 'number') &&
          !(slot.asked || named || counted || denied.has(slot.name) || (mention.corrects && slot.filled));
        // Where something is asked for, what is not named goes there or nowhere.
        const told = named || denied.has(slot.name) || mention.corrects;
        // A day is said on purpose: "Saturday at eight", though only the time was asked for.
        const cued = told || counted || isMinutes(mention) || (slot.type === 'date' && sameType.length === 1);
        if (
          asks &&
          !slot.asked &&
          (slot.filled ? !cued : guess || (!cued && !dated && isBare(offer, mention, mentions.length === 1)))
        )
          continue;
        if (best === null || score > best.score)
          best = { key, slot, offer, score, unsure: offer.unsure || guess };
      }
    }
    const before = best && held.get(best.key);
    if (previous && (best === null || before)) {
      // "At seven or eight": the first, and who knows.
      const other = held.get(previous.key);
      if (other) other.unsure = true;
      owners.set(index, previous);
    } else if (best === null || (before && !replaces(mentions, before.mention, mention))) {
      // "Two adults and two kids" for a number of people: who knows whether the first or both.
      if (before && isCounted(mention)) before.unsure = true;
      continue;
    } else {
      held.set(best.key, { mention: index, offer: best.offer, unsure: best.unsure });
      owners.set(index, best);
    }
    used.add(index);
  }
  return { given: collect(slots, held, mentions, sentence), used };
}

const isCounted = (mention: Judged): boolean =>
  mention.readings.some((reading) => reading.kind === 'number' && reading.counted);

const isMinutes = (mention: Judged): boolean => mention.readings.some(({ kind }) => kind === 'minutes');

const takesCount = (slots: readonly Wanted[], mention: Judged, sentence: Sentence): boolean =>
  slots.some(
    (slot) =>
      slot.type === 'integer' && offersOf(slot, mention, sentence).some(({ value }) => inRange(slot, value)),
  );

function offersOf(slot: Wanted, mention: Judged, sentence: Sentence): Offer[] {
  const offers = mention.readings.map((reading) => offerOf(slot, reading, mention.from, sentence));
  return offers.filter((offer) => offer !== null);
}

/** Nothing but numbers was said for a time; `alone`, where nothing else was said with it. */
const isBare = (offer: Offer, mention: Judged, alone: boolean): boolean =>
  offer.weight < 15 && (alone || mention.readings.some(({ kind }) => kind === 'number'));

/** "three nights" is a number only for who asks for it. */
const isCountOfSpan = (slot: Wanted, mention: Judged): boolean =>
  (slot.type === 'integer' || slot.type === 'number') &&
  mention.readings.some(({ kind }) => kind === 'duration');

/** A later value counts instead of an earlier one where something between them says so. */
function replaces(mentions: readonly Judged[], before: number, mention: Judged): boolean {
  return mention.corrects && !mentions[before]?.corrects ? true : mention.surely;
}

/** Slots that have just the value that is said not to be meant: "not four". */
function deniedSlots(
  slots: readonly Wanted[],
  mentions: readonly Judged[],
  sentence: Sentence,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const mention of mentions) {
    if (!mention.negated) continue;
    const matching = slots.filter(
      (slot) => slot.filled && offersOf(slot, mention, sentence).some(({ value }) => isSame(slot, value)),
    );
    for (const { name } of matching) found.add(name);
  }
  return found;
}

/** "Somos cinco, no cuatro", where it was four. */
function repeatsWrong(slot: Wanted | undefined, mention: Judged, sentence: Sentence): boolean {
  if (slot === undefined || !slot.filled || !mention.corrects) return false;
  return offersOf(slot, mention, sentence).some(({ value }) => isSame(slot, value));
}

/** A time that was said without its half of the day is the same twelve hours away. */
function isSame({ type, value }: Wanted, other: Value): boolean {
  if (type !== 'time' || typeof value !== 'string' || typeof other !== 'string') return value === other;
  return (
    value.slice(2) === other.slice(2) && Number(value.slice(0, 2)) % 12 === Number(other.slice(0, 2)) % 12
  );
}

/** What is meant by a part of a day where no hour is said. */
const USUAL_HOURS: { readonly [part in Part]?: string } = {
  morning: '09:00',
  midday: '12:00',
  afternoon: '15:00',
  evening: '19:00',
};

function collect(
  slots: readonly Wanted[],
  held: ReadonlyMap<string, Held>,
  mentions: readonly Judged[],
  sentence: Sentence,
): Given[] {
  const given: Given[] = [];
  for (const slot of slots) {
    const whole = held.get(`${slot.name}/`);
    const [date, time] = [held.get(`${slot.name}/date`), held.get(`${slot.name}/time`)];
    if (whole) given.push({ slot: slot.name, value: whole.offer.value, unsure: whole.unsure });
    else if (date || time) {
      const part = date && !time ? sentence.partNear(mentions[date.mention]?.from ?? 0) : null;
      const usual = part !== null && readTime(slot.value) === null ? (USUAL_HOURS[part] ?? null) : null;
      const joined = join(slot, { date: textOf(date), time: textOf(time) ?? usual }, sentence);
      const fits = joined !== null && (slot.asked || inRange(slot, joined.value));
      const alone = date && textOf(date);
      if (joined === null && alone && (slot.asked || (readDay(alone) ?? 0) >= sentence.today))
        given.push({ slot: slot.name, value: alone, unsure: date.unsure });
      else if (fits) {
        const unsure = joined.guessed || usual !== null || date?.unsure === true || time?.unsure === true;
        given.push({ slot: slot.name, value: joined.value, unsure });
      }
    }
  }
  return given;
}

const textOf = (held: Held | undefined): string | null =>
  typeof held?.offer.value === 'string' ? held.offer.value : null;
