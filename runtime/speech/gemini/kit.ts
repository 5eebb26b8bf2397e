import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { ReadingVoice } from '../reading-voice.ts';
import type { SpeechKit, SpeechOptions, Voice } from '../speech.ts';
import { backOffMs, isFinal } from './failure.ts';
import { LiveReader } from './reader.ts';
import type { Vendor } from './socket.ts';
import { GeminiSpeech } from './speech.ts';

const DEFAULT_MODEL = 'gemini-3.8-live';
const DEFAULT_VOICE = 'Kore';
/** Sessions that read lines aloud at a time. */
const READERS = 3;
/** Connections end after some ten minutes. */
const READER_MS = 8 * 60_000;

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
      const chosen = { model: model ?? DEFAULT_MODEL, voice: name ?? DEFAULT_VOICE };
      const voice = new ReadingVoice({
        id: `gemini/${chosen.model}/${chosen.voice}`,
        clock: vendor.clock,
        open: () => new LiveReader(vendor, chosen.model, chosen.voice),
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
