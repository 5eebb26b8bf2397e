/**
 * The caller's audio in a media frame as Twilio writes it, read off its bytes: the keys in the documented order with
 * `streamSid` before or behind `media`, no spaces, no escapes. Fifty a second arrive for every call. Every byte is
 * accounted for, so that what is read here means what JSON.parse would have said.
 */
export interface InboundAudio {
  kind: 'audio';
  /** Well-formed base64. */
  payload: string;
  /** From the start of the stream. */
  atMs: number;
}

const HEAD = Buffer.from('{"event":"media","sequenceNumber":"');
const NEXT = Buffer.from('",');
const SID = Buffer.from('"streamSid":"');
const MEDIA = Buffer.from('"media":{"track":"inbound","chunk":"');
const TIMESTAMP = Buffer.from('","timestamp":"');
const PAYLOAD = Buffer.from('","payload":"');
const END = Buffer.from('"}');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from('}');
const PADDING = '='.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
/** Digits of a number that is exact. */
const MOST_DIGITS = 15;

const DIGIT = 1;
const BASE64 = 2;
const KINDS = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  const isOf = (kind: RegExp, bit: number): number => (kind.test(character) ? bit : 0);
  return isOf(/^[0-9]$/, DIGIT) | isOf(/^[A-Za-z0-9+/]$/, BASE64);
});

/** `streamSid`: of the stream that it has to be of. Null: it is something else, or JSON.parse has to tell. */
export function inboundAudio(data: Buffer, streamSid: Buffer): InboundAudio | null {
  const numbered = past(data, span(data, past(data, 0, HEAD), DIGIT), NEXT);
  const before = past(data, numbered, SID);
  const media = past(data, before < 0 ? numbered : past(data, past(data, before, streamSid), NEXT), MEDIA);
  const stamp = past(data, span(data, media, DIGIT), TIMESTAMP);
  const stampEnd = span(data, stamp, DIGIT);
  const payload = past(data, stampEnd, PAYLOAD);
  let payloadEnd = span(data, payload, BASE64);
  if (payloadEnd < 0 || stampEnd - stamp > MOST_DIGITS) return null;
  for (let padding = 0; padding < 2 && data[payloadEnd] === PADDING; padding++) payloadEnd++;
  if ((payloadEnd - payload) & 3) return null;
  const whole = past(data, payloadEnd, END);
  const behind = before < 0 ? past(data, past(data, whole, COMMA), SID) : -1;
  const end = before < 0 ? past(data, past(data, behind, streamSid), END) : past(data, whole, CLOSE);
  if (end !== data.length) return null;
  return {
    kind: 'audio',
    payload: data.toString('latin1', payload, payloadEnd),
    atMs: numberAt(data, stamp, stampEnd),
  };
}

/** The place behind `text`; -1 where it does not stand there, or the place is none. */
function past(data: Buffer, at: number, text: Buffer): number {
  if (at < 0) return -1;
  for (let index = 0; index < text.length; index++) {
    if (data[at + index] !== text[index]) return -1;
  }
  return at + text.length;
}

/** The place behind one or more bytes of the kind; -1 as `past`. */
function span(data: Buffer, at: number, kind: number): number {
  if (at < 0) return -1;
  let end = at;
  while (KINDS[data[end]!]! & kind) end++;
  return end === at ? -1 : end;
}

function numberAt(data: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + data[at]! - ZERO;
  return value;
}
