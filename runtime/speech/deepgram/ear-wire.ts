/**
 * What is read out of the messages of Deepgram's `/v1/listen` and `/v2/listen`. Only what the runtime acts on is
 * decoded; everything else, and whatever is not of the documented shape, reads as null and is dropped.
 */

/** A JSON object, of which nothing else is known. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Times are seconds of the audio that was sent on the connection. */
export type NovaHeard =
  | { kind: 'speech-started'; at: number }
  /** The segment ends at `to`; its first word begins at `from`. */
  | { kind: 'results'; from: number; to: number; text: string; isFinal: boolean; speechFinal: boolean }
  | { kind: 'utterance-end'; lastWordEnd: number };

type NovaMessage = NovaHeard | Answer;

export type FluxMessage =
  | { kind: 'connected' }
  | { kind: 'turn'; event: TurnEvent; index: number; from: number; to: number; text: string }
  | Answer;

/** What both say of a `Configure`, and of what went wrong. */
type Answer =
  | { kind: 'configured' }
  | { kind: 'not-configured'; why: string }
  | { kind: 'error'; code: string; message: string };

const TURN_EVENTS = ['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn'] as const;
export type TurnEvent = (typeof TURN_EVENTS)[number];

/** Source: "Speech to Text, streaming" (`/v1/listen`), server messages. */
export function readNova(message: Fields): NovaMessage | null {
  switch (message.type) {
    case 'SpeechStarted': {
      const at = seconds(message.timestamp);
      return at === null ? null : { kind: 'speech-started', at };
    }
    case 'Results': {
      const start = seconds(message.start);
      const duration = seconds(message.duration);
      const channel = isFields(message.channel) ? message.channel : {};
      const best: unknown = Array.isArray(channel.alternatives) ? channel.alternatives[0] : null;
      if (start === null || duration === null || !isFields(best) || typeof best.transcript !== 'string')
        return null;
      const first: unknown = Array.isArray(best.words) ? best.words[0] : null;
      return {
        kind: 'results',
        from: (isFields(first) ? seconds(first.start) : null) ?? start,
        to: start + duration,
        text: best.transcript.trim(),
        isFinal: message.is_final === true,
        speechFinal: message.speech_final === true,
      };
    }
    case 'UtteranceEnd': {
      const lastWordEnd = seconds(message.last_word_end);
      return lastWordEnd === null ? null : { kind: 'utterance-end', lastWordEnd };
    }
    default:
      return readAnswer(message);
  }
}

/** Source: "Turn-based audio (Flux)" (`/v2/listen`), server messages. */
export function readFlux(message: Fields): FluxMessage | null {
  if (message.type === 'Connected') return { kind: 'connected' };
  if (message.type !== 'TurnInfo') return readAnswer(message);
  const event = TURN_EVENTS.find((one) => one === message.event);
  const { turn_index: index, transcript } = message;
  const from = seconds(message.audio_window_start);
  const to = seconds(message.audio_window_end);
  if (!event || from === null || to === null || typeof transcript !== 'string') return null;
  if (typeof index !== 'number' || !Number.isInteger(index)) return null;
  return { kind: 'turn', event, index, from, to, text: transcript.trim() };
}

function readAnswer(message: Fields): Answer | null {
  switch (message.type) {
    case 'ConfigureSuccess':
      return { kind: 'configured' };
    case 'ConfigureFailure':
      return { kind: 'not-configured', why: sentenceIn(message) };
    case 'Error': {
      const code = [message.code, message.variant].find((one) => typeof one === 'string');
      return {
        kind: 'error',
        code: typeof code === 'string' ? code : 'unknown',
        message: sentenceIn(message),
      };
    }
    default:
      return null;
  }
}

function sentenceIn(message: Fields): string {
  const text = [message.description, message.message].find((one) => typeof one === 'string' && one !== '');
  return typeof text === 'string' ? text : 'no reason given';
}

function seconds(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
