/** What mentions are together: "Montag Morgen", "the same day next week", "from Friday to Monday", "at six or seven". */
import type { Wanted } from '../dialogue/protocol.ts';
import { readDay } from './values-calendar.ts';
import { endingAfter } from './values-days.ts';
import type { Judged } from './values-doubts.ts';
import type { ValueLanguage } from './values-language.ts';
import type { Part } from './values-lexicon.ts';
import type { Mention, Reading } from './values-mentions.ts';
import type { Token } from './values-tokens.ts';

/** The mentions, each read in the light of the one before. */
export function together(
  mentions: readonly Mention[],
  tokens: readonly Token[],
  language: ValueLanguage,
): Mention[] {
  const sameDay = mentions.find(({ readings }) =>
    readings.some((one) => one.kind === 'same' && one.of === 'date'),
  );
  const nextWeek = mentions.find(({ from }) => language.dates.vague.at(tokens, from)?.value === 'week');
  const settled: Mention[] = [];
  for (const mention of mentions) {
    const before = settled.at(-1);
    if (sameDay && mention === nextWeek) continue;
    if (nextWeek && mention === sameDay) {
      const from = Math.min(sameDay.from, nextWeek.from);
      const to = Math.max(sameDay.to, nextWeek.to);
      settled.push({ from, to, readings: [{ kind: 'shift', months: 0, days: 7, seconds: 0 }] });
    } else {
      const readings = before ? likeBefore(mention, before, tokens, language) : mention.readings;
      settled.push({ ...mention, readings: before ? readings : withoutPart(readings) });
    }
  }
  return settled;
}

function likeBefore(
  mention: Mention,
  before: Mention,
  tokens: readonly Token[],
  language: ValueLanguage,
): readonly Reading[] {
  const { readings, from } = mention;
  const day = before.readings.find(({ kind }) => kind === 'date');
  if (readings.some(({ kind }) => kind === 'part')) {
    return day && before.to === from ? readings.filter(({ kind }) => kind === 'part') : withoutPart(readings);
  }
  const between = tokens.slice(before.to, from);
  const ends = language.phrases.to.all(between).length > 0 || language.phrases.to.at(tokens, from) !== null;
  return day?.kind === 'date' && ends
    ? readings.map((one) =>
        one.kind === 'date' ? { ...one, said: endingAfter(one.said, day.said.day) } : one,
      )
    : readings;
}

/** "morgen" is a part of the day only behind a day. */
const withoutPart = (readings: readonly Reading[]): readonly Reading[] =>
  readings.length > 1 ? readings.filter(({ kind }) => kind !== 'part') : readings;

/** The part of the day that is said nearest to a token, with a day or alone. */
export function partNear(mentions: readonly Judged[]): (token: number) => Part | null {
  const parts: { part: Part; from: number }[] = [];
  for (const { readings, from, negated } of mentions) {
    for (const reading of negated ? [] : readings) {
      const part = partOf(reading);
      if (part !== null) parts.push({ part, from });
    }
  }
  return (token) =>
    parts.toSorted((one, other) => Math.abs(one.from - token) - Math.abs(other.from - token))[0]?.part ??
    null;
}

function partOf(reading: Reading): Part | null {
  if (reading.kind === 'part') return reading.part;
  return reading.kind === 'date' || reading.kind === 'time' ? reading.said.part : null;
}

/** The first day that is said, before a token. */
export function dayIn(mentions: readonly Judged[], before = Infinity): number | null {
  for (const { readings, negated, from } of mentions) {
    if (negated || from >= before) continue;
    for (const reading of readings) if (reading.kind === 'date') return reading.said.day;
  }
  return null;
}

/** The only day that is known; null where there are several. */
export function knownDay(slots: readonly Wanted[]): number | null {
  const days = slots.filter(({ type, filled }) => (type === 'date' || type === 'datetime') && filled);
  return days.length === 1 ? readDay(days[0]?.value) : null;
}
