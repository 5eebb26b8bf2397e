/** What a test tells the double of OpenAI's realtime API to do, and what it may look at. */
import { BYTES_PER_MS, encodeMulaw } from '../../runtime/audio.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isFields, type Fields, type Problem } from './openai-realtime-checks.ts';
import type { RealtimeSession } from './openai-realtime-session.ts';

export interface FunctionCallScript {
  name: string;
  /** A text is sent as it is, also when it is no JSON. */
  input: string | Fields;
  callId?: string;
}

/** What a response consists of. */
export interface Reply {
  /** Spoken items, in order; their audio lasts `ms`, by default as long as the text is read. */
  say?: string | readonly (string | { text: string; ms: number })[];
  calls?: readonly FunctionCallScript[];
  /** Passes between `response.created` and the rest. */
  thinkMs?: number;
  /** Ends with this error, after whatever is said. */
  failed?: { code: string; message: string };
  /** Nothing follows `response.created`. */
  hangs?: boolean;
}

/** How an utterance's words come back. Null: never. */
export type Heard = string | null | { text: string; delayMs: number } | { failed: string; delayMs?: number };

/** A response that is about to be made. */
export interface Request {
  session: RealtimeSession;
  /** Written to the conversation, or beside it. */
  inConversation: boolean;
  instructions: string;
  tools: readonly Fields[];
  toolChoice: unknown;
  metadata: Fields | null;
  /** What the model would see: the conversation, or the input of the request. */
  items: readonly Item[];
}

/** A question of the runtime's about what was meant: one forced call of `answer`. */
export interface Question {
  /** The ids offered, with the one for "none" last. */
  choices: readonly string[];
  /** What the caller said: the true words of the utterance, else those that the runtime gave. */
  heard: string;
  request: Request;
}

export interface Item {
  id: string;
  type: string;
  role: string | null;
  /** The words, however they came. */
  text: string;
  /** How long an item that the model spoke is. */
  audioMs: number;
  /** The caller spoke it. */
  isHeard: boolean;
  callId: string | null;
  fields: Fields;
}

/** What a session asks its script. */
export interface Script {
  clock: Clock;
  /** The words of the caller's utterances. */
  heard(utterance: { index: number; durationMs: number; session: RealtimeSession }): Heard;
  /** What the model says of its own accord. */
  reply(request: Request): Reply;
  /** What it answers to a forced `answer`; null: it makes no call; `hangs`: it never comes to an end. */
  answer(question: Question): { choice: string; confidence: number } | Fields | null | 'hangs';
  /** The transcript of a text that is read aloud; null: it never comes to an end. */
  read(text: string): string | null;
  chunkMs: number;
  /** Between two chunks; 0: all at once, as fast as the socket takes it. */
  paceMs: number;
  /** An error instead of carrying out an event. */
  errorOn(event: Fields): Problem | null;
  /** Sends everything but audio twice. */
  twice: boolean;
}

/** How long a text takes to say. */
export function speechMs(text: string): number {
  return Math.max(200, text.length * 60);
}

/** Mu-law that sounds (and is loud) for so long. */
export function tone(ms: number, hertz = 220): Buffer {
  const samples = new Int16Array(Math.round(ms * BYTES_PER_MS));
  for (let i = 0; i < samples.length; i++) samples[i] = Math.sin((2 * Math.PI * hertz * i) / 8000) * 8000;
  return Buffer.from(encodeMulaw(samples));
}

export function itemOf(id: string, fields: Fields): Item {
  const content = list(fields.content);
  return {
    id,
    type: String(fields.type),
    role: typeof fields.role === 'string' ? fields.role : null,
    text: content.map((part) => str(part.text ?? part.transcript)).join(' '),
    audioMs: 0,
    isHeard: content.some((part) => part.type === 'input_audio'),
    callId: typeof fields.call_id === 'string' ? fields.call_id : null,
    fields,
  };
}

export function path(from: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((at, name) => (isFields(at) ? at[name] : undefined), from);
}

/** The objects of a list. */
export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
