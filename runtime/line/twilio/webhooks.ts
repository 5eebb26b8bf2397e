/**
 * What Twilio asks and reports over HTTP: "a call comes in", what is next after a stream, call and stream
 * status. https://www.twilio.com/docs/voice/twiml. Every request is checked before anything is done for it.
 */
import type {} from '@koa/bodyparser';
import Router from 'koa-router';
import type { Context } from 'koa';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { ASK_AGAIN } from './ask-again.ts';
import { addBrowserRoutes } from './browser-webhooks.ts';
import {
  CALL_STATUSES,
  type Answer,
  type BriefAnswer,
  type BrowserDesk,
  type Desk,
  type DialOutcome,
  type IncomingCall,
} from './desk.ts';
import { connectRelay } from './relay-twiml.ts';
import type { Form, Verifier } from './signature.ts';
import type { DialOrder, Told } from '../gathering.ts';
import { gatherTwiml } from './gather-twiml.ts';
import { giveSound, soundPath, type SoundFiles } from './sounds.ts';
import { brief, connectStream, dial, hangup, join, reject, sayAndHangup, type DialTwiml } from './twiml.ts';

/** How it may be asked what a call shall do: as somebody has set it at Twilio. */
const ASKED = ['get', 'post'];

/** A call with one of these is still there. */
const RUNNING: readonly (string | null)[] = ['queued', 'ringing', 'in-progress'];

/** More than anybody presses at once, or says in the minute that Twilio listens. */
const KEYS = 100;
const SPEECH_CHARACTERS = 5_000;

/** "The socket of a relay session ended": ours may have died, and another process answers. */
const SOCKET_ENDED = '64105';

export interface WebhooksOptions {
  desk: Desk;
  browser: BrowserDesk;
  verifier: Verifier;
  /** The origin at which Twilio reaches this server, given the request's own Host where none is configured. */
  origin(host: string): string;
  /** What Twilio fetches and plays by itself. */
  sounds: SoundFiles;
  log: Log;
}

/** The routes under which Twilio calls. */
export function twilioWebhooks({ desk, browser, verifier, origin, sounds, log }: WebhooksOptions): Router {
  const router = new Router();

  // Whoever knows the path may have it: it is what every caller hears.
  router.get('/twilio/sounds/:id', (context) => giveSound(context, sounds, log));

  router.use(async (context, next) => {
    const verdict = verifier.webhook(context.req, formOf(context));
    if (!verdict.genuine) {
      const { reason, hint = 'The request does not bear a valid Twilio signature.' } = verdict;
      log.warn({ path: context.path, problem: reason }, 'webhook refused');
      throw new OffhookError('bad-signature', hint, { status: 403 });
    }
    // Of a request that names no account, the one that signed it.
    context.state['accountSid'] = verdict.sids?.[0] ?? null;
    await next();
  });

  router.register('/initiations/call/:appId', ASKED, async (context) => {
    const parameters = parametersOf(context);
    const answer = await desk.incoming(
      callOf(parameters, context.params['appId']!, parameters('initiation')),
    );
    if (answer.kind === 'unknown') {
      throw new OffhookError('unknown-app', `There is no app "${context.params['appId']}".`, { status: 404 });
    }
    respond(context, answer);
  });

  router.register('/twiml', ASKED, async (context) => {
    const parameters = parametersOf(context);
    const key = parameters('app') ?? parameters('assistant_id');
    const answer = await desk.incoming(callOf(parameters, key, parameters('initiation')));
    if (answer.kind === 'unknown') {
      const what = key === null ? `the number "${parameters('To')}"` : `"${key}"`;
      throw new OffhookError('unknown-app', `No app answers ${what}.`, { status: 404 });
    }
    respond(context, answer);
  });

  router.post('/twilio/next', async (context) => {
    const parameters = parametersOf(context);
    const answer = await desk.next(parameters('session') ?? '', parameters('CallSid') ?? '');
    respond(context, answer.kind === 'unknown' ? { kind: 'hang-up' } : answer);
  });

  router.post('/twilio/relay', async (context) => {
    const parameters = parametersOf(context);
    const session = parameters('session') ?? '';
    const callSid = parameters('CallSid') ?? '';
    const how = parameters('SessionStatus');
    const about = { session, callSid, relay: parameters('SessionId'), status: how };
    const code = parameters('ErrorCode');
    if (how === 'failed' || code !== null)
      log.warn({ ...about, code }, 'Twilio reports a failed relay session');
    else log.debug({ ...about, handOver: parameters('HandoffData') }, 'relay session over');
    const call = CALL_STATUSES.find((one) => one === parameters('CallStatus'));
    if (call && !RUNNING.includes(call)) {
      // Nobody is there any more to whom what is next could happen.
      await desk.status(session, callSid, call);
      return respond(context, { kind: 'hang-up' });
    }
    // A socket that broke may be opened again; whatever else failed would fail again.
    const failure = how === 'failed' && code !== SOCKET_ENDED ? (code ?? 'failed') : null;
    const answer = await desk.next(session, callSid, failure);
    return respond(context, answer.kind === 'unknown' ? { kind: 'hang-up' } : answer);
  });

  // Never answered with a redirect of HTTP: Twilio follows it, and loses the digits.
  router.post('/twilio/gather', async (context) => {
    const parameters = parametersOf(context);
    const session = parameters('session') ?? '';
    const callSid = parameters('CallSid') ?? '';
    const status = CALL_STATUSES.find((one) => one === parameters('CallStatus'));
    if (status && !RUNNING.includes(status)) {
      // The caller has hung up meanwhile: nobody hears what is answered.
      await desk.status(session, callSid, status);
      return respond(context, { kind: 'hang-up' });
    }
    const turn = Number(parameters('turn') ?? NaN);
    const answer = await desk.gather(session, callSid, turn, toldIn(parameters));
    respond(context, answer.kind === 'unknown' ? { kind: 'hang-up' } : answer);
  });

  router.post('/twilio/gather/partial', async (context) => {
    const parameters = parametersOf(context);
    const sequence = Number(parameters('SequenceNumber') ?? NaN);
    const text = parameters('StableSpeechResult');
    if (text !== null && Number.isInteger(sequence)) {
      await desk.partial({
        session: parameters('session') ?? '',
        callSid: parameters('CallSid') ?? '',
        turn: Number(parameters('turn') ?? NaN),
        sequence,
        text,
      });
    }
    context.status = 204;
  });

  router.post('/twilio/brief', async (context) => {
    const parameters = parametersOf(context);
    const { session, transfer } = transferOf(parameters);
    respondBrief(context, await desk.brief(session, transfer));
  });

  router.post('/twilio/brief/answer', async (context) => {
    const parameters = parametersOf(context);
    const { session, transfer } = transferOf(parameters);
    respondBrief(context, await desk.brief(session, transfer, parameters('Digits')));
  });

  router.post('/twilio/transferred', async (context) => {
    const parameters = parametersOf(context);
    const bridged = parameters('DialBridged');
    const answer = await desk.transferred({
      ...transferOf(parameters),
      callSid: parameters('CallSid') ?? '',
      status: dialStatus(parameters('DialCallStatus')),
      joined: bridged === null ? null : bridged === 'true',
      callerIsThere: RUNNING.includes(parameters('CallStatus')),
    });
    respond(context, answer.kind === 'unknown' ? { kind: 'hang-up' } : answer);
  });

  router.post('/twilio/machine', async (context) => {
    const parameters = parametersOf(context);
    const who = parameters('AnsweredBy');
    const session = parameters('session');
    if (who !== null && session !== null) {
      await desk.answeredBy(session, parameters('CallSid') ?? '', who);
    }
    context.status = 204;
  });

  router.post('/twilio/status', async (context) => {
    const parameters = parametersOf(context);
    const told = parameters('CallStatus');
    // `initiated`, a word of reports only: it leaves the queue, and does not ring yet.
    const status = told === 'initiated' ? 'queued' : told;
    const known = CALL_STATUSES.find((one) => one === status);
    const number = parameters('SequenceNumber');
    const sequence = number !== null && /^\d{1,9}$/.test(number) ? Number(number) : null;
    // Sets of values grow; one that is not known says nothing.
    if (known) await desk.status(parameters('session'), parameters('CallSid') ?? '', known, sequence);
    context.status = 204;
  });

  router.post('/twilio/stream', (context) => {
    const parameters = parametersOf(context);
    const event = parameters('StreamEvent');
    const about = { callSid: parameters('CallSid'), stream: parameters('StreamSid'), event };
    if (event === 'stream-error')
      log.warn({ ...about, problem: parameters('StreamError') }, 'Twilio reports a stream error');
    else log.debug(about, 'stream status');
    context.status = 204;
  });

  addBrowserRoutes(router, { browser, desk, parametersOf, respond, origin, log });

  return router;

  function respond(context: Context, answer: Exclude<Answer, { kind: 'unknown' }>): void {
    context.type = 'text/xml';
    context.body = twiml(answer, origin(context.host));
  }

  function respondBrief(context: Context, answer: BriefAnswer): void {
    context.type = 'text/xml';
    context.body = briefTwiml(answer, origin(context.host));
  }
}

/** What a POST brought; null: it is none. Only that is signed. */
function formOf(context: Context): Form | null {
  return context.method === 'POST' ? ((context.request.body ?? {}) as Form) : null;
}

/** The form's value of a POST, or the query's; of several, the first. */
function parametersOf(context: Context): (name: string) => string | null {
  const form = formOf(context) ?? {};
  const first = (value: string | readonly string[] | undefined): string | null =>
    (typeof value === 'string' ? value : value?.[0]) || null;
  const signer: unknown = context.state['accountSid'];
  return (name) => {
    const told = first(form[name]) ?? first(context.query[name]);
    // Where the request does not say whose it is, its signature does.
    return told ?? (name === 'AccountSid' && typeof signer === 'string' ? signer : null);
  };
}

function callOf(
  parameters: (name: string) => string | null,
  key: string | null,
  initiation: string | null,
): IncomingCall {
  const callSid = parameters('CallSid');
  if (callSid === null) throw new OffhookError('bad-request', 'CallSid is missing.', { status: 400 });
  const placed = (parameters('Direction') ?? 'inbound') !== 'inbound';
  const side = placed ? 'To' : 'From';
  return {
    key,
    callSid,
    accountSid: parameters('AccountSid'),
    from: parameters('From'),
    to: parameters('To'),
    caller: {
      country: parameters(`${side}Country`),
      city: parameters(`${side}City`),
      name: parameters('CallerName'),
    },
    initiation,
    placed,
    welcomeMessage: parameters('welcome_message'),
    locale: null,
  };
}

function twiml(answer: Exclude<Answer, { kind: 'unknown' }>, base: string): string {
  switch (answer.kind) {
    case 'stream':
      return connectStream({
        streamUrl: `${base.replace(/^http/, 'ws')}/call/`,
        statusCallback: `${base}/twilio/stream`,
        parameters: answer.parameters,
        redirectUrl: nextUrl(answer.session, base),
      });
    case 'relay':
      return connectRelay({
        relayUrl: `${base.replace(/^http/, 'ws')}/relay`,
        actionUrl: `${base}/twilio/relay?session=${answer.session}${ASK_AGAIN}`,
        parameters: answer.parameters,
        settings: answer.settings,
      });
    case 'dial':
      return dial(dialTwiml(answer, base));
    case 'gather': {
      const about = `session=${answer.session}&turn=${answer.turn}`;
      return gatherTwiml(answer, {
        action: `${base}/twilio/gather?${about}${ASK_AGAIN}`,
        again: `${base}/twilio/gather?${about}&again=1${ASK_AGAIN}`,
        partial: `${base}/twilio/gather/partial?${about}`,
        next: nextUrl(answer.session, base),
        sound: (file) => `${base}${soundPath(file)}`,
        dial: (order) => dialTwiml(order, base),
      });
    }
    case 'busy':
      return reject('busy');
    case 'say':
      return sayAndHangup(answer.text, answer.locale);
    case 'hang-up':
      return hangup();
  }
}

function briefTwiml(answer: BriefAnswer, base: string): string {
  switch (answer.kind) {
    case 'brief':
      return brief(answer.say, `${base}/twilio/brief/answer?${aboutTransfer(answer)}`);
    case 'join':
      return join();
    case 'hang-up':
      return hangup();
  }
}

function nextUrl(session: string, base: string): string {
  return `${base}/twilio/next?session=${session}${ASK_AGAIN}`;
}

function dialTwiml(order: DialOrder, base: string): DialTwiml {
  const about = aboutTransfer(order);
  return {
    ...order,
    briefUrl: order.briefed ? `${base}/twilio/brief?${about}` : null,
    actionUrl: `${base}/twilio/transferred?${about}${ASK_AGAIN}`,
  };
}

/** What a `<Gather>` came to. Of keys and words the keys count: nobody presses them unawares. */
function toldIn(parameters: (name: string) => string | null): Told {
  if (parameters('again') !== null) return { kind: 'asks-again' };
  const keys = (parameters('Digits') ?? '').replace(/[^0-9*#]/g, '').slice(0, KEYS);
  if (keys !== '') return { kind: 'pressed', keys };
  const text = (parameters('SpeechResult') ?? '').trim().slice(0, SPEECH_CHARACTERS);
  return text === '' ? { kind: 'nothing' } : { kind: 'spoke', text };
}

function aboutTransfer({ session, transfer }: { session: string; transfer: number }): string {
  return `session=${session}&transfer=${transfer}`;
}

function transferOf(parameters: (name: string) => string | null): { session: string; transfer: number } {
  return { session: parameters('session') ?? '', transfer: Number(parameters('transfer') ?? NaN) };
}

/** Of `DialCallStatus`; whatever is not known is a failure. */
function dialStatus(status: string | null): DialOutcome['status'] {
  switch (status) {
    case 'completed':
    case 'answered':
      return 'completed';
    case 'busy':
    case 'no-answer':
      return status;
    default:
      return 'failed';
  }
}
