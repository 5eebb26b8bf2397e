import { OffhookError, messageOf } from '../errors.ts';
import type { Renderer, VoiceEvent, VoiceStream } from './speech.ts';

/** Speaks a text by rendering it piece by piece, for voices that only render whole texts. */
export class RenderedStream implements VoiceStream {
  readonly #voice: Renderer;
  readonly #locale: string;
  readonly #on: (event: VoiceEvent) => void;
  readonly #stop = new AbortController();
  /** Pieces are heard in the order they were given, though they are rendered as soon as they come. */
  #last: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(voice: Renderer, locale: string, on: (event: VoiceEvent) => void) {
    this.#voice = voice;
    this.#locale = locale;
    this.#on = on;
  }

  say(text: string): void {
    if (this.#stop.signal.aborted || this.#ended || text.trim() === '') return;
    const rendered = this.#voice.render(text.trim(), this.#locale, this.#stop.signal);
    // Whoever waits for its turn hears of the failure; until then it is nobody's.
    rendered.catch(() => undefined);
    this.#then(async () => {
      const audio = await rendered;
      this.#tell({ kind: 'audio', payload: Buffer.from(audio).toString('base64') });
    });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#then(() => this.#tell({ kind: 'ended' }));
  }

  cancel(): void {
    this.#stop.abort();
  }

  #then(next: () => void | Promise<void>): void {
    this.#last = this.#last.then(async () => {
      if (this.#stop.signal.aborted) return;
      try {
        await next();
      } catch (thrown) {
        const code = thrown instanceof OffhookError ? thrown.code : 'voice-failed';
        this.#tell({ kind: 'failed', code, message: messageOf(thrown) });
        this.#stop.abort();
      }
    });
  }

  #tell(event: VoiceEvent): void {
    if (!this.#stop.signal.aborted) this.#on(event);
  }
}
