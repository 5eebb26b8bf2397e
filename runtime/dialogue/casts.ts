/** Who carries an app's calls, as the app's file says it. */
import type { AppDocument } from './document.ts';
import { type Cast, type EngineName, fits, type VoiceChoice } from './engines.ts';
import type { AppFacts } from './program.ts';

export function voiceOf(voice: AppDocument['voice']): VoiceChoice | null {
  if (voice === undefined) return null;
  return typeof voice === 'string'
    ? { use: voice, model: null }
    : { use: voice.use, model: voice.model ?? null };
}

/** An entry of `fallback`. An engine alone takes what the app chose, as far as it fits. */
export function castOf(entry: NonNullable<AppDocument['fallback']>[number], app: AppDocument): Cast {
  if (typeof entry === 'string') return castOn(entry, app);
  const { engine, speech = null, model = null, voice } = entry;
  return { engine, speech, model, voice: voiceOf(voice) };
}

/** The app on that engine, with what it chose as far as it fits. */
export function castOn(engine: EngineName, app: Pick<AppDocument, 'speech' | 'model' | 'voice'>): Cast {
  return fitting({ engine, speech: app.speech ?? null, model: app.model ?? null, voice: voiceOf(app.voice) });
}

/** Who carries the calls of a loaded app: its own cast, on the engine that it comes to, and its fallbacks. */
export function castsOf({ speech, model, voice, fallback }: AppFacts, engine: EngineName): Cast[] {
  return [fitting({ engine, speech, model, voice }), ...fallback];
}

function fitting({ engine, speech, model, voice }: Cast): Cast {
  return {
    engine,
    speech: speech !== null && fits(engine, 'speech', speech) ? speech : null,
    model: model !== null && fits(engine, 'model', model) ? model : null,
    voice: voice !== null && fits(engine, 'voice', voice.use) ? voice : null,
  };
}
