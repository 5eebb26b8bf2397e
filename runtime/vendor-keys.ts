/** The keys that the vendors of an app need. */
import type { Config } from './config.ts';
import { type Cast, type EngineName, partsOf } from './dialogue/engines.ts';
import type { AppFacts } from './dialogue/program.ts';
import { OffhookError } from './errors.ts';

const KEYS = {
  openai: 'OPENAI_API_KEY',
  gemini: 'GEMINI_API_KEY',
  deepgram: 'DEEPGRAM_API_KEY',
  cartesia: 'CARTESIA_API_KEY',
  elevenlabs: 'ELEVENLABS_API_KEY',
} as const;
type Keyed = keyof typeof KEYS;

/**
 * An app that names an engine, or somebody on it, whose key is not set stops the start.
 * @throws OffhookError `bad-setting`.
 */
export function refuseMissingKeys(app: AppFacts, config: Pick<Config, Keyed>): void {
  const has = (provider: string): boolean => !(provider in KEYS) || config[provider as Keyed].apiKey !== null;
  const refuse = (missing: string, what: string): never => {
    throw new OffhookError('bad-setting', `${missing}, but the app "${app.id}" asks for ${what}.`);
  };
  const own = app.engine === null ? [] : [{ ...app, engine: app.engine } satisfies Cast];
  for (const cast of [...own, ...app.fallback]) {
    for (const choice of choicesOf(cast)) {
      const { provider } = partsOf(choice);
      if (!has(provider))
        refuse(`${KEYS[provider as Keyed]} is not set`, `${choice} on the engine ${cast.engine}`);
    }
    if (cast.engine === 'realtime' && cast.model === null && !has('openai') && !has('gemini')) {
      refuse(`Neither ${KEYS.openai} nor ${KEYS.gemini} is set`, 'the engine realtime');
    }
  }
}

/** Whom the engine asks for by our own key: on relay and gather, listening and speaking are Twilio's. */
function choicesOf({ engine, speech, model, voice }: Cast): string[] {
  const ours: Partial<Record<EngineName, readonly (string | null)[]>> = {
    realtime: [model, voice?.use ?? null],
    cascade: [speech, model, voice?.use ?? null],
    relay: [model],
    gather: [model],
  };
  return (ours[engine] ?? []).flatMap((choice) => (choice === null ? [] : [choice]));
}
