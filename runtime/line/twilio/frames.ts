/**
 * The frames of Twilio Media Streams, both ways: https://www.twilio.com/docs/voice/media-streams/websocket-messages.
 * Reading never throws. Of the caller's audio in its usual form `media-bytes.ts` takes care.
 */
export type Frame =
  | { kind: 'connected' }
  | {
      kind: 'start';
      streamSid: string;
      accountSid: string;
      callSid: string;
      tracks: readonly string[];
      format: { encoding: string; sampleRate: number; channels: number };
      /** The `<Parameter>`s of the TwiML. Without a prototype. */
      parameters: { readonly [name: string]: string };
    }
  /** `payload` is well-formed base64, perhaps empty; `atMs` counts from the start of the stream. */
  | { kind: 'media'; streamSid: string; payload: string; atMs: number; track: string }
  | { kind: 'dtmf'; streamSid: string; digit: string }
  | { kind: 'mark'; streamSid: string; name: string }
  | { kind: 'stop'; streamSid: string }
  /** Offhook's own, from the simulated phone: the words that are being spoken. */
  | { kind: 'caption'; streamSid: string; text: string }
  /** An event that this page of Twilio's does not have: to be ignored. */
  | { kind: 'other'; event: string };

interface BadFrame {
  kind: 'bad';
  /** What is wrong, without quoting what came. */
  reason: string;
}

/** Reads one text frame. Whatever it holds, the answer is a frame or the reason why it is none. */
export function parseFrame(text: string): Frame | BadFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('not JSON');
  }
  const frame = fieldsOf(value);
  if (!frame) return bad('not an object');
  const event = frame.event;
  if (typeof event !== 'string') return bad('no event');
  if (event === 'connected') return { kind: 'connected' };

  const streamSid = frame.streamSid;
  const body = fieldsOf(frame[event]);
  switch (event) {
    case 'start':
    case 'media':
    case 'dtmf':
    case 'mark':
    case 'caption':
      if (!isText(streamSid)) return bad(`${event} without a streamSid`);
      return body ? READERS[event](streamSid, body) : bad(`${event} without its ${event} object`);
    case 'stop':
      return isText(streamSid) ? { kind: 'stop', streamSid } : bad('stop without a streamSid');
    default:
      return { kind: 'other', event };
  }
}

/** Writes frames to one stream; what does not change is put together once. */
interface FrameWriter {
  /** `payload` is base64 mu-law and goes out as it is. */
  media(payload: string): string;
  mark(name: string): string;
  readonly clear: string;
}

export function frameWriter(streamSid: string): FrameWriter {
  const sid = JSON.stringify(streamSid);
  const media = `{"event":"media","streamSid":${sid},"media":{"payload":"`;
  const mark = `{"event":"mark","streamSid":${sid},"mark":{"name":`;
  return {
    media: (payload) => media + payload + '"}}',
    mark: (name) => mark + JSON.stringify(name) + '}}',
    clear: `{"event":"clear","streamSid":${sid}}`,
  };
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function isBase64(text: string): boolean {
  return (text.length & 3) === 0 && BASE64.test(text);
}

type Fields = { readonly [name: string]: unknown };

type Reader = (streamSid: string, body: Fields) => Frame | BadFrame;

const READERS: Readonly<Record<'start' | 'media' | 'dtmf' | 'mark' | 'caption', Reader>> = {
  start: readStart,
  media: readMedia,
  dtmf: (streamSid, { digit }) =>
    typeof digit === 'string' && /^[0-9*#A-Da-d]$/.test(digit)
      ? { kind: 'dtmf', streamSid, digit: digit.toUpperCase() }
      : bad('dtmf without a digit'),
  mark: (streamSid, { name }) =>
    isText(name) ? { kind: 'mark', streamSid, name } : bad('mark without a name'),
  caption: (streamSid, { text }) =>
    isText(text) ? { kind: 'caption', streamSid, text } : bad('caption without text'),
};

function readStart(streamSid: string, body: Fields): Frame | BadFrame {
  const { accountSid, callSid, tracks } = body;
  const format = fieldsOf(body.mediaFormat);
  if (!isText(accountSid) || !isText(callSid)) return bad('start without accountSid and callSid');
  if (!Array.isArray(tracks) || !tracks.every((track) => typeof track === 'string')) {
    return bad('start without tracks');
  }
  if (
    !format ||
    typeof format.encoding !== 'string' ||
    typeof format.sampleRate !== 'number' ||
    typeof format.channels !== 'number'
  ) {
    return bad('start without a mediaFormat');
  }
  const { encoding, sampleRate, channels } = format;
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(fieldsOf(body.customParameters) ?? {})) {
    if (typeof value !== 'string') return bad('start with a parameter that is not text');
    parameters[name] = value;
  }
  return {
    kind: 'start',
    streamSid,
    accountSid,
    callSid,
    tracks,
    format: { encoding, sampleRate, channels },
    parameters,
  };
}

function readMedia(streamSid: string, body: Fields): Frame | BadFrame {
  const { payload, timestamp, track } = body;
  if (typeof payload !== 'string' || !isBase64(payload)) {
    return bad('media whose payload is not base64');
  }
  const atMs =
    typeof timestamp === 'string' && /^[0-9]{1,15}$/.test(timestamp) ? Number(timestamp) : timestamp;
  if (typeof atMs !== 'number' || !Number.isSafeInteger(atMs) || atMs < 0)
    return bad('media without a timestamp');
  if (typeof track !== 'string') return bad('media without a track');
  return { kind: 'media', streamSid, payload, atMs, track };
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function bad(reason: string): BadFrame {
  return { kind: 'bad', reason };
}
