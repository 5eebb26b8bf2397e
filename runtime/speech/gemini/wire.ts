/**
 * The messages of the Gemini Live socket (`BidiGenerateContent`, v1beta): what is sent, and what is read out of what
 * comes. One server message may hold several things at once, so that reading gives a list, in the order in which
 * they are to be acted on. Source: "Live API - WebSockets API reference" at ai.google.dev/api/live.
 */
import type { Value } from '../../dialogue/protocol.ts';

export interface Turn {
  role: 'user' | 'model';
  parts: { text: string }[];
}

export interface FunctionDeclaration {
  name: string;
  description: string;
  parametersJsonSchema: Value;
  /** BLOCKING: the model says nothing until it has the answer. Without a word from us it would not wait. */
  behavior: 'BLOCKING' | 'NON_BLOCKING';
}

export interface FunctionResponse {
  id: string;
  name: string;
  response: { output: Value } | { error: string };
  /** SILENT: the model takes note and says nothing. Only for NON_BLOCKING. */
  scheduling?: 'SILENT';
}

type Tools = { functionDeclarations: readonly FunctionDeclaration[] }[];

export interface Setup {
  model: string;
  generationConfig: {
    responseModalities: ['AUDIO'];
    speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: string } } };
  };
  systemInstruction: { parts: { text: string }[] };
  tools?: Tools;
  realtimeInputConfig: {
    automaticActivityDetection: { disabled: true };
    activityHandling?: 'START_OF_ACTIVITY_INTERRUPTS';
    turnCoverage?: 'TURN_INCLUDES_ONLY_ACTIVITY';
  };
  inputAudioTranscription?: Record<string, never>;
  outputAudioTranscription: Record<string, never>;
  sessionResumption?: { handle?: string };
  contextWindowCompression: { triggerTokens: string; slidingWindow: { targetTokens: string } };
}

export type ClientMessage =
  | { setup: Setup }
  | { clientContent: { turns: Turn[]; turnComplete: boolean } }
  | { contextUpdate: { systemInstruction: { parts: { text: string }[] }; tools: { tools: Tools } } }
  | { toolResponse: { functionResponses: FunctionResponse[] } }
  | { realtimeInput: { activityStart: Record<string, never> } | { activityEnd: Record<string, never> } };

export interface FunctionCall {
  id: string;
  name: string;
  args: unknown;
}

/** How many tokens of each kind; those that are cached are among those of the prompt. */
export interface Tokens {
  prompt: Counts;
  cached: Counts;
  response: Counts;
}

export interface Counts {
  text: number;
  audio: number;
}

export type ServerEvent =
  | { kind: 'set-up' }
  /** A piece of what the caller said, to be joined as it is. `finished`: the last of this utterance. */
  | { kind: 'heard'; text: string; finished: boolean }
  /** 24 kHz, 16 bits, little-endian, base64. */
  | { kind: 'audio'; data: string }
  /** More of the words that the model says. */
  | { kind: 'words'; text: string }
  /** The model is at work, and has nothing to show. */
  | { kind: 'thinking' }
  | { kind: 'calls'; calls: FunctionCall[] }
  | { kind: 'cancelled'; ids: string[] }
  /** What the model was saying is broken off. */
  | { kind: 'interrupted' }
  /** All of the model's turn has been sent; it may still be heard for a while. */
  | { kind: 'generated' }
  | { kind: 'turn-over' }
  | { kind: 'used'; tokens: Tokens }
  /** Null: the session cannot be taken up again as it is just now. */
  | { kind: 'handle'; handle: string | null }
  | { kind: 'going'; leftMs: number };

const RATE = 'audio/pcm;rate=24000';

type Fields = Readonly<Record<string, unknown>>;

/** Reads a parsed message. What is not of the documented shape is left out, and told in a few words. */
export function readServerMessage(message: unknown, problem: (what: string) => void): ServerEvent[] {
  if (!isFields(message)) {
    problem('a message that is no object');
    return [];
  }
  const { setupComplete, serverContent, toolCall, toolCallCancellation, usageMetadata } = message;
  const { sessionResumptionUpdate, goAway } = message;
  return [
    ...(isFields(setupComplete) ? [{ kind: 'set-up' } as const] : []),
    ...(isFields(serverContent) ? content(serverContent, problem) : []),
    ...(isFields(toolCall) ? calls(toolCall, problem) : []),
    ...(isFields(toolCallCancellation) ? cancelled(toolCallCancellation) : []),
    ...(isFields(serverContent) ? ends(serverContent) : []),
    ...(isFields(usageMetadata) ? [{ kind: 'used', tokens: tokensOf(usageMetadata) } as const] : []),
    ...(isFields(sessionResumptionUpdate) ? [handleOf(sessionResumptionUpdate)] : []),
    ...(isFields(goAway) ? [{ kind: 'going', leftMs: milliseconds(goAway.timeLeft) } as const] : []),
  ];
}

function content(from: Fields, problem: (what: string) => void): ServerEvent[] {
  const events: ServerEvent[] = [];
  const heard = from.inputTranscription;
  if (isFields(heard)) {
    events.push({ kind: 'heard', text: textIn(heard), finished: heard.finished === true });
  }
  // Beside this, whatever is said belongs to what was broken off.
  if (from.interrupted === true) return [...events, { kind: 'interrupted' }];
  const turn = from.modelTurn;
  if (isFields(turn)) for (const part of list(turn.parts)) events.push(said(part, problem));
  const words = from.outputTranscription;
  if (isFields(words) && textIn(words) !== '') events.push({ kind: 'words', text: textIn(words) });
  return events;
}

/** Text parts are thoughts: what is said comes as sound and as its transcription. */
function said(part: Fields, problem: (what: string) => void): ServerEvent {
  const { inlineData } = part;
  if (!isFields(inlineData)) return { kind: 'thinking' };
  const { mimeType, data } = inlineData;
  if (typeof data === 'string' && (mimeType === RATE || mimeType === 'audio/pcm'))
    return { kind: 'audio', data };
  problem(`data of type ${typeof mimeType === 'string' ? mimeType.slice(0, 60) : 'unknown'}`);
  return { kind: 'thinking' };
}

function ends(from: Fields): ServerEvent[] {
  return [
    ...(from.generationComplete === true ? [{ kind: 'generated' } as const] : []),
    ...(from.turnComplete === true ? [{ kind: 'turn-over' } as const] : []),
  ];
}

function calls(from: Fields, problem: (what: string) => void): ServerEvent[] {
  const made: FunctionCall[] = [];
  for (const { id, name, args } of list(from.functionCalls)) {
    // Without an id no answer would be taken for the call's.
    if (typeof id === 'string' && typeof name === 'string') made.push({ id, name, args: args ?? {} });
    else problem('a function call without an id or a name');
  }
  return made.length === 0 ? [] : [{ kind: 'calls', calls: made }];
}

function cancelled(from: Fields): ServerEvent[] {
  const ids = Array.isArray(from.ids) ? from.ids.filter((id) => typeof id === 'string') : [];
  return ids.length === 0 ? [] : [{ kind: 'cancelled', ids }];
}

function handleOf({ newHandle, resumable }: Fields): ServerEvent {
  const isUsable = resumable === true && typeof newHandle === 'string' && newHandle !== '';
  return { kind: 'handle', handle: isUsable ? newHandle : null };
}

function tokensOf(from: Fields): Tokens {
  return {
    prompt: counts(from.promptTokenCount, from.promptTokensDetails),
    cached: counts(from.cachedContentTokenCount, from.cacheTokensDetails),
    response: counts(
      number(from.responseTokenCount) + number(from.thoughtsTokenCount),
      from.responseTokensDetails,
    ),
  };
}

/** What the details do not speak of is text, such as thoughts and instructions. */
function counts(total: unknown, details: unknown): Counts {
  const audio = list(details)
    .filter(({ modality }) => modality === 'AUDIO')
    .reduce((sum, { tokenCount }) => sum + number(tokenCount), 0);
  return { text: Math.max(0, number(total) - audio), audio };
}

/** A `google.protobuf.Duration` in JSON, such as `9.5s`. */
function milliseconds(duration: unknown): number {
  const seconds = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1] : undefined;
  return seconds === undefined ? 0 : Number(seconds) * 1_000;
}

/** A JSON object, of which nothing else is known. */
function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textIn({ text }: Fields): string {
  return typeof text === 'string' ? text : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
