import { readMessage, textOf, type VoiceSocket } from '../voice-socket.ts';

/** A code point is never cut; the vendor takes 2,000 characters in one message. */
const MAX_SPEAK = 1_800;

/** Sends a text, in several messages where it is long. */
export function speak(socket: VoiceSocket, text: string): void {
  for (const slice of slices(text)) socket.send({ type: 'Speak', text: slice });
}

function* slices(text: string): Generator<string> {
  let from = 0;
  while (text.length - from > MAX_SPEAK) {
    const space = text.lastIndexOf(' ', from + MAX_SPEAK - 1) + 1;
    let to = space > from ? space : from + MAX_SPEAK;
    if (/[\uD800-\uDBFF]/.test(text[to - 1]!)) to--;
    yield text.slice(from, to);
    from = to;
  }
  yield text.slice(from);
}

/** The type of a control message; null where it was a message that both kinds of voices have, and was dealt with. */
export function readControl(message: string, socket: VoiceSocket): string | null {
  const fields = readMessage(message, socket);
  if (!fields) return null;
  const type = textOf(fields.type);
  // The older names of the fields are still to be met with.
  const code = textOf(fields.code) || textOf(fields.err_code) || textOf(fields.warn_code) || 'no code';
  const about = textOf(fields.description) || textOf(fields.err_msg) || textOf(fields.warn_msg);
  switch (type) {
    case 'Metadata':
    case 'Connected':
      return null;
    case 'Warning':
      socket.complain(`a warning, ${code}: ${about || 'no reason given'}`);
      return null;
    case 'Error':
      socket.fail('failed', `reported ${code}: ${about || 'no reason given'}`);
      return null;
    default:
      return type;
  }
}
