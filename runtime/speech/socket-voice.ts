import { OffhookError } from '../errors.ts';
import type { Voice, VoiceEvent, VoiceStream } from './speech.ts';
import type { Usage } from './usage.ts';
import type { Route, VoicePool } from './voice-pool.ts';
import type { VoiceVendor } from './voice-socket.ts';
import { VoiceTurn } from './voice-turn.ts';

/** For a whole text; its first sound and every further one have deadlines of their own. */
const RENDER_MS = 10_000;
const RENDER_MS_PER_CHAR = 60;

export interface SocketVoiceParts {
  vendor: VoiceVendor;
  pool: VoicePool;
  /** As the vendor calls them; null where the model is the voice. */
  model: string;
  name: string | null;
  /** `locale`: BCP 47. */
  route(locale: string): Route;
}

/**
 * A voice of a vendor that speaks over a socket while the text is still being written. A whole text is rendered the
 * same way, so that it sounds the same.
 */
export class SocketVoice implements Voice {
  readonly id: string;
  readonly #parts: SocketVoiceParts;
  readonly #turns = new Set<VoiceTurn>();
  #closed = false;

  constructor(parts: SocketVoiceParts) {
    const { vendor, model, name } = parts;
    this.#parts = parts;
    this.id = [vendor.code, model, ...(name === null ? [] : [name])].join('/');
  }

  stream(locale: string, on: (event: VoiceEvent) => void): VoiceStream {
    const { vendor, pool, model, route } = this.#parts;
    const turn: VoiceTurn = new VoiceTurn({
      vendor,
      pool,
      route: route(locale),
      model,
      on,
      gone: () => this.#turns.delete(turn),
    });
    this.#turns.add(turn);
    if (this.#closed) turn.abandon(this.#wasClosed());
    return turn;
  }

  /**
   * Within ten seconds and 60 ms a character.
   * @throws OffhookError `voice-timeout` where nothing was heard in time or `signal` is aborted, else `voice-failed`;
   *   the vendor's own code is in `detail`.
   */
  render(
    text: string,
    locale: string,
    signal: AbortSignal,
    used: (usage: Usage) => void = () => {},
  ): Promise<Uint8Array> {
    const limitMs = RENDER_MS + text.length * RENDER_MS_PER_CHAR;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const settle = (error: OffhookError | null): void => {
        cancel();
        signal.removeEventListener('abort', giveUp);
        turn.cancel();
        if (error) reject(error);
        else resolve(new Uint8Array(Buffer.concat(chunks)));
      };
      const giveUp = (): void =>
        settle(
          new OffhookError(
            'voice-timeout',
            `The voice ${this.id} was told to stop before it had read a text.`,
            {
              cause: signal.reason,
            },
          ),
        );
      const cancel = this.#parts.vendor.clock.after(limitMs, () =>
        settle(new OffhookError('voice-timeout', `The voice ${this.id} took longer than ${limitMs} ms.`)),
      );
      const turn = this.stream(locale, (event) => {
        if (event.kind === 'audio') chunks.push(Buffer.from(event.payload, 'base64'));
        else if (event.kind === 'used') used(event.usage);
        else settle(event.kind === 'failed' ? this.#failed(event) : null);
      });
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) return giveUp();
      turn.say(text);
      turn.end();
    });
  }

  /** Ends what is being said; the sockets are the kit's. */
  close(): Promise<void> {
    this.#closed = true;
    for (const turn of this.#turns) turn.abandon(this.#wasClosed());
    return Promise.resolve();
  }

  #wasClosed(): OffhookError {
    return new OffhookError(`${this.#parts.vendor.code}-closed`, `The voice ${this.id} was closed.`);
  }

  #failed({ code, message }: { code: string; message: string }): OffhookError {
    return new OffhookError(
      code.endsWith('-timeout') ? 'voice-timeout' : 'voice-failed',
      `The voice ${this.id} could not read a text: ${message}`,
      { detail: { code } },
    );
  }
}
