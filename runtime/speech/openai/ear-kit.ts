import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Ear, EarKit, EarOptions } from '../ear.ts';
import { OpenAiEar } from './ear.ts';

const DEFAULT_MODEL = 'gpt-live-transcribe';

/**
 * OpenAI's live transcription as ears. `baseUrl` is `http(s)://…/v1`, also of a compatible server. Nothing is
 * connected before it is used. Closing closes every ear that it opened.
 * @throws OffhookError `bad-setting` where the key cannot be put into a header.
 */
export function openOpenAiEars(settings: {
  apiKey: string;
  baseUrl: string;
  clock: Clock;
  log: Log;
}): EarKit {
  if (!/^[\x21-\x7e]+$/.test(settings.apiKey)) {
    throw new OffhookError('bad-setting', 'OPENAI_API_KEY holds characters that no key has.');
  }
  const ears = new Set<OpenAiEar>();
  return {
    open(options: EarOptions): Ear {
      const ear = new OpenAiEar({ ...settings }, { ...options, model: options.model ?? DEFAULT_MODEL }, () =>
        ears.delete(ear),
      );
      ears.add(ear);
      return ear;
    },
    async close(): Promise<void> {
      await Promise.all([...ears].map((ear) => ear.end()));
    },
  };
}
