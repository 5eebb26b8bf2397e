/** "Tonight at one": the hours behind midnight are the night's that begins today, and the next day's. */
import type { Here } from './values-days.ts';
import type { Judged } from './values-doubts.ts';
import type { Part } from './values-lexicon.ts';
import type { Reading } from './values-mentions.ts';
import { partNear } from './values-together.ts';
import { HALF, type SaidTime } from './values-times.ts';

const HOUR = 3600;
/** Nobody calls it evening before; said with "tonight", it is the hour behind midnight. */
const EVENING = 4 * HOUR;
const MORNING = 6 * HOUR;

/** The mentions, with the day and the time of a night that goes on behind midnight put right. */
export function tonight(mentions: readonly Judged[], here: Here): readonly Judged[] {
  const [date, ...dates] = readingsOf(mentions, 'date');
  const [time, ...times] = readingsOf(mentions, 'time');
  if (!date || !time || dates.length > 0 || times.length > 0) return mentions;
  const { said } = date.reading;
  if (said.day !== here.today) return mentions;
  const parts = [said.part, time.reading.said.part, partNear(mentions)(time.from)];
  const seconds = behindMidnight(time.reading.said, parts, here);
  if (seconds === null) return mentions;
  // Whoever calls behind midnight means the night that is still going on.
  const days = seconds > here.seconds ? 0 : 1;
  return mentions.map((mention) => ({
    ...mention,
    readings: mention.readings.map((one): Reading => {
      if (one === date.reading) return { ...one, said: { ...said, day: said.day + days } };
      return one === time.reading ? { ...one, said: { ...one.said, seconds, open: false } } : one;
    }),
  }));
}

/** Seconds behind midnight; null where another hour is meant. */
function behindMidnight(said: SaidTime, parts: readonly (Part | null)[], here: Here): number | null {
  const isNight = parts.includes('night');
  if (!said.open) {
    // "Today at midnight" has the name of an hour that is over.
    const isClear = isNight || parts.includes('evening') || said.seconds < HOUR;
    return isClear && said.seconds < MORNING ? said.seconds : null;
  }
  const dial = said.seconds % HALF;
  if (!isNight && !parts.includes('evening')) return null;
  const isSmall = dial < EVENING || (dial < MORNING && (isNight || dial + HALF <= here.seconds));
  return isSmall ? dial : null;
}

function readingsOf<K extends 'date' | 'time'>(
  mentions: readonly Judged[],
  kind: K,
): { reading: Extract<Reading, { kind: K }>; from: number }[] {
  const isKind = (one: Reading): one is Extract<Reading, { kind: K }> => one.kind === kind;
  return mentions.flatMap(({ readings, from, negated }) =>
    negated ? [] : readings.filter(isKind).map((reading) => ({ reading, from })),
  );
}
