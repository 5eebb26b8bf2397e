/** The vendors whose keys are at hand. Nothing of them is connected before it is used. */
import type { Clock } from './clock.ts';
import type { Config, Vendor } from './config.ts';
import { type Cast, type EngineName, partsOf } from './dialogue/engines.ts';
import type { AppFacts } from './dialogue/program.ts';
import { OffhookError } from './errors.ts';
import type { Log } from './log.ts';
import type { EarKit } from './speech/ear.ts';
import { openCartesia } from './speech/cartesia/kit.ts';
import { openDeepgramEars } from './speech/deepgram/ear-kit.ts';
import { openDeepgramVoices } from './speech/deepgram/voice-kit.ts';
import { openElevenLabs } from './speech/elevenlabs/kit.ts';
import { openGemini } from './speech/gemini/kit.ts';
import { openChatMinds } from './speech/openai/chat-kit.ts';
import { openOpenAiEars } from './speech/openai/ear-kit.ts';
import { openOpenAi } from './speech/openai/kit.ts';
import type { SpeechKit, VoiceKit } from './speech/speech.ts';
import type { Vendors } from './speech/vendors.ts';

export interface Hired extends Pick<Vendors, 'realtime' | 'ears' | 'minds' | 'voices'> {
  close(): Promise<void>;
}

export function openVendors(config: Config, parts: { log: Log; clock: Clock }): Hired {
  const { openai, gemini, deepgram, cartesia, elevenlabs } = config;
  const kits: { close(): Promise<void> }[] = [];
  /** One kit for one key; nobody where there is none. */
  const hire = <K extends { close(): Promise<void> }>(
    { apiKey, baseUrl }: Vendor,
    open: (settings: { apiKey: string; baseUrl: string; log: Log; clock: Clock }) => K,
  ): K[] => {
    if (apiKey === null) return [];
    const kit = open({ apiKey, baseUrl, ...parts });
    kits.push(kit);
    return [kit];
  };
  const named = <K>(name: string, found: readonly K[]): [string, K][] => found.map((kit) => [name, kit]);
  const realtime = new Map<string, SpeechKit>([
    ...named<SpeechKit>('openai', hire(openai, openOpenAi)),
    ...named<SpeechKit>('gemini', hire(gemini, openGemini)),
  ]);
  return {
    realtime,
    ears: new Map<string, EarKit>([
      ...named('deepgram', hire(deepgram, openDeepgramEars)),
      ...named('openai', hire(openai, openOpenAiEars)),
    ]),
    minds: new Map(named('openai', hire(openai, openChatMinds))),
    voices: new Map<string, VoiceKit>([
      ...realtime,
      ...named('deepgram', hire(deepgram, openDeepgramVoices)),
      ...named('cartesia', hire(cartesia, openCartesia)),
      ...named('elevenlabs', hire(elevenlabs, openElevenLabs)),
    ]),
    async close() {
      await Promise.all(kits.map((kit) => kit.close()));
    },
  };
}

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
