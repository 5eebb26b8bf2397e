/** What is asked for, and as what it is written down. */
import type { AppFacts } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Machine, NewInitiation, Retry } from '../store/initiations.ts';
import type { Found } from './answers.ts';
import { nextOpening } from './hours.ts';

export interface CallRequest {
  key: string;
  /** E.164 with `+`. */
  to: string;
  from?: string | null;
  locale?: string | null;
  attributes?: { readonly [name: string]: Value };
  welcomeMessage?: string | null;
  machine?: Machine | null;
  retry?: Retry | null;
  /** When it is to be placed; a moment that has passed is now. */
  at?: number | null;
  /** Where there is no line or no turn for it now, it is placed when there is. */
  wait?: boolean;
}

/** When the app may call, not before `at`. */
export function nextAt({ to }: Pick<CallRequest, 'to'>, { hours, zone }: AppFacts, at: number): number {
  return hours === null ? at : nextOpening(hours, to, zone, at);
}

export function limitReached(held: 'app-full' | 'account-full', app: AppFacts): OffhookError {
  const whose = held === 'app-full' ? `The app "${app.id}"` : `The account "${accountOf(app)}"`;
  const many =
    held === 'app-full' && app.limits.calls !== null
      ? `${app.limits.calls} calls, its limit`
      : 'as many calls as it may';
  return new OffhookError('limit-reached', `${whose} already has ${many}.`, { status: 409 });
}

/** The name of the account that places an app's calls. */
export function accountOf(app: AppFacts): string {
  return app.account ?? 'default';
}

/** A request as it is written down, to be taken up from `nextAt` on. */
export function newInitiation(
  request: CallRequest,
  { app }: Found,
  id: string,
  createdAt: number,
  at: number,
): NewInitiation {
  const { key, to, from = null, locale = null, attributes = {}, welcomeMessage = null } = request;
  return {
    id,
    batch: null,
    account: accountOf(app),
    key,
    to,
    from,
    locale,
    attributes,
    welcomeMessage,
    machine: request.machine ?? null,
    retry: request.retry ?? null,
    at: request.at ?? null,
    origin: null,
    createdAt,
    nextAt: at,
  };
}
