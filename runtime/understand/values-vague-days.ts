/** Days that are said by the week, the weekend or the month they are in. */
import { dateOf, mondayOf, monthsOn, weekdayOf } from './values-calendar.ts';
import { type Here, said, type SaidDay, skipMarks } from './values-days.ts';
import type { Token } from './values-tokens.ts';

/** "next week", "the weekend", "next month": the first day of it, which is a guess. */
export function vagueDay(
  tokens: readonly Token[],
  at: number,
  kind: 'week' | 'weekend' | 'month',
  to: number,
  here: Here,
): SaidDay | null {
  const { language, today } = here;
  if (kind === 'weekend') return weekendDay(tokens, at, to, here);
  if (kind === 'month') return said(monthsOn(today - dateOf(today).day + 1, 1), to, { unsure: true });
  const monday = mondayOf(today) + 7;
  let next = skipMarks(tokens, to);
  while (language.phrases.leads.has(tokens[next]?.word ?? '')) next++;
  const weekday = language.dates.weekdays.at(tokens, next);
  return weekday ? said(monday + ((weekday.value + 6) % 7), weekday.to) : said(monday, to, { unsure: true });
}

/** Its Saturday; on a Sunday, this one's last day. The next is never the one that is now. */
function weekendDay(tokens: readonly Token[], at: number, to: number, here: Here): SaidDay | null {
  const { today, language } = here;
  const { dates } = language;
  const weekday = weekdayOf(today);
  const saturday = today + ((6 - weekday + 7) % 7);
  const isNext = dates.next.at(tokens, at - 1) !== null || dates.nextBehind.at(tokens, to) !== null;
  if (isNext) return said(weekday === 6 ? saturday + 7 : saturday, to, { unsure: true });
  const isThis = dates.this.at(tokens, at) !== null;
  return said(isThis && weekday === 0 ? today : saturday, to, { unsure: true });
}
