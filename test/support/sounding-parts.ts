/** Parts of a cascade that work on real audio without a vendor. */
import { systemClock } from '../../runtime/clock.ts';
import { Ear as EmbeddedEar } from '../../runtime/speech/embedded/ear.ts';
import { EnergyVad } from '../../runtime/speech/vad.ts';
import type { Ear, EarKit } from '../../runtime/speech/ear.ts';
import type { Voice, VoiceEvent, VoiceStream } from '../../runtime/speech/speech.ts';
import { tone } from './openai-realtime.ts';

/** Listens with the embedded ear, which hears when somebody speaks; the words are in the captions. */
export function embeddedEars(): EarKit {
  return {
    open({ on }): Ear {
      return new EmbeddedEar({
        vad: new EnergyVad(),
        recogniser: null,
        clock: systemClock,
        on(event) {
          if (event.kind === 'caller-said') on({ kind: 'said', text: event.text });
          else if (
            event.kind === 'ready' ||
            event.kind === 'caller-started' ||
            event.kind === 'caller-stopped'
          )
            on(event);
        },
      });
    },
    close: () => Promise.resolve(),
  };
}

const PIECE = tone(100).toString('base64');

/** Hums a text, a tenth of a second for every six letters, piece by piece. */
export class TonedVoice implements Voice {
  readonly id = 'toned/1';
  readonly #paceMs: number;
  readonly #open = new Set<VoiceStream>();

  constructor(paceMs: number) {
    this.#paceMs = paceMs;
  }

  open(): number {
    return this.#open.size;
  }

  render(): Promise<Uint8Array> {
    return Promise.reject(new Error('A cascade renders nothing.'));
  }

  stream(_: string, on: (event: VoiceEvent) => void): VoiceStream {
    let [pieces, ended, timer] = [0, false, undefined as NodeJS.Timeout | undefined];
    const stop = (): void => {
      clearTimeout(timer);
      this.#open.delete(stream);
    };
    const go = (): void => {
      timer = undefined;
      if (pieces > 0) {
        pieces--;
        timer = setTimeout(go, this.#paceMs);
        return on({ kind: 'audio', payload: PIECE });
      }
      if (!ended) return;
      stop();
      on({ kind: 'ended' });
    };
    const soon = (): void => {
      timer ??= setTimeout(go, this.#paceMs);
    };
    const stream: VoiceStream = {
      say(text) {
        pieces += Math.ceil(text.length / 6);
        soon();
      },
      end() {
        ended = true;
        soon();
      },
      cancel: stop,
    };
    this.#open.add(stream);
    return stream;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
