/**
 * Tokens with which a page in a browser calls out. An application that leads here and a key that signs are made on
 * first use, once for each account however many processes there are, and again where somebody has removed them.
 */
import { randomUUID } from 'node:crypto';
import type { Account } from '../accounts.ts';
import type { Clock } from '../clock.ts';
import type { AppFacts } from '../dialogue/program.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { BrowserPhones, KeptMeans } from '../store/browser-phones.ts';
import { seal, unseal } from './sealed.ts';

/** Where the application leads. */
export interface PhoneUrls {
  voice: string;
  status: string;
}

/** One account at the phone network. Refusals are OffhookErrors with status 502. */
export interface PhoneNetwork {
  readonly account: Account;
  /** Whether the application is there and leads so. */
  leads(applicationSid: string, urls: PhoneUrls): Promise<boolean>;
  /** Has an application lead so: this one, else the one of this name, else a new one. Gives which. */
  lead(applicationSid: string | null, name: string, urls: PhoneUrls): Promise<string>;
  hasKey(keySid: string): Promise<boolean>;
  makeKey(name: string): Promise<{ sid: string; secret: string }>;
  /** One that is not there stays away. */
  removeKey(keySid: string): Promise<void>;
  /** Signs a token. Times are milliseconds since the epoch. */
  sign(key: { sid: string; secret: string }, grant: TokenGrant): string;
}

export interface TokenGrant {
  identity: string;
  applicationSid: string;
  /** Told to the application with every call. */
  parameters: Readonly<Record<string, string>>;
  from: number;
  until: number;
}

export interface IssuedToken {
  token: string;
  identity: string;
  app: string;
  /** The name of the account. */
  account: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export interface BrowserPhoneParts {
  store: { browserPhones: BrowserPhones };
  clock: Clock;
  log: Log;
  /** By the name of the account; null: the default one. Null where its credentials are not at hand. */
  network(account: string | null): PhoneNetwork | null;
  /** The origin at which the network reaches this server; null: none. */
  origin(): string | null;
}

const TOKEN_MS = 3_600_000;
/** So long after they were last seen at the network, nobody looks for them again. */
const SEEN_MS = 60_000;
/** Longer than making them takes, whatever waits for its deadline. */
const CLAIM_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** Whoever asks for a token waits so long for another process that makes them. */
const PATIENCE_MS = 30_000;
/** The longest name of an application at Twilio. */
const NAME_CHARACTERS = 64;

/** The means of an account, ready to sign with. */
interface Ready {
  applicationSid: string;
  key: { sid: string; secret: string };
}

export class BrowserPhone {
  readonly #parts: BrowserPhoneParts;
  readonly #process = randomUUID();
  /** By the SID of the account: which edition was seen at the network, and when. */
  readonly #seen = new Map<string, { edition: number; at: number }>();
  /** One process looks and makes once, however many ask. */
  readonly #underWay = new Map<string, Promise<Ready>>();

  constructor(parts: BrowserPhoneParts) {
    this.#parts = parts;
  }

  /**
   * A token for one hour, with which `identity` calls as this app: what the token says of the app, the page cannot
   * change.
   * @throws OffhookError `no-account`, `no-public-url` (409), `twilio-refused` (502), `busy-elsewhere` (503).
   */
  async token(identity: string, app: Pick<AppFacts, 'id' | 'account'>): Promise<IssuedToken> {
    const { network, origin, clock } = this.#parts;
    const at = network(app.account);
    if (!at) {
      const which =
        app.account === null ? 'No Twilio account is set' : `The account "${app.account}" has no credentials`;
      throw new OffhookError('no-account', `${which}: a browser needs one to call with.`, { status: 409 });
    }
    const base = origin();
    if (base === null) {
      const message = 'PUBLIC_URL is not set: Twilio could not reach this server when a browser calls.';
      throw new OffhookError('no-public-url', message, { status: 409 });
    }
    const { applicationSid, key } = await this.#ready(at, base);
    const from = clock.now();
    const until = from + TOKEN_MS;
    const grant = { identity, applicationSid, parameters: { app: app.id }, from, until };
    return {
      token: at.sign(key, grant),
      identity,
      app: app.id,
      account: at.account.name,
      expiresAt: until,
    };
  }

  #ready(network: PhoneNetwork, origin: string): Promise<Ready> {
    const { sid } = network.account;
    const waiting = this.#underWay.get(sid);
    if (waiting) return waiting;
    const ready = this.#make(network, origin).finally(() => this.#underWay.delete(sid));
    this.#underWay.set(sid, ready);
    return ready;
  }

  async #make(network: PhoneNetwork, origin: string): Promise<Ready> {
    const { store, clock } = this.#parts;
    const { sid, token } = network.account;
    const urls = urlsAt(origin);
    const end = clock.now() + PATIENCE_MS;
    for (;;) {
      const kept = await store.browserPhones.find(sid);
      const secret = kept && unseal(kept.sealedSecret, token);
      const key = kept && secret !== null ? { sid: kept.keySid, secret } : null;
      if (kept && key && (await this.#isThere(network, kept, urls))) {
        return { applicationSid: kept.applicationSid, key };
      }
      const now = clock.now();
      if (await store.browserPhones.claim(sid, this.#process, kept?.edition ?? 0, now, now + CLAIM_MS)) {
        const made = await this.#makeClaimed(network, { kept, key, urls, name: nameFor(origin) });
        if (made) return made;
      } else if (clock.now() >= end) {
        const message = 'Another process makes what a browser calls through, and has not told the end of it.';
        throw new OffhookError('busy-elsewhere', message, { status: 503 });
      }
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  /** Whether the network still has both. Where it does not answer, they are believed to be there. */
  async #isThere(network: PhoneNetwork, kept: KeptMeans, urls: PhoneUrls): Promise<boolean> {
    const { clock, log } = this.#parts;
    const { sid, name } = network.account;
    const seen = this.#seen.get(sid);
    const same = kept.voiceUrl === urls.voice;
    if (same && seen?.edition === kept.edition && clock.now() - seen.at < SEEN_MS) return true;
    if (!same) return false;
    try {
      const found = await Promise.all([
        network.hasKey(kept.keySid),
        network.leads(kept.applicationSid, urls),
      ]);
      if (!found.every(Boolean)) return false;
    } catch (thrown) {
      log.warn(
        { account: name, problem: messageOf(thrown) },
        'the browser phone could not be looked for at Twilio',
      );
      return true;
    }
    this.#seen.set(sid, { edition: kept.edition, at: clock.now() });
    return true;
  }

  /** Null where it took so long that another process has taken over. */
  async #makeClaimed(
    network: PhoneNetwork,
    {
      kept,
      key,
      urls,
      name,
    }: { kept: KeptMeans | null; key: Ready['key'] | null; urls: PhoneUrls; name: string },
  ): Promise<Ready | null> {
    const { store, log } = this.#parts;
    const { sid, token } = network.account;
    let fresh: Ready['key'] | null = null;
    try {
      const applicationSid = await network.lead(kept?.applicationSid ?? null, name, urls);
      const old = key && (await network.hasKey(key.sid)) ? key : null;
      fresh = old ? null : await network.makeKey(name);
      const used = (old ?? fresh)!;
      const means = {
        applicationSid,
        voiceUrl: urls.voice,
        keySid: used.sid,
        sealedSecret: seal(used.secret, token),
      };
      if (await store.browserPhones.keep(sid, this.#process, means)) {
        log.info({ account: network.account.name, application: applicationSid }, 'a browser phone is ready');
        // One whose secret cannot be read any more signs nothing; it is ours to remove.
        if (kept && kept.keySid !== used.sid) void this.#remove(network, kept.keySid);
        return { applicationSid, key: used };
      }
    } catch (thrown) {
      await store.browserPhones.giveUp(sid, this.#process);
      if (fresh) await this.#remove(network, fresh.sid);
      throw thrown;
    }
    if (fresh) await this.#remove(network, fresh.sid);
    return null;
  }

  async #remove(network: PhoneNetwork, keySid: string): Promise<void> {
    try {
      await network.removeKey(keySid);
    } catch (thrown) {
      this.#parts.log.warn(
        { key: keySid, problem: messageOf(thrown) },
        'a key that nobody uses could not be removed',
      );
    }
  }
}

export function urlsAt(origin: string): PhoneUrls {
  return { voice: `${origin}/twilio/voice/outbound`, status: `${origin}/twilio/call-status` };
}

/** By it an application is found again whose making was never written down. */
function nameFor(origin: string): string {
  return `Offhook ${origin.replace(/^https?:\/\//, '')}`.slice(0, NAME_CHARACTERS);
}
