/** How it stands with a phone number, and what is to be done about it: decided from what is kept and what is found. */
import type { Leading } from '../line/numbering.ts';
import type { KeptNumber } from '../store/numbers.ts';

export const NUMBER_STATES = [
  'attached',
  'changed',
  'not-attached',
  'detached',
  'not-in-account',
  'no-account',
  'left-behind',
  'unclaimed',
  'unknown',
] as const;

/**
 * `attached`: it leads to its app. `changed`: it did, and somebody else has led it elsewhere. `not-attached`: it was
 * never led here. `detached`: it was given back. `not-in-account`: the account does not have it. `no-account`: the
 * account's credentials are not at hand. `left-behind`: it leads here, and no app has it any more. `unclaimed`: no app
 * has it. `unknown`: the phone network was not asked yet, or did not answer.
 */
export type NumberStateName = (typeof NUMBER_STATES)[number];

export interface NumberState {
  /** E.164. */
  number: string;
  app: string | null;
  /** The name of the account. */
  account: string;
  state: NumberStateName;
  /** The webhook, application or trunk that its calls go to; null: to none, or nobody knows. */
  leadsTo: string | null;
  /** What is wrong or worth knowing, in one sentence; null: nothing. */
  problem: string | null;
}

/**
 * What may be done about a number, each with what stands before it: nothing (`look`); finish what was begun (`finish`);
 * lead it here for the first time (`keep`); lead it to where this server is now, where this runtime had led it
 * elsewhere (`lead`); lead it here whatever has happened to it (`take`).
 */
export type Allowed = 'look' | 'finish' | 'keep' | 'lead' | 'take';

const RANKS: readonly Allowed[] = ['look', 'finish', 'keep', 'lead', 'take'];

export type Decision =
  | { kind: 'stands'; state: 'attached' | 'changed' | 'not-attached' | 'detached'; problem: string | null }
  /** It is to be led to `url`; `before` is where it shall be led back to one day. */
  | { kind: 'attach'; url: string; before: Leading; kept: KeptNumber | null }
  /** It leads there, and that is to be written down. */
  | { kind: 'confirm'; kept: KeptNumber }
  /** It is to be led back, or to be let go where it leads elsewhere already. */
  | { kind: 'give-back'; kept: KeptNumber };

/** `url` is the app's webhook; null: the server has no address that the phone network could reach. */
export function decide(
  kept: KeptNumber | null,
  found: Leading,
  url: string | null,
  allowed: Allowed,
): Decision {
  const may = (least: Allowed): boolean => RANKS.indexOf(allowed) >= RANKS.indexOf(least);
  const isHere = url !== null && leadsTo(found, url);
  const stands = (
    state: 'attached' | 'changed' | 'not-attached' | 'detached',
    problem: string | null = null,
  ): Decision => ({ kind: 'stands', state, problem });
  switch (kept?.stage) {
    case undefined:
      // Led here by hand: there is nothing to be done, and nothing to be remembered.
      if (isHere) return stands('attached');
      if (url === null) return stands('not-attached', 'PUBLIC_URL is not set, so it is not led here.');
      return may('keep') ? { kind: 'attach', url, before: found, kept: null } : stands('not-attached');
    case 'attaching':
      // Whoever began that may have died before, or behind, the phone network's change.
      if (leadsTo(found, kept.url) && (isHere || url === null || !may('lead'))) {
        return may('finish') ? { kind: 'confirm', kept } : stands('attached');
      }
      return may('keep') && url !== null
        ? { kind: 'attach', url, before: kept.before, kept }
        : stands('not-attached');
    case 'attached':
      if (isHere) return kept.url === url || !may('finish') ? stands('attached') : { kind: 'confirm', kept };
      if (leadsTo(found, kept.url)) {
        if (url !== null && may('lead')) return { kind: 'attach', url, before: kept.before, kept };
        return stands(
          'changed',
          `This runtime had led it to ${kept.url}, which is not where this server is.`,
        );
      }
      if (url !== null && may('take')) return { kind: 'attach', url, before: found, kept };
      return stands('changed', 'Somebody else has changed where it leads; it is left as it is.');
    case 'detaching':
      if (url !== null && may('take')) {
        const before = leadsTo(found, kept.url) ? kept.before : found;
        return { kind: 'attach', url, before, kept };
      }
      return may('finish')
        ? { kind: 'give-back', kept }
        : stands('detached', 'It is still to be led back to where it led before.');
    case 'detached':
      if (isHere) return stands('attached');
      return url !== null && may('take') ? { kind: 'attach', url, before: found, kept } : stands('detached');
  }
}

/** Whether calls go to this webhook; what stands behind a `#` is for the phone network itself. */
export function leadsTo({ url, application, trunk }: Leading, webhook: string): boolean {
  return application === null && trunk === null && url.split('#', 1)[0] === webhook.split('#', 1)[0];
}

/** Where calls go, for people. What may be secret in a webhook is left out: its query, a user and a password. */
export function shown({ url, application, trunk }: Leading): string | null {
  if (trunk !== null) return `the trunk ${trunk}`;
  if (application !== null) return `the application ${application}`;
  return url.split(/[?#]/, 1)[0]!.replace(/\/\/[^/]*@/, '//') || null;
}

/** The webhook that answers an app's calls. */
export function appWebhook(publicUrl: string, app: string): string {
  return `${publicUrl}/initiations/call/${encodeURIComponent(app)}`;
}
