import { OffhookError, messageOf } from '../errors.ts';
import type { Renderer, VoiceEvent, VoiceStream } from './speech.ts';

/**
 * So many pieces are rendered at once: the next one while the first is played, and one more for when the next is
 * short. More would only take the voice away from others.
 */
const AHEAD = 3;

interface Piece {
  text: string;
  rendered: Promise<Uint8Array> | null;
}

/** Speaks a text by rendering it piece by piece, for voices that only render whole texts. */
export class RenderedStream implements VoiceStream {
  readonly #voice: Renderer;
  readonly #locale: string;
  readonly #on: (event: VoiceEvent) => void;
  readonly #stop = new AbortController();
  /** Not yet told, in the order they were given, which is the order they are heard in. */
  readonly #pieces: Piece[] = [];
  #telling = false;
  #ended = false;

  constructor(voice: Renderer, locale: string, on: (event: VoiceEvent) => void) {
    this.#voice = voice;
    this.#locale = locale;
    this.#on = on;
  }

  say(text: string): void {
    if (this.#stop.signal.aborted || this.#ended || text.trim() === '') return;
    this.#pieces.push({ text: text.trim(), rendered: null });
    this.#renderAhead();
    void this.#tellAll();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#tellAll();
  }

  cancel(): void {
    this.#stop.abort();
  }

  #renderAhead(): void {
    for (const piece of this.#pieces.slice(0, AHEAD)) {
      if (piece.rendered) continue;
      piece.rendered = this.#voice.render(piece.text, this.#locale, this.#stop.signal, (usage) =>
        this.#tell({ kind: 'used', usage }),
      );
      // Whoever waits for its turn hears of the failure; until then it is nobody's.
      piece.rendered.catch(() => undefined);
    }
  }

  async #tellAll(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let piece = this.#pieces[0]; piece; piece = this.#pieces[0]) {
        const audio = await piece.rendered!;
        this.#pieces.shift();
        this.#renderAhead();
        this.#tell({ kind: 'audio', payload: Buffer.from(audio).toString('base64') });
      }
      // What ends within `end` is told after it has returned.
      await Promise.resolve();
    } catch (thrown) {
      const code = thrown instanceof OffhookError ? thrown.code : 'voice-failed';
      this.#tell({ kind: 'failed', code, message: messageOf(thrown) });
      this.#stop.abort();
    } finally {
      this.#telling = false;
    }
    if (this.#pieces.length > 0 && !this.#stop.signal.aborted) return this.#tellAll();
    if (!this.#ended) return;
    this.#tell({ kind: 'ended' });
    this.#stop.abort();
  }

  #tell(event: VoiceEvent): void {
    if (!this.#stop.signal.aborted) this.#on(event);
  }
}
