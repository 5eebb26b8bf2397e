import { createHmac } from 'node:crypto';
import AccessToken from 'twilio/lib/jwt/AccessToken.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountsOf } from '../../runtime/accounts.ts';
import { BrowserPhone } from '../../runtime/browser/browser-phone.ts';
import type { Config } from '../../runtime/config.ts';
import type { DeclaredAccounts } from '../../runtime/dialogue/accounts.ts';
import { browserMeans } from '../../runtime/line/twilio/browser-means.ts';
import { twilioClients } from '../../runtime/line/twilio/client.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeAccountSid, TwilioApi } from '../support/twilio-api.ts';

const ORIGIN = 'https://voice.example.com';
const MAIN = { sid: makeAccountSid(), token: 'the-main-token' };
const SHOP = { sid: makeAccountSid(), token: 'the-shop-token' };
const APP = { id: 'bistro', account: null };

interface Decoded {
  header: Record<string, unknown>;
  claims: Record<string, unknown> & { iss: string; exp: number };
  signed: string;
  signature: string;
}

function decode(token: string): Decoded {
  const [header, claims, signature] = token.split('.');
  const read = (part: string): never => JSON.parse(Buffer.from(part, 'base64url').toString()) as never;
  return {
    header: read(header!),
    claims: read(claims!),
    signed: `${header}.${claims}`,
    signature: signature!,
  };
}

for (const { name: place, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`a browser phone with its means on ${place}`, () => {
    let where: Place;
    let api: TwilioApi;
    let clock: FakeClock;
    const stores: Store[] = [];

    beforeEach(async () => {
      where = await make();
      clock = new FakeClock();
      api = await TwilioApi.start({
        accountSid: MAIN.sid,
        authToken: MAIN.token,
        accounts: [{ sid: SHOP.sid, authToken: SHOP.token, ownerSid: MAIN.sid }],
        clock,
        publicUrl: ORIGIN,
        serverUrl: 'http://127.0.0.1:1',
      });
    });

    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
      await api.close();
      await where.drop();
      expect(api.violations).toEqual([]);
    });

    /** A process of its own on the same store. */
    async function open({
      origin = ORIGIN,
      token = MAIN.token,
      apiUrl = api.url,
    }: { origin?: string | null; token?: string; apiUrl?: string } = {}): Promise<BrowserPhone> {
      const store = await openStore(where.database, silentLog);
      stores.push(store);
      const settings: Config['twilio'] = {
        accountSid: MAIN.sid,
        authToken: token,
        region: null,
        edge: null,
        apiUrl,
      };
      const declared: DeclaredAccounts = new Map([
        ['shop', { credentials: SHOP, region: null, edge: null, cps: 1, maxCalls: null }],
      ]);
      const clients = twilioClients({ accounts: () => accountsOf(declared, settings), apiUrl, clock });
      await clients(null)!.load();
      return new BrowserPhone({
        store,
        clock,
        log: silentLog,
        network(account) {
          const client = clients(account);
          return client && browserMeans(client);
        },
        origin: () => origin,
      });
    }

    /** Lets the waiting of other processes pass. */
    async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
      let over = false;
      void work.catch(() => undefined).then(() => (over = true));
      for (let tries = 0; !over && tries < 400; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await clock.advanceAsync(100);
      }
      return work;
    }

    const made = (operation: string): number =>
      api.asked.filter((one) => one.operation === operation && one.status === 201).length;
    const main = () => api.account(MAIN.sid);

    it('gives a token for one hour, signed by the key, with which the page can call out and nothing else', async () => {
      const issued = await (await open()).token('alice', APP);
      const { header, claims, signed, signature } = decode(issued.token);
      const [key] = main().keys;
      const [application] = main().applications;
      const iat = Math.floor(clock.now() / 1000);
      expect(header).toEqual({ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' });
      expect(claims).toEqual({
        jti: `${key!.sid}-${iat}`,
        iss: key!.sid,
        sub: MAIN.sid,
        iat,
        exp: iat + 3600,
        grants: {
          identity: 'alice',
          voice: { outgoing: { application_sid: application!.sid, params: { app: 'bistro' } } },
        },
      });
      expect(createHmac('sha256', key!.secret).update(signed).digest('base64url')).toBe(signature);
      expect(createHmac('sha256', MAIN.token).update(signed).digest('base64url')).not.toBe(signature);
      expect(issued).toMatchObject({
        identity: 'alice',
        app: 'bistro',
        account: 'default',
        expiresAt: clock.now() + 3_600_000,
      });
      expect(application).toMatchObject({
        friendly_name: 'Offhook voice.example.com',
        voice_url: `${ORIGIN}/twilio/voice/outbound#rc=5&rp=ct,5xx`,
        voice_method: 'POST',
        status_callback: `${ORIGIN}/twilio/call-status#rc=5&rp=ct,5xx`,
      });
    });

    it('signs as Twilio’s own SDK does', async () => {
      const { token } = await (await open()).token('alice', APP);
      const [key] = main().keys;
      const theirs = new AccessToken(MAIN.sid, key!.sid, key!.secret, { identity: 'alice', ttl: 3600 });
      theirs.addGrant(
        new AccessToken.VoiceGrant({
          outgoingApplicationSid: main().applications[0]!.sid,
          outgoingApplicationParams: { app: 'bistro' },
        }),
      );
      const [ours, sdk] = [decode(token), decode(theirs.toJwt())];
      expect(ours.header).toEqual(sdk.header);
      expect(ours.claims['grants']).toEqual(sdk.claims['grants']);
      expect(Object.keys(ours.claims).toSorted()).toEqual(Object.keys(sdk.claims).toSorted());
    });

    it('makes the application and the key once, also by two processes and many pages at once', async () => {
      const [one, other] = [await open(), await open()];
      const issued = await whileTimePasses(
        Promise.all([1, 2, 3, 4].flatMap((n) => [one.token(`a${n}`, APP), other.token(`b${n}`, APP)])),
      );
      expect(new Set(issued.map(({ token }) => decode(token).claims.iss)).size).toBe(1);
      expect([main().keys.length, main().applications.length]).toEqual([1, 1]);
      expect([made('CreateNewKey'), made('CreateApplication')]).toEqual([1, 1]);
      await (await open()).token('later', APP);
      expect([made('CreateNewKey'), made('CreateApplication')]).toEqual([1, 1]);
    });

    it('makes those of each account for itself', async () => {
      const phone = await open();
      const shop = await phone.token('alice', { id: 'shop', account: 'shop' });
      expect(decode(shop.token).claims).toMatchObject({
        sub: SHOP.sid,
        iss: api.account(SHOP.sid).keys[0]!.sid,
      });
      expect(shop.account).toBe('shop');
      expect(main().keys).toEqual([]);
    });

    it('keeps the key’s secret where only who has the auth token can read it', async () => {
      await (await open()).token('alice', APP);
      const dump = JSON.stringify(await where.dump());
      expect(dump).toContain(main().keys[0]!.sid);
      expect(dump).not.toContain(main().keys[0]!.secret);
      expect(dump).not.toContain(MAIN.token);
    });

    it('makes a key again that somebody has revoked, within a minute, and keeps the application', async () => {
      const phone = await open();
      await phone.token('alice', APP);
      const [application] = main().applications;
      main().keys.splice(0);
      clock.advance(60_001);
      const { token } = await phone.token('alice', APP);
      expect(decode(token).claims.iss).toBe(main().keys[0]!.sid);
      expect(main().applications).toEqual([application]);
      expect([made('CreateNewKey'), made('CreateApplication')]).toEqual([2, 1]);
    });

    it('makes an application again that somebody has removed, and leads one back that leads elsewhere', async () => {
      const phone = await open();
      await phone.token('alice', APP);
      main().applications.splice(0);
      clock.advance(60_001);
      await phone.token('alice', APP);
      expect([made('CreateNewKey'), made('CreateApplication')]).toEqual([1, 2]);
      main().applications[0]!.voice_url = 'https://elsewhere.example.com/';
      clock.advance(60_001);
      await phone.token('alice', APP);
      expect(main().applications[0]!.voice_url).toContain(`${ORIGIN}/twilio/voice/outbound`);
      expect([made('CreateNewKey'), made('CreateApplication')]).toEqual([1, 2]);
    });

    it('takes the application along to another PUBLIC_URL', async () => {
      await (await open()).token('alice', APP);
      await (await open({ origin: 'https://new.example.com' })).token('alice', APP);
      expect(main().applications.map(({ voice_url }) => voice_url)).toEqual([
        'https://new.example.com/twilio/voice/outbound#rc=5&rp=ct,5xx',
      ]);
      expect(main().keys).toHaveLength(1);
    });

    it('takes the application of its name where nobody wrote down that it was made', async () => {
      api.mishaps.push({ kind: 'drops', when: 'after', on: 'CreateApplication' });
      const phone = await open();
      await expect(phone.token('alice', APP)).rejects.toMatchObject({ code: 'twilio-refused', status: 502 });
      await phone.token('alice', APP);
      expect(main().applications).toHaveLength(1);
      expect(made('CreateNewKey')).toBe(1);
    });

    it('makes a key again that another auth token had sealed, and removes the old one', async () => {
      await (await open()).token('alice', APP);
      const [old] = main().keys;
      main().authToken = 'a-new-token';
      const { token } = await (await open({ token: 'a-new-token' })).token('alice', APP);
      await vi.waitFor(() => expect(main().keys).toHaveLength(1));
      expect(main().keys[0]).not.toEqual(old);
      expect(decode(token).claims.iss).toBe(main().keys[0]!.sid);
      main().authToken = MAIN.token;
    });

    it('gives tokens also while Twilio does not answer, once everything was made', async () => {
      const first = await open();
      await first.token('alice', APP);
      const phone = await open({ apiUrl: 'http://127.0.0.1:1' });
      const { token } = await phone.token('alice', APP);
      expect(decode(token).claims.iss).toBe(main().keys[0]!.sid);
    });

    it('says what Twilio refuses, and makes everything when it no longer does', async () => {
      api.mishaps.push({
        kind: 'refuses',
        status: 429,
        code: 20429,
        message: 'Too Many Requests',
        on: 'CreateNewKey',
      });
      const phone = await open();
      await expect(phone.token('alice', APP)).rejects.toMatchObject({
        code: 'twilio-refused',
        status: 502,
        message: 'Twilio refused: Too Many Requests (20429).',
      });
      await phone.token('alice', APP);
      expect([main().keys.length, main().applications.length]).toEqual([1, 1]);
    });

    it('takes over from a process that died while it made them', async () => {
      const phone = await open();
      await stores[0]!.browserPhones.claim(MAIN.sid, 'the dead', 0, clock.now(), clock.now() + 20_000);
      const { token } = await whileTimePasses(phone.token('alice', APP));
      expect(decode(token).claims.iss).toBe(main().keys[0]!.sid);
    });

    it('gives up on another process that never comes to an end', async () => {
      const phone = await open();
      await stores[0]!.browserPhones.claim(MAIN.sid, 'the slow', 0, clock.now(), clock.now() + 3_600_000);
      await expect(whileTimePasses(phone.token('alice', APP))).rejects.toMatchObject({
        code: 'busy-elsewhere',
        status: 503,
      });
      expect(api.asked).toEqual([]);
    });

    it('needs an account and an address', async () => {
      const nobody = await open({ origin: null });
      await expect(nobody.token('alice', APP)).rejects.toMatchObject({ code: 'no-public-url', status: 409 });
      const phone = await open();
      await expect(phone.token('alice', { id: 'a', account: 'lost' })).rejects.toMatchObject({
        code: 'no-account',
        status: 409,
        message: 'The account "lost" has no credentials: a browser needs one to call with.',
      });
    });
  });
}
