/** Audio files that Twilio fetches and plays by itself: `<Play>`. */
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { OffhookError, messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { writeWav } from '../../wav.ts';

/** Twilio keeps what it has fetched for so long. */
const KEPT_S = 3_600;

/** The files that dialogues play, by absolute path. */
export interface SoundFiles {
  /** Those of the dialogues as they are now. */
  list(): Iterable<string>;
  /** As 8 kHz mu-law samples. */
  read(file: string): Promise<Uint8Array>;
}

/**
 * The path under which a file is fetched. It tells nothing of where the file is, and cannot be guessed without that;
 * every process that has the same dialogues knows it.
 */
export function soundPath(file: string): string {
  return `/twilio/sounds/${createHash('sha256').update(file).digest('base64url')}.wav`;
}

/** Answers with the file of this path; 404 for what no dialogue plays. */
export async function giveSound(context: Context, { list, read }: SoundFiles, log: Log): Promise<void> {
  const file = [...list()].find((one) => soundPath(one) === context.path);
  if (file === undefined) throw new OffhookError('not-found', 'There is no such sound.', { status: 404 });
  try {
    context.body = Buffer.from(writeWav(await read(file)));
  } catch (thrown) {
    log.error({ problem: messageOf(thrown) }, 'a file could not be given to Twilio');
    throw new OffhookError('not-found', 'There is no such sound.', { status: 404 });
  }
  context.set('content-type', 'audio/wav');
  context.set('cache-control', `public, max-age=${KEPT_S}`);
}
