/** What a server may send on a two-way stream: https://www.twilio.com/docs/voice/media-streams/websocket-messages */

export type Order =
  | { kind: 'media'; audio: Uint8Array }
  | { kind: 'mark'; name: string }
  | { kind: 'clear' }
  | { kind: 'wrong'; problem: string };

/** Reads what a server sent, as strictly as Twilio: a field too many is a mistake (31951), and the message is lost. */
export function readOrder(text: string, streamSid: string): Order {
  const wrong = (problem: string): Order => ({ kind: 'wrong', problem });
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return wrong('a message that is not JSON');
  }
  if (!isObject(message)) return wrong('a message that is not an object');
  const { event } = message;
  if (event !== 'media' && event !== 'mark' && event !== 'clear')
    return wrong('a message of an unknown event');
  if (message.streamSid !== streamSid) return wrong(`${event} with another streamSid`);
  const body = message[event];
  const allowed = event === 'clear' ? 2 : 3;
  if (Object.keys(message).length > allowed) return wrong(`${event} with a field too many`);
  if (event === 'clear') return { kind: 'clear' };
  if (!isObject(body) || Object.keys(body).length !== 1)
    return wrong(`${event} with a wrong ${event} object`);
  if (event === 'mark') {
    return typeof body.name === 'string' && body.name !== ''
      ? { kind: 'mark', name: body.name }
      : wrong('mark without a name');
  }
  const { payload } = body;
  if (typeof payload !== 'string' || payload === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(payload)) {
    return wrong('media whose payload is not base64');
  }
  return { kind: 'media', audio: Buffer.from(payload, 'base64') };
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
