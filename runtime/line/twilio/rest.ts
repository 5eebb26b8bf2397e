/** Calls placed and ended over Twilio's REST API: https://www.twilio.com/docs/voice/api/call-resource. */
import { OffhookError } from '../../errors.ts';
import { ASK_AGAIN } from './ask-again.ts';
import type { TwilioClient } from './client.ts';
import { CALL_STATUSES, type CallStatus } from './desk.ts';

interface PlacedCall {
  sid: string;
  /** As Twilio says it: `queued` at first. */
  status: string;
}

interface RecordedCall {
  sid: string;
  status: CallStatus;
  createdAt: number;
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
  /**
   * Takes a call back that nobody has answered. False: it was answered or is over, and stays as it is. Throws as
   * `create`, as the others.
   */
  cancel(callSid: string): Promise<boolean>;
  /** The newest calls from this number to that one. Times are milliseconds since the epoch. */
  find(numbers: { to: string; from: string }): Promise<RecordedCall[]>;
  /** How a call stands; null: Twilio knows of none. */
  look(callSid: string): Promise<CallStatus | null>;
  /** Whether anybody has answered whom this call was to be joined with. */
  wasJoined(callSid: string): Promise<boolean>;
}

/** "Not found" is said of a call that is over, "invalid call state" of one that was answered. */
const TOO_LATE = [20404, 21220];
const NOT_FOUND = [20404];
/** Of one number from another: more than anybody is called within minutes. */
const NEWEST = 50;

/** The calls of one account. */
export function twilioCalls(client: TwilioClient): TwilioCalls {
  return {
    async create({ machine = null, ...call }) {
      const detection = machine && {
        machineDetection: machine.at === 'end' ? 'DetectMessageEnd' : 'Enable',
        // Not before the call goes on: whoever answers would hear nothing meanwhile.
        asyncAmd: 'true',
        asyncAmdStatusCallback: machine.callback + ASK_AGAIN,
      };
      return client.ask(async ({ calls }) => {
        const { sid, status } = await calls.create({
          ...call,
          url: call.url + ASK_AGAIN,
          statusCallback: call.statusCallback + ASK_AGAIN,
          ...detection,
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
        });
        if (typeof sid !== 'string') throw new OffhookError('not-twilio', 'the answer has no call in it');
        return { sid, status };
      });
    },
    async cancel(callSid) {
      const cancel = client.ask(({ calls }) => calls(callSid).update({ status: 'canceled' }), {
        passing: TOO_LATE,
      });
      return (await cancel) !== null;
    },
    find({ to, from }) {
      return client.ask(async ({ calls }) => {
        const found = await calls.list({ to, from, limit: NEWEST, pageSize: NEWEST });
        return found
          .filter(({ direction }) => direction === 'outbound-api')
          .map(({ sid, status, dateCreated }) => ({
            sid,
            status: statusOf(status),
            createdAt: dateCreated.getTime(),
          }));
      });
    },
    async look(callSid) {
      const call = await client.ask(({ calls }) => calls(callSid).fetch(), { passing: NOT_FOUND });
      return call && statusOf(call.status);
    },
    wasJoined(parentCallSid) {
      return client.ask(async ({ calls }) => {
        const others = await calls.list({ parentCallSid, limit: NEWEST, pageSize: NEWEST });
        return others.some(({ status }) => status === 'in-progress' || status === 'completed');
      });
    },
  };
}

/** One that is not known is that of a call that goes on: nothing follows from it. */
function statusOf(status: string): CallStatus {
  return CALL_STATUSES.find((one) => one === status) ?? 'in-progress';
}
