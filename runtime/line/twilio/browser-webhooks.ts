/** What Twilio asks and reports of calls from browsers. The requests were checked where these routes are mounted. */
import type Router from 'koa-router';
import type { Context } from 'koa';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { ASK_AGAIN } from './ask-again.ts';
import { dialFromBrowser, notice } from './browser-twiml.ts';
import { CALL_STATUSES, type Answer, type BrowserAnswer, type BrowserDesk, type Desk } from './desk.ts';
import { hangup } from './twiml.ts';

/** How long a number rings before nobody is there. */
const RING_S = 60;

export interface BrowserWebhooks {
  browser: BrowserDesk;
  desk: Pick<Desk, 'status'>;
  parametersOf(context: Context): (name: string) => string | null;
  /** The TwiML of every other answer. */
  respond(context: Context, answer: Exclude<Answer, { kind: 'unknown' }>): void;
  origin(host: string): string;
  log: Log;
}

export function addBrowserRoutes(router: Router, webhooks: BrowserWebhooks): void {
  const { browser, desk, parametersOf, origin, log } = webhooks;

  router.post('/twilio/voice/outbound', async (context) => {
    const parameters = parametersOf(context);
    const callSid = parameters('CallSid');
    if (callSid === null) throw new OffhookError('bad-request', 'CallSid is missing.', { status: 400 });
    const answer = await browser.outgoing({
      callSid,
      accountSid: parameters('AccountSid'),
      from: parameters('From'),
      to: parameters('To'),
      app: parameters('app'),
      callerId: parameters('CallerId') ?? parameters('callerId'),
      record: parameters('record') !== 'false',
    });
    if (answer.kind === 'unknown') {
      const message = 'No app answers what the browser calls, nor is there one that it calls as.';
      throw new OffhookError('unknown-app', message, { status: 404 });
    }
    if (answer.kind === 'call-out') give(context, callOut(answer, origin(context.host)));
    else webhooks.respond(context, answer);
  });

  router.post('/twilio/voice/notice', (context) => {
    const locale = parametersOf(context)('locale') ?? 'en-US';
    give(context, notice(browser.notice(locale), locale));
  });

  // The two are not joined any more, or never were: there is nothing left to do for the browser.
  router.post('/twilio/voice/ended', async (context) => {
    const parameters = parametersOf(context);
    const status = CALL_STATUSES.find((one) => one === parameters('DialCallStatus'));
    const parentCallSid = parameters('CallSid');
    const callSid = parameters('DialCallSid') ?? '';
    if (status)
      await browser.report(parameters('session'), { callSid, parentCallSid, status, sequence: null });
    give(context, hangup());
  });

  router.post('/twilio/call-status', async (context) => {
    const parameters = parametersOf(context);
    const status = CALL_STATUSES.find((one) => one === parameters('CallStatus'));
    const callSid = parameters('CallSid') ?? '';
    const session = parameters('session');
    if (status) {
      const parentCallSid = parameters('ParentCallSid');
      const number = parameters('SequenceNumber');
      const sequence = number !== null && /^\d{1,9}$/.test(number) ? Number(number) : null;
      // A browser that called an app: its call is like any other.
      if (!(await browser.report(session, { callSid, parentCallSid, status, sequence })))
        await desk.status(session, callSid, status, sequence);
    }
    context.status = 204;
  });

  router.post('/twilio/recording', async (context) => {
    const parameters = parametersOf(context);
    const [session, id, url] = [
      parameters('session'),
      parameters('RecordingSid'),
      parameters('RecordingUrl'),
    ];
    const status = RECORDING.find((one) => one === parameters('RecordingStatus'));
    if (session !== null && id !== null && status) {
      const seconds = Number(parameters('RecordingDuration') ?? NaN);
      const begun = Date.parse(parameters('RecordingStartTime') ?? '');
      await browser.recorded(session, parameters('AccountSid'), {
        id,
        url: url ?? '',
        status,
        channels: parameters('RecordingChannels') === '1' ? 1 : 2,
        durationMs: seconds >= 0 ? seconds * 1000 : null,
        startedAt: Number.isNaN(begun) ? null : begun,
      });
    } else
      log.warn({ session, recording: id }, 'Twilio tells of a recording in a way that is not understood');
    context.status = 204;
  });
}

const RECORDING = ['in-progress', 'completed', 'absent'] as const;

function callOut(
  { session, to, callerId, recorded }: Extract<BrowserAnswer, { kind: 'call-out' }>,
  base: string,
): string {
  return dialFromBrowser({
    to,
    callerId,
    ringS: RING_S,
    recorded: recorded && {
      ...recorded,
      noticeUrl: `${base}/twilio/voice/notice?locale=${encodeURIComponent(recorded.locale)}`,
      recordingUrl: `${base}/twilio/recording?session=${session}${ASK_AGAIN}`,
    },
    actionUrl: `${base}/twilio/voice/ended?session=${session}${ASK_AGAIN}`,
    statusUrl: `${base}/twilio/call-status?session=${session}${ASK_AGAIN}`,
  });
}

function give(context: Context, twiml: string): void {
  context.type = 'text/xml';
  context.body = twiml;
}
