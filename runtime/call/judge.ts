import type { Clock } from '../clock.ts';
import type { Expectation, Meaning } from '../dialogue/protocol.ts';
import type { Channel } from '../line/line.ts';
import type { Understand } from '../understand/understand.ts';

/** Longer than this nobody waits for an answer without a sound. */
const JUDGE_MS = 2_500;

/**
 * Finds what an utterance means: by rules at once, else by the model within a deadline. A caller who goes on
 * speaking meanwhile is judged by all that was said.
 */
export class Judge {
  readonly #understand: Understand;
  readonly #channel: Pick<Channel, 'judge' | 'thinks'>;
  readonly #clock: Clock;
  #running: { abort: AbortController; text: string; expectation: string } | null = null;

  constructor(understand: Understand, channel: Pick<Channel, 'judge' | 'thinks'>, clock: Clock) {
    this.#understand = understand;
    this.#channel = channel;
    this.#clock = clock;
  }

  /** The meaning with the text it belongs to; null where a later utterance takes this one's place. */
  async judge(
    expectation: Expectation,
    text: string,
  ): Promise<{ text: string; meaning: Meaning | null } | null> {
    const before = this.#running;
    before?.abort.abort();
    const whole = before?.expectation === expectation.id ? `${before.text} ${text}` : text;
    const byRules = this.#understand(expectation, whole) ?? this.#understand(expectation, text);
    if (byRules || !this.#channel.thinks) {
      this.#running = null;
      return { text: whole, meaning: byRules };
    }
    const running = { abort: new AbortController(), text: whole, expectation: expectation.id };
    this.#running = running;
    const cancel = this.#clock.after(JUDGE_MS, () => running.abort.abort());
    const meaning = await this.#channel.judge(expectation, whole, running.abort.signal);
    cancel();
    if (this.#running !== running) return null;
    this.#running = null;
    return { text: whole, meaning };
  }

  close(): void {
    this.#running?.abort.abort();
    this.#running = null;
  }
}
