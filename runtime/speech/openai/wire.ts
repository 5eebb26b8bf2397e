/**
 * The messages of OpenAI's realtime socket (GA): what is sent, and what is read out of what comes. Only what
 * the runtime acts on is decoded; everything else reads as null and is dropped.
 */
import type {
  ConversationItem,
  ConversationItemCreateEvent,
  ConversationItemDeleteEvent,
  ConversationItemTruncateEvent,
  RealtimeResponseCreateParams,
  RealtimeSessionCreateRequest,
  RealtimeTranscriptionSessionCreateRequest,
  ResponseCancelEvent,
} from 'openai/resources/realtime/realtime';
import type { Usage } from '../usage.ts';

export type SessionConfig = RealtimeSessionCreateRequest;
/** Of a session that only hears. */
export type TranscriptionConfig = RealtimeTranscriptionSessionCreateRequest;
export type NewItem = ConversationItem;

/** The published types leave out that `input` may point at an item of the session. */
type ResponseParams = Omit<RealtimeResponseCreateParams, 'input'> & {
  input?: (ConversationItem | { type: 'item_reference'; id: string })[];
};

export type ClientEvent =
  | { type: 'session.update'; session: SessionConfig | TranscriptionConfig }
  | { type: 'input_audio_buffer.commit' }
  | { type: 'response.create'; response?: ResponseParams }
  | Omit<ConversationItemCreateEvent, 'event_id'>
  | Omit<ConversationItemTruncateEvent, 'event_id'>
  | Omit<ConversationItemDeleteEvent, 'event_id'>
  | Omit<ResponseCancelEvent, 'event_id'>;

export interface FunctionCall {
  item: string;
  call: string;
  name: string;
  /** A JSON text, as the model wrote it. */
  input: string;
}

export interface ResponseInfo {
  id: string;
  status: 'completed' | 'cancelled' | 'failed' | 'incomplete' | 'in_progress';
  metadata: Readonly<Record<string, unknown>>;
  /** The ids of the spoken items. */
  messages: readonly string[];
  calls: readonly FunctionCall[];
  error: { code: string; message: string } | null;
  /** What it took; empty where the vendor does not say, as while it is in progress. */
  usage: Usage['amounts'];
}

export type ServerEvent =
  | { type: 'session.created' | 'session.updated' }
  | { type: 'caller-started' | 'caller-stopped' | 'caller-committed'; item: string }
  /** More words of what is being said, to be joined as they are. */
  | { type: 'caller-words'; item: string; delta: string }
  | { type: 'caller-transcribed'; item: string; text: string; usage: Usage['amounts'] }
  | { type: 'caller-untranscribed'; item: string; message: string }
  | { type: 'output-stored'; call: string }
  | { type: 'response-created'; response: ResponseInfo }
  | { type: 'response-done'; response: ResponseInfo }
  | { type: 'message-added'; response: string; item: string }
  | { type: 'words'; response: string; item: string; delta: string }
  | { type: 'all-words'; response: string; item: string; text: string }
  | { type: 'message-done'; response: string; item: string }
  | { type: 'call-made'; response: string; call: FunctionCall; complete: boolean }
  | { type: 'call-written'; response: string; call: FunctionCall }
  | { type: 'progress'; response: string }
  | { type: 'error'; code: string; message: string; eventId: string | null };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a parsed message. Null: of no use here, or not of the documented shape (which `problem` then says).
 * Source: "Realtime server events" as typed in openai/resources/realtime.
 */
export function readServerEvent(message: unknown, problem: (sentence: string) => void): ServerEvent | null {
  if (!isFields(message) || typeof message.type !== 'string') {
    problem('a message without a type');
    return null;
  }
  try {
    return decode(message.type, message);
  } catch (thrown) {
    if (!(thrown instanceof Misshapen)) throw thrown;
    problem(`${message.type} without a proper ${thrown.message}`);
    return null;
  }
}

class Misshapen extends Error {}

function decode(type: string, event: Fields): ServerEvent | null {
  switch (type) {
    case 'session.created':
    case 'session.updated':
      return { type };
    case 'input_audio_buffer.speech_started':
      return { type: 'caller-started', item: text(event, 'item_id') };
    case 'input_audio_buffer.speech_stopped':
      return { type: 'caller-stopped', item: text(event, 'item_id') };
    case 'input_audio_buffer.committed':
      return { type: 'caller-committed', item: text(event, 'item_id') };
    case 'conversation.item.input_audio_transcription.delta':
      return { type: 'caller-words', item: text(event, 'item_id'), delta: text(event, 'delta') };
    case 'conversation.item.input_audio_transcription.completed':
      return {
        type: 'caller-transcribed',
        item: text(event, 'item_id'),
        text: text(event, 'transcript'),
        usage: transcriptionUsage(event.usage),
      };
    case 'conversation.item.input_audio_transcription.failed':
      return {
        type: 'caller-untranscribed',
        item: text(event, 'item_id'),
        message: optionalText(fields(event, 'error'), 'message') ?? 'no reason given',
      };
    case 'conversation.item.added': {
      const item = fields(event, 'item');
      return item.type === 'function_call_output'
        ? { type: 'output-stored', call: text(item, 'call_id') }
        : null;
    }
    case 'response.created':
      return { type: 'response-created', response: response(fields(event, 'response')) };
    case 'response.done':
      return { type: 'response-done', response: response(fields(event, 'response')) };
    case 'response.output_item.added': {
      const item = fields(event, 'item');
      if (item.type !== 'message') return { type: 'progress', response: text(event, 'response_id') };
      return { type: 'message-added', response: text(event, 'response_id'), item: text(item, 'id') };
    }
    case 'response.output_audio_transcript.delta':
      return { type: 'words', ...place(event), delta: text(event, 'delta') };
    case 'response.output_audio_transcript.done':
      return { type: 'all-words', ...place(event), text: text(event, 'transcript') };
    case 'response.output_item.done': {
      const item = fields(event, 'item');
      const id = text(event, 'response_id');
      if (item.type === 'message') return { type: 'message-done', response: id, item: text(item, 'id') };
      if (item.type !== 'function_call') return { type: 'progress', response: id };
      const complete = item.status === undefined || item.status === 'completed';
      return { type: 'call-made', response: id, call: functionCall(item), complete };
    }
    case 'response.function_call_arguments.done':
      return {
        type: 'call-written',
        response: text(event, 'response_id'),
        call: { ...functionCall(event), item: text(event, 'item_id') },
      };
    case 'error': {
      const error = fields(event, 'error');
      return {
        type: 'error',
        code: optionalText(error, 'code') ?? optionalText(error, 'type') ?? 'unknown',
        message: optionalText(error, 'message') ?? 'no reason given',
        eventId: optionalText(error, 'event_id'),
      };
    }
    default:
      return type.startsWith('response.') ? { type: 'progress', response: text(event, 'response_id') } : null;
  }
}

function place(event: Fields): { response: string; item: string } {
  return { response: text(event, 'response_id'), item: text(event, 'item_id') };
}

function functionCall(item: Fields): FunctionCall {
  return {
    item: optionalText(item, 'id') ?? '',
    call: text(item, 'call_id'),
    name: text(item, 'name'),
    input: text(item, 'arguments'),
  };
}

const STATUSES = ['completed', 'cancelled', 'failed', 'incomplete', 'in_progress'] as const;

function response(of: Fields): ResponseInfo {
  const status = STATUSES.find((one) => one === of.status);
  if (!status) throw new Misshapen('status');
  const output = Array.isArray(of.output) ? of.output.filter(isFields) : [];
  const details = isFields(of.status_details) ? of.status_details : {};
  const error = isFields(details.error) ? details.error : null;
  return {
    id: text(of, 'id'),
    status,
    metadata: isFields(of.metadata) ? of.metadata : {},
    messages: output.filter((item) => item.type === 'message').map((item) => text(item, 'id')),
    calls: output.filter((item) => item.type === 'function_call').map(functionCall),
    error: error && {
      code: optionalText(error, 'code') ?? optionalText(error, 'type') ?? 'unknown',
      message: optionalText(error, 'message') ?? 'no reason given',
    },
    usage: responseUsage(of.usage),
  };
}

/** Source: `response.usage` of a realtime response; cached tokens are among the input tokens there. */
function responseUsage(usage: unknown): Usage['amounts'] {
  if (!isFields(usage)) return {};
  const input = part(usage, 'input_token_details');
  const cached = part(input, 'cached_tokens_details');
  const output = part(usage, 'output_token_details');
  return {
    inputTextTokens: Math.max(0, count(input, 'text_tokens') - count(cached, 'text_tokens')),
    inputAudioTokens: Math.max(0, count(input, 'audio_tokens') - count(cached, 'audio_tokens')),
    cachedTextTokens: count(cached, 'text_tokens'),
    cachedAudioTokens: count(cached, 'audio_tokens'),
    outputTextTokens: count(output, 'text_tokens'),
    outputAudioTokens: count(output, 'audio_tokens'),
  };
}

/** Source: `usage` of a completed transcription, by tokens or by duration. */
function transcriptionUsage(usage: unknown): Usage['amounts'] {
  if (!isFields(usage)) return {};
  if (usage.type === 'duration') return { seconds: count(usage, 'seconds') };
  const input = part(usage, 'input_token_details');
  return {
    inputTextTokens: count(input, 'text_tokens'),
    inputAudioTokens: count(input, 'audio_tokens'),
    outputTextTokens: count(usage, 'output_tokens'),
  };
}

function part(of: Fields, name: string): Fields {
  const value = of[name];
  return isFields(value) ? value : {};
}

function count(of: Fields, name: string): number {
  const value = of[name];
  return typeof value === 'number' && value > 0 ? value : 0;
}

/** A JSON object, of which nothing else is known. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(of: Fields, name: string): Fields {
  const value = of[name];
  if (!isFields(value)) throw new Misshapen(name);
  return value;
}

function text(of: Fields, name: string): string {
  const value = of[name];
  if (typeof value !== 'string') throw new Misshapen(name);
  return value;
}

function optionalText(of: Fields, name: string): string | null {
  const value = of[name];
  return typeof value === 'string' ? value : null;
}
