/** Days as people say them: "tomorrow", "next Friday", "the fifth", "March fifth", "in three days", "3/4". */
import { dateOf, dayOf, mondayOf, monthsOn, weekdayOf } from './values-calendar.ts';
import { type Here, nearestDay, said, type SaidDay, skip, skipMarks } from './values-days.ts';
import { durationAt, type Span } from './values-durations.ts';
import { cardinalAt, isOrdinalPlace, ordinalAt } from './values-numbers.ts';
import { isOrdinalHour } from './values-times.ts';
import type { Token } from './values-tokens.ts';
import { vagueDay } from './values-vague-days.ts';

type Tokens = readonly Token[];

/** A day that begins at a token, or null. */
export function dateAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  return (
    numericAt(tokens, at, here) ??
    weekdayAt(tokens, at, here) ??
    calendarAt(tokens, at, here) ??
    relativeAt(tokens, at, here) ??
    dayOfMonthAt(tokens, at, here)
  );
}

function withoutYear(month: number | null, day: number, to: number, here: Here): SaidDay | null {
  return said(nearestDay({ month, day }, here.today), to, { yearless: { month, day } });
}

/** "2026-03-04", "3/4", "3/4/2026", "4.3.", "4. 3. 2026" */
function numericAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  const first = tokens[at];
  const mark = tokens[at + 1];
  const second = tokens[at + 2];
  if (first?.kind !== 'digits' || second?.kind !== 'digits' || !mark?.glued) return null;
  const dotted = mark.word === '.';
  if (!/^[./-]$/.test(mark.word) || (!dotted && !second.glued)) return null;
  const again = tokens[at + 3];
  const third = tokens[at + 4];
  const closes = again?.word === mark.word && again.glued;
  const full =
    closes && third?.kind === 'digits' && (dotted || third.glued) && /^(\d\d|\d{4})$/.test(third.word);
  const [one, two] = [Number(first.word), Number(second.word)];
  if (first.word.length === 4) {
    return full && mark.word === '-' ? said(dayOf(one, two, Number(third.word)), at + 5) : null;
  }
  if (first.word.length > 2 || second.word.length > 2) return null;
  if (dotted && (here.language.lexicon.numbers.ordinalEndings.includes('.') ? !closes : !full)) return null;
  if (mark.word === '-' && !full) return null;
  const american = here.region === 'US' && !dotted;
  const swapped = american ? one > 12 : two > 12;
  const [month, day] = american !== swapped ? [one, two] : [two, one];
  if (full) return said(dayOf(fullYear(third.word, here), month, day), at + 5);
  return withoutYear(month, day, closes ? at + 4 : at + 3, here);
}

/** Of a year with two figures, the one that is nearest. */
function fullYear(figures: string, here: Here): number {
  const year = Number(figures);
  if (figures.length > 2) return year;
  const now = dateOf(here.today).year;
  const near = Math.floor(now / 100) * 100 + year;
  return near > now + 20 ? near - 100 : near;
}

/** "Friday", "next Friday", "Friday next week", "Friday the fifth", "Monday in a week" */
function weekdayAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  const { dates } = here.language;
  const lead = dates.this.at(tokens, at) ?? dates.next.at(tokens, at);
  const isNext = dates.next.at(tokens, at) !== null;
  const weekday = dates.weekdays.at(tokens, lead?.to ?? at);
  // "the first Monday of April" is some other Monday.
  if (weekday === null || (at > 0 && ordinalAt(tokens, at - 1, here.language))) return null;
  const ahead = (weekday.value - weekdayOf(here.today) + 7) % 7;
  // "On Tuesday", said on a Tuesday: people say today for today.
  const day = here.today + (ahead === 0 ? 7 : ahead);
  const named = skip(tokens, skipMarks(tokens, weekday.to), here.language.phrases.leads);
  const date =
    numericAt(tokens, named, here) ?? calendarAt(tokens, named, here) ?? ordinalDayAt(tokens, named, here);
  if (date) return { ...date, unsure: date.unsure || weekdayOf(date.day) !== weekday.value, bare: false };
  const numbered = tokens[weekday.to]?.kind === 'mark' ? null : numberedDayAt(tokens, named, here);
  if (numbered && weekdayOf(numbered.day) === weekday.value) return numbered;
  const week = dates.inAWeek.at(tokens, weekday.to);
  if (week) return said(day + 7, week.to);
  const behind = dates.nextBehind.at(tokens, weekday.to);
  if (behind) {
    const nextWeek = mondayOf(here.today) + 7 + ((weekday.value + 6) % 7);
    const clear = behind.to - weekday.to > 1;
    const isWeek = dates.vague.all(tokens.slice(weekday.to, behind.to)).some(({ value }) => value === 'week');
    return isWeek ? said(nextWeek, behind.to) : said(day, behind.to, { unsure: day !== nextWeek && !clear });
  }
  if (!isNext) return said(day, weekday.to, { weekly: true, unsure: ahead === 0 && lead === null });
  const inThisWeek = mondayOf(day) === mondayOf(here.today);
  const skips = here.language.lexicon.dates.nextSkips && inThisWeek;
  return said(skips ? day + 7 : day, weekday.to, { unsure: inThisWeek });
}

/** "viernes seis": only where days have plain numbers, and no hour is said so. */
function numberedDayAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  const { lexicon, times } = here.language;
  const number = lexicon.dates.dayLead === '' ? null : cardinalAt(tokens, at, here.language);
  if (number === null || number.article || !isDayNumber(number.value)) return null;
  const isHour =
    isCounted(tokens, number.to, here) ||
    times.parts.at(tokens, number.to) !== null ||
    times.behind.at(tokens, number.to) !== null ||
    cardinalAt(tokens, number.to, here.language) !== null;
  return isHour ? null : withoutYear(null, number.value, number.to, here);
}

/** "March fifth", "the fifth of March 2026", "5. März", "Christmas Eve" */
function calendarAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  const { dates, lexicon } = here.language;
  const named = dates.named.at(tokens, at);
  if (named) return withYear(tokens, named.to, named.value[0], named.value[1], here);
  const month = dates.months.at(tokens, at);
  if (month && lexicon.dates.monthFirst) {
    const day = dayNumberAt(tokens, skip(tokens, month.to, dates.of), here);
    return day && !isCounted(tokens, day.to, here)
      ? withYear(tokens, day.to, month.value, day.value, here)
      : null;
  }
  const day = dayNumberAt(tokens, at, here);
  if (day === null) return null;
  const next = skip(tokens, day.to, dates.of);
  const behind = dates.months.at(tokens, next) ?? monthNumberAt(tokens, next, here);
  return behind && withYear(tokens, behind.to, behind.value, day.value, here);
}

/** Behind a day that no calendar has: "the 30th of february"; null where there is none. */
export function impossibleDayAt(tokens: Tokens, at: number, here: Here): number | null {
  const { dates, lexicon } = here.language;
  const month = dates.months.at(tokens, at);
  const day = dayNumberAt(tokens, month && lexicon.dates.monthFirst ? month.to : at, here);
  if (day === null) return null;
  const behind = month ?? dates.months.at(tokens, skip(tokens, day.to, dates.of));
  if (behind === null || day.value <= 29 || dayOf(2000, behind.value, day.value) !== null) return null;
  return Math.max(day.to, behind.to);
}

/** "am fünften dritten" */
function monthNumberAt(tokens: Tokens, at: number, here: Here): { value: number; to: number } | null {
  if (!here.language.lexicon.numbers.ordinalEndings.includes('.')) return null;
  const month = ordinalAt(tokens, at, here.language);
  return month && month.value >= 1 && month.value <= 12 ? month : null;
}

function withYear(tokens: Tokens, at: number, month: number, day: number, here: Here): SaidDay | null {
  let next = skip(tokens, at, here.language.dates.of);
  if (next === at && tokens[at]?.word === ',') next = at + 1;
  const year = yearAt(tokens, next, here);
  const isTime = year?.clock === true && here.timed && !here.past;
  if (year === null || isTime) return withoutYear(month, day, at, here);
  return said(dayOf(year.value, month, day), year.to, { unsure: year.clock && !here.past });
}

/** "2026", "two thousand twenty six", "nineteen eighty four" */
function yearAt(
  tokens: Tokens,
  at: number,
  here: Here,
): { value: number; to: number; clock: boolean } | null {
  const { language } = here;
  const whole = cardinalAt(tokens, at, language);
  if (whole === null || isTimeMark(tokens[whole.to])) return null;
  if (whole.value >= 1900 && whole.value < 2100) return { ...whole, clock: false };
  if (whole.value !== 19 && whole.value !== 20) return null;
  const rest = cardinalAt(tokens, whole.to, language);
  if (rest === null || rest.value < 10 || rest.value > 99 || tokens[at]?.kind === 'digits') return null;
  const value = whole.value * 100 + rest.value;
  // "March fifth nineteen thirty" is half past seven in the evening too, unless that year is about now.
  const clock = rest.value < 60 && Math.abs(value - dateOf(here.today).year) > 2;
  return { value, to: rest.to, clock };
}

const isTimeMark = (token: Token | undefined): boolean => token?.word === ':' && token.glued;

/** "tomorrow", "in three days", "a week from now", "next week" */
function relativeAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  const { dates } = here.language;
  const word = dates.days.at(tokens, at);
  const ahead = dates.ahead.at(tokens, at);
  if (word && (ahead === null || ahead.to <= word.to)) {
    const [days, part] = word.value;
    const week = dates.inAWeek.at(tokens, word.to);
    return said(here.today + days + (week ? 7 : 0), week?.to ?? word.to, { part });
  }
  const weekLater = dates.weekBefore.at(tokens, at);
  if (weekLater) {
    const start = weekdayAt(tokens, weekLater.to, here) ?? relativeAt(tokens, weekLater.to, here);
    return start && said(start.day + 7, start.to);
  }
  const shift = dates.shifts.at(tokens, at);
  const shifted = shift && startAt(tokens, shift.to, here);
  if (shifted) return said(shifted.day + shift.value, shifted.to, { unsure: shifted.unsure });
  const vague = dates.vague.at(tokens, at);
  if (vague) return vagueDay(tokens, at, vague.value, vague.to, here);
  const ago = dates.ago.at(tokens, at);
  const span = durationAt(tokens, ahead?.to ?? ago?.to ?? at, here.language);
  if (span === null || span.seconds > 0) return null;
  const counted = ago ? null : countedFrom(tokens, at, span, here);
  if (counted) return counted;
  const behind = dates.aheadBehind.at(tokens, span.to);
  const agoBehind = dates.agoBehind.at(tokens, span.to);
  if (!ahead && !ago && !behind && !agoBehind) return null;
  const idiom = span.count === span.days ? here.language.lexicon.dates.idioms[span.days] : undefined;
  const sign = ago || agoBehind ? -1 : 1;
  const day = monthsOn(here.today + sign * (idiom ?? span.days), sign * span.months);
  const weekday = dates.weekdays.at(tokens, span.to);
  // "in two weeks on Friday"
  if (weekday && span.days % 7 === 0) return said(mondayOf(day) + ((weekday.value + 6) % 7), weekday.to);
  return said(day, behind?.to ?? agoBehind?.to ?? span.to, { unsure: idiom !== undefined });
}

/** The day that another is counted from. */
const startAt = (tokens: Tokens, at: number, here: Here): SaidDay | null =>
  dateAt(tokens, at, here) ?? dateAt(tokens, skip(tokens, at, here.language.dates.of), here);

/** "two weeks from tomorrow"; but "for two weeks from tomorrow" and "two nights from Friday" begin on that day. */
function countedFrom(tokens: Tokens, at: number, span: Span, here: Here): SaidDay | null {
  const { dates, phrases } = here.language;
  const from = dates.countedFrom.at(tokens, span.to);
  if (!from || phrases.counts.at(tokens, at - 1) || phrases.things.at(tokens, span.to - 1)) return null;
  const day = startAt(tokens, from.to, here);
  // "Three days from Friday" may well be three days that begin then.
  const unsure = day?.unsure === true || span.days % 7 > 0;
  return day && said(monthsOn(day.day + span.days, span.months), day.to, { unsure });
}

/** "the fifth", "el cinco" */
function dayOfMonthAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  const { dates } = here.language;
  const lead = dates.lead.at(tokens, at);
  const full = lead && calendarAt(tokens, lead.to, here);
  if (full) return full;
  const number = lead && cardinalAt(tokens, lead.to, here.language);
  if (number && !number.article && isDayNumber(number.value) && !isCounted(tokens, number.to, here)) {
    const found = withoutYear(null, number.value, number.to, here);
    return found && { ...found, bare: true };
  }
  return ordinalDayAt(tokens, at, here);
}

function ordinalDayAt(tokens: Tokens, at: number, here: Here): SaidDay | null {
  const { ordinalNouns } = here.language.phrases;
  const isHour = here.language.lexicon.times.ordinalHours && isOrdinalHour(tokens[at]);
  const day = isHour ? null : ordinalAt(tokens, at, here.language);
  if (day === null || !isDayNumber(day.value) || !isOrdinalPlace(tokens, at, here.language)) return null;
  // "the first time", "the first Monday"
  if (ordinalNouns.at(tokens, day.to) || here.language.dates.weekdays.at(tokens, day.to)) return null;
  const found = withoutYear(null, day.value, day.to, here);
  return found && { ...found, bare: true };
}

const isDayNumber = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 31;

function dayNumberAt(tokens: Tokens, at: number, { language }: Here): { value: number; to: number } | null {
  const day = ordinalAt(tokens, at, language) ?? cardinalAt(tokens, at, language);
  return day && isDayNumber(day.value) && !('article' in day && day.article) ? day : null;
}

const isCounted = (tokens: Tokens, at: number, { language }: Here): boolean =>
  language.phrases.things.at(tokens, at) !== null ||
  language.durations.units.at(tokens, at) !== null ||
  language.times.hour.has(tokens[at]?.word ?? '') ||
  isTimeMark(tokens[at]);
