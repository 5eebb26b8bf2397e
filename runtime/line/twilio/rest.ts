/** Calls placed and ended over Twilio's REST API: https://www.twilio.com/docs/voice/api/call-resource. */
import type { Twilio } from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { OffhookError, messageOf } from '../../errors.ts';
import { ASK_AGAIN } from './ask-again.ts';

interface PlacedCall {
  sid: string;
  /** As Twilio says it: `queued` at first. */
  status: string;
}

interface CallOrder {
  to: string;
  from: string;
  url: string;
  statusCallback: string;
  /** Whether a machine has answered: as soon as that is known, or when its message is over, is told to `callback`. */
  machine?: { at: 'start' | 'end'; callback: string } | null;
}

export interface TwilioCalls {
  /**
   * Places a call. Twilio asks `url` for TwiML when it is answered, and reports `initiated`, `ringing`, `answered`
   * and `completed` to `statusCallback`. Who answered is listened to while the call goes on.
   * @throws OffhookError `twilio-refused` (502); `detail` has `twilioCode`, `twilioMessage` and `twilioStatus`, null
   * where Twilio did not answer. After a deadline the call may have been placed all the same.
   */
  create(call: CallOrder): Promise<PlacedCall>;
  /** Takes a call back that nobody has answered; one that was answered or is over stays as it is. Else throws as `create`. */
  cancel(callSid: string): Promise<void>;
  /** Loads Twilio's SDK ahead of the first call: for a quarter of a second nothing else moves. */
  load(): Promise<void>;
}

const ANSWER_WITHIN_MS = 10_000;
/** "Not found" is said of a call that is over, "invalid call state" of one that was answered. */
const TOO_LATE: readonly unknown[] = [20404, 21220];

/** Null where no account is set. */
export function twilioCalls(settings: Config['twilio'], clock: Clock): TwilioCalls | null {
  const { accountSid, authToken } = settings;
  if (accountSid === null || authToken === null) return null;
  let opened: Promise<Twilio> | null = null;
  const client = (): Promise<Twilio> => (opened ??= open({ ...settings, accountSid, authToken }));

  return {
    async create({ machine = null, ...call }) {
      const calls = (await client()).calls;
      const detection = machine && {
        machineDetection: machine.at === 'end' ? 'DetectMessageEnd' : 'Enable',
        // Not before the call goes on: whoever answers would hear nothing meanwhile.
        asyncAmd: 'true',
        asyncAmdStatusCallback: machine.callback,
      };
      return within(clock, async () => {
        const { sid, status } = await calls.create({
          ...call,
          url: call.url + ASK_AGAIN,
          ...detection,
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
        });
        if (typeof sid !== 'string') throw new OffhookError('not-twilio', 'the answer has no call in it');
        return { sid, status };
      });
    },
    async cancel(callSid) {
      const call = (await client()).calls(callSid);
      await within(clock, async () => {
        try {
          await call.update({ status: 'canceled' });
        } catch (error) {
          if (!TOO_LATE.includes(fieldsOf(error).code)) throw error;
        }
      });
    },
    async load() {
      await client();
    },
  };
}

async function open(settings: Config['twilio'] & { accountSid: string; authToken: string }): Promise<Twilio> {
  const { accountSid, authToken, region, edge, apiUrl } = settings;
  const { default: twilio } = await import('twilio');
  const timeout = ANSWER_WITHIN_MS;
  if (apiUrl === null) {
    return twilio(accountSid, authToken, { timeout, ...(region && edge ? { region, edge } : {}) });
  }
  // Behind the SDK, which would make a name of Twilio's out of any host.
  class Elsewhere extends twilio.RequestClient {
    override request<T>(options: RequestClient.RequestOptions<T>) {
      const { pathname, search } = new URL(options.uri);
      return super.request<T>({ ...options, uri: `${apiUrl}${pathname}${search}` });
    }
  }
  return twilio(accountSid, authToken, { httpClient: new Elsewhere({ timeout }) });
}

/** Does the work within the deadline; whatever goes wrong becomes one kind of error, which holds no credentials. */
async function within<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  let cancel: () => void = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ANSWER_WITHIN_MS, () => {
      reject(new OffhookError('late', `it did not answer within ${ANSWER_WITHIN_MS / 1000} s`));
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
