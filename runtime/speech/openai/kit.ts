import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Speech, SpeechKit, SpeechOptions, Voice } from '../speech.ts';
import type { Vendor } from './socket.ts';
import { OpenAiSpeech } from './speech.ts';
import { OpenAiVoice } from './voice.ts';

const DEFAULT_MODEL = 'gpt-realtime-2.1';
const DEFAULT_VOICE = 'marin';

/**
 * OpenAI's realtime API as ears, mind and voice. `baseUrl` is `http(s)://…/v1`, also of a compatible server.
 * Nothing is connected before it is used. Closing closes every call and voice that it opened.
 * @throws OffhookError `bad-setting` where the key cannot be put into a header.
 */
export function openOpenAi(settings: { apiKey: string; baseUrl: string; log: Log; clock: Clock }): SpeechKit {
  if (!/^[\x21-\x7e]+$/.test(settings.apiKey)) {
    throw new OffhookError('bad-setting', 'OPENAI_API_KEY holds characters that no key has.');
  }
  const vendor: Vendor = { ...settings };
  const speeches = new Set<OpenAiSpeech>();
  const voices = new Set<OpenAiVoice>();
  return {
    open(options: SpeechOptions): Speech {
      const { model, voice } = options;
      const speech = new OpenAiSpeech(
        vendor,
        { ...options, model: model ?? DEFAULT_MODEL, voice: voice ?? DEFAULT_VOICE },
        () => speeches.delete(speech),
      );
      speeches.add(speech);
      return speech;
    },
    voice(name: string | null, model: string | null): Voice {
      const voice = new OpenAiVoice(vendor, model ?? DEFAULT_MODEL, name ?? DEFAULT_VOICE, () =>
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
