/** Twilio's REST API, asked with the credentials of one account: https://www.twilio.com/docs/usage/requests-to-twilio. */
import type { Twilio } from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import { accountOf, type Account, type Accounts } from '../../accounts.ts';
import type { Clock } from '../../clock.ts';
import { OffhookError, messageOf } from '../../errors.ts';

export interface TwilioClient {
  readonly account: Account;
  /**
   * Does what is asked of the SDK's client, within ten seconds, or within `withinMs`, which is half a minute at most.
   * @throws OffhookError `twilio-refused` (502); `detail` has `twilioCode`, `twilioMessage` and `twilioStatus`, null
   * where Twilio did not answer: what was asked may have been done all the same. `passing`: codes of Twilio's that are
   * no failure; the answer is null then.
   */
  ask<T>(work: (twilio: Twilio) => Promise<T>, how?: { withinMs?: number }): Promise<T>;
  ask<T>(
    work: (twilio: Twilio) => Promise<T>,
    how: { withinMs?: number; passing: readonly number[] },
  ): Promise<T | null>;
  /** Loads Twilio's SDK ahead of the first request: for a quarter of a second nothing else moves. */
  load(): Promise<void>;
}

/** The client of an account, by its name; null: the default account. Null where its credentials are not at hand. */
export type TwilioClients = (name: string | null) => TwilioClient | null;

const ANSWER_WITHIN_MS = 10_000;
/** The longest that anything is waited for. */
export const LONGEST_WAIT_MS = 30_000;
/** Who waits gives up before the socket does: a timeout of the SDK's would cut every longer wait. */
const SOCKET_TIMEOUT_MS = LONGEST_WAIT_MS + 5_000;

export interface ClientsOptions {
  /** Asked each time: files are reloaded. */
  accounts(): Accounts;
  /** Another base URL than Twilio's, without a trailing slash. */
  apiUrl: string | null;
  clock: Clock;
}

/** One client for each account, kept as long as its credentials stay as they are. */
export function twilioClients({ accounts, apiUrl, clock }: ClientsOptions): TwilioClients {
  const kept = new Map<string, TwilioClient>();
  return (name) => {
    const account = accountOf(accounts(), name);
    if (!account) return null;
    const { sid, token, region, edge } = account;
    const before = kept.get(account.name);
    const same =
      before &&
      before.account.sid === sid &&
      before.account.token === token &&
      before.account.region === region &&
      before.account.edge === edge;
    if (same) return before;
    const client = twilioClient(account, { apiUrl, clock });
    kept.set(account.name, client);
    return client;
  };
}

/** A client for credentials that stand in no file. */
export function twilioClient(
  account: Account,
  { apiUrl, clock }: Omit<ClientsOptions, 'accounts'>,
): TwilioClient {
  let opened: Promise<Twilio> | null = null;
  const client = (): Promise<Twilio> => (opened ??= open(account, apiUrl));
  return {
    account,
    async ask<T>(
      work: (twilio: Twilio) => Promise<T>,
      { withinMs = ANSWER_WITHIN_MS, passing = [] }: { withinMs?: number; passing?: readonly number[] } = {},
    ): Promise<T> {
      const twilio = await client();
      return within(clock, withinMs, async () => {
        try {
          return await work(twilio);
        } catch (error) {
          const { code } = fieldsOf(error);
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the second form of `ask` says
          if (typeof code === 'number' && passing.includes(code)) return null as T;
          throw error;
        }
      });
    },
    async load() {
      await client();
    },
  };
}

async function open({ sid, token, region, edge }: Account, apiUrl: string | null): Promise<Twilio> {
  const { default: twilio } = await import('twilio');
  const timeout = SOCKET_TIMEOUT_MS;
  // Empty where the account has none: for what is left out the SDK takes the TWILIO_* variables, which are another's.
  if (apiUrl === null) return twilio(sid, token, { timeout, region: region ?? '', edge: edge ?? '' });
  // Behind the SDK, which would make a name of Twilio's out of any host.
  class Elsewhere extends twilio.RequestClient {
    override request<T>(options: RequestClient.RequestOptions<T>) {
      const { pathname, search } = new URL(options.uri);
      return super.request<T>({ ...options, uri: `${apiUrl}${pathname}${search}` });
    }
  }
  return twilio(sid, token, { httpClient: new Elsewhere({ timeout }) });
}

/** Does the work within the deadline; whatever goes wrong becomes one kind of error, which holds no credentials. */
async function within<T>(clock: Clock, withinMs: number, work: () => Promise<T>): Promise<T> {
  let cancel: () => void = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(withinMs, () => {
      reject(new OffhookError('late', `it did not answer within ${withinMs / 1000} s`));
    });
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw refused(error);
  } finally {
    cancel();
  }
}

/** Not with the error as its cause: an HTTP client's error holds the request, and with it the credentials. */
function refused(error: unknown): OffhookError {
  const { status, code, message, title, detail } = fieldsOf(error);
  if (typeof status === 'number') {
    // RestException, or TwilioServiceException for RFC 9457 bodies.
    const said = [detail, title, message].find((text) => typeof text === 'string') ?? 'it said nothing';
    const twilioCode = typeof code === 'number' && code !== 0 ? code : null;
    const numbered = twilioCode === null ? `HTTP ${status}` : String(twilioCode);
    return new OffhookError('twilio-refused', `Twilio refused: ${said} (${numbered}).`, {
      status: 502,
      detail: { twilioCode, twilioMessage: said, twilioStatus: status },
    });
  }
  const problem = error instanceof OffhookError || typeof code !== 'string' ? messageOf(error) : code;
  return new OffhookError('twilio-refused', `Twilio could not be asked: ${problem}.`, {
    status: 502,
    detail: { twilioCode: null, twilioMessage: null, twilioStatus: null },
  });
}

function fieldsOf(error: unknown): { readonly [name: string]: unknown } {
  return typeof error === 'object' && error !== null ? (error as { [name: string]: unknown }) : {};
}
