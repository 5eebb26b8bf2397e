/** The TwiML of calls that begin in a browser: https://www.twilio.com/docs/voice/twiml/dial */
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { clean, languageOf } from './twiml.ts';

export interface BrowserDial {
  /** E.164. */
  to: string;
  callerId: string;
  ringS: number;
  /** Said to both sides before they are joined, each on a channel of its own; null: nothing is recorded. */
  recorded: { text: string; locale: string; noticeUrl: string; recordingUrl: string } | null;
  /** Asked for what is next when the two are not joined any more, or never were. */
  actionUrl: string;
  /** Told how the other side's end of the call stands. */
  statusUrl: string;
}

/** Joins the browser with a number. */
export function dialFromBrowser({
  to,
  callerId,
  ringS,
  recorded,
  actionUrl,
  statusUrl,
}: BrowserDial): string {
  const response = new VoiceResponse();
  if (recorded) response.say({ language: languageOf(recorded.locale) }, clean(recorded.text));
  const dial = response.dial({
    action: clean(actionUrl),
    method: 'POST',
    callerId: clean(callerId),
    timeout: ringS,
    answerOnBridge: true,
    ...(recorded && {
      record: 'record-from-answer-dual' as const,
      recordingStatusCallback: clean(recorded.recordingUrl),
      recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'] as const satisfies string[],
    }),
  });
  dial.number(
    {
      ...(recorded && { url: clean(recorded.noticeUrl), method: 'POST' }),
      statusCallback: clean(statusUrl),
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      statusCallbackMethod: 'POST',
    },
    clean(to),
  );
  return response.toString();
}

/** What the other side hears before it is joined. */
export function notice(text: string, locale: string): string {
  const response = new VoiceResponse();
  response.say({ language: languageOf(locale) }, clean(text));
  return response.toString();
}
