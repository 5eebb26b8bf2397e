/** The engines that carry a call, and whose speech, models and voices each of them takes. */

export const ENGINES = ['realtime', 'cascade', 'relay', 'gather', 'embedded'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What an app chooses for an engine, each as `provider/name`. */
export const ROLES = ['speech', 'model', 'voice'] as const;
export type Role = (typeof ROLES)[number];

/** Providers by engine and role; none: the engine has nothing to choose there. */
export const PROVIDERS: { readonly [engine in EngineName]: { readonly [role in Role]: readonly string[] } } =
  {
    realtime: { speech: [], model: ['openai', 'gemini'], voice: ['openai', 'gemini'] },
    cascade: {
      speech: ['deepgram', 'openai', 'embedded'],
      model: ['openai'],
      voice: ['cartesia', 'elevenlabs', 'deepgram', 'openai', 'embedded'],
    },
    relay: { speech: ['deepgram', 'google'], model: ['openai'], voice: ['elevenlabs', 'google', 'amazon'] },
    gather: {
      speech: ['twilio', 'google', 'deepgram'],
      model: ['openai'],
      voice: ['twilio', 'amazon', 'google'],
    },
    embedded: { speech: ['embedded'], model: ['openai'], voice: ['embedded'] },
  };

export interface VoiceChoice {
  /** `provider/name`. */
  use: string;
  /** The vendor's synthesis model, where it wants one; null for the default. */
  model: string | null;
}

/** An engine, and who listens, thinks and speaks on it, as `provider/name`; null: the default. */
export interface Cast {
  engine: EngineName;
  speech: string | null;
  model: string | null;
  voice: VoiceChoice | null;
}

/** A model that hears and speaks by itself, and cannot be asked in text. */
export function isSpeechToSpeech(model: string): boolean {
  return model.startsWith('gemini/') || /realtime|audio|transcribe|tts|-live/.test(model);
}

/** `provider/name` in two. */
export function partsOf(choice: string): { provider: string; name: string } {
  const slash = choice.indexOf('/');
  return { provider: choice.slice(0, slash), name: choice.slice(slash + 1) };
}

/** Whether the engine can do with that choice. */
export function fits(engine: EngineName, role: Role, choice: string): boolean {
  if (!PROVIDERS[engine][role].includes(partsOf(choice).provider)) return false;
  return role !== 'model' || isSpeechToSpeech(choice) === (engine === 'realtime');
}
