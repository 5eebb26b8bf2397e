import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Ear, EarKit, EarOptions } from '../ear.ts';
import { DeepgramEar } from './ear.ts';

/**
 * Deepgram's recognisers, Flux and Nova, as ears. `baseUrl` is `http(s)://host`, also of a server of one's own.
 * Nothing is connected before it is used. Closing closes every ear that it opened.
 * @throws OffhookError `bad-setting` where the key cannot be put into a header.
 */
export function openDeepgramEars(settings: {
  apiKey: string;
  baseUrl: string;
  clock: Clock;
  log: Log;
}): EarKit {
  if (!/^[\x21-\x7e]+$/.test(settings.apiKey)) {
    throw new OffhookError('bad-setting', 'DEEPGRAM_API_KEY holds characters that no key has.');
  }
  const ears = new Set<DeepgramEar>();
  return {
    open(options: EarOptions): Ear {
      const ear = new DeepgramEar({ ...settings }, options, () => ears.delete(ear));
      ears.add(ear);
      return ear;
    },
    async close(): Promise<void> {
      await Promise.all([...ears].map((ear) => ear.end()));
    },
  };
}
