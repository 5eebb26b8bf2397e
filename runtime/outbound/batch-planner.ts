import type { Clock } from '../clock.ts';
import type { BatchTerms, Planner } from './batches.ts';
import type { CallsOut } from './calls-out.ts';
import { e164 } from './phone-numbers.ts';
import { newInitiation, nextAt } from './requests.ts';
import { bcp47, momentOf } from './written.ts';

/** How the calls of a batch are checked and written down: as any other call that is placed when it is its turn. */
export function plannerOf(callsOut: Pick<CallsOut, 'resolve'>, clock: Clock): (terms: BatchTerms) => Planner {
  return ({ key, from = null, locale: usual = null, machine = null, retry = null }) => {
    const found = callsOut.resolve({ key, from });
    const [near = null] = found.app.numbers;
    if (from !== null) e164(from, near);
    const usualLocale = usual === null ? null : bcp47(usual);
    // One moment for all: they are taken up in the order of their ids.
    const now = clock.now();
    return ({ to, locale = null, attributes = {}, at: written = null }, id, batch) => {
      const request = {
        key,
        to: e164(to, near),
        from,
        locale: locale === null ? usualLocale : bcp47(locale),
        attributes,
        machine,
        retry,
        at: written === null ? null : momentOf(written),
      };
      const opening = nextAt(request, found.app, Math.max(now, request.at ?? now));
      return { ...newInitiation(request, found, id, now, opening), batch };
    };
  };
}
