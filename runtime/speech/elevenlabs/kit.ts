import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { SocketVoice } from '../socket-voice.ts';
import type { VoiceKit } from '../speech.ts';
import { VoicePool } from '../voice-pool.ts';
import { checkKey, type VoiceVendor } from '../voice-socket.ts';
import { ElevenLabsDialect } from './dialect.ts';

const DEFAULT_MODEL = 'eleven_flash_v2_5';
/** "George", of the vendor's library and documentation. */
const DEFAULT_VOICE = 'JBFqnCBsd6RMkjVDRZzb';
/** Seconds after which the vendor closes a context that gets no text. */
const INACTIVITY = 60;

/**
 * ElevenLabs' voices; a voice's name is its id, and `baseUrl` is `http(s)://…` without a path. Nothing is connected
 * before it is used; closing ends everything that is being said.
 * @throws OffhookError `bad-setting` where the key cannot be put into a header.
 */
export function openElevenLabs(settings: {
  apiKey: string;
  baseUrl: string;
  clock: Clock;
  log: Log;
}): VoiceKit {
  const vendor: VoiceVendor = {
    ...settings,
    code: 'elevenlabs',
    name: 'ElevenLabs',
    keyName: 'ELEVENLABS_API_KEY',
  };
  checkKey(vendor);
  const pool = new VoicePool(vendor);
  const base = settings.baseUrl.replace(/^http/, 'ws');
  return {
    voice(name, model) {
      const voice = name ?? DEFAULT_VOICE;
      const speaks = model ?? DEFAULT_MODEL;
      return new SocketVoice({
        vendor,
        pool,
        model: speaks,
        name: voice,
        route: (locale) => {
          const query = new URLSearchParams({
            model_id: speaks,
            output_format: 'ulaw_8000',
            auto_mode: 'true',
            inactivity_timeout: String(INACTIVITY),
          });
          const language = /^[a-z]{2}(?![a-z])/i.exec(locale)?.[0].toLowerCase();
          // The other models hear the language from the text, and refuse to be told.
          if (language && speaks.endsWith('_v2_5')) query.set('language_code', language);
          const url = `${base}/v1/text-to-speech/${encodeURIComponent(voice)}/multi-stream-input?${query.toString()}`;
          return {
            key: url,
            url,
            headers: { 'xi-api-key': settings.apiKey },
            farewell: { close_socket: true },
            dialect: (socket) => new ElevenLabsDialect(socket, vendor.clock),
          };
        },
      });
    },
    close: () => pool.close(),
  };
}
