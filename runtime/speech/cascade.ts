import type { EarKit } from './ear.ts';
import type { MindKit } from './mind.ts';
import type { Speech, SpeechOptions, Voice } from './speech.ts';

/** Who hears, thinks and speaks in a cascade; each model as its vendor calls it, null for the default. */
export interface CascadeParts {
  ear: EarKit;
  earModel: string | null;
  /** Null: nobody thinks, and `converse` is not carried out. */
  mind: { kit: MindKit; model: string } | null;
  voice: Voice;
}

/**
 * Joins a recogniser, a text model and a voice to a speech: sentences go to the voice as they are complete, and what
 * was heard of a reply is all that the model remembers of it. `model` and `voice` of the options are not looked at.
 */
export type OpenCascade = (parts: CascadeParts, options: SpeechOptions) => Speech;
