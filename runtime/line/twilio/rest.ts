/** Calls placed and ended over Twilio's REST API: https://www.twilio.com/docs/voice/api/call-resource. */
import { OffhookError } from '../../errors.ts';
import { ASK_AGAIN } from './ask-again.ts';
import type { TwilioClient } from './client.ts';

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
}

/** "Not found" is said of a call that is over, "invalid call state" of one that was answered. */
const TOO_LATE = [20404, 21220];

/** The calls of one account. */
export function twilioCalls(client: TwilioClient): TwilioCalls {
  return {
    async create({ machine = null, ...call }) {
      const detection = machine && {
        machineDetection: machine.at === 'end' ? 'DetectMessageEnd' : 'Enable',
        // Not before the call goes on: whoever answers would hear nothing meanwhile.
        asyncAmd: 'true',
        asyncAmdStatusCallback: machine.callback,
      };
      return client.ask(async ({ calls }) => {
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
      await client.ask(({ calls }) => calls(callSid).update({ status: 'canceled' }), { passing: TOO_LATE });
    },
  };
}
