/** The vendors whose keys are at hand. Nothing of them is connected before it is used. */
import type { Clock } from './clock.ts';
import type { Config, Vendor } from './config.ts';
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
