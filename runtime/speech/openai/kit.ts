import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { ReadingVoice } from '../reading-voice.ts';
import type { Speech, SpeechKit, SpeechOptions, Voice } from '../speech.ts';
import { backOffMs, isFinal } from './failure.ts';
import { RealtimeReader } from './reader.ts';
import type { Vendor } from './socket.ts';
import { OpenAiSpeech } from './speech.ts';

const DEFAULT_MODEL = 'gpt-realtime-2.1';
const DEFAULT_VOICE = 'marin';
/** Sessions that read lines aloud at a time. */
const READERS = 4;
/** Sessions end at 60 minutes. */
const READER_MS = 50 * 60_000;

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
  const voices = new Set<Voice>();
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
      const chosen = { model: model ?? DEFAULT_MODEL, voice: name ?? DEFAULT_VOICE };
      const voice = new ReadingVoice({
        id: `openai/${chosen.model}/${chosen.voice}`,
        clock: vendor.clock,
        open: () => new RealtimeReader(vendor, chosen.model, chosen.voice),
        readers: READERS,
        maxAgeMs: READER_MS,
        isFinal,
        backOffMs,
        gone: () => voices.delete(voice),
      });
      voices.add(voice);
      return voice;
    },
    async close(): Promise<void> {
      await Promise.all([...speeches].map((speech) => speech.end()));
      await Promise.all([...voices].map((voice) => voice.close()));
    },
  };
}
