/** What a server may send to ConversationRelay: https://www.twilio.com/docs/voice/conversationrelay/websocket-messages */

/** What may interrupt, as the TwiML and the messages name it. */
export type Interruptible = 'none' | 'dtmf' | 'speech' | 'any';

export type RelayOrder =
  /** `interruptible` is null where the message leaves it to the TwiML. */
  | { kind: 'text'; token: string; last: boolean; interruptible: Interruptible | null; preemptible: boolean }
  | { kind: 'play'; source: string; interruptible: Interruptible | null; preemptible: boolean }
  | { kind: 'digits'; digits: string }
  | { kind: 'language'; tts: string | null; transcription: string | null }
  | { kind: 'end'; handoffData: string | null }
  | { kind: 'wrong'; problem: string };

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['token', 'last', 'lang', 'interruptible', 'preemptible'],
  play: ['source', 'loop', 'interruptible', 'preemptible'],
  sendDigits: ['digits'],
  language: ['ttsLanguage', 'transcriptionLanguage'],
  end: ['handoffData'],
};

/** Reads what a server sent; a mistake is 64107, and the message is lost. */
export function readRelayOrder(text: string): RelayOrder {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return wrong('a message that is not JSON');
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return wrong('a message that is not an object');
  }
  const fields = message as { readonly [name: string]: unknown };
  const { type } = fields;
  const known = typeof type === 'string' && Object.hasOwn(FIELDS, type) ? FIELDS[type]! : null;
  if (typeof type !== 'string' || !known) return wrong('a message of an unknown type');
  const extra = Object.keys(fields).find((name) => name !== 'type' && !known.includes(name));
  if (extra !== undefined) return wrong(`${type} with the unknown field "${extra}"`);
  switch (type) {
    case 'text':
    case 'play':
      return readSpoken(type, fields);
    case 'sendDigits':
      return typeof fields.digits === 'string' && /^[0-9w#*]+$/.test(fields.digits)
        ? { kind: 'digits', digits: fields.digits }
        : wrong('sendDigits whose digits are not 0-9, w, # and *');
    case 'language': {
      const { ttsLanguage: tts = null, transcriptionLanguage: transcription = null } = fields;
      const isLocale = (value: unknown): value is string | null =>
        value === null || (typeof value === 'string' && /^[a-zA-Z]{2,3}(-\w+)*$|^multi$/.test(value));
      if (!isLocale(tts) || !isLocale(transcription)) return wrong('language that is no language');
      if (tts === null && transcription === null) return wrong('language without a language');
      return { kind: 'language', tts, transcription };
    }
    default: {
      const { handoffData = null } = fields;
      return handoffData === null || typeof handoffData === 'string'
        ? { kind: 'end', handoffData }
        : wrong('end whose handoffData is not text');
    }
  }
}

function readSpoken(type: 'text' | 'play', fields: { readonly [name: string]: unknown }): RelayOrder {
  const { interruptible: told, preemptible = false, token, last = false, source, loop = 1 } = fields;
  const interruptible = interruptibleOf(told);
  if (interruptible === undefined) return wrong(`${type} with a wrong interruptible`);
  if (typeof preemptible !== 'boolean') return wrong(`${type} with a wrong preemptible`);
  if (type === 'text') {
    if (typeof token !== 'string') return wrong('text without a token');
    if (typeof last !== 'boolean') return wrong('text with a wrong last');
    return { kind: 'text', token, last, interruptible, preemptible };
  }
  if (typeof source !== 'string' || !URL.canParse(source)) return wrong('play whose source is not a URL');
  if (typeof loop !== 'number' || !Number.isInteger(loop) || loop < 0) return wrong('play with a wrong loop');
  return { kind: 'play', source, interruptible, preemptible };
}

/** Of the TwiML's attribute and of a message's field; undefined: it is neither. */
export function interruptibleOf(value: unknown): Interruptible | null | undefined {
  switch (value) {
    case undefined:
      return null;
    case true:
    case 'true':
      return 'any';
    case false:
    case 'false':
      return 'none';
    case 'none':
    case 'dtmf':
    case 'speech':
    case 'any':
      return value;
    default:
      return undefined;
  }
}

function wrong(problem: string): RelayOrder {
  return { kind: 'wrong', problem };
}
