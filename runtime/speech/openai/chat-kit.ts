import type { Clock } from '../../clock.ts';
import type { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Mind, MindKit, MindOptions } from '../mind.ts';
import { ChatMind } from './chat-mind.ts';
import { ChatServer } from './chat-server.ts';

/**
 * Minds for calls over any server that speaks OpenAI's chat completions. `baseUrl` is `http(s)://…/v1` of OpenAI or of a compatible server. Nothing is connected, before a
 * model is asked, and nothing loaded before the first call. Closing closes every mind, and settles when no request is left.
 */
export function openChatMinds(settings: {
  apiKey: string;
  baseUrl: string;
  clock: Clock;
  log: Log;
}): MindKit {
  const server = new ChatServer(settings);
  const minds = new Set<ChatMind>();
  let toldOfKey = false;
  const refused = (error: OffhookError): void => {
    if (error.code === 'model-refused' && !toldOfKey) settings.log.error({ code: error.code }, error.message);
    toldOfKey ||= error.code === 'model-refused';
  };
  return {
    open(options: MindOptions): Mind {
      void server.load();
      const mind = new ChatMind({ server, clock: settings.clock, log: settings.log, refused }, options, () =>
        minds.delete(mind),
      );
      minds.add(mind);
      return mind;
    },
    async close(): Promise<void> {
      await Promise.all([...minds].map((mind) => mind.end()));
    },
  };
}
