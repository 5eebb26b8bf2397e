import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { SocketVoice } from '../socket-voice.ts';
import type { VoiceKit } from '../speech.ts';
import { VoicePool, type Route } from '../voice-pool.ts';
import { checkKey, type VoiceVendor } from '../voice-socket.ts';
import { AuraDialect } from './voice-aura.ts';
import { FluxDialect } from './voice-flux.ts';

const DEFAULT_VOICE = 'aura-2-thalia-en';

/**
 * Deepgram's voices: a name is a whole model, such as `aura-2-thalia-en` or `flux-alexis-en`, and has its language in
 * it, so the locale says nothing; a model that is named apart is the voice where there is none. `baseUrl` is
 * `http(s)://…` without a path. Nothing is connected before it is used; closing ends everything that is being said.
 * @throws OffhookError `bad-setting` where the key cannot be put into a header.
 */
export function openDeepgramVoices(settings: {
  apiKey: string;
  baseUrl: string;
  clock: Clock;
  log: Log;
}): VoiceKit {
  const vendor: VoiceVendor = {
    ...settings,
    code: 'deepgram',
    name: 'Deepgram',
    keyName: 'DEEPGRAM_API_KEY',
  };
  checkKey(vendor);
  const pool = new VoicePool(vendor);
  const base = settings.baseUrl.replace(/^http/, 'ws');
  return {
    voice(name, model) {
      const voice = name ?? model ?? DEFAULT_VOICE;
      const isFlux = voice.startsWith('flux-');
      const query = new URLSearchParams({ model: voice, encoding: 'mulaw', sample_rate: '8000' });
      const url = `${base}/${isFlux ? 'v2' : 'v1'}/speak?${query.toString()}`;
      const route = {
        key: url,
        url,
        headers: { authorization: `Token ${settings.apiKey}` },
        farewell: { type: 'Close' },
        dialect: isFlux
          ? (socket) => new FluxDialect(socket)
          : (socket) => new AuraDialect(socket, vendor.clock),
      } satisfies Route;
      return new SocketVoice({ vendor, pool, model: voice, name: null, route: () => route });
    },
    close: () => pool.close(),
  };
}
