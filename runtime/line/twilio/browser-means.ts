/**
 * What a browser calls through at Twilio: https://www.twilio.com/docs/usage/api/applications and
 * https://www.twilio.com/docs/iam/api/key-resource-v2010.
 */
import type { Account } from '../../accounts.ts';
import { ASK_AGAIN } from './ask-again.ts';
import { voiceToken } from './access-token.ts';
import type { TwilioClient } from './client.ts';

interface Urls {
  voice: string;
  status: string;
}

/** "Not found". */
const MISSING = [20404];

/** One account's applications and keys. Refusals are `twilio-refused` (502). */
export interface BrowserMeans {
  readonly account: Account;
  leads(applicationSid: string, urls: Urls): Promise<boolean>;
  lead(applicationSid: string | null, name: string, urls: Urls): Promise<string>;
  hasKey(keySid: string): Promise<boolean>;
  makeKey(name: string): Promise<{ sid: string; secret: string }>;
  removeKey(keySid: string): Promise<void>;
  sign(
    key: { sid: string; secret: string },
    grant: {
      identity: string;
      applicationSid: string;
      parameters: Readonly<Record<string, string>>;
      from: number;
      until: number;
    },
  ): string;
}

export function browserMeans(client: TwilioClient): BrowserMeans {
  const { account } = client;
  const settings = (urls: Urls) => ({
    voiceUrl: urls.voice + ASK_AGAIN,
    voiceMethod: 'POST',
    statusCallback: urls.status + ASK_AGAIN,
    statusCallbackMethod: 'POST',
  });

  return {
    account,

    async leads(applicationSid, urls) {
      const found = await client.ask(({ applications }) => applications(applicationSid).fetch(), {
        passing: MISSING,
      });
      const wanted = settings(urls);
      return found?.voiceUrl === wanted.voiceUrl && found.statusCallback === wanted.statusCallback;
    },

    async lead(applicationSid, name, urls) {
      const wanted = settings(urls);
      const point = (sid: string) =>
        client.ask(({ applications }) => applications(sid).update(wanted), { passing: MISSING });
      const same = applicationSid === null ? null : await point(applicationSid);
      if (same) return same.sid;
      const [named] = await client.ask(({ applications }) =>
        applications.list({ friendlyName: name, limit: 1 }),
      );
      const again = named ? await point(named.sid) : null;
      if (again) return again.sid;
      const made = await client.ask(({ applications }) =>
        applications.create({ friendlyName: name, ...wanted }),
      );
      return made.sid;
    },

    async hasKey(keySid) {
      return (await client.ask(({ keys }) => keys(keySid).fetch(), { passing: MISSING })) !== null;
    },

    async makeKey(name) {
      const { sid, secret } = await client.ask(({ newKeys }) => newKeys.create({ friendlyName: name }));
      return { sid, secret };
    },

    async removeKey(keySid) {
      await client.ask(({ keys }) => keys(keySid).remove(), { passing: MISSING });
    },

    sign: (key, grant) => voiceToken({ accountSid: account.sid, region: account.region, key, ...grant }),
  };
}
