import type { Clock } from '../clock.ts';
import { messageOf, OffhookError } from '../errors.ts';
import type { Channel } from '../line/line.ts';
import type { Log } from '../log.ts';
import { promptOf, type Prompt, type Prompts } from '../speech/prompts.ts';
import type { Usage } from '../speech/usage.ts';
import type { Renderer } from '../speech/speech.ts';
import { tonesOf } from '../tones.ts';
import type { Sounds } from './sounds.ts';

export interface SourcesParts {
  prompts: Prompts;
  voice: Renderer;
  /** A voice that needs no vendor, for when the other one fails. */
  fallback: Renderer;
  sounds: Sounds;
  /** BCP 47; `Sources.locale` may change it. */
  locale: string;
  clock: Clock;
  log: Log;
}

/** With the fallback behind it, nobody waits longer than three seconds for a line. */
const RENDER_MS = 2_300;
const FALLBACK_RENDER_MS = 6_000;

type Say = Parameters<Channel['say']>[0];

/** Where the audio of one call's utterances comes from. What cannot be had is logged, and the call goes on. */
export class Sources {
  readonly #parts: SourcesParts;
  readonly #closing: AbortSignal;
  #voiceLost = false;
  /** BCP 47: the language of what is said. */
  locale: string;

  /** `closing`: nobody listens any more. */
  constructor(parts: SourcesParts, closing: AbortSignal) {
    this.#parts = parts;
    this.#closing = closing;
    this.locale = parts.locale;
  }

  /** The vendor is gone for good: its voice is not asked any more. */
  loseVoice(): void {
    this.#voiceLost = true;
  }

  /** What is said, at once; null where it has to be waited for. */
  ready({ text, masked }: Say): Prompt | null {
    const { locale } = this;
    const { prompts, voice } = this.#parts;
    return masked === undefined ? prompts.ready(voice, text, locale) : null;
  }

  /** What is said, in the app's voice, else in the one that needs no vendor; null: nobody can say it. */
  async rendered({ text, masked }: Say, used: (usage: Usage) => void): Promise<Prompt | null> {
    const { locale } = this;
    const { prompts, voice, fallback, clock, log } = this.#parts;
    const sensitive = masked !== undefined;
    const attempts: (readonly [Renderer, number])[] = this.#voiceLost ? [] : [[voice, RENDER_MS]];
    for (const [speaker, deadlineMs] of [...attempts, [fallback, FALLBACK_RENDER_MS] as const]) {
      const abort = new AbortController();
      const cancel = clock.after(deadlineMs, () => abort.abort());
      try {
        const signal = AbortSignal.any([abort.signal, this.#closing]);
        return await prompts[sensitive ? 'once' : 'get'](speaker, text, locale, signal, used);
      } catch (thrown) {
        if (this.#closing.aborted) return null;
        // What a vendor says of a text may quote it.
        const code = thrown instanceof OffhookError ? thrown.code : 'voice-failed';
        const problem = sensitive ? code : messageOf(thrown);
        log.warn({ voice: speaker.id, problem }, 'a line could not be rendered');
      } finally {
        cancel();
      }
    }
    return null;
  }

  /** An audio file; null where it cannot be played. */
  async played(file: string): Promise<Prompt | null> {
    try {
      return await this.#parts.sounds.get(file);
    } catch (thrown) {
      this.#parts.log.error({ problem: messageOf(thrown) }, 'a file could not be played');
      return null;
    }
  }

  /** Keys as tones; null where they are none. */
  pressed(keys: string): Prompt | null {
    try {
      return promptOf(tonesOf(keys));
    } catch (thrown) {
      this.#parts.log.error({ problem: messageOf(thrown) }, 'keys could not be pressed');
      return null;
    }
  }
}
