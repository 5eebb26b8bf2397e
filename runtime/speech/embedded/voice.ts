/** The voice that ships with the runtime: flite for English, espeak-ng where it is installed for the rest. */
import { encodeMulaw } from '../../audio.ts';
import { messageOf, OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { RenderedStream } from '../rendered-stream.ts';
import type { Voice, VoiceEvent, VoiceStream } from '../speech.ts';
import { espeakLanguage } from './espeak.ts';
import { finish, silence } from './pcm.ts';
import { foldToAscii, isSpeakable, pieces, tidy } from './spoken-text.ts';
import type { Thread } from './thread.ts';

/** The voices of the flite package, the best at telephone quality first: a woman, then men. */
export const VOICES = ['slt', 'rms', 'awb', 'kal', 'kal16'] as const;
export type VoiceName = (typeof VOICES)[number];

/** Raised when what is made of a text sounds different, so that no cache keeps the old sound. */
const REVISION = 1;
const TEXT_LIMIT = 5_000;
/** Some 25 s of speech: under a second's work, so that nobody else's line waits long. */
const PIECE_LIMIT = 300;
/** For one piece, waiting for others included. */
const PIECE_MS = 5_000;
const WORDLESS_MS = 200;

export interface VoiceParts {
  name: VoiceName;
  thread: Thread;
  /** What espeak-ng speaks; null where it is not installed. */
  espeak: ReadonlySet<string> | null;
  /** Locales that no program here speaks and that were warned of, for the whole kit. */
  warned: Set<string>;
  log: Log;
}

type Job = { program: 'flite' | 'espeak-ng'; voice: string; text: string };

export class EmbeddedVoice implements Voice {
  readonly id: string;
  readonly #parts: VoiceParts;
  readonly #closing = new AbortController();

  constructor(parts: VoiceParts) {
    this.#parts = parts;
    // With espeak-ng installed another language sounds different: that is another voice to a cache.
    this.id = `embedded/flite-${parts.name}${parts.espeak ? '+espeak-ng' : ''}/${REVISION}`;
  }

  /**
   * English by flite, another language by espeak-ng. A language that is not to be had here is spoken by flite
   * as if it were English, and warned of once: better than dead air. When the one program fails, the other is
   * tried. Throws `voice-failed` and `voice-timeout`: every 300 characters have 5 s.
   */
  async render(text: string, locale: string, signal: AbortSignal): Promise<Uint8Array> {
    if (text.length > TEXT_LIMIT) {
      throw new OffhookError(
        'voice-failed',
        `A text of ${text.length} characters is too long to be spoken; ${TEXT_LIMIT} are the most.`,
      );
    }
    const either = AbortSignal.any([signal, this.#closing.signal]);
    if (!isSpeakable(text)) return encodeMulaw(silence(WORDLESS_MS));
    const [first, second] = this.#plans(text, locale);
    try {
      return await this.#say(first, either);
    } catch (error) {
      if (!second || either.aborted || !isOfProgram(error)) throw asVoiceError(error, first.program);
      this.#parts.log.warn(
        { program: first.program, locale, error: messageOf(error) },
        `${first.program} failed, and ${second.program} speaks`,
      );
    }
    try {
      return await this.#say(second, either);
    } catch (error) {
      throw asVoiceError(error, second.program);
    }
  }

  stream(locale: string, on: (event: VoiceEvent) => void): VoiceStream {
    return new RenderedStream(this, locale, on);
  }

  close(): Promise<void> {
    this.#closing.abort(new OffhookError('voice-failed', `The voice ${this.id} is closed.`));
    return Promise.resolve();
  }

  /** Who says it, and who else could. */
  #plans(text: string, locale: string): [Job] | [Job, Job] {
    const { name, espeak, warned, log } = this.#parts;
    const flite: Job = { program: 'flite', voice: name, text: foldToAscii(text) };
    const language = espeak ? espeakLanguage(espeak, locale) : null;
    // Double brackets would be read as phonemes.
    const other: Job | null = language
      ? { program: 'espeak-ng', voice: language, text: tidy(text).replaceAll('[[', '[ [') }
      : null;
    if (isEnglish(locale)) return other ? [flite, other] : [flite];
    if (other) return isSpeakable(flite.text) ? [other, flite] : [other];
    if (!warned.has(locale)) {
      warned.add(locale);
      log.warn(
        { locale },
        espeak
          ? `espeak-ng does not speak ${locale}: the English voice reads it`
          : `${locale} needs the espeak-ng program, which is not on the PATH: the English voice reads it`,
      );
    }
    return [flite];
  }

  async #say({ program, voice, text }: Job, signal: AbortSignal): Promise<Uint8Array> {
    if (!isSpeakable(text)) {
      throw new OffhookError('voice-failed', `${program} knows none of the letters of a text.`);
    }
    const parts: Int16Array[] = [];
    for (const piece of pieces(text, PIECE_LIMIT)) {
      const job: Job = { program, voice, text: piece };
      const samples = await this.#parts.thread.run(job, { signal, deadlineMs: PIECE_MS });
      if (!(samples instanceof Int16Array))
        throw new OffhookError('voice-failed', `${program} gave no samples.`);
      parts.push(samples);
    }
    return encodeMulaw(finish(parts));
  }
}

function isEnglish(locale: string): boolean {
  return /^en(?![a-z])/i.test(locale);
}

/** Not so where the thread has too much to do or is closed: the other program would fare no better. */
function isOfProgram(error: unknown): boolean {
  return !(error instanceof OffhookError) || !['thread-busy', 'thread-closed'].includes(error.code);
}

function asVoiceError(error: unknown, program: string): OffhookError {
  if (error instanceof OffhookError && error.code === 'voice-failed') return error;
  const late = error instanceof OffhookError && error.code === 'thread-timeout';
  return new OffhookError(
    late ? 'voice-timeout' : 'voice-failed',
    `${program} did not speak: ${messageOf(error)}`,
    {
      cause: error,
    },
  );
}
