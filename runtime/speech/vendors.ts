import type { OpenCascade } from './cascade.ts';
import type { EarKit } from './ear.ts';
import type { MindKit } from './mind.ts';
import type { SpeechKit, VoiceKit } from './speech.ts';

/** All that can hear, think and speak here, by provider: what no key is there for is not among it. */
export interface Vendors {
  /** Speech-to-speech models. */
  realtime: ReadonlyMap<string, SpeechKit>;
  ears: ReadonlyMap<string, EarKit>;
  minds: ReadonlyMap<string, MindKit>;
  voices: ReadonlyMap<string, VoiceKit>;
  /** Always there. */
  embedded: SpeechKit;
  cascade: OpenCascade;
}
