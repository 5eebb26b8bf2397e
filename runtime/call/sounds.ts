import { readFile, stat } from 'node:fs/promises';
import { messageOf, OffhookError } from '../errors.ts';
import { promptOf, type Prompt } from '../speech/prompts.ts';
import { readWavGently } from '../wav.ts';

/** Some twelve minutes at CD quality. */
const LARGEST_FILE_BYTES = 128 * 1024 * 1024;
/** Half an hour of telephone audio, and more than that only for what is playing. */
const KEPT_BYTES = 16 * 1024 * 1024;

interface Sound {
  /** What the file was like when it was read. */
  version: string;
  prompt: Promise<Prompt>;
  bytes: number;
}

/** Audio files as they are played, each decoded once for all calls until it changes. */
export class Sounds {
  /** In order of use, the least recently used first. */
  readonly #sounds = new Map<string, Sound>();

  /**
   * The file's audio, ready to be sent.
   * @throws OffhookError `bad-sound` where the file is not there, too large, or no WAV file.
   */
  async get(path: string): Promise<Prompt> {
    try {
      const { mtimeMs, size } = await stat(path);
      if (size > LARGEST_FILE_BYTES)
        throw new Error(`it has ${size} bytes, but at most ${LARGEST_FILE_BYTES} are read`);
      const version = `${mtimeMs} ${size}`;
      const known = this.#sounds.get(path);
      const sound =
        known?.version === version
          ? known
          : { version, bytes: 0, prompt: readFile(path).then(readWavGently).then(promptOf) };
      this.#sounds.delete(path);
      this.#sounds.set(path, sound);
      const prompt = await sound.prompt;
      sound.bytes = prompt.bytes;
      this.#tidy();
      return prompt;
    } catch (thrown) {
      this.#sounds.delete(path);
      const problem = `The audio file ${path} cannot be played: ${messageOf(thrown)}`;
      throw new OffhookError('bad-sound', problem, { cause: thrown });
    }
  }

  #tidy(): void {
    let bytes = 0;
    for (const sound of this.#sounds.values()) bytes += sound.bytes;
    for (const [path, sound] of this.#sounds) {
      if (bytes <= KEPT_BYTES) return;
      this.#sounds.delete(path);
      bytes -= sound.bytes;
    }
  }
}
