import { OffhookError } from '../../runtime/errors.ts';
import type { PlannedCall } from '../../runtime/outbound/batches.ts';
import type { NewInitiation } from '../../runtime/store/initiations.ts';
import { anInitiation } from '../store/samples.ts';

/** What is known to be wrong is refused as a server would; `no-such-app` has no calls at all. */
export function planCall(call: PlannedCall): NewInitiation {
  if (call.key === 'no-such-app') {
    throw new OffhookError('unknown-key', 'There is no app or dialogue "no-such-app".', { status: 404 });
  }
  const wrong = (code: string, value: string): OffhookError =>
    new OffhookError(code, `"${value}" is wrong.`, { status: 400 });
  const {
    id,
    batch,
    key,
    to,
    at,
    attributes = {},
    from = null,
    locale = null,
    machine = null,
    retry = null,
  } = call;
  if (!/^\+\d{8,15}$/.test(to.replaceAll(' ', ''))) throw wrong('bad-number', to);
  if (locale === 'none') throw wrong('bad-locale', locale);
  if (at === 'soon') throw wrong('bad-time', at);
  const moment = at ? Date.parse(at) : null;
  return anInitiation({
    id,
    batch,
    key,
    to: to.replaceAll(' ', ''),
    from,
    locale,
    machine,
    retry,
    attributes,
    at: moment,
    nextAt: moment ?? 7,
    welcomeMessage: null,
  });
}
