/**
 * Numbers led here and back. What is meant to be done is written down before the phone network is asked, so that a
 * process that dies in between leaves enough for the next one to finish it.
 */
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Leading, Numbering, OwnedNumber } from '../line/numbering.ts';
import type { KeptNumber } from '../store/numbers.ts';
import type { Store } from '../store/store.ts';
import { leadsTo, shown, type NumberState } from './states.ts';

export interface LeadingParts {
  store: Pick<Store, 'numbers'>;
  clock: Clock;
}

interface AttachOrder {
  app: string;
  url: string;
  found: OwnedNumber;
  /** Where it is led back to one day. */
  before: Leading;
  /** What is kept of it so far. */
  kept: KeptNumber | null;
}

type Outcome = Pick<NumberState, 'state' | 'leadsTo' | 'problem'>;

/** Leads a number to an app. Throws `store-failed` alone; what else goes wrong is the state's problem. */
export async function attach(
  { store, clock }: LeadingParts,
  numbering: Numbering,
  { app, url, found, before, kept }: AttachOrder,
): Promise<Outcome> {
  const next: KeptNumber = {
    phone: found.phone,
    accountSid: numbering.accountSid,
    app,
    stage: 'attaching',
    url,
    before,
    since: clock.now(),
    version: kept?.version ?? 0,
  };
  const isOurs = kept ? await store.numbers.replace(next) : await store.numbers.add(next);
  const leads = shown(found.leading);
  if (!isOurs) {
    const other = await store.numbers.find(found.phone);
    // Another process leads it to the same place at this moment; should it die over that, the next look finishes it.
    const isSame = other?.url === url && (other.stage === 'attaching' || other.stage === 'attached');
    return isSame
      ? { state: 'attached', leadsTo: url, problem: null }
      : { state: 'unknown', leadsTo: leads, problem: ANOTHER };
  }
  try {
    await numbering.leadHere(found, url);
  } catch (thrown) {
    return { state: 'unknown', leadsTo: leads, problem: messageOf(thrown) };
  }
  await store.numbers.replace({
    ...next,
    version: next.version + 1,
    stage: 'attached',
    since: clock.now(),
  });
  return { state: 'attached', leadsTo: url, problem: null };
}

/** Leads a number back to where it led before; where it leads elsewhere already it is left alone. Throws as `attach`. */
export async function giveBack(
  { store, clock }: LeadingParts,
  numbering: Numbering,
  found: OwnedNumber,
  kept: KeptNumber,
): Promise<Outcome> {
  const detaching: KeptNumber = { ...kept, stage: 'detaching', since: clock.now() };
  const leads = shown(found.leading);
  if (kept.stage !== 'detaching') {
    if (!(await store.numbers.replace(detaching))) {
      return { state: 'unknown', leadsTo: leads, problem: ANOTHER };
    }
    detaching.version += 1;
  }
  const isHere = leadsTo(found.leading, kept.url);
  if (isHere) {
    try {
      await numbering.lead(found, kept.before);
    } catch (thrown) {
      return { state: 'unknown', leadsTo: leads, problem: messageOf(thrown) };
    }
  }
  await store.numbers.replace({ ...detaching, stage: 'detached', since: clock.now() });
  return isHere
    ? { state: 'detached', leadsTo: shown(kept.before), problem: null }
    : { state: 'detached', leadsTo: leads, problem: 'It led elsewhere already, and was left as it is.' };
}

const ANOTHER = 'Another process has just changed what is kept of it.';
