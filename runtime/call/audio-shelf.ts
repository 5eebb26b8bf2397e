import { createHmac, randomBytes } from 'node:crypto';
import { writeWav } from '../wav.ts';
import type { Sounds } from './sounds.ts';

/** Files that a far end fetches to play them, under names that nobody can guess and that hold for this process. */
export class AudioShelf {
  readonly #sounds: Sounds;
  readonly #secret = randomBytes(32);
  readonly #files = new Map<string, string>();

  constructor(sounds: Sounds) {
    this.#sounds = sounds;
  }

  /**
   * Puts a file there that a dialogue plays, and gives its name and how long it lasts.
   * @throws OffhookError `bad-sound` where the file is not there, too large, or no WAV file.
   */
  async put(file: string): Promise<{ name: string; ms: number }> {
    const { ms } = await this.#sounds.get(file);
    const name = `${createHmac('sha256', this.#secret).update(file).digest('base64url')}.wav`;
    this.#files.set(name, file);
    return { name, ms };
  }

  /**
   * The file of that name, as telephone audio in a WAV file; null: there is none.
   * @throws OffhookError as `put` does.
   */
  async get(name: string): Promise<Uint8Array | null> {
    const file = this.#files.get(name);
    if (file === undefined) return null;
    const { payloads } = await this.#sounds.get(file);
    return writeWav(Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64'))));
  }
}
