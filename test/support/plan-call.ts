import { OffhookError } from '../../runtime/errors.ts';
import type { BatchTerms, Planner } from '../../runtime/outbound/batches.ts';
import { anInitiation } from '../store/samples.ts';

/** What is known to be wrong is refused as a server would; `no-such-app` has no calls at all. */
export function planner({ key, from = null, machine = null, retry = null, ...terms }: BatchTerms): Planner {
  if (key === 'no-such-app') {
    throw new OffhookError('unknown-key', 'There is no app or dialogue "no-such-app".', { status: 404 });
  }
  const wrong = (code: string, value: string): OffhookError =>
    new OffhookError(code, `"${value}" is wrong.`, { status: 400 });
  return ({ to, at, attributes = {}, ...call }, id, batch) => {
    const locale = call.locale ?? terms.locale ?? null;
    if (!/^\+\d{8,15}$/.test(to)) throw wrong('bad-number', to);
    if (locale === 'none') throw wrong('bad-locale', locale);
    if (at === 'soon') throw wrong('bad-time', at);
    const moment = at ? Date.parse(at) : null;
    return anInitiation({
      id,
      batch,
      key,
      to,
      from,
      locale,
      machine,
      retry,
      attributes,
      at: moment,
      nextAt: moment ?? 7,
      welcomeMessage: null,
    });
  };
}
