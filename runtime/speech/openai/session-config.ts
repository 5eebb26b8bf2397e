/** What a session is told about itself (`session.update`). */
import type { AudioTranscription, RealtimeAudioInputTurnDetection } from 'openai/resources/realtime/realtime';
import type { Patience } from '../../dialogue/protocol.ts';
import { DICTATION_MS } from '../endpointing.ts';
import type { Talk } from '../speech.ts';
import type { ClientEvent, SessionConfig, TranscriptionConfig } from './wire.ts';

/** Turns the caller's speech into text, beside the model, which hears the audio itself. */
export const TRANSCRIPTION_MODEL = 'gpt-transcribe';

const MULAW = { type: 'audio/pcmu' } as const;

/** How long a pause ends a turn. The vendor's default is 500. */
const SILENCE_MS: { readonly [patience in Patience]: number } = { quick: 300, normal: 500, patient: 1_000 };

/** What holds for the step that the call is at. */
export interface Setting {
  /** BCP 47. */
  locale: string;
  persona: string;
  patience: Patience;
  /** The caller is asked for something that is said in pieces. */
  dictated: boolean;
}

/** A live call: the model hears the caller, and speaks by itself only while there is a `talk`. */
export function callSession(setting: Setting & { voice: string }, talk: Talk | null): SessionConfig {
  return {
    type: 'realtime',
    output_modalities: ['audio'],
    instructions: instructions(setting, talk),
    audio: {
      input: {
        format: MULAW,
        noise_reduction: { type: 'near_field' },
        transcription: transcription(setting),
        turn_detection: turnDetection(setting, talk),
      },
      output: { format: MULAW, voice: setting.voice },
    },
    ...tools(talk),
  };
}

/** Begins, changes or ends a `talk` in a session that is set up. Updates merge. */
export function talkUpdate(setting: Setting, talk: Talk | null): ClientEvent {
  return {
    type: 'session.update',
    session: {
      type: 'realtime',
      instructions: instructions(setting, talk),
      audio: { input: { turn_detection: turnDetection(setting, talk) } },
      ...tools(talk),
    },
  };
}

/** Another patience, while all else stays. */
export function patienceUpdate(setting: Setting, talk: Talk | null): ClientEvent {
  return {
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { turn_detection: turnDetection(setting, talk) } } },
  };
}

/** Another language to hear and to speak. */
export function languageUpdate(setting: Setting, talk: Talk | null): ClientEvent {
  return {
    type: 'session.update',
    session: {
      type: 'realtime',
      instructions: instructions(setting, talk),
      audio: { input: { transcription: transcription(setting) } },
    },
  };
}

/** A session that only reads texts aloud: it is sent no audio. */
export function readingSession(voice: string): SessionConfig {
  return {
    type: 'realtime',
    output_modalities: ['audio'],
    instructions: 'You are a voice that reads texts aloud, word for word.',
    audio: {
      input: { format: MULAW, turn_detection: null },
      output: { format: MULAW, voice },
    },
    tools: [],
    tool_choice: 'none',
  };
}

/** The published types do not know these yet. */
type Transcription = AudioTranscription & { languages?: string[]; keywords?: string[] };

/** These are told what to expect; others know one language and no words. */
const GUIDED = new Set(['gpt-live-transcribe', 'gpt-transcribe']);

/**
 * A session that only hears, PCM of 24 kHz, and is told when an utterance is over: the live models find no ends
 * themselves ("Realtime transcription").
 */
export function transcriptionSession(
  model: string,
  locale: string,
  keywords: readonly string[],
): TranscriptionConfig {
  const language = languageOf(locale);
  const transcription: Transcription = GUIDED.has(model)
    ? { model, languages: [language], keywords: [...keywords] }
    : { model, language };
  return {
    type: 'transcription',
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24_000 },
        noise_reduction: { type: 'near_field' },
        transcription,
        turn_detection: null,
      },
    },
  };
}

function transcription({ locale }: Setting): AudioTranscription & { languages: string[] } {
  return { model: TRANSCRIPTION_MODEL, languages: [languageOf(locale)] };
}

/** The ISO 639-1 language of a BCP 47 locale. */
function languageOf(locale: string): string {
  return (locale.split(/[-_]/)[0] ?? locale).toLowerCase();
}

function instructions(setting: Setting, talk: Talk | null): string {
  const language = `Speak the language of the locale ${setting.locale}, unless told otherwise.`;
  // What a talk is told begins with the persona as it is at that moment.
  return [talk ? '' : setting.persona, language, talk?.instructions ?? '']
    .filter((part) => part !== '')
    .join('\n\n');
}

function tools(talk: Talk | null): Pick<SessionConfig, 'tools' | 'tool_choice'> {
  if (!talk || talk.offers.length === 0) return { tools: [], tool_choice: 'none' };
  return {
    tools: talk.offers.map((offer) => ({
      type: 'function' as const,
      name: offer.name,
      description: offer.about,
      parameters: offer.input,
    })),
    tool_choice: 'auto',
  };
}

/**
 * During a talk the server answers by itself, and stops by itself when the caller interrupts: both save a round
 * trip. Where the dialogue does not let speech interrupt, the server must not either; and where it takes some words
 * to interrupt, the server, which does not count them, must do neither.
 */
function turnDetection({ patience, dictated }: Setting, talk: Talk | null): RealtimeAudioInputTurnDetection {
  const byItself = talk?.words === 1;
  return {
    type: 'server_vad',
    silence_duration_ms: SILENCE_MS[patience] + (dictated ? DICTATION_MS : 0),
    create_response: byItself,
    interrupt_response: byItself && talk.interruptible,
  };
}
