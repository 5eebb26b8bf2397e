/**
 * The messages of Twilio ConversationRelay, both ways:
 * https://www.twilio.com/docs/voice/conversationrelay/websocket-messages. Reading never throws. The `info` messages
 * that the TwiML attribute `events` asks for are not on that page: they are read as real calls have shown them.
 */
export type RelayFrame =
  | {
      kind: 'setup';
      sessionId: string;
      accountSid: string;
      callSid: string;
      /** The `<Parameter>`s of the TwiML. Without a prototype. */
      parameters: { readonly [name: string]: string };
    }
  /** Partial prompts (`last` is false) are cumulative. */
  | { kind: 'prompt'; text: string; last: boolean }
  | { kind: 'dtmf'; digit: string }
  /** `ms` is null where Twilio does not tell. */
  | { kind: 'interrupt'; text: string; ms: number | null }
  /** Something that we sent was not understood. What it was may stand in Twilio's description, which is not kept. */
  | { kind: 'error'; summary: string }
  | { kind: 'agent-speaking'; on: boolean }
  | { kind: 'client-speaking'; on: boolean }
  | { kind: 'tokens-played'; text: string }
  /** A type of message, or a name of an info, that is not known: to be ignored. */
  | { kind: 'other'; type: string };

interface BadFrame {
  kind: 'bad';
  /** What is wrong, without quoting what came. */
  reason: string;
}

/** Reads one text frame. Whatever the text is, the answer is a frame or the reason why it is none. */
export function parseRelayFrame(text: string): RelayFrame | BadFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('not JSON');
  }
  const frame = fieldsOf(value);
  if (!frame) return bad('not an object');
  const { type } = frame;
  if (typeof type !== 'string') return bad('no type');
  switch (type) {
    case 'setup':
      return readSetup(frame);
    case 'prompt':
      return readPrompt(frame);
    case 'dtmf':
      return typeof frame.digit === 'string' && /^[0-9*#A-Da-d]$/.test(frame.digit)
        ? { kind: 'dtmf', digit: frame.digit.toUpperCase() }
        : bad('dtmf without a digit');
    case 'interrupt':
      return readInterrupt(frame);
    case 'error':
      return { kind: 'error', summary: summaryOf(frame.description) };
    case 'info':
      return readInfo(frame);
    default:
      return { kind: 'other', type };
  }
}

/** How a text or a file may be cut, as Twilio names it. */
interface Cuts {
  /** By the caller. */
  interruptible: boolean;
  /** By whatever is sent behind it. */
  preemptible: boolean;
}

/** Writes the messages to Twilio. `digits` holds nothing but 0-9, w, # and *. */
export const relayWriter = {
  text: (token: string, last: boolean, cuts: Cuts): string =>
    JSON.stringify({ type: 'text', token, last, ...cuts }),
  play: (source: string, cuts: Cuts): string => JSON.stringify({ type: 'play', source, loop: 1, ...cuts }),
  digits: (digits: string): string => JSON.stringify({ type: 'sendDigits', digits }),
  language: (locale: string): string =>
    JSON.stringify({ type: 'language', ttsLanguage: locale, transcriptionLanguage: locale }),
  end: (handoffData: string): string => JSON.stringify({ type: 'end', handoffData }),
} as const;

type Fields = { readonly [name: string]: unknown };

function readSetup(frame: Fields): RelayFrame | BadFrame {
  const { sessionId, accountSid, callSid } = frame;
  if (!isText(sessionId) || !isText(accountSid) || !isText(callSid)) {
    return bad('setup without sessionId, accountSid and callSid');
  }
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(fieldsOf(frame.customParameters) ?? {})) {
    if (typeof value !== 'string') return bad('setup with a parameter that is not text');
    parameters[name] = value;
  }
  return { kind: 'setup', sessionId, accountSid, callSid, parameters };
}

function readPrompt({ voicePrompt, last }: Fields): RelayFrame | BadFrame {
  if (typeof voicePrompt !== 'string') return bad('prompt without a voicePrompt');
  if (last !== undefined && typeof last !== 'boolean') return bad('prompt whose last is no boolean');
  return { kind: 'prompt', text: voicePrompt, last: last ?? true };
}

/** The page has shown the duration as a number and as text. */
function readInterrupt({ utteranceUntilInterrupt, durationUntilInterruptMs }: Fields): RelayFrame | BadFrame {
  if (utteranceUntilInterrupt !== undefined && typeof utteranceUntilInterrupt !== 'string') {
    return bad('interrupt whose utterance is no text');
  }
  const told =
    typeof durationUntilInterruptMs === 'string' && /^[0-9]{1,9}$/.test(durationUntilInterruptMs)
      ? Number(durationUntilInterruptMs)
      : durationUntilInterruptMs;
  const ms = typeof told === 'number' && Number.isFinite(told) && told >= 0 ? told : null;
  return { kind: 'interrupt', text: utteranceUntilInterrupt ?? '', ms };
}

function readInfo({ name, value }: Fields): RelayFrame | BadFrame {
  if (typeof name !== 'string') return bad('info without a name');
  switch (name) {
    case 'agentSpeaking':
    case 'clientSpeaking': {
      if (value !== 'on' && value !== 'off') return bad(`${name} that is neither on nor off`);
      const on = value === 'on';
      return name === 'agentSpeaking' ? { kind: 'agent-speaking', on } : { kind: 'client-speaking', on };
    }
    case 'tokensPlayed':
      return typeof value === 'string'
        ? { kind: 'tokens-played', text: value }
        : bad('tokensPlayed without text');
    default:
      return { kind: 'other', type: `info ${name}` };
  }
}

/** `Invalid message received` of `Invalid message received: {…}`: what stands behind it is what we sent. */
function summaryOf(description: unknown): string {
  const summary = typeof description === 'string' ? description.split(/[:{"]/, 1)[0]!.trim() : '';
  return summary.slice(0, 80) || 'no description';
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
