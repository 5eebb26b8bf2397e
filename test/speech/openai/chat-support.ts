import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../../runtime/clock.ts';
import { silentLog } from '../../../runtime/log.ts';
import type { Mind, MindEvent, MindKit, MindOptions } from '../../../runtime/speech/mind.ts';
import { openChatMinds } from '../../../runtime/speech/openai/chat-kit.ts';
import { startChatStream, type StreamScript, type StreamServer } from '../../support/chat-stream.ts';
import { until } from './support.ts';

export interface Thinking {
  mind: Mind;
  kit: MindKit;
  server: StreamServer;
  events: MindEvent[];
  of<K extends MindEvent['kind']>(kind: K): Extract<MindEvent, { kind: K }>[];
  /** The words of all replies, as they came, joined. */
  words(): string;
  /** What was told, in short; words are left out. */
  told(): string[];
  /** Waits for so many replies to end. */
  ended(count?: number): Promise<void>;
}

/** A server, and one call's mind on it. Both are closed when the test is over. */
export async function think(
  script: Partial<StreamScript> = {},
  options: Partial<MindOptions> & { clock?: Clock; apiKey?: string; log?: typeof silentLog } = {},
): Promise<Thinking> {
  const server = await startChatStream(script);
  onTestFinished(() => server.close());
  const { clock = systemClock, apiKey = server.apiKey, log = silentLog, ...more } = options;
  const kit = openChatMinds({ apiKey, baseUrl: server.baseUrl, clock, log });
  onTestFinished(() => kit.close());
  const events: MindEvent[] = [];
  const mind = kit.open({
    sessionId: 's1',
    locale: 'en-US',
    model: 'gpt-6-luna',
    persona: 'You are Ana.',
    on: (event) => events.push(event),
    ...more,
  });
  const of = <K extends MindEvent['kind']>(kind: K) =>
    events.filter((event): event is Extract<MindEvent, { kind: K }> => event.kind === kind);
  return {
    mind,
    kit,
    server,
    events,
    of,
    words: () =>
      of('words')
        .map(({ text }) => text)
        .join(''),
    told: () =>
      events.flatMap((event) => {
        if (event.kind === 'words' || event.kind === 'used') return [];
        if (event.kind === 'ended') return [`"${event.text}"`];
        if (event.kind === 'called') return [`${event.name}(${JSON.stringify(event.input)})`];
        return [`${event.code}${event.recovering ? ', recovering' : ''}`];
      }),
    ended: (count = 1) => until(() => of('ended').length >= count, `${count} replies`),
  };
}
