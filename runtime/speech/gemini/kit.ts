import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { SpeechKit, SpeechOptions, Voice } from '../speech.ts';
import type { Vendor } from './socket.ts';
import { GeminiSpeech } from './speech.ts';
import { GeminiVoice } from './voice.ts';

const DEFAULT_MODEL = 'gemini-3.8-live';
const DEFAULT_VOICE = 'Kore';

/**
 * Gemini Live as ears, mind and voice. `baseUrl` is `http(s)://…`, without a path. Nothing is connected before it is
 * used. Closing closes every call and voice that it opened.
 * @throws OffhookError `bad-setting` where the key cannot be put into a header.
 */
export function openGemini(settings: { apiKey: string; baseUrl: string; log: Log; clock: Clock }): SpeechKit {
  if (!/^[\x21-\x7e]+$/.test(settings.apiKey)) {
    throw new OffhookError('bad-setting', 'GEMINI_API_KEY holds characters that no key has.');
  }
  const vendor: Vendor = { ...settings, baseUrl: settings.baseUrl.replace(/\/+$/, '') };
  const speeches = new Set<GeminiSpeech>();
  const voices = new Set<Voice>();
  return {
    open(options: SpeechOptions): GeminiSpeech {
      const { model, voice } = options;
      const speech = new GeminiSpeech(
        vendor,
        { ...options, model: model ?? DEFAULT_MODEL, voice: voice ?? DEFAULT_VOICE },
        () => speeches.delete(speech),
      );
      speeches.add(speech);
      return speech;
    },
    voice(name: string | null, model: string | null): Voice {
      const voice = new GeminiVoice(vendor, model ?? DEFAULT_MODEL, name ?? DEFAULT_VOICE, () =>
        voices.delete(voice),
      );
      voices.add(voice);
      return voice;
    },
    async close(): Promise<void> {
      await Promise.all([...speeches].map((speech) => speech.end()));
      await Promise.all([...voices].map((voice) => voice.close()));
    },
  };
}
