/** A look at the numbers of the apps and of the accounts: where each leads, and what may be done about it is done. */
import { accountNameOf } from '../accounts.ts';
import { messageOf } from '../errors.ts';
import type { Numbering, OwnedNumber } from '../line/numbering.ts';
import type { KeptNumber } from '../store/numbers.ts';
import { attach, giveBack, type LeadingParts } from './leading.ts';
import { appWebhook, decide, leadsTo, shown, type Allowed, type NumberState } from './states.ts';

/** What an app says of its numbers. */
export interface NumbersOfApp {
  id: string;
  numbers: readonly string[];
  /** The name of its account; null: the default one. */
  account: string | null;
  /** Whether its numbers are led here by themselves. */
  attach: boolean;
}

export interface LookParts extends LeadingParts {
  /** The apps as they are loaded at this moment. */
  apps(): readonly NumbersOfApp[];
  /** The names of the accounts whose credentials are at hand. */
  accounts(): readonly string[];
  /** Null where the account's credentials are not at hand. */
  numbering(account: string): Numbering | null;
  /** The origin that the phone network reaches; null: numbers are not led here. */
  publicUrl: string | null;
  /** A number that leads here already is asked again from now on where its webhook does not answer. */
  renewed?(number: NumberState): void;
}

/**
 * Asks every account where its numbers lead, and does about each what is allowed; `app` is null for a number that no
 * app has. Where an account does not answer, the state of its numbers is `unknown` and says why: nothing is thrown but
 * `store-failed`. Gives the numbers of the apps and the others of the accounts, in order.
 */
export async function lookAtNumbers(
  parts: LookParts,
  allowed: (app: NumbersOfApp | null, number: string) => Allowed,
): Promise<NumberState[]> {
  // Before the phone network is asked: what is found then is no older than what is kept.
  const kept = new Map((await parts.store.numbers.list()).map((number) => [number.phone, number]));
  const apps = parts.apps();
  const names = new Set([...parts.accounts(), ...apps.map(accountNameOf)]);
  const lists = await Promise.all([...names].map((name) => listed(parts, name)));
  const owners = new Map(
    lists.flatMap(({ name, numbers }) => [...numbers.keys()].map((phone) => [phone, name] as const)),
  );
  const states = new Map<string, NumberState>();
  for (const { name, numbering, numbers, trouble } of lists) {
    for (const app of apps.filter((one) => accountNameOf(one) === name)) {
      for (const phone of app.numbers) {
        const found = numbers.get(phone);
        const told = untold(phone, app);
        if (trouble) states.set(phone, { ...told, ...trouble });
        else if (!found) states.set(phone, { ...told, ...absent(name, owners.get(phone)) });
        else {
          const number = { app, found, kept: kept.get(phone) ?? null };
          states.set(phone, await settle(parts, numbering!, number, allowed(app, phone)));
        }
      }
    }
  }
  const claimed = new Set(apps.flatMap(({ numbers }) => numbers));
  for (const { name, numbering, numbers } of lists) {
    for (const found of numbers.values()) {
      if (claimed.has(found.phone)) continue;
      const one = kept.get(found.phone) ?? null;
      const number = { account: name, found, kept: one, isApp: apps.some(({ id }) => id === one?.app) };
      states.set(found.phone, await withoutApp(parts, numbering!, number, allowed(null, found.phone)));
    }
  }
  return inOrder(states.values());
}

/** A number of an app before anything is known of it. */
export function untold(number: string, app: NumbersOfApp): NumberState {
  return { number, app: app.id, account: accountNameOf(app), state: 'unknown', leadsTo: null, problem: null };
}

export function inOrder(states: Iterable<NumberState>): NumberState[] {
  return [...states].toSorted((one, other) => (one.number < other.number ? -1 : 1));
}

interface Listed {
  name: string;
  numbering: Numbering | null;
  numbers: ReadonlyMap<string, OwnedNumber>;
  /** Why nothing is known of the account's numbers. */
  trouble: Pick<NumberState, 'state' | 'problem'> | null;
}

async function listed({ numbering: open }: LookParts, name: string): Promise<Listed> {
  const numbering = open(name);
  const nothing = { name, numbering, numbers: new Map<string, OwnedNumber>() };
  if (!numbering) {
    const problem = `The credentials of the account \`${name}\` are not at hand.`;
    return { ...nothing, trouble: { state: 'no-account', problem } };
  }
  try {
    const numbers = new Map((await numbering.list()).map((number) => [number.phone, number]));
    return { name, numbering, numbers, trouble: null };
  } catch (thrown) {
    return { ...nothing, trouble: { state: 'unknown', problem: messageOf(thrown) } };
  }
}

function absent(name: string, owner: string | undefined): Pick<NumberState, 'state' | 'problem'> {
  const elsewhere = owner === undefined ? '' : `; the account \`${owner}\` has it`;
  return {
    state: 'not-in-account',
    problem: `The account \`${name}\` does not have this number${elsewhere}.`,
  };
}

async function settle(
  parts: LookParts,
  numbering: Numbering,
  { app, found, kept }: { app: NumbersOfApp; found: OwnedNumber; kept: KeptNumber | null },
  allowed: Allowed,
): Promise<NumberState> {
  const webhook = parts.publicUrl === null ? null : appWebhook(parts.publicUrl, app.id);
  const told = { ...untold(found.phone, app), leadsTo: shown(found.leading) };
  const decision = decide(kept, found.leading, webhook, allowed);
  switch (decision.kind) {
    case 'stands': {
      const stands = { ...told, state: decision.state, problem: decision.problem };
      const isOurs = decision.state === 'attached' && kept?.stage === 'attached' && webhook !== null;
      const mayRenew = allowed === 'lead' || allowed === 'take';
      if (!isOurs || !mayRenew || numbering.isAskedAgain(found)) return stands;
      return renew(parts, numbering, { found, url: webhook, stands });
    }
    case 'attach': {
      const { url, before } = decision;
      const order = { app: app.id, url, found, before, kept: decision.kept };
      return { ...told, ...(await attach(parts, numbering, order)) };
    }
    case 'confirm': {
      const url = webhook !== null && leadsTo(found.leading, webhook) ? webhook : decision.kept.url;
      const confirmed = { ...decision.kept, app: app.id, url, since: parts.clock.now() };
      await parts.store.numbers.replace({ ...confirmed, stage: 'attached' });
      return { ...told, state: 'attached' };
    }
    case 'give-back':
      return { ...told, ...(await giveBack(parts, numbering, found, decision.kept)) };
  }
}

/** An earlier version has led it here: how it is asked again where nobody answers is told anew. */
async function renew(
  { renewed }: LookParts,
  numbering: Numbering,
  { found, url, stands }: { found: OwnedNumber; url: string; stands: NumberState },
): Promise<NumberState> {
  try {
    await numbering.leadHere(found, url);
  } catch (thrown) {
    const problem = `It is not asked again where the server does not answer: ${messageOf(thrown)}`;
    return { ...stands, problem };
  }
  renewed?.(stands);
  return stands;
}

/** A number that no app has is left alone, unless it was to be given back. */
async function withoutApp(
  parts: LeadingParts,
  numbering: Numbering,
  {
    account,
    found,
    kept,
    isApp,
  }: { account: string; found: OwnedNumber; kept: KeptNumber | null; isApp: boolean },
  allowed: Allowed,
): Promise<NumberState> {
  const told = { number: found.phone, app: null, account, leadsTo: shown(found.leading), problem: null };
  if (!kept || kept.stage === 'detached') return { ...told, state: 'unclaimed' };
  const decision = decide(kept, found.leading, kept.url, allowed);
  if (decision.kind === 'give-back') return { ...told, ...(await giveBack(parts, numbering, found, kept)) };
  if (decision.kind === 'stands' && decision.state !== 'attached') return { ...told, state: 'unclaimed' };
  const advice = isApp
    ? `Name it in \`numbers\` of the app \`${kept.app}\`, or give it back`
    : 'Give it back';
  const problem = `${advice} with \`offhook numbers detach ${found.phone}\`.`;
  return { ...told, app: kept.app, state: 'left-behind', problem };
}
