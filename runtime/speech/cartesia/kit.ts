import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { SocketVoice } from '../socket-voice.ts';
import type { VoiceKit } from '../speech.ts';
import { VoicePool } from '../voice-pool.ts';
import { checkKey, type VoiceVendor } from '../voice-socket.ts';
import { CartesiaDialect } from './dialect.ts';

const VERSION = '2026-08-14';
const DEFAULT_MODEL = 'sonic-3.5';
/** "Jacqueline", a calm English voice of the vendor's library. */
const DEFAULT_VOICE = '9626c31c-bec5-4cca-baa8-f8ba9e84c8bc';

/**
 * Cartesia's voices; a voice's name is its id, and `baseUrl` is `http(s)://…` without a path. Nothing is connected
 * before it is used; closing ends everything that is being said.
 * @throws OffhookError `bad-setting` where the key cannot be put into a header.
 */
export function openCartesia(settings: {
  apiKey: string;
  baseUrl: string;
  clock: Clock;
  log: Log;
}): VoiceKit {
  const vendor: VoiceVendor = {
    ...settings,
    code: 'cartesia',
    name: 'Cartesia',
    keyName: 'CARTESIA_API_KEY',
  };
  checkKey(vendor);
  const pool = new VoicePool(vendor);
  const url = `${settings.baseUrl.replace(/^http/, 'ws')}/tts/websocket`;
  const headers = { authorization: `Bearer ${settings.apiKey}`, 'cartesia-version': VERSION };
  return {
    voice(name, model) {
      const speaker = { model: model ?? DEFAULT_MODEL, voice: name ?? DEFAULT_VOICE };
      return new SocketVoice({
        vendor,
        pool,
        model: speaker.model,
        name: speaker.voice,
        route: (locale) => {
          const language = /^[a-z]{2,3}/i.exec(locale)?.[0].toLowerCase() ?? 'en';
          return {
            key: `${speaker.model} ${speaker.voice} ${language}`,
            url,
            headers,
            farewell: null,
            dialect: (socket) => new CartesiaDialect(socket, vendor.clock, { ...speaker, language }),
          };
        },
      });
    },
    close: () => pool.close(),
  };
}
