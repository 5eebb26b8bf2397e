/** The TwiML that Offhook answers with: https://www.twilio.com/docs/voice/twiml. Whatever goes in is escaped. */
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { OffhookError } from '../../errors.ts';

/** Twilio's limit is "under 500 characters" for name and value of a `<Parameter>` together. */
const PARAMETER_CHARACTERS = 499;
/** Basic voices take 4096 bytes, Polly's 3000. */
const SAY_BYTES = 3000;
/** What `<Dial timeout>` takes. */
const RING_S = { least: 5, most: 600 };
/** How long the other side may think about whether it takes the call. */
const KEY_WITHIN_S = 10;

interface StreamOrder {
  /** `wss://…` without a query: Twilio strips it. */
  streamUrl: string;
  /** Told when the stream starts, stops or fails; null where Twilio could not reach it. */
  statusCallback: string | null;
  parameters: Readonly<Record<string, string>>;
  /** Asked for what is next once the stream has closed, for whatever reason. */
  redirectUrl: string;
}

/**
 * Connects the call to a two-way stream, then asks what is next.
 * @throws OffhookError `parameter-too-long`.
 */
export function connectStream(order: StreamOrder): string {
  const response = new VoiceResponse();
  const { streamUrl, statusCallback } = order;
  const stream = response.connect().stream({
    url: clean(streamUrl),
    ...(statusCallback === null ? {} : { statusCallback: clean(statusCallback) }),
  });
  addParameters(stream, order.parameters);
  response.redirect({ method: 'POST' }, clean(order.redirectUrl));
  return response.toString();
}

/**
 * Hands values over to the socket that the noun opens.
 * @throws OffhookError `parameter-too-long`.
 */
export function addParameters(
  noun: { parameter(attributes: { name: string; value: string }): unknown },
  parameters: Readonly<Record<string, string>>,
): void {
  for (const [rawName, rawValue] of Object.entries(parameters)) {
    const name = clean(rawName);
    const value = clean(rawValue);
    if (name.length + value.length > PARAMETER_CHARACTERS) {
      throw new OffhookError(
        'parameter-too-long',
        `The parameter "${name.slice(0, 40)}" has ${name.length + value.length} characters with its value; Twilio passes on fewer than 500.`,
      );
    }
    noun.parameter({ name, value });
  }
}

export interface DialTwiml {
  /** E.164. */
  to: string;
  /** What the other side sees; null: the caller's own number. */
  callerId: string | null;
  ringMs: number;
  /** Asked for what the other side hears before it is joined; null: it is joined at once. */
  briefUrl: string | null;
  /** Asked for what is next when the two are not joined any more, or never were. */
  actionUrl: string;
}

/** Joins the caller with somebody else. */
export function dial(order: DialTwiml): string {
  const response = new VoiceResponse();
  addDial(response, order);
  return response.toString();
}

/** The same, behind other verbs. */
export function addDial(
  response: VoiceResponse,
  { to, callerId, ringMs, briefUrl, actionUrl }: DialTwiml,
): void {
  const timeout = Math.min(RING_S.most, Math.max(RING_S.least, Math.round(ringMs / 1000)));
  response
    .dial({
      action: clean(actionUrl),
      method: 'POST',
      timeout,
      answerOnBridge: true,
      ...(callerId === null ? {} : { callerId: clean(callerId) }),
    })
    .number(briefUrl === null ? {} : { url: clean(briefUrl), method: 'POST' }, clean(to));
}

/** Says this to the other side and waits for one key. Without one, `actionUrl` is asked too. */
export function brief(say: readonly { text: string; locale: string }[], actionUrl: string): string {
  const response = new VoiceResponse();
  const gather = response.gather({
    input: ['dtmf'],
    numDigits: 1,
    finishOnKey: '',
    timeout: KEY_WITHIN_S,
    actionOnEmptyResult: true,
    action: clean(actionUrl),
    method: 'POST',
  });
  for (const { text, locale } of say) gather.say({ language: languageOf(locale) }, cut(clean(text)));
  response.hangup();
  return response.toString();
}

/** The end of what the other side hears: it is joined with the caller. */
export function join(): string {
  return new VoiceResponse().toString();
}

export function hangup(): string {
  const response = new VoiceResponse();
  response.hangup();
  return response.toString();
}

/** Does not answer the call, so that nothing is billed: the caller hears the busy tone. */
export function reject(reason: 'busy'): string {
  const response = new VoiceResponse();
  response.reject({ reason });
  return response.toString();
}

/** Twilio's own voice says `text` in `locale` (BCP 47), then the call ends. A text too long for Twilio is cut. */
export function sayAndHangup(text: string, locale: string): string {
  const response = new VoiceResponse();
  response.say({ language: languageOf(locale) }, cut(clean(text)));
  response.hangup();
  return response.toString();
}

/** Twilio knows more languages than its SDK's list of them. */
export function languageOf(locale: string): 'en-GB' {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return clean(locale).replace('_', '-') as 'en-GB';
}

/** Nothing but what XML 1.0 allows in a document (section 2.2): no control characters, no half characters. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu, '');
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= SAY_BYTES) return text;
  // Back to the beginning of a character, then of a word.
  let end = SAY_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  const whole = bytes.subarray(0, end).toString();
  const space = whole.lastIndexOf(' ');
  return space > 0 ? whole.slice(0, space) : whole;
}
