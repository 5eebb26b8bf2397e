/** Subaccounts: https://www.twilio.com/docs/iam/api/subaccounts */
import type { TwilioClient } from './client.ts';

export interface Subaccounts {
  /** The SID of one that is not closed and is called so; null: there is none. */
  named(name: string): Promise<string | null>;
  /** Makes one, with a token of its own, which Twilio tells its owner. */
  make(name: string): Promise<{ sid: string; token: string }>;
}

/** Those of an account. Refusals are `twilio-refused` (502); a subaccount has none. */
export function subaccounts(client: TwilioClient): Subaccounts {
  return {
    async named(friendlyName) {
      const found = await client.ask(({ api }) => api.v2010.accounts.list({ friendlyName, limit: 20 }));
      // The account itself is in the list.
      const one = found.find(({ sid, status }) => sid !== client.account.sid && status !== 'closed');
      return one?.sid ?? null;
    },
    async make(friendlyName) {
      const { sid, authToken } = await client.ask(({ api }) => api.v2010.accounts.create({ friendlyName }));
      return { sid, token: authToken };
    },
  };
}
