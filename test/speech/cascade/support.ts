import type { SpeechEvent, SpeechOptions } from '../../../runtime/speech/speech.ts';
import { openCascade } from '../../../runtime/speech/cascade/speech.ts';
import {
  ScriptedVoice,
  scriptedEars,
  scriptedMinds,
  type ScriptedEar,
  type ScriptedMind,
} from '../../support/cascade-parts.ts';

/** One call's cascade over parts in memory. */
export function cascade(options: Partial<SpeechOptions> & { mindless?: boolean } = {}) {
  const { mindless = false, ...more } = options;
  const ears = scriptedEars();
  const minds = scriptedMinds();
  const voice = new ScriptedVoice();
  const events: SpeechEvent[] = [];
  const speech = openCascade(
    { ear: ears, earModel: 'nova-3', mind: mindless ? null : { kit: minds, model: 'gpt-6-luna' }, voice },
    {
      sessionId: 's1',
      locale: 'en-US',
      model: 'not looked at',
      voice: 'not looked at',
      persona: 'You are Ana.',
      on: (event) => events.push(event),
      ...more,
    },
  );
  const [ear, mind] = [ears.ears[0] as ScriptedEar, minds.minds[0] as ScriptedMind];
  return {
    speech,
    ear,
    mind,
    voice,
    events,
    of: <K extends SpeechEvent['kind']>(kind: K) =>
      events.filter((event): event is Extract<SpeechEvent, { kind: K }> => event.kind === kind),
    /** What was told, in short. */
    told: () =>
      events.map((event) => {
        switch (event.kind) {
          case 'caller-said':
          case 'caller-words':
            return `${event.kind} "${event.text}"`;
          case 'words':
          case 'audio-ended':
            return `${event.kind} ${event.item} "${event.text}"`;
          case 'audio':
            return `audio ${event.item}`;
          case 'failed':
            return `${event.code}${event.recovering ? ', recovering' : ''}`;
          default:
            return event.kind;
        }
      }),
    /** The caller is silent for so long. */
    frames: (ms: number) => {
      for (let at = 0; at < ms; at += 20) speech.hear(Buffer.alloc(160, 0xff).toString('base64'));
    },
  };
}

/** What was cut is told to have ended after whoever cut it has done so. */
export const soon = (): Promise<void> => Promise.resolve();
