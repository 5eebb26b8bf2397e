/** Rendered audio on disk: one file a text, whole or not there, never more than the disk is allowed to hold. */
import { createHash, randomUUID } from 'node:crypto';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  utimes,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';

/** `OHP1`, the SHA-256 of the audio, the audio. */
const MAGIC = Buffer.from('OHP1');
const HEADER_BYTES = MAGIC.length + 32;
const ENDING = '.ulaw';
const PART = '.part';
/** A part this old was left by a process that died. */
const STALE_PART_MS = 60 * 60 * 1000;
/** When the folder is full, the least recently used files go until this much of it is left. */
const KEEP = 0.8;

export class PromptFiles {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #log: Log;
  readonly #writing = new Set<Promise<void>>();
  /** Null until the folder has been looked through. */
  #bytes: number | null = null;
  #sweeping: Promise<void> | null = null;

  constructor(folder: string, maxBytes: number, log: Log) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#log = log;
  }

  /** The audio kept under `key`; null where there is none, or none that is whole. Never throws. */
  async read(key: string): Promise<Uint8Array | null> {
    const path = join(this.#folder, key + ENDING);
    try {
      const bytes = await readFile(path);
      const audio = bytes.subarray(HEADER_BYTES);
      const whole =
        audio.length > 0 &&
        bytes.subarray(0, MAGIC.length).equals(MAGIC) &&
        bytes.subarray(MAGIC.length, HEADER_BYTES).equals(digest(audio));
      if (!whole) {
        this.#log.warn({ path, bytes: bytes.length }, 'a prompt file is not whole and is rendered anew');
        return null;
      }
      // Only the sweep looks at it, and a folder that cannot be written to still serves.
      const now = new Date();
      void utimes(path, now, now).catch(this.#shrug('a prompt file could not be marked as used', path));
      return audio;
    } catch (error) {
      if (!isMissing(error))
        this.#log.warn({ path, error: messageOf(error) }, 'a prompt file could not be read');
      return null;
    }
  }

  /** Keeps the audio in the background. A failure is logged. */
  write(key: string, audio: Uint8Array): void {
    const writing = this.#write(key, audio).catch((error: unknown) => {
      this.#log.warn({ folder: this.#folder, error: messageOf(error) }, 'a prompt could not be kept on disk');
    });
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }

  /** Resolves when everything given to `write` is on disk or has failed. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  async #write(key: string, audio: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const part = join(this.#folder, `${key}.${randomUUID()}${PART}`);
    let file: FileHandle | null = null;
    try {
      file = await open(part, 'wx');
      await file.writeFile(Buffer.concat([MAGIC, digest(audio), audio]));
      // Without this a power cut may leave a whole name on half a file.
      await file.sync();
      await file.close();
      file = null;
      await rename(part, join(this.#folder, key + ENDING));
    } catch (error) {
      await file?.close().catch(this.#shrug('a prompt file could not be closed', part));
      await unlink(part).catch(this.#shrug('half a prompt file could not be removed', part));
      throw error;
    }
    if (this.#bytes !== null) this.#bytes += HEADER_BYTES + audio.length;
    if (this.#bytes === null || this.#bytes > this.#maxBytes) {
      this.#sweeping ??= this.#sweep().finally(() => {
        this.#sweeping = null;
      });
      await this.#sweeping;
    }
  }

  async #sweep(): Promise<void> {
    const files: { path: string; size: number; used: number }[] = [];
    let bytes = 0;
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith(ENDING) && !name.endsWith(PART)) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(this.#shrug('a prompt file could not be looked at', path));
      if (!found?.isFile()) continue;
      if (name.endsWith(ENDING)) {
        files.push({ path, size: found.size, used: found.mtimeMs });
        bytes += found.size;
      } else if (found.mtimeMs < Date.now() - STALE_PART_MS) {
        await unlink(path).catch(this.#shrug('half a prompt file could not be removed', path));
      }
    }
    if (bytes > this.#maxBytes) {
      files.sort((a, b) => a.used - b.used);
      for (const { path, size } of files) {
        if (bytes <= this.#maxBytes * KEEP) break;
        await unlink(path).catch(this.#shrug('an old prompt file could not be removed', path));
        bytes -= size;
      }
    }
    this.#bytes = bytes;
  }

  /** A file less to tidy up is no reason to stop; one that is gone was swept by a process that shares the folder. */
  #shrug(what: string, path: string): (error: unknown) => null {
    return (error) => {
      if (!isMissing(error)) this.#log.warn({ path, error: messageOf(error) }, what);
      return null;
    };
  }
}

function digest(audio: Uint8Array): Buffer {
  return createHash('sha256').update(audio).digest();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
