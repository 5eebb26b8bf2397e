/** Speech that needs no key and no network: a voice, an ear, and a recogniser where one is installed. */
import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { CODE } from '../../places.ts';
import type { EarKit } from '../ear.ts';
import type { SpeechKit, SpeechOptions, Voice } from '../speech.ts';
import { embeddedEars } from './ear-kit.ts';
import { Ear } from './ear.ts';
import { findEspeak } from './espeak.ts';
import { findRecogniser } from './recogniser.ts';
import { Thread } from './thread.ts';
import { EnergyVad } from '../vad.ts';
import { EmbeddedVoice, VOICES, type VoiceName } from './voice.ts';

/** Texts that may wait to be spoken. While warming, only a few wait. */
const QUEUE = 256;

/** `ears` are those of `open`, for a cascade. */
export interface EmbeddedKit extends SpeechKit {
  readonly ears: EarKit;
}

/**
 * Finds what is installed beside the package: espeak-ng, pocketsphinx. The voice's thread starts with the first
 * text. `voice` takes the name of a flite voice (`slt`, `rms`, `awb`, `kal`, `kal16`; null is `slt`) and throws
 * `unknown-voice` for any other.
 */
export async function openEmbedded({ log, clock }: { log: Log; clock: Clock }): Promise<EmbeddedKit> {
  const script = new URL('speech/embedded/voice-worker.js', CODE);
  const thread = new Thread({ script, name: 'voice', queue: QUEUE, clock, log });
  const [espeak, { recogniser, why }] = await Promise.all([findEspeak(), findRecogniser({ clock, log })]);
  log.debug(
    { espeak: espeak !== null, recogniser: why ?? 'pocketsphinx' },
    'the embedded voice and ear are ready',
  );
  const warned = new Set<string>();

  const open = (options: SpeechOptions): Ear =>
    new Ear({ vad: new EnergyVad(), recogniser, clock, on: (event) => options.on(event) });

  return {
    open,
    ears: embeddedEars({ open }),
    voice(name: string | null): Voice {
      const known = VOICES.find((voice) => voice === (name ?? VOICES[0]));
      if (!known) {
        throw new OffhookError(
          'unknown-voice',
          `There is no embedded voice "${name}"; there are ${VOICES.join(', ')}.`,
        );
      }
      return new EmbeddedVoice({ name: known satisfies VoiceName, thread, espeak, warned, log });
    },
    async close(): Promise<void> {
      await Promise.all([thread.close(), recogniser?.close()]);
    },
  };
}
